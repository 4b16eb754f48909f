/** Where a genome can differ at all. */
import type { GeneLayout } from '#shared/scheduling/genome-layout.ts';

/** Loci of `layout` with more than one allele, ascending. */
export function lociWithChoice(layout: GeneLayout): number[] {
  return layout.loci.flatMap(({ alleles }, locus) => (alleles.length > 1 ? [locus] : []));
}
