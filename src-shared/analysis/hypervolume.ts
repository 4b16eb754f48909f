/** Hypervolume: how much of the objective space a set of points dominates, the usual measure of a Pareto front (Zitzler & Thiele 1999). */
import type { FrontPoint } from './attainment.ts';
import { dominates, type ObjectiveVector } from './pareto.ts';

/**
 * Volume of the region that `points` dominate and that dominates `reference`, all objectives minimised; exact, for any number of
 * objectives. Points that are not better than the reference in every objective add nothing. Two objectives: a sweep, O(n log n);
 * more: WFG with slicing along the last objective (While, Bradstreet & Barone, "A fast way of calculating exact hypervolumes",
 * IEEE TEC 16(1), 2012), exponential in the number of objectives at worst.
 */
export function hypervolume(points: readonly ObjectiveVector[], reference: ObjectiveVector): number {
  const inside = points.filter((point) => Array.from(reference).every((limit, m) => point[m] < limit));
  // The sweep leaves out what is dominated by itself.
  if (reference.length === 2) return areaBelow(inside, reference);
  return volumeBelow(undominated(inside), reference, reference.length);
}

/**
 * Of each front, the share (0…1) of the rectangle between the best values of all fronts and `reference` that it dominates; both
 * objectives minimised. NaN where the reference is not worse than these in both.
 */
export function hypervolumeShares(fronts: readonly (readonly FrontPoint[])[], reference: FrontPoint): number[] {
  const all = fronts.flat();
  const width = reference.x - all.reduce((least, { x }) => Math.min(least, x), Number.POSITIVE_INFINITY);
  const height = reference.y - all.reduce((least, { y }) => Math.min(least, y), Number.POSITIVE_INFINITY);
  return fronts.map((front) =>
    all.length > 0 && width > 0 && height > 0
      ? hypervolume(
          front.map(({ x, y }) => [x, y]),
          [reference.x, reference.y],
        ) /
        (width * height)
      : Number.NaN,
  );
}

/** Of the first `count` objectives; `points` do not dominate each other in them. */
function volumeBelow(points: readonly ObjectiveVector[], reference: ObjectiveVector, count: number): number {
  if (points.length === 0 || count === 0) return 0;
  if (count === 1) return reference[0] - points[0][0];
  if (count === 2) return areaBelow(points, reference);
  const last = count - 1;
  // Worst first along the last objective: whatever comes later is cut off at a point's own value there, so it is one slice.
  const sorted = points.toSorted((a, b) => compareFromLast(b, a, last));
  let volume = 0;
  sorted.forEach((point, index) => {
    const limited = sorted
      .slice(index + 1)
      .map((other) => Float64Array.from({ length: last }, (_, m) => Math.max(point[m], other[m])));
    volume +=
      (reference[last] - point[last]) *
      (boxBelow(point, reference, last) - volumeBelow(undominated(limited), reference, last));
  });
  return volume;
}

/** Volume between `point` and `reference` in the first `count` objectives. */
function boxBelow(point: ObjectiveVector, reference: ObjectiveVector, count: number): number {
  let volume = 1;
  for (let m = 0; m < count; m++) volume *= reference[m] - point[m];
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

/** Each distinct one of `points` that no other dominates. */
function undominated(points: readonly ObjectiveVector[]): ObjectiveVector[] {
  const kept: ObjectiveVector[] = [];
  for (const point of points) {
    if (kept.some((other) => dominates(other, point) || isEqual(other, point))) continue;
    let size = 0;
    for (const other of kept) if (!dominates(point, other)) kept[size++] = other;
    kept.length = size;
    kept.push(point);
  }
  return kept;
}

function isEqual(a: ObjectiveVector, b: ObjectiveVector): boolean {
  for (let m = 0; m < a.length; m++) if (a[m] !== b[m]) return false;
  return true;
}

/** By objective `last`, then by the ones before it, so that the order of the points given does not matter. */
function compareFromLast(a: ObjectiveVector, b: ObjectiveVector, last: number): number {
  for (let m = last; m >= 0; m--) if (a[m] !== b[m]) return a[m] - b[m];
  return 0;
}
