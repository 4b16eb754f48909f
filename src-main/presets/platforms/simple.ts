/** The simple platform, with and without NPU: small, made up, and the same in every release, because recorded runs depend on it. */
import type { PlatformInput } from '#shared/domain/platform.ts';

type ProcessorInput = PlatformInput['processors'][number];

const cpu: ProcessorInput = {
  id: 'cpu',
  name: 'CPU',
  kind: 'cpu',
  coreCount: 4,
  dispatch: 'pinned',
  operatingPoints: [
    { frequencyMHz: 600, activePowerMW: 130, clusterPowerMW: 40 },
    { frequencyMHz: 1000, activePowerMW: 240, clusterPowerMW: 60 },
    { frequencyMHz: 1400, activePowerMW: 400, clusterPowerMW: 80 },
    { frequencyMHz: 1800, activePowerMW: 620, clusterPowerMW: 110 },
    { frequencyMHz: 2100, activePowerMW: 860, clusterPowerMW: 150 },
    { frequencyMHz: 2400, activePowerMW: 1150, clusterPowerMW: 200 },
  ],
  nominalFrequencyMHz: 2400,
  frequencyScaling: 0.95,
  idlePowerMW: 35,
  offPowerMW: 2,
  maxUtilization: 0.9,
};

const gpu: ProcessorInput = {
  id: 'gpu',
  name: 'GPU',
  kind: 'gpu',
  operatingPoints: [
    { frequencyMHz: 250, activePowerMW: 560 },
    { frequencyMHz: 400, activePowerMW: 950 },
    { frequencyMHz: 550, activePowerMW: 1450 },
    { frequencyMHz: 700, activePowerMW: 2200 },
    { frequencyMHz: 800, activePowerMW: 2900 },
  ],
  nominalFrequencyMHz: 800,
  frequencyScaling: 0.85,
  idlePowerMW: 70,
};

const npu: ProcessorInput = {
  id: 'npu',
  name: 'NPU',
  kind: 'npu',
  operatingPoints: [
    { frequencyMHz: 400, activePowerMW: 480 },
    { frequencyMHz: 600, activePowerMW: 800 },
    { frequencyMHz: 800, activePowerMW: 1250 },
    { frequencyMHz: 960, activePowerMW: 1750 },
  ],
  nominalFrequencyMHz: 960,
  frequencyScaling: 0.8,
  idlePowerMW: 45,
  supportedOps: ['Conv', 'DepthwiseConv', 'MaxPool', 'GlobalAveragePool', 'Add', 'Gemm'],
};

const powerProvenance = [
  'assumed: core count, operating points and power, with magnitudes like those of a 2018 phone (4 big CPU cores at up ' +
    'to 2.4 GHz, a mid-size GPU); power rises with frequency × voltage² from 0.7 V to 1.0 V',
  'assumed: share of the time that scales with the clock, 0.95 on the CPU, 0.85 on the GPU, 0.8 on the NPU; the rest waits for memory',
  'assumed: latency, bandwidth and energy of transfers between processors (shared DRAM with cache maintenance and driver calls)',
];

export const simplePlatforms: readonly PlatformInput[] = [
  {
    schemaVersion: 1,
    id: 'simple',
    name: 'Simple platform',
    description: 'Four CPU cores, a GPU and an NPU sharing memory, in the manner of a 2018 phone.',
    provenance: [
      ...powerProvenance,
      'assumed: the NPU runs convolution, pooling, addition and fully connected layers, but no softmax and no local response normalisation',
    ],
    processors: [cpu, gpu, npu],
    interconnect: {
      model: 'latency',
      default: { latencyMs: 0.05, bandwidthMBps: 5000, energyPJPerByte: 40 },
      links: [
        { from: 'cpu', to: 'npu', latencyMs: 0.08, bandwidthMBps: 4000 },
        { from: 'npu', to: 'cpu', latencyMs: 0.08, bandwidthMBps: 4000 },
        { from: 'gpu', to: 'npu', latencyMs: 0.12, bandwidthMBps: 4000 },
        { from: 'npu', to: 'gpu', latencyMs: 0.12, bandwidthMBps: 4000 },
      ],
    },
  },
  {
    schemaVersion: 1,
    id: 'simple-no-npu',
    name: 'Simple platform without NPU',
    description: 'Four CPU cores and a GPU sharing memory: the simple platform without its NPU.',
    provenance: powerProvenance,
    processors: [cpu, gpu].map((processor) => ({ ...processor, sharesTimesWith: ['simple'] })),
    interconnect: { model: 'latency', default: { latencyMs: 0.05, bandwidthMBps: 5000, energyPJPerByte: 40 } },
  },
];
