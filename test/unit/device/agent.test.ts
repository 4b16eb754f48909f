import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { AgentClient, modelFile } from '#main/device/agent-client.ts';
import { serveAgent } from '#main/device/agent.ts';
import { frameOf, FrameReader } from '#main/device/frames.ts';
import { PROTOCOL_VERSION } from '#main/device/protocol.ts';
import { connectTo, listen, processStream, sshCommand } from '#main/device/streams.ts';
import { root, temporaryDirectory } from '#test/doubles/hosts.ts';
import { pairOfStreams } from '#test/fixtures/device.ts';
import * as fc from '#test/fixtures/seeded-fast-check.ts';

const directory = temporaryDirectory();
afterAll(() => directory.remove());
const options = { dataDirectory: directory.path, product: 'tessera test', workDirectory: directory.path };
const folders = (): string[] => readdirSync(directory.path).filter((name) => name.startsWith('tessera-agent-'));

describe('an agent', () => {
  it('describes its machine, takes models whole, and leaves nothing behind', async () => {
    const before = folders();
    const [client, agent] = pairOfStreams();
    const ended = serveAgent(agent, options);
    const workbench = await AgentClient.open(client);
    expect(await workbench.describe()).toMatchObject({ clusters: expect.any(Array), node: process.versions.node });
    const model = modelFile(new Uint8Array(9 << 20).fill(7));
    await workbench.send([model]);
    const own = folders().find((name) => !before.includes(name)) ?? '';
    expect(existsSync(join(directory.path, own, `${model.digest}.onnx`))).toBe(true);
    workbench.close();
    await ended;
    expect(existsSync(join(directory.path, own))).toBe(false);
  });

  it('ends when its stream does', async () => {
    const [client, agent] = pairOfStreams();
    const ended = serveAgent(agent, options);
    client.close();
    await expect(ended).resolves.toBeUndefined();
  });

  it('refuses a model that is not what it is said to be', async () => {
    const [client, agent] = pairOfStreams();
    const ended = serveAgent(agent, options);
    const workbench = await AgentClient.open(client);
    await expect(workbench.send([{ digest: 'a'.repeat(64), bytes: new Uint8Array(3) }])).rejects.toMatchObject({
      code: 'device.message',
    });
    workbench.close();
    await ended;
  });

  it.each([
    [{ type: 'hello', protocol: PROTOCOL_VERSION + 1 }, 'device.version'],
    [{ type: 'describe', id: 1 }, 'device.message'],
    [{ type: 'nonsense' }, 'device.message'],
  ])('refuses %o as a greeting', async (message, code) => {
    const [client, agent] = pairOfStreams();
    const ended = serveAgent(agent, options);
    const answers: unknown[] = [];
    const reader = new FrameReader();
    client.onData((bytes) => answers.push(...reader.read(bytes)));
    client.send(frameOf(message));
    await ended;
    await expect.poll(() => answers).toMatchObject([{ type: 'error', code }]);
  });

  it('ends with an error, not with a crash, whatever bytes arrive', async () => {
    const message = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.jsonValue().map((value) => frameOf(value)),
      fc
        .record(
          {
            type: fc.constantFrom('hello', 'describe', 'missing', 'blob', 'job', 'cancel', 'unknown'),
            id: fc.oneof(fc.integer(), fc.string()),
            protocol: fc.constantFrom(PROTOCOL_VERSION, 0),
            digests: fc.array(fc.string()),
            digest: fc.constantFrom('b'.repeat(64), '../../etc/passwd', ''),
            size: fc.integer(),
            offset: fc.integer(),
            bytes: fc.uint8Array({ maxLength: 20 }),
            job: fc.jsonValue(),
          },
          { requiredKeys: ['type'] },
        )
        .map((value) => frameOf(value)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 4 }), fc.boolean(), async (messages, greets) => {
        const [client, agent] = pairOfStreams();
        const ended = serveAgent(agent, options);
        if (greets) client.send(frameOf({ type: 'hello', protocol: PROTOCOL_VERSION }));
        for (const bytes of messages) client.send(bytes);
        client.close();
        await ended;
      }),
      { numRuns: 150 },
    );
    expect(folders()).toEqual([]);
  });
});

