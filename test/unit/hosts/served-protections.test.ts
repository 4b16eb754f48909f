/** Each protection of the served host, tried to be got around with real sockets. */
import { connect as connectTcp } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { decodeMessage, encodeMessage } from '#shared/contract/codec.ts';
import { MAX_REQUEST_BYTES } from '#shared/contract/messages.ts';
import { startServedHost } from '#main/hosts/served/server.ts';
import type { Workbench } from '#main/services/workbench.ts';
import {
  aBuiltRenderer,
  aServedHost,
  aWorkbench,
  signIn,
  silentLog,
  temporaryDirectory,
  type RunningHost,
} from '#test/doubles/hosts.ts';

const directory = temporaryDirectory();
let workbench: Workbench;
let host: RunningHost;
let cookie: string;

beforeAll(async () => {
  workbench = aWorkbench(directory.path);
  host = await aServedHost(workbench, directory.path);
  cookie = await signIn(host);
});

afterAll(async () => {
  await host.close();
  await workbench.close();
  directory.remove();
});

/** Sends a request exactly as written, which no HTTP client would, and gives the status and the whole answer. */
async function raw(
  target: string,
  headers: Readonly<Record<string, string | undefined>> = {},
  { method = 'GET', port = host.port } = {},
): Promise<{ readonly status: number; readonly text: string }> {
  const lines = Object.entries({ host: `127.0.0.1:${host.port}`, connection: 'close', ...headers })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connectTcp(port, '127.0.0.1');
  socket.write(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return { status: Number(text.split(' ', 2)[1]), text };
}

/** How the attempt to open a WebSocket ends: "open", or the HTTP status of the refusal. */
function attempt(path: string, headers: Readonly<Record<string, string>>): Promise<'open' | number> {
  const { promise, resolve } = Promise.withResolvers<'open' | number>();
  const socket = new WebSocket(`ws://127.0.0.1:${host.port}${path}`, { headers });
  socket.on('open', () => {
    resolve('open');
    socket.close();
  });
  socket.on('unexpected-response', (_, response) => {
    resolve(response.statusCode ?? 0);
    response.destroy();
  });
  socket.on('error', () => {});
  return promise;
}

describe('token', () => {
  test('the printed address gives a cookie that scripts cannot read and other sites cannot send, and leaves the token behind', async () => {
    const { status, text } = await raw(`/?token=${host.token}`);
    expect(status).toBe(303);
    expect(text).toMatch(/^location: \/\r$/m);
    expect(text).toMatch(/^set-cookie: tessera-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict\r$/m);
    expect(text).not.toContain(host.token);
  });

  test('256 random bits, others at each start, and never the cookie itself', async () => {
    const second = await aServedHost(workbench, directory.path);
    await second.close();
    expect(Buffer.from(host.token, 'base64url')).toHaveLength(32);
    expect(second.token).not.toBe(host.token);
    expect(cookie).not.toContain(host.token);
  });

  test.each(['/', '/index.html', '/assets/index-a1B2c3D4.js', '/favicon.svg', '/session', '/runs/1', '/nothing'])(
    'without it, %s shows nothing but how to get in',
    async (target) => {
      const { status, text } = await raw(target, { accept: 'text/html' });
      expect(status).toBe(401);
      expect(text).toContain('The workbench opens only from the address that was printed');
      expect(text).not.toContain('<title>Tessera</title>');
    },
  );

  test.each([
    ['empty', () => ''],
    ['of another length', () => 'x'],
    ['cut short', () => host.token.slice(0, -1)],
    ['with a character changed', () => host.token.replace(/.$/, (last) => (last === 'A' ? 'E' : 'A'))],
    ['in other case', () => host.token.toLowerCase()],
  ])('a token %s is refused, also beside a good cookie', async (_, token) => {
    const answer = await raw(`/?token=${token()}`, { cookie, accept: 'text/html' });
    expect(answer.status).toBe(401);
    expect(answer.text).not.toMatch(/set-cookie/i);
  });

  test.each([
    ['with a wrong value', () => cookie.replace(/=.*/, '=AAAA')],
    ['of another port', () => cookie.replace(/^tessera-\d+/, 'tessera-1')],
    ['that is the token', () => cookie.replace(/=.*/, `=${host.token}`)],
    ['with an empty value', () => cookie.replace(/=.*/, '=')],
    ['quoted into another', () => `x="${cookie}"`],
  ])('a cookie %s does not let in', async (_, forged) => {
    expect((await raw('/', { cookie: forged() })).status).toBe(401);
  });

  test('the cookie lets in among others', async () => {
    expect((await raw('/', { cookie: `a=1; ${cookie}; b=2` })).status).toBe(200);
  });

  test('the address for a browser that is started by the host works once', async () => {
    const { pathname, search } = new URL(host.issueUrl());
    expect((await raw(pathname + search)).status).toBe(303);
    expect((await raw(pathname + search)).status).toBe(401);
  });
});

describe('Host header', () => {
  test.each([
    'evil.example',
    'evil.example:80',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'evil-localhost',
    'evil.localhost:4000',
    'evil127.0.0.1',
    'evil.example@127.0.0.1',
    '127.0.0.1/evil.example',
    '2130706433',
    '0.0.0.0',
    '',
  ])('"%s", as a rebound name would send, is refused even with the cookie and the token', async (name) => {
    expect((await raw('/', { host: name, cookie })).status).toBe(403);
    expect((await raw(`/?token=${host.token}`, { host: name })).text).not.toMatch(/set-cookie/i);
  });

  test('none at all is refused', async () => {
    expect((await raw('/', { host: undefined, cookie })).status).toBeGreaterThanOrEqual(400);
  });

  test.each(['localhost', 'LOCALHOST:4000', '127.0.0.1:4000', '[::1]:4000'])(
    '"%s", as at the near end of a tunnel, is accepted',
    async (name) => {
      expect((await raw('/', { host: name, cookie })).status).toBe(200);
    },
  );
});

describe('Origin header', () => {
  const own = (): Record<string, string> => ({ cookie, origin: host.origin });

  test('our own page opens the WebSocket', async () => {
    expect(await attempt('/ws', own())).toBe('open');
  });

  test.each([
    ['of another site', 'http://evil.example'],
    ['of another port of this machine', 'http://127.0.0.1:1'],
    ['of another scheme', 'https://127.0.0.1'],
    ['of a file or a sandboxed frame', 'null'],
    ['that starts like ours', 'OWN.evil.example'],
    ['empty', ''],
  ])('a WebSocket from a page %s is refused with cookie and all', async (_, origin) => {
    expect(await attempt('/ws', { cookie, origin: origin.replace('OWN', host.origin) })).toBe(403);
  });

  test('a WebSocket without Origin is refused', async () => {
    expect(await attempt('/ws', { cookie })).toBe(403);
  });

  test('a WebSocket whose Host and Origin agree on a rebound name is refused', async () => {
    expect(await attempt('/ws', { cookie, host: 'evil.example', origin: 'http://evil.example' })).toBe(403);
  });

  test('a WebSocket of our own page without the cookie is refused, also with the token', async () => {
    expect(await attempt('/ws', { origin: host.origin })).toBe(401);
    expect(await attempt(`/ws?token=${host.token}`, { origin: host.origin })).toBe(401);
  });

  test('a WebSocket at another address is refused', async () => {
    expect(await attempt('/assets/ws', own())).toBe(404);
  });

  test('a page of another site cannot exchange the token', async () => {
    const answer = await raw(`/?token=${host.token}`, { origin: 'http://evil.example' });
    expect(answer.status).toBe(403);
    expect(answer.text).not.toMatch(/set-cookie/i);
  });
});

describe('files', () => {
  test.each([
    '/../package.json',
    '/../../package.json',
    '/assets/../../package.json',
    '/%2e%2e/%2e%2e/package.json',
    '/..%2f..%2fpackage.json',
    '/%2e%2e%2fpackage.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/..\\..\\package.json',
    '/..%5c..%5cpackage.json',
    '/%252e%252e%252fpackage.json',
    '//etc/passwd',
    '/etc/passwd',
    '/%00',
    '/index.html%00.js',
    '/%',
    '/%ff',
    '/./index.html',
    'http://127.0.0.1/index.html',
    '*',
    '/tessera.db',
  ])('%s leads nowhere', async (target) => {
    const { status, text } = await raw(target, { cookie });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(text).not.toMatch(/"dependencies"|root:|SQLite/);
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH'])('%s is not answered', async (method) => {
    expect((await raw('/', { cookie }, { method })).status).toBe(405);
  });

  test('HEAD answers with the headers only', async () => {
    const { status, text } = await raw('/', { cookie }, { method: 'HEAD' });
    expect(status).toBe(200);
    expect(text).not.toContain('<title>');
  });

  test.each(['/', '/assets/index-a1B2c3D4.js', '/nothing', '/session'])(
    '%s carries every protecting header',
    async (target) => {
      const { text } = await raw(target, { cookie });
      for (const header of [
        /^content-security-policy: default-src 'none';.*frame-ancestors 'none'/m,
        /^x-content-type-options: nosniff/m,
        /^referrer-policy: no-referrer/m,
        /^cross-origin-opener-policy: same-origin/m,
        /^cross-origin-resource-policy: same-origin/m,
      ])
        expect(text).toMatch(header);
      expect(text).not.toMatch(/script-src[^;]*unsafe|access-control-allow/i);
    },
  );

  test('files with a hash in their name are kept for good, the page is asked for each time', async () => {
    expect((await raw('/assets/index-a1B2c3D4.js', { cookie })).text).toMatch(
      /^cache-control: private, max-age=31536000, immutable/m,
    );
    expect((await raw('/', { cookie })).text).toMatch(/^cache-control: no-cache/m);
  });

  test('an address of a page leads to that page of the workbench', async () => {
    const { status, text } = await raw('/runs/7', { cookie, accept: 'text/html' });
    expect(status).toBe(302);
    expect(text).toMatch(/^location: \/#\/runs\/7\r$/m);
  });

  test('no address redirects to another site', async () => {
    for (const target of [
      '//evil.example',
      '/\\evil.example',
      '/%2f/evil.example',
      `//evil.example/?token=${host.token}`,
      `/\\evil.example?token=${host.token}`,
    ]) {
      expect((await raw(target, { cookie, accept: 'text/html' })).text).not.toMatch(/^location: .*evil/m);
    }
  });
});

describe('binding', () => {
  test('by default nothing but the loopback interface is listened on', async () => {
    const other = Object.values(networkInterfaces())
      .flat()
      .find((address) => address !== undefined && !address.internal && address.family === 'IPv4');
    const outcome = await new Promise((resolve) =>
      connectTcp(host.port, other?.address ?? '127.0.0.2')
        .on('connect', () => resolve('reached'))
        .on('error', () => resolve('refused')),
    );
    expect(outcome).toBe('refused');
  });

  test('bound beyond loopback, the token is asked for as well, and only own names are answered', async () => {
    const open = await startServedHost({
      workbench,
      rendererDirectory: aBuiltRenderer(directory.path),
      host: '0.0.0.0',
      log: silentLog,
    });
    try {
      expect((await raw('/', { host: `127.0.0.1:${open.port}` }, { port: open.port })).status).toBe(401);
      expect((await raw('/', { host: 'evil.example' }, { port: open.port })).status).toBe(403);
      expect((await raw('/', { host: '0.0.0.0' }, { port: open.port })).status).toBe(403);
    } finally {
      await open.close();
    }
  });

  test('a busy port and a foreign address are said to be so', async () => {
    const options = { workbench, rendererDirectory: aBuiltRenderer(directory.path), log: silentLog };
    await expect(startServedHost({ ...options, port: host.port })).rejects.toMatchObject({
      code: 'host.portBusy',
      message: `port ${host.port} of 127.0.0.1 is in use by another program`,
    });
    await expect(startServedHost({ ...options, host: '192.0.2.1' })).rejects.toMatchObject({
      code: 'host.unknownAddress',
    });
  });

  test('a workbench that is not built is said to be so', async () => {
    await expect(startServedHost({ workbench, rendererDirectory: '/nowhere', log: silentLog })).rejects.toMatchObject({
      code: 'host.notBuilt',
      hint: 'build it with "npm run build"',
    });
  });
});

describe('ending', () => {
  test('does not wait for a refused peer that keeps its half of the connection open', async () => {
    const second = await aServedHost(workbench, directory.path);
    const peer = connectTcp({ port: second.port, host: '127.0.0.1', allowHalfOpen: true });
    peer.write(
      `GET /ws HTTP/1.1\r\nHost: 127.0.0.1:${second.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    );
    const refusal = await new Promise<Buffer>((resolve) => peer.once('data', resolve));
    expect(refusal.toString()).toMatch(/^HTTP\/1\.1 403 /);
    await second.close();
    peer.destroy();
  });

  test('does not wait long for a renderer that answers nothing any more', async () => {
    const second = await aServedHost(workbench, directory.path);
    const silent = new WebSocket(`ws://127.0.0.1:${second.port}/ws`, {
      headers: { cookie: await signIn(second), origin: second.origin },
    });
    await new Promise((resolve) => silent.once('open', resolve));
    silent.pause();
    await expect(second.close()).resolves.toBeUndefined();
    silent.terminate();
  }, 20_000); // left to itself, the connection would stay for 30 s
});

describe('messages', () => {
  /** The close code with which a connection ends after `message`. */
  async function closeCodeAfter(message: string | Uint8Array): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>();
    const socket = new WebSocket(`ws://127.0.0.1:${host.port}/ws`, { headers: { cookie, origin: host.origin } });
    socket
      .on('open', () => socket.send(message))
      .on('close', resolve)
      .on('error', () => {});
    return promise;
  }

  test.each([
    ['text', 'hello', 1003],
    ['bytes that are no message', Uint8Array.of(0xc1), 1007],
    ['containers in containers by the million', new Uint8Array(5_000_000).fill(0x91), 1007],
    ['a message that is no request', encodeMessage({ id: 'x', route: 1 }), 1007],
  ])('%s ends the connection', async (_, message, code) => {
    expect(await closeCodeAfter(message)).toBe(code);
  });

  test('a message beyond the limit ends the connection before it is read', async () => {
    expect(await closeCodeAfter(new Uint8Array(MAX_REQUEST_BYTES + 1))).toBeOneOf([1006, 1009]);
  });

  test('the others go on', async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const socket = new WebSocket(`ws://127.0.0.1:${host.port}/ws`, { headers: { cookie, origin: host.origin } });
    socket
      .on('open', () => socket.send(encodeMessage({ id: 7, route: 'app.info', input: {} })))
      .on('message', (data) => resolve(decodeMessage(new Uint8Array(data as Buffer))));
    expect(await promise).toMatchObject({ id: 7, output: { version: '0.0.0-test' } });
    socket.close();
  });
});
