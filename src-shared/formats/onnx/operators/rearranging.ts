/** Operators that change the shape of their input, move its elements about, or take some of them. */
import { ElementType } from '../element-types.ts';
import type { NodeContext, Operator } from '../node-context.ts';
import {
  axisOf,
  broadcast,
  CannotInfer,
  elementsOf,
  product,
  withSize,
  type Dimension,
  type Shape,
} from '../tensor.ts';

/** An operator with one output of the input's element type and without multiplications. */
const shaped =
  (shapeOf: (node: NodeContext) => Shape): Operator =>
  (node) => ({ outputs: [{ elementType: node.input(0).elementType, shape: shapeOf(node) }], macs: 0 });

const reshape = shaped((node) => {
  const input = node.shape(0);
  const wanted = node.list('shape', 1);
  if (wanted === undefined) throw new CannotInfer('the shape is missing');
  const keepsZero = node.integer('allowzero', 0) === 0;
  const shape = wanted.map((size, axis) => (size === 0 && keepsZero ? input[axis] : size));
  const open = shape.indexOf(-1);
  const elements = elementsOf(input);
  if (open < 0) {
    // A single unknown size follows from the others and the number of elements.
    const unknown = shape.indexOf(undefined);
    return unknown >= 0 && shape.lastIndexOf(undefined) === unknown
      ? withSize(shape, unknown, quotient(elements, elementsOf(shape.filter((_, axis) => axis !== unknown))))
      : shape;
  }
  return withSize(shape, open, quotient(elements, elementsOf(shape.filter((_, axis) => axis !== open))));
});

function quotient(elements: Dimension, others: Dimension): Dimension {
  if (elements === undefined || others === undefined || others === 0) return undefined;
  if (elements % others !== 0) throw new CannotInfer(`${elements} elements cannot be put into rows of ${others}`);
  return elements / others;
}

const flatten = shaped((node) => {
  const shape = node.shape(0);
  const given = node.integer('axis', 1);
  const axis = given < 0 ? given + shape.length : given;
  return [elementsOf(shape.slice(0, axis)), elementsOf(shape.slice(axis))];
});

const squeeze = shaped((node) => {
  const shape = node.shape(0);
  const axes = node.knownList('axes', 1)?.map((axis) => axisOf(axis, shape.length));
  if (axes === undefined && shape.includes(undefined)) throw new CannotInfer('which dimensions are 1 is not known');
  return shape.filter((size, axis) => (axes === undefined ? size !== 1 : !axes.includes(axis)));
});

const unsqueeze = shaped((node) => {
  const shape = node.shape(0);
  const given = node.knownList('axes', 1) ?? [];
  const rank = shape.length + given.length;
  const axes = new Set(given.map((axis) => axisOf(axis, rank)));
  let next = 0;
  return Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : shape[next++]));
});

const transpose = shaped((node) => {
  const shape = node.shape(0);
  const order = node.integers('perm') ?? shape.map((_, axis) => shape.length - 1 - axis);
  return order.map((axis) => shape[axisOf(axis, shape.length)]);
});

export const concat = shaped((node) => {
  const shapes = node.inputs.map((_, index) => node.shape(index));
  const axis = axisOf(node.integer('axis', 1), shapes[0].length);
  const total = shapes.reduce<Dimension>(
    (sum, shape) => (sum === undefined || shape[axis] === undefined ? undefined : sum + shape[axis]),
    0,
  );
  return shapes[0].map((size, index) =>
    index === axis ? total : (size ?? shapes.find((shape) => shape[index] !== undefined)?.[index]),
  );
});

const split: Operator = (node) => {
  const shape = node.shape(0);
  const axis = axisOf(node.integer('axis', 0), shape.length);
  const { elementType } = node.input(0);
  const parts = node.integer('num_outputs', node.outputCount);
  const size = shape[axis];
  const even = size === undefined ? undefined : Math.ceil(size / parts);
  const sizes =
    node.knownList('split', 1) ??
    Array.from({ length: parts }, (_, part) =>
      even === undefined || size === undefined ? undefined : Math.max(0, Math.min(even, size - part * even)),
    );
  return { outputs: sizes.map((part) => ({ elementType, shape: withSize(shape, axis, part) })), macs: 0 };
};

