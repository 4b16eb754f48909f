/** How far the adaptive mutation raises its rate, and the diversity it looks at. */
import type { GeneLayout } from '#shared/scheduling/genome-layout.ts';
import type { Chromosome } from '../search.ts';

/** What the adaptive mutation knows of the search. */
export interface SearchProgress {
  /** `alleleDiversity` of the last generation, 0…1. */
  readonly diversity: number;
  /** Generations since the best fitness last improved. */
  readonly stagnantGenerations: number;
}

/** Diversity below which the rate starts to rise. */
const ENOUGH_DIVERSITY = 0.25;
/** Generations without improvement after which the rate has risen fully. */
const LONG_STAGNATION = 20;
/**
 * `rate` × (½ + ¾ · lack of diversity + ¾ · stagnation), both 0…1, at most 1: from half to twice the given rate.
 * Additions, multiplications and divisions only, so the same on every machine.
 */
export function adaptiveRate(rate: number, { diversity, stagnantGenerations }: SearchProgress): number {
  const lack = Math.max(0, 1 - diversity / ENOUGH_DIVERSITY);
  const stagnation = Math.min(1, stagnantGenerations / LONG_STAGNATION);
  return Math.min(1, rate * (0.5 + 0.75 * lack + 0.75 * stagnation));
}

/** Mean over the loci with a choice of the share of members that do not hold the commonest gene; 0: all alike. From whole counts. */
export function alleleDiversity(layout: GeneLayout, members: readonly Chromosome[]): number {
  const counts = new Uint32Array(256);
  let others = 0;
  let loci = 0;
  for (let locus = 0; locus < layout.length; locus++) {
    if (layout.loci[locus].alleles.length < 2) continue;
    loci++;
    counts.fill(0);
    let commonest = 0;
    for (const { genes } of members) {
      const count = ++counts[genes[locus]];
      if (count > commonest) commonest = count;
    }
    others += members.length - commonest;
  }
  return loci > 0 ? others / (loci * members.length) : 0;
}
