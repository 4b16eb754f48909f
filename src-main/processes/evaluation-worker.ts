/** Entry of a thread that helps a search to evaluate its genomes: claims some of each batch, until it is terminated. */
import { parentPort, workerData } from 'node:worker_threads';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { createKernel } from '../engine/kernel/kernel.ts';
import { errorPayloadOf } from './error-payload.ts';
import type { EvaluationTask } from './helping-threads.ts';
import { SharedBatch } from './shared-batch.ts';

const { scenario, genes, memory, threads } = workerData as EvaluationTask; // both ends are built together
try {
  new SharedBatch(memory, createKernel(compileProblem(scenario, genes)), threads).help();
} catch (error) {
  parentPort?.postMessage(errorPayloadOf(error));
}
