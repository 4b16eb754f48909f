/** Operators that reduce along axes, or pick elements by their size. */
import { ElementType } from '../element-types.ts';
import type { Operator } from '../node-context.ts';
import { axisOf, withSize, type Dimension } from '../tensor.ts';

export const reduce: Operator = (node) => {
  const shape = node.shape(0);
  const given = node.knownList('axes', 1);
  const keeps = node.integer('keepdims', 1) === 1;
  const none = given === undefined || given.length === 0;
  const all = none && node.integer('noop_with_empty_axes', 0) === 0;
  const axes = new Set((given ?? []).map((axis) => axisOf(axis, shape.length)));
  const isReduced = (axis: number): boolean => all || axes.has(axis);
  return {
    outputs: [
      {
        elementType: node.input(0).elementType,
        shape: keeps
          ? shape.map((size, axis) => (isReduced(axis) ? 1 : size))
          : shape.filter((_, axis) => !isReduced(axis)),
      },
    ],
    macs: 0,
  };
};

const argument: Operator = (node) => {
  const shape = node.shape(0);
  const axis = axisOf(node.integer('axis', 0), shape.length);
  return {
    outputs: [
      {
        elementType: ElementType.int64,
        shape:
          node.integer('keepdims', 1) === 1 ? withSize(shape, axis, 1) : shape.filter((_, index) => index !== axis),
      },
    ],
    macs: 0,
  };
};

const topK: Operator = (node) => {
  const shape = node.shape(0);
  const count: Dimension = node.integer('k') ?? node.content(1)?.[0];
  const result = withSize(shape, axisOf(node.integer('axis', -1), shape.length), count);
  return {
    outputs: [
      { elementType: node.input(0).elementType, shape: result },
      { elementType: ElementType.int64, shape: result },
    ],
    macs: 0,
  };
};

const reductions = [
  'ReduceL1',
  'ReduceL2',
  'ReduceLogSum',
  'ReduceLogSumExp',
  'ReduceMax',
  'ReduceMean',
  'ReduceMin',
  'ReduceProd',
  'ReduceSum',
  'ReduceSumSquare',
];

export const reductionOperators: Readonly<Record<string, Operator>> = {
  ...Object.fromEntries(reductions.map((op) => [op, reduce])),
  ArgMax: argument,
  ArgMin: argument,
  TopK: topK,
};
