/** The shapes that cross the boundary and are not documents: summaries, series, populations, progress. */
import { z } from 'zod';
import { tableOf } from '../domain/bounded.ts';
import { databaseFaultSchema } from './database-shapes.ts';
import { makespanBoundSchema, metricsSchema, runStatusSchema, solutionSchema } from '../domain/run.ts';
import { recordedExecutionSchema } from '../domain/execution.ts';
import { documentKinds, type DocumentKind } from '../domain/document-kinds.ts';
import { generationFigures } from '../domain/generation.ts';
import { headlineMetricNames, headlineMetricsSchema, shapeOf } from '../domain/metrics.ts';
import { schedulerConfigurationSchema, type SchedulerConfiguration } from '../domain/scheduler.ts';

/** Which Tessera this is, and how it is started. */
export const appInfoSchema = z.object({
  version: z.string(),
  engineVersion: z.string(),
  host: z.enum(['electron', 'served', 'cli']),
  databasePath: z.string(),
  /** Where it is no longer the file that was opened. */
  databaseFault: databaseFaultSchema.optional(),
  nodeVersion: z.string(),
  electronVersion: z.string().optional(),
  /** What commands begin with: "tessera", in a checkout "npm run -s tessera --". */
  commandLine: z.string(),
  /** What commands need to find this database: "--db" and its path, or nothing where it is the usual one. */
  databaseArguments: z.array(z.string()),
  /** The command that starts this host again; undefined where it is started without one. */
  startCommand: z.string().optional(),
});

export const documentKindSchema = z.enum(documentKinds);
export type { DocumentKind };

/** A document as raw JSON; the receiving side parses it with the schema of its kind. */
export const documentJsonSchema = tableOf(z.string(), z.unknown(), 1000);

export const documentSummarySchema = z.object({
  kind: documentKindSchema,
  id: z.string(),
  name: z.string(),
  description: z.string(),
  /** Presets ship with the product and are read-only. */
  origin: z.enum(['preset', 'user']),
  revision: z.number(),
  /** Unix time, ms; undefined for presets. */
  updatedAt: z.number().optional(),
});
export type DocumentSummary = z.output<typeof documentSummarySchema>;

export const schedulerSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  source: z.string(),
  /** JSON Schema (draft 2020-12) of the options, with defaults and descriptions: forms are made from it. */
  optionsSchema: z.record(z.string(), z.unknown()),
});
export type SchedulerSummary = z.output<typeof schedulerSummarySchema>;

/** The most generations a second that a run makes, so that a person can watch it; its results do not depend on it. */
export const paceSchema = z.number().min(0.1).max(1000);

/** Where a demo ends: on the page of its run, on its front of best trade-offs, or with its runs side by side. */
export const demoPages = ['run', 'pareto', 'compare'] as const;

/** A card on Home: a scenario with a configuration worth seeing. */
export const demoSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  scenario: z.string(),
  /** What its form is filled with. */
  configuration: schedulerConfigurationSchema,
  /** Several runs in place of the one of `configuration`, to be seen together. */
  runs: z
    .array(z.object({ name: z.string(), configuration: schedulerConfigurationSchema }))
    .min(1)
    .optional(),
  /** The page that shows what it is about; see `demoPages`. */
  opens: z.enum(demoPages).default('run'),
  /** Slow enough to be watched; see `paceSchema`. */
  paceGenerationsPerS: paceSchema.optional(),
});
export type Demo = z.output<typeof demoSchema>;

/** The runs of a demo, in order. */
export function runsOfDemo({
  name,
  configuration,
  runs,
}: Demo): readonly { readonly name: string; readonly configuration: SchedulerConfiguration }[] {
  return runs ?? [{ name, configuration }];
}

export const runSummarySchema = z.object({
  id: z.number(),
  name: z.string(),
  scenarioId: z.string(),
  scenarioName: z.string(),
  platformName: z.string(),
  scheduler: z.string(),
  seed: z.number(),
  status: runStatusSchema,
  /** Why it failed or was interrupted, in words. */
  statusReason: z.string().optional(),
  /** Of an interrupted run that continues by itself: when, Unix time, ms. */
  restartsAt: z.number().optional(),
  /** Of a queued run of this host: its place among those that wait, from 1. */
  queuePosition: z.number().optional(),
  createdAt: z.number(),
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  /** Time spent searching, ms: without pauses, and without waiting for the pace of a run that is being watched. */
  elapsedMs: z.number(),
  /** Generations committed to the record. */
  generations: z.number(),
  plannedGenerations: z.number().optional(),
  evaluations: z.number(),
  bestFitness: z.number().optional(),
  bestMetrics: headlineMetricsSchema.optional(),
  /**
   * Of a scenario whose applications have deadlines: how many instances those have, and how many of them the best
   * schedule has late; undefined while that is not known.
   */
  deadlines: z.object({ missed: z.number().optional(), ofInstances: z.number() }).optional(),
  /** What no makespan is below, ms; undefined where it is not known. */
  boundMs: z.number().optional(),
  /** The scheduler's options, every default filled in. */
  options: z.record(z.string(), z.unknown()).optional(),
  /** Runs with the same one measure fitness alike: same scenario, reference schedule and weights. */
  fitnessDefinition: z.string().optional(),
  /** What its generations and chromosomes take in the database. */
  recordedBytes: z.number(),
  tags: z.array(z.string()),
  /** In lists only their beginning where they are long. */
  notes: z.string(),
  /** Of an entry of a list: there is more of the notes, which `runs.get` gives. */
  areNotesCut: z.literal(true).optional(),
  starred: z.boolean(),
});
export type RunSummary = z.output<typeof runSummarySchema>;

