/** Every operator whose shapes and work can be inferred, by name (https://onnx.ai/onnx/operators). */
import type { NodeContext, Operator } from '../node-context.ts';
import { elementsOf, product, type Dimension, type Shape } from '../tensor.ts';
import { attentionOperators } from './attention.ts';
import { elementwiseOperators } from './elementwise.ts';
import { generatingOperators } from './generating.ts';
import { matrixOperators } from './matrices.ts';
import { quantizedOperators } from './quantized.ts';
import { rearrangingOperators } from './rearranging.ts';
import { reductionOperators } from './reductions.ts';
import { windowOperators } from './windows.ts';

const operators: ReadonlyMap<string, Operator> = new Map(
  [
    windowOperators,
    matrixOperators,
    attentionOperators,
    quantizedOperators,
    elementwiseOperators,
    rearrangingOperators,
    reductionOperators,
    generatingOperators,
  ].flatMap((family) => Object.entries(family)),
);

/** ONNX's own operators, and those of ONNX Runtime, which are called as ONNX's where they do the same. */
const domains = new Set(['', 'com.microsoft']);

/** What an operator does to shapes; undefined for one that is not known, whatever it is called. */
export function findOperator(domain: string, op: string): Operator | undefined {
  return domains.has(domain) ? operators.get(op) : undefined;
}

/** Names of all of them. */
export function knownOperators(): readonly string[] {
  return [...operators.keys()];
}

/** Elements of the weights that each element of the output meets, by the shape of the weights. */
type WeightsMet = (weights: Shape, node: NodeContext) => Dimension;

const filter: WeightsMet = (weights) => elementsOf(weights.slice(1));
const column: WeightsMet = (weights, node) =>
  node.integer('transB', 0) === 1 ? weights.at(-1) : weights.length > 1 ? weights.at(-2) : weights[0];
/** Of each gate: a row for the input, one for the state. */
const gates =
  (count: number): WeightsMet =>
  ([, , width], node) => {
    const hidden = node.integer('hidden_size') ?? node.optional(2)?.shape?.[2];
    return product(count, width === undefined || hidden === undefined ? undefined : width + hidden);
  };

/** By operator, the input with the weights, and which of them each element of the output meets. */
const workByOutput: Readonly<Record<string, readonly [weights: number, met: WeightsMet]>> = {
  Conv: [1, filter],
  FusedConv: [1, filter],
  NhwcConv: [1, filter],
  NhwcFusedConv: [1, filter],
  DeformConv: [1, filter],
  ConvInteger: [1, filter],
  QLinearConv: [3, filter],
  Gemm: [1, column],
  FusedGemm: [1, column],
  MatMul: [1, column],
  FusedMatMul: [1, column],
  MatMulInteger: [1, column],
  MatMulIntegerToFloat: [1, column],
  DynamicQuantizeMatMul: [1, column],
  QLinearMatMul: [3, column],
  QGemm: [3, column],
  RNN: [1, gates(1)],
  GRU: [1, gates(3)],
  LSTM: [1, gates(4)],
};

/** The work of a node whose input is not known, from its output and its weights; undefined where they are not known either. */
export function macsFromOutput(node: NodeContext, output: Shape | undefined): Dimension {
  const [weights, met] = findOperator(node.domain, node.op) === undefined ? [] : (workByOutput[node.op] ?? []);
  const shape = node.optional(weights ?? 0)?.shape;
  return met === undefined || shape === undefined ? undefined : product(elementsOf(output), met(shape, node));
}
