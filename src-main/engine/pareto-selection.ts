/** Which chromosomes survive in a search with several objectives: by front, then by crowding; and the archive of the best trade-offs. */
import { crowdingDistances, nonDominatedFronts } from '#shared/analysis/pareto.ts';
import type { Judged } from './search-space.ts';

/**
 * The `count` best of `candidates`, of equally good ones the first in order: whole fronts in order, of the last one that does not fit whole the least
 * crowded (Deb et al. 2002, section III-C). Within a front the least crowded come first, then those earlier in `candidates`; so
 * the order is that of the crowded comparison.
 */
export function survivors(candidates: readonly Judged[], count: number): Judged[] {
  const points = distinct(candidates);
  const chosen: Judged[] = [];
  for (const front of nonDominatedFronts(points)) {
    const distances = crowdingDistances(points, front);
    const order = front
      .map((_, position) => position)
      .sort((a, b) => compareFalling(distances[a], distances[b]) || a - b);
    for (const position of order) {
      if (chosen.length === count) return chosen;
      chosen.push(points[front[position]]);
    }
  }
  return chosen;
}

/**
 * The first front of `candidates`, each equally good one once (the first in order), at most `capacity`: while there are more, the
 * most crowded one leaves.
 */
export function archived(candidates: readonly Judged[], capacity: number): Judged[] {
  const points = distinct(candidates);
  const [front = []] = nonDominatedFronts(points);
  while (front.length > capacity) {
    const distances = crowdingDistances(points, front);
    front.splice(
      distances.reduce((most, distance, position) => (distance <= distances[most] ? position : most), 0),
      1,
    );
  }
  return front.map((index) => points[index]);
}

/** Each objective vector and violation once, the first of those that have it; found by the first objective, then compared whole. */
function distinct(candidates: readonly Judged[]): Judged[] {
  const byFirstObjective = new Map<number, Judged[]>();
  return candidates.filter((candidate) => {
    const alike = byFirstObjective.get(candidate.objectives[0]);
    if (alike === undefined) byFirstObjective.set(candidate.objectives[0], [candidate]);
    else if (alike.some((other) => areEqual(other, candidate))) return false;
    else alike.push(candidate);
    return true;
  });
}

function areEqual(a: Judged, b: Judged): boolean {
  if (a.violation !== b.violation) return false;
  for (let m = 0; m < a.objectives.length; m++) if (a.objectives[m] !== b.objectives[m]) return false;
  return true;
}

/** Larger first; two infinities are equal. */
function compareFalling(a: number, b: number): number {
  if (a === b) return 0;
  return a > b ? -1 : 1;
}
