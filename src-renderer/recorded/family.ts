/** The family of a chromosome as it came from the host: its line back to the first generation, with all parents. */
import { lineageOf, type LineageNode } from '#shared/analysis/lineage.ts';
import type { Ancestry } from '#shared/contract/replay-shapes.ts';

/** Oldest first, then by id. Empty where chromosome `id` is not in it. */
export function familyOf({ chromosomes: columns }: Ancestry, id: number): LineageNode[] {
  return lineageOf(
    Array.from(columns.ids, (own, row) => ({
      id: own,
      born: columns.born[row],
      fitness: columns.fitness[row],
      parents: [...columns.parents.subarray(columns.parentOffsets[row], columns.parentOffsets[row + 1])],
    })),
    id,
  );
}
