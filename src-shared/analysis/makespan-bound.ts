/** The best lower bound of a makespan that is known for a problem, how it was found, and how far a schedule is from it. */
import type { BoundMethod, MakespanBound, Solution } from '../domain/run.ts';
import type { Problem } from '../scheduling/problem.ts';
import { TOLERANCE } from '../scheduling/rounding.ts';
import { certainProblem } from './certain-problem.ts';
import { defaultsAreFastest } from './fastest-choices.ts';
import { lowerBound } from './lower-bound.ts';

/** What each method argues from, in words. */
export const boundMethodNames: Readonly<Record<BoundMethod, string>> = {
  critical_path: 'critical path',
  load: 'work over all processors',
  milp: 'integer program',
  energetic: 'work in intervals of time',
  relaxation: 'integer program without an order',
  chuffed: 'constraint programming: Chuffed',
  external: 'the word of the external scheduler, not proven here',
  cp_sat: 'the word of CP-SAT, not proven here',
};

/**
 * The bound over every schedule that a genome of `problem` can encode, as far as it is there at once; undefined
 * where none says anything, because no layer takes
 * any time. O(tasks × processors) a few hundred times: for a moment's wait with thousands of layers, so not in a window's own thread.
 */
export function quickBound(problem: Problem): MakespanBound | undefined {
  if (!hasBounds(problem)) return undefined;
  const { criticalPathMs, loadMs, makespanMs } = lowerBound(problem);
  if (!(makespanMs > 0)) return undefined;
  return {
    makespanMs,
    method: loadMs > criticalPathMs ? 'load' : 'critical_path',
    lastReleaseMs: lastReleaseOf(problem),
  };
}

/**
 * Whether lower bounds from the times of tasks hold for every genome of `problem`: not where genes join layers, since a subgraph may take
 * less than its layers.
 */
export function hasBounds({ layout }: Problem): boolean {
  return layout.offsetOf.partition === undefined;
}

/**
 * What a search proved of its best, as a bound of `problem`. It proves it for default frequencies and active cores only: undefined
 * where another choice that a genome has could be faster, or where it proved nothing.
 */
export function provenBound(
  problem: Problem,
  { makespanBoundMs: provenMs, boundBy }: Pick<Solution, 'makespanBoundMs' | 'boundBy'> = {},
): MakespanBound | undefined {
  if (provenMs === undefined || !(provenMs > 0) || !defaultsAreFastest(problem)) return undefined;
  return {
    makespanMs: provenMs,
    method: boundBy === 'chuffed' ? boundBy : 'milp',
    lastReleaseMs: lastReleaseOf(problem),
  };
}

/**
 * What an external scheduler says of its best, beside what is proven: undefined where it says nothing, or what a schedule refutes.
 * @param makespanMs of the best schedule
 */
export function claimedBound(
  problem: Problem,
  { externalBoundMs, boundBy, metrics }: Pick<Solution, 'externalBoundMs' | 'boundBy' | 'metrics'>,
): MakespanBound | undefined {
  if (
    externalBoundMs === undefined ||
    !(externalBoundMs > 0) ||
    !contradictsNothing(externalBoundMs, metrics.makespanMs)
  )
    return undefined;
  return {
    makespanMs: externalBoundMs,
    method: boundBy === 'cp_sat' ? boundBy : 'external',
    lastReleaseMs: lastReleaseOf(problem),
  };
}

/** Whose word a bound is that nothing here has proven; undefined for a proven one. */
export function claimantOf({ method }: Pick<MakespanBound, 'method'>): string | undefined {
  if (method === 'external') return 'the external scheduler';
  return method === 'cp_sat' ? 'CP-SAT' : undefined;
}

/** Whether a bound does not contradict a schedule of `makespanMs`, up to rounding. */
function contradictsNothing(boundMs: number, makespanMs: number): boolean {
  return boundMs <= makespanMs * (1 + TOLERANCE);
}

/** The highest of some bounds of one problem, the first among equals; undefined where there is none. */
export function bestKnownBound(...bounds: readonly (MakespanBound | undefined)[]): MakespanBound | undefined {
  return bounds.reduce(
    (best, bound) => (bound !== undefined && (best === undefined || bound.makespanMs > best.makespanMs) ? bound : best),
    undefined,
  );
}

function lastReleaseOf(problem: Problem): number {
  return certainProblem(problem).instanceReleaseMs.reduce((last, release) => Math.max(last, release), 0);
}

/** How far a schedule is from a bound. */
export interface BoundDistance {
  /** Never above the makespan. */
  readonly bound: MakespanBound;
  /** makespan / bound − 1, at least 0. */
  readonly gap: number;
  /** Whether no schedule is better, up to a rounding error (`isProvenGap`); never by the word of an external scheduler. */
  readonly isProven: boolean;
}

/** A solver's bound may lie above the makespan by its tolerances: then it counts as the makespan. */
export function distanceFrom(bound: MakespanBound, makespanMs: number): BoundDistance {
  const gap = gapAbove(bound.makespanMs, makespanMs);
  return {
    bound: { ...bound, makespanMs: Math.min(bound.makespanMs, makespanMs) },
    gap,
    isProven: claimantOf(bound) === undefined && isProvenGap(gap),
  };
}

/**
 * The distance in words: "at most 4.2 % above the optimum: the lower bound is 17 ms (…)", or that it is optimal.
 * @param ms writes a time, in ms, with its unit @param percent writes a share
 */
export function distanceText(
  { bound, gap, isProven }: BoundDistance,
  ms: (value: number) => string,
  percent: (share: number) => string,
): string {
  const release = bound.lastReleaseMs > 0 ? `; ${ms(bound.lastReleaseMs)} pass before the last release` : '';
  const claimant = claimantOf(bound);
  const share = claimant === undefined ? 'at most' : `by ${claimant} at most`;
  const distance = isProven
    ? 'optimal (proven): equal to the lower bound of'
    : `${share} ${percent(gap)} above the optimum: the lower bound is`;
  return `${distance} ${ms(bound.makespanMs)} (${boundMethodNames[bound.method]})${release}`;
}

/** The one rule for "optimal": a gap, as a share, that is nothing but rounding, so that no schedule is better. */
export function isProvenGap(gap: number): boolean {
  return gap <= TOLERANCE;
}

/** Whether a schedule of `makespanMs` is as good as any can be by a bound, also a solver's, by the same rule. */
export function attainsBound(makespanMs: number, boundMs: number): boolean {
  return makespanMs <= boundMs || isProvenGap(gapAbove(boundMs, makespanMs));
}

function gapAbove(boundMs: number, makespanMs: number): number {
  return Math.max(0, makespanMs / boundMs - 1);
}

/** How far the best of a listed run is above its bound, per cent; undefined where either is not known. */
export function gapPercentOf({
  bestMetrics,
  boundMs,
}: {
  readonly bestMetrics?: { readonly makespanMs: number } | undefined;
  readonly boundMs?: number | undefined;
}): number | undefined {
  return bestMetrics === undefined || boundMs === undefined
    ? undefined
    : gapAbove(boundMs, bestMetrics.makespanMs) * 100;
}
