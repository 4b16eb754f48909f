/** Operators that multiply matrices: Gemm, MatMul, Einsum and recurrent layers. */
import { ElementType } from '../element-types.ts';
import type { Inference, NodeContext, Operator } from '../node-context.ts';
import { broadcast, CannotInfer, elementsOf, plus, product, withSize, type Dimension, type Shape } from '../tensor.ts';

const gemm: Operator = (node) => generalMatMul(node, 1, node.input(0).elementType);

/** @param second index of the second factor */
export function generalMatMul(node: NodeContext, second: number, elementType: number): Inference {
  const [rows, left] = transposeIf(node.shape(0), node.integer('transA', 0) === 1);
  const [right, columns] = transposeIf(node.shape(second), node.integer('transB', 0) === 1);
  return { outputs: [{ elementType, shape: [rows, columns] }], macs: product(rows, left ?? right, columns) };
}

function transposeIf([rows, columns]: Shape, swapped: boolean): readonly [Dimension, Dimension] {
  return swapped ? [columns, rows] : [rows, columns];
}

/** @param second index of the second factor */
export function matMul(node: NodeContext, second: number, elementType: number): Inference {
  return multiplied(node.shape(0), node.shape(second), elementType);
}

/** As numpy.matmul. */
function multiplied(left: Shape, right: Shape, elementType: number): Inference {
  if (left.length === 0 || right.length === 0) throw new CannotInfer('a factor is a single number');
  const inner = left.at(-1) ?? (right.length > 1 ? right.at(-2) : right[0]);
  const rows = left.length > 1 ? left.slice(-2, -1) : [];
  const columns = right.length > 1 ? right.slice(-1) : [];
  const batch = broadcast([left.slice(0, -2), right.slice(0, -2)]);
  const shape = [...batch, ...rows, ...columns];
  return { outputs: [{ elementType, shape }], macs: product(elementsOf(shape), inner) };
}

/** Multiplications as if all factors met in one loop over every index. A size of 1 is repeated, and "..." stands for any leading axes, as numpy.einsum. */
const einsum: Operator = (node) => {
  const [left, right] = node.text('equation', '').replaceAll(/\s/g, '').split('->');
  const terms = (left ?? '').split(',');
  if (left === undefined || terms.length !== node.inputs.length)
    throw new CannotInfer('this equation is not understood');
  const labels = terms.map((term, index) => labelsOf(term, node.shape(index).length));
  const sizes = new Map<string, Dimension>();
  labels
    .flatMap((term, index) => term.map((label, axis) => [label, node.shape(index)[axis]] as const))
    .forEach(([label, size]) => {
      const [together] = broadcast(sizes.has(label) ? [[sizes.get(label)], [size]] : [[size]]);
      sizes.set(label, together);
    });
  const all = labels.flat();
  const shared = [...new Set(all)]
    .filter((label) => label.startsWith('.'))
    .sort((a, b) => Number(b.slice(1)) - Number(a.slice(1)));
  const output =
    right === undefined
      ? [
          ...shared,
          ...[...new Set(all)]
            .filter((label) => !label.startsWith('.') && all.indexOf(label) === all.lastIndexOf(label))
            .sort(),
        ]
      : labelsOf(right, right.replace('...', '').length + shared.length);
  if (output.some((label) => !sizes.has(label))) throw new CannotInfer('this equation is not understood');
  return {
    outputs: [{ elementType: node.input(0).elementType, shape: output.map((label) => sizes.get(label)) }],
    macs: terms.length < 2 ? 0 : product(...sizes.values()),
  };
};

/** A label per axis: its letter, or "." and the axis counted from the last that "..." stands for. */
function labelsOf(term: string, rank: number): string[] {
  const [before, after, more] = term.split('...');
  if (more !== undefined || /[^A-Za-z]/.test(`${before}${after ?? ''}`))
    throw new CannotInfer('this equation is not understood');
  const shared = after === undefined ? 0 : rank - before.length - after.length;
  if (before.length + (after ?? '').length + shared !== rank || shared < 0)
    throw new CannotInfer(`"${term}" does not fit ${rank} dimensions`);
  return [...before, ...Array.from({ length: shared }, (_, axis) => `.${shared - axis}`), ...(after ?? '')];
}

