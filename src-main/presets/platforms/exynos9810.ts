/** Galaxy S9: a phone with Samsung's Exynos 9810. */
import type { PlatformInput } from '#shared/domain/platform.ts';
import { readTable } from '../data.ts';
import {
  carriedOver,
  clusterPoints,
  commonSources,
  groupsOfFour,
  kirin970Fit,
  sharedMemory,
  source,
} from './cluster.ts';

const { a73, a53, gpu } = kirin970Fit;
const deviceTree = 'Linux device tree of the Exynos 9810 (resources/data/exynos9810)';
const carried = 'efficiencies as fitted for the Kirin 970, see cost-model.md; nothing was measured here';

/** With fewer active cores the big cluster may run faster, so that its schedules weigh cores against frequency. */
const fewerThanFour = [[1, 1, 1], [2, 1], [3], [1, 1], [2], [1]];

export const galaxyS9: PlatformInput = {
  schemaVersion: 1,
  id: 'galaxy-s9',
  name: 'Galaxy S9',
  description:
    'Samsung Exynos 9810: 4 Exynos-M3, whose highest frequency depends on how many of them are active, 4 Cortex-A55 and Mali-G72 MP18 sharing memory; no NPU.',
  provenance: [
    `published: core counts, energy-model costs (${deviceTree}), frequency caps by active cores (AnandTech, review of the Galaxy S9)`,
    'derived: frequencies of the operating points, from the steps of the device tree',
    "assumed: the energy model's costs are mW; power of the GPU; interconnect",
    'assumed: cost models with the efficiencies fitted for the Kirin 970',
    'assumed: the Cortex-A55 run at up to 1950 MHz, the highest step of the device tree; Samsung states 1.9 GHz, and ' +
      'a phone that stops at 1794 MHz has been reported (unverified). Its modelled times hold at 1950 MHz',
    'assumed: no operating point above 2314 MHz, because no published table has its cost; one active core may run at up to 2704 MHz',
  ],
  sources: [
    ...commonSources,
    source(
      'processors',
      'published',
      'Exynos 9810: 4 Exynos-M3, 4 Cortex-A55, Mali-G72 MP18 at 572 MHz, which runs a layer as a whole',
    ),
    source(
      'processors/*/coreConfigurations',
      'derived',
      'all ways to group four cores; of the big cluster fewer, too, which run faster',
    ),
    ...['m3', 'a55'].flatMap((cluster) => [
      source(`processors/${cluster}/operatingPoints/*/frequencyMHz`, 'derived', `steps of the ${deviceTree}`),
      ...['activePowerMW', 'clusterPowerMW'].map((field) =>
        source(
          `processors/${cluster}/operatingPoints/*/${field}`,
          'assumed',
          `${deviceTree}: costs of the energy model, which have no unit, read as mW`,
        ),
      ),
    ]),
    source(
      'processors/gpu/operatingPoints/*/activePowerMW',
      'assumed',
      'a power that a phone can dissipate for a while',
    ),
    source('processors/gpu/operatingPoints/*/clusterPowerMW', 'assumed', 'part of the active power'),
    source('processors/*/nominalFrequencyMHz', 'derived', 'the highest operating point'),
    source(
      'processors/a55/nominalFrequencyMHz',
      'assumed',
      'the highest step of the device tree; that phones reach it is unverified',
    ),
    source('processors/*/groupSpeedup', 'assumed', "as of the Kirin 970's A73"),
    source('processors/*/frequencyScaling', 'assumed', 'as of the Kirin 970'),
    source('processors/*/costModel', 'assumed', carried),
    source(
      'processors/*/costModel/bandwidthMBps',
      'assumed',
      'share of the 28.7 GB/s of LPDDR4X-3588 that one processor reaches',
    ),
    source(
      'processors/m3/costModel/rates/fp32/peakGMACPerS',
      'derived',
      'three 128-bit pipelines (Hot Chips 2018), 12 multiply-accumulates of 32 bits per cycle, at 2314 MHz',
    ),
    source(
      'processors/m3/costModel/rates/int8/peakGMACPerS',
      'derived',
      'twice as many multiply-accumulates of 8 bits per cycle as of 32 bits',
    ),
    source(
      'processors/a55/costModel/rates/fp32/peakGMACPerS',
      'assumed',
      '2 multiply-accumulates of 32 bits per cycle at 1950 MHz, as assumed of the A53',
    ),
    source(
      'processors/gpu/costModel/rates/fp16/peakGMACPerS',
      'derived',
      '18 cores × 3 engines × 4 lanes × 2 halves of 16 bits at 572 MHz',
    ),
    source(
      'frequencyCaps',
      'published',
      'AnandTech, review of the Galaxy S9: highest frequency of the big cluster by active cores',
    ),
  ],
  processors: [
    {
      id: 'm3',
      name: 'Exynos-M3',
      kind: 'cpu',
      coreCount: 4,
      executionTimeKey: 'exynos9810-m3',
      operatingPoints: clusterPoints('exynos9810/opp_m3.csv'),
      nominalFrequencyMHz: 2314,
      frequencyScaling: a73.frequencyScaling,
      idlePowerMW: 40,
      offPowerMW: 0,
      maxUtilization: 0.9,
      coreConfigurations: [...groupsOfFour, ...fewerThanFour],
      groupSpeedup: a73.groupSpeedup,
      costModel: carriedOver(a73.costModel, { peakGMACPerS: 27.77, bandwidthMBps: 12000 }),
    },
    {
      id: 'a55',
      name: 'Cortex-A55',
      kind: 'cpu',
      coreCount: 4,
      executionTimeKey: 'exynos9810-a55',
      operatingPoints: clusterPoints('exynos9810/opp_a55.csv'),
      nominalFrequencyMHz: 1950,
      frequencyScaling: a53.frequencyScaling,
      idlePowerMW: 8,
      offPowerMW: 0,
      maxUtilization: 0.9,
      coreConfigurations: groupsOfFour,
      groupSpeedup: a53.groupSpeedup,
      costModel: carriedOver(a53.costModel, { peakGMACPerS: 3.9, bandwidthMBps: 4000 }),
    },
    {
      id: 'gpu',
      name: 'Mali-G72 MP18',
      kind: 'gpu',
      executionTimeKey: 'exynos9810-gpu',
      operatingPoints: [{ frequencyMHz: 572, activePowerMW: 3500 }],
      frequencyScaling: gpu.frequencyScaling,
      idlePowerMW: 100,
      costModel: carriedOver(gpu.costModel, {
        peakGMACPerS: 247.1,
        bandwidthMBps: 14000,
        halfRateElements: (gpu.costModel.halfRateElements * 18) / 12,
      }),
    },
  ],
  interconnect: {
    default: sharedMemory,
    links: [
      { from: 'm3', to: 'a55', latencyMs: 0.01 },
      { from: 'a55', to: 'm3', latencyMs: 0.01 },
    ],
  },
  frequencyCaps: readTable('exynos9810/frequency_caps.csv', ['active_big_cores', 'max_frequency_mhz']).map((row) => ({
    processor: 'm3',
    activeCores: row.number('active_big_cores'),
    maxFrequencyMHz: row.number('max_frequency_mhz'),
  })),
};
