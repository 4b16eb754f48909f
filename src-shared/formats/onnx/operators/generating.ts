/** Operators that make tensors: constants, shapes, ranges and random numbers. */
import { ElementType } from '../element-types.ts';
import type { NodeContext, Operator } from '../node-context.ts';
import { CannotInfer, elementsOf, type Tensor } from '../tensor.ts';

const constant: Operator = (node) => {
  const found = constantOf(node);
  if (found === undefined) throw new CannotInfer('its value is of a kind that is not known');
  return { outputs: [found], macs: 0 };
};

function constantOf(node: NodeContext): Tensor | undefined {
  const tensor = node.attribute('value')?.tensor;
  if (tensor !== undefined)
    return {
      elementType: tensor.elementType,
      shape: tensor.dims,
      ...(tensor.content === undefined ? {} : { content: tensor.content }),
    };
  const single = node.integer('value_int');
  if (single !== undefined) return { elementType: ElementType.int64, shape: [], content: [single] };
  const float = node.attribute('value_float')?.float;
  if (float !== undefined) return { elementType: ElementType.float, shape: [], content: [float] };
  if (node.has('value_ints')) return listOf(node.integers('value_ints') ?? [], ElementType.int64);
  if (node.has('value_floats')) return listOf(node.attribute('value_floats')?.floats ?? [], ElementType.float);
  return node.has('value_string') || node.has('value_strings') ? { elementType: 8, shape: undefined } : undefined;
}

function listOf(content: readonly number[], elementType: number): Tensor {
  return { elementType, shape: [content.length], content };
}

const shape: Operator = (node) => {
  const all = node.shape(0);
  const [start, end] = [node.integer('start', 0), node.integer('end', all.length)];
  const content = all.slice(
    start < 0 ? Math.max(0, start + all.length) : start,
    end < 0 ? Math.max(0, end + all.length) : end,
  );
  return { outputs: [{ elementType: ElementType.int64, shape: [content.length], content }], macs: 0 };
};

const size: Operator = (node) => ({
  outputs: [{ elementType: ElementType.int64, shape: [], content: [elementsOf(node.shape(0))] }],
  macs: 0,
});

const constantOfShape: Operator = (node) => {
  const dims = node.content(0) ?? [];
  const value = node.attribute('value')?.tensor;
  const elements = elementsOf(dims);
  const filling = value === undefined ? 0 : value.content?.[0];
  const small =
    elements !== undefined && elements <= 1024 && filling !== undefined
      ? { content: Array.from({ length: elements }, () => filling) }
      : {};
  return { outputs: [{ elementType: value?.elementType ?? ElementType.float, shape: dims, ...small }], macs: 0 };
};

const range: Operator = (node) => {
  const [[start] = [], [limit] = [], [delta] = []] = [node.content(0), node.content(1), node.content(2)];
  const { elementType } = node.input(0);
  if (start === undefined || limit === undefined || delta === undefined || delta === 0)
    return { outputs: [{ elementType, shape: [undefined] }], macs: 0 };
  const length = Math.max(0, Math.ceil((limit - start) / delta));
  return {
    outputs: [
      {
        elementType,
        shape: [length],
        ...(length <= 1024 ? { content: Array.from({ length }, (_, index) => start + index * delta) } : {}),
      },
    ],
    macs: 0,
  };
};

const random: Operator = (node) => ({
  outputs: [{ elementType: node.integer('dtype', ElementType.float), shape: node.integers('shape') ?? [] }],
  macs: 0,
});
/** Weights for a piece of signal as long as the input says. */
const signalWindow: Operator = (node) => ({
  outputs: [{ elementType: node.integer('output_datatype', ElementType.float), shape: [node.content(0)?.[0]] }],
  macs: 0,
});
const likeInput: Operator = (node) => ({
  outputs: [{ elementType: node.integer('dtype') ?? node.input(0).elementType, shape: node.shape(0) }],
  macs: 0,
});

export const generatingOperators: Readonly<Record<string, Operator>> = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Shape: shape,
  Size: size,
  Range: range,
  RandomNormal: random,
  RandomUniform: random,
  RandomNormalLike: likeInput,
  RandomUniformLike: likeInput,
  EyeLike: likeInput,
  Bernoulli: likeInput,
  HannWindow: signalWindow,
  HammingWindow: signalWindow,
  BlackmanWindow: signalWindow,
};
