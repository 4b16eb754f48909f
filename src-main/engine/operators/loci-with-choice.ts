/** Where a genome can differ at all. */
import type { GeneLayout } from '#shared/scheduling/genome-layout.ts';

const known = new WeakMap<GeneLayout, readonly number[]>();

/** Loci of `layout` with more than one allele, ascending; the same array each time. */
export function lociWithChoice(layout: GeneLayout): readonly number[] {
  let loci = known.get(layout);
  if (loci === undefined) {
    loci = layout.loci.flatMap(({ alleles }, locus) => (alleles.length > 1 ? [locus] : []));
    known.set(layout, loci);
  }
  return loci;
}
