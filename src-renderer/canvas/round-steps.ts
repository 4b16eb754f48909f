/** Round distances between the ticks of an axis. */

/**
 * The least of `factors` × 10ⁿ that is not below `least` > 0; a shortfall by rounding alone is none.
 * @param factors ascending, from 1 to below 10
 */
export function roundStep(least: number, factors: readonly number[] = [1, 2, 5]): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * (factors.find((factor) => factor * power >= least * (1 - 1e-9)) ?? 10);
}

/** The multiples of `step` from `low` to `high`; an end that is one but for rounding counts. */
export function multiplesWithin(low: number, high: number, step: number): number[] {
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step);
}
