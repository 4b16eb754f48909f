/** Which chromosomes survive in a search with several objectives: by front, then by crowding; and the archive of the best trade-offs. */
import { crowdingDistances, nonDominatedFronts } from '#shared/analysis/pareto.ts';
import type { Judge } from './objectives.ts';
import type { Chromosome } from './search.ts';

/**
 * The `count` best of `candidates`, each genome once: whole fronts in order, of the last one that does not fit whole the least
 * crowded (Deb et al. 2002, section III-C). Within a front the least crowded come first, then those earlier in `candidates`; so
 * the order is that of the crowded comparison.
 */
export function survivors(candidates: readonly Chromosome[], count: number, judge: Judge): Chromosome[] {
  const distinct = distinctBy(candidates, ({ id }) => id);
  const points = distinct.map(judge);
  const chosen: Chromosome[] = [];
  for (const front of nonDominatedFronts(points)) {
    const distances = crowdingDistances(points, front);
    const order = front.map((_, position) => position).sort((a, b) => compareFalling(distances[a], distances[b]) || a - b);
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
export function archived(candidates: readonly Chromosome[], capacity: number, judge: Judge): Chromosome[] {
  const distinct = distinctBy(candidates, (candidate) => {
    const { objectives, violation } = judge(candidate);
    return `${Array.from(objectives).join()};${violation}`;
  });
  const points = distinct.map(judge);
  const [front = []] = nonDominatedFronts(points);
  while (front.length > capacity) {
    const distances = crowdingDistances(points, front);
    front.splice(distances.reduce((most, distance, position) => (distance <= distances[most] ? position : most), 0), 1);
  }
  return front.map((index) => distinct[index]);
}

function distinctBy(chromosomes: readonly Chromosome[], keyOf: (chromosome: Chromosome) => unknown): Chromosome[] {
  const seen = new Set<unknown>();
  return chromosomes.filter((chromosome) => {
    const key = keyOf(chromosome);
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
