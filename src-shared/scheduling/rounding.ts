/**
 * The rule by which rounding errors are forgiven, in one place (resources/docs/simulation.md, "Rounding"): decimal times are not exact
 * in binary, and sums of them differ in their last bits. The kernel has the same rule in engine/kernel/assembly.
 */

/** Share of itself by which a time or a share may differ from another and still count as equal to it. */
export const TOLERANCE = 1e-9;

/** Share of the time itself by which a time may also exceed a multiple of a tick, because the division by the tick rounds, too. */
const DIVISION_TOLERANCE = 1e-15;

/**
 * The first multiple of `tickMs` at or after `timeMs`, always the same double for the same multiple, so that everything that
 * happens at one tick happens at one instant; it may lie below `timeMs` by the tolerance. `timeMs` itself without a tick.
 */
export function roundUpToTick(timeMs: number, tickMs: number): number {
  if (!(tickMs > 0)) return timeMs;
  const ticks = timeMs / tickMs;
  return Math.max(0, Math.ceil(ticks - ticks * DIVISION_TOLERANCE - TOLERANCE)) * tickMs;
}

/** Whether time passes between `fromMs` and a later `toMs`: no more than a rounding error of the time itself, or of a tick, is none. */
export function timePasses(fromMs: number, toMs: number, tickMs: number): boolean {
  return toMs - fromMs > TOLERANCE * Math.max(fromMs, tickMs);
}

/** Whether a response (ms) ends after its deadline (ms, NaN: none). */
export function isLate(responseMs: number, deadlineMs: number): boolean {
  return responseMs > deadlineMs * (1 + TOLERANCE);
}

/** Whether a release at `timeMs` comes before the horizon (ms): what reaches it but for a rounding error does not. */
export function isBeforeHorizon(timeMs: number, horizonMs: number): boolean {
  return timeMs < horizonMs * (1 - TOLERANCE);
}

/** What is left of `whole` without `part`, both ≥ 0; a rest that is a rounding error of the whole is 0. */
export function remainder(whole: number, part: number): number {
  const rest = whole - part;
  return rest > whole * TOLERANCE ? rest : 0;
}