/** As MatMul, of matrices that may be given with their last two axes, or with their first axis moved before the last, swapped. */
const fusedMatMul: Operator = (node) => {
  const arranged = (index: number, letter: 'A' | 'B'): Shape => {
    const shape = node.shape(index);
    if (shape.length < 2) return shape;
    // transBatch: the axes before the last but one are moved by one place, so that the first of them becomes the last but one.
    const moved =
      node.integer(`transBatch${letter}`, 0) === 1 ? [...shape.slice(1, -1), shape[0], ...shape.slice(-1)] : shape;
    return node.integer(`trans${letter}`, 0) === 1 ? [...moved.slice(0, -2), ...moved.slice(-2).toReversed()] : moved;
  };
  return multiplied(arranged(0, 'A'), arranged(1, 'B'), node.input(0).elementType);
};

/** By weights of K rows and N columns that are packed into fewer bits. */
const packedMatMul: Operator = (node) => timesColumns(node, node.integer('K'), node.integer('N'));

function timesColumns(node: NodeContext, inner: Dimension, columns: Dimension): Inference {
  const shape = withSize(node.shape(0), node.shape(0).length - 1, columns);
  return { outputs: [{ elementType: node.input(0).elementType, shape }], macs: product(elementsOf(shape), inner) };
}

/** Each row of the input goes through the matrices of `k` of the experts; those of QMoE are packed. */
const mixtureOfExperts: Operator = (node) => {
  const shape = node.shape(0);
  const weights = (node.op === 'MoE' ? [2, 4, 6] : [2, 5, 8]).flatMap((index) => node.optional(index) ?? []);
  const perWeight = node.op === 'MoE' ? 1 : 8 / node.integer('expert_weight_bits', 4);
  const perExpert = weights.reduce<Dimension>(
    (sum, { shape: [, ...matrix] = [undefined] }) => plus(sum, product(elementsOf(matrix), perWeight)),
    0,
  );
  return {
    outputs: [{ elementType: node.input(0).elementType, shape }],
    macs: product(elementsOf(shape.slice(0, -1)), node.integer('k', 1), perExpert),
  };
};

/** @param gates matrices per step: 1 for RNN, 3 for GRU, 4 for LSTM */
function recurrent(gates: number): Operator {
  return (node) => {
    const [first, second, width] = node.shape(0);
    const [directions, ,] = node.shape(1);
    const hidden = node.integer('hidden_size') ?? node.shape(2)[2];
    const batchFirst = node.integer('layout', 0) === 1;
    const [steps, batch] = batchFirst ? [second, first] : [first, second];
    const { elementType } = node.input(0);
    const state = { elementType, shape: batchFirst ? [batch, directions, hidden] : [directions, batch, hidden] };
    const outputs = [
      { elementType, shape: batchFirst ? [batch, steps, directions, hidden] : [steps, directions, batch, hidden] },
      state,
      state,
    ];
    return { outputs, macs: product(steps, batch, directions, gates, hidden, plus(width, hidden)) };
  };
}

export const matrixOperators: Readonly<Record<string, Operator>> = {
  Gemm: gemm,
  MatMul: (node) => matMul(node, 1, node.input(0).elementType),
  Einsum: einsum,
  FusedMatMul: fusedMatMul,
  TransposeMatMul: fusedMatMul,
  FusedMatMulActivation: fusedMatMul,
  GemmFastGelu: (node) => matMul(node, 1, node.input(0).elementType),
  FusedGemm: gemm,
  MatMulInteger16: (node) => matMul(node, 1, ElementType.int32),
  MatMulNBits: packedMatMul,
  MatMulBnb4: packedMatMul,
  MatMulFpQ4: (node) => {
    const [inner, columns] = node.content(2) ?? [];
    return timesColumns(node, inner, columns);
  },
  MoE: mixtureOfExperts,
  QMoE: mixtureOfExperts,
  DynamicQuantizeLSTM: recurrent(4),
  RNN: recurrent(1),
  GRU: recurrent(3),
  LSTM: recurrent(4),
};
