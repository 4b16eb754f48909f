/** The median of several runs and how far they lie apart. */
import type { Spread } from '#shared/domain/profile.ts';

/** @returns undefined of no values; no spread of a single one. Quantiles by linear interpolation (Hyndman & Fan 1996, type 7). */
export function spreadOf(values: readonly number[]): { readonly median: number; readonly spread?: Spread } | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const [low, high] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
    return low + (high - low) * (place - Math.floor(place));
  };
  const median = at(0.5);
  if (sorted.length === 1) return { median };
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const variance = sorted.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / (sorted.length - 1);
  return {
    median,
    spread: { stdMs: Math.sqrt(variance), minMs: at(0), maxMs: at(1), p10Ms: at(0.1), p90Ms: at(0.9) },
  };
}
