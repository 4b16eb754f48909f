/** HiKey970: a board with HiSilicon's Kirin 970. */
import type { PlatformInput } from '#shared/domain/platform.ts';
import { readTable } from '../data.ts';
import { clusterPoints, commonSources, groupsOfFour, kirin970Fit, sharedMemory, source } from './cluster.ts';

const { a73, a53, gpu, npu } = kirin970Fit;

/** Power of the GPU at its highest operating point, mW. */
const GPU_TOP_POWER_MW = 4000;

function gpuPoints(): { frequencyMHz: number; activePowerMW: number }[] {
  const rows = readTable('kirin970/opp_mali_g72mp12.csv', ['frequency_mhz', 'voltage_mv']).map((row) => ({
    frequencyMHz: row.number('frequency_mhz'),
    voltageMV: row.number('voltage_mv'),
  }));
  const top = rows.at(-1);
  if (top === undefined) throw new Error('the GPU has no operating points');
  return rows.map(({ frequencyMHz, voltageMV }) => ({
    frequencyMHz,
    activePowerMW: Math.round(
      (GPU_TOP_POWER_MW * frequencyMHz * voltageMV ** 2) / (top.frequencyMHz * top.voltageMV ** 2),
    ),
  }));
}

const deviceTree = 'Linux device tree of the Kirin 970 (resources/data/kirin970)';
const energyModel = `${deviceTree}: costs of the energy model, which have no unit, read as mW`;
const fitted = 'fitted to latencies of whole networks (ncnn benchmark), see cost-model.md';

