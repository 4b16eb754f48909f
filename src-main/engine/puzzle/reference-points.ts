/**
 * Survival by reference points: NSGA-III, Deb & Jain, "An evolutionary many-objective optimization algorithm using
 * reference-point-based nondominated sorting approach, part I", IEEE TEC 18(4) (2014). Where it draws by chance, the first is taken here.
 */
import { nonDominatedFronts } from '#shared/analysis/pareto.ts';
import type { Judged } from '../search-space.ts';

/** Weight of the other objectives in the scalarising function that finds extreme points. */
const SMALL_WEIGHT = 1e-6;
/** Below this range an objective says nothing. */
const LEAST_RANGE = 1e-12;

/**
 * Points on the unit simplex in `dimensions` objectives, at most about `count` (at least one for each objective): the largest lattice of Das &
 * Dennis (1998) that fits, and, where it has no point within, a second one halfway to the centre (section III-B there).
 */
export function referencePoints(dimensions: number, count: number): readonly Float64Array[] {
  let divisions = 1;
  while (latticeSize(dimensions, divisions + 1) <= count) {
    divisions++;
    if (dimensions === 1) break;
  }
  const outer = lattice(dimensions, divisions);
  if (divisions >= dimensions || dimensions === 1) return outer;
  let inner = 0;
  while (inner + 1 <= divisions && outer.length + latticeSize(dimensions, inner + 1) <= count) inner++;
  const centre = 1 / dimensions;
  return inner === 0
    ? outer
    : [...outer, ...lattice(dimensions, inner).map((point) => point.map((value) => (value + centre) / 2))];
}

/** Binomial of dimensions + divisions − 1 over divisions. */
function latticeSize(dimensions: number, divisions: number): number {
  let size = 1;
  for (let i = 1; i <= divisions; i++) size = (size * (dimensions - 1 + i)) / i;
  return size;
}

function lattice(dimensions: number, divisions: number): Float64Array[] {
  const points: Float64Array[] = [];
  const point = new Float64Array(dimensions);
  const fill = (dimension: number, left: number): void => {
    if (dimension === dimensions - 1) {
      point[dimension] = left / divisions;
      points.push(point.slice());
      return;
    }
    for (let share = 0; share <= left; share++) {
      point[dimension] = share / divisions;
      fill(dimension + 1, left - share);
    }
  };
  fill(0, divisions);
  return points;
}

/** The `count` best of `candidates`: whole fronts, and of the last one those whose reference points have the fewest members. Best first. */
export function referenceSurvivors(
  candidates: readonly Judged[],
  count: number,
  points: readonly Float64Array[],
): Judged[] {
  const seen = new Set<string>();
  const distinct = candidates.filter(({ objectives, violation }) => {
    const key = `${Array.from(objectives).join()};${violation}`;
    return seen.has(key) ? false : seen.add(key);
  });
  const fronts = nonDominatedFronts(distinct);
  const chosen: number[] = [];
  let next = 0;
  while (next < fronts.length && chosen.length + fronts[next].length <= count) chosen.push(...fronts[next++]);
  if (next < fronts.length && chosen.length < count) {
    const last = fronts[next];
    const places = [...chosen, ...last];
    const { nearest, distance } = associate(
      places.map((index) => distinct[index]),
      places.slice(0, fronts[0].length),
      points,
    );
    chosen.push(...niche(last, chosen.length, count - chosen.length, nearest, distance, points.length));
  }
  return chosen.map((index) => distinct[index]);
}

