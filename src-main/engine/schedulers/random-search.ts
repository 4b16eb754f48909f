/** Random search: the yardstick that a guided search must beat with the same number of evaluations. */
import { z } from 'zod';
import type { Problem } from '#shared/scheduling/problem.ts';
import { generationsSchema, genesSchema, populationSizeSchema, weightsSchema } from '../options.ts';
import { randomGenome } from '../random-genome.ts';
import type { Random } from '../random.ts';
import type { Scheduler, Search } from '../search.ts';

const optionsSchema = z.strictObject({
  populationSize: populationSizeSchema,
  generations: generationsSchema,
  genes: genesSchema,
  weights: weightsSchema,
});
type RandomSearchOptions = z.output<typeof optionsSchema>;

const stateSchema = z.strictObject({ generation: z.int().min(0) });

export const randomSearch: Scheduler<RandomSearchOptions> = {
  id: 'random',
  name: 'Random search',
  description: 'Independent random schedules, as many per generation as the genetic algorithm has genomes',
  source: 'Bergstra & Bengio, JMLR 13 (2012), as a baseline',
  optionsSchema,
  create: (problem, options, random) => sampling(problem, options, random, 0),
  restore: (problem, options, random, state) => sampling(problem, options, random, stateSchema.parse(state).generation),
};

/** Members are the generation's samples in the order they were drawn. */
function sampling(problem: Problem, options: RandomSearchOptions, random: Random, generation: number): Search {
  return {
    plannedGenerations: options.generations,
    get stopReason() {
      return generation >= options.generations ? 'generations' : undefined;
    },
    ask: () =>
      Array.from({ length: options.populationSize }, () => ({ genes: randomGenome(problem.layout, random), parents: [], operator: 'random' as const, mutatedLoci: [] })),
    tell(scored) {
      generation++;
      return { members: scored };
    },
    saveState: () => ({ generation }),
  };
}
