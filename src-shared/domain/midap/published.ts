/**
 * The parameters of MIDAP as its simulator was configured for S3NAS: cap-lab/MidapSim 8f82a21 (MIT licence), level 2, 1 GHz, DRAM latency
 * EXACT. Pages and refreshes are counted as its code does.
 */
import type { MidapParameters } from './model.ts';

export const publishedMidap: MidapParameters = {
  clockMHz: 1000,
  rowBytes: 64,
  filtersAtOnce: 16,
  drainCycles: 6,
  imageChannels: 3,
  featureBanks: 4,
  featureBankBytes: 262_144,
  dram: {
    bytesPerCycle: 25,
    counting: 'exact',
    baseCycles: 41.25,
    pageBytes: 8192,
    pageCycles: 14.625,
    firstPageBytes: 3584,
    refreshBytes: 89_856,
    refreshCycles: 235,
    firstRefreshBytes: 94_976,
  },
};
