/**
 * The evaluation kernel: decodes, simulates and measures a batch of genomes with exactly the semantics (and bits) of the reference
 * simulator in src-shared/scheduling, allocating nothing. AssemblyScript, compiled to WebAssembly.
 *
 * memory.ts says how everything is laid out, decode.ts fills the job records, eager.ts simulates (or events.ts, what eager.ts cannot),
 * metrics.ts measures.
 */
import { decode } from './decode';
import { simulateEagerly } from './eager';
import { simulateByEvents } from './events';
import { genomes, loci, metricTable } from './memory';
import { measure } from './metrics';

export { configure, firstFreeAddress } from './memory';

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
