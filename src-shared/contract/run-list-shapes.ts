/** Lists of runs as they cross the boundary: what to show, in which order, under which heads, and what there is to choose from. */
import { z } from 'zod';
import { listOf } from '../domain/bounded.ts';
import { shortText } from '../domain/common.ts';
import { headlineMetricNames, shapeOf, shownMetricNames, type ComparedFigure } from '../domain/metrics.ts';
import { runStatusSchema } from '../domain/run.ts';

/** Figures of a run that can be limited. */
export const boundableFigures = [
  'fitness',
  ...headlineMetricNames,
  'deadlineMisses',
  'gap',
  'generations',
  'evaluations',
  'elapsedMs',
  'recordedBytes',
] as const;
export type BoundableFigure = (typeof boundableFigures)[number];

/** What a list can be sorted by. */
export const runOrders = [
  'id',
  'name',
  'status',
  'scenario',
  'platform',
  'scheduler',
  'seed',
  'starred',
  'created',
  'ended',
  ...boundableFigures,
] as const;
export type RunOrder = (typeof runOrders)[number];
/** An option of the scheduler: "options.populationSize", "options.weights.energy". */
export const optionOrderSchema = z.templateLiteral([
  'options.',
  z
    .string()
    .max(200)
    .regex(/^\w+(\.\w+)*$/),
]);
export type OptionOrder = z.output<typeof optionOrderSchema>;

/** "fitness": runs whose fitness is measured alike. */
export const runGroupings = ['scenario', 'scheduler', 'sweep', 'tag', 'fitness'] as const;
export type RunGrouping = (typeof runGroupings)[number];

/** The most ids that one request names. */
export const MOST_IDS = 20_000;
const ids = listOf(z.int().min(1), MOST_IDS);
const several = <Value extends z.ZodType<string>>(value: Value) =>
  z.union([value, z.array(value).min(1).max(100)]).optional();

/** Which runs; each condition that is given must hold. */
export const runFilterSchema = z.object({
  /** Each word must occur in name, scenario, platform, scheduler, a tag or the notes, whatever the case; or be the id, also as "#12". */
  text: shortText.optional(),
  /** Any of these. */
  status: several(runStatusSchema),
  scheduler: several(shortText),
  /** Id of the scenario. */
  scenario: several(shortText),
  /** All of these. */
  tags: z.array(shortText).max(20).optional(),
  starred: z.literal(true).optional(),
  sweepId: z.int().min(1).optional(),
  /** Unix time, ms: at or after. */
  createdFrom: z.number().optional(),
  /** Unix time, ms: before. */
  createdBefore: z.number().optional(),
  /** Both ends belong to it; a run without the figure is left out. */
  bounds: z
    .partialRecord(z.enum(boundableFigures), z.object({ min: z.number().optional(), max: z.number().optional() }))
    .optional(),
  /** None but these. */
  ids: ids.optional(),
  /** All but these. */
  except: ids.optional(),
});
export type RunFilter = z.output<typeof runFilterSchema>;

/**
 * A filtered list in its order: by group, then as sorted, the newest first among equals. Runs without the figure come last. By fitness,
 * runs that measure it alike are grouped: fitness of another definition is never ranked among theirs.
 */
export const runListingSchema = runFilterSchema.extend({
  sort: z
    .object({ by: z.union([z.enum(runOrders), optionOrderSchema]), direction: z.enum(['ascending', 'descending']) })
    .optional(),
  /** By tag, a run appears under each of its own. */
  groupBy: z.enum(runGroupings).optional(),
});
export type RunListing = z.output<typeof runListingSchema>;

/** Figures of the runs under a head that are summarised. */
export const groupFigures = [
  'fitness',
  'makespanMs',
  'energyMJ',
  'latencyMs',
] as const satisfies readonly ComparedFigure[];
export type GroupFigure = (typeof groupFigures)[number];
const groupFiguresSchema = z.partialRecord(
  z.enum(groupFigures),
  z.object({ median: z.number(), best: z.number(), count: z.number() }),
);

/** A head and how many runs follow under it. */
export const runGroupSchema = z.object({
  /** Id of the scenario, scheduler or sweep, the tag, or the definition of the fitness (JSON); null for runs without. */
  key: z.string().nullable(),
  title: z.string(),
  count: z.number(),
  /** Only of figures that are comparable among all of them: runs of one scenario, and of one definition of the fitness. */
  figures: groupFiguresSchema.optional(),
});
export type RunGroup = z.output<typeof runGroupSchema>;

/** The best figures of the listed feasible runs of a scenario; absent where they do not differ. */
export const scenarioBestsSchema = z.object({
  scenarioId: z.string(),
  ...shapeOf(shownMetricNames, z.number().optional()),
});
export type ScenarioBests = z.output<typeof scenarioBestsSchema>;

export const runOverviewSchema = z.object({
  /** Runs that fit. */
  total: z.number(),
  /** What is recorded of them, bytes. */
  recordedBytes: z.number(),
  /** In the order of the list; none where it is not grouped. */
  groups: z.array(runGroupSchema),
  bests: z.array(scenarioBestsSchema),
  /** Whether any of their scenarios has deadlines. */
  hasDeadlines: z.boolean(),
});
export type RunOverview = z.output<typeof runOverviewSchema>;

const choice = z.object({ id: z.string(), title: z.string(), count: z.number() });

/** What lists can be filtered by, over all runs; the most frequent first, sweeps newest first. */
export const runFacetsSchema = z.object({
  total: z.number(),
  scenarios: z.array(choice),
  schedulers: z.array(choice),
  statuses: z.array(choice),
  tags: z.array(choice),
  sweeps: z.array(choice),
});
export type RunFacets = z.output<typeof runFacetsSchema>;
