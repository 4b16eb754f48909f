/** Which loci mutation struck how often over a run, and which of these changes the best carries. */
import type { Ancestry, MutationMap } from '#shared/contract/replay-shapes.ts';
import { titleOfLocus } from '#shared/scheduling/genome-layout.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { familyOf } from './family.ts';

export interface HotSpot {
  readonly locus: number;
  /** The layer whose place the gene decides; otherwise what it decides, and for what: "frequency of npu". */
  readonly label: string;
  readonly mutations: number;
  /** Of all mutations, 0…1. */
  readonly share: number;
  /** How many of `KeptMutation` there are; undefined: the line is not known. */
  readonly kept: number | undefined;
}

/** A mutation on the line of the fitter parents that leads to the best. */
export interface KeptMutation {
  readonly locus: number;
  readonly generation: number;
}

/** One entry per locus, in the order of the genome. @param kept undefined: the line is not known */
export function hotSpots(
  problem: Problem,
  { loci, counts }: MutationMap,
  kept: readonly KeptMutation[] | undefined,
): HotSpot[] {
  const mutations = new Uint32Array(loci);
  counts.forEach((count, index) => (mutations[index % loci] += count));
  const all = mutations.reduce((sum, count) => sum + count, 0);
  return problem.layout.loci.map((decision, locus) => ({
    locus,
    label: titleOfLocus(decision),
    mutations: mutations[locus],
    share: all === 0 ? 0 : mutations[locus] / all,
    kept: kept?.filter((one) => one.locus === locus).length,
  }));
}

/** Standard deviations by which counts may differ from even ones before they are called uneven. */
const EVEN_WITHIN = 3;
/** Fewer per locus say nothing either way. */
const LEAST_EXPECTED = 5;

/**
 * Whether mutation struck all loci alike, as far as chance goes: Pearson's χ² of the counts against equal ones, which has the mean
 * n − 1 and the variance 2 (n − 1) for n loci that are struck alike. Undefined where there are too few mutations to say.
 */
export function areEven(counts: readonly number[]): boolean | undefined {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  if (counts.length < 2 || !(expected >= LEAST_EXPECTED)) return undefined;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const freedom = counts.length - 1;
  return chiSquare <= freedom + EVEN_WITHIN * Math.sqrt(2 * freedom);
}

/** The mutations of the line of the fitter parents that leads to chromosome `id`. */
export function keptMutations(ancestry: Ancestry, id: number): KeptMutation[] {
  const { chromosomes: columns } = ancestry;
  const line = new Map(
    familyOf(ancestry, id)
      .filter(({ isMainLine }) => isMainLine)
      .map((node) => [node.id, node]),
  );
  return Array.from(columns.ids).flatMap((own, row) => {
    const node = line.get(own);
    return node === undefined
      ? []
      : Array.from(
          columns.mutatedLoci.subarray(columns.mutatedOffsets[row], columns.mutatedOffsets[row + 1]),
          (locus) => ({ locus, generation: node.born }),
        );
  });
}
