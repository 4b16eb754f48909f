/** The fitness of the single-objective schedulers (DESIGN §6): a weighted sum relative to the NPU-first schedule. */
import { metricIndex, metricOf, type HeadlineMetrics } from '../domain/metrics.ts';

export interface FitnessWeights {
  readonly throughput: number;
  readonly energy: number;
  readonly latency: number;
  readonly penalty: number;
  /** false: the raw sum, without dividing by the reference. */
  readonly normalise: boolean;
}

/** The weighted metrics in the order in which they are summed; what is better lower counts negative. */
export const fitnessTerms = (
  [
    { weight: 'throughput', metric: 'throughputPerS', isRelative: true },
    { weight: 'energy', metric: 'energyMJ', isRelative: true },
    { weight: 'latency', metric: 'latencyMs', isRelative: true },
    { weight: 'penalty', metric: 'constraintViolation', isRelative: false },
  ] as const
).map((term) => ({ ...term, index: metricIndex[term.metric], goal: metricOf(term.metric).goal }));

/**
 * wt·thr/thr₀ − we·energy/energy₀ − wl·latency/latency₀ − penalty·violation, higher is better. A reference of zero (a platform
 * without power figures, say) does not divide.
 * @param metrics headline metric vector
 * @param reference the same of the NPU-first schedule
 */
export function fitnessOf(metrics: Float64Array, reference: HeadlineMetrics, weights: FitnessWeights): number {
  let fitness = 0;
  for (const { weight, metric, index, goal, isRelative } of fitnessTerms) {
    const value = isRelative && weights.normalise ? relative(metrics[index], reference[metric]) : metrics[index];
    const term = weights[weight] * value;
    fitness = goal === 'higher' ? fitness + term : fitness - term;
  }
  return fitness;
}

function relative(value: number, reference: number): number {
  return reference > 0 ? value / reference : value;
}
