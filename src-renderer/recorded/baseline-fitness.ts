/** The fitness of a baseline under the weights of a run's configuration, measured like the run's own: relative to the NPU-first schedule. */
import type { Metrics } from '#shared/domain/run.ts';
import { headlineVector, type HeadlineMetrics } from '#shared/domain/metrics.ts';
import type { SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import type { SchedulerSummary } from '#shared/contract/shapes.ts';
import { fitnessOf } from '#shared/scheduling/objectives.ts';
import { defaultsOf } from '../components/options-schema.ts';

/**
 * Undefined where the scheduler's options have no weights. Options that were left out have the scheduler's defaults.
 * @param reference the run's own reference schedule
 */
export function baselineFitness(
  baseline: HeadlineMetrics,
  reference: Metrics,
  configuration: SchedulerConfiguration,
  scheduler: SchedulerSummary | undefined,
): number | undefined {
  const weights = {
    ...asRecord(asRecord(scheduler === undefined ? {} : defaultsOf(scheduler.optionsSchema))['weights']),
    ...asRecord(configuration.options['weights']),
  };
  const { throughput, energy, latency, penalty, normalise } = weights;
  if (
    typeof throughput !== 'number' ||
    typeof energy !== 'number' ||
    typeof latency !== 'number' ||
    typeof penalty !== 'number' ||
    typeof normalise !== 'boolean'
  )
    return undefined;
  return fitnessOf(headlineVector(baseline), reference, { throughput, energy, latency, penalty, normalise });
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
