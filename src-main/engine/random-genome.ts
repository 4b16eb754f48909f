/** A genome drawn evenly from the values worth proposing. */
import type { GeneLayout } from '#shared/scheduling/genome-layout.ts';
import type { Random } from './random.ts';

/** One gene per locus, each allele of the locus as likely. */
export function randomGenome(layout: GeneLayout, random: Random): Uint8Array {
  const genes = new Uint8Array(layout.length);
  for (let locus = 0; locus < genes.length; locus++) {
    const { alleles } = layout.loci[locus];
    genes[locus] = alleles[random.nextInt(alleles.length)];
  }
  return genes;
}
