/** The smallest step of a local search: one gene changed to another of its alleles. */
import type { GenomeLayout } from '#shared/scheduling/genome-layout.ts';
import type { Random } from '../random.ts';
import type { Chromosome, Proposal } from '../search.ts';

/** Loci of `layout` with more than one allele, ascending. */
export function lociWithChoice(layout: GenomeLayout): number[] {
  return layout.loci.flatMap(({ alleles }, locus) => (alleles.length > 1 ? [locus] : []));
}

/** `chromosome` with the gene of one of `loci` (each as likely, all with a choice) changed to another allele (each as likely). */
export function neighbourOf(chromosome: Chromosome, loci: readonly number[], layout: GenomeLayout, random: Random): Proposal {
  const locus = loci[random.nextInt(loci.length)];
  const genes = chromosome.genes.slice();
  const others = layout.loci[locus].alleles.filter((allele) => allele !== genes[locus]);
  genes[locus] = others[random.nextInt(others.length)];
  return { genes, parents: [chromosome.id], operator: 'local_search', mutatedLoci: [locus] };
}
