/** Operators that multiply matrices: Gemm, MatMul, Einsum, attention and recurrent layers. */
import { ElementType } from '../element-types.ts';
import type { Inference, NodeContext, Operator } from '../node-context.ts';
import { broadcast, CannotInfer, elementsOf, product, type Dimension, type Shape } from '../tensor.ts';

const gemm: Operator = (node) => {
  const [rows, inner] = transposeIf(node.shape(0), node.integer('transA', 0) === 1);
  const [, columns] = transposeIf(node.shape(1), node.integer('transB', 0) === 1);
  return { outputs: [{ elementType: node.input(0).elementType, shape: [rows, columns] }], macs: product(rows, inner, columns) };
};

function transposeIf([rows, columns]: Shape, swapped: boolean): readonly [Dimension, Dimension] {
  return swapped ? [columns, rows] : [rows, columns];
}

/** As numpy.matmul. @param second index of the second factor */
function matMul(node: NodeContext, second: number, elementType: number): Inference {
  const left = node.shape(0);
  const right = node.shape(second);
  if (left.length === 0 || right.length === 0) throw new CannotInfer('a factor is a single number');
  const inner = left.at(-1) ?? (right.length > 1 ? right.at(-2) : right[0]);
  const rows = left.length > 1 ? left.slice(-2, -1) : [];
  const columns = right.length > 1 ? right.slice(-1) : [];
  const batch = broadcast([left.slice(0, -2), right.slice(0, -2)]);
  const shape = [...batch, ...rows, ...columns];
  return { outputs: [{ elementType, shape }], macs: product(elementsOf(shape), inner) };
}

/** Multiplications as if all factors met in one loop over every index. */
const einsum: Operator = (node) => {
  const [left, right] = node.text('equation', '').replaceAll(/\s/g, '').split('->');
  const terms = (left ?? '').split(',');
  if (left === undefined || left.includes('.') || (right ?? '').includes('.') || terms.length !== node.inputs.length) throw new CannotInfer('this equation is not understood');
  const sizes = new Map<string, Dimension>();
  terms.forEach((term, index) => [...term].forEach((letter, axis) => sizes.set(letter, sizes.get(letter) ?? node.shape(index)[axis])));
  const letters = [...terms.join('')];
  const output = right ?? [...new Set(letters)].filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter)).sort().join('');
  const shape = [...output].map((letter) => sizes.get(letter));
  return { outputs: [{ elementType: node.input(0).elementType, shape }], macs: terms.length < 2 ? 0 : product(...sizes.values()) };
};

/** ONNX 23: query, key and value of 3 dimensions (batch, length, heads × size) or 4 (batch, heads, length, size). */
const attention: Operator = (node) => {
  const [query, key, value] = [node.shape(0), node.shape(1), node.shape(2)];
  const { elementType } = node.input(0);
  const past = node.optional(4)?.shape?.[2] ?? 0;
  if (query.length === 4) {
    const [batch, heads, length, size] = query;
    const total = plus(key[2], past);
    const shape = [batch, heads, length, value[3]];
    return { outputs: [{ elementType, shape }, ...presentOf(batch, key[1], total, key[3], value[3], elementType), { elementType, shape: [batch, heads, length, total] }], macs: plus(product(batch, heads, length, total, size), product(batch, heads, length, total, value[3])) };
  }
  const heads = node.integer('q_num_heads');
  const keyHeads = node.integer('kv_num_heads');
  if (heads === undefined || keyHeads === undefined) throw new CannotInfer('the number of heads is missing');
  const [batch, length, width] = query;
  const total = plus(key[1], past);
  const valueSize = over(value[2], keyHeads);
  const outputWidth = product(valueSize, heads);
  return { outputs: [{ elementType, shape: [batch, length, outputWidth] }, ...presentOf(batch, keyHeads, total, over(key[2], keyHeads), valueSize, elementType), { elementType, shape: [batch, heads, length, total] }], macs: plus(product(batch, length, total, width), product(batch, length, total, outputWidth)) };
};

function presentOf(batch: Dimension, heads: Dimension, total: Dimension, keySize: Dimension, valueSize: Dimension, elementType: number): Inference['outputs'] {
  return [{ elementType, shape: [batch, heads, total, keySize] }, { elementType, shape: [batch, heads, total, valueSize] }];
}

/** @param gates matrices per step: 1 for RNN, 3 for GRU, 4 for LSTM */
function recurrent(gates: number): Operator {
  return (node) => {
    const [first, second, width] = node.shape(0);
    const [directions, , ] = node.shape(1);
    const hidden = node.integer('hidden_size') ?? node.shape(2)[2];
    const batchFirst = node.integer('layout', 0) === 1;
    const [steps, batch] = batchFirst ? [second, first] : [first, second];
    const { elementType } = node.input(0);
    const state = { elementType, shape: batchFirst ? [batch, directions, hidden] : [directions, batch, hidden] };
    const outputs = [{ elementType, shape: batchFirst ? [batch, steps, directions, hidden] : [steps, directions, batch, hidden] }, state, state];
    return { outputs, macs: product(steps, batch, directions, gates, hidden, plus(width, hidden)) };
  };
}

function plus(a: Dimension, b: Dimension): Dimension {
  return a === undefined || b === undefined ? undefined : a + b;
}

function over(a: Dimension, b: number): Dimension {
  return a === undefined ? undefined : a / b;
}

export const matrixOperators: Readonly<Record<string, Operator>> = {
  Gemm: gemm,
  MatMul: (node) => matMul(node, 1, node.input(0).elementType),
  MatMulInteger: (node) => matMul(node, 1, ElementType.int32),
  QLinearMatMul: (node) => matMul(node, 3, node.optional(7)?.elementType ?? node.input(0).elementType),
  Einsum: einsum,
  Attention: (node) => {
    // The contrib operator of the same name has other inputs.
    if (node.inputs.length < 3 || node.has('num_heads')) throw new CannotInfer('this variant is not known');
    return attention(node);
  },
  RNN: recurrent(1),
  GRU: recurrent(3),
  LSTM: recurrent(4),
};
