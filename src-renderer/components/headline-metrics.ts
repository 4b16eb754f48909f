/** The headline metrics as people read them: name, unit, and which direction is better. */
import type { HeadlineMetricName } from '#shared/domain/run.ts';

export interface MetricDescription {
  readonly name: HeadlineMetricName;
  readonly title: string;
  readonly unit: string;
  readonly goal: 'lower' | 'higher';
  /** What it measures, one sentence. */
  readonly meaning: string;
}

export const shownMetrics: readonly MetricDescription[] = [
  { name: 'makespanMs', title: 'Makespan', unit: 'ms', goal: 'lower', meaning: 'Time from the start until the last task ends' },
  { name: 'throughputPerS', title: 'Throughput', unit: '1/s', goal: 'higher', meaning: 'Finished application instances per second of makespan' },
  { name: 'energyMJ', title: 'Energy', unit: 'mJ', goal: 'lower', meaning: 'Energy of all processors and transfers over the makespan' },
  { name: 'latencyMs', title: 'Latency', unit: 'ms', goal: 'lower', meaning: 'Mean response time: last finish − release, over application instances' },
];

/** Said in place of an energy of 0: with any power figure at all, a schedule that takes time takes energy. */
export const NO_POWER_FIGURES = 'no power figures';

/** Whether a metric's value says nothing, because the platform lacks what it is computed from. */
export function isWithoutFigures(name: HeadlineMetricName, value: number): boolean {
  return name === 'energyMJ' && value === 0;
}

/** What deltas are measured against. */
export const REFERENCE_NAME = 'NPU first';
