/** Requests of MIDAP to its DRAM: how long until the first byte, and how long for all of them. */
import type { Dram } from './model.ts';

/**
 * Cycles from a request of `bytes` until its first byte: opening the first page, those that follow, and refreshes. The two ways of
 * counting are those of cap-lab/MidapSim (`EXACT` and `WORST`), with its rounding.
 */
export function requestCycles(bytes: number, dram: Dram): number {
  const { baseCycles, pageCycles, pageBytes, refreshCycles, refreshBytes, firstPageBytes, firstRefreshBytes } = dram;
  if (dram.counting === 'worst')
    return Math.ceil(
      baseCycles + pageCycles * Math.floor(bytes / pageBytes) + refreshCycles * Math.ceil(bytes / refreshBytes),
    );
  const pages = Math.ceil(Math.max(0, bytes - firstPageBytes) / pageBytes);
  const refreshes = Math.ceil(Math.max(0, bytes - firstRefreshBytes) / refreshBytes);
  return Math.ceil(baseCycles + pageCycles * pages) + Math.ceil(refreshCycles * refreshes);
}

/** Cycles that `bytes` take on the bus. */
export function transferCycles(bytes: number, { bytesPerCycle }: Dram): number {
  return Math.ceil(bytes / bytesPerCycle);
}
