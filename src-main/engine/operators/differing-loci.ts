/** Where a genome differs from the one it was made from. */

/** Loci `first` … `end` − 1 in which two genomes differ, ascending. */
export function differingLoci(a: Uint8Array, b: Uint8Array, first: number, end: number): number[] {
  const loci: number[] = [];
  for (let locus = first; locus < end; locus++) if (a[locus] !== b[locus]) loci.push(locus);
  return loci;
}
