/** NSGA-II: evolves the trade-offs between several objectives instead of one weighted sum. */
import { z } from 'zod';
import type { Problem } from '#shared/scheduling/problem.ts';
import { heuristicSeedingSchema, initialProposals } from '../initial-population.ts';
import { LocalSearch, localSearchSchema } from '../local-search.ts';
import { objectiveNames, Objectives, type Judged } from '../objectives.ts';
import { selectionOperators } from '../operators/selection.ts';
import { Variation, variationOptions } from '../operators/variation.ts';
import { generationsSchema, genesSchema, populationSizeSchema, weightsSchema } from '../options.ts';
import { archived, survivors } from '../pareto-selection.ts';
import type { Random } from '../random.ts';
import type { Chromosome, ChromosomeLookup, Population, Proposal, Scheduler, Search, SearchState, StopReason } from '../search.ts';

const optionsSchema = z
  .strictObject({
    populationSize: populationSizeSchema,
    generations: generationsSchema,
    objectives: z
      .array(z.enum(objectiveNames))
      .min(1)
      .max(objectiveNames.length)
      .default(['makespanMs', 'energyMJ'])
      .meta({ title: 'Objectives', description: `What is traded off, among ${objectiveNames.join(', ')}; throughput is maximised, the others minimised; applicationResponseMs is one objective for each application, its mean response time` }),
    constraints: z.enum(['domination', 'ignore']).default('domination').meta({ title: 'Constraints', description: 'domination: whatever violates less is better, whatever the objectives; ignore: violations do not count' }),
    archiveSize: z.int().min(0).max(10_000).default(100).meta({ title: 'Archive size', description: 'Best trade-offs kept beside the population, at most (schedules); 0: the front of the last population is the result' }),
    ...variationOptions,
    heuristicSeeding: heuristicSeedingSchema,
    localSearch: localSearchSchema,
    genes: genesSchema,
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
  create: (problem, options, random) => new Nsga2Search(problem, options, random),
  restore(problem, options, random, state, chromosomes) {
    const search = new Nsga2Search(problem, options, random);
    search.continueFrom(stateSchema.parse(state), chromosomes);
    return search;
  },
};

class Nsga2Search implements Search {
  private readonly problem: Problem;
  private readonly options: Nsga2Options;
  private readonly random: Random;
  private readonly variation: Variation;
  private readonly localSearch: LocalSearch;
  private readonly objectives: Objectives;
  private generation = 0;
  /** Generations since the front last changed. */
  private stagnantGenerations = 0;
  private members: readonly Judged[] = [];
  /** With archiveSize 0: the front of the members. */
  private archive: readonly Judged[] = [];
  /** What the local search of the generation under way has still to have scored. */
  private neighbours: readonly Proposal[] = [];
  /** Whether the generation under way has changed the front. */
  private changed = false;
  /** Of the archive; undefined where it is not measured. */
  private hypervolume: number | undefined;

  constructor(problem: Problem, options: Nsga2Options, random: Random) {
    this.problem = problem;
    this.options = options;
    this.random = random;
    this.variation = new Variation(problem.layout, options, random);
    this.localSearch = new LocalSearch(problem.layout, options.localSearch, random);
    this.objectives = new Objectives(problem, options.objectives, options.constraints === 'domination');
  }

  continueFrom({ generation, stagnantGenerations, members, archive }: Nsga2State, chromosomes: ChromosomeLookup): void {
    const judged = (id: number): Judged => this.objectives.judge(chromosomes(id));
    this.generation = generation;
    this.stagnantGenerations = stagnantGenerations;
    this.members = members.map(judged);
    this.archive = archive.map(judged);
    this.hypervolume = this.objectives.hypervolume(this.archive);
  }

  get plannedGenerations(): number {
    return this.options.generations;
  }

  get stopReason(): StopReason | undefined {
    return this.generation >= this.options.generations ? 'generations' : undefined;
  }

  get front(): readonly Chromosome[] {
    return this.archive.map(({ chromosome }) => chromosome);
  }

  /** Parents win binary tournaments by the crowded comparison, which is the members' order. */
  ask(): readonly Proposal[] {
    if (this.neighbours.length > 0) return this.neighbours;
    if (this.members.length === 0) return initialProposals(this.problem, this.options, this.random);
    const { ranked } = this;
    const select = selectionOperators.tournament(ranked, { tournamentSize: 2 });
    return this.variation.offspring(this.options.populationSize, ranked, select, this.stagnantGenerations);
  }

  /** First the offspring; then, where a local search is due, the neighbours of the best members, which compete in the same way. */
  tell(scored: readonly Chromosome[]): Population | undefined {
    this.select(scored);
    const isOffspring = this.neighbours.length === 0;
    this.neighbours = isOffspring ? this.localSearch.neighbours(this.ranked, this.generation) : [];
    if (this.neighbours.length > 0) return undefined;
    this.stagnantGenerations = this.changed ? 0 : this.stagnantGenerations + 1;
    if (this.changed) this.hypervolume = this.objectives.hypervolume(this.archive);
    this.changed = false;
    this.generation++;
    return this.hypervolume === undefined ? { members: this.ranked } : { members: this.ranked, hypervolume: this.hypervolume };
  }

  saveState(): SearchState {
    const { generation, stagnantGenerations, members, archive } = this;
    const ids = (judged: readonly Judged[]): number[] => judged.map(({ chromosome }) => chromosome.id);
    return { generation, stagnantGenerations, members: ids(members), archive: ids(archive) } satisfies Nsga2State;
  }

  /** The members in the order of the crowded comparison. */
  private get ranked(): readonly Chromosome[] {
    return this.members.map(({ chromosome }) => chromosome);
  }

  /** Takes `scored` into the competition for a place among the members, and in the archive. */
  private select(scored: readonly Chromosome[]): void {
    const { populationSize, archiveSize } = this.options;
    const judged = scored.map((chromosome) => this.objectives.judge(chromosome));
    this.members = survivors([...this.members, ...judged], populationSize);
    const archive = archiveSize > 0 ? archived([...this.archive, ...judged], archiveSize) : archived(this.members, populationSize);
    const known = new Set(this.archive.map(({ chromosome }) => chromosome.id));
    if (archive.length !== this.archive.length || archive.some(({ chromosome }) => !known.has(chromosome.id))) this.changed = true;
    this.archive = archive;
  }
}
