/** Which inputs of an operator are weights: what it learnt, not scales, zero points, axes, bounds, states or tables that are worked out. */
import type { InferredNode } from './inferred-graph.ts';
import { elementsOf, plus, product, type Dimension } from './tensor.ts';

/** Positions of the inputs. */
const weightInputs: Readonly<Record<string, readonly number[]>> = {
  Conv: [1, 2],
  FusedConv: [1, 2],
  NhwcConv: [1, 2],
  NhwcFusedConv: [1, 2],
  ConvTranspose: [1, 2],
  DeformConv: [1, 3],
  ConvInteger: [1],
  QLinearConv: [3, 8],
  ConvTransposeWithDynamicPads: [1, 3],
  Gemm: [0, 1, 2],
  FusedGemm: [0, 1, 2],
  MatMul: [0, 1],
  FusedMatMul: [0, 1],
  TransposeMatMul: [0, 1],
  FusedMatMulActivation: [0, 1],
  GemmFastGelu: [1, 2],
  MatMulInteger: [0, 1],
  MatMulInteger16: [0, 1],
  QLinearMatMul: [0, 3],
  QGemm: [0, 3, 6],
  MatMulIntegerToFloat: [0, 1, 6],
  DynamicQuantizeMatMul: [0, 1, 4],
  RNN: [1, 2, 3],
  GRU: [1, 2, 3],
  LSTM: [1, 2, 3, 7],
  DynamicQuantizeLSTM: [1, 2, 3, 7],
  Attention: [],
  QAttention: [1, 2],
  DecoderMaskedSelfAttention: [1, 2],
  PackedAttention: [1, 2],
  MultiHeadAttention: [3],
  PackedMultiHeadAttention: [3],
  DecoderMaskedMultiHeadAttention: [10],
  GroupQueryAttention: [11],
  Gather: [0],
  GatherBlockQuantized: [0],
  EmbedLayerNormalization: [2, 3, 4, 5, 6],
  QEmbedLayerNormalization: [2, 3, 4, 5, 6],
  RelativePositionBias: [0],
  BatchNormalization: [1, 2, 3, 4],
  InstanceNormalization: [1, 2],
  LayerNormalization: [1, 2],
  GroupNormalization: [1, 2],
  GroupNorm: [1, 2],
  SkipGroupNorm: [1, 2, 4],
  RMSNormalization: [1],
  SimplifiedLayerNormalization: [1],
  SkipLayerNormalization: [2, 3, 4],
  SkipSimplifiedLayerNormalization: [2, 3],
  PRelu: [1],
  BiasGelu: [1],
  FastGelu: [1],
  BiasSplitGelu: [1],
  BiasAdd: [1],
  BiasSoftmax: [1],
  Add: [0, 1],
  Sub: [0, 1],
  Mul: [0, 1],
  Div: [0, 1],
  QLinearAdd: [0, 3],
  QLinearMul: [0, 3],
  MoE: [2, 3, 4, 5, 6, 7],
};

/** Weights that are packed: their number is not that of the elements. */
const packed: Readonly<Record<string, (inferred: InferredNode) => Dimension>> = {
  MatMulNBits: (inferred) =>
    plus(product(attribute(inferred, 'K'), attribute(inferred, 'N')), constantElements(inferred, 5)),
  MatMulBnb4: (inferred) => product(attribute(inferred, 'K'), attribute(inferred, 'N')),
  MatMulFpQ4: ({ inputs }) => product(...(inputs[2]?.content ?? [undefined])),
  GatherBlockQuantized: (inferred) =>
    product(
      constantElements(inferred, 0),
      inferred.inputs[0]?.elementType === 2 ? 8 / (attribute(inferred, 'bits') ?? 4) : 1,
    ),
  QMoE: (inferred) =>
    plus(
      product(
        sum([2, 5, 8].map((position) => constantElements(inferred, position))),
        8 / (attribute(inferred, 'expert_weight_bits') ?? 4),
      ),
      sum([4, 7, 10].map((position) => constantElements(inferred, position))),
    ),
};

/** The number of weights that a node has in the file; undefined where the size of one is not known. */
export function parametersOf(inferred: InferredNode): Dimension {
  const { node } = inferred;
  const count = packed[node.op];
  if (count !== undefined) return count(inferred);
  // Every constant that an equation names is a factor.
  if (node.op === 'Einsum') return sum(inferred.inputs.map((_, position) => constantElements(inferred, position)));
  const positions = node.op === 'Attention' && node.domain === 'com.microsoft' ? [1, 2] : (weightInputs[node.op] ?? []);
  return sum(positions.map((position) => constantElements(inferred, position)));
}

function constantElements({ inputs }: InferredNode, position: number): Dimension {
  const input = inputs[position];
  return input?.isStatic === true ? elementsOf(input.shape) : 0;
}

function attribute({ node }: InferredNode, name: string): number | undefined {
  return node.attributes.get(name)?.integer;
}

function sum(values: readonly Dimension[]): Dimension {
  return values.reduce<Dimension>((total, value) => plus(total, value), 0);
}
