/** NSGA-II: evolves the trade-offs between several objectives instead of one weighted sum. */
import { z } from 'zod';
import { headlineMetricNames } from '#shared/domain/run.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { heuristicSeedingSchema, initialProposals } from '../initial-population.ts';
import { judgeBy, type Judge } from '../objectives.ts';
import { selectionOperators } from '../operators/selection.ts';
import { Variation, variationOptions } from '../operators/variation.ts';
import { generationsSchema, populationSizeSchema, weightsSchema } from '../options.ts';
import { archived, survivors } from '../pareto-selection.ts';
import type { Random } from '../random.ts';
import type { Chromosome, Population, Proposal, Scheduler, Search, SearchState, StopReason } from '../search.ts';

const optionsSchema = z
  .strictObject({
    populationSize: populationSizeSchema,
    generations: generationsSchema,
    objectives: z
      .array(z.enum(headlineMetricNames))
      .min(1)
      .max(headlineMetricNames.length)
      .default(['makespanMs', 'energyMJ'])
      .meta({ title: 'Objectives', description: `What is traded off, among ${headlineMetricNames.join(', ')}; throughput is maximised, the others minimised` }),
    constraints: z.enum(['domination', 'ignore']).default('domination').meta({ title: 'Constraints', description: 'domination: whatever violates less is better, whatever the objectives; ignore: violations do not count' }),
    archiveSize: z.int().min(0).max(10_000).default(100).meta({ title: 'Archive size', description: 'Best trade-offs kept beside the population, at most (schedules); 0: the front of the last population is the result' }),
    ...variationOptions,
    heuristicSeeding: heuristicSeedingSchema,
    weights: weightsSchema,
  })
  .refine(({ objectives }) => new Set(objectives).size === objectives.length, {
    path: ['objectives'],
    message: 'an objective is named twice',
    params: { expected: 'each objective once', hint: 'remove the repetition' },
  })
  .refine(({ objectives, constraints }) => constraints === 'ignore' || !objectives.includes('constraintViolation'), {
    path: ['constraints'],
    message: 'constraintViolation is an objective, so it cannot come before all objectives as well',
    params: { expected: '"ignore" with this objective', hint: 'set constraints to "ignore", or remove the objective' },
  });
type Nsga2Options = z.output<typeof optionsSchema>;

const stateSchema = z.strictObject({
  /** Generations told. */
  generation: z.int().min(0),
  stagnantGenerations: z.int().min(0),
  /** Ids of the last generation in the order of the crowded comparison. */
  members: z.array(z.int().min(0)),
  archive: z.array(z.int().min(0)),
});
type Nsga2State = z.output<typeof stateSchema>;

export const nsga2: Scheduler<Nsga2Options> = {
  id: 'nsga2',
  name: 'NSGA-II',
  description: 'Evolves a front of trade-offs between chosen objectives such as makespan, latency and energy',
  source: 'Deb, Pratap, Agarwal & Meyarivan, "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE TEC 6(2) (2002)',
  optionsSchema,
  create: (problem, options, random) => new Nsga2Search(problem, options, random, 0, 0, [], []),
  restore(problem, options, random, state, chromosomes) {
    const { generation, stagnantGenerations, members, archive } = stateSchema.parse(state);
    return new Nsga2Search(problem, options, random, generation, stagnantGenerations, members.map(chromosomes), archive.map(chromosomes));
  },
};

class Nsga2Search implements Search {
  private readonly problem: Problem;
  private readonly options: Nsga2Options;
  private readonly random: Random;
  private readonly variation: Variation;
  private readonly judge: Judge;
  private generation: number;
  /** Generations since the front last changed. */
  private stagnantGenerations: number;
  private members: readonly Chromosome[];
  /** With archiveSize 0: the front of the members. */
  private archive: readonly Chromosome[];

  constructor(problem: Problem, options: Nsga2Options, random: Random, generation: number, stagnantGenerations: number, members: readonly Chromosome[], archive: readonly Chromosome[]) {
    this.problem = problem;
    this.options = options;
    this.random = random;
    this.variation = new Variation(problem.layout, options, random);
    this.judge = judgeBy(options.objectives, options.constraints === 'domination');
    this.generation = generation;
    this.stagnantGenerations = stagnantGenerations;
    this.members = members;
    this.archive = archive;
  }

  get plannedGenerations(): number {
    return this.options.generations;
  }

  get stopReason(): StopReason | undefined {
    return this.generation >= this.options.generations ? 'generations' : undefined;
  }

  get front(): readonly Chromosome[] {
    return this.archive;
  }

  /** Parents win binary tournaments by the crowded comparison, which is the members' order. */
  ask(): readonly Proposal[] {
    if (this.members.length === 0) return initialProposals(this.problem, this.options, this.random);
    const select = selectionOperators.tournament(this.members, { tournamentSize: 2 });
    return this.variation.offspring(this.options.populationSize, this.members, select, this.stagnantGenerations);
  }

  tell(scored: readonly Chromosome[]): Population {
    const { populationSize, archiveSize } = this.options;
    this.members = survivors([...this.members, ...scored], populationSize, this.judge);
    const archive = archiveSize > 0 ? archived([...this.archive, ...scored], archiveSize, this.judge) : archived(this.members, populationSize, this.judge);
    const known = new Set(this.archive.map(({ id }) => id));
    this.stagnantGenerations = archive.every(({ id }) => known.has(id)) ? this.stagnantGenerations + 1 : 0;
    this.archive = archive;
    this.generation++;
    return { members: this.members };
  }

  saveState(): SearchState {
    const { generation, stagnantGenerations, members, archive } = this;
    return { generation, stagnantGenerations, members: members.map(({ id }) => id), archive: archive.map(({ id }) => id) } satisfies Nsga2State;
  }
}
