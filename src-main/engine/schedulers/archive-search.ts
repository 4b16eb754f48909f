/** Archive search: near-optimal fronts of trade-offs, from islands that are put together. */
import { z } from 'zod';
import { criticalPathEnd } from '../front-search/fast-end.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import {
  frontSearch,
  generationEvaluations,
  restoreFrontSearch,
  type FrontSearchOptions,
} from '../front-search/front-search.ts';
import { horizonSchema } from '../horizon.ts';
import { eachObjectiveOnce, objectiveOptions, violationIsOneOrTheOther } from '../objective-options.ts';
import { BASIC, genesSchemaWith, rateSchema, subgraphsSchema, weightsBesideObjectives } from '../options.ts';
import type { Scheduler } from '../search.ts';

const optionsSchema = z
  .strictObject({
    generations: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(240)
      .meta({
        ...BASIC,
        title: 'Generations',
        description: 'Batches of 1,280 schedules to score, fewer in each where schedules are very long (generations)',
      }),
    ...objectiveOptions,
    islands: z.int().min(1).max(64).default(4).meta({
      title: 'Islands',
      description:
        'Fronts that grow apart for 70 % of the generations before they are put together, at most; fewer where one would have less than 25 of them (fronts)',
    }),
    fastEndShare: rateSchema(
      'Share for the fast end',
      0.15,
      'Share of the generations for the critical-path search, whose shortest schedule begins the fast end of the ' +
        'front, where it takes the scenario and the makespan counts (0…1); 0: none',
    ),
    horizon: horizonSchema({ generationMs: 25, generationEvaluations: 1280 }),
    genes: genesSchemaWith({ priorities: true }),
    subgraphs: subgraphsSchema,
    weights: weightsBesideObjectives,
  })
  .refine(...eachObjectiveOnce)
  .refine(...violationIsOneOrTheOther);
type ArchiveSearchOptions = z.output<typeof optionsSchema>;

export const archiveSearch: Scheduler<ArchiveSearchOptions> = {
  id: 'archive_search',
  name: 'Archive search',
  description:
    'Near-optimal trade-offs between chosen objectives: an archive of all of them, varied along its whole front, on islands that are put together',
  source:
    'Archive as population after Knowles & Corne, "Approximating the nondominated front using the Pareto archived ' +
    'evolution strategy", Evol. Comput. 8(2) (2000); run moves, windows, islands and fast end: ours',
  optionsSchema,
  create: ({ problem }, options, random, evaluator) =>
    frontSearch(problem, batchByBatch(problem, options), random, {
      evaluator,
      fastEnd: criticalPathEnd(problem, options.objectives),
    }),
  restore: ({ problem }, options, random, state, chromosomes, evaluator) =>
    restoreFrontSearch(
      problem,
      batchByBatch(problem, options),
      random,
      { evaluator, fastEnd: criticalPathEnd(problem, options.objectives) },
      state,
      chromosomes,
    ),
};

/** A generation is a batch. */
function batchByBatch(problem: Problem, options: ArchiveSearchOptions): FrontSearchOptions {
  return { ...options, batch: generationEvaluations(problem), batchesPerGeneration: 1 };
}
