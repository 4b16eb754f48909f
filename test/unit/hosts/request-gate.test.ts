/** Requests of a renderer that does not read its answers: it is made to wait, nothing piles up, and nothing is lost. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { decodeMessage, encodeMessage } from '#shared/contract/codec.ts';
import { RequestGate } from '#main/hosts/served/request-gate.ts';
import { aServedHost, signIn, temporaryDirectory } from '#test/doubles/hosts.ts';

/** A line whose network takes nothing until it is asked to, and a host that answers when it is asked to. */
function aLine() {
  const line = {
    bufferedAmount: 0,
    isPaused: false,
    pause: () => void (line.isPaused = true),
    resume: () => void (line.isPaused = false),
  };
  const begun: { readonly request: Uint8Array; readonly end: () => void }[] = [];
  const gate = new RequestGate(line, (request) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    begun.push({ request, end: resolve });
    return promise;
  });
  return { line, begun, gate };
}

const request = (bytes = 10): Uint8Array => new Uint8Array(bytes);

test('so many requests are at work at a time; the others wait in their order, and the line is paused meanwhile', async () => {
  const { line, begun, gate } = aLine();
  for (let index = 0; index < 200; index++) gate.push(Uint8Array.of(index));
  expect([begun.length, line.isPaused, gate.isHostBusy]).toEqual([64, true, true]);
  for (let index = 0; index < 200; index++) {
    begun[index]?.end();
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
  }
  expect(begun.map(({ request: [index] }) => index)).toEqual(Array.from({ length: 200 }, (_, index) => index));
  expect([line.isPaused, gate.isHostBusy]).toEqual([false, false]);
});

test('large requests are fewer at a time', () => {
  const { line, begun, gate } = aLine();
  for (let index = 0; index < 5; index++) gate.push(request(8_000_000));
  expect([begun.length, line.isPaused]).toEqual([2, true]);
});

test('while answers are unread no request is begun', () => {
  const { line, begun, gate } = aLine();
  gate.push(request());
  line.bufferedAmount = 5_000_000;
  gate.push(request());
  expect([begun.length, line.isPaused, gate.isHostBusy]).toEqual([1, true, false]);
  line.bufferedAmount = 100;
  gate.advance();
  expect([begun.length, line.isPaused]).toEqual([2, false]);
});

test('a page that sends hundreds of large requests and reads nothing is answered as it reads, each in the end', async () => {
  const directory = temporaryDirectory();
  const answered = new Uint8Array(500_000);
  let asked = 0;
  const workbench = { invoke: async () => (asked++, { answered }), subscribe: () => () => {}, close: async () => {} };
  const host = await aServedHost(workbench, directory.path);
  onTestFinished(async () => {
    await host.close();
    directory.remove();
  });
  const page = new WebSocket(`${host.origin.replace('http', 'ws')}/ws`, {
    headers: { cookie: await signIn(host), origin: host.origin },
  });
  await new Promise((resolve) => page.once('open', resolve));
  page.pause();
  const total = 300;
  for (let id = 0; id < total; id++) page.send(encodeMessage({ id, route: 'runs.list', input: {} }));
  let before = -1;
  await vi.waitFor(
    () => {
      const unchanged = asked === before && asked > 0;
      before = asked;
      if (!unchanged) throw new Error('it still takes requests');
    },
    { timeout: 20_000, interval: 300 },
  );
  expect(asked).toBeLessThan(200); // what the gate and the system's own buffers hold
  const ids = new Set<number>();
  page.on('message', (data) => ids.add((decodeMessage(new Uint8Array(data as Buffer)) as { id: number }).id));
  page.resume();
  await vi.waitFor(() => expect(ids.size).toBe(total), { timeout: 30_000 });
  page.terminate();
});
