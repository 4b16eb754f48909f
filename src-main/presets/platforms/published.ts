/**
 * Platforms whose processors were measured in public, whole network by whole network (resources/data/published-latencies). Nobody published
 * times of their layers: cost models divide a measured whole among its layers, and are all there is for networks that were not measured.
 */
import type { PlatformInput } from '#shared/domain/platform.ts';
import { source } from './cluster.ts';

type Processor = PlatformInput['processors'][number];
type DataType = 'fp32' | 'fp16' | 'int8';

const measured = 'whole networks in resources/data/published-latencies, by the profiles of the platform';
/** Shares of the peak, and of the bandwidth, by class of operation: what divides the time of a whole among its layers. */
const efficiency = {
  conv: 0.35,
  pointwiseConv: 0.3,
  depthwiseConv: 0.05,
  fullyConnected: 0.1,
  pooling: 0.4,
  elementwise: 0.5,
  normalization: 0.4,
  dataMovement: 0.5,
};

interface Unit {
  readonly id: string;
  readonly name: string;
  readonly kind: Processor['kind'];
  /** Interchangeable units; 1 where all cores work on one network. */
  readonly units?: number;
  readonly peakGMACPerS: Partial<Record<DataType, number>>;
  readonly bandwidthMBps: number;
  readonly launchMs: number;
  /** Of a layer within a call: what keeps small layers from taking no time. */
  readonly overheadMs: number;
}

function processorOf(platform: string, unit: Unit): Processor {
  return {
    id: unit.id,
    name: unit.name,
    kind: unit.kind,
    coreCount: unit.units ?? 1,
    dispatch: 'pooled',
    executionTimeKey: `${platform}-${unit.id}`,
    launchMs: unit.launchMs,
    costModel: {
      overheadMs: unit.overheadMs,
      bandwidthMBps: unit.bandwidthMBps,
      rates: Object.entries(unit.peakGMACPerS).map(([dataType, peakGMACPerS]) => ({
        dataType: dataType as DataType, // the keys of a table typed by it
        peakGMACPerS,
        efficiency,
      })),
    },
  };
}

/** Why calls cost what they cost, by kind of processor. */
const launches = {
  cpu: 'assumed, ours: a call within one process; no measurement was found',
  gpu: 'assumed, ours: the low end of 0.1 to 1.1 ms in all for each call (nnstreamer, issue 2852, Galaxy S20)',
  npu:
    'derived, ours: MobileNetEdgeTPU on a Snapdragon 8 Gen 2 took 0.253 ms single stream and 0.191 ms offline (MLPerf Mobile 3.0, ' +
    'mlcommons/mobile_results_v3.0); a session of ONNX Runtime adds some 0.2 ms more',
};

function published(
  { id, name, description, provenance }: Pick<PlatformInput, 'id' | 'name' | 'description' | 'provenance'>,
  units: readonly Unit[],
  peaks: string,
): PlatformInput {
  return {
    schemaVersion: 1,
    id,
    name,
    description,
    provenance: [
      ...(provenance ?? []),
      `published: times of ${measured}. Different runtimes measured different processors, so their ratio is that of the runtimes, too`,
      'assumed: cost models, which divide the time of a whole network among its layers and give times for networks that were not measured',
      'assumed: the cost of a call (launchMs), which for the NPU is derived; by us. Interconnect. No power figures are known',
    ],
    sources: [
      source('processors', 'published', `${name}: its processors, each of which runs a call as a whole`),
      source('processors/*/costModel', 'assumed', `${peaks}; efficiencies and costs of layers are ours`),
      ...units.map((unit) =>
        source(
          `processors/${unit.id}/launchMs`,
          unit.kind === 'npu' ? 'derived' : 'assumed',
          launches[unit.kind === 'dsp' ? 'npu' : unit.kind],
        ),
      ),
      source('interconnect', 'assumed', 'shared memory, with a cost for cache maintenance'),
    ],
    processors: units.map((unit) => processorOf(id, unit)),
    interconnect: { model: 'latency', default: { latencyMs: 0.03, bandwidthMBps: 10_000 } },
  };
}

