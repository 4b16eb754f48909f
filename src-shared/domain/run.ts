/** A run's vocabulary: its status, its metrics, and the summaries every room speaks of. */
import { z } from 'zod';

export const runStatuses = ['queued', 'running', 'paused', 'interrupted', 'finished', 'cancelled', 'failed'] as const;
export const runStatusSchema = z.enum(runStatuses);
export type RunStatus = z.output<typeof runStatusSchema>;

/** A run in one of these no longer changes by itself. */
export const endedStatuses: readonly RunStatus[] = ['interrupted', 'finished', 'cancelled', 'failed'];
/** A run in one of these has (or will soon have) a process working for it. */
export const activeStatuses: readonly RunStatus[] = ['queued', 'running', 'paused'];

/** Whether a run is over and nothing was recorded of it: no generation is to come. An interrupted one can go on. */
export function endedWithoutRecord({ status, generations }: { readonly status: RunStatus; readonly generations: number }): boolean {
  return generations === 0 && status !== 'interrupted' && endedStatuses.includes(status);
}

/** Response times of one application over its instances (ms), and the instances that ended after their deadline. */
export const applicationMetricsSchema = z.object({
  instances: z.number(),
  meanResponseMs: z.number(),
  p50ResponseMs: z.number(),
  p95ResponseMs: z.number(),
  maxResponseMs: z.number(),
  deadlineMisses: z.number(),
});
export type ApplicationMetrics = z.output<typeof applicationMetricsSchema>;

/** Everything DESIGN §6 measures of one schedule. */
export const metricsSchema = z.object({
  makespanMs: z.number(),
  throughputPerS: z.number(),
  energyMJ: z.number(),
  latencyMs: z.number(),
  peakPowerMW: z.number(),
  constraintViolation: z.number(),
  deadlineMisses: z.number(),
  /** By processing element id, 0…1. */
  utilization: z.record(z.string(), z.number()),
  /** By application id. */
  applications: z.record(z.string(), applicationMetricsSchema),
});
export type Metrics = z.output<typeof metricsSchema>;

/** The metrics kept with every recorded chromosome, in the order of its metric vector. */
export const headlineMetricNames = ['makespanMs', 'throughputPerS', 'energyMJ', 'latencyMs', 'constraintViolation'] as const;
export type HeadlineMetricName = (typeof headlineMetricNames)[number];
export const headlineMetricsSchema = z.object({
  makespanMs: z.number(),
  throughputPerS: z.number(),
  energyMJ: z.number(),
  latencyMs: z.number(),
  constraintViolation: z.number(),
});
export type HeadlineMetrics = z.output<typeof headlineMetricsSchema>;

/** One schedule a search found, in the form the command line prints and the record keeps as a run's best. */
export const solutionSchema = z.object({
  genome: z.array(z.number()),
  fitness: z.number(),
  metrics: metricsSchema,
  /** Processing element by "application/layer". */
  mapping: z.record(z.string(), z.string()),
  /** Chosen frequency by processor, MHz. */
  frequencies: z.record(z.string(), z.number()),
  /** Active cores by pinned CPU cluster. */
  activeCores: z.record(z.string(), z.number()),
  /** Sizes of the core groups, by processor that has core configurations. */
  coreConfigurations: z.record(z.string(), z.array(z.number())).optional(),
  /** A makespan that no schedule of the scenario at default frequencies and active cores can beat, ms, where the search proved one. */
  makespanBoundMs: z.number().optional(),
  /** Priority by "application/layer", 0…255, the highest first, where the search decided it. */
  priorities: z.record(z.string(), z.number()).optional(),
});
export type Solution = z.output<typeof solutionSchema>;
/** One of the schedules of a front. */
export type TradeOff = Solution & { readonly chromosomeId: number };
