/** Which chromosomes survive in a search with several objectives: by front, then by crowding; and the archive of the best trade-offs. */
import { crowdingDistances, nonDominatedFronts } from '#shared/analysis/pareto.ts';
import type { Judged } from './search-space.ts';

/**
 * The `count` best of `candidates`, of equally good ones the first in order: whole fronts in order, of the last one that does not fit whole the least
 * crowded (Deb et al. 2002, section III-C). Within a front the least crowded come first, then those earlier in `candidates`; so
 * the order is that of the crowded comparison.
 */
export function survivors(candidates: readonly Judged[], count: number): Judged[] {
  const distinct = distinctBy(candidates, valuesOf);
  const chosen: Judged[] = [];
  for (const front of nonDominatedFronts(distinct)) {
    const distances = crowdingDistances(distinct, front);
    const order = front
      .map((_, position) => position)
      .sort((a, b) => compareFalling(distances[a], distances[b]) || a - b);
    for (const position of order) {
      if (chosen.length === count) return chosen;
      chosen.push(distinct[front[position]]);
    }
  }
  return chosen;
}

/**
 * The first front of `candidates`, each equally good one once (the first in order), at most `capacity`: while there are more, the
 * most crowded one leaves.
 */
export function archived(candidates: readonly Judged[], capacity: number): Judged[] {
  const distinct = distinctBy(candidates, valuesOf);
  const [front = []] = nonDominatedFronts(distinct);
  while (front.length > capacity) {
    const distances = crowdingDistances(distinct, front);
    front.splice(
      distances.reduce((most, distance, position) => (distance <= distances[most] ? position : most), 0),
      1,
    );
  }
  return front.map((index) => distinct[index]);
}

function valuesOf({ objectives, violation }: Judged): string {
  return `${Array.from(objectives).join()};${violation}`;
}

function distinctBy(candidates: readonly Judged[], keyOf: (candidate: Judged) => unknown): Judged[] {
  const seen = new Set<unknown>();
  return candidates.filter((candidate) => {
    const key = keyOf(candidate);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Larger first; two infinities are equal. */
function compareFalling(a: number, b: number): number {
  if (a === b) return 0;
  return a > b ? -1 : 1;
}
