/** Every operator whose shapes and work can be inferred, by name (https://onnx.ai/onnx/operators). */
import type { Operator } from '../node-context.ts';
import { elementwiseOperators } from './elementwise.ts';
import { generatingOperators } from './generating.ts';
import { matrixOperators } from './matrices.ts';
import { rearrangingOperators } from './rearranging.ts';
import { reductionOperators } from './reductions.ts';
import { windowOperators } from './windows.ts';

const operators: ReadonlyMap<string, Operator> = new Map(
  [windowOperators, matrixOperators, elementwiseOperators, rearrangingOperators, reductionOperators, generatingOperators].flatMap((family) => Object.entries(family)),
);

/** What `op` does to shapes; undefined for an operator that is not known. */
export function findOperator(op: string): Operator | undefined {
  return operators.get(op);
}
