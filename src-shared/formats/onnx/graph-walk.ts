/** One walk through a model: infers each node, and puts the nodes of functions, branches and loops in the place of what uses them. */
import { WorkbenchError } from '../../domain/errors.ts';
import { expandControlFlow, isControlFlow } from './control-flow.ts';
import type { OpenDimensions } from './dimensions.ts';
import { evaluate } from './evaluate.ts';
import { bodyAttributes, attributesOfUse } from './functions.ts';
import type { InferredNode } from './inferred-graph.ts';
import {
  functionKey,
  type OnnxFunction,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from './model.ts';
import { NodeContext, type Inference } from './node-context.ts';
import { quoted, type OnnxNote } from './notes.ts';
import { findOperator, macsFromOutput } from './operators/index.ts';
import { invalid, inTopologicalOrder, liveNodes, nameOf } from './order.ts';
import { Scope } from './scope.ts';
import { CannotInfer, type Dimension, type Tensor, type TensorValue } from './tensor.ts';
import type { Place, Walk } from './walk.ts';

/** Nodes of one flat graph; more come from functions and loops that multiply without end. */
const MOST_NODES = 100_000;
const recurrent = new Set(['RNN', 'GRU', 'LSTM', 'DynamicQuantizeLSTM']);

/** What a graph and the body of a function have in common. */
type Body = Pick<OnnxGraph, 'nodes' | 'values'> & {
  readonly outputs: readonly string[];
  readonly statedOutputs: readonly OnnxValue[];
};

export class GraphWalk implements Walk {
  readonly nodes: InferredNode[] = [];
  readonly values = new Map<string, TensorValue>();
  /** The node that gives a value. */
  readonly producers = new Map<string, InferredNode>();
  /** The input of the model that a value is. */
  readonly inputs = new Map<string, OnnxValue>();
  readonly dimensions: OpenDimensions;
  /** Lengths of what recurrent layers and scans walk along. */
  readonly sequenceLengths = new Set<Dimension>();
  /** By what was done, the nodes it was done to. */
  readonly #done = new Map<string, string[]>();
  readonly #contradictions: string[] = [];
  readonly #model: OnnxModel;
  readonly #top: Place;
  readonly #useCounts = new Map<string, number>();

  /** @param inputs those that are not initializers; @param chosen values of inputs of one element */
  constructor(
    model: OnnxModel,
    initializers: readonly OnnxTensor[],
    inputs: readonly OnnxValue[],
    dimensions: OpenDimensions,
    chosen: Readonly<Record<string, number>>,
  ) {
    this.#model = model;
    this.dimensions = dimensions;
    this.#top = { path: 'graph', prefix: '', opsets: model.opsets, scope: new Scope(), functions: [] };
    this.defineConstants(initializers, this.#top);
    for (const input of inputs) {
      const value = chosen[input.name];
      const name = this.define(
        this.#top,
        input.name,
        {
          elementType: input.elementType,
          shape: dimensions.inputShape(input),
          isStatic: value !== undefined,
          ...(value === undefined ? {} : { content: [value] }),
        },
        'input',
      );
      this.inputs.set(name, input);
    }
  }

  /** Whether something in the model walks along a dimension. */
  get mayHaveSequences(): boolean {
    const hasSequence = (nodes: readonly OnnxNode[]): boolean =>
      nodes.some(
        (node) =>
          recurrent.has(node.op) ||
          node.op === 'Scan' ||
          [...node.attributes.values()].some(({ graph }) => graph !== undefined && hasSequence(graph.nodes)),
      );
    return (
      hasSequence(this.#model.graph.nodes) ||
      [...this.#model.functions.values()].some(({ nodes }) => hasSequence(nodes))
    );
  }

  /** Walks; once. @throws WorkbenchError as `inferGraph` */
  result(): {
    nodes: readonly InferredNode[];
    values: ReadonlyMap<string, TensorValue>;
    outputs: readonly string[];
    notes: readonly OnnxNote[];
  } {
    const { graph } = this.#model;
    this.#walk(
      {
        nodes: graph.nodes,
        values: graph.values,
        outputs: graph.outputs.map(({ name }) => name),
        statedOutputs: graph.outputs,
      },
      this.#top,
    );
    const missing = graph.outputs
      .filter(({ name }) => this.#top.scope.find(name) === undefined)
      .map(({ name }) => name);
    const outputs = graph.outputs.flatMap(({ name }) => this.#top.scope.find(name) ?? []);
    const live = outputs.length === 0 ? new Set(this.nodes) : this.#reaching(outputs);
    const unused = this.nodes
      .filter((node) => !live.has(node) && !node.isStatic)
      .map(({ node, prefix }) => node.name || node.outputs.find((name) => name !== '') || `${prefix}${node.op}`);
    const contradictions = this.#contradictions.length;
    return {
      nodes: this.nodes.filter((node) => live.has(node)),
      values: this.values,
      outputs,
      notes: [
        ...[...this.#done].map(([what, names]) => ({ message: `${what}: ${quoted(names)}` })),
        ...(unused.length === 0
          ? []
          : [
              {
                message:
                  'left out, because neither an output of the model nor another node uses ' +
                  `${unused.length === 1 ? 'its result' : 'their results'}: ${quoted(unused)}`,
              },
            ]),
        ...(missing.length === 0
          ? []
          : [
              {
                message: `no node gives the model's output${missing.length > 1 ? 's' : ''} ${quoted(missing)}`,
                hint: 'check the model with onnx.checker',
              },
            ]),
        ...(contradictions === 0
          ? []
          : [
              {
                message:
                  'the file states other shapes than follow from its nodes, which count: ' +
                  `${this.#contradictions.slice(0, 5).join('; ')}${contradictions > 5 ? `; and ${contradictions - 5} more` : ''}`,
                hint: 'check these layers; let onnx.shape_inference write the shapes into the file',
              },
            ]),
      ],
    };
  }

  /** The nodes whose results reach one of `outputs`. */
  #reaching(outputs: readonly string[]): Set<InferredNode> {
    const waiting = outputs.flatMap((name) => this.producers.get(name) ?? []);
    const live = new Set<InferredNode>();
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      if (live.has(node)) continue;
      live.add(node);
      waiting.push(...node.node.inputs.flatMap((name) => this.producers.get(name) ?? []));
    }
    return live;
  }

  /** Remembers that `what` was done to `name`, for a note. */
  note(what: string, name: string): void {
    this.#done.set(what, [...(this.#done.get(what) ?? []), name]);
  }

  /** Gives the name `name` to a new value. @returns the value's own name in the flat graph */
  define(place: Place, name: string, value: TensorValue, what: string): string {
    const wanted = `${place.prefix}${name}`;
    let own = wanted;
    for (let number = 2; this.values.has(own); number++) own = `${wanted}_${number}`;
    this.bind(place, name, own, what);
    this.values.set(own, value);
    return own;
  }

  /** Gives the name `name` to a value that is there already. */
  bind({ scope, path }: Place, name: string, value: string, what: string): void {
    if (scope.defines(name)) throw invalid(`"${name}" is given twice, the second time as ${what}`, [path, name]);
    scope.define(name, value);
  }

  defineConstants(tensors: readonly OnnxTensor[], place: Place): void {
    for (const { name, elementType, dims, content } of tensors)
      this.define(
        place,
        name,
        { elementType, shape: dims, isStatic: true, ...(content === undefined ? {} : { content }) },
        'initializer',
      );
  }

  /** The value that `node` reads as `name`; "" where an optional input is left out. */
  valueOf({ scope, path }: Place, name: string, node: OnnxNode, index: number): string {
    const value = name === '' ? '' : scope.find(name);
    if (value !== undefined) return value;
    throw invalid(`${nameOf(node, index)} reads "${name}", which no input, initializer or node gives`, [
      path,
      `node[${index}]`,
      name,
    ]);
  }

  /** Walks through the body of a branch or a loop. @param place with a scope of its own, its inputs defined @returns what the body gives, in order */
  walkGraph(graph: OnnxGraph, place: Place): string[] {
    this.defineConstants(graph.initializers, place);
    return this.#walk(
      {
        nodes: graph.nodes,
        values: graph.values,
        outputs: graph.outputs.map(({ name }) => name),
        statedOutputs: graph.outputs,
      },
      place,
    ).map((value, position) => {
      if (value !== undefined) return value;
      throw invalid(`${place.path} gives back "${graph.outputs[position]?.name}", which nothing in it gives`, [
        place.path,
      ]);
    });
  }

  /** Adds a node that is not in the file: a part of a loop's input, or its results put together. */
  add(node: Pick<OnnxNode, 'op' | 'name' | 'inputs'>, outputs: readonly Tensor[], place: Place): string[] {
    const inputs = node.inputs.map((name) => this.values.get(name));
    const isStatic = inputs.every((input) => input?.isStatic === true);
    const values = outputs.map((output): TensorValue => ({ ...output, isStatic }));
    const inner = { ...place, scope: new Scope() };
    const names = values.map((value, position) =>
      this.define(inner, outputs.length === 1 ? node.name : `${node.name}:${position}`, value, 'output'),
    );
    this.#push({
      node: { ...node, domain: '', overload: '', outputs: names, attributes: new Map() },
      inputs,
      outputs: values,
      isStatic,
      macs: 0,
      prefix: place.prefix,
    });
    return names;
  }

  /** @returns what is known by the names of the body's outputs */
  #walk({ nodes, values, outputs, statedOutputs }: Body, place: Place): (string | undefined)[] {
    const { nodes: ordered, isReordered } = inTopologicalOrder(nodes, place.path);
    if (isReordered) this.note('the nodes are not in the order in which they run, and were sorted, in', place.path);
    const stated = new Map([...values, ...statedOutputs].map((value) => [value.name, value]));
    const live = liveNodes(nodes, outputs);
    for (const { node: given, index } of ordered) {
      const node =
        place.attributes === undefined ? given : { ...given, attributes: bodyAttributes(given, place.attributes) };
      const used = this.#model.functions.get(functionKey({ ...node, name: node.op }));
      // What nobody uses is not worth a refusal.
      if (used !== undefined && live.has(given)) this.#inline(used, node, index, place);
      else if (isControlFlow(node) && live.has(given)) expandControlFlow(this, node, index, place);
      else this.#infer(node, index, place, stated);
    }
    return outputs.map((name) => place.scope.find(name));
  }

  #infer(node: OnnxNode, index: number, place: Place, stated: ReadonlyMap<string, OnnxValue>): void {
    const inputNames = node.inputs.map((name) => this.valueOf(place, name, node, index));
    const inputs = inputNames.map((name) => (name === '' ? undefined : this.values.get(name)));
    const isStatic =
      sizeOperators.has(node.op) ||
      (inputs.every((input) => input?.isStatic !== false) &&
        !randomOperators.has(node.op) &&
        (inputs.length > 0 || node.op === 'Constant'));
    const context = new NodeContext(node, place.opsets.get(node.domain) ?? place.opsets.get('') ?? 0, inputs);
    const { tensors, macs, reason } = inferNode(context, isStatic);
    if (recurrent.has(node.op) && node.attributes.get('layout')?.integer !== 1)
      this.sequenceLengths.add(inputs[0]?.shape?.[0]);
    const outputs = node.outputs.map((name, position): TensorValue => ({
      ...this.#completed(name, tensors[position], stated.get(name)),
      isStatic,
    }));
    const outputNames = node.outputs.map((name, position) =>
      name === '' ? '' : this.define(place, name, outputs[position], `output of ${nameOf(node, index)}`),
    );
    const known = macs ?? macsFromOutput(context, outputs[0]?.shape);
    this.#push({
      node: {
        ...node,
        name: node.name === '' ? '' : `${place.prefix}${node.name}`,
        inputs: inputNames,
        outputs: outputNames,
      },
      inputs,
      outputs,
      isStatic,
      macs: known,
      prefix: place.prefix,
      ...(reason === undefined ? {} : { reason }),
    });
  }

  #push(inferred: InferredNode): void {
    if (this.nodes.length >= MOST_NODES)
      throw new WorkbenchError(
        'onnx.unsupported',
        `onnx: with its functions inlined and its loops unrolled the model has more than ${MOST_NODES} nodes`,
        { hint: 'export a part of the model, or one with shorter loops', path: ['graph'] },
      );
    this.nodes.push(inferred);
    for (const name of inferred.node.outputs) if (name !== '') this.producers.set(name, inferred);
  }

  #inline(used: OnnxFunction, node: OnnxNode, index: number, place: Place): void {
    const key = functionKey(used);
    if (place.functions.includes(key))
      throw invalid(`the function "${used.name}" uses itself, in ${nameOf(node, index)}`, [
        place.path,
        `node[${index}]`,
      ]);
    const scope = new Scope();
    const name = this.useName(node, place);
    const inner: Place = {
      path: `function "${used.name}"`,
      prefix: `${name}/`,
      opsets: used.opsets.size > 0 ? used.opsets : place.opsets,
      scope,
      attributes: attributesOfUse(used, node),
      functions: [...place.functions, key],
    };
    used.inputs.forEach((name, position) =>
      scope.define(name, this.valueOf(place, node.inputs[position] ?? '', node, index)),
    );
    const results = this.#walk(
      { nodes: used.nodes, values: used.values, outputs: used.outputs, statedOutputs: [] },
      inner,
    );
    node.outputs.forEach((name, position) => {
      const value = results[position];
      if (value === undefined)
        throw invalid(`the function "${used.name}" does not give its output "${used.outputs[position] ?? position}"`, [
          place.path,
          `node[${index}]`,
        ]);
      if (name !== '') this.bind(place, name, value, `output of ${nameOf(node, index)}`);
    });
    this.note('functions that the model defines were replaced by their nodes, where they are used', name);
  }

  /** A name for one use of a function or loop, which begins the names of its nodes. */
  useName(node: OnnxNode, { prefix }: Place): string {
    if (node.name !== '') return `${prefix}${node.name}`;
    const plain = `${prefix}${node.op}`;
    const count = (this.#useCounts.get(plain) ?? 0) + 1;
    this.#useCounts.set(plain, count);
    return count === 1 ? plain : `${plain}_${count}`;
  }

  /** What was inferred, completed by what the file states; what contradicts it is remembered. */
  #completed(name: string, inferred: Tensor | undefined, stated: OnnxValue | undefined): Tensor {
    const known = stated?.shape?.map((dimension) => this.dimensions.size(dimension));
    if (inferred === undefined) return { elementType: stated?.elementType ?? 0, shape: known };
    if (inferred.shape === undefined) return { ...inferred, shape: known };
    const shape = inferred.shape.map((size) =>
      size !== undefined && Number.isSafeInteger(size) && size >= 0 ? size : undefined,
    );
    if (known === undefined) return { ...inferred, shape };
    const isOther =
      known.length !== shape.length ||
      known.some((size, axis) => size !== undefined && shape[axis] !== undefined && size !== shape[axis]);
    if (isOther) this.#contradictions.push(`"${name}" ${sizesOf(known)}, not ${sizesOf(shape)}`);
    return {
      ...inferred,
      shape: shape.map((size, axis) => size ?? (known.length === shape.length ? known[axis] : undefined)),
    };
  }
}

function sizesOf(shape: readonly Dimension[]): string {
  return shape.length === 0 ? 'a single number' : shape.map((size) => size ?? '?').join('×');
}

/** Their outputs depend on sizes alone, whatever they are given. */
const sizeOperators = new Set(['Shape', 'Size']);
const randomOperators = new Set([
  'RandomNormal',
  'RandomUniform',
  'RandomNormalLike',
  'RandomUniformLike',
  'Bernoulli',
  'Multinomial',
]);

function inferNode(
  context: NodeContext,
  isStatic: boolean,
): { tensors: readonly Tensor[]; macs: number | undefined; reason?: string } {
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
