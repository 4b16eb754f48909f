/** The genetic algorithm: a generational scheme with elitism over mapping, frequencies and active cores. */
import { z } from 'zod';
import { greedyStartsSchemaWith, heuristicSeedingSchema, initialProposals } from '../initial-population.ts';
import { LocalSearch, localSearchSchema, mostEvolved } from '../local-search.ts';
import { selectionNames, selectionOperators } from '../operators/selection.ts';
import { Variation, variationOptionsWith } from '../operators/variation.ts';
import {
  generationsSchema,
  genesSchema,
  onceValid,
  populationSizeSchema,
  subgraphsSchema,
  weightsSchema,
} from '../options.ts';
import type { Random } from '../random.ts';
import type { SearchSpace } from '../search-space.ts';
import type { Chromosome, Population, Proposal, Scheduler, Search, SearchState, StopReason } from '../search.ts';

const optionsSchema = z
  .strictObject({
    populationSize: populationSizeSchema,
    generations: generationsSchema,
    selection: z.enum(selectionNames).default('tournament').meta({
      title: 'Selection',
      description: 'How parents are chosen: best of a few, by share of fitness, or by rank',
    }),
    tournamentSize: z.int().min(1).max(100).default(3).meta({
      title: 'Tournament size',
      description: 'Members that compete to be a parent, for selection "tournament" (genomes); larger: greedier',
    }),
    ...variationOptionsWith({ windows: 0, runMoves: false }),
    eliteSize: z.int().min(0).max(1000).default(2).meta({
      title: 'Elite size',
      description: 'Best genomes that go over to the next generation as they are (genomes)',
    }),
    stagnationLimit: z.int().min(0).max(100_000).default(0).meta({
      title: 'Stagnation limit',
      description: 'Stop when the best has not improved for this long (generations); 0: never',
    }),
    heuristicSeeding: heuristicSeedingSchema,
    greedyStarts: greedyStartsSchemaWith(0),
    localSearch: localSearchSchema,
    genes: genesSchema,
    subgraphs: subgraphsSchema,
    weights: weightsSchema,
  })
  .refine(({ eliteSize, populationSize }) => eliteSize < populationSize, {
    ...onceValid,
    path: ['eliteSize'],
    message: 'the elite fills the whole population, so nothing new could be tried',
    params: { expected: 'less than populationSize', hint: 'lower eliteSize or raise populationSize' },
  });
type GaOptions = z.output<typeof optionsSchema>;

const stateSchema = z.strictObject({
  /** Generations reported. */
  generation: z.int().min(0),
  stagnantGenerations: z.int().min(0),
  /** Id of the fittest so far, null before the first generation. */
  bestId: z.int().min(0).nullable(),
  /** Ids of the last generation, best first. */
  members: z.array(z.int().min(0)),
});

export const ga: Scheduler<GaOptions, SearchSpace> = {
  id: 'ga',
  name: 'Genetic algorithm',
  description:
    'Evolves mapping, frequencies and active cores together towards a weighted sum of throughput, energy and latency',
  source:
    'Kang et al., "Scheduling of deep learning applications onto heterogeneous processors in an embedded device", IEEE Access 8 (2020)',
  optionsSchema,
  takesStart: true,
  mostEvaluations: mostEvolved,
  create: (space, options, random, _evaluator, means) => new GeneticSearch(space, options, random, means?.start),
  restore(space, options, random, state, chromosomes) {
    const { generation, stagnantGenerations, bestId, members } = stateSchema.parse(state);
    const search = new GeneticSearch(space, options, random);
    search.continueFrom(
      generation,
      stagnantGenerations,
      bestId === null ? undefined : chromosomes(bestId),
      members.map(chromosomes),
    );
    return search;
  },
};

class GeneticSearch implements Search {
  private readonly space: SearchSpace;
  private readonly options: GaOptions;
  private readonly random: Random;
  private readonly start: Uint8Array | undefined;
  private readonly variation: Variation;
  private readonly localSearch: LocalSearch;
  private generation = 0;
  private stagnantGenerations = 0;
  private best: Chromosome | undefined;
  /** The last generation, best first; among equals those carried over first, then in the order they were made. */
  private ranked: readonly Chromosome[] = [];
  /** What the local search of the generation under way has still to have scored. */
  private neighbours: readonly Proposal[] = [];

  constructor(space: SearchSpace, options: GaOptions, random: Random, start?: Uint8Array) {
    this.start = start;
    this.space = space;
    this.options = options;
    this.random = random;
    this.variation = new Variation(space, options, random);
    this.localSearch = new LocalSearch(space, options.localSearch, random);
  }

  continueFrom(
    generation: number,
    stagnantGenerations: number,
    best: Chromosome | undefined,
    ranked: readonly Chromosome[],
  ): void {
    this.generation = generation;
    this.stagnantGenerations = stagnantGenerations;
    this.best = best;
    this.ranked = ranked;
  }

  get plannedGenerations(): number {
    return this.options.generations;
  }

  get stopReason(): StopReason | undefined {
    if (this.generation >= this.options.generations) return 'generations';
    return this.options.stagnationLimit > 0 && this.stagnantGenerations >= this.options.stagnationLimit
      ? 'stagnation'
      : undefined;
  }

  ask(): readonly Proposal[] {
    const { options, ranked, neighbours } = this;
    if (neighbours.length > 0) return neighbours;
    if (ranked.length === 0) return initialProposals(this.space, options, this.random, this.start);
    const select = selectionOperators[options.selection](ranked, options);
    return this.variation.offspring(
      options.populationSize - options.eliteSize,
      ranked,
      select,
      this.stagnantGenerations,
    );
  }

  /**
   * First the offspring, apart from the elite, which is not scored again; then, where a local search is due, the
   * neighbours of the best.
   */
  tell(scored: readonly Chromosome[]): Population | undefined {
    if (this.neighbours.length > 0) {
      this.ranked = fittestFirst(this.localSearch.improved(this.ranked, scored));
      this.neighbours = [];
    } else {
      this.ranked = fittestFirst([...this.ranked.slice(0, this.options.eliteSize), ...scored]);
      this.neighbours = this.localSearch.neighbours(this.ranked, this.generation);
      if (this.neighbours.length > 0) return undefined;
    }
    const [first] = this.ranked;
    if (this.best === undefined || first.fitness > this.best.fitness) {
      this.best = first;
      this.stagnantGenerations = 0;
    } else this.stagnantGenerations++;
    this.generation++;
    return { members: this.ranked };
  }

  saveState(): SearchState {
    return {
      generation: this.generation,
      stagnantGenerations: this.stagnantGenerations,
      bestId: this.best?.id ?? null,
      members: this.ranked.map((member) => member.id),
    };
  }
}

/** Stable: equals keep their order. */
function fittestFirst(members: readonly Chromosome[]): Chromosome[] {
  return members.toSorted((a, b) => b.fitness - a.fitness);
}
