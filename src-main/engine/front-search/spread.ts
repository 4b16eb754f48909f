/** A few points of a front, evenly along it: where the next children of a search for trade-offs come from. */
import type { JudgedPoint, ObjectiveVector } from '#shared/analysis/pareto.ts';

/**
 * At most about `count` of `points` (by ascending objectives), both ends among them, at equal distances along the front on a logarithmic
 * scale; with more than two objectives also the best of each.
 *
 * The distance of two neighbours is the sum over objectives of |a − b| over the mean of |a| and |b|: that of their logarithms as long as
 * they are alike, and the same on every machine.
 */
export function spread<Point extends JudgedPoint>(points: readonly Point[], count: number): Point[] {
  if (points.length <= count) return [...points];
  const along = new Float64Array(points.length);
  for (let i = 1; i < points.length; i++)
    along[i] = along[i - 1] + relativeDistance(points[i - 1].objectives, points[i].objectives);
  const length = along[points.length - 1];
  const chosen = new Set<number>();
  let next = 0;
  for (let step = 0; step < count; step++) {
    const target = (length * step) / (count - 1);
    while (next + 1 < points.length && along[next] < target) next++;
    chosen.add(next);
  }
  chosen.add(points.length - 1);
  const objectives = points[0].objectives.length;
  if (objectives > 2) for (let m = 0; m < objectives; m++) chosen.add(bestIn(points, m));
  return [...chosen].sort((a, b) => a - b).map((index) => points[index]);
}

function relativeDistance(a: ObjectiveVector, b: ObjectiveVector): number {
  let distance = 0;
  for (let m = 0; m < a.length; m++) {
    const size = Math.abs(a[m]) + Math.abs(b[m]);
    if (size > 0) distance += (2 * Math.abs(a[m] - b[m])) / size;
  }
  return distance;
}

/** Index of the first point with the least value of objective `m`. */
function bestIn(points: readonly JudgedPoint[], m: number): number {
  let best = 0;
  for (let i = 1; i < points.length; i++) if (points[i].objectives[m] < points[best].objectives[m]) best = i;
  return best;
}
