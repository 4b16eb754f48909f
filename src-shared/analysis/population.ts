/** What a population's genes look like: where its layers run, how often each allele is at each locus, and how mixed each locus is. */
import { placeOf } from '../scheduling/decode.ts';
import { lociThatSet, type GenomeLayout } from '../scheduling/genome-layout.ts';
import type { Problem } from '../scheduling/problem.ts';

/** One row per locus: the share of members that carry each gene value. */
export interface AlleleShares {
  /** Number of columns: the largest cardinality of any locus. */
  readonly width: number;
  /** [loci × width] share (0…1) of the members with that value at that locus. */
  readonly shares: Float64Array;
  /** [loci] Shannon entropy of the values divided by log2(cardinality), 0…1; 0 where there is only one value. */
  readonly entropy: Float64Array;
}

/** Shares of the gene values of `rows` (indexes into `genes`, [n × loci]; a member may appear more than once). */
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

/**
 * Genes [n × loci] with the processing element that each mapping gene stands for in its place: cores of one group are
 * one place, and what cannot run a layer is not one of its places.
 */
export function placeGenes(problem: Problem, genes: Uint8Array, rows: ArrayLike<number>): Uint8Array {
  const { layout, processors, tasks } = problem;
  const loci = layout.length;
  const places = new Uint8Array(rows.length * loci);
  const arrangement = Int32Array.from(processors, (processor) => processor.defaultArrangement);
  const arrangementLoci = lociThatSet(layout, 'arrangement', processors.length);
  for (let r = 0; r < rows.length; r++) {
    const own = places.subarray(r * loci, (r + 1) * loci);
    own.set(genes.subarray(rows[r] * loci, (rows[r] + 1) * loci));
    arrangementLoci.forEach((locus, processor) => {
      if (locus >= 0) arrangement[processor] = own[locus];
    });
    for (let task = 0; task < tasks.length; task++)
      own[layout.offsetOf.mapping + task] = placeOf(problem, task, own[layout.offsetOf.mapping + task], arrangement);
  }
  return places;
}

/** As `alleleShares`, but of the places where layers run rather than of the genes that lead there. */
export function placeShares(problem: Problem, genes: Uint8Array, rows: ArrayLike<number>): AlleleShares {
  return alleleShares(
    problem.layout,
    placeGenes(problem, genes, rows),
    Uint32Array.from({ length: rows.length }, (_, r) => r),
  );
}

/**
 * [processing elements] the sizes of the groups of cores that each stands for among the members; none where all of them
 * have it switched off, or in the group of another one.
 */
export function groupSizesInUse(
  problem: Problem,
  { width, shares }: Pick<AlleleShares, 'width' | 'shares'>,
): readonly (readonly number[])[] {
  const arrangementLoci = lociThatSet(problem.layout, 'arrangement', problem.processors.length);
  const chosen = problem.processors.map((processor) => {
    const locus = arrangementLoci[processor.index];
    return locus < 0
      ? [processor.arrangements[processor.defaultArrangement]]
      : processor.arrangements.filter((_, value) => shares[locus * width + value] > 0);
  });
  return problem.pes.map(({ processor, indexInProcessor }) => {
    if (problem.processors[processor].dispatch === 'pooled') return [1];
    return [
      ...new Set(chosen[processor].flatMap(({ groups }) => groups.slice(indexInProcessor, indexInProcessor + 1))),
    ];
  });
}
