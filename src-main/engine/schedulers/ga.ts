/** The genetic algorithm: a generational scheme with elitism over mapping, frequencies and active cores. */
import { z } from 'zod';
import type { Problem } from '#shared/scheduling/problem.ts';
import { heuristicGenomes } from '../heuristics.ts';
import { alleleDiversity } from '../operators/adaptive-rate.ts';
import { crossoverNames, crossoverOperators } from '../operators/crossover.ts';
import { mutationNames, mutationOperators, type MutationSettings } from '../operators/mutation.ts';
import { selectionNames, selectionOperators } from '../operators/selection.ts';
import { generationsSchema, populationSizeSchema, rateSchema, weightsSchema } from '../options.ts';
import { randomGenome } from '../random-genome.ts';
import type { Random } from '../random.ts';
import type { Chromosome, OperatorName, Population, Proposal, Scheduler, Search, SearchState, StopReason } from '../search.ts';

const optionsSchema = z
  .strictObject({
    populationSize: populationSizeSchema,
    generations: generationsSchema,
    selection: z.enum(selectionNames).default('tournament').meta({ title: 'Selection', description: 'How parents are chosen: best of a few, by share of fitness, or by rank' }),
    tournamentSize: z.int().min(1).max(100).default(3).meta({ title: 'Tournament size', description: 'Members that compete to be a parent, for selection "tournament" (genomes); larger: greedier' }),
    crossover: z.enum(crossoverNames).default('uniform').meta({ title: 'Crossover', description: 'How two parents exchange genes' }),
    crossoverRate: rateSchema('Crossover rate', 0.9, 'Probability that two parents exchange genes at all (0…1)'),
    mutation: z.enum(mutationNames).default('bit_flip').meta({ title: 'Mutation', description: 'How a gene changes: to any other value, in exchange with another gene, by a few steps, or more often when the search is stuck' }),
    mutationRate: rateSchema('Mutation rate', 0.9, 'Probability that a new genome is mutated at all (0…1)'),
    mutatedGenes: z.number().min(0).max(1000).default(1.5).meta({ title: 'Genes per mutation', description: 'Genes that a mutation changes on average, whatever the length of the genome (genes)' }),
    eliteSize: z.int().min(0).max(1000).default(2).meta({ title: 'Elite size', description: 'Best genomes that go over to the next generation as they are (genomes)' }),
    stagnationLimit: z.int().min(0).max(100_000).default(0).meta({ title: 'Stagnation limit', description: 'Stop when the best has not improved for this long (generations); 0: never' }),
    heuristicSeeding: z.boolean().default(false).meta({ title: 'Heuristic seeding', description: 'Start from the NPU-first and a few greedy schedules beside random ones' }),
    weights: weightsSchema,
  })
  .refine(({ eliteSize, populationSize }) => eliteSize < populationSize, {
    path: ['eliteSize'],
    message: 'the elite fills the whole population, so nothing new could be tried',
    params: { expected: 'less than populationSize', hint: 'lower eliteSize or raise populationSize' },
  });
type GaOptions = z.output<typeof optionsSchema>;

const stateSchema = z.strictObject({
  /** Generations told. */
  generation: z.int().min(0),
  stagnantGenerations: z.int().min(0),
  /** Id of the fittest so far, null before the first generation. */
  bestId: z.int().min(0).nullable(),
  /** Ids of the last generation, best first. */
  members: z.array(z.int().min(0)),
});

export const ga: Scheduler<GaOptions> = {
  id: 'ga',
  name: 'Genetic algorithm',
  description: 'Evolves mapping, frequencies and active cores together towards a weighted sum of throughput, energy and latency',
  source: 'Kang et al., "Scheduling of deep learning applications onto heterogeneous processors in an embedded device", IEEE Access 8 (2020)',
  optionsSchema,
  create: (problem, options, random) => new GeneticSearch(problem, options, random),
  restore(problem, options, random, state, chromosomes) {
    const { generation, stagnantGenerations, bestId, members } = stateSchema.parse(state);
    const search = new GeneticSearch(problem, options, random);
    search.continueFrom(generation, stagnantGenerations, bestId === null ? undefined : chromosomes(bestId), members.map(chromosomes));
    return search;
  },
};

