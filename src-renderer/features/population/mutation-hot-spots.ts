/** Which loci mutation struck how often over a run, and which of these changes the best carries. */
import type { Ancestry, MutationMap } from '#shared/contract/replay-shapes.ts';
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

/** What segments of the genome decide, in words. */
const decisions: Readonly<Record<string, string>> = { activeCores: 'active cores', coreConfiguration: 'core configuration' };

/** One entry per locus, in the order of the genome. @param kept undefined: the line is not known */
export function hotSpots(problem: Problem, { loci, counts }: MutationMap, kept: readonly KeptMutation[] | undefined): HotSpot[] {
  const mutations = new Uint32Array(loci);
  counts.forEach((count, index) => (mutations[index % loci] += count));
  const all = mutations.reduce((sum, count) => sum + count, 0);
  return problem.layout.loci.map(({ label, segment }, locus) => ({
    locus, label: segment === 'mapping' ? label : `${decisions[segment] ?? segment} of ${label}`,
    mutations: mutations[locus], share: all === 0 ? 0 : mutations[locus] / all, kept: kept?.filter((one) => one.locus === locus).length,
  }));
}

/** The mutations of the line of the fitter parents that leads to chromosome `id`. */
export function keptMutations(ancestry: Ancestry, id: number): KeptMutation[] {
  const { chromosomes: columns } = ancestry;
  const line = new Map(familyOf(ancestry, id).filter(({ isMainLine }) => isMainLine).map((node) => [node.id, node]));
  return Array.from(columns.ids).flatMap((own, row) => {
    const node = line.get(own);
    return node === undefined ? [] : Array.from(columns.mutatedLoci.subarray(columns.mutatedOffsets[row], columns.mutatedOffsets[row + 1]), (locus) => ({ locus, generation: node.born }));
  });
}
