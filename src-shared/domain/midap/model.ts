/**
 * The parameters of MIDAP, an NPU with a wide feature memory and a 1-D array of multiplier groups (CIMs), whose DRAM traffic is hidden
 * behind computing. The times that follow from them: `network-times.ts`; for users: resources/docs/cost-model.md.
 */
import { z } from 'zod';
import { nonNegative, positive, wholePositive } from '../common.ts';

const dramSchema = z.strictObject({
  bytesPerCycle: positive.describe('Bytes the bus moves in a cycle'),
  counting: z
    .enum(['exact', 'worst'])
    .describe(
      'How pages and refreshes of a request are counted: as they come in the mean, or with a refresh in every request',
    ),
  baseCycles: nonNegative.describe('Cycles until the first byte of a request'),
  pageBytes: wholePositive.describe('Bytes after which another page is opened'),
  pageCycles: nonNegative.describe('Cycles for each further page'),
  firstPageBytes: nonNegative.default(0).describe('Bytes that need no further page (counting exact)'),
  refreshBytes: wholePositive.describe('Bytes after which there is a refresh'),
  refreshCycles: nonNegative.describe('Cycles of a refresh'),
  firstRefreshBytes: nonNegative.default(0).describe('Bytes that meet no refresh (counting exact)'),
});

/** Without `kind` and `references`, which it shares with other cost models (cost-model.ts). */
export const midapFields = {
  clockMHz: positive.describe('Clock at which cycles become time, MHz'),
  rowBytes: wholePositive.describe('Bytes of one row that is read and multiplied in a cycle; an element is one byte'),
  filtersAtOnce: wholePositive.describe('Filters that are computed at the same time (CIMs)'),
  drainCycles: nonNegative.describe('Cycles that the pipeline takes to drain after a layer'),
  imageChannels: nonNegative.describe(
    'Convolutions wider than 1 × 1 over at most so many channels are unrolled in DRAM (im2col)',
  ),
  featureBanks: wholePositive.max(1024).describe('Banks of the feature memory'),
  featureBankBytes: wholePositive.describe('Bytes of a bank of the feature memory'),
  dram: dramSchema,
};

const midapParameters = z.strictObject(midapFields);
export type MidapParameters = z.output<typeof midapParameters>;
export type Dram = MidapParameters['dram'];
