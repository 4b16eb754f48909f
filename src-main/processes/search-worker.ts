/**
 * Entry of the worker thread that searches, alongside the main thread of a run process, which records: scores come from
 * the kernel.
 */
import { createKernel } from '../engine/kernel/kernel.ts';
import { ParallelEvaluator } from './parallel-evaluator.ts';
import { searchInThread } from './search-thread.ts';

await searchInThread((problem, { threads, callHelpers }) => {
  const kernel = createKernel(problem);
  return threads === 1
    ? kernel
    : new ParallelEvaluator(problem, { kernel, threads, callHelpers, now: () => performance.now() });
});
