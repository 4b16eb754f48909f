/**
 * Runs that take less time than a process and a thread of their own need to start: in this process and in this thread, for a program that
 * does nothing else meanwhile. What they search, record and report is the same.
 */
import { completeConfiguration, mostEvaluations } from '../engine/schedulers/index.ts';
import type { SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import { openSession } from './open-session.ts';
import type { ProcessEnd } from './process-end.ts';
import type { RunEvent } from './protocol.ts';
import type { RunSession } from './run-session.ts';
import { searchHere } from './search-here.ts';
import type { ProcessSpawner, RunProcess } from './spawner.ts';

/** A run that scores fewer genomes is short. */
const SHORT_EVALUATIONS = 10_000;

/** A spawner that keeps short runs here and leaves the others to `spawner`. */
export function keepingShortRuns(spawner: ProcessSpawner): ProcessSpawner {
  return {
    spawnRunProcess: (wishes) =>
      wishes.configuration !== undefined && isShort(wishes.configuration) ? runHere() : spawner.spawnRunProcess(wishes),
  };
}

/** Whether a run is over in a moment. One that ends at a bound has a thread that proves it, so it is not. */
export function isShort(configuration: SchedulerConfiguration): boolean {
  const most = mostEvaluations(completeConfiguration(configuration));
  return most !== undefined && most < SHORT_EVALUATIONS && configuration.stop?.gap === undefined;
}

function runHere(): RunProcess {
  const onEvents: ((event: RunEvent) => void)[] = [];
  const onExits: ((end: ProcessEnd) => void)[] = [];
  let session: RunSession | undefined;
  let isOver = false;
  const exit = (): void => {
    if (isOver) return;
    isOver = true;
    for (const listener of onExits) listener({ code: 0, stderr: '' });
  };
  return {
    pid: process.pid,
    send(command) {
      if (isOver) return;
      if (command.type !== 'start') {
        session?.obey(command);
        return;
      }
      session = openSession(command, {
        threads: 1,
        // Later, as from another process: the sender of a command has finished what it was doing when the answer comes.
        send: async (event) => {
          await Promise.resolve();
          for (const listener of onEvents) listener(event);
        },
        onOver: exit,
        startSearch: searchHere,
      });
    },
    onEvent: (listener) => void onEvents.push(listener),
    onExit: (listener) => void onExits.push(listener),
    kill: exit,
  };
}