const slice = shaped((node) => {
  const shape = node.shape(0);
  const starts = node.list('starts', 1) ?? [];
  const ends = node.list('ends', 2) ?? [];
  const axes = node.knownList('axes', 3) ?? starts.map((_, index) => index);
  const steps = node.optional(4) === undefined ? starts.map(() => 1) : (node.content(4) ?? []);
  const result = [...shape];
  axes.forEach((given, index) => {
    const axis = axisOf(given, shape.length);
    result[axis] = slicedSize(shape[axis], starts[index], ends[index], steps[index]);
  });
  return result;
});

/** Elements from `start` to before `end`; both may count from the end and reach beyond it, as in Python. */
export function slicedSize(size: Dimension, start: Dimension, end: Dimension, step: Dimension): Dimension {
  if (start === undefined || end === undefined || step === undefined || step === 0) return undefined;
  if (size === undefined) return undefined;
  const clamp = (at: number, least: number, most: number): number =>
    Math.min(most, Math.max(least, at < 0 ? at + size : at));
  const [from, to] =
    step > 0 ? [clamp(start, 0, size), clamp(end, 0, size)] : [clamp(start, 0, size - 1), clamp(end, -1, size - 1)];
  return Math.max(0, Math.ceil((to - from) / step));
}

const gather = shaped((node) => {
  const shape = node.shape(0);
  const axis = axisOf(node.integer('axis', 0), shape.length);
  return [...shape.slice(0, axis), ...node.shape(1), ...shape.slice(axis + 1)];
});

/** Rows of a table in blocks of few bits; two of them in a byte where it says so. */
const gatherQuantized: Operator = (node) => {
  const stored = node.shape(0);
  const isPacked = node.input(0).elementType === ElementType.uint8;
  const axis = axisOf(node.integer('quantize_axis', 1), stored.length);
  const data = isPacked ? withSize(stored, axis, product(stored[axis], 8 / node.integer('bits', 4))) : stored;
  const along = axisOf(node.integer('gather_axis', 0), data.length);
  return {
    outputs: [
      {
        elementType: node.input(2).elementType,
        shape: [...data.slice(0, along), ...node.shape(1), ...data.slice(along + 1)],
      },
    ],
    macs: 0,
  };
};

const gatherNd = shaped((node) => {
  const shape = node.shape(0);
  const indices = node.shape(1);
  const depth = indices.at(-1);
  if (depth === undefined) throw new CannotInfer('the length of an index is not known');
  return [...indices.slice(0, -1), ...shape.slice(node.integer('batch_dims', 0) + depth)];
});

const pad = shaped((node) => {
  const shape = node.shape(0);
  const pads = node.knownList(node.has('paddings') ? 'paddings' : 'pads', 1);
  const axes =
    node.optional(3) === undefined
      ? shape.map((_, axis) => axis)
      : (node.knownList('axes', 3) ?? []).map((axis) => axisOf(axis, shape.length));
  if (pads === undefined || pads.length !== 2 * axes.length)
    throw new CannotInfer('the padding is missing or does not fit the input');
  return shape.map((size, axis) => {
    const position = axes.indexOf(axis);
    return size === undefined || position < 0 ? size : size + pads[position] + pads[position + axes.length];
  });
});

const expand = shaped((node) => broadcast([node.shape(0), node.content(1) ?? []]));

const tile = shaped((node) => {
  const repeats = node.knownList('repeats', 1) ?? [];
  return node.shape(0).map((size, axis) => product(size, repeats[axis]));
});

