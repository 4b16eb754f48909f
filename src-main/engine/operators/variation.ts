/** Offspring: two parents are selected, exchange genes, and some of the children's genes mutate. Shared by the evolutionary schedulers. */
import { z } from 'zod';
import { BASIC, rateSchema } from '../options.ts';
import type { Random } from '../random.ts';
import type { GeneStructure, SearchSpace } from '../search-space.ts';
import type { Chromosome, OperatorName, Proposal } from '../search.ts';
import { alleleDiversity } from './adaptive-rate.ts';
import { crossoverNames, crossoverOperators, type CrossoverName } from './crossover.ts';
import { mutationNames, mutationOperators, type MutationName, type MutationSettings } from './mutation.ts';
import type { Select } from './selection.ts';

/** The options that decide how children differ from their parents, with the defaults that a scheduler wants for moves along dependencies. */
export const variationOptionsWith = (defaults: { readonly windows: number; readonly runMoves: boolean }) => ({
  crossover: z
    .enum(crossoverNames)
    .default('uniform')
    .meta({ title: 'Crossover', description: 'How two parents exchange genes' }),
  windowCrossover: rateSchema(
    'Window crossover',
    defaults.windows,
    'Share of the crossovers that exchange consecutive layers, mapping and priority together, and nothing else (0…1)',
  ),
  crossoverRate: rateSchema('Crossover rate', 0.9, 'Probability that two parents exchange genes at all (0…1)'),
  mutation: z.enum(mutationNames).default('bit_flip').meta({
    title: 'Mutation',
    description:
      'How a gene changes: to any other value, in exchange with another gene, by a few steps, or more often when the search is stuck',
  }),
  mutationRate: rateSchema('Mutation rate', 0.9, 'Probability that a new genome is mutated at all (0…1)').meta(BASIC),
  mutatedGenes: z.number().min(0).max(1000).default(1.5).meta({
    title: 'Genes per mutation',
    description: 'Genes that a mutation changes on average, whatever the length of the genome (genes)',
  }),
  runMoves: z
    .boolean()
    .default(defaults.runMoves)
    .meta({
      title: 'Run moves',
      description:
        'Mutate along the dependencies instead: layers that follow each other move to another processing element ' +
        'together; now and then a step of one frequency or core configuration, or a new priority. Mutation and genes ' +
        'per mutation do not count then',
    }),
});

export interface VariationOptions {
  readonly crossover: CrossoverName;
  readonly windowCrossover: number;
  readonly crossoverRate: number;
  readonly mutation: MutationName;
  readonly mutationRate: number;
  readonly mutatedGenes: number;
  readonly runMoves: boolean;
}

export class Variation {
  private readonly layout: SearchSpace['layout'];
  /** Undefined in a space without dependencies, where windows and run moves mean nothing. */
  private readonly structure: GeneStructure | undefined;
  private readonly options: VariationOptions;
  private readonly random: Random;
  private readonly unmutated: Uint8Array;
  /** Loci with more than one allele. */
  private readonly choices: number;

  constructor(space: SearchSpace, options: VariationOptions, random: Random) {
    const { layout } = space;
    this.layout = layout;
    this.structure = space.structure?.();
    this.options = options;
    this.random = random;
    this.unmutated = new Uint8Array(layout.length);
    this.choices = layout.loci.filter(({ alleles }) => alleles.length > 1).length;
  }

  /**
   * `wanted` children of `ranked`.
   * @param select draws a parent's position
   * @param stagnantGenerations generations since the search last improved, for the adaptive mutation
   */
  offspring(wanted: number, ranked: readonly Chromosome[], select: Select, stagnantGenerations: number): Proposal[] {
    const { options, random, layout, structure } = this;
    const crossOver = crossoverOperators[options.crossover];
    const mutation: MutationSettings = {
      layout,
      rate: Math.min(1, options.mutatedGenes / Math.max(1, this.choices)),
      progress: {
        diversity: options.mutation === 'adaptive' ? alleleDiversity(layout, ranked) : 1,
        stagnantGenerations,
      },
    };
    const proposals: Proposal[] = [];
    while (proposals.length < wanted) {
      const a = ranked[select(random)];
      const b = ranked[select(random)];
      const childA = a.genes.slice();
      const childB = b.genes.slice();
      const crossed = random.chance(options.crossoverRate);
      // Without windows nothing is drawn for them.
      if (crossed && structure !== undefined && options.windowCrossover > 0 && random.chance(options.windowCrossover))
        structure.exchangeWindow(childA, childB, random);
      else if (crossed) crossOver(childA, childB, random);
      proposals.push(this.mutated(childA, crossed ? [a.id, b.id] : [a.id], crossed, mutation));
      if (proposals.length < wanted)
        proposals.push(this.mutated(childB, crossed ? [b.id, a.id] : [b.id], crossed, mutation));
    }
    return proposals;
  }

  /** Mutates `genes` in place, or not, and says what happened to them. */
  private mutated(
    genes: Uint8Array,
    parents: readonly number[],
    crossed: boolean,
    settings: MutationSettings,
  ): Proposal {
    const mutatedLoci: number[] = [];
    if (this.random.chance(this.options.mutationRate)) {
      this.unmutated.set(genes);
      if (this.options.runMoves && this.structure !== undefined) this.structure.move(genes, this.random);
      else mutationOperators[this.options.mutation](genes, settings, this.random);
      for (let locus = 0; locus < genes.length; locus++)
        if (genes[locus] !== this.unmutated[locus]) mutatedLoci.push(locus);
    }
    return { genes, parents, operator: operatorOf(crossed, mutatedLoci.length > 0), mutatedLoci };
  }
}

function operatorOf(crossed: boolean, changed: boolean): OperatorName {
  if (crossed) return changed ? 'crossover+mutation' : 'crossover';
  return changed ? 'mutation' : 'clone';
}
