/** Walks through a model's graph once and works out the shape of every value, the work of every node, and which nodes need no data. */
import { suggest, WorkbenchError } from '../../domain/errors.ts';
import { evaluate } from './evaluate.ts';
import type { OnnxDimension, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from './model.ts';
import { NodeContext, type Inference } from './node-context.ts';
import { findOperator } from './operators/index.ts';
import { CannotInfer, type Dimension, type Shape, type Tensor, type TensorValue } from './tensor.ts';

/** A node with what is known of it. */
export interface InferredNode {
  readonly node: OnnxNode;
  /** Undefined where an optional input is left out. */
  readonly inputs: readonly (TensorValue | undefined)[];
  readonly outputs: readonly TensorValue[];
  /** Gives constants and sizes only. */
  readonly isStatic: boolean;
  readonly macs: number | undefined;
  /** Why the shapes, or the work, could not be inferred. */
  readonly reason?: string;
}

export interface InferredGraph {
  readonly nodes: readonly InferredNode[];
  /** Every value by name. */
  readonly values: ReadonlyMap<string, TensorValue>;
  /** Open dimensions of the inputs that nothing was chosen for and that were taken as 1: the batch. */
  readonly assumed: readonly string[];
  /** Open dimensions of the inputs that nothing was chosen for. */
  readonly open: readonly string[];
}

/** Their outputs depend on sizes alone, whatever they are given. */
const sizeOperators = new Set(['Shape', 'Size']);
const randomOperators = new Set(['RandomNormal', 'RandomUniform', 'RandomNormalLike', 'RandomUniformLike', 'Bernoulli', 'Multinomial']);

/**
 * @param chosen sizes of open dimensions, by their name or as "<input>:<axis>"
 * @throws WorkbenchError `onnx.invalid` for a graph that makes no sense, `onnx.unsupported` for control flow, `onnx.unknownDimension`
 */
export function inferGraph({ graph, opsets }: OnnxModel, initializers: readonly OnnxTensor[], chosen: Readonly<Record<string, number>>): InferredGraph {
  const values = new Map<string, TensorValue>();
  for (const tensor of initializers) define(values, tensor.name, { ...constantOf(tensor), isStatic: true }, 'initializer');
  const dimensions = new OpenDimensions(graph.inputs.filter((input) => !values.has(input.name)), chosen);
  for (const input of graph.inputs) {
    // Before version 4 of the format, initializers are inputs too.
    if (values.get(input.name)?.isStatic !== true) define(values, input.name, { elementType: input.elementType, shape: dimensions.inputShape(input), isStatic: false }, 'input');
  }
  const stated = new Map([...graph.values, ...graph.outputs].map((value) => [value.name, value]));
  const nodes = graph.nodes.map((node, index): InferredNode => {
    refuseControlFlow(node, index);
    const inputs = node.inputs.map((name) => (name === '' ? undefined : inputOf(values, name, node, index)));
    const isStatic = sizeOperators.has(node.op) || (inputs.every((input) => input?.isStatic !== false) && !randomOperators.has(node.op) && (inputs.length > 0 || node.op === 'Constant'));
    const { tensors, macs, reason } = inferNode(new NodeContext(node, opsets.get(node.domain) ?? opsets.get('') ?? 0, inputs), isStatic);
    const outputs = node.outputs.map((name, position): TensorValue => {
      const value = { ...completed(tensors[position], stated.get(name), dimensions), isStatic };
      if (name !== '') define(values, name, value, `output of ${nameOf(node, index)}`);
      return value;
    });
    return { node, inputs, outputs, isStatic, macs, ...(reason === undefined ? {} : { reason }) };
  });
  return { nodes, values, assumed: dimensions.assumed, open: dimensions.open };
}

/** Sizes of the inputs' dimensions that the model leaves open. */
class OpenDimensions {
  readonly assumed: string[] = [];
  readonly open: string[] = [];
  readonly #sizes: Map<string, number>;

  constructor(inputs: readonly OnnxValue[], chosen: Readonly<Record<string, number>>) {
    const known = inputs.flatMap((input) => (input.shape ?? []).flatMap((dimension, axis) => (typeof dimension === 'number' ? [] : [placeOf(input, axis), ...(dimension === undefined ? [] : [dimension])])));
    for (const name of Object.keys(chosen)) {
      if (!known.includes(name)) throw new WorkbenchError('onnx.unknownDimension', `the model leaves no dimension "${name}" open`, { hint: known.length === 0 ? 'every size is fixed in the file' : suggest(name, [...new Set(known)]), path: ['dims', name] });
    }
    this.#sizes = new Map(Object.entries(chosen));
    for (const input of inputs) {
      for (const [axis, dimension] of (input.shape ?? []).entries()) {
        if (typeof dimension === 'number' || this.size(dimension) !== undefined || this.#sizes.has(placeOf(input, axis))) continue;
        const name = dimension ?? placeOf(input, axis);
        if (axis === 0) {
          this.#sizes.set(name, 1);
          this.assumed.push(name);
        } else if (!this.open.includes(name)) this.open.push(name);
      }
    }
  }

  size(dimension: OnnxDimension): Dimension {
    return typeof dimension === 'string' ? this.#sizes.get(dimension) : dimension;
  }

  inputShape(input: OnnxValue): Shape | undefined {
    return input.shape?.map((dimension, axis) => this.#sizes.get(placeOf(input, axis)) ?? this.size(dimension));
  }
}

function placeOf(input: OnnxValue, axis: number): string {
  return `${input.name}:${axis}`;
}

function constantOf({ elementType, dims, content }: OnnxTensor): Tensor {
  return { elementType, shape: dims, ...(content === undefined ? {} : { content }) };
}

function inferNode(context: NodeContext, isStatic: boolean): { tensors: readonly Tensor[]; macs: number | undefined; reason?: string } {
  const operator = findOperator(context.domain, context.op);
  if (operator === undefined) return { tensors: [], macs: undefined, reason: `operator ${context.op} is not known` };
  try {
    const { outputs, macs }: Inference = operator(context);
    const [first, ...others] = outputs;
    return { tensors: isStatic && first !== undefined ? [evaluate(context, first), ...others] : outputs, macs };
  } catch (error) {
    if (!(error instanceof CannotInfer)) throw error;
    return { tensors: [], macs: undefined, reason: error.message };
  }
}

/** What was inferred, completed by what the file states. */
function completed(inferred: Tensor | undefined, stated: OnnxValue | undefined, dimensions: OpenDimensions): Tensor {
  const known = stated?.shape?.map((dimension) => dimensions.size(dimension));
  if (inferred === undefined) return { elementType: stated?.elementType ?? 0, shape: known };
  if (inferred.shape === undefined) return { ...inferred, shape: known };
  return { ...inferred, shape: inferred.shape.map((size, axis) => reasonable(size) ?? (known?.length === inferred.shape?.length ? known?.[axis] : undefined)) };
}

/** Sizes that cannot be are as good as none. */
function reasonable(size: Dimension): Dimension {
  return size !== undefined && Number.isSafeInteger(size) && size >= 0 ? size : undefined;
}

function inputOf(values: ReadonlyMap<string, TensorValue>, name: string, node: OnnxNode, index: number): TensorValue {
  const value = values.get(name);
  if (value !== undefined) return value;
  throw invalid(`${nameOf(node, index)} reads "${name}", which no input, initializer or earlier node gives`, ['graph', `node[${index}]`, name]);
}

function define(values: Map<string, TensorValue>, name: string, value: TensorValue, what: string): void {
  if (values.has(name)) throw invalid(`"${name}" is given twice, the second time as ${what}`, ['graph', name]);
  values.set(name, value);
}

function invalid(message: string, path: readonly string[]): WorkbenchError {
  return new WorkbenchError('onnx.invalid', `onnx: ${message}`, { hint: 'the file is damaged, or was written wrongly: check it with onnx.checker', path });
}

function refuseControlFlow(node: OnnxNode, index: number): void {
  if (![...node.attributes.values()].some((attribute) => attribute.hasGraph) && !['If', 'Loop', 'Scan'].includes(node.op)) return;
  throw new WorkbenchError('onnx.unsupported', `onnx: ${nameOf(node, index)} is control flow, which has no fixed graph of layers`, {
    hint: 'export the model without branches and loops, e.g. by tracing it or with a simplifier that folds constant conditions',
    path: ['graph', `node[${index}]`],
  });
}

/** 'node[3] ("conv1", Conv)' */
export function nameOf(node: OnnxNode, index: number): string {
  return `node[${index}] (${node.name === '' ? '' : `"${node.name}", `}${node.op})`;
}
