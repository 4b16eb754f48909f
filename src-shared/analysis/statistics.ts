/** Statistics over groups of runs: quantiles, and the Mann–Whitney test with its effect size. */
import { quantile } from '../scheduling/metrics.ts';

export interface Spread {
  readonly count: number;
  readonly minimum: number;
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
  readonly maximum: number;
  readonly mean: number;
}

/** Five numbers and the mean of `values`; all NaN for none. */
export function spreadOf(values: ArrayLike<number>): Spread {
  // Sorting puts −0 before 0: both are 0 here.
  const sorted = Float64Array.from(values, (value) => value + 0).sort();
  return {
    count: sorted.length,
    minimum: quantile(sorted, 0),
    lowerQuartile: quantile(sorted, 0.25),
    median: quantile(sorted, 0.5),
    upperQuartile: quantile(sorted, 0.75),
    maximum: quantile(sorted, 1),
    mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
  };
}

export interface MannWhitneyResult {
  /** U of the first group: pairs in which its value is the greater, ties counted half. */
  readonly u: number;
  /** Two-sided p-value. */
  readonly p: number;
  /** Whether p was counted over all arrangements (small groups without ties) rather than approximated by a normal distribution. */
  readonly isExact: boolean;
  /** Vargha & Delaney's A: probability that a value of the first group is greater than one of the second, ties counted half; 0.5 is no effect. */
  readonly effect: number;
}

/** Up to this many pairs the distribution of U is counted exactly. */
const MOST_EXACT_PAIRS = 400;

/**
 * Two-sided Mann–Whitney U test of `a` against `b` (Mann & Whitney 1947). Exact by the recurrence of the distribution of U where
 * there are no ties and at most 400 pairs, else the normal approximation with tie and continuity correction. Effect size: Vargha &
 * Delaney 2000. Undefined where a group is empty.
 */
export function mannWhitney(a: ArrayLike<number>, b: ArrayLike<number>): MannWhitneyResult | undefined {
  const first = a.length;
  const second = b.length;
  if (first === 0 || second === 0) return undefined;
  const { rankSum, tieTerm } = rankSumOf(a, b);
  const u = rankSum - (first * (first + 1)) / 2;
  const pairs = first * second;
  const effect = u / pairs;
  if (tieTerm === 0 && pairs <= MOST_EXACT_PAIRS) return { u, p: exactP(u, first, second), isExact: true, effect };
  const n = first + second;
  const variance = (pairs / 12) * (n + 1 - tieTerm / (n * (n - 1)));
  if (!(variance > 0)) return { u, p: 1, isExact: false, effect };
  const z = Math.max(0, Math.abs(u - pairs / 2) - 0.5) / Math.sqrt(variance);
  return { u, p: Math.min(1, 2 * normalTail(z)), isExact: false, effect };
}

/**
 * p-values corrected for their number, so that the chance of any false find among them stays below the level they are
 * compared with (Holm 1979): the k-th smallest of m times m − k + 1, never less than the one before it, at most 1. In
 * the order of `ps`.
 */
export function holmCorrected(ps: readonly number[]): number[] {
  const order = ps.map((_, index) => index).sort((a, b) => ps[a] - ps[b]);
  const corrected = ps.map(() => 0);
  let least = 0;
  order.forEach((index, rank) => {
    least = Math.max(least, Math.min(1, ps[index] * (ps.length - rank)));
    corrected[index] = least;
  });
  return corrected;
}

/** Sum of the mid-ranks of `a` among both groups, and Σ (t³ − t) over groups of t tied values. */
function rankSumOf(a: ArrayLike<number>, b: ArrayLike<number>): { rankSum: number; tieTerm: number } {
  const all = [
    ...Array.from(a, (value) => ({ value, isFirst: true })),
    ...Array.from(b, (value) => ({ value, isFirst: false })),
  ].sort((x, y) => x.value - y.value);
  let rankSum = 0;
  let tieTerm = 0;
  for (let from = 0; from < all.length;) {
    let to = from + 1;
    while (to < all.length && all[to].value === all[from].value) to++;
    const ties = to - from;
    tieTerm += ties ** 3 - ties;
    const rank = (from + 1 + to) / 2;
    for (let i = from; i < to; i++) if (all[i].isFirst) rankSum += rank;
    from = to;
  }
  return { rankSum, tieTerm };
}

/** Share of the arrangements of m and n values whose U is at least as far from the middle: N(u; m, n) = N(u − n; m − 1, n) + N(u; m, n − 1). */
function exactP(u: number, m: number, n: number): number {
  const pairs = m * n;
  // counts[j][k]: arrangements of i values of the first and j of the second group with U = k; i grows row by row.
  let counts: Float64Array[] = Array.from({ length: n + 1 }, () =>
    Float64Array.from({ length: pairs + 1 }, (_, k) => (k === 0 ? 1 : 0)),
  );
  for (let i = 1; i <= m; i++) {
    const next: Float64Array[] = [Float64Array.from({ length: pairs + 1 }, (_, k) => (k === 0 ? 1 : 0))];
    for (let j = 1; j <= n; j++) {
      next.push(Float64Array.from({ length: pairs + 1 }, (_, k) => (k >= j ? counts[j][k - j] : 0) + next[j - 1][k]));
    }
    counts = next;
  }
  const distribution = counts[n];
  const low = Math.min(u, pairs - u);
  let tail = 0;
  let total = 0;
  distribution.forEach((count, k) => {
    total += count;
    if (k <= low) tail += count;
  });
  return Math.min(1, (2 * tail) / total);
}

/** P(Z > z) for z ≥ 0 of the standard normal distribution: Abramowitz & Stegun 1964, 26.2.17, error below 7.5e−8. */
function normalTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  return density * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
}
