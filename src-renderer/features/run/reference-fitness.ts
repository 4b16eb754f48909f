/** The fitness of the NPU-first schedule under the weights of a run's configuration. */
import type { Metrics } from '#shared/domain/run.ts';
import type { SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import type { SchedulerSummary } from '#shared/contract/shapes.ts';
import { headlineVector } from '#shared/scheduling/metrics.ts';
import { fitnessOf } from '#shared/scheduling/objectives.ts';
import { defaultsOf } from '../../components/options-schema.ts';

/** Undefined where the scheduler's options have no weights. Options that were left out have the scheduler's defaults. */
export function referenceFitness(reference: Metrics, configuration: SchedulerConfiguration, scheduler: SchedulerSummary | undefined): number | undefined {
  const weights = { ...asRecord(asRecord(scheduler === undefined ? {} : defaultsOf(scheduler.optionsSchema))['weights']), ...asRecord(configuration.options['weights']) };
  const { throughput, energy, latency, penalty, normalise } = weights;
  if (typeof throughput !== 'number' || typeof energy !== 'number' || typeof latency !== 'number' || typeof penalty !== 'number' || typeof normalise !== 'boolean') return undefined;
  return fitnessOf(headlineVector(reference), reference, { throughput, energy, latency, penalty, normalise });
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
