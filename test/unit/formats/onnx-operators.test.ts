/** Shapes and work of the ONNX operators, through the versions in which their attributes became inputs; values from the operator documentation. */
import { expect, test } from 'vitest';
import { operationClassOf } from '#shared/domain/operation-classes.ts';
import { inferGraph } from '#shared/formats/onnx/infer.ts';
import { readOnnxModel } from '#shared/formats/onnx/model.ts';
import { knownOperators } from '#shared/formats/onnx/operators/index.ts';
import { bytesSource } from '#shared/formats/random-access.ts';
import { INT64, ints, model, node, tensor, value, type AttributeValue, type Dim } from '#test/fixtures/onnx-writer.ts';

type Shape = (number | undefined)[];
interface Case {
  readonly op: string;
  readonly opset?: number;
  /** Default: ONNX's own. */
  readonly domain?: string;
  /** Shape of each input of data. */
  readonly data: readonly (readonly Dim[])[];
  /** Further inputs, of weights by their shape or of known whole numbers; "" leaves one out. */
  readonly constants?: readonly (
    | readonly number[]
    | { readonly ints: readonly number[] }
    | { readonly floats: readonly number[] }
    | ''
  )[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly shapes: readonly Shape[];
  /** Default 0. */
  readonly macs?: number;
}

const microsoft = 'com.microsoft';

const cases: readonly Case[] = [
  // Convolutions
  { op: 'Conv', data: [[1, 3, 7, 5]], constants: [[4, 3, 3, 3]], shapes: [[1, 4, 5, 3]], macs: 4 * 15 * 27 },
  {
    op: 'Conv',
    data: [[2, 4, 7, 7]],
    constants: [[8, 2, 3, 3]],
    attributes: { group: 2, strides: [2, 2], pads: [1, 1, 1, 1], dilations: [1, 1] },
    shapes: [[2, 8, 4, 4]],
    macs: 2 * 8 * 16 * 18,
  },
  {
    op: 'Conv',
    data: [[1, 1, 7, 7]],
    constants: [[1, 1, 3, 3]],
    attributes: { dilations: [2, 2] },
    shapes: [[1, 1, 3, 3]],
    macs: 81,
  },
  {
    op: 'Conv',
    data: [[1, 1, 7, 7]],
    constants: [[1, 1, 3, 3]],
    attributes: { auto_pad: 'SAME_LOWER', strides: [2, 2] },
    shapes: [[1, 1, 4, 4]],
    macs: 144,
  },
  { op: 'Conv', data: [[1, 2, 9]], constants: [[4, 2, 3]], shapes: [[1, 4, 7]], macs: 4 * 7 * 6 },
  { op: 'Conv', data: [['N', 3, 8, 8]], constants: [[4, 3, 1, 1]], shapes: [[1, 4, 8, 8]], macs: 4 * 64 * 3 },
  {
    op: 'ConvTranspose',
    data: [[1, 4, 3, 3]],
    constants: [[4, 2, 3, 3]],
    attributes: { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] },
    shapes: [[1, 2, 6, 6]],
    macs: 4 * 9 * 18,
  },
  { op: 'ConvInteger', data: [[1, 1, 4, 4]], constants: [[2, 1, 3, 3]], shapes: [[1, 2, 2, 2]], macs: 72 },
  {
    op: 'ConvTranspose',
    data: [[2, 4, 5]],
    constants: [[4, 3, 3]],
    attributes: { group: 2, strides: [3], dilations: [2] },
    shapes: [[2, 6, 17]],
    macs: 2 * 4 * 5 * 9,
  },
  {
    op: 'ConvTranspose',
    data: [[1, 1, 3, 3]],
    constants: [[1, 2, 3, 3]],
    attributes: { strides: [3, 2], output_shape: [10, 8] },
    shapes: [[1, 2, 10, 8]],
    macs: 9 * 18,
  },
  {
    op: 'ConvTranspose',
    data: [[1, 1, 3]],
    constants: [[1, 1, 4]],
    attributes: { auto_pad: 'SAME_UPPER', strides: [2] },
    shapes: [[1, 1, 6]],
    macs: 12,
  },
  {
    op: 'DeformConv',
    opset: 19,
    data: [[1, 1, 3, 3]],
    constants: [
      [1, 1, 2, 2],
      [1, 8, 4, 4],
    ],
    attributes: { pads: [1, 1, 1, 1] },
    shapes: [[1, 1, 4, 4]],
    macs: 64,
  },
  // Pooling
  {
    op: 'MaxPool',
    data: [[1, 3, 32, 32]],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
    shapes: [[1, 3, 16, 16]],
    macs: 0,
  },
  {
    op: 'MaxPool',
    opset: 10,
    data: [[1, 1, 4, 4]],
    attributes: { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 },
    shapes: [[1, 1, 2, 2]],
  },
  {
    op: 'AveragePool',
    data: [[1, 1, 5, 5]],
    attributes: { kernel_shape: [2, 2], strides: [2, 2], pads: [0, 0, 1, 1] },
    shapes: [[1, 1, 3, 3]],
  },
  // A last window that would begin in the padding is left out.
  {
    op: 'MaxPool',
    data: [[1, 1, 2, 2]],
    attributes: { kernel_shape: [1, 1], strides: [2, 2], ceil_mode: 1, pads: [0, 0, 1, 1] },
    shapes: [[1, 1, 1, 1]],
  },
  { op: 'GlobalAveragePool', data: [[2, 5, 7, 7]], shapes: [[2, 5, 1, 1]] },
  // Matrices
  { op: 'Gemm', data: [[3, 4]], constants: [[5, 4]], attributes: { transB: 1 }, shapes: [[3, 5]], macs: 60 },
  { op: 'Gemm', data: [[4, 3]], constants: [[4, 5]], attributes: { transA: 1 }, shapes: [[3, 5]], macs: 60 },
  {
    op: 'MatMul',
    data: [
      [2, 8, 10, 16],
      [8, 16, 10],
    ],
    shapes: [[2, 8, 10, 10]],
    macs: 2 * 8 * 10 * 10 * 16,
  },
  { op: 'MatMul', data: [[5], [5]], shapes: [[]], macs: 5 },
  { op: 'MatMul', data: [[3, 5], [5]], shapes: [[3]], macs: 15 },
  {
    op: 'MatMul',
    data: [
      [3, 1, 4, 5],
      [1, 7, 5, 2],
    ],
    shapes: [[3, 7, 4, 2]],
    macs: 3 * 7 * 4 * 2 * 5,
  },
  { op: 'MatMul', data: [[5], [2, 5, 3]], shapes: [[2, 3]], macs: 30 },
  { op: 'Gemm', opset: 9, data: [[3, 4]], constants: [[4, 5], [5]], shapes: [[3, 5]], macs: 60 },
  {
    op: 'Einsum',
    data: [
      [2, 3, 4],
      [2, 4, 5],
    ],
    attributes: { equation: 'bij,bjk->bik' },
    shapes: [[2, 3, 5]],
    macs: 120,
  },
  {
    op: 'Attention',
    opset: 23,
    data: [
      [2, 4, 10, 8],
      [2, 4, 12, 8],
      [2, 4, 12, 6],
    ],
    shapes: [[2, 4, 10, 6]],
    macs: 2 * 4 * 10 * 12 * 14,
  },
  {
    op: 'Attention',
    opset: 23,
    data: [
      [2, 10, 32],
      [2, 12, 16],
      [2, 12, 16],
    ],
    attributes: { q_num_heads: 4, kv_num_heads: 2 },
    shapes: [[2, 10, 32]],
    macs: 2 * 10 * 12 * 64,
  },
  {
    op: 'LSTM',
    data: [[7, 2, 3]],
    constants: [
      [1, 20, 3],
      [1, 20, 5],
    ],
    attributes: { hidden_size: 5 },
    shapes: [
      [7, 1, 2, 5],
      [1, 2, 5],
      [1, 2, 5],
    ],
    macs: 7 * 2 * 4 * 5 * 8,
  },
  {
    op: 'Attention',
    opset: 23,
    data: [
      [2, 4, 10, 8],
      [2, 2, 12, 8],
      [2, 2, 12, 6],
    ],
    shapes: [
      [2, 4, 10, 6],
      [2, 2, 12, 8],
      [2, 2, 12, 6],
      [2, 4, 10, 12],
    ],
    macs: 2 * 4 * 10 * 12 * 14,
  },
  {
    op: 'LSTM',
    opset: 14,
    data: [[2, 7, 3]],
    constants: [
      [2, 20, 3],
      [2, 20, 5],
    ],
    attributes: { hidden_size: 5, direction: 'bidirectional', layout: 1 },
    shapes: [
      [2, 7, 2, 5],
      [2, 2, 5],
      [2, 2, 5],
    ],
    macs: 7 * 2 * 2 * 4 * 5 * 8,
  },
  {
    op: 'GRU',
    data: [[7, 2, 3]],
    constants: [
      [1, 15, 3],
      [1, 15, 5],
    ],
    attributes: { hidden_size: 5 },
    shapes: [
      [7, 1, 2, 5],
      [1, 2, 5],
    ],
    macs: 7 * 2 * 3 * 5 * 8,
  },
  {
    op: 'RNN',
    opset: 9,
    data: [[7, 2, 3]],
    constants: [
      [1, 5, 3],
      [1, 5, 5],
    ],
    attributes: { hidden_size: 5 },
    shapes: [
      [7, 1, 2, 5],
      [1, 2, 5],
    ],
    macs: 7 * 2 * 5 * 8,
  },
  {
    op: 'Einsum',
    data: [
      [1, 3, 4],
      [6, 4, 5],
    ],
    attributes: { equation: 'bij,bjk->bik' },
    shapes: [[6, 3, 5]],
    macs: 6 * 3 * 4 * 5,
  },
  {
    op: 'Einsum',
    data: [
      [2, 7, 3, 4],
      [1, 4, 5],
    ],
    attributes: { equation: '...ij,...jk->...ik' },
    shapes: [[2, 7, 3, 5]],
    macs: 14 * 60,
  },
  {
    op: 'Einsum',
    data: [
      [3, 4],
      [4, 5],
    ],
    attributes: { equation: 'ij, jk' },
    shapes: [[3, 5]],
    macs: 60,
  },
  {
    op: 'Attention',
    opset: 24,
    data: [
      [1, 4, 1, 8],
      [1, 2, 1, 8],
      [1, 2, 1, 8],
    ],
    constants: ['', [1, 2, 20, 8], [1, 2, 20, 8]],
    shapes: [
      [1, 4, 1, 8],
      [1, 2, 21, 8],
      [1, 2, 21, 8],
    ],
    macs: 4 * 21 * 16,
  },
  { op: 'RMSNormalization', opset: 23, data: [[2, 5, 8]], constants: [[8]], shapes: [[2, 5, 8]] },
  {
    op: 'RotaryEmbedding',
    opset: 23,
    data: [[2, 4, 6, 8]],
    constants: [
      [50, 4],
      [50, 4],
    ],
    shapes: [[2, 4, 6, 8]],
  },
  // ONNX Runtime's fused operators: attention
  {
    op: 'Attention',
    domain: microsoft,
    data: [[2, 5, 12]],
    constants: [[12, 48], [48]],
    attributes: { num_heads: 4 },
    shapes: [
      [2, 5, 16],
      [2, 2, 4, 5, 4],
    ],
    macs: 2 * 5 * 12 * 48 + 2 * 2 * 5 * 5 * 16,
  },
  {
    op: 'Attention',
    domain: microsoft,
    data: [[1, 5, 12]],
    constants: [[12, 40], [40]],
    attributes: { num_heads: 2, qkv_hidden_sizes: [16, 16, 8] },
    shapes: [[1, 5, 8]],
    macs: 5 * 12 * 40 + 5 * 5 * (16 + 8),
  },
  {
    op: 'Attention',
    domain: microsoft,
    data: [[1, 1, 12]],
    constants: [[12, 36], [36], '', [2, 1, 3, 7, 4]],
    attributes: { num_heads: 3 },
    shapes: [
      [1, 1, 12],
      [2, 1, 3, 8, 4],
    ],
    macs: 12 * 36 + 2 * 8 * 12,
  },
  {
    op: 'MultiHeadAttention',
    domain: microsoft,
    data: [
      [2, 5, 16],
      [2, 9, 16],
      [2, 9, 24],
    ],
    attributes: { num_heads: 4 },
    shapes: [
      [2, 5, 24],
      [2, 4, 9, 4],
      [2, 4, 9, 6],
    ],
    macs: 2 * 5 * 9 * (16 + 24),
  },
  {
    op: 'MultiHeadAttention',
    domain: microsoft,
    data: [[2, 5, 4, 3, 8]],
    attributes: { num_heads: 4 },
    shapes: [[2, 5, 32]],
    macs: 2 * 2 * 5 * 5 * 32,
  },
  {
    op: 'MultiHeadAttention',
    domain: microsoft,
    data: [
      [1, 5, 16],
      [1, 4, 9, 4],
      [1, 4, 9, 4],
    ],
    attributes: { num_heads: 4 },
    shapes: [[1, 5, 16]],
    macs: 2 * 5 * 9 * 16,
  },
  {
    op: 'GroupQueryAttention',
    domain: microsoft,
    data: [
      [1, 3, 32],
      [1, 3, 16],
      [1, 3, 16],
      [1, 2, 10, 8],
      [1, 2, 10, 8],
    ],
    attributes: { num_heads: 4, kv_num_heads: 2 },
    shapes: [
      [1, 3, 32],
      [1, 2, 13, 8],
      [1, 2, 13, 8],
    ],
    macs: 2 * 3 * 13 * 32,
  },
  {
    op: 'GroupQueryAttention',
    domain: microsoft,
    data: [[1, 6, 64]],
    attributes: { num_heads: 4, kv_num_heads: 2, local_window_size: 4 },
    shapes: [[1, 6, 32]],
    macs: 2 * 6 * 4 * 32,
  },
  {
    op: 'DecoderMaskedMultiHeadAttention',
    domain: microsoft,
    data: [
      [2, 1, 16],
      [2, 1, 16],
      [2, 1, 16],
    ],
    constants: ['', '', [2, 4, 7, 4], [2, 4, 7, 4]],
    attributes: { num_heads: 4 },
    shapes: [
      [2, 1, 16],
      [2, 4, 8, 4],
      [2, 4, 8, 4],
    ],
    macs: 2 * 2 * 8 * 16,
  },
  {
    op: 'PackedAttention',
    domain: microsoft,
    data: [[11, 12]],
    constants: [[12, 48], [48], [2, 8], [3]],
    attributes: { num_heads: 4 },
    shapes: [[11, 16]],
    macs: 11 * 12 * 48 + 2 * 2 * 8 * 8 * 16,
  },
  {
    op: 'PackedMultiHeadAttention',
    domain: microsoft,
    data: [
      [11, 16],
      [11, 16],
      [11, 24],
    ],
    constants: ['', [2, 8], [3]],
    attributes: { num_heads: 4 },
    shapes: [[11, 24]],
    macs: 2 * 8 * 8 * (16 + 24),
  },
  {
    op: 'EmbedLayerNormalization',
    domain: microsoft,
    data: [
      [2, 7],
      [2, 7],
    ],
    constants: [[100, 16], [50, 16], [2, 16], [16], [16]],
    shapes: [[2, 7, 16], [2]],
  },
  {
    op: 'SkipLayerNormalization',
    domain: microsoft,
    data: [
      [2, 7, 16],
      [2, 7, 16],
    ],
    constants: [[16], [16]],
    shapes: [
      [2, 7, 16],
      [2, 7, 1],
      [2, 7, 1],
      [2, 7, 16],
    ],
  },
  {
    op: 'RotaryEmbedding',
    domain: microsoft,
    data: [
      [2, 7, 16],
      [2, 7],
    ],
    constants: [
      [50, 4],
      [50, 4],
    ],
    shapes: [[2, 7, 16]],
  },
  { op: 'BiasGelu', domain: microsoft, data: [[2, 7, 16]], constants: [[16]], shapes: [[2, 7, 16]] },
  { op: 'BiasSplitGelu', domain: microsoft, data: [[2, 7, 16]], constants: [[16]], shapes: [[2, 7, 8]] },
  // … and products
  {
    op: 'FusedMatMul',
    domain: microsoft,
    data: [
      [2, 3, 5, 4],
      [2, 3, 6, 4],
    ],
    attributes: { transB: 1 },
    shapes: [[2, 3, 5, 6]],
    macs: 6 * 5 * 6 * 4,
  },
  {
    op: 'FusedMatMul',
    domain: microsoft,
    data: [
      [5, 2, 4],
      [2, 4, 6],
    ],
    attributes: { transBatchA: 1 },
    shapes: [[2, 5, 6]],
    macs: 2 * 5 * 6 * 4,
  },
  {
    op: 'FusedGemm',
    domain: microsoft,
    data: [[3, 4]],
    constants: [[5, 4], [5]],
    attributes: { transB: 1, activation: 'Relu' },
    shapes: [[3, 5]],
    macs: 60,
  },
  {
    op: 'MatMulNBits',
    domain: microsoft,
    data: [[1, 7, 64]],
    constants: [[48, 2, 16], [96]],
    attributes: { K: 64, N: 48, bits: 4, block_size: 32 },
    shapes: [[1, 7, 48]],
    macs: 7 * 64 * 48,
  },
  {
    op: 'MoE',
    domain: microsoft,
    data: [
      [10, 16],
      [10, 4],
    ],
    constants: [[4, 32, 16], '', [4, 16, 32]],
    attributes: { k: 2 },
    shapes: [[10, 16]],
    macs: 10 * 2 * 2 * 16 * 32,
  },
  {
    op: 'QMoE',
    domain: microsoft,
    data: [
      [10, 16],
      [10, 4],
    ],
    constants: [[4, 32, 8], [4, 32], '', [4, 16, 16], [4, 16]],
    attributes: { k: 1, expert_weight_bits: 4 },
    shapes: [[10, 16]],
    macs: 10 * 2 * 16 * 32,
  },
  {
    op: 'NhwcConv',
    domain: microsoft,
    data: [[1, 9, 7, 4]],
    constants: [[6, 4, 3, 3]],
    attributes: { pads: [1, 1, 1, 1], strides: [2, 2] },
    shapes: [[1, 5, 4, 6]],
    macs: 20 * 6 * 36,
  },
  {
    op: 'NhwcMaxPool',
    domain: microsoft,
    data: [[1, 8, 6, 4]],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
    shapes: [[1, 4, 3, 4]],
  },
  {
    op: 'GatherBlockQuantized',
    domain: microsoft,
    data: [
      [100, 16],
      [2, 7],
    ],
    constants: [[100, 2]],
    attributes: { block_size: 16, quantize_axis: 1 },
    shapes: [[2, 7, 16]],
  },
  // Whole numbers of 8 bits
  {
    op: 'QLinearConv',
    opset: 10,
    data: [[1, 3, 8, 8]],
    constants: [[], [], [4, 3, 3, 3], [], [], [], []],
    shapes: [[1, 4, 6, 6]],
    macs: 4 * 36 * 27,
  },
  {
    op: 'QLinearConv',
    domain: microsoft,
    data: [[1, 8, 8, 3]],
    constants: [[], [], [4, 3, 3, 3], [], [], [], []],
    attributes: { channels_last: 1 },
    shapes: [[1, 6, 6, 4]],
    macs: 4 * 36 * 27,
  },
  {
    op: 'QGemm',
    domain: microsoft,
    data: [[3, 8]],
    constants: [[], [], [5, 8], [], []],
    attributes: { transB: 1 },
    shapes: [[3, 5]],
    macs: 120,
  },
  {
    op: 'QLinearAveragePool',
    domain: microsoft,
    data: [[1, 8, 6, 4]],
    constants: [[], [], [], []],
    attributes: { kernel_shape: [2, 2], strides: [2, 2], channels_last: 1 },
    shapes: [[1, 4, 3, 4]],
  },
  {
    op: 'QLinearGlobalAveragePool',
    domain: microsoft,
    data: [[1, 8, 6, 4]],
    constants: [[], [], [], []],
    attributes: { channels_last: 1 },
    shapes: [[1, 1, 1, 4]],
  },
  {
    op: 'QLinearWhere',
    domain: microsoft,
    data: [
      [3, 1],
      [1, 4],
    ],
    constants: [[], [], [3, 4], [], [], [], []],
    shapes: [[3, 4]],
  },
  {
    op: 'QLinearReduceMean',
    domain: microsoft,
    data: [[2, 3, 4]],
    constants: [[], [], [], []],
    attributes: { axes: [1, 2], keepdims: 0 },
    shapes: [[2]],
  },
  {
    op: 'QLinearSoftmax',
    domain: microsoft,
    data: [[2, 3]],
    constants: [[], [], [], []],
    attributes: { axis: 1, opset: 13 },
    shapes: [[2, 3]],
  },
  {
    op: 'QLinearMul',
    domain: microsoft,
    data: [[2, 3, 4]],
    constants: [[], [], [3, 1], [], [], [], []],
    shapes: [[2, 3, 4]],
  },
  {
    op: 'QAttention',
    domain: microsoft,
    data: [[2, 5, 12]],
    constants: [[12, 48], [48], [], []],
    attributes: { num_heads: 4 },
    shapes: [[2, 5, 16]],
    macs: 2 * 5 * 12 * 48 + 2 * 2 * 5 * 5 * 16,
  },
  {
    op: 'MatMulIntegerToFloat',
    domain: microsoft,
    data: [[2, 5, 12]],
    constants: [[12, 7], [], []],
    shapes: [[2, 5, 7]],
    macs: 10 * 12 * 7,
  },
  {
    op: 'DynamicQuantizeMatMul',
    domain: microsoft,
    data: [[2, 5, 12]],
    constants: [[12, 7], []],
    shapes: [[2, 5, 7]],
    macs: 10 * 12 * 7,
  },
  {
    op: 'DynamicQuantizeLSTM',
    domain: microsoft,
    data: [[7, 2, 3]],
    constants: [
      [1, 3, 20],
      [1, 5, 20],
    ],
    attributes: { hidden_size: 5 },
    shapes: [
      [7, 1, 2, 5],
      [1, 2, 5],
      [1, 2, 5],
    ],
    macs: 7 * 2 * 4 * 5 * 8,
  },
  // Element by element
  {
    op: 'Dropout',
    opset: 10,
    data: [[2, 3]],
    attributes: { ratio: { float: 0.5 } },
    shapes: [
      [2, 3],
      [2, 3],
    ],
  },
  {
    op: 'Dropout',
    opset: 13,
    data: [[2, 3]],
    constants: [{ floats: [0.5] }],
    shapes: [
      [2, 3],
      [2, 3],
    ],
  },
  { op: 'Relu', data: [[2, 3]], shapes: [[2, 3]], macs: 0 },
  {
    op: 'Add',
    data: [
      [2, 1, 4],
      [3, 1],
    ],
    shapes: [[2, 3, 4]],
    macs: 0,
  },
  {
    op: 'Mul',
    data: [
      ['N', 3],
      [5, 1],
    ],
    shapes: [[5, 3]],
  },
  { op: 'Where', data: [[2, 1], [3], []], shapes: [[2, 3]] },
  { op: 'LayerNormalization', data: [[2, 5, 8]], constants: [[8], [8]], shapes: [[2, 5, 8]] },
  { op: 'Softmax', opset: 9, data: [[2, 5]], shapes: [[2, 5]] },
  { op: 'LRN', data: [[1, 4, 3, 3]], attributes: { size: 5 }, shapes: [[1, 4, 3, 3]] },
  { op: 'Clip', opset: 9, data: [[4]], attributes: { min: { float: 0 }, max: { float: 6 } }, shapes: [[4]] },
  { op: 'Clip', data: [[4]], constants: [{ floats: [0] }, ''], shapes: [[4]] },
  // Shapes
  { op: 'Reshape', opset: 4, data: [[2, 6]], attributes: { shape: [3, -1] }, shapes: [[3, 4]] },
  { op: 'Reshape', data: [[2, 6, 5]], constants: [{ ints: [0, -1] }], shapes: [[2, 30]] },
  {
    op: 'Reshape',
    opset: 14,
    data: [[0, 6]],
    constants: [{ ints: [3, 0] }],
    attributes: { allowzero: 1 },
    shapes: [[3, 0]],
  },
  { op: 'Flatten', data: [[2, 3, 4]], attributes: { axis: 2 }, shapes: [[6, 4]] },
  { op: 'Squeeze', opset: 11, data: [[1, 3, 1]], attributes: { axes: [0] }, shapes: [[3, 1]] },
  { op: 'Squeeze', opset: 13, data: [[1, 3, 1]], constants: [{ ints: [-1] }], shapes: [[1, 3]] },
  { op: 'Squeeze', opset: 13, data: [[1, 3, 1]], shapes: [[3]] },
  { op: 'Unsqueeze', opset: 11, data: [[3]], attributes: { axes: [0, 2] }, shapes: [[1, 3, 1]] },
  { op: 'Unsqueeze', opset: 13, data: [[3]], constants: [{ ints: [-1] }], shapes: [[3, 1]] },
  { op: 'Transpose', data: [[1, 2, 3]], attributes: { perm: [2, 0, 1] }, shapes: [[3, 1, 2]] },
  { op: 'Transpose', data: [[1, 2, 3]], shapes: [[3, 2, 1]] },
  {
    op: 'Concat',
    data: [
      [1, 2, 4],
      [1, 3, 4],
    ],
    attributes: { axis: -2 },
    shapes: [[1, 5, 4]],
  },
  {
    op: 'Split',
    opset: 11,
    data: [[1, 7]],
    attributes: { axis: 1, split: [3, 4] },
    shapes: [
      [1, 3],
      [1, 4],
    ],
  },
  {
    op: 'Split',
    opset: 13,
    data: [[1, 6]],
    attributes: { axis: 1 },
    shapes: [
      [1, 3],
      [1, 3],
    ],
  },
  {
    op: 'Split',
    opset: 18,
    data: [[1, 7]],
    attributes: { axis: 1, num_outputs: 2 },
    shapes: [
      [1, 4],
      [1, 3],
    ],
  },
  {
    op: 'Slice',
    opset: 9,
    data: [[10, 8]],
    attributes: { starts: [1, -3], ends: [5, 100], axes: [0, 1] },
    shapes: [[4, 3]],
  },
  {
    op: 'Slice',
    opset: 10,
    data: [[10, 8]],
    constants: [{ ints: [-1] }, { ints: [-100] }, { ints: [0] }, { ints: [-3] }],
    shapes: [[4, 8]],
  },
  {
    op: 'Slice',
    opset: 13,
    data: [[10, 8]],
    constants: [{ ints: [0] }, { ints: [Number.MAX_SAFE_INTEGER] }, { ints: [1] }, { ints: [2] }],
    shapes: [[10, 4]],
  },
  { op: 'Gather', data: [[5, 6]], constants: [{ ints: [0, 2] }], attributes: { axis: 1 }, shapes: [[5, 2]] },
  {
    op: 'Pad',
    opset: 10,
    data: [[1, 1, 4, 4]],
    attributes: { pads: [0, 0, 1, 2, 0, 0, 1, 2] },
    shapes: [[1, 1, 6, 8]],
  },
  { op: 'Pad', opset: 11, data: [[2, 3]], constants: [{ ints: [0, 1, 0, -2] }], shapes: [[2, 2]] },
  { op: 'Pad', opset: 18, data: [[2, 3]], constants: [{ ints: [1, 1] }, '', { ints: [1] }], shapes: [[2, 5]] },
  { op: 'Expand', data: [[3, 1]], constants: [{ ints: [2, 1, 4] }], shapes: [[2, 3, 4]] },
  { op: 'Tile', data: [[2, 3]], constants: [{ ints: [2, 1] }], shapes: [[4, 3]] },
  {
    op: 'Upsample',
    opset: 9,
    data: [[1, 1, 3, 3]],
    constants: [{ floats: [1, 1, 2, 2] }],
    attributes: { mode: 'nearest' },
    shapes: [[1, 1, 6, 6]],
  },
  { op: 'Resize', opset: 10, data: [[1, 1, 3, 3]], constants: [{ floats: [1, 1, 2, 1.5] }], shapes: [[1, 1, 6, 4]] },
  { op: 'Resize', opset: 13, data: [[1, 1, 3, 3]], constants: ['', { floats: [1, 1, 2, 2] }], shapes: [[1, 1, 6, 6]] },
  {
    op: 'Resize',
    opset: 13,
    data: [[1, 1, 3, 3]],
    constants: ['', '', { ints: [1, 1, 7, 9] }],
    shapes: [[1, 1, 7, 9]],
  },
  {
    op: 'Resize',
    opset: 18,
    data: [[1, 1, 3, 6]],
    constants: ['', '', { ints: [9, 9] }],
    attributes: { axes: [2, 3], keep_aspect_ratio_policy: 'not_larger' },
    shapes: [[1, 1, 5, 9]],
  },
  {
    op: 'Resize',
    opset: 11,
    data: [[1, 1, 3, 3]],
    constants: [{ floats: [] }, { floats: [1, 1, 2, 2] }],
    shapes: [[1, 1, 6, 6]],
  },
  {
    op: 'Col2Im',
    opset: 18,
    data: [[1, 5, 5]],
    constants: [{ ints: [5, 5] }, { ints: [1, 5] }],
    shapes: [[1, 1, 5, 5]],
  },
  {
    op: 'CenterCropPad',
    opset: 18,
    data: [[20, 8, 3]],
    constants: [{ ints: [10, 9] }],
    attributes: { axes: [-3, -2] },
    shapes: [[10, 9, 3]],
  },
  { op: 'AffineGrid', opset: 20, data: [[2, 2, 3]], constants: [{ ints: [2, 3, 5, 6] }], shapes: [[2, 5, 6, 2]] },
  { op: 'DepthToSpace', data: [[1, 8, 2, 3]], attributes: { blocksize: 2 }, shapes: [[1, 2, 4, 6]] },
  { op: 'ReduceMean', opset: 13, data: [[2, 3, 4]], attributes: { axes: [1, -1], keepdims: 0 }, shapes: [[2]] },
  { op: 'ReduceMean', opset: 18, data: [[2, 3, 4]], constants: [{ ints: [1] }], shapes: [[2, 1, 4]] },
  { op: 'ReduceSum', opset: 13, data: [[2, 3]], attributes: { noop_with_empty_axes: 1 }, shapes: [[2, 3]] },
  { op: 'ReduceSum', opset: 11, data: [[2, 3]], attributes: { axes: [0] }, shapes: [[1, 3]] },
  {
    op: 'ReduceSum',
    opset: 13,
    data: [[2, 3]],
    constants: [{ ints: [0] }],
    attributes: { keepdims: 0 },
    shapes: [[3]],
  },
  { op: 'ReduceMax', data: [[2, 3]], attributes: { keepdims: 0 }, shapes: [[]] },
  { op: 'ArgMax', data: [[2, 3]], attributes: { axis: 1, keepdims: 0 }, shapes: [[2]] },
  {
    op: 'TopK',
    opset: 9,
    data: [[2, 9]],
    attributes: { k: 3 },
    shapes: [
      [2, 3],
      [2, 3],
    ],
  },
  {
    op: 'TopK',
    opset: 11,
    data: [[2, 9]],
    constants: [{ ints: [4] }],
    shapes: [
      [2, 4],
      [2, 4],
    ],
  },
  { op: 'QuantizeLinear', data: [[2, 3]], constants: [[]], shapes: [[2, 3]] },
  {
    op: 'NonMaxSuppression',
    data: [
      [1, 10, 4],
      [1, 2, 10],
    ],
    shapes: [[undefined, 3]],
  },
];

