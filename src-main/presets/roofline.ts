/**
 * Execution times of the example networks: a roofline (Williams, Waterman & Patterson 2009) per processor with a fixed cost per
 * layer. All parameters are assumptions, chosen so that whole networks come near to what one Cortex-A73 core and the Mali-G72
 * GPU of a 2018 phone were measured at (ncnn benchmark: ResNet-18 260 ms and 52 ms, MobileNet v1 109 ms and 27 ms); the NPU is
 * assumed several times faster where a layer suits it.
 */
import type { ShapedLayer } from './layer-graph.ts';

/** Activations and weights are 16-bit on every processor. */
export const BYTES_PER_ELEMENT = 2;

interface Roofline {
  /** Cost of starting a layer, ms. */
  readonly overheadMs: number;
  /** Memory bandwidth, 10⁶ bytes/ms. */
  readonly bandwidthMBPerMs: number;
  /** Sustained rate by op, 10⁶ multiply-accumulates (or element operations) per ms; an op that is missing cannot run. */
  readonly millionOperationsPerMs: Readonly<Record<string, number>>;
  /** Output elements at which half the rate is reached: wide processors need parallel work. */
  readonly halfRateElements: number;
}

const rooflines: Readonly<Record<'cpu' | 'gpu' | 'npu', Roofline>> = {
  cpu: {
    overheadMs: 0.01,
    bandwidthMBPerMs: 6,
    millionOperationsPerMs: {
      Conv: 6.9,
      DepthwiseConv: 1.2,
      Gemm: 6,
      MaxPool: 2,
      GlobalAveragePool: 2,
      Add: 2,
      LRN: 2,
      Softmax: 1,
    },
    halfRateElements: 0,
  },
  gpu: {
    overheadMs: 0.24,
    bandwidthMBPerMs: 10,
    millionOperationsPerMs: {
      Conv: 55,
      DepthwiseConv: 14,
      Gemm: 12,
      MaxPool: 16,
      GlobalAveragePool: 4,
      Add: 12,
      LRN: 24,
      Softmax: 2,
    },
    halfRateElements: 15_000,
  },
  npu: {
    overheadMs: 0.12,
    bandwidthMBPerMs: 8,
    millionOperationsPerMs: { Conv: 260, DepthwiseConv: 4.5, Gemm: 60, MaxPool: 8, GlobalAveragePool: 2, Add: 6 },
    halfRateElements: 20_000,
  },
};

/** Execution time by processor kind at nominal frequency, ms, rounded to 0.1 µs; processors that cannot run the op are left out. */
export function executionTimesMs(layer: ShapedLayer): Record<string, number> {
  const bytes = BYTES_PER_ELEMENT * (layer.inputElements + layer.outputElements + layer.parameters);
  const operations = layer.macs + layer.elementOperations;
  const times: Record<string, number> = {};
  for (const [processor, roofline] of Object.entries(rooflines)) {
    const rate = roofline.millionOperationsPerMs[layer.op];
    if (rate === undefined) continue;
    const reached = rate * (layer.outputElements / (layer.outputElements + roofline.halfRateElements));
    const timeMs = roofline.overheadMs + Math.max(operations / 1e6 / reached, bytes / 1e6 / roofline.bandwidthMBPerMs);
    times[processor] = Math.round(timeMs * 1e4) / 1e4;
  }
  return times;
}