describe('a workbench', () => {
  it('does not wait for an agent that says nothing', async () => {
    const [client] = pairOfStreams();
    await expect(AgentClient.open(client, { answerMs: 50, silenceMs: 50 })).rejects.toMatchObject({
      code: 'device.noAnswer',
    });
  });

  it('does not wait for one that becomes slow, but does for one that reports progress', async () => {
    const [client, agent] = pairOfStreams();
    const reader = new FrameReader();
    agent.onData((bytes) => {
      for (const message of reader.read(bytes) as { type: string; id: number }[]) {
        if (message.type === 'hello')
          agent.send(frameOf({ type: 'welcome', protocol: PROTOCOL_VERSION, product: 'slow' }));
        if (message.type === 'job')
          for (let part = 1; part <= 3; part++)
            setTimeout(
              () => agent.send(frameOf({ type: 'progress', id: message.id, text: 'slow', done: part / 4 })),
              part * 20,
            );
      }
    });
    const workbench = await AgentClient.open(client, { answerMs: 10_000, silenceMs: 1000 });
    const seen: number[] = [];
    await expect(workbench.profile({} as never, (_, done) => seen.push(done))).rejects.toMatchObject({
      code: 'device.noAnswer',
      message: expect.stringContaining('nothing for 1 s') as string,
    });
    expect(seen).toEqual([0.25, 0.5, 0.75]);
    await expect(workbench.describe()).rejects.toMatchObject({ code: 'device.ended' });
  });

  it('says what the process of an agent said when it ended', async () => {
    const stream = processStream([process.execPath, '-e', 'console.error("no such board"); process.exit(3)']);
    await expect(AgentClient.open(stream, undefined, stream.said)).rejects.toMatchObject({
      code: 'device.ended',
      message: 'the agent ended: no such board',
    });
    const nowhere = processStream(['/nowhere/tessera']);
    await expect(AgentClient.open(nowhere, undefined, nowhere.said)).rejects.toThrow(/ENOENT/);
  });

  it('refuses answers that make no sense', async () => {
    const [client, agent] = pairOfStreams();
    agent.onData(() => agent.send(frameOf({ type: 'welcome', protocol: 'one' })));
    await expect(AgentClient.open(client)).rejects.toMatchObject({ code: 'device.message' });
  });

  it('takes no options of ssh for a host', () => {
    expect(sshCommand('pi@board.local')).toEqual([
      'ssh',
      '-o',
      'BatchMode=yes',
      'pi@board.local',
      'tessera',
      'agent',
      '--stdio',
    ]);
    expect(() => sshCommand('-oProxyCommand=evil')).toThrow(/is not the name of a host/);
  });
});

describe('an agent that listens', () => {
  it('answers who knows its token, one at a time, and no pages of browsers', async () => {
    const listening = await listen('127.0.0.1', 0, options);
    const address = `ws://127.0.0.1:${listening.port}`;
    await expect(connectTo(address, 'wrong')).rejects.toMatchObject({ code: 'device.notReached', message: /401/ });
    const page = new WebSocket(address, {
      headers: { authorization: `Bearer ${listening.token}` },
      origin: 'http://evil.test',
    });
    await expect(new Promise((settle, fail) => page.once('open', settle).once('error', fail))).rejects.toThrow(/401/);
    const workbench = await AgentClient.open(await connectTo(address, listening.token));
    expect((await workbench.describe()).node).toBe(process.versions.node);
    await expect(connectTo(address, listening.token)).rejects.toMatchObject({
      message: expect.stringContaining('503') as string,
    });
    workbench.close();
    await listening.close();
  });
});

describe('tessera agent --stdio', () => {
  const program = [join(root, 'src-main/hosts/cli/main.ts'), 'agent', '--stdio'];

  it('ends with code 0 when its input ends', () => {
    expect(spawnSync(process.execPath, program, { input: '' }).status).toBe(0);
  });

  it('ends when the workbench is killed', async () => {
    // The workbench starts an agent, prints its number, and is killed.
    const workbench = spawn(
      process.execPath,
      [
        '-e',
        `const child = require('node:child_process').spawn(process.execPath, ${JSON.stringify(program)}, { stdio: ['pipe', 'pipe', 'inherit'] });
         console.log(child.pid); setInterval(() => {}, 1000)`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const pid = Number(await new Promise((settle) => workbench.stdout.once('data', settle)));
    workbench.kill('SIGKILL');
    await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 60_000 }).toBe(false);
  });
});
