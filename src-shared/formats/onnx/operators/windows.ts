/** Operators that slide a window over their input: convolutions and pooling. */
import { ElementType } from '../element-types.ts';
import type { Inference, NodeContext, Operator } from '../node-context.ts';
import { CannotInfer, elementsOf, product, type Dimension, type Shape } from '../tensor.ts';

interface Window {
  readonly kernel: readonly Dimension[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Begins, then ends. */
  readonly pads: readonly number[];
  /** "NOTSET": as `pads` say. */
  readonly autoPad: string;
  readonly roundsUp: boolean;
}

/** Sizes along the spatial axes after sliding; formulas of the ONNX operators Conv and MaxPool. */
function slide(sizes: Shape, { kernel, strides, dilations, pads, autoPad, roundsUp }: Window): Dimension[] {
  return sizes.map((size, axis) => {
    const reach = kernel[axis] === undefined ? undefined : ((kernel[axis] ?? 1) - 1) * dilations[axis] + 1;
    const stride = strides[axis];
    if (size === undefined) return undefined;
    if (autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER') return Math.ceil(size / stride);
    if (reach === undefined) return undefined;
    const padding = autoPad === 'VALID' ? [0, 0] : [pads[axis], pads[axis + sizes.length]];
    const room = size + padding[0] + padding[1] - reach;
    if (!(stride > 0) || room < 0)
      throw new CannotInfer(
        `a window of ${reach} does not fit into ${size} with a padding of ${padding.join(' and ')}`,
      );
    let count = (roundsUp ? Math.ceil(room / stride) : Math.floor(room / stride)) + 1;
    // A window that would begin in the padding at the end is left out.
    if (roundsUp && (count - 1) * stride >= size + padding[0]) count--;
    return count;
  });
}

function windowOf(node: NodeContext, kernel: readonly Dimension[]): Window {
  const axes = kernel.length;
  const list = (name: string, length: number, otherwise: number): readonly number[] => {
    const given = node.integers(name) ?? Array.from({ length }, () => otherwise);
    if (given.length !== length) throw new CannotInfer(`${name} has ${given.length} entries instead of ${length}`);
    return given;
  };
  return {
    kernel,
    strides: list('strides', axes, 1),
    dilations: list('dilations', axes, 1),
    pads: list('pads', 2 * axes, 0),
    autoPad: node.text('auto_pad', 'NOTSET'),
    roundsUp: node.integer('ceil_mode', 0) === 1,
  };
}

/**
 * @param weights index of the input with the weights;
 * @param elementType of the output;
 * @param isChannelsLast whether the channels are the last axis of input and output
 */
export function convolution(
  node: NodeContext,
  weights: number,
  elementType: number,
  isChannelsLast = false,
): Inference {
  const [batch, channels, ...sizes] = channelsSecond(node.shape(0), isChannelsLast);
  const [outputs, perGroup, ...kernel] = node.shape(weights);
  if (kernel.length !== sizes.length)
    throw new CannotInfer(`a kernel of ${kernel.length} dimensions does not fit an input of ${sizes.length}`);
  const group = node.integer('group', 1);
  if (channels !== undefined && perGroup !== undefined && channels !== perGroup * group)
    throw new CannotInfer(`${channels} input channels do not fit weights for ${perGroup * group}`);
  const given = node.integers('kernel_shape');
  const shape = [batch, outputs, ...slide(sizes, windowOf(node, given ?? kernel))];
  return {
    outputs: [{ elementType, shape: isChannelsLast ? channelsLast(shape) : shape }],
    macs: product(elementsOf(shape), perGroup, ...kernel),
  };
}

/** Batch, channels, sizes. */
function channelsSecond(shape: Shape, isChannelsLast: boolean): Shape {
  return isChannelsLast ? [shape[0], shape.at(-1), ...shape.slice(1, -1)] : shape;
}

/** Batch, sizes, channels. */
function channelsLast([batch, channels, ...sizes]: Shape): Shape {
  return [batch, ...sizes, channels];
}

const transposed: Operator = (node) => {
  const [batch, channels, ...sizes] = node.shape(0);
  const [, perGroup, ...kernel] = node.shape(1);
  const window = windowOf(node, node.integers('kernel_shape') ?? kernel);
  const extra = node.integers('output_padding') ?? sizes.map(() => 0);
  const wanted = node.integers('output_shape');
  const same = window.autoPad.startsWith('SAME');
  const output = sizes.map((size, axis) => {
    if (wanted !== undefined) return wanted.at(axis - sizes.length);
    const width = window.kernel[axis];
    if (size === undefined || width === undefined) return undefined;
    if (same) return size * window.strides[axis];
    const padding = window.autoPad === 'VALID' ? 0 : window.pads[axis] + window.pads[axis + sizes.length];
    return window.strides[axis] * (size - 1) + extra[axis] + (width - 1) * window.dilations[axis] + 1 - padding;
  });
  const shape = [batch, product(perGroup, node.integer('group', 1)), ...output];
  // Each input element meets every weight of its group once.
  return {
    outputs: [{ elementType: node.input(0).elementType, shape }],
    macs: product(batch, channels, ...sizes, perGroup, ...kernel),
  };
};

/** Also as a quantised operator, or one of ONNX Runtime, with the channels last. */
const isChannelsLast = (node: NodeContext): boolean =>
  node.integer('channels_last', 0) === 1 || node.op.startsWith('Nhwc');

export const pool: Operator = (node) => {
  const [batch, channels, ...sizes] = channelsSecond(node.shape(0), isChannelsLast(node));
  const kernel = node.integers('kernel_shape');
  if (kernel === undefined || kernel.length !== sizes.length)
    throw new CannotInfer('kernel_shape is missing or does not fit the input');
  const pooled = [batch, channels, ...slide(sizes, windowOf(node, kernel))];
  const shape = isChannelsLast(node) ? channelsLast(pooled) : pooled;
  const indices = { elementType: ElementType.int64, shape };
  return {
    outputs: [{ elementType: node.input(0).elementType, shape }, ...(node.op === 'MaxPool' ? [indices] : [])],
    macs: 0,
  };
};

export const globalPool: Operator = (node) => {
  const [batch, channels, ...sizes] = channelsSecond(node.shape(0), isChannelsLast(node));
  const shape = [batch, channels, ...sizes.map(() => 1)];
  return {
    outputs: [{ elementType: node.input(0).elementType, shape: isChannelsLast(node) ? channelsLast(shape) : shape }],
    macs: 0,
  };
};

const regionPool: Operator = (node) => {
  const [, channels] = node.shape(0);
  const [regions] = node.shape(1);
  const [height, width] =
    node.op === 'RoiAlign'
      ? [node.integer('output_height', 1), node.integer('output_width', 1)]
      : (node.integers('pooled_shape') ?? []);
  return { outputs: [{ elementType: node.input(0).elementType, shape: [regions, channels, height, width] }], macs: 0 };
};

/** Undoes a max pooling. */
const unpool: Operator = (node) => {
  const wanted = node.optional(2)?.content;
  if (wanted !== undefined) return { outputs: [{ elementType: node.input(0).elementType, shape: wanted }], macs: 0 };
  const [batch, channels, ...sizes] = node.shape(0);
  const window = windowOf(node, node.integers('kernel_shape') ?? []);
  const output = sizes.map((size, axis) =>
    size === undefined
      ? undefined
      : (size - 1) * window.strides[axis] +
        (window.kernel[axis] ?? 1) -
        window.pads[axis] -
        window.pads[axis + sizes.length],
  );
  return { outputs: [{ elementType: node.input(0).elementType, shape: [batch, channels, ...output] }], macs: 0 };
};

export const windowOperators: Readonly<Record<string, Operator>> = {
  Conv: (node) => convolution(node, 1, node.input(0).elementType),
  FusedConv: (node) => convolution(node, 1, node.input(0).elementType),
  DeformConv: (node) => convolution(node, 1, node.input(0).elementType),
  NhwcConv: (node) => convolution(node, 1, node.input(0).elementType, true),
  NhwcFusedConv: (node) => convolution(node, 1, node.input(0).elementType, true),
  ConvTranspose: transposed,
  MaxPool: pool,
  NhwcMaxPool: pool,
  AveragePool: pool,
  LpPool: pool,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  GlobalLpPool: globalPool,
  RoiAlign: regionPool,
  MaxRoiPool: regionPool,
  MaxUnpool: unpool,
};