/** Resize and Upsample: from sizes where given, else from scales. */
const resize = shaped((node) => {
  const shape = node.shape(0);
  const scalesAt = node.op === 'Upsample' || node.opset < 11 ? 1 : 2;
  const sizes = node.optional(3) === undefined ? undefined : node.content(3);
  const scales = node.attribute('scales')?.floats ?? (sizes === undefined ? node.content(scalesAt) : undefined);
  const axes = node.integers('axes')?.map((axis) => axisOf(axis, shape.length)) ?? shape.map((_, axis) => axis);
  const policy = node.text('keep_aspect_ratio_policy', 'stretch');
  const ratios = axes.map((axis, index) =>
    sizes?.[index] === undefined || shape[axis] === undefined ? undefined : sizes[index] / shape[axis],
  );
  const ratio =
    policy === 'stretch' || ratios.includes(undefined)
      ? undefined
      : ratios.reduce((best, each) =>
          policy === 'not_larger' ? Math.min(best ?? 0, each ?? 0) : Math.max(best ?? 0, each ?? 0),
        );
  return shape.map((size, axis) => {
    const position = axes.indexOf(axis);
    if (position < 0) return size;
    if (sizes !== undefined && sizes.length > 0)
      return ratio === undefined || size === undefined ? sizes[position] : Math.round(size * ratio);
    const scale = scales?.[position];
    return size === undefined || scale === undefined ? undefined : Math.floor(size * scale);
  });
});

const depthToSpace = shaped((node) => {
  const [batch, channels, height, width] = node.shape(0);
  const block = node.integer('blocksize', 1);
  return node.op === 'DepthToSpace'
    ? [batch, quotient(channels, block * block), product(height, block), product(width, block)]
    : [batch, product(channels, block * block), quotient(height, block), quotient(width, block)];
});

const gridSample = shaped((node) => [node.shape(0)[0], node.shape(0)[1], ...node.shape(1).slice(1, -1)]);

const oneHot: Operator = (node) => {
  const indices = node.shape(0);
  const given = node.integer('axis', -1);
  const axis = given < 0 ? given + indices.length + 1 : given;
  return {
    outputs: [
      {
        elementType: node.input(2).elementType,
        shape: [...indices.slice(0, axis), node.content(1)?.[0], ...indices.slice(axis)],
      },
    ],
    macs: 0,
  };
};

/** Puts the columns of a sliding window back into an image. */
const col2Im = shaped((node) => {
  const [batch, values] = node.shape(0);
  return [batch, quotient(values, elementsOf(node.content(2))), ...(node.content(1) ?? [])];
});

const centerCropPad = shaped((node) => {
  const shape = node.shape(0);
  const sizes = node.content(1) ?? [];
  const axes = node.integers('axes')?.map((axis) => axisOf(axis, shape.length)) ?? shape.map((_, axis) => axis);
  return shape.map((size, axis) => (axes.includes(axis) ? sizes[axes.indexOf(axis)] : size));
});

/** For each point of an image of the given size (batch, channels, …) its coordinates. */
const affineGrid = shaped((node) => {
  const [batch, , ...sizes] = node.content(1) ?? [];
  return [batch, ...sizes, sizes.length];
});

/** How many elements come out depends on the data. */
const dataDependent =
  (elementType: number | undefined, shapeOf: (node: NodeContext) => Shape): Operator =>
  (node) => ({ outputs: [{ elementType: elementType ?? node.input(0).elementType, shape: shapeOf(node) }], macs: 0 });

export const rearrangingOperators: Readonly<Record<string, Operator>> = {
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Slice: slice,
  Gather: gather,
  GatherND: gatherNd,
  GatherBlockQuantized: gatherQuantized,
  GatherElements: shaped((node) => node.shape(1)),
  Pad: pad,
  Expand: expand,
  Tile: tile,
  Resize: resize,
  Upsample: resize,
  DepthToSpace: depthToSpace,
  SpaceToDepth: depthToSpace,
  GridSample: gridSample,
  Col2Im: col2Im,
  CenterCropPad: centerCropPad,
  AffineGrid: affineGrid,
  Det: shaped((node) => node.shape(0).slice(0, -2)),
  OneHot: oneHot,
  NonZero: dataDependent(ElementType.int64, (node) => [node.shape(0).length, undefined]),
  NonMaxSuppression: dataDependent(ElementType.int64, () => [undefined, 3]),
  Compress: dataDependent(undefined, (node) =>
    node.has('axis')
      ? withSize(node.shape(0), axisOf(node.integer('axis', 0), node.shape(0).length), undefined)
      : [undefined],
  ),
};