class GeneticSearch implements Search {
  private readonly problem: Problem;
  private readonly options: GaOptions;
  private readonly random: Random;
  private readonly unmutated: Uint8Array;
  /** Loci with more than one allele. */
  private readonly choices: number;
  private generation = 0;
  private stagnantGenerations = 0;
  private best: Chromosome | undefined;
  /** The last generation, best first; among equals those carried over first, then in the order they were made. */
  private ranked: readonly Chromosome[] = [];

  constructor(problem: Problem, options: GaOptions, random: Random) {
    this.problem = problem;
    this.options = options;
    this.random = random;
    this.unmutated = new Uint8Array(problem.layout.length);
    this.choices = problem.layout.loci.filter(({ alleles }) => alleles.length > 1).length;
  }

  continueFrom(generation: number, stagnantGenerations: number, best: Chromosome | undefined, ranked: readonly Chromosome[]): void {
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
    return this.options.stagnationLimit > 0 && this.stagnantGenerations >= this.options.stagnationLimit ? 'stagnation' : undefined;
  }

  ask(): readonly Proposal[] {
    return this.ranked.length === 0 ? this.initialProposals() : this.offspring();
  }

  /** The elite is carried over without being scored again. */
  tell(scored: readonly Chromosome[]): Population {
    const elite = this.ranked.slice(0, this.options.eliteSize);
    this.ranked = [...elite, ...scored].sort((a, b) => b.fitness - a.fitness);
    const [first] = this.ranked;
    if (this.best === undefined || first.fitness > this.best.fitness) {
      this.best = first;
      this.stagnantGenerations = 0;
    } else this.stagnantGenerations++;
    this.generation++;
    return { members: this.ranked };
  }

  saveState(): SearchState {
    return { generation: this.generation, stagnantGenerations: this.stagnantGenerations, bestId: this.best?.id ?? null, members: this.ranked.map((member) => member.id) };
  }

  private initialProposals(): Proposal[] {
    const { populationSize, heuristicSeeding } = this.options;
    const seeds = heuristicSeeding ? heuristicGenomes(this.problem).slice(0, populationSize) : [];
    const proposals: Proposal[] = seeds.map((genes) => ({ genes, parents: [], operator: 'heuristic', mutatedLoci: [] }));
    while (proposals.length < populationSize) proposals.push({ genes: randomGenome(this.problem.layout, this.random), parents: [], operator: 'random', mutatedLoci: [] });
    return proposals;
  }

  private offspring(): Proposal[] {
    const { options, random, ranked } = this;
    const select = selectionOperators[options.selection](ranked, options);
    const crossOver = crossoverOperators[options.crossover];
    const mutation: MutationSettings = {
      layout: this.problem.layout,
      rate: Math.min(1, options.mutatedGenes / Math.max(1, this.choices)),
      progress: { diversity: options.mutation === 'adaptive' ? alleleDiversity(this.problem.layout, ranked) : 1, stagnantGenerations: this.stagnantGenerations },
    };
    const wanted = options.populationSize - options.eliteSize;
    const proposals: Proposal[] = [];
    while (proposals.length < wanted) {
      const a = ranked[select(random)];
      const b = ranked[select(random)];
      const childA = a.genes.slice();
      const childB = b.genes.slice();
      const crossed = random.chance(options.crossoverRate);
      if (crossed) crossOver(childA, childB, random);
      proposals.push(this.mutated(childA, crossed ? [a.id, b.id] : [a.id], crossed, mutation));
      if (proposals.length < wanted) proposals.push(this.mutated(childB, crossed ? [b.id, a.id] : [b.id], crossed, mutation));
    }
    return proposals;
  }

  /** Mutates `genes` in place, or not, and says what happened to them. */
  private mutated(genes: Uint8Array, parents: readonly number[], crossed: boolean, settings: MutationSettings): Proposal {
    const mutatedLoci: number[] = [];
    if (this.random.chance(this.options.mutationRate)) {
      this.unmutated.set(genes);
      mutationOperators[this.options.mutation](genes, settings, this.random);
      for (let locus = 0; locus < genes.length; locus++) if (genes[locus] !== this.unmutated[locus]) mutatedLoci.push(locus);
    }
    return { genes, parents, operator: operatorOf(crossed, mutatedLoci.length > 0), mutatedLoci };
  }
}

function operatorOf(crossed: boolean, changed: boolean): OperatorName {
  if (crossed) return changed ? 'crossover+mutation' : 'crossover';
  return changed ? 'mutation' : 'clone';
}
