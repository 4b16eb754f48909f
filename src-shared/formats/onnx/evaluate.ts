/** Calculates small constants: what models work out from shapes to reshape, slice and resize. Entries that are not known stay unknown. */
import { ElementType } from './element-types.ts';
import type { NodeContext } from './node-context.ts';
import { axisOf, elementsOf, type Content, type Tensor } from './tensor.ts';

const MAX_CONTENT = 1024;

type Evaluator = (node: NodeContext, output: Tensor) => Content | undefined;
type Entry = number | undefined;

/** `output` with its content, where it can be calculated. */
export function evaluate(node: NodeContext, output: Tensor): Tensor {
  const elements = elementsOf(output.shape);
  if (output.content !== undefined || elements === undefined || elements > MAX_CONTENT) return output;
  const content = evaluators[node.op]?.(node, output);
  return content !== undefined && content.length === elements ? { ...output, content } : output;
}

const same: Evaluator = (node) => node.input(0).content;

const unary =
  (calculate: (value: number) => number): Evaluator =>
  (node) =>
    node.input(0).content?.map((value) => (value === undefined ? undefined : calculate(value)));

const cast: Evaluator = (node, { elementType }) =>
  unary(
    isFloat(elementType)
      ? (value) => value
      : elementType === ElementType.bool
        ? (value) => Number(value !== 0)
        : Math.trunc,
  )(node, { elementType, shape: undefined });

/** With broadcasting of vectors and single numbers. */
const binary =
  (calculate: (a: number, b: number, isFloat: boolean) => number): Evaluator =>
  (node, output) => {
    const [a, b] = [node.input(0), node.input(1)];
    const length = elementsOf(output.shape);
    if (a.content === undefined || b.content === undefined || length === undefined || (output.shape?.length ?? 0) > 1)
      return undefined;
    return Array.from({ length }, (_, index) => {
      const [left, right] = [entryOf(a.content, index), entryOf(b.content, index)];
      return left === undefined || right === undefined ? undefined : calculate(left, right, isFloat(a.elementType));
    });
  };

function entryOf(content: Content | undefined, index: number): Entry {
  return content?.[content.length === 1 ? 0 : index];
}

function isFloat(elementType: number): boolean {
  return elementType === ElementType.float || elementType === ElementType.double || elementType === ElementType.float16;
}

const reduction =
  (start: number, combine: (a: number, b: number) => number): Evaluator =>
  (node, output) => {
    const { content } = node.input(0);
    if (content === undefined || elementsOf(output.shape) !== 1) return undefined;
    return [
      content.reduce<Entry>(
        (total, value) => (total === undefined || value === undefined ? undefined : combine(total, value)),
        start,
      ),
    ];
  };

/** Of vectors only. */
const gather: Evaluator = (node) => {
  const { content, shape } = node.input(0);
  const indices = node.input(1).content;
  if (content === undefined || indices === undefined || shape?.length !== 1) return undefined;
  return indices.map((index) => (index === undefined ? undefined : content.at(index)));
};

const concat: Evaluator = (node, output) => {
  const parts = node.inputs.map((input) => input?.content);
  return output.shape?.length === 1 && parts.every((part) => part !== undefined) ? parts.flat() : undefined;
};

const slice: Evaluator = (node) => {
  const { content, shape } = node.input(0);
  const [start] = node.list('starts', 1) ?? [];
  const [end] = node.list('ends', 2) ?? [];
  const step = node.optional(4)?.content?.[0] ?? 1;
  if (content === undefined || shape?.length !== 1 || start === undefined || end === undefined) return undefined;
  if (step > 0) return content.slice(start, end).filter((_, index) => index % step === 0);
  const from = Math.min(content.length - 1, start < 0 ? start + content.length : start);
  const to = Math.max(-1, end < 0 ? end + content.length : end);
  const taken: Entry[] = [];
  for (let at = from; at > to; at += step) taken.push(content[at]);
  return taken;
};

const where: Evaluator = (node, output) => {
  const length = elementsOf(output.shape);
  const [condition, yes, no] = [node.input(0).content, node.input(1).content, node.input(2).content];
  if (
    length === undefined ||
    condition === undefined ||
    yes === undefined ||
    no === undefined ||
    (output.shape?.length ?? 0) > 1
  )
    return undefined;
  return Array.from({ length }, (_, index) => {
    const chosen = entryOf(condition, index);
    return chosen === undefined ? undefined : entryOf(chosen !== 0 ? yes : no, index);
  });
};

const expand: Evaluator = (node, output) => {
  const { content } = node.input(0);
  const length = elementsOf(output.shape);
  return content?.length === 1 && length !== undefined ? Array.from({ length }, () => content[0]) : content;
};

const transpose: Evaluator = (node, output) => ((output.shape?.length ?? 0) < 2 ? node.input(0).content : undefined);

/** Places of what is not 0 in a vector. */
const nonZero: Evaluator = (node) => {
  const { content, shape } = node.input(0);
  if (shape?.length !== 1 || content === undefined || content.includes(undefined)) return undefined;
  return content.flatMap((value, index) => (value === 0 ? [] : [index]));
};

/** The part of a vector that goes to the first output. */
const split: Evaluator = (node, output) => {
  const { content, shape } = node.input(0);
  if (content === undefined || shape?.length !== 1 || axisOf(node.integer('axis', 0), 1) !== 0) return undefined;
  return content.slice(0, elementsOf(output.shape));
};

const evaluators: Readonly<Record<string, Evaluator>> = {
  Identity: same,
  Reshape: same,
  Flatten: same,
  Squeeze: same,
  Unsqueeze: same,
  Dropout: same,
  Cast: cast,
  CastLike: cast,
  Transpose: transpose,
  Expand: expand,
  Tile: expand,
  Gather: gather,
  Concat: concat,
  Slice: slice,
  Where: where,
  Split: split,
  NonZero: nonZero,
  Abs: unary(Math.abs),
  Neg: unary((value) => -value),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
  Sqrt: unary(Math.sqrt),
  Round: unary(Math.round),
  Not: unary((value) => Number(value === 0)),
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: binary((a, b, isFloat) => (isFloat ? a / b : Math.trunc(a / b))),
  Mod: binary((a, b) => a - b * Math.floor(a / b)),
  Max: binary((a, b) => Math.max(a, b)),
  Min: binary((a, b) => Math.min(a, b)),
  Pow: binary((a, b) => a ** b),
  Equal: binary((a, b) => Number(a === b)),
  Less: binary((a, b) => Number(a < b)),
  LessOrEqual: binary((a, b) => Number(a <= b)),
  Greater: binary((a, b) => Number(a > b)),
  GreaterOrEqual: binary((a, b) => Number(a >= b)),
  And: binary((a, b) => Number(a !== 0 && b !== 0)),
  Or: binary((a, b) => Number(a !== 0 || b !== 0)),
  ReduceProd: reduction(1, (a, b) => a * b),
  ReduceSum: reduction(0, (a, b) => a + b),
  ReduceMax: reduction(Number.NEGATIVE_INFINITY, Math.max),
  ReduceMin: reduction(Number.POSITIVE_INFINITY, Math.min),
};
