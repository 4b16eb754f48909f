/** NSGA-II: evolves the trade-offs between several objectives instead of one weighted sum. */
import { z } from 'zod';
import { FrontArchive } from '#shared/analysis/front-archive.ts';
import { MOST_GREEDY_STARTS } from '../greedy-starts.ts';
import { greedyStartsSchemaWith, heuristicSeedingSchema, initialProposals } from '../initial-population.ts';
import { LocalSearch, localSearchSchema, mostEvolved } from '../local-search.ts';
import { eachObjectiveOnce, objectiveOptions, violationIsOneOrTheOther } from '../objective-options.ts';
import { selectionOperators } from '../operators/selection.ts';
import { Variation, variationOptionsWith } from '../operators/variation.ts';
import {
  generationsSchema,
  genesSchema,
  populationSizeSchema,
  subgraphsSchema,
  weightsBesideObjectives,
} from '../options.ts';
import { archived, survivors } from '../pareto-selection.ts';
import type { Random } from '../random.ts';
import type { Judge, Judged, SearchSpace } from '../search-space.ts';
import type {
  Chromosome,
  ChromosomeLookup,
  Population,
  Proposal,
  Scheduler,
  Search,
  SearchState,
  StopReason,
} from '../search.ts';

const optionsSchema = z
  .strictObject({
    populationSize: populationSizeSchema,
    generations: generationsSchema,
    ...objectiveOptions,
    archiveSize: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(100_000)
      .meta({
        title: 'Archive size',
        description:
          'Best trade-offs kept in addition to the population, at most, the most crowded leave (schedules); in effect all of ' +
          'them unless it is lowered. 0: the front of the last population is the result',
      }),
    ...variationOptionsWith({ windows: 0.5, runMoves: true }),
    heuristicSeeding: heuristicSeedingSchema,
    greedyStarts: greedyStartsSchemaWith(MOST_GREEDY_STARTS),
    localSearch: localSearchSchema,
    genes: genesSchema,
    subgraphs: subgraphsSchema,
    weights: weightsBesideObjectives,
  })
  .refine(...eachObjectiveOnce)
  .refine(...violationIsOneOrTheOther);
type Nsga2Options = z.output<typeof optionsSchema>;

const stateSchema = z.strictObject({
  /** Generations reported. */
  generation: z.int().min(0),
  stagnantGenerations: z.int().min(0),
  /** Ids of the last generation in the order of the crowded comparison. */
  members: z.array(z.int().min(0)),
  archive: z.array(z.int().min(0)),
  /** Of more than two objectives: the ids that the hypervolume is measured of. */
  measured: z.array(z.int().min(0)),
});
type Nsga2State = z.output<typeof stateSchema>;

export const nsga2: Scheduler<Nsga2Options, SearchSpace> = {
  id: 'nsga2',
  name: 'NSGA-II',
  description: 'Evolves a front of trade-offs between chosen objectives such as makespan, latency and energy',
  source:
    'Deb, Pratap, Agarwal & Meyarivan, "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE TEC 6(2) (2002)',
  optionsSchema,
  takesStart: true,
  mostEvaluations: mostEvolved,
  create: (space, options, random, _evaluator, means) => new Nsga2Search(space, options, random, means?.start),
  restore(space, options, random, state, chromosomes) {
    const search = new Nsga2Search(space, options, random);
    search.continueFrom(stateSchema.parse(state), chromosomes);
    return search;
  },
};

/** Trade-offs in more than two objectives whose hypervolume is measured: about 1 ms for three. */
const MEASURED = 100;

class Nsga2Search implements Search {
  private readonly space: SearchSpace;
  private readonly options: Nsga2Options;
  private readonly random: Random;
  private readonly start: Uint8Array | undefined;
  private readonly variation: Variation;
  private readonly localSearch: LocalSearch;
  private readonly objectives: Judge;
  private generation = 0;
  /** Generations since the front last changed. */
  private stagnantGenerations = 0;
  private members: readonly Judged[] = [];
  /** With archiveSize 0 the front of the members. */
  private archive = new FrontArchive<Judged>();
  /** With more than two objectives, where hypervolumes of large fronts take long: well-spread ones of the archive. */
  private measured: readonly Judged[] = [];
  /** What the local search of the generation under way has still to have scored. */
  private neighbours: readonly Proposal[] = [];
  /** Whether the generation under way has changed the front. */
  private changed = false;
  /** Of the archive; undefined where it is not measured. */
  private hypervolume: number | undefined;

  constructor(space: SearchSpace, options: Nsga2Options, random: Random, start?: Uint8Array) {
    this.start = start;
    this.space = space;
    this.options = options;
    this.random = random;
    this.variation = new Variation(space, options, random);
    this.localSearch = new LocalSearch(space, options.localSearch, random);
    this.objectives = space.objectives(options.objectives, options.constraints === 'domination');
  }

  continueFrom(
    { generation, stagnantGenerations, members, archive, measured }: Nsga2State,
    chromosomes: ChromosomeLookup,
  ): void {
    const judged = (id: number): Judged => this.objectives.judge(chromosomes(id));
    this.generation = generation;
    this.stagnantGenerations = stagnantGenerations;
    this.members = members.map(judged);
    this.archive = FrontArchive.of(archive.map(judged));
    this.measured = measured.map(judged);
    this.measure();
  }

  get plannedGenerations(): number {
    return this.options.generations;
  }

  get stopReason(): StopReason | undefined {
    return this.generation >= this.options.generations ? 'generations' : undefined;
  }

  get front(): readonly Chromosome[] {
    // While nothing is feasible, the archive has what violates least: no front.
    return this.archive.points.filter(({ violation }) => violation === 0).map(({ chromosome }) => chromosome);
  }

  /** Parents win binary tournaments by the crowded comparison, which is the members' order. */
  ask(): readonly Proposal[] {
    if (this.neighbours.length > 0) return this.neighbours;
    if (this.members.length === 0) return initialProposals(this.space, this.options, this.random, this.start);
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
    if (this.changed) this.measure();
    this.changed = false;
    this.generation++;
    return this.hypervolume === undefined
      ? { members: this.ranked }
      : { members: this.ranked, hypervolume: this.hypervolume };
  }

  saveState(): SearchState {
    const { generation, stagnantGenerations, members, archive, measured } = this;
    const ids = (judged: readonly Judged[]): number[] => judged.map(({ chromosome }) => chromosome.id);
    return {
      generation,
      stagnantGenerations,
      members: ids(members),
      archive: ids(archive.points),
      measured: ids(measured),
    } satisfies Nsga2State;
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
    if (archiveSize > 0) {
      for (const candidate of judged) if (this.archive.add(candidate)) this.changed = true;
      if (this.archive.points.length > archiveSize)
        this.archive = FrontArchive.of(archived(this.archive.points, archiveSize));
    } else {
      const known = new Set(this.archive.points.map(({ chromosome }) => chromosome.id));
      this.archive = FrontArchive.of(this.members);
      const { points } = this.archive;
      if (points.length !== known.size || points.some(({ chromosome }) => !known.has(chromosome.id)))
        this.changed = true;
    }
    if (hasMany(judged)) this.measured = archived([...this.measured, ...judged], MEASURED);
  }

  private measure(): void {
    const { points } = this.archive;
    this.hypervolume = this.objectives.hypervolume(hasMany(points) ? this.measured : points);
  }
}

/** Whether there are more than two objectives. */
function hasMany([first]: readonly Judged[]): boolean {
  return first !== undefined && first.objectives.length > 2;
}