export const publishedPlatforms: readonly PlatformInput[] = [
  published(
    {
      id: 'snapdragon-x-elite',
      name: 'Snapdragon X Elite',
      description:
        'A laptop chip with 12 Oryon cores, which work on one network together, an Adreno X1-85 GPU and a Hexagon NPU: the rare case of all three measured in public.',
      provenance: [
        'published: CPU and GPU by ncnn (X1E78100), NPU by Qualcomm AI Hub on its reference device, which may be another bin',
      ],
    },
    [
      {
        id: 'cpu',
        name: '12 Oryon cores',
        kind: 'cpu',
        peakGMACPerS: { fp32: 650 },
        bandwidthMBps: 100_000,
        launchMs: 0.03,
        overheadMs: 0.01,
      },
      {
        id: 'gpu',
        name: 'Adreno X1-85',
        kind: 'gpu',
        peakGMACPerS: { fp32: 1900, fp16: 3800 },
        bandwidthMBps: 100_000,
        launchMs: 0.1,
        overheadMs: 0.03,
      },
      {
        id: 'npu',
        name: 'Hexagon',
        kind: 'npu',
        peakGMACPerS: { fp16: 11_000, int8: 22_500 },
        bandwidthMBps: 60_000,
        launchMs: 0.06,
        overheadMs: 0.002,
      },
    ],
    'peak rates near to those of the vendor: 3.4 GHz, 3.8 TFLOPS, 45 TOPS',
  ),
  published(
    {
      id: 'snapdragon-8-gen2',
      name: 'Snapdragon 8 Gen 2',
      description:
        'A phone chip of 2023: eight CPU cores, which work on one network together, an Adreno 740 GPU and a Hexagon NPU. Only the NPU was measured in public.',
      provenance: ['published: NPU by Qualcomm AI Hub, device "QCS8550 (Proxy)", of this class'],
    },
    [
      {
        id: 'cpu',
        name: '8 Kryo cores',
        kind: 'cpu',
        peakGMACPerS: { fp32: 165 },
        bandwidthMBps: 40_000,
        launchMs: 0.03,
        overheadMs: 0.01,
      },
      {
        id: 'gpu',
        name: 'Adreno 740',
        kind: 'gpu',
        peakGMACPerS: { fp32: 1000, fp16: 2000 },
        bandwidthMBps: 40_000,
        launchMs: 0.1,
        overheadMs: 0.03,
      },
      {
        id: 'npu',
        name: 'Hexagon',
        kind: 'npu',
        peakGMACPerS: { fp16: 5000, int8: 13_000 },
        bandwidthMBps: 40_000,
        launchMs: 0.06,
        overheadMs: 0.004,
      },
    ],
    'peak rates by cores and clocks of the CPU; those of GPU and NPU are guesses: CPU and GPU have no published times here',
  ),
  published(
    {
      id: 'a311d',
      name: 'Amlogic A311D',
      description:
        'The chip of the Khadas VIM3: 4 Cortex-A73, which work on one network together, and an NPU of 5 TOPS that loses on some networks.',
      provenance: ['published: CPU (fp32) and NPU (int8) by OpenCV Zoo on a Khadas VIM3'],
    },
    [
      {
        id: 'cpu',
        name: '4 Cortex-A73',
        kind: 'cpu',
        peakGMACPerS: { fp32: 52 },
        bandwidthMBps: 8000,
        launchMs: 0.03,
        overheadMs: 0.02,
      },
      {
        id: 'npu',
        name: 'NPU',
        kind: 'npu',
        peakGMACPerS: { int8: 2500 },
        bandwidthMBps: 8000,
        launchMs: 0.06,
        overheadMs: 0.1,
      },
    ],
    'peak rates by cores and clocks, 2.2 GHz, and 5 TOPS',
  ),
  published(
    {
      id: 'rk3588',
      name: 'Rockchip RK3588',
      description: 'A board chip with 4 Cortex-A76, which work on one network together, and an NPU of three cores.',
      provenance: [
        'published: 4 Cortex-A76 by ncnn; one NPU core in int8 by rknn_model_zoo, from frames per second',
        'assumed: nothing of the Mali-G610, which is left out: its published times are broken (VGG-16 in 0.56 ms)',
      ],
    },
    [
      {
        id: 'cpu',
        name: '4 Cortex-A76',
        kind: 'cpu',
        peakGMACPerS: { fp32: 75 },
        bandwidthMBps: 20_000,
        launchMs: 0.03,
        overheadMs: 0.01,
      },
      {
        id: 'npu',
        name: 'NPU',
        kind: 'npu',
        units: 3,
        peakGMACPerS: { int8: 1000 },
        bandwidthMBps: 10_000,
        launchMs: 0.06,
        overheadMs: 0.01,
      },
    ],
    'peak rates by cores and clocks, 2.35 GHz, and 6 TOPS of three cores',
  ),
];