const names = cases.map(
  (each) =>
    [
      `${each.domain ?? ''} ${each.op} (opset ${each.opset ?? 17}) of ${JSON.stringify(each.data)}${each.constants === undefined ? '' : `, ${JSON.stringify(each.constants)}`}${each.attributes === undefined ? '' : ` with ${JSON.stringify(each.attributes)}`}`,
      each,
    ] as const,
);

test.each(names)(
  '%s',
  async (_, { op, opset = 17, domain = '', data, constants = [], attributes = {}, shapes, macs = 0 }) => {
    const inputNames = [
      ...data.map((_shape, index) => `x${index}`),
      ...constants.map((constant, index) => (constant === '' ? '' : `c${index}`)),
    ];
    const initializers = constants.flatMap((constant, index) => {
      if (constant === '') return [];
      if ('ints' in constant) return [ints(`c${index}`, constant.ints)];
      return 'floats' in constant
        ? [tensor(`c${index}`, [constant.floats.length], { floats: constant.floats })]
        : [tensor(`c${index}`, constant)];
    });
    const outputs = shapes.map((_shape, index) => `y${index}`);
    const parsed = await readOnnxModel(
      bytesSource(
        model(
          {
            inputs: data.map((shape, index) => value(`x${index}`, shape)),
            initializers,
            nodes: [node(op, inputNames, outputs, attributes, { domain })],
          },
          { opset },
        ),
      ),
    );
    const { nodes } = inferGraph(parsed, parsed.graph.initializers, {});
    expect(nodes[0]?.reason).toBeUndefined();
    expect(nodes[0]?.outputs.map(({ shape }) => shape)).toEqual(shapes);
    expect(nodes[0]?.macs).toBe(macs);
  },
);

test('every one of them has a class of the cost model, so that no board refuses what can be imported', () => {
  expect(knownOperators().filter((op) => operationClassOf({ op }) === undefined)).toEqual([]);
});

test('the type of the elements is that of the operator: indices and shapes are whole numbers of 8 bytes, a cast gives what it casts to', async () => {
  const parsed = await readOnnxModel(
    bytesSource(
      model({
        inputs: [value('x', [4])],
        nodes: [
          node('ArgMax', ['x'], ['i'], { keepdims: 0 }),
          node('Cast', ['x'], ['h'], { to: 10 }),
          node('Shape', ['x'], ['s']),
        ],
      }),
    ),
  );
  expect(inferGraph(parsed, [], {}).nodes.map(({ outputs, isStatic }) => [outputs[0]?.elementType, isStatic])).toEqual([
    [INT64, false],
    [10, false],
    [INT64, true],
  ]);
});
