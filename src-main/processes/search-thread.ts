/** What a thread that searches does: opens the run it was given, steps through it, and obeys the session that records. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { Evaluator } from '#shared/scheduling/evaluate.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { Improver } from '../engine/improvement/improvement.ts';
import { createRun, parseRunState, restoreRun, type RunOptions, type SearchRun } from '../engine/run-search.ts';
import { prepareScheduler } from '../engine/schedulers/index.ts';
import { transferListOf } from './batch.ts';
import { errorPayloadOf } from './error-payload.ts';
import { ExternalCorrespondence } from './external-correspondence.ts';
import { ParallelImprover } from './parallel-improver.ts';
import { openRunArchive } from './run-archive.ts';
import { ScratchArchive } from './scratch-archive.ts';
import { SearchLoop } from './search-loop.ts';
import type { SharedBatchMemory } from './shared-batch.ts';
import { isSlow, type SlowEvaluator } from './slow-evaluation.ts';
import type { OutsideCommand, SearchCommand, SearchEvent, SearchTask } from './worker-protocol.ts';

/** What an evaluator may use. */
export interface EvaluationMeans {
  /** How many threads may evaluate, this one included. */
  readonly threads: number;
  /** Asks for other threads, as many as make `threads` with this one, to work in this memory. */
  readonly callHelpers: (memory: SharedBatchMemory, threads: number) => void;
}

/** Makes what scores the genomes of a run. One that is slow is asked for a few at a time, and each of its scores is kept. */
export type EvaluatorFactory = (problem: Problem, means: EvaluationMeans) => Evaluator | SlowEvaluator;

/** Of a run whose scores come from a slow evaluator. */
const elsewhere: Evaluator = {
  evaluate() {
    throw new Error('this run is scored by a slow evaluator');
  },
};

/** Searches what this thread was started with, and resolves when that is over. */
export async function searchInThread(evaluatorFor: EvaluatorFactory): Promise<void> {
  if (parentPort === null) throw new Error('the search worker is started by a run process');
  await search(workerData as SearchTask, parentPort, evaluatorFor); // both ends are built together
}

/** Searches, and resolves when that is over. @param port leads to the session that records; closed at the end */
export async function search(task: SearchTask, port: MessagePort, evaluatorFor: EvaluatorFactory): Promise<void> {
  /** What a run that is not read back from a record need not keep in memory. */
  const scratch = task.record === undefined ? new ScratchArchive() : undefined;
  const send = (event: SearchEvent): void => {
    if (event.type === 'batch') scratch?.append(event.batch.chromosomes);
    port.postMessage(event, event.type === 'batch' ? transferListOf(event.batch) : []);
  };
  try {
    await prepareScheduler(task.configuration.scheduler);
    let slow: SlowEvaluator | undefined;
    const outside = new ExternalCorrespondence(send);
    const createPool: RunOptions['createPool'] = (problem, weights, reference) => {
      const improver = new Improver(problem, weights, reference);
      return task.threads === 1
        ? improver
        : new ParallelImprover({
            improver,
            tasks: problem.tasks.length,
            threads: task.threads,
            callHelpers: (memory, threads) => send({ type: 'helpImproving', memory, threads, weights }),
            now: () => performance.now(),
          });
    };
    const run = openRun(task, scratch, { correspondent: outside, createPool }, (problem) => {
      const evaluator = evaluatorFor(problem, {
        threads: task.threads,
        callHelpers: (memory, threads) => send({ type: 'help', memory, threads }),
      });
      if (!isSlow(evaluator)) return evaluator;
      slow = evaluator;
      return elsewhere;
    });
    const loop = new SearchLoop(
      run,
      task.elapsedMs,
      send,
      () => performance.now(),
      task.paceGenerationsPerS,
      slow === undefined ? undefined : { evaluator: slow, kept: task.scores },
      task.configuration.stop?.timeMs,
      outside,
    );
    port.on('message', (command: SearchCommand | OutsideCommand) => {
      if (command.type !== 'line' && command.type !== 'outsideEnded') loop.obey(command);
      else {
        outside.take(command);
        loop.hear();
      }
    });
    await loop.run();
  } catch (error) {
    send({ type: 'failed', error: errorPayloadOf(error) });
  }
  port.close();
}

function openRun(
  { scenario, configuration, record, state, elapsedMs }: SearchTask,
  scratch: ScratchArchive | undefined,
  means: Pick<RunOptions, 'correspondent' | 'createPool'>,
  createEvaluator: (problem: Problem) => Evaluator,
): SearchRun {
  if (record === undefined) {
    if (state !== undefined) throw new Error('a run that cannot be read back cannot be continued');
    return createRun(scenario, configuration, {
      createEvaluator,
      ...means,
      ...(scratch === undefined ? {} : { archive: scratch.read }),
    });
  }
  const archive = openRunArchive(record);
  const options: RunOptions = { createEvaluator, ...means, archive: archive.read, elapsedMs };
  if (state === undefined) return createRun(scenario, configuration, options);
  const saved = parseRunState(state);
  return restoreRun(scenario, configuration, saved, archive.first(saved.chromosomes), options);
}
