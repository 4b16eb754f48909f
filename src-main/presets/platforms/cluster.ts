/** What the presets of real devices share: CPU clusters from tables of operating points, fitted cost models, and sources of numbers. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { rooflineSchema, type RooflineModel, type RooflineModelInput } from '#shared/domain/cost-model.ts';
import type { PlatformInput } from '#shared/domain/platform.ts';
import type { Source, SourceKind } from '#shared/domain/sources.ts';
import { readTable } from '../data.ts';
import { fitFile, type FittedProcessor } from '../fit/kirin970.ts';

export type ProcessorInput = PlatformInput['processors'][number];
type OperatingPointInput = NonNullable<ProcessorInput['operatingPoints']>[number];

const fitSchema = z.record(
  z.enum(['a73', 'a53', 'gpu', 'npu'] satisfies FittedProcessor[]),
  z.object({
    costModel: rooflineSchema,
    frequencyScaling: z.number(),
    groupSpeedup: z.record(z.string(), z.number()).optional(),
    leaveOneOut: z.array(z.object({ network: z.string(), modelledMs: z.number() })),
  }),
);

/** What the fit to measured networks found for the Kirin 970, from resources/data/cost-model. */
export const kirin970Fit = fitSchema.parse(JSON.parse(readFileSync(fitFile, 'utf8')));

/** All ways to group four cores of a cluster. */
export const groupsOfFour = [[1, 1, 1, 1], [2, 1, 1], [2, 2], [3, 1], [4]];

/** Operating points of a CPU cluster: the energy model's costs are read as mW. */
export function clusterPoints(table: string): OperatingPointInput[] {
  return readTable(table, ['frequency_mhz', 'core_busy_cost', 'cluster_busy_cost']).map((row) => ({
    frequencyMHz: row.number('frequency_mhz'),
    activePowerMW: row.number('core_busy_cost'),
    clusterPowerMW: row.number('cluster_busy_cost'),
  }));
}

export function source(path: string, kind: SourceKind, text: string): Source {
  return { path, kind, source: text };
}

/**
 * A cost model without what it was held against: for another processor than the one that was measured.
 * @param changes.peakGMACPerS of the first rate; those of other types keep their ratio to it
 */
export function carriedOver(
  model: RooflineModel,
  changes: { readonly peakGMACPerS: number; readonly bandwidthMBps: number; readonly halfRateElements?: number },
): RooflineModelInput {
  const { peakGMACPerS, bandwidthMBps, halfRateElements = model.halfRateElements } = changes;
  return {
    overheadMs: model.overheadMs,
    bandwidthMBps,
    halfRateElements,
    rates: model.rates.map((rate, index) => ({
      ...rate,
      peakGMACPerS: index === 0 ? peakGMACPerS : (peakGMACPerS * rate.peakGMACPerS) / model.rates[0].peakGMACPerS,
    })),
  };
}

/** Links of a device whose processors share one DRAM. */
export const sharedMemory: NonNullable<PlatformInput['interconnect']>['default'] = {
  latencyMs: 0.05,
  bandwidthMBps: 5000,
  energyPJPerByte: 40,
};

/** Sources that hold for every device here. */
export const commonSources: readonly Source[] = [
  source(
    'interconnect',
    'assumed',
    'processors share DRAM; latency of cache maintenance and driver calls, a copy at 5 GB/s, 40 pJ per byte of LPDDR4X',
  ),
  source('processors/*/maxUtilization', 'assumed', 'a tenth of each core is left to the system'),
  source('processors/*/idlePowerMW', 'assumed', 'a few percent of the power at the highest operating point'),
  source('processors/*/offPowerMW', 'assumed', 'leakage of a powered-off core is neglected'),
  source('processors/*/basePerformance', 'derived', '1: times are of this very processor'),
];
