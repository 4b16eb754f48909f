/** A run's vocabulary: its status, its metrics, and the summaries every room speaks of. */
import { z } from 'zod';
import { metricShape } from './metrics.ts';

export const runStatuses = ['queued', 'running', 'paused', 'interrupted', 'finished', 'cancelled', 'failed'] as const;
export const runStatusSchema = z.enum(runStatuses);
export type RunStatus = z.output<typeof runStatusSchema>;

/** What a person gives a run: its name, tags and notes. */
export const LONGEST_RUN_NAME = 200;
export const runNameSchema = z.string().min(1).max(LONGEST_RUN_NAME);
export const runTagSchema = z.string().min(1).max(50);
export const MOST_RUN_TAGS = 50;
export const runTagsSchema = z.array(runTagSchema).max(MOST_RUN_TAGS);
export const notesSchema = z.string().max(100_000);

/** A run in one of these no longer changes by itself. */
export const endedStatuses: readonly RunStatus[] = ['interrupted', 'finished', 'cancelled', 'failed'];
/** A run in one of these has (or will soon have) a process working for it. */
export const activeStatuses: readonly RunStatus[] = ['queued', 'running', 'paused'];

/** Whether a run is over and nothing was recorded of it: no generation is to come. An interrupted one can go on. */
export function endedWithoutRecord({
  status,
  generations,
}: {
  readonly status: RunStatus;
  readonly generations: number;
}): boolean {
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
  /** Instances that never ran, because they were late; only where an application may drop some. They are in no other figure but `instances`. */
  dropped: z.number().optional(),
});
export type ApplicationMetrics = z.output<typeof applicationMetricsSchema>;

/** Spans of a group of applications over its releases (ms), each from the release to the end of its last member, and those after the deadline. */
export const groupMetricsSchema = z.object({
  releases: z.number(),
  meanSpanMs: z.number(),
  p90SpanMs: z.number(),
  worstSpanMs: z.number(),
  deadlineMisses: z.number(),
});
export type GroupMetrics = z.output<typeof groupMetricsSchema>;

/** Everything DESIGN §6 measures of one schedule. */
export const metricsSchema = z.object({
  ...metricShape,
  /** By processing element id, 0…1. */
  utilization: z.record(z.string(), z.number()),
  /** By application id. */
  applications: z.record(z.string(), applicationMetricsSchema),
  /** By group id; missing where the scenario has no groups. */
  groups: z.record(z.string(), groupMetricsSchema).optional(),
});
export type Metrics = z.output<typeof metricsSchema>;

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
  /** A makespan that no schedule can beat by the word of an external scheduler, ms: nobody here has proven it. */
  externalBoundMs: z.number().optional(),
  /** The solver whose bound it is, where that does not go without saying: else `makespanBoundMs` is HiGHS's, `externalBoundMs` the external program's. */
  boundBy: z.enum(['chuffed', 'cp_sat']).optional(),
  /** What the scheduler has to say of this schedule, a sentence or two. */
  remark: z.string().max(1000).optional(),
  /** Priority by "application/layer", 0…255, the highest first, where the search decided it. */
  priorities: z.record(z.string(), z.number()).optional(),
  /** Layers, "application/layer", that are executed as one, where any are. */
  subgraphs: z.array(z.array(z.string())).optional(),
});
export type Solution = z.output<typeof solutionSchema>;
/** What a search says about its best schedule, apart from the schedule itself. */
export type Conclusion = Pick<Solution, 'makespanBoundMs' | 'externalBoundMs' | 'boundBy' | 'remark'>;
/** One of the schedules of a front. */
export type TradeOff = Solution & { readonly chromosomeId: number };

/** How a lower bound of the makespan was found. */
const boundMethods = [
  'critical_path',
  'load',
  'milp',
  'energetic',
  'relaxation',
  'chuffed',
  'external',
  'cp_sat',
] as const;
export type BoundMethod = (typeof boundMethods)[number];

export const makespanBoundSchema = z.object({
  /** No schedule of the problem ends earlier. */
  makespanMs: z.number(),
  method: z.enum(boundMethods),
  /** When the last application instance is released: until then no schedule can end, however fast. */
  lastReleaseMs: z.number(),
});
export type MakespanBound = z.output<typeof makespanBoundSchema>;

/** What a schedule is compared with without another search; `heft` and `peft` are the schedulers of these names. */
export const baselineIds = ['npu_first', 'heft', 'peft', 'best_single'] as const;
export type BaselineId = (typeof baselineIds)[number];

export const baselineSchema = z.object({
  /** As deltas name it: "NPU first", "GPU alone", "run 12". */
  name: z.string(),
  metrics: metricsSchema,
});
export type Baseline = z.output<typeof baselineSchema>;
