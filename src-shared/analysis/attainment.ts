/** Summaries of Pareto fronts in two objectives: empirical attainment over several runs, and the knee of one front. */

/** A point in two objectives, both minimised. */
export interface FrontPoint {
  readonly x: number;
  readonly y: number;
}

/** Points that no other dominates, by ascending x (and so descending y); equal points once. */
export function nonDominated(points: readonly FrontPoint[]): FrontPoint[] {
  const sorted = points.toSorted((a, b) => a.x - b.x || a.y - b.y);
  const front: FrontPoint[] = [];
  for (const point of sorted) if (front.length === 0 || point.y < front[front.length - 1].y) front.push(point);
  return front;
}

/**
 * The corners of the region that at least `count` of `fronts` attain: for each x, the smallest y that so many fronts reach at or left
 * of x (Fonseca & Fleming 1996; the k-th attainment surface of Grunert da Fonseca et al. 2001). Empty where fewer reach anything.
 */
export function attainmentSurface(fronts: readonly (readonly FrontPoint[])[], count: number): FrontPoint[] {
  const reduced = fronts.map(nonDominated);
  const xs = [...new Set(reduced.flatMap((front) => front.map((point) => point.x)))].sort((a, b) => a - b);
  const position = reduced.map(() => -1);
  const surface: FrontPoint[] = [];
  for (const x of xs) {
    const reached: number[] = [];
    reduced.forEach((front, i) => {
      while (position[i] + 1 < front.length && front[position[i] + 1].x <= x) position[i]++;
      if (position[i] >= 0) reached.push(front[position[i]].y);
    });
    if (reached.length < count) continue;
    reached.sort((a, b) => a - b);
    const y = reached[count - 1];
    if (surface.length === 0 || y < surface[surface.length - 1].y) surface.push({ x, y });
  }
  return surface;
}

/**
 * Index of the knee of `front`: the point farthest below the line between its two ends, both objectives scaled to their ranges
 * (Das 1999, "normal boundary" knee). Undefined for fewer than three points or where none lies below the line.
 */
export function kneeOf(front: readonly FrontPoint[]): number | undefined {
  if (front.length < 3) return undefined;
  const order = front.map((_, index) => index).sort((a, b) => front[a].x - front[b].x || front[b].y - front[a].y);
  const left = front[order[0]];
  const right = front[order[order.length - 1]];
  const width = right.x - left.x;
  const height = left.y - right.y;
  if (!(width > 0) || !(height > 0)) return undefined;
  let best: number | undefined;
  let farthest = 0;
  for (const index of order) {
    // 1 on the line from (0, 1) to (1, 0); less is towards the ideal point.
    const depth = 1 - ((front[index].x - left.x) / width + (front[index].y - right.y) / height);
    if (depth > farthest) {
      farthest = depth;
      best = index;
    }
  }
  return best;
}
