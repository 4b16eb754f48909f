/** The whole networks that were measured on the Kirin 970, as references for cost models. */
import type { Reference } from '#shared/domain/cost-model.ts';
import { readTable } from '../data.ts';

/** Presets by the name that the tables use. */
const presetOf: Readonly<Record<string, string>> = {
  SqueezeNet: 'squeezenet-1.1',
  MobileNetV1: 'mobilenet-v1',
  MobileNetV2: 'mobilenet-v2',
  GoogLeNet: 'googlenet',
  ResNet18: 'resnet18',
  ResNet50: 'resnet50',
  AlexNet: 'alexnet',
  VGG16: 'vgg16',
  'EfficientNet-B0': 'efficientnet-b0',
};

const ncnn = 'ncnn benchmark README, Kirin 970';
const unverified = 'unverified: arXiv 1908.11450, frames per second quoted from memory';

export interface Measurements {
  /** One and four Cortex-A73. */
  readonly a73: readonly Reference[];
  /** Four Cortex-A53, by the ratio of the two clusters in another measurement. */
  readonly a53: readonly Reference[];
  readonly gpu: readonly Reference[];
  readonly npu: readonly Reference[];
}

export function kirin970Measurements(): Measurements {
  const latencies = readTable('kirin970/network_latency_ms.csv', [
    'network',
    'a73x4_ms',
    'a73x1_ms',
    'mali_g72_vulkan_ms',
  ]);
  const rates = readTable('kirin970/network_fps.csv', ['network', 'a53_fps', 'a73_fps', 'gpu_fps', 'npu_fps']);
  const a73x4 = new Map(latencies.map((row) => [row.text('network'), row.number('a73x4_ms')]));
  return {
    a73: [1, 4].flatMap((cores) =>
      latencies.map((row): Reference => ({
        network: presetId(row.text('network')),
        cores,
        latencyMs: row.number(`a73x${cores}_ms`),
        kind: 'published',
        source: ncnn,
      })),
    ),
    a53: rates.map((row): Reference => ({
      network: presetId(row.text('network')),
      cores: 4,
      latencyMs: rounded(
        ((a73x4.get(row.text('network')) ?? Number.NaN) * row.number('a73_fps')) / row.number('a53_fps'),
      ),
      kind: 'derived',
      source: `latency of 4×A73 (${ncnn}) × the ratio of both clusters' frames per second (${unverified})`,
    })),
    gpu: latencies.map((row): Reference => ({
      network: presetId(row.text('network')),
      cores: 1,
      latencyMs: row.number('mali_g72_vulkan_ms'),
      kind: 'published',
      source: `${ncnn}, Vulkan`,
    })),
    npu: rates
      .filter((row) => !row.isEmpty('npu_fps'))
      .map((row): Reference => ({
        network: presetId(row.text('network')),
        cores: 1,
        latencyMs: rounded(1000 / row.number('npu_fps')),
        kind: 'assumed',
        source: unverified,
      })),
  };
}

/** Networks without depthwise convolutions, whose kernels are of another kind. */
const WITH_DEPTHWISE = ['MobileNetV1'];

/** Latencies in int8 on one and four Cortex-A73, ms, by preset. */
export function kirin970Int8Latencies(): readonly {
  readonly network: string;
  readonly cores: number;
  readonly latencyMs: number;
}[] {
  const rows = readTable('kirin970/network_int8_latency_ms.csv', ['network', 'a73x4_int8_ms', 'a73x1_int8_ms']);
  return [1, 4].flatMap((cores) =>
    rows.map((row) => ({
      network: presetId(row.text('network')),
      cores,
      latencyMs: row.number(`a73x${cores}_int8_ms`),
    })),
  );
}

/** How much faster one Cortex-A73 ran networks in int8 than in fp32: geometric mean over those without depthwise convolutions. */
export function int8Speedup(): number {
  const { a73 } = kirin970Measurements();
  const left = new Set(WITH_DEPTHWISE.map(presetId));
  const logs = kirin970Int8Latencies()
    .filter(({ network, cores }) => cores === 1 && !left.has(network))
    .map(({ network, latencyMs }) =>
      Math.log(
        (a73.find((reference) => reference.network === network && reference.cores === 1)?.latencyMs ?? Number.NaN) /
          latencyMs,
      ),
    );
  return Math.exp(logs.reduce((total, value) => total + value, 0) / logs.length);
}

function presetId(name: string): string {
  const id = presetOf[name];
  if (id === undefined) throw new Error(`there is no preset for the measured network "${name}"`);
  return id;
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