/** `wanted` of `last`, whose positions begin at `first` in `nearest`. */
function niche(
  last: readonly number[],
  first: number,
  wanted: number,
  nearest: Int32Array,
  distance: Float64Array,
  pointCount: number,
): number[] {
  const members = new Int32Array(pointCount);
  for (let place = 0; place < first; place++) members[nearest[place]]++;
  const waiting = Array.from({ length: pointCount }, (): number[] => []);
  last.forEach((_, place) => waiting[nearest[first + place]].push(place));
  for (const places of waiting) places.sort((a, b) => distance[first + a] - distance[first + b] || a - b);
  const picked: number[] = [];
  while (picked.length < wanted) {
    let point = -1;
    for (let other = 0; other < pointCount; other++)
      if (waiting[other].length > 0 && (point < 0 || members[other] < members[point])) point = other;
    const place = waiting[point].shift();
    if (place === undefined) break;
    picked.push(last[place]);
    members[point]++;
  }
  return picked;
}

/** [n] the nearest reference line of each of `judged`, and how far it is, in objectives that are normalised as in section IV-C. */
function associate(
  judged: readonly Judged[],
  firstFront: readonly number[],
  points: readonly Float64Array[],
): { readonly nearest: Int32Array; readonly distance: Float64Array } {
  const M = judged[0].objectives.length;
  const ideal = Array.from({ length: M }, (_, m) =>
    judged.reduce((least, { objectives }) => Math.min(least, objectives[m]), Number.POSITIVE_INFINITY),
  );
  const moved = judged.map(({ objectives }) => Array.from({ length: M }, (_, m) => objectives[m] - ideal[m]));
  const scale = intercepts(moved, firstFront.length, M);
  const nearest = new Int32Array(judged.length);
  const distance = new Float64Array(judged.length);
  const squares = points.map((point) => point.reduce((sum, value) => sum + value * value, 0));
  moved.forEach((vector, index) => {
    let best = Number.POSITIVE_INFINITY;
    points.forEach((point, at) => {
      let along = 0;
      for (let m = 0; m < M; m++) along += (vector[m] / scale[m]) * point[m];
      along /= squares[at];
      let squared = 0;
      for (let m = 0; m < M; m++) squared += (vector[m] / scale[m] - along * point[m]) ** 2;
      if (squared < best) {
        best = squared;
        nearest[index] = at;
      }
    });
    distance[index] = best;
  });
  return { nearest, distance };
}

/** Where the plane through the extreme points meets each axis; where there is no such plane, the largest value of the first front. */
function intercepts(moved: readonly (readonly number[])[], firstFront: number, M: number): number[] {
  const largest = Array.from({ length: M }, (_, m) => {
    let most = 0;
    for (let i = 0; i < firstFront; i++) most = Math.max(most, moved[i][m]);
    return most > LEAST_RANGE ? most : 1;
  });
  const extremes = Array.from({ length: M }, (_, axis) => {
    const reach = (vector: readonly number[]): number =>
      vector.reduce((most, value, m) => Math.max(most, m === axis ? value : value / SMALL_WEIGHT), 0);
    return moved.reduce((least, vector) => (reach(vector) < reach(least) ? vector : least));
  });
  const solution = solve(extremes.map((vector) => [...vector, 1]));
  if (solution === undefined) return largest;
  const found = solution.map((value) => 1 / value);
  return found.every((value) => Number.isFinite(value) && value > LEAST_RANGE) ? found : largest;
}

/** Solves M linear equations given as rows of M coefficients and the right side; undefined where there is no single solution. */
function solve(rows: number[][]): number[] | undefined {
  const M = rows.length;
  for (let column = 0; column < M; column++) {
    let pivot = column;
    for (let row = column + 1; row < M; row++)
      if (Math.abs(rows[row][column]) > Math.abs(rows[pivot][column])) pivot = row;
    if (Math.abs(rows[pivot][column]) <= LEAST_RANGE) return undefined;
    [rows[column], rows[pivot]] = [rows[pivot], rows[column]];
    for (let row = 0; row < M; row++) {
      if (row === column) continue;
      const factor = rows[row][column] / rows[column][column];
      for (let m = column; m <= M; m++) rows[row][m] -= factor * rows[column][m];
    }
  }
  return rows.map((row, m) => row[M] / row[m]);
}
