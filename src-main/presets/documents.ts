/** The preset documents and demos that ship with the product, as written to resources/presets. */
import type { NetworkInput } from '#shared/domain/network.ts';
import type { PlatformInput } from '#shared/domain/platform.ts';
import type { ScenarioInput } from '#shared/domain/scenario.ts';
import { cnn, mobilenetV1, resnet18 } from './architectures.ts';
import type { LayerGraph } from './layer-graph.ts';
import { prismNetworks, prismPlatforms, prismScenarios } from './prism.ts';
import { BYTES_PER_ELEMENT, executionTimesMs } from './roofline.ts';

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
  'assumed: core count, operating points and power, with magnitudes like those of a 2018 phone (4 big CPU cores at up to 2.4 GHz, a mid-size GPU); power rises with frequency × voltage² from 0.7 V to 1.0 V',
  'assumed: share of the time that scales with the clock, 0.95 on the CPU, 0.85 on the GPU, 0.8 on the NPU; the rest waits for memory',
  'assumed: latency, bandwidth and energy of transfers between processors (shared DRAM with cache maintenance and driver calls)',
];

export const platforms: readonly PlatformInput[] = [
  {
    schemaVersion: 1,
    id: 'simple',
    name: 'Simple platform',
    description: 'Four CPU cores, a GPU and an NPU sharing memory, in the manner of a 2018 phone.',
    provenance: [...powerProvenance, 'assumed: the NPU runs convolution, pooling, addition and fully connected layers, but no softmax and no local response normalisation'],
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
    processors: [cpu, gpu],
    interconnect: { model: 'latency', default: { latencyMs: 0.05, bandwidthMBps: 5000, energyPJPerByte: 40 } },
  },
  ...prismPlatforms,
];

export const networks: readonly NetworkInput[] = [
  networkDocument('cnn', 'CNN', 'A small AlexNet-style image classifier for 128 × 128 images.', 'assumed: the architecture, made for this example in the manner of AlexNet (Krizhevsky, Sutskever & Hinton 2012)', cnn()),
  networkDocument('resnet18', 'ResNet-18', 'Residual image classifier for 224 × 224 images.', 'published: architecture of He et al., "Deep residual learning for image recognition", CVPR 2016, table 1', resnet18()),
  networkDocument('mobilenet-v1', 'MobileNet v1', 'Image classifier of depthwise separable convolutions for 224 × 224 images, width 1.0.', 'published: architecture of Howard et al., "MobileNets", arXiv 1704.04861, table 1', mobilenetV1()),
  ...prismNetworks,
];

export const scenarios: readonly ScenarioInput[] = [
  {
    schemaVersion: 1,
    id: 'simple',
    name: 'Simple scenario',
    description: 'ResNet-18 and MobileNet v1 start together on the simple platform: who gets the NPU, and when is the GPU worth its power?',
    provenance: ['assumed: applications, and that they start together'],
    platform: 'simple',
    applications: [
      { id: 'resnet', name: 'ResNet-18', network: 'resnet18', startTimeMs: 0 },
      { id: 'mobilenet', name: 'MobileNet v1', network: 'mobilenet-v1', startTimeMs: 0 },
    ],
  },
  {
    schemaVersion: 1,
    id: 'multi',
    name: 'Multi-application scenario',
    description: 'A frequent small CNN with priority, MobileNet v1 and ResNet-18, starting at different times on the simple platform.',
    provenance: ['assumed: applications, start times, periods, deadlines and priorities'],
    platform: 'simple',
    applications: [
      { id: 'gesture', name: 'Gesture CNN', network: 'cnn', startTimeMs: 0, periodMs: 12, instances: 3, deadlineMs: 12, priority: 1 },
      { id: 'detection', name: 'MobileNet v1', network: 'mobilenet-v1', startTimeMs: 4, deadlineMs: 50 },
      { id: 'recognition', name: 'ResNet-18', network: 'resnet18', startTimeMs: 8, deadlineMs: 60 },
    ],
  },
  ...prismScenarios,
];

/** Generations a second: at full speed a demo would be over before anybody could follow it. The command line does not wait. */
const DEMO_PACE = 20;

/** Home's cards and `tessera demo`; matches `demoSchema` of the contract. */
export const demos = [
  {
    id: 'simple',
    name: 'Simple scenario',
    description: 'Two applications on 4 CPU cores, a GPU and an NPU: watch the genetic algorithm improve on sending everything to the NPU.',
    scenario: 'simple',
    configuration: { scheduler: 'ga', seed: 42, options: {} },
    paceGenerationsPerS: DEMO_PACE,
  },
  {
    id: 'multi',
    name: 'Multi-application scenario',
    description: 'Three applications with different start times, one of them periodic and urgent.',
    scenario: 'multi',
    configuration: { scheduler: 'ga', seed: 42, options: {} },
    paceGenerationsPerS: DEMO_PACE,
  },
];

function networkDocument(id: string, name: string, description: string, architecture: string, graph: LayerGraph): NetworkInput {
  return {
    schemaVersion: 1,
    id,
    name,
    description,
    provenance: [
      architecture,
      'derived: shapes, macs, parameters and outputBytes, computed from the architecture with 16-bit activations; batch normalisation and activation are folded into the convolutions',
      'assumed: executionTimeMs, a roofline per processor at its nominal frequency with 16-bit data and a fixed cost per layer, near to published whole-network times of a 2018 phone',
    ],
    layers: graph.layers.map((layer) => ({
      id: layer.id,
      op: layer.op,
      executionTimeMs: executionTimesMs(layer),
      dependencies: [...layer.dependencies],
      outputBytes: layer.outputElements * BYTES_PER_ELEMENT,
      ...(layer.macs > 0 ? { macs: layer.macs } : {}),
      ...(layer.parameters > 0 ? { parameters: layer.parameters } : {}),
    })),
  };
}