export const hikey970: PlatformInput = {
  schemaVersion: 1,
  id: 'hikey970',
  name: 'HiKey970',
  description: 'HiSilicon Kirin 970: 4 Cortex-A73, 4 Cortex-A53, Mali-G72 MP12 and an NPU sharing memory.',
  provenance: [
    `published: core counts, operating points of CPU clusters and GPU (${deviceTree})`,
    'published: latencies of whole networks that the cost models of A73 and GPU are fitted to (ncnn benchmark README)',
    "assumed: the energy model's costs are mW; power of GPU and NPU; interconnect",
    'assumed: what the NPU can run, and the unverified frame rates its cost model is fitted to',
  ],
  sources: [
    ...commonSources,
    source('processors/a73', 'published', `${deviceTree}; Cortex-A73 MPCore`),
    source('processors/a53', 'published', `${deviceTree}; Cortex-A53 MPCore`),
    source(
      'processors/*/coreCount',
      'published',
      'Kirin 970: 4 Cortex-A73, 4 Cortex-A53, one GPU and one NPU that each run a layer as a whole',
    ),
    source('processors/*/coreConfigurations', 'derived', 'all ways to group four cores'),
    ...['a73', 'a53'].flatMap((cluster) =>
      ['activePowerMW', 'clusterPowerMW'].map((field) =>
        source(`processors/${cluster}/operatingPoints/*/${field}`, 'assumed', energyModel),
      ),
    ),
    source('processors/gpu/operatingPoints/*/frequencyMHz', 'published', deviceTree),
    source(
      'processors/gpu/operatingPoints/*/activePowerMW',
      'derived',
      `frequency × voltage² (${deviceTree}) scaled to an assumed ${GPU_TOP_POWER_MW} mW at 767 MHz; AnandTech's ` +
        'overview of January 2018 measured this GPU in games, figures that were not at hand',
    ),
    source('processors/gpu/operatingPoints/*/clusterPowerMW', 'assumed', 'part of the active power'),
    source(
      'processors/npu/operatingPoints',
      'assumed',
      'one point, of a power that a phone can dissipate. AnandTech (Kirin 970 – Android SoC Power & Performance ' +
        'Overview, 22 January 2018, page 6) charts average power and energy per inference of this NPU; the figures were ' +
        'not at hand, so they are not used',
    ),
    source(
      'processors/*/nominalFrequencyMHz',
      'derived',
      'the highest operating point, at which phones run benchmarks',
    ),
    source(
      'processors/a73/groupSpeedup',
      'derived',
      "Amdahl's law with the serial share that explains the geometric mean of 1×A73 / 4×A73 over nine networks (ncnn benchmark README)",
    ),
    source('processors/a53/groupSpeedup', 'assumed', 'as of the A73'),
    source(
      'processors/*/frequencyScaling',
      'derived',
      'share of the modelled time of the measured networks that memory does not bound',
    ),
    source('processors/*/costModel', 'derived', fitted),
    source(
      'processors/a53/costModel',
      'derived',
      "the A73's, slowed down by the ratio of both clusters' frame rates (arXiv 1908.11450, unverified)",
    ),
    source(
      'processors/npu/costModel',
      'assumed',
      'fitted to frame rates of arXiv 1908.11450 quoted from memory, unverified',
    ),
    source(
      'processors/*/costModel/bandwidthMBps',
      'assumed',
      'share of the 29.8 GB/s of four 16-bit channels of LPDDR4X-3732 that one processor reaches',
    ),
    source('processors/a53/costModel/bandwidthMBps', 'derived', "the A73's, slowed down like its arithmetic"),
    source(
      'processors/a73/costModel/rates/fp32/peakGMACPerS',
      'derived',
      'two 64-bit NEON pipelines, 4 multiply-accumulates of 32 bits per cycle, at 2362 MHz',
    ),
    source(
      'processors/a73/costModel/rates/int8/peakGMACPerS',
      'derived',
      'two 64-bit NEON pipelines, 8 multiply-accumulates of 8 bits per cycle, at 2362 MHz; the core has no dot product instructions',
    ),
    source(
      'processors/a73/costModel/rates/int8/efficiency',
      'derived',
      'as fast as the rate of fp32 times the geometric mean of latency in fp32 / in int8 of five networks on one core ' +
        '(ncnn benchmark README); of fullyConnected hardly tested by them',
    ),
    source(
      'processors/a53/costModel/rates/fp32/peakGMACPerS',
      'assumed',
      '2 multiply-accumulates of 32 bits per cycle at 1844 MHz',
    ),
    source(
      'processors/gpu/costModel/rates/fp16/peakGMACPerS',
      'derived',
      '12 cores × 3 engines × 4 lanes × 2 halves of 16 bits at 767 MHz',
    ),
    source(
      'processors/npu/costModel/rates/fp16/peakGMACPerS',
      'published',
      'HiSilicon: 1.92 TFLOPS of 16 bits, two operations per multiply-accumulate',
    ),
    source(
      'processors/npu/supportedOps',
      'assumed',
      'arXiv 1908.11450 (unverified) has no MobileNet on the NPU, hence no depthwise convolution; the rest is guessed, quantisation among it',
    ),
  ],
  processors: [
    {
      id: 'a73',
      name: 'Cortex-A73',
      kind: 'cpu',
      coreCount: 4,
      executionTimeKey: 'kirin970-a73',
      operatingPoints: clusterPoints('kirin970/opp_a73.csv'),
      nominalFrequencyMHz: 2362,
      frequencyScaling: a73.frequencyScaling,
      idlePowerMW: 30,
      offPowerMW: 0,
      maxUtilization: 0.9,
      coreConfigurations: groupsOfFour,
      groupSpeedup: a73.groupSpeedup,
      costModel: a73.costModel,
    },
    {
      id: 'a53',
      name: 'Cortex-A53',
      kind: 'cpu',
      coreCount: 4,
      executionTimeKey: 'kirin970-a53',
      operatingPoints: clusterPoints('kirin970/opp_a53.csv'),
      nominalFrequencyMHz: 1844,
      frequencyScaling: a53.frequencyScaling,
      idlePowerMW: 8,
      offPowerMW: 0,
      maxUtilization: 0.9,
      coreConfigurations: groupsOfFour,
      groupSpeedup: a53.groupSpeedup,
      costModel: a53.costModel,
    },
    {
      id: 'gpu',
      name: 'Mali-G72 MP12',
      kind: 'gpu',
      executionTimeKey: 'kirin970-gpu',
      operatingPoints: gpuPoints(),
      nominalFrequencyMHz: 767,
      frequencyScaling: gpu.frequencyScaling,
      idlePowerMW: 100,
      costModel: gpu.costModel,
    },
    {
      id: 'npu',
      name: 'NPU',
      kind: 'npu',
      executionTimeKey: 'kirin970-npu',
      operatingPoints: [{ frequencyMHz: 960, activePowerMW: 1500 }],
      frequencyScaling: npu.frequencyScaling,
      idlePowerMW: 50,
      supportedOps: [
        'Conv',
        'Gemm',
        'MaxPool',
        'AveragePool',
        'GlobalAveragePool',
        'Add',
        'Concat',
        'LRN',
        'BatchNormalization',
        'Softmax',
        'QuantizeLinear',
        'DequantizeLinear',
      ],
      costModel: npu.costModel,
    },
  ],
  interconnect: {
    default: sharedMemory,
    links: [
      { from: 'a73', to: 'a53', latencyMs: 0.01 },
      { from: 'a53', to: 'a73', latencyMs: 0.01 },
      ...['a73', 'a53', 'gpu'].flatMap((id) => [
        { from: id, to: 'npu', latencyMs: 0.1, bandwidthMBps: 4000 },
        { from: 'npu', to: id, latencyMs: 0.1, bandwidthMBps: 4000 },
      ]),
    ],
  },
};
