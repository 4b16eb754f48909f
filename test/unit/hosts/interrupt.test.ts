/** Ctrl-C: the first asks, the same key press passed on again is no second one, an insistent second one ends the process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { onInterrupt } from '#main/hosts/interrupt.ts';
import { root } from '#test/doubles/hosts.ts';

afterEach(() => void vi.restoreAllMocks());

/** What a press at this time, ms, comes to. */
function keyboard() {
  const now = vi.spyOn(performance, 'now');
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  const interruption = onInterrupt();
  onTestFinished(() => interruption.release());
  const pressAt = (ms: number, signal: 'SIGINT' | 'SIGTERM' = 'SIGINT'): void => {
    now.mockReturnValue(ms);
    process.emit(signal, signal);
  };
  return { interruption, exit, pressAt };
}

test('the first asks to stop and says what it was, also those who ask later', async () => {
  const { interruption, exit, pressAt } = keyboard();
  const early = new Promise((resolve) => interruption.onStop(resolve));
  expect(interruption.signal.aborted).toBe(false);
  pressAt(1000, 'SIGTERM');
  expect(interruption.signal.aborted).toBe(true);
  expect([await early, await new Promise((resolve) => interruption.onStop(resolve))]).toEqual(['SIGTERM', 'SIGTERM']);
  expect(exit).not.toHaveBeenCalled();
});

test('a second within 400 ms is the same key press, passed on by npm; one after that ends the process', () => {
  const { exit, pressAt } = keyboard();
  for (const ms of [1000, 1001, 1400]) pressAt(ms);
  expect(exit).not.toHaveBeenCalled();
  pressAt(1401);
  expect(exit.mock.calls).toEqual([[1]]);
});

test('once released, signals have their usual meaning', () => {
  const before = process.listenerCount('SIGINT');
  const interruption = onInterrupt();
  expect(process.listenerCount('SIGINT')).toBe(before + 1);
  interruption.release();
  expect(process.listenerCount('SIGINT')).toBe(before);
});

test.skipIf(process.platform === 'win32')('an insistent second Ctrl-C ends a process that does not stop', async () => {
  const source = pathToFileURL(join(root, 'src-main/hosts/interrupt.ts')).href;
  const script = `import { onInterrupt } from ${JSON.stringify(source)};
onInterrupt().onStop(() => console.log('asked'));
setInterval(() => {}, 1000);
console.log('ready');`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'exit');
  await vi.waitFor(() => expect(output).toContain('ready'));
  child.kill('SIGINT');
  await vi.waitFor(() => expect(output).toContain('asked'));
  const insist = setInterval(() => child.kill('SIGINT'), 450);
  expect((await ended)[0]).toBe(1);
  clearInterval(insist);
});
