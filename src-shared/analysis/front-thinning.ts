/** A front for the eye: of points that can hardly be told apart one is enough. */
import type { ObjectiveVector } from './pareto.ts';

/** How far shown points of a front lie apart, as a share of their values. */
export const SHOWN_TOLERANCE = 0.005;

/**
 * Indexes of those of `points`, ascending by `points`' order, that are worth showing: both ends, the best in each objective, and
 * between them each that differs from the last one chosen by more than `tolerance` (a share of the larger value) in some objective.
 * @param points a front by its first objective, ascending
 */
export function thinned(points: readonly ObjectiveVector[], tolerance = SHOWN_TOLERANCE): number[] {
  const chosen: number[] = [];
  const best = new Set(points[0] === undefined ? [] : Array.from(points[0], (_, m) => bestIn(points, m)));
  let last: ObjectiveVector | undefined;
  points.forEach((point, index) => {
    const isEnd = index === 0 || index === points.length - 1;
    if (!isEnd && !best.has(index) && last !== undefined && isAlike(point, last, tolerance)) return;
    chosen.push(index);
    last = point;
  });
  return chosen;
}

function isAlike(a: ObjectiveVector, b: ObjectiveVector, tolerance: number): boolean {
  for (let m = 0; m < a.length; m++)
    if (Math.abs(a[m] - b[m]) > tolerance * Math.max(Math.abs(a[m]), Math.abs(b[m]))) return false;
  return true;
}

/** Index of the first point with the least value of objective `m`. */
function bestIn(points: readonly ObjectiveVector[], m: number): number {
  let best = 0;
  for (let i = 1; i < points.length; i++) if (points[i][m] < points[best][m]) best = i;
  return best;
}
