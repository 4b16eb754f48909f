/** The standard deviation that a stated spread comes to. */
import type { Spread } from './profile.ts';

/** Width of the middle 80 % of a normal distribution, in standard deviations. */
const WIDTH_OF_MIDDLE_80 = 2.563;

/** Standard deviation of one time, ms: as stated, else from the quantiles of a normal distribution, else a quarter of the range; undefined where nothing is known. */
export function deviationOf({ stdMs, p10Ms, p90Ms, minMs, maxMs }: Spread): number | undefined {
  if (stdMs !== undefined) return stdMs;
  if (p10Ms !== undefined && p90Ms !== undefined) return (p90Ms - p10Ms) / WIDTH_OF_MIDDLE_80;
  return minMs === undefined || maxMs === undefined ? undefined : (maxMs - minMs) / 4;
}
