/** The renderer's WebSocket transport when its connection breaks: cut with a TCP proxy between it and a real served host. */
import { connect as connectTcp, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { ConnectionState } from '#renderer/api/connection.ts';
import {
  createWebSocketTransport,
  type Socket as RendererSocket,
  type WebSocketTransport,
} from '#renderer/api/websocket-transport.ts';
import type { Workbench } from '#main/services/workbench.ts';
import { aServedHost, aWorkbench, connect, signIn, temporaryDirectory, type RunningHost } from '#test/doubles/hosts.ts';

const directory = temporaryDirectory();
let workbench: Workbench;
let host: RunningHost;
let cookie: string;
let tunnel: Server;
const through = new Set<Socket>();
let isCut = false;

/** The host as it is seen through the tunnel. */
const atNearEnd = (): RunningHost => ({
  ...host,
  origin: `http://127.0.0.1:${(tunnel.address() as AddressInfo).port}`,
});

beforeAll(async () => {
  workbench = aWorkbench(directory.path);
  host = await aServedHost(workbench, directory.path);
  cookie = await signIn(host);
  tunnel = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connectTcp(host.port, '127.0.0.1');
    through.add(near);
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy()).on('close', () => far.destroy());
    far.on('error', () => near.destroy()).on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => tunnel.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  tunnel.close();
  await host.close();
  await workbench.close();
  directory.remove();
});

const states: ConnectionState['status'][] = [];
let transport: WebSocketTransport;

beforeEach(() => {
  isCut = false;
  states.length = 0;
});
afterEach(() => transport.close());

function cut(): void {
  isCut = true;
  for (const socket of through) socket.destroy();
  through.clear();
}

function open(waitsMs: readonly number[] = [20]): void {
  transport = connect(atNearEnd, cookie, { onState: ({ status }) => states.push(status), waitsMs });
}

test('requests made before the connection is open wait for it', async () => {
  open();
  expect(states).toEqual(['connecting']);
  await expect(transport.invoke('app.info', {})).resolves.toMatchObject({ host: 'served' });
  expect(states).toEqual(['connecting', 'open']);
});

test('a request under way when the connection breaks fails, and is not repeated', async () => {
  const routes: string[] = [];
  const invoke = vi.spyOn(workbench, 'invoke').mockImplementation((route) => {
    routes.push(route);
    return new Promise(() => {});
  });
  open();
  const request = transport.invoke('runs.delete', { runId: 1 });
  await vi.waitFor(() => expect(routes).toEqual(['runs.delete']));
  cut();
  await expect(request).rejects.toMatchObject({ name: 'WorkbenchError', code: 'connection.lost' });
  isCut = false;
  await vi.waitFor(() => expect(states.at(-1)).toBe('open'));
  invoke.mockRestore();
  await transport.invoke('app.info', {});
  expect(routes).toEqual(['runs.delete']);
});

test('while it is broken requests fail at once; then it connects again by itself, and listeners hear again', async () => {
  open([150]);
  const heard: string[] = [];
  transport.subscribe((event) => heard.push(event));
  await transport.invoke('app.info', {});
  cut();
  await vi.waitFor(() => expect(states.at(-1)).toBe('waiting'));
  await expect(transport.invoke('app.info', {})).rejects.toMatchObject({ code: 'connection.lost' });
  isCut = false;
  await vi.waitFor(() => expect(states.at(-1)).toBe('open'));
  await transport.invoke('runs.start', { scenario: 'simple', configuration: { scheduler: 'npu_first' } });
  await vi.waitFor(() => expect(heard).toContain('run.changed'));
});

test('it goes on trying, with growing waits', async () => {
  const waits: number[] = [];
  isCut = true;
  transport = connect(atNearEnd, cookie, {
    onState: (state) => state.status === 'waiting' && waits.push(state.retryInMs),
    waitsMs: [1, 2, 3],
  });
  await expect(transport.invoke('app.info', {})).rejects.toMatchObject({ code: 'connection.lost' });
  await vi.waitFor(() => expect(waits.slice(0, 5)).toEqual([1, 2, 3, 3, 3]));
});

test('a host that does not know the browser is asked nothing until another window of that browser was let in', async () => {
  let sentCookie = 'tessera-1=AAAA';
  transport = createWebSocketTransport({
    open: () =>
      new WebSocket(`${atNearEnd().origin.replace('http', 'ws')}/ws`, {
        headers: { cookie: sentCookie, origin: atNearEnd().origin },
      }) as unknown as RendererSocket,
    isAuthorized: async () =>
      (await fetch(`${host.origin}/session`, { headers: { cookie: sentCookie } })).status !== 401,
    onState: ({ status }) => states.push(status),
    waitsMs: [20],
  });
  await vi.waitFor(() => expect(states).toEqual(['connecting', 'waiting', 'unauthorized']));
  await expect(transport.invoke('app.info', {})).rejects.toMatchObject({
    code: 'connection.unauthorized',
    hint: 'open the address it printed when it started',
  });
  await new Promise((resolve) => void setTimeout(resolve, 100));
  expect(states.at(-1)).toBe('unauthorized');
  sentCookie = cookie;
  await vi.waitFor(() => expect(states.at(-1)).toBe('open'));
  await expect(transport.invoke('app.info', {})).resolves.toMatchObject({ host: 'served' });
});

test('closed for good, it fails what is under way and does not connect again', async () => {
  open();
  const request = transport.invoke('app.info', {});
  transport.close();
  await expect(request).rejects.toMatchObject({ code: 'connection.lost' });
  await expect(transport.invoke('app.info', {})).rejects.toMatchObject({ code: 'connection.lost' });
  expect(states).toEqual(['connecting']);
});
