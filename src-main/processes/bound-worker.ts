/**
 * Entry of the thread that proves lower bounds alongside a search: at low priority, in slices, between which it hears
 * of better schedules.
 */
import { constants, setPriority } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { BoundSearch } from '../engine/bounds/best-bound.ts';
import { loadSolver } from '../engine/milp/highs.ts';
import type { BoundEvent, BoundTask, BestSoFarMessage } from './bound-thread.ts';
import { errorPayloadOf } from './error-payload.ts';

const port = parentPort;
if (port === null) throw new Error('the bound worker is started by a run process');

/** Work between two looks at the messages, ms. */
const SLICE_MS = 10;
/** Share by which a bound must have risen to be reported before the end. */
const WORTH_TELLING = 1e-4;

// Of this thread alone, where the system has priorities of threads.
if (process.platform === 'linux') setPriority(0, constants.priority.PRIORITY_LOW);

const task = workerData as BoundTask; // both ends are built together
let bestMs = task.bestMs;
let wake: (() => void) | undefined;
port.on('message', (message: BestSoFarMessage) => {
  bestMs = message.bestMs;
  wake?.();
});

try {
  await loadSolver();
  const search = new BoundSearch(compileProblem(task.scenario, task.genes), () => bestMs, task.known);
  let toldMs = task.known?.makespanMs ?? 0;
  const tell = (): void => {
    const { bound, isComplete } = search.soFar;
    if (bound !== undefined) toldMs = bound.makespanMs;
    port.postMessage({ type: 'bound', bound, isComplete } satisfies BoundEvent);
  };
  while (true) {
    let sliceEnd = performance.now() + SLICE_MS;
    for (const { bound } of search.work()) {
      if (performance.now() < sliceEnd) continue;
      if (bound !== undefined && bound.makespanMs > toldMs * (1 + WORTH_TELLING)) tell();
      await setImmediate();
      sliceEnd = performance.now() + SLICE_MS;
    }
    tell();
    while (search.isComplete) await new Promise<void>((resolve) => (wake = resolve));
  }
} catch (error) {
  port.postMessage({ type: 'failed', error: errorPayloadOf(error) } satisfies BoundEvent);
  port.close();
}
