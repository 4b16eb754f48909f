/**
 * The evaluation kernel: decodes, simulates and measures a batch of genomes with exactly the semantics (and bits) of the reference
 * simulator in src-shared/scheduling, allocating nothing. AssemblyScript, compiled to WebAssembly.
 *
 * memory.ts says how everything is laid out, decode.ts fills the job records, eager.ts simulates (or events.ts, what eager.ts cannot),
 * metrics.ts measures. limit.ts bounds what a simulation under way will come to, so that a search can end hopeless ones early.
 */
import { decode } from './decode';
import { simulateEagerly } from './eager';
import { simulateByEvents } from './events';
import { clearLimit, isOverLimit, setLimit } from './limit';
import { genomes, jobs, loci, metricTable, previousJobs } from './memory';
import { measure } from './metrics';

export { configure, executeCalls, firstFreeAddress } from './memory';

/**
 * Evaluates the first `count` genomes; five metrics each, in the order of `headlineMetricNames`.
 * @returns how many were evaluated: fewer than `count` when a gene of the next one exceeds its locus.
 */
export function evaluateBatch(count: i32): i32 {
  for (let i = 0; i < count; i++) {
    const genes = genomes + <usize>i * <usize>loci;
    if (!decode(genes)) return i;
    if (!simulateEagerly()) {
      decode(genes);
      simulateByEvents();
    }
    measure(metricTable + <usize>i * 40);
  }
  return count;
}

/**
 * Evaluates the first genome, but gives up as soon as its makespan is bound to exceed `limit`, ms. Afterwards the job records and
 * `previousJobs` tell the schedule.
 * @returns 0: a gene exceeds its locus; 1: evaluated, the metrics are those of `evaluateBatch`; 2: given up
 */
export function evaluateUntil(limit: f64): i32 {
  if (!decode(genomes)) return 0;
  setLimit(limit);
  const isEager = simulateEagerly();
  const isOver = isOverLimit;
  clearLimit();
  if (isOver) return 2;
  if (!isEager) {
    // Who came before whom was noted for a part only.
    memory.fill(previousJobs, 0xff, <usize>jobs << 2);
    decode(genomes);
    simulateByEvents();
  }
  measure(metricTable);
  return 1;
}
