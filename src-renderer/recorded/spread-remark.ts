/** A schedule whose gain is smaller than the spread of the times it was computed with, in words. */
import { gainWithinSpread, scheduleSpreadMs } from '#shared/analysis/time-spread.ts';
import { formatNumber } from '../format.ts';
import type { Schedule } from './schedule-of.ts';

/**
 * Undefined where none of its times has a spread, or the gain in makespan is larger.
 * @param baselineMs makespan of the baseline, ms
 * @param baseline what it is called
 */
export function spreadRemark(
  { problem, assignment, metrics }: Schedule,
  baselineMs: number | undefined,
  baseline: string,
): string | undefined {
  if (baselineMs === undefined) return undefined;
  return gainWithinSpread(
    baselineMs - metrics.makespanMs,
    scheduleSpreadMs(problem, assignment.peOfTask, problem.layerwise),
    baseline,
    (ms) => `${formatNumber(ms)} ms`,
  );
}
