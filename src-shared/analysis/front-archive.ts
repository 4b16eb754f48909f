/** The non-dominated ones of a long stream of points, kept as they come. */
import { dominates, type JudgedPoint } from './pareto.ts';

/**
 * Points that no other point seen so far constraint-dominates (Deb et al. 2002, definition 1), as many as there are; of several with the
 * same objectives and violation the first.
 *
 * They are kept by ascending objectives (the first, among equals the second, …), which is `points`. With two objectives what a new point
 * could dominate, or be dominated by, are its neighbours in that order: O(log kept) and the move of what comes after. With more, every
 * point may have to be asked: O(kept · M).
 */
export class FrontArchive<Point extends JudgedPoint> {
  readonly #points: Point[] = [];
  /** Least violation so far: only points with it are kept, several unless it is above 0. */
  #violation = Number.POSITIVE_INFINITY;

  /** An archive of the best of `points`. */
  static of<Point extends JudgedPoint>(points: Iterable<Point>): FrontArchive<Point> {
    const archive = new FrontArchive<Point>();
    for (const point of points) archive.add(point);
    return archive;
  }

  /** By ascending objectives; the archive's own array. */
  get points(): readonly Point[] {
    return this.#points;
  }

  /** Offers a point; false when it is dominated by, or equal to, one that is kept. */
  add(point: Point): boolean {
    if (point.violation > this.#violation) return false;
    if (point.violation < this.#violation) {
      this.#violation = point.violation;
      this.#points.length = 0;
    }
    // Two equal violations above 0 do not compare by objectives (constraintDominates): all of them are kept, each vector once.
    if (point.violation > 0) return this.#addDistinct(point);
    return point.objectives.length === 2 ? this.#addToStaircase(point) : this.#addToList(point);
  }

  #addDistinct(point: Point): boolean {
    const at = this.#positionOf(point);
    if (at < this.#points.length && compareObjectives(this.#points[at], point) === 0) return false;
    this.#points.splice(at, 0, point);
    return true;
  }

  /** The first objective rises strictly and the second falls strictly along the points. */
  #addToStaircase(point: Point): boolean {
    const points = this.#points;
    const y = point.objectives[1];
    const at = this.#positionOf(point);
    if (at > 0 && points[at - 1].objectives[1] <= y) return false;
    if (at < points.length && compareObjectives(points[at], point) === 0) return false;
    let end = at;
    while (end < points.length && points[end].objectives[1] >= y) end++;
    points.splice(at, end - at, point);
    return true;
  }

  #addToList(point: Point): boolean {
    const points = this.#points;
    const at = this.#positionOf(point);
    if (at < points.length && compareObjectives(points[at], point) === 0) return false;
    // What dominates a point comes before it in this order, what it dominates after it.
    for (let i = at - 1; i >= 0; i--) if (dominates(points[i].objectives, point.objectives)) return false;
    let kept = at;
    for (let i = at; i < points.length; i++)
      if (!dominates(point.objectives, points[i].objectives)) points[kept++] = points[i];
    points.length = kept;
    points.splice(at, 0, point);
    return true;
  }

  /** Index of the first kept point that is not before `point`. */
  #positionOf(point: Point): number {
    let low = 0;
    let high = this.#points.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareObjectives(this.#points[middle], point) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function compareObjectives(a: JudgedPoint, b: JudgedPoint): number {
  for (let m = 0; m < a.objectives.length; m++)
    if (a.objectives[m] !== b.objectives[m]) return a.objectives[m] < b.objectives[m] ? -1 : 1;
  return 0;
}
