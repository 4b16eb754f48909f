/** The memetic step of the evolutionary schedulers: every few generations the best members are compared with neighbours of theirs. */
import { z } from 'zod';
import type { GenomeLayout } from '#shared/scheduling/genome-layout.ts';
import { lociWithChoice, neighbourOf } from './operators/neighbour.ts';
import type { Random } from './random.ts';
import type { Chromosome, Proposal } from './search.ts';

/** Moscato, "On evolution, search, optimization, genetic algorithms and martial arts: towards memetic algorithms", Caltech 1989. */
export const localSearchSchema = z
  .strictObject({
    best: z.int().min(0).max(1000).default(0).meta({ title: 'Best', description: 'Members that are improved, the best ones (genomes); 0: no local search' }),
    every: z.int().min(1).max(100_000).default(10).meta({ title: 'Every', description: 'How often (generations)' }),
    neighbours: z.int().min(1).max(10_000).default(20).meta({ title: 'Neighbours', description: 'Changes of one gene tried for each of them (genomes)' }),
  })
  .prefault({})
  .meta({ title: 'Local search', description: 'Improves the best members beside evolving them (a memetic algorithm)' });
export type LocalSearchOptions = z.output<typeof localSearchSchema>;

export class LocalSearch {
  private readonly layout: GenomeLayout;
  private readonly options: LocalSearchOptions;
  private readonly random: Random;
  private readonly loci: readonly number[];

  constructor(layout: GenomeLayout, options: LocalSearchOptions, random: Random) {
    this.layout = layout;
    this.options = options;
    this.random = random;
    this.loci = lociWithChoice(layout);
  }

  /** Neighbours of the best of `ranked` (best first), those of one after those of the other; none where generation `generation` has none due. */
  neighbours(ranked: readonly Chromosome[], generation: number): Proposal[] {
    const { best, every, neighbours } = this.options;
    if (best === 0 || this.loci.length === 0 || (generation + 1) % every !== 0) return [];
    return ranked.slice(0, best).flatMap((member) => Array.from({ length: neighbours }, () => neighbourOf(member, this.loci, this.layout, this.random)));
  }

  /** `ranked` with each of its best replaced by the fittest of its `scored` neighbours where that is fitter; the order is the same. */
  improved(ranked: readonly Chromosome[], scored: readonly Chromosome[]): Chromosome[] {
    const { best, neighbours } = this.options;
    return ranked.map((member, position) => {
      if (position >= best) return member;
      const own = scored.slice(position * neighbours, (position + 1) * neighbours);
      return own.reduce((fittest, neighbour) => (neighbour.fitness > fittest.fitness ? neighbour : fittest), member);
    });
  }
}
