/** Pareto comparison of objective vectors, all minimised: domination with constraints, fronts, crowding (Deb et al. 2002). */

export type ObjectiveVector = ArrayLike<number>;

/** An objective vector with how much it violates constraints: 0 is feasible. */
export interface JudgedPoint {
  readonly objectives: ObjectiveVector;
  readonly violation: number;
}

/** Whether `a` is at least as good as `b` in every objective and better in one. */
export function dominates(a: ObjectiveVector, b: ObjectiveVector): boolean {
  let isBetter = false;
  for (let m = 0; m < a.length; m++) {
    if (a[m] > b[m]) return false;
    if (a[m] < b[m]) isBetter = true;
  }
  return isBetter;
}

/** Constraint domination (Deb et al. 2002, definition 1): feasible before infeasible, less violation before more, then the objectives. */
export function constraintDominates(a: JudgedPoint, b: JudgedPoint): boolean {
  if (a.violation > 0 || b.violation > 0) return a.violation < b.violation;
  return dominates(a.objectives, b.objectives);
}

/**
 * Indexes of `points` by front: the first holds those that no point dominates, the second those that only points of the first
 * dominate, and so on; ascending within a front. These are the fronts of Deb et al. 2002, section III-A, found by sequential
 * insertion (ENS-SS; Zhang et al. 2015): O(M·N²) time at worst, O(N) memory.
 */
export function nonDominatedFronts(points: readonly JudgedPoint[]): number[][] {
  // Nothing is dominated by what comes after it in this order.
  const order = points.map((_, index) => index).sort((a, b) => compareForInsertion(points[a], points[b]) || a - b);
  const fronts: number[][] = [];
  for (const index of order) {
    const point = points[index];
    const front = fronts.find((members) => !isDominatedByAny(members, points, point));
    if (front === undefined) fronts.push([index]);
    else front.push(index);
  }
  for (const front of fronts) front.sort((a, b) => a - b);
  return fronts;
}

/**
 * [front.length] crowding distance of each of `front` (Deb et al. 2002, section III-B): the sum over objectives of the distance
 * between its two neighbours, relative to the front's range; infinite at the ends of each objective. Larger is less crowded.
 */
export function crowdingDistances(
  points: readonly { readonly objectives: ObjectiveVector }[],
  front: readonly number[],
): Float64Array {
  const distances = new Float64Array(front.length);
  const objectiveCount = front.length > 0 ? points[front[0]].objectives.length : 0;
  for (let m = 0; m < objectiveCount; m++) {
    const value = (position: number): number => points[front[position]].objectives[m];
    const order = front.map((_, position) => position).sort((a, b) => value(a) - value(b) || a - b);
    const [lowest] = order;
    const highest = order[order.length - 1];
    distances[lowest] = Number.POSITIVE_INFINITY;
    distances[highest] = Number.POSITIVE_INFINITY;
    const range = value(highest) - value(lowest);
    if (!(range > 0)) continue;
    for (let i = 1; i < order.length - 1; i++)
      distances[order[i]] += (value(order[i + 1]) - value(order[i - 1])) / range;
  }
  return distances;
}

/** From less violation to more, then by the objectives from the first on. */
function compareForInsertion(a: JudgedPoint, b: JudgedPoint): number {
  if (a.violation !== b.violation) return a.violation < b.violation ? -1 : 1;
  for (let m = 0; m < a.objectives.length; m++) {
    if (a.objectives[m] !== b.objectives[m]) return a.objectives[m] < b.objectives[m] ? -1 : 1;
  }
  return 0;
}

/** The latest member first: it is the one most like the point. */
function isDominatedByAny(members: readonly number[], points: readonly JudgedPoint[], point: JudgedPoint): boolean {
  for (let i = members.length - 1; i >= 0; i--) if (constraintDominates(points[members[i]], point)) return true;
  return false;
}
