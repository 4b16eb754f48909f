/** Many genomes at once, on any evaluator. */
import type { Evaluator } from '#shared/scheduling/evaluate.ts';

/** Writes the scores of the first `count` of `genomes`, `metricCount` each, to `out`, one genome after the other. @throws WorkbenchError `genome.invalid` */
export function evaluateInto(
  evaluator: Evaluator,
  genomes: readonly Uint8Array[],
  count: number,
  metricCount: number,
  out: Float64Array,
): void {
  if (evaluator.evaluateBatch !== undefined) {
    evaluator.evaluateBatch(genomes, 0, count, out);
    return;
  }
  for (let index = 0; index < count; index++) out.set(evaluator.evaluate(genomes[index]), index * metricCount);
}
