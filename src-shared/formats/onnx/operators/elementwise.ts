/** Operators that work element by element, with or without broadcasting, and those whose output has the shape of their first input. */
import { ElementType } from '../element-types.ts';
import type { Operator } from '../node-context.ts';
import { broadcast, CannotInfer, over, withSize } from '../tensor.ts';

const sameAsInput: Operator = (node) => ({
  outputs: [{ elementType: node.input(0).elementType, shape: node.shape(0) }],
  macs: 0,
});

const sameShape =
  (elementType: number): Operator =>
  (node) => ({ outputs: [{ elementType, shape: node.shape(0) }], macs: 0 });

const broadcasting: Operator = (node) => ({
  outputs: [
    { elementType: node.input(0).elementType, shape: broadcast(node.inputs.map((_, index) => node.shape(index))) },
  ],
  macs: 0,
});

const comparison: Operator = (node) => ({
  outputs: [{ elementType: ElementType.bool, shape: broadcast([node.shape(0), node.shape(1)]) }],
  macs: 0,
});

const normalization: Operator = (node) => {
  const { elementType } = node.input(0);
  const shape = node.shape(0);
  const axis = node.integer('axis', -1);
  const statistics = {
    elementType: ElementType.float,
    shape: shape.map((size, index) => (index >= (axis < 0 ? axis + shape.length : axis) ? 1 : size)),
  };
  return { outputs: [{ elementType, shape }, statistics, statistics], macs: 0 };
};

const batchNormalization: Operator = (node) => {
  const { elementType } = node.input(0);
  const shape = node.shape(0);
  const perChannel = { elementType, shape: [shape[1]] };
  return { outputs: [{ elementType, shape }, perChannel, perChannel, perChannel, perChannel], macs: 0 };
};

const cast: Operator = (node) => {
  const elementType = node.op === 'CastLike' ? node.input(1).elementType : node.integer('to');
  if (elementType === undefined) throw new CannotInfer('the type it casts to is missing');
  return { outputs: [{ elementType, shape: node.shape(0) }], macs: 0 };
};

const quantize: Operator = (node) => ({
  outputs: [
    {
      elementType: node.optional(2)?.elementType ?? (node.integer('output_dtype', 0) || ElementType.uint8),
      shape: node.shape(0),
    },
  ],
  macs: 0,
});

const dynamicQuantize: Operator = (node) => ({
  outputs: [
    { elementType: ElementType.uint8, shape: node.shape(0) },
    { elementType: ElementType.float, shape: [] },
    { elementType: ElementType.uint8, shape: [] },
  ],
  macs: 0,
});

const dropout: Operator = (node) => ({
  outputs: [
    { elementType: node.input(0).elementType, shape: node.shape(0) },
    { elementType: ElementType.bool, shape: node.shape(0) },
  ],
  macs: 0,
});

const where: Operator = (node) => ({
  outputs: [
    { elementType: node.input(1).elementType, shape: broadcast([node.shape(0), node.shape(1), node.shape(2)]) },
  ],
  macs: 0,
});

/** Adds to a skip connection first; the fourth output is that sum. */
const skipNormalization: Operator = (node) => {
  const { outputs } = normalization(node);
  return { outputs: [...outputs, outputs[0]], macs: 0 };
};

/** Half of the last axis gates the other half. */
const splitGelu: Operator = (node) => {
  const shape = node.shape(0);
  return {
    outputs: [
      { elementType: node.input(0).elementType, shape: withSize(shape, shape.length - 1, over(shape.at(-1), 2)) },
    ],
    macs: 0,
  };
};

const unary = [
  'Abs',
  'Acos',
  'Acosh',
  'Asin',
  'Asinh',
  'Atan',
  'Atanh',
  'Ceil',
  'Celu',
  'Clip',
  'Cos',
  'Cosh',
  'Elu',
  'Erf',
  'Exp',
  'Floor',
  'Gelu',
  'FastGelu',
  'QuickGelu',
  'BiasGelu',
  'HardSigmoid',
  'HardSwish',
  'Hardmax',
  'Identity',
  'LRN',
  'LeakyRelu',
  'Log',
  'LogSoftmax',
  'LpNormalization',
  'MeanVarianceNormalization',
  'Mish',
  'Neg',
  'PRelu',
  'Reciprocal',
  'Relu',
  'Round',
  'ScaledTanh',
  'Selu',
  'Shrink',
  'Sigmoid',
  'Sign',
  'Sin',
  'Sinh',
  'Softmax',
  'Softplus',
  'Softsign',
  'Sqrt',
  'Swish',
  'Tan',
  'Tanh',
  'ThresholdedRelu',
  'BitwiseNot',
  'Not',
  'CumSum',
  'CumProd',
  'Trilu',
  'InstanceNormalization',
  'GroupNormalization',
  'GroupNorm',
  'RotaryEmbedding',
  'BiasAdd',
  'BiasSoftmax',
  'ImageScaler',
  'ScatterElements',
  'ScatterND',
  'Scatter',
  'TensorScatter',
  'ReverseSequence',
];
const binary = [
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Mod',
  'Pow',
  'Max',
  'Min',
  'Mean',
  'Sum',
  'And',
  'Or',
  'Xor',
  'BitShift',
  'BitwiseAnd',
  'BitwiseOr',
  'BitwiseXor',
];
const comparisons = ['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'];

export const elementwiseOperators: Readonly<Record<string, Operator>> = {
  ...Object.fromEntries(unary.map((op) => [op, sameAsInput])),
  ...Object.fromEntries(binary.map((op) => [op, broadcasting])),
  ...Object.fromEntries(comparisons.map((op) => [op, comparison])),
  IsNaN: sameShape(ElementType.bool),
  IsInf: sameShape(ElementType.bool),
  BatchNormalization: batchNormalization,
  LayerNormalization: normalization,
  RMSNormalization: normalization,
  SimplifiedLayerNormalization: normalization,
  SkipLayerNormalization: skipNormalization,
  SkipSimplifiedLayerNormalization: skipNormalization,
  SkipGroupNorm: (node) => ({
    outputs: [0, 0].map((input) => ({ elementType: node.input(input).elementType, shape: node.shape(input) })),
    macs: 0,
  }),
  BiasSplitGelu: splitGelu,
  Cast: cast,
  CastLike: cast,
  QuantizeLinear: quantize,
  DequantizeLinear: (node) => ({
    outputs: [{ elementType: node.integer('output_dtype', 0) || node.input(1).elementType, shape: node.shape(0) }],
    macs: 0,
  }),
  DynamicQuantizeLinear: dynamicQuantize,
  Dropout: dropout,
  Where: where,
};
