/** The fitness of the single-objective schedulers (DESIGN §6): a weighted sum relative to the NPU-first schedule. */
import type { HeadlineMetrics } from '../domain/run.ts';

export interface FitnessWeights {
  readonly throughput: number;
  readonly energy: number;
  readonly latency: number;
  readonly penalty: number;
  /** false: the raw sum, without dividing by the reference. */
  readonly normalise: boolean;
}

/**
 * wt·thr/thr₀ − we·energy/energy₀ − wl·latency/latency₀ − penalty·violation, higher is better. A reference of zero (a platform
 * without power figures, say) does not divide.
 * @param metrics headline metric vector
 * @param reference the same of the NPU-first schedule
 */
export function fitnessOf(metrics: Float64Array, reference: HeadlineMetrics, weights: FitnessWeights): number {
  const thr = weights.normalise ? relative(metrics[1], reference.throughputPerS) : metrics[1];
  const energy = weights.normalise ? relative(metrics[2], reference.energyMJ) : metrics[2];
  const latency = weights.normalise ? relative(metrics[3], reference.latencyMs) : metrics[3];
  return weights.throughput * thr - weights.energy * energy - weights.latency * latency - weights.penalty * metrics[4];
}

function relative(value: number, reference: number): number {
  return reference > 0 ? value / reference : value;
}
