/** Random search: the yardstick that a guided search must beat with the same number of evaluations. */
import { z } from 'zod';
import { generationsSchema, genesSchema, populationSizeSchema, subgraphsSchema, weightsSchema } from '../options.ts';
import { randomGenome } from '../random-genome.ts';
import type { Random } from '../random.ts';
import type { SearchSpace } from '../search-space.ts';
import type { Scheduler, Search } from '../search.ts';

const optionsSchema = z.strictObject({
  populationSize: populationSizeSchema,
  generations: generationsSchema,
  genes: genesSchema,
  subgraphs: subgraphsSchema,
  weights: weightsSchema,
});
type RandomSearchOptions = z.output<typeof optionsSchema>;

const stateSchema = z.strictObject({ generation: z.int().min(0) });

export const randomSearch: Scheduler<RandomSearchOptions, SearchSpace> = {
  id: 'random',
  name: 'Random search',
  description: 'Independent random schedules, as many per generation as the genetic algorithm has genomes',
  source: 'Bergstra & Bengio, JMLR 13 (2012), as a baseline',
  optionsSchema,
  mostEvaluations: ({ populationSize, generations }) => populationSize * generations,
  create: (space, options, random) => sampling(space, options, random, 0),
  restore: (space, options, random, state) => sampling(space, options, random, stateSchema.parse(state).generation),
};

/** Members are the generation's samples in the order they were drawn. */
function sampling(space: SearchSpace, options: RandomSearchOptions, random: Random, generation: number): Search {
  return {
    plannedGenerations: options.generations,
    get stopReason() {
      return generation >= options.generations ? 'generations' : undefined;
    },
    ask: () =>
      Array.from({ length: options.populationSize }, () => ({
        genes: randomGenome(space.layout, random),
        parents: [],
        operator: 'random' as const,
        mutatedLoci: [],
      })),
    tell(scored) {
      generation++;
      return { members: scored };
    },
    saveState: () => ({ generation }),
  };
}
