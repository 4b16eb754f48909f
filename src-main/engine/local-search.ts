/** The memetic step of the evolutionary schedulers: every few generations the best members are compared with neighbours of theirs. */
import { z } from 'zod';
import type { GeneLayout } from '#shared/scheduling/genome-layout.ts';
import { lociWithChoice } from './operators/loci-with-choice.ts';
import { movedNeighbourOf, neighbourOf } from './operators/neighbour.ts';
import type { Random } from './random.ts';
import type { GeneStructure, SearchSpace } from './search-space.ts';
import type { Chromosome, Proposal } from './search.ts';

/** Moscato, "On evolution, search, optimization, genetic algorithms and martial arts: towards memetic algorithms", Caltech 1989. */
export const localSearchSchema = z
  .strictObject({
    best: z
      .int()
      .min(0)
      .max(1000)
      .default(0)
      .meta({ title: 'Best', description: 'Members that are improved, the best ones (genomes); 0: no local search' }),
    every: z.int().min(1).max(100_000).default(10).meta({ title: 'Every', description: 'How often (generations)' }),
    neighbours: z
      .int()
      .min(1)
      .max(10_000)
      .default(20)
      .meta({ title: 'Neighbours', description: 'Changes tried for each of them (genomes)' }),
    runMoves: z.boolean().default(false).meta({
      title: 'Run moves',
      description:
        'Changes follow the dependencies: layers that follow each other move together; off: each changes one gene',
    }),
  })
  .prefault({})
  .meta({
    title: 'Local search',
    description: 'Improves the best members in addition to evolving them (a memetic algorithm)',
  });
export type LocalSearchOptions = z.output<typeof localSearchSchema>;

/** `Scheduler.mostEvaluations` of a scheduler that evolves a population and improves it by local search. */
export function mostEvolved({
  populationSize,
  generations,
  localSearch: { best, every, neighbours },
}: {
  readonly populationSize: number;
  readonly generations: number;
  readonly localSearch: LocalSearchOptions;
}): number {
  return populationSize * generations + Math.floor(generations / every) * best * neighbours;
}

export class LocalSearch {
  private readonly layout: GeneLayout;
  /** Undefined where single genes change: by option, or because nothing depends on anything in this space. */
  private readonly structure: GeneStructure | undefined;
  private readonly options: LocalSearchOptions;
  private readonly random: Random;
  private readonly loci: readonly number[];

  constructor(space: SearchSpace, options: LocalSearchOptions, random: Random) {
    const { layout } = space;
    this.layout = layout;
    this.structure = options.runMoves ? space.structure?.() : undefined;
    this.options = options;
    this.random = random;
    this.loci = lociWithChoice(layout);
  }

  /** Neighbours of the best of `ranked` (best first), those of one after those of the other; none where generation `generation` has none due. */
  neighbours(ranked: readonly Chromosome[], generation: number): Proposal[] {
    const { best, every, neighbours } = this.options;
    if (best === 0 || this.loci.length === 0 || (generation + 1) % every !== 0) return [];
    return ranked
      .slice(0, best)
      .flatMap((member) => Array.from({ length: neighbours }, () => this.neighbourOf(member)));
  }

  private neighbourOf(member: Chromosome): Proposal {
    const { structure, loci, layout, random } = this;
    return structure === undefined
      ? neighbourOf(member, loci, layout, random)
      : movedNeighbourOf(member, structure, random);
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
