/** The search to use when no other is wanted: for the fittest schedule, or for a front of trade-offs where there are objectives. */
import { z } from 'zod';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { FittestSearch } from '../automatic/fittest-search.ts';
import { restoreTradeOffSearch, tradeOffSearch } from '../automatic/trade-off-search.ts';
import { AfterStart } from '../given-start.ts';
import { horizonSchema } from '../horizon.ts';
import { eachObjectiveOnce, objectiveOptionsWith, violationIsOneOrTheOther } from '../objective-options.ts';
import { BASIC, genesSchemaWith, onceValid, subgraphsSchema, weightsWith } from '../options.ts';
import type { Scheduler } from '../search.ts';

const optionsSchema = z
  .strictObject({
    generations: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(50)
      .meta({
        ...BASIC,
        title: 'Generations',
        description: 'Generations to compute, each some hundredths of a second to a tenth (generations)',
      }),
    ...objectiveOptionsWith({ objectives: [] }),
    horizon: horizonSchema({ generationMs: 60, generationEvaluations: 4000 }),
    genes: genesSchemaWith({ priorities: true }),
    subgraphs: subgraphsSchema,
    weights: weightsWith({ throughput: 1, energy: 0, latency: 0, penalty: 2 }).meta({
      title: 'Fitness weights',
      description:
        'What the search optimises where there are no objectives: throughput up, energy, latency and violations down. ' +
        'With objectives they only say which of the trade-offs is called the best',
    }),
  })
  .refine(...eachObjectiveOnce)
  .refine(...violationIsOneOrTheOther)
  .refine(({ objectives }) => objectives.length !== 1, {
    ...onceValid,
    path: ['objectives'],
    message: 'a single objective has no trade-offs',
    params: { expected: 'none, or at least two objectives', hint: 'name another one, or set weights instead' },
  });
type AutoOptions = z.output<typeof optionsSchema>;

function noStartForFronts(): WorkbenchError {
  return new WorkbenchError('start.unsupported', '"auto" with objectives cannot begin with a given schedule', {
    hint: 'use nsga2, leave the objectives out, or leave the start out',
    path: ['start'],
  });
}

/** Tabu runs of a generation, where it runs them. */
const TABU_RUNS = 16;

export const auto: Scheduler<AutoOptions> = {
  id: 'auto',
  name: 'Automatic',
  description:
    'Made for near-optimal schedules of every scenario and goal in seconds, and for fronts of trade-offs: it chooses the search',
  source:
    'Critical-path search and archive search (see there); annealing with steered temperature and moves of runs of layers in a hierarchy of populations: ours',
  optionsSchema,
  endsByProof: true,
  takesStart: true,
  create(space, options, random, evaluator, { start, pool } = {}) {
    if (options.objectives.length > 0) {
      if (start !== undefined) throw noStartForFronts();
      return tradeOffSearch(space, options, random, evaluator);
    }
    const search = new FittestSearch(space, { ...options, tabuRuns: TABU_RUNS }, random, { start, pool });
    return start === undefined ? search : new AfterStart(search, start);
  },
  restore(space, options, random, state, chromosomes, evaluator, { pool } = {}) {
    if (options.objectives.length > 0)
      return restoreTradeOffSearch(space, options, random, state, chromosomes, evaluator);
    const search = new FittestSearch(space, { ...options, tabuRuns: TABU_RUNS }, random, { pool });
    search.continueFrom(state, chromosomes);
    return search;
  },
};
