/** Entry of the worker thread that searches, beside the main thread of a run process, which records. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Evaluator } from '#shared/scheduling/evaluate.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { createKernel } from '../engine/kernel/kernel.ts';
import { createRun, parseRunState, restoreRun, type RunOptions, type SearchRun } from '../engine/run-search.ts';
import { prepareScheduler } from '../engine/schedulers/index.ts';
import { transferListOf } from './batch.ts';
import { errorPayloadOf } from './error-payload.ts';
import { ParallelEvaluator } from './parallel-evaluator.ts';
import { openRunArchive } from './run-archive.ts';
import { ScratchArchive } from './scratch-archive.ts';
import { SearchLoop } from './search-loop.ts';
import type { SearchCommand, SearchEvent, SearchTask } from './worker-protocol.ts';

const port = parentPort;
if (port === null) throw new Error('the search worker is started by a run process');

const task = workerData as SearchTask; // both ends are built together
/** What a run without a record need not keep in memory. */
const scratch = task.record === undefined ? new ScratchArchive() : undefined;

const send = (event: SearchEvent): void => {
  if (event.type === 'batch') scratch?.append(event.batch);
  port.postMessage(event, event.type === 'batch' ? transferListOf(event.batch) : []);
};

try {
  await prepareScheduler(task.configuration.scheduler);
  const loop = new SearchLoop(openRun(task), task.elapsedMs, send, () => performance.now(), task.paceGenerationsPerS);
  port.on('message', (command: SearchCommand) => loop.obey(command));
  await loop.run();
} catch (error) {
  send({ type: 'failed', error: errorPayloadOf(error) });
}
port.close();

function openRun({ scenario, configuration, record, state, threads }: SearchTask): SearchRun {
  const createEvaluator = (problem: Problem): Evaluator => createRunEvaluator(problem, threads);
  if (record === undefined) {
    if (state !== undefined) throw new Error('a run without a record cannot be continued');
    return createRun(scenario, configuration, { createEvaluator, ...(scratch === undefined ? {} : { archive: scratch.read }) });
  }
  const archive = openRunArchive(record);
  const options: RunOptions = { createEvaluator, archive: archive.read };
  if (state === undefined) return createRun(scenario, configuration, options);
  const saved = parseRunState(state);
  return restoreRun(scenario, configuration, saved, archive.first(saved.chromosomes), options);
}

function createRunEvaluator(problem: Problem, threads: number): Evaluator {
  const kernel = createKernel(problem);
  return threads === 1 ? kernel : new ParallelEvaluator(problem, { kernel, threads, callHelpers: (memory, shared) => send({ type: 'help', memory, threads: shared }), now: () => performance.now() });
}
