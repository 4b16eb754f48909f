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

/** ONNX's own operators, and those of ONNX Runtime, which are called as ONNX's where they do the same. */
const domains = new Set(['', 'com.microsoft']);

/** What an operator does to shapes; undefined for one that is not known, whatever it is called. */
export function findOperator(domain: string, op: string): Operator | undefined {
  // Of the same name, but with the weights of all three projections as an input.
  if (domain === 'com.microsoft' && op === 'Attention') return undefined;
  return domains.has(domain) ? operators.get(op) : undefined;
}
