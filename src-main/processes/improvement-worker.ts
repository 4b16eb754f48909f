/** Entry of a thread that helps a search to improve its starts and children: claims one after the other, until it is terminated. */
import { parentPort, workerData } from 'node:worker_threads';
import { referenceMetrics } from '#shared/scheduling/npu-first.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { Improver } from '../engine/improvement/improvement.ts';
import { errorPayloadOf } from './error-payload.ts';
import type { ImprovementTask } from './helping-threads.ts';
import { SharedImprovements } from './shared-improvements.ts';

const { scenario, genes, weights, memory } = workerData as ImprovementTask; // both ends are built together
try {
  const problem = compileProblem(scenario, genes);
  new SharedImprovements(memory, new Improver(problem, weights, referenceMetrics(problem))).help();
} catch (error) {
  parentPort?.postMessage(errorPayloadOf(error));
}
