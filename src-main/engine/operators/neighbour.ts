/** The steps of a local search: one gene changed to another of its alleles, or genes that belong together. */
import type { GeneLayout } from '#shared/scheduling/genome-layout.ts';
import type { Random } from '../random.ts';
import type { GeneStructure } from '../search-space.ts';
import type { Chromosome, Proposal } from '../search.ts';
import { differingLoci } from './differing-loci.ts';
import { otherAllele } from './mutation.ts';

/** `chromosome` with the gene of one of `loci` (each as likely, all with a choice) changed to another allele (each as likely). */
export function neighbourOf(
  chromosome: Chromosome,
  loci: readonly number[],
  layout: GeneLayout,
  random: Random,
): Proposal {
  const locus = loci[random.nextInt(loci.length)];
  const genes = chromosome.genes.slice();
  genes[locus] = otherAllele(layout.loci[locus].alleles, genes[locus], random);
  return { genes, parents: [chromosome.id], operator: 'local_search', mutatedLoci: [locus] };
}

/** `chromosome` after a move along its structure. */
export function movedNeighbourOf(chromosome: Chromosome, structure: GeneStructure, random: Random): Proposal {
  const genes = chromosome.genes.slice();
  structure.move(genes, random);
  return {
    genes,
    parents: [chromosome.id],
    operator: 'local_search',
    mutatedLoci: differingLoci(genes, chromosome.genes, 0, genes.length),
  };
}
