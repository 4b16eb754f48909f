/** What a population's genes look like: how often each allele stands at each locus, and how mixed each locus is. */
import type { GenomeLayout } from '../scheduling/genome-layout.ts';

/** One row per locus: the share of members that carry each gene value. */
export interface AlleleShares {
  /** Number of columns: the largest cardinality of any locus. */
  readonly width: number;
  /** [loci × width] share (0…1) of the members with that value at that locus. */
  readonly shares: Float64Array;
  /** [loci] Shannon entropy of the values divided by log2(cardinality), 0…1; 0 where there is only one value. */
  readonly entropy: Float64Array;
}

/** Shares of the gene values of `rows` (indexes into `genes`, [n × loci]; a member may stand there more than once). */
export function alleleShares(layout: GenomeLayout, genes: Uint8Array, rows: ArrayLike<number>): AlleleShares {
  const loci = layout.length;
  const width = layout.loci.reduce((widest, locus) => Math.max(widest, locus.cardinality), 0);
  const shares = new Float64Array(loci * width);
  const entropy = new Float64Array(loci);
  const count = rows.length;
  if (count === 0) return { width, shares, entropy };
  for (let r = 0; r < count; r++) {
    const from = rows[r] * loci;
    for (let locus = 0; locus < loci; locus++) shares[locus * width + genes[from + locus]]++;
  }
  for (let locus = 0; locus < loci; locus++) {
    const { cardinality } = layout.loci[locus];
    let bits = 0;
    for (let value = 0; value < cardinality; value++) {
      const share = (shares[locus * width + value] /= count);
      if (share > 0) bits -= share * Math.log2(share);
    }
    entropy[locus] = cardinality > 1 ? bits / Math.log2(cardinality) : 0;
  }
  return { width, shares, entropy };
}
