/** How many runs search at the same time, and with how many threads each. */
import type { Execution } from '../../processes/protocol.ts';

/** Runs slowed down to be watched that go on alongside the others without a place of their own: they hardly compute. */
const MOST_WATCHED = 4;
/** The fastest pace that is one for watching, generations a second. */
const FASTEST_WATCHED = 100;

/**
 * Whether another run can start alongside those that run: one that is slowed down also where all places are taken, as
 * long as there are few of these.
 * @param most runs that search at the same time
 */
export function hasPlace(running: readonly Execution[], next: Execution, most: number): boolean {
  const watched = running.filter(isSlowed).length;
  const computing = running.length - Math.min(watched, MOST_WATCHED);
  return computing < most || (isSlowed(next) && watched < MOST_WATCHED);
}

/** Threads for each of `runs` runs (at least one) that share the cores. */
export function coresForEach(cores: number, runs: number): number {
  return Math.max(1, Math.floor(cores / runs));
}

/** Slowed down to be watched. */
function isSlowed({ paceGenerationsPerS }: Execution): boolean {
  return paceGenerationsPerS !== undefined && paceGenerationsPerS <= FASTEST_WATCHED;
}
