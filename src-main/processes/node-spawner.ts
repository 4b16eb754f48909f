/** Starts run processes under Node, with `child_process.fork`. */
import { fork } from 'node:child_process';
import { entryPath } from './entries.ts';
import type { RunEvent } from './protocol.ts';
import type { ProcessSpawner, RunProcess } from './spawner.ts';

/**
 * Recording makes much short-lived garbage, and V8 would let the heap grow to hold it: a run of 1,000 generations of 200 genomes
 * peaked at 310 to 360 MB. With a young generation of 8 MB, and an old one collected when it is 1.6 times what it last kept, the same
 * run peaks at 250 MB, within a tenth of the speed.
 */
const HEAP = ['--max-semi-space-size=8', '--heap-growing-percent=60'];

export const nodeSpawner: ProcessSpawner = nodeSpawnerOf(entryPath('run-process'));

/** A spawner of run processes whose entry file is `entry`. */
export function nodeSpawnerOf(entry: string): ProcessSpawner {
  return { spawnRunProcess: () => spawnRunProcess(entry) };
}

function spawnRunProcess(entry: string): RunProcess {
  // Advanced serialisation copies typed arrays as bytes. The parent's own flags (an inspector, a test runner's loader) are not passed on.
  const child = fork(entry, { serialization: 'advanced', execArgv: HEAP, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  return {
    pid: child.pid,
    send(command) {
      if (child.connected) child.send(command, () => {}); // a send that fails is followed by the exit
    },
    onEvent(listener) {
      child.on('message', (event) => listener(event as RunEvent)); // both ends are built together
    },
    onExit(listener) {
      let over = false;
      const once = (code: number | undefined, signal?: string): void => {
        if (over) return;
        over = true;
        listener(code, signal);
      };
      child.on('error', () => once(undefined));
      child.on('close', (code, signal) => once(code ?? undefined, signal ?? undefined));
    },
    kill() {
      child.kill('SIGKILL');
    },
  };
}
