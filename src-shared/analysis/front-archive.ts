/** The non-dominated ones of a long stream of points, kept as they come. */
import { constraintDominates, type JudgedPoint } from './pareto.ts';

/** A point with something to know it by. */
export interface ArchivedPoint extends JudgedPoint {
  readonly id: number;
}

/**
 * Points that no other point seen so far constraint-dominates (Deb et al. 2002, definition 1); of several with the same objectives and
 * violation the first. Adding is O(kept · M); what dominated the last point is asked first, because the next one is often alike.
 */
export class FrontArchive {
  readonly #points: ArchivedPoint[] = [];

  /** Offers a point; false when it is dominated by, or equal to, one that is kept. */
  add(point: ArchivedPoint): boolean {
    const points = this.#points;
    for (let i = 0; i < points.length; i++) {
      if (!constraintDominates(points[i], point) && !isSame(points[i], point)) continue;
      if (i > 0) [points[0], points[i]] = [points[i], points[0]];
      return false;
    }
    let kept = 0;
    for (const other of points) if (!constraintDominates(point, other)) points[kept++] = other;
    points.length = kept;
    points.push(point);
    return true;
  }

  /** The points kept, by ascending id. */
  points(): ArchivedPoint[] {
    return this.#points.toSorted((a, b) => a.id - b.id);
  }
}

function isSame(a: JudgedPoint, b: JudgedPoint): boolean {
  if (a.violation !== b.violation) return false;
  for (let m = 0; m < a.objectives.length; m++) if (a.objectives[m] !== b.objectives[m]) return false;
  return true;
}
