/**
 * Operators on whole numbers of 8 bits (docs/ContribOperators.md of ONNX Runtime, and ONNX's own): every tensor comes with a scale and a
 * zero point, so that inputs are at other places than those of the float operators, whose rules of shapes they follow.
 */
import { ElementType } from '../element-types.ts';
import type { Inference, NodeContext, Operator } from '../node-context.ts';
import { broadcast, type Shape } from '../tensor.ts';
import { generalMatMul, matMul } from './matrices.ts';
import { concat } from './rearranging.ts';
import { reduce } from './reductions.ts';
import { convolution, globalPool, pool } from './windows.ts';

/** The type of the zero point of the result, which is the result's; that of the first input where there is none. */
function resultType(node: NodeContext, zeroPoint: number): number {
  return (node.optional(zeroPoint) ?? node.input(0)).elementType;
}

/** As `operator` does with the inputs at `positions`, with the type of the zero point of the result. */
const like =
  (
    operator: Operator,
    positions: readonly number[] | ((node: NodeContext) => readonly number[]),
    zeroPoint: number,
  ): Operator =>
  (node) => {
    const { outputs, macs }: Inference = operator(
      node.withInputs(typeof positions === 'function' ? positions(node) : positions),
    );
    const [first, ...others] = outputs;
    return { outputs: [{ ...first, elementType: resultType(node, zeroPoint) }, ...others], macs };
  };

const same =
  (zeroPoint: number): Operator =>
  (node) => ({ outputs: [{ elementType: resultType(node, zeroPoint), shape: node.shape(0) }], macs: 0 });

/** Broadcasting of the inputs at `positions`. */
const elementwise =
  (positions: readonly number[], zeroPoint: number, typeOf: number): Operator =>
  (node) => ({
    outputs: [
      {
        elementType: node.optional(zeroPoint)?.elementType ?? node.input(typeOf).elementType,
        shape: broadcast(positions.map((position): Shape => node.shape(position))),
      },
    ],
    macs: 0,
  });

/** A matrix product whose result is a float of the type of the scale at `scale`. */
const toFloat =
  (scale: number): Operator =>
  (node) =>
    matMul(node, 1, node.optional(scale)?.elementType ?? ElementType.float);

export const quantizedOperators: Readonly<Record<string, Operator>> = {
  QLinearConv: (node) => convolution(node, 3, resultType(node, 7), node.integer('channels_last', 0) === 1),
  ConvInteger: (node) => convolution(node, 1, ElementType.int32),
  QLinearMatMul: (node) => matMul(node, 3, resultType(node, 7)),
  MatMulInteger: (node) => matMul(node, 1, ElementType.int32),
  MatMulIntegerToFloat: toFloat(2),
  DynamicQuantizeMatMul: toFloat(2),
  QGemm: (node) => generalMatMul(node, 3, node.optional(7) === undefined ? ElementType.float : resultType(node, 8)),
  QLinearAveragePool: like(pool, [0], 4),
  QLinearGlobalAveragePool: like(globalPool, [0], 4),
  // Scale and zero point of the result, then each input with its own.
  QLinearConcat: like(
    concat,
    (node) => node.inputs.flatMap((_, position) => (position >= 2 && (position - 2) % 3 === 0 ? [position] : [])),
    1,
  ),
  QLinearReduceMean: like(reduce, [0], 4),
  QLinearSoftmax: same(4),
  QLinearSigmoid: same(4),
  QLinearLeakyRelu: same(4),
  QLinearAdd: elementwise([0, 3], 7, 0),
  QLinearMul: elementwise([0, 3], 7, 0),
  QLinearWhere: elementwise([0, 1, 4], 8, 1),
};
