/** Hypervolume: how much of the objective space a set of points dominates, the usual measure of a Pareto front (Zitzler & Thiele 1999). */
import type { ObjectiveVector } from './pareto.ts';

/**
 * Volume of the region that `points` dominate and that dominates `reference`, all objectives minimised; exact, for any number of
 * objectives. Points that are not better than the reference in every objective add nothing. Two objectives: a sweep, O(n log n);
 * each further one slices along itself (Hypervolume by Slicing Objectives; While et al. 2006), a factor n each.
 */
export function hypervolume(points: readonly ObjectiveVector[], reference: ObjectiveVector): number {
  const inside = points.filter((point) => Array.from(reference).every((limit, m) => point[m] < limit));
  return volumeBelow(inside, reference, reference.length);
}

/** Of the first `count` objectives. */
function volumeBelow(points: readonly ObjectiveVector[], reference: ObjectiveVector, count: number): number {
  if (points.length === 0 || count === 0) return 0;
  if (count === 1) return reference[0] - points.reduce((least, point) => Math.min(least, point[0]), Number.POSITIVE_INFINITY);
  if (count === 2) return areaBelow(points, reference);
  const last = count - 1;
  const sorted = points.toSorted((a, b) => a[last] - b[last]);
  let volume = 0;
  for (let i = 0; i < sorted.length; i++) {
    const depth = (i + 1 < sorted.length ? sorted[i + 1][last] : reference[last]) - sorted[i][last];
    if (depth > 0) volume += depth * volumeBelow(sorted.slice(0, i + 1), reference, last);
  }
  return volume;
}

/** A staircase from left to right. */
function areaBelow(points: readonly ObjectiveVector[], reference: ObjectiveVector): number {
  let area = 0;
  let ceiling = reference[1];
  for (const point of points.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (point[1] >= ceiling) continue;
    area += (reference[0] - point[0]) * (ceiling - point[1]);
    ceiling = point[1];
  }
  return area;
}
