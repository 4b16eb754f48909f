/** Starts run processes under Node, with `child_process.fork`. */
import { fork } from 'node:child_process';
import { entryPath } from './entries.ts';
import { HEAP_FLAGS } from './heap.ts';
import { killedForMemory } from './out-of-memory.ts';
import { causeOfSignal, StderrTail, type ProcessEnd } from './process-end.ts';
import type { RunEvent } from './protocol.ts';
import { argumentsOf, type ProcessSpawner, type ProcessWishes, type RunProcess } from './spawner.ts';

export const nodeSpawner: ProcessSpawner = nodeSpawnerOf(entryPath('run-process'));

/**
 * A spawner of run processes whose entry file is `entry`.
 * @param kills how many processes the system has killed for memory so far; undefined: it does not say
 */
export function nodeSpawnerOf(entry: string, kills: () => number | undefined = killedForMemory): ProcessSpawner {
  return { spawnRunProcess: (wishes) => spawnRunProcess(entry, wishes, kills) };
}

function spawnRunProcess(entry: string, wishes: ProcessWishes, kills: () => number | undefined): RunProcess {
  const killsBefore = kills();
  // Advanced serialisation copies typed arrays as bytes. The parent's own flags (an inspector, a test runner's loader) are not passed on.
  const child = fork(entry, argumentsOf(wishes), {
    serialization: 'advanced',
    execArgv: [...HEAP_FLAGS],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  const tail = new StderrTail(child.stderr);
  let isKilled = false;
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
      const once = (end: ProcessEnd): void => {
        if (over) return;
        over = true;
        listener(end);
      };
      child.on('error', ({ message }) => {
        // Also emitted for a message or a signal that could not be sent: the exit follows, and says more.
        if (child.pid === undefined) once({ cause: 'notStarted', detail: message, stderr: tail.text });
      });
      child.on('close', (code, signal) => {
        const cause = causeOfSignal({
          signal: signal ?? undefined,
          saysOutOfMemory: tail.saysOutOfMemory,
          isOurs: isKilled,
          isSystemShortOfMemory: signal === 'SIGKILL' && (kills() ?? 0) > (killsBefore ?? 0),
        });
        once({ code: code ?? undefined, signal: signal ?? undefined, cause, stderr: tail.text });
      });
    },
    kill() {
      isKilled = true;
      child.kill('SIGKILL');
    },
  };
}