/** Where a run comes from that was imported from a `.tessera` file. */
export const runOriginSchema = z.object({
  /** Its id in the database it was made in. */
  originalId: z.number(),
  /** What wrote the file: "Tessera 0.1.0". */
  product: z.string(),
  /** Unix time, ms. */
  exportedAt: z.number(),
  importedAt: z.number(),
});
export type RunOrigin = z.output<typeof runOriginSchema>;

export const runDetailSchema = z.object({
  run: runSummarySchema,
  engineVersion: z.string(),
  /** Undefined for a run that was made here. */
  origin: runOriginSchema.optional(),
  /** The resolved scenario as it was when the run started (a scenario document with everything inline). */
  scenario: documentJsonSchema,
  configuration: schedulerConfigurationSchema,
  /** Id of the best chromosome so far. */
  bestChromosomeId: z.number().optional(),
  best: solutionSchema.optional(),
  /** The best trade-offs so far, none dominated by another; only of a scheduler with several objectives. */
  front: z
    .array(
      z.object({
        chromosomeId: z.number(),
        genome: z.array(z.number()),
        fitness: z.number(),
        metrics: headlineMetricsSchema,
      }),
    )
    .optional(),
  /** Of its schedules on devices, the newest first; undefined where there are none. */
  executions: z.array(recordedExecutionSchema).optional(),
  /** The NPU-first schedule's metrics, the reference of the fitness. */
  reference: metricsSchema,
  /** Undefined where no bound says anything. */
  bound: makespanBoundSchema.optional(),
});
export type RunDetail = z.output<typeof runDetailSchema>;

const bytes = z.instanceof(Uint8Array);
const doubles = z.instanceof(Float64Array);
const uint32s = z.instanceof(Uint32Array);

/** Generations `from … from + length − 1` of a run, one entry per generation in each column. */
export const generationSeriesSchema = z.object({
  from: z.number(),
  length: z.number(),
  elapsedMs: doubles,
  ...shapeOf(generationFigures, doubles),
  /**
   * Of the best trade-offs up to each generation, in units of the NPU-first schedule (see schedulers.md), NaN where it
   * was not measured; null for a run that has none.
   */
  hypervolume: doubles.nullable(),
  bestChromosomeId: doubles,
  /** Headline metrics of each generation's best. */
  ...shapeOf(headlineMetricNames, doubles),
});
export type GenerationSeries = z.output<typeof generationSeriesSchema>;

export const chromosomeSchema = z.object({
  id: z.number(),
  genes: bytes,
  fitness: z.number(),
  metrics: headlineMetricsSchema,
  bornInGeneration: z.number(),
  parents: z.array(z.number()),
  operator: z.string(),
  mutatedLoci: z.array(z.number()),
});
export type ChromosomeView = z.output<typeof chromosomeSchema>;

export const populationSchema = z.object({
  generation: z.number(),
  /** Chromosome ids of the members in order. */
  members: uint32s,
  /** Each distinct chromosome among the members once. */
  chromosomes: z.array(chromosomeSchema),
});
export type PopulationView = z.output<typeof populationSchema>;

export const runProgressSchema = z.object({
  runId: z.number(),
  /** Index of the last generation reported; −1 before the first. */
  generation: z.number(),
  /** Undefined where nobody knows. */
  plannedGenerations: z.number().optional(),
  /** What the search itself says of how far it is. */
  note: z.string().optional(),
  evaluations: z.number(),
  elapsedMs: z.number(),
  /** As it goes at present, its pace included. */
  evaluationsPerS: z.number(),
  /** Time until its end as it goes at present, its pace included; undefined while it is not known. */
  etaMs: z.number().optional(),
  /** Undefined at full speed. */
  paceGenerationsPerS: paceSchema.optional(),
  best: z
    .object({ chromosomeId: z.number(), fitness: z.number(), genes: bytes, metrics: headlineMetricsSchema })
    .optional(),
  /** The generations since the previous progress event. */
  series: generationSeriesSchema,
});
export type RunProgress = z.output<typeof runProgressSchema>;

export const doctorCheckSchema = z.object({
  name: z.string(),
  status: z.enum(['ok', 'warning', 'missing']),
  detail: z.string(),
  hint: z.string().optional(),
});
export type DoctorCheck = z.output<typeof doctorCheckSchema>;
