/** What is known of a tensor while shapes are inferred: its element type, its shape as far as known, and the content of small constants. */
import { elementBits } from './element-types.ts';

/** Undefined: not known. */
export type Dimension = number | undefined;
export type Shape = readonly Dimension[];
/** Elements of a constant, those that are not known undefined. */
export type Content = readonly (number | undefined)[];

export interface Tensor {
  readonly elementType: number;
  /** Undefined: not even the number of dimensions is known. */
  readonly shape: Shape | undefined;
  readonly content?: Content;
}

/** A value that flows between nodes. */
export interface TensorValue extends Tensor {
  /** Depends on no input of the model, or on their shapes only: there before the first layer runs. */
  readonly isStatic: boolean;
}

/** Thrown by inference with the reason, as it continues "the shape of … could not be inferred: ". */
export class CannotInfer extends Error {}

/** Number of elements; undefined while a dimension is. */
export function elementsOf(shape: Shape | undefined): number | undefined {
  return shape?.reduce<Dimension>(
    (product, dimension) => (product === undefined || dimension === undefined ? undefined : product * dimension),
    1,
  );
}

/** Size in bytes, rounded up; undefined while the shape or the size of an element is. */
export function bytesOf({ shape, elementType }: Tensor): number | undefined {
  const elements = elementsOf(shape);
  const bits = elementBits(elementType);
  return elements === undefined || bits === undefined ? undefined : Math.ceil((elements * bits) / 8);
}

export function product(...factors: readonly Dimension[]): Dimension {
  return elementsOf(factors);
}

export function plus(a: Dimension, b: Dimension): Dimension {
  return a === undefined || b === undefined ? undefined : a + b;
}

/** `a` divided by `b`; undefined where that is not a whole number. */
export function over(a: Dimension, b: Dimension): Dimension {
  const quotient = a === undefined || b === undefined ? undefined : a / b;
  return Number.isInteger(quotient) ? quotient : undefined;
}

/** The shape of an element-wise operation (https://onnx.ai/onnx/repo-docs/Broadcasting.html). */
export function broadcast(shapes: readonly Shape[]): Shape {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => (axis < rank - shape.length ? 1 : shape[axis - rank + shape.length]));
    const large = sizes.filter((size) => size !== undefined && size !== 1);
    if (new Set(large).size > 1)
      throw new CannotInfer(`the sizes ${large.join(' and ')} of dimension ${axis} do not fit together`);
    return large.length > 0 ? large[0] : sizes.includes(undefined) ? undefined : 1;
  });
}

/** `axis` counted from the start; negative ones count from the end. */
export function axisOf(axis: number, rank: number): number {
  const fromStart = axis < 0 ? axis + rank : axis;
  if (fromStart >= 0 && fromStart < Math.max(1, rank)) return fromStart;
  throw new CannotInfer(`there is no axis ${axis} in ${rank} dimensions`);
}

/** `shape` with another size at `axis`. */
export function withSize(shape: Shape, axis: number, size: Dimension): Shape {
  return shape.map((dimension, index) => (index === axis ? size : dimension));
}
