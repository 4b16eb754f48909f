/**
 * What a layer costs the multipliers of MIDAP and which weights it loads, as cap-lab/MidapSim counts them (MIT licence). The formulas are
 * ours, read off that simulator's tables: of the 53 convolutions of ResNet-50 they give its cycles exactly.
 */
import type { MidapParameters } from './model.ts';

/** Height (y) and width (x), in elements. */
export interface Extent {
  readonly height: number;
  readonly width: number;
}

/** A layer that MIDAP executes. Channels are those that are stored; of `im2col` those of the image. */
export interface MidapLayer {
  readonly kind: 'convolution' | 'im2col' | 'depthwise' | 'pooling' | 'addition' | 'scaling';
  readonly input: Extent;
  readonly output: Extent;
  readonly kernel: Extent;
  readonly stride: Extent;
  /** Elements added before the first. */
  readonly padding: Extent;
  readonly inputChannels: number;
  readonly outputChannels: number;
  /** Of a grouped convolution, which is executed as so many convolutions one after the other; else 1. */
  readonly groups: number;
  /** Tensors that are streamed and combined with the first one; 0 but for `addition`. */
  readonly operands: number;
  /** A global pooling is done on the way out. */
  readonly isReduced: boolean;
}

/** The work of a layer by columns of its output, each of which can be computed once the columns of input it reads are on chip. */
export interface MidapWork {
  /** By column of output: cycles of one group of filters, and the first and last column of input that it reads. */
  readonly columns: readonly { readonly cycles: number; readonly from: number; readonly to: number }[];
  /** Groups of filters, each over all columns; of an addition each column is one. */
  readonly groups: number;
  /** Bytes of weights, or of streamed operands, of one group. */
  readonly groupBytes: number;
  /** Cycles in addition, once: of a global pooling on the way out. */
  readonly reductionCycles: number;
}

/** Taps of a window inside the input at one position: from `start` up to `end`, exclusive. `first`: the element of tap 0. */
interface Taps {
  readonly start: number;
  readonly end: number;
  readonly first: number;
}

function tapsOf(input: number, output: number, kernel: number, stride: number, padding: number): Taps[] {
  return Array.from({ length: output }, (_, position) => {
    const first = position * stride - padding;
    const start = Math.min(kernel, Math.max(0, -first));
    return { start, end: Math.max(start, Math.min(kernel, input - first)), first };
  });
}

/** The work of `layer`. Skipped taps, those in the padding, cost nothing. */
export function midapWork(layer: MidapLayer, { rowBytes, filtersAtOnce }: MidapParameters): MidapWork {
  const { kind, input, output, kernel, stride, padding, inputChannels, outputChannels, groups } = layer;
  const across = tapsOf(input.width, output.width, kernel.width, stride.width, padding.width);
  const down = tapsOf(input.height, output.height, kernel.height, stride.height, padding.height);
  const columnsOf = (cycles: (taps: number) => number): MidapWork['columns'] =>
    across.map(({ start, end, first }) => ({ cycles: cycles(end - start), from: first + start, to: first + end - 1 }));
  const rows = Math.ceil(inputChannels / rowBytes);
  const filterGroups = groups * Math.ceil(outputChannels / groups / filtersAtOnce);
  switch (kind) {
    case 'convolution': {
      const channels = inputChannels / groups;
      const isPointwise = kernel.height === 1 && kernel.width === 1;
      const columnRows = total(
        down.map((taps) => (isPointwise ? Math.ceil(channels / rowBytes) : rowsOf(taps, channels, rowBytes))),
      );
      return {
        columns: columnsOf((taps) => taps * columnRows),
        groups: filterGroups,
        groupBytes: filtersAtOnce * kernel.width * Math.ceil((kernel.height * channels) / rowBytes) * rowBytes,
        reductionCycles: layer.isReduced ? Math.ceil(outputChannels / filtersAtOnce) : 0,
      };
    }
    case 'im2col': {
      const pixelRows = Math.ceil((kernel.height * kernel.width * inputChannels) / rowBytes);
      return {
        columns: across.map((_, x) => ({ cycles: output.height * pixelRows, from: x, to: x })),
        groups: filterGroups,
        groupBytes: filtersAtOnce * pixelRows * rowBytes,
        reductionCycles: layer.isReduced ? Math.ceil(outputChannels / filtersAtOnce) : 0,
      };
    }
    case 'depthwise':
    case 'pooling': {
      const columnTaps = total(down.map(({ start, end }) => end - start));
      return {
        columns: columnsOf((taps) => taps * columnTaps * rows),
        groups: 1,
        groupBytes: kind === 'depthwise' ? inputChannels * kernel.height * kernel.width : 0,
        reductionCycles: layer.isReduced ? Math.ceil(inputChannels / filtersAtOnce) : 0,
      };
    }
    case 'addition':
    case 'scaling':
      return {
        columns: columnsOf(() => output.height * rows),
        groups: 1,
        groupBytes: layer.operands * output.height * inputChannels,
        reductionCycles: layer.isReduced ? rows : 0,
      };
  }
}

/** Rows of memory that the taps of one position lie in; channels that do not fill rows can need one row more than their bytes do. */
function rowsOf({ start, end, first }: Taps, channels: number, rowBytes: number): number {
  const from = start * channels;
  const place = (first + start) * channels;
  const isSplit = channels % rowBytes !== 0 && from % rowBytes < place % rowBytes;
  return Math.ceil((end * channels) / rowBytes) - Math.floor(from / rowBytes) + (isSplit ? 1 : 0);
}

/** Cycles of `layer` where nothing is waited for: all groups of filters, and the drain of the pipeline. */
export function computeCycles(layer: MidapLayer, parameters: MidapParameters): number {
  const { columns, groups, reductionCycles } = midapWork(layer, parameters);
  return total(columns.map(({ cycles }) => cycles)) * groups + reductionCycles + parameters.drainCycles;
}

/** The sum of `values`. */
export function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
