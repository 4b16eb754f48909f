/**
 * The twin of a network: a small ONNX model that a runtime executes, with the layers, shapes, windows and operations that the document
 * states and weights without meaning. What a document leaves open is assumed and said. Ours.
 */
import { plainOperation } from '../../domain/operation-names.ts';
import type { Layer, Network } from '../../domain/network.ts';
import { TwinGraph } from './twin-graph.ts';
import { inputSizeFor, windowOf, type Window } from './twin-window.ts';

export interface NetworkTwin {
  /** A ModelProto. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The layer of each node by the node's number in the file, undefined for those that make weights. */
  readonly layerOfNode: readonly (string | undefined)[];
  /** What was assumed, and which layers are stand-ins. */
  readonly notes: readonly { readonly message: string; readonly hint?: string }[];
}

/** A value in the graph, with the batch of 1 that documents leave out. */
interface Value {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Where the document says nothing of the size of an output. */
const ASSUMED_ELEMENTS = 1024;
const BYTES_PER_ELEMENT = 4;
/** Columns of the product by which a stand-in does the MACs of a layer. */
const STAND_IN_COLUMNS = 256;
/** Added to what a layer gives, so that layers of the same shape give different results. */
const BIAS_STEP = 1 / 1024;
const BIAS_STEPS = 61;

const aliases: Readonly<Record<string, string>> = {
  Conv2D: 'Conv',
  DepthwiseConv2D: 'DepthwiseConv',
  Dense: 'Gemm',
  FullyConnected: 'Gemm',
  MaxPooling2D: 'MaxPool',
  AveragePooling2D: 'AveragePool',
  GlobalAveragePooling2D: 'GlobalAveragePool',
  Activation: 'Relu',
};
const unary = new Set([
  'Relu',
  'Sigmoid',
  'Tanh',
  'HardSigmoid',
  'HardSwish',
  'LeakyRelu',
  'Elu',
  'Selu',
  'Softplus',
  'Softsign',
]);
const joining = new Set(['Add', 'Mul', 'Sub', 'Max', 'Min', 'Sum']);
const views = new Set(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Identity', 'Dropout', 'InputLayer']);
/** Followed by a Relu: their activations are folded into them in documents. */
const activated = new Set(['Conv', 'DepthwiseConv', 'BatchNormalization', 'Add']);

/** The twin of `network`; every layer gives one value of its name. */
export function twinOf(network: Network): NetworkTwin {
  return new TwinWriter(network).twin();
}

class TwinWriter {
  readonly #network: Network;
  readonly #graph = new TwinGraph();
  readonly #values = new Map<string, Value>();
  readonly #standIns: string[] = [];
  readonly #sizesAssumed: string[] = [];
  readonly #inputsAssumed: string[] = [];
  readonly #readers: ReadonlyMap<string, readonly Layer[]>;
  #index = 0;

  constructor(network: Network) {
    this.#network = network;
    for (const { id } of network.layers) this.#graph.reserve(id);
    this.#readers = readersOf(network.layers);
  }

  twin(): NetworkTwin {
    const { layers, id } = this.#network;
    for (const layer of producersFirst(layers)) {
      this.#index = layers.indexOf(layer);
      this.#write(layer);
    }
    for (const layer of layers)
      if (!this.#readers.has(layer.id)) this.#graph.output(layer.id, this.#values.get(layer.id)?.shape ?? []);
    return { bytes: this.#graph.bytes(id), layerOfNode: this.#graph.layerOfNode, notes: this.#notes() };
  }

  #notes(): NetworkTwin['notes'] {
    const named = (ids: readonly string[]): string =>
      `${ids
        .slice(0, 8)
        .map((id) => `"${id}"`)
        .join(', ')}${ids.length > 8 ? ` and ${ids.length - 8} more` : ''}`;
    return [
      { message: 'its weights have no meaning: it takes the time of the network, and answers nothing' },
      { message: 'Relu is assumed where an activation is part of a layer' },
      ...(this.#inputsAssumed.length === 0
        ? []
        : [
            {
              message: `the size of what these layers read is not in the document and was assumed: ${named(this.#inputsAssumed)}`,
            },
          ]),
      ...(this.#sizesAssumed.length === 0
        ? []
        : [
            {
              message:
                'the size of what these layers give is not in the document; it is taken from bytes, ' +
                `or as ${ASSUMED_ELEMENTS} elements: ${named(this.#sizesAssumed)}`,
              hint: 'state outputShape',
            },
          ]),
      ...(this.#standIns.length === 0
        ? []
        : [
            {
              message: `these layers are matrix products of as many MACs, since their document does not say enough to make them: ${named(this.#standIns)}`,
              hint: 'state outputShape and kernelShape of each layer and of those before it; their times mean little',
            },
          ]),
    ];
  }

  #write(layer: Layer): void {
    const shape = this.#shapeOf(layer);
    const inputs =
      layer.dependencies.length === 0
        ? [this.#inputOf(layer, shape)]
        : layer.dependencies.map((dependency) => this.#values.get(dependency.layer) ?? fail(dependency.layer));
    if (!this.#asItself(layer, shape, inputs)) {
      this.#standIns.push(layer.id);
      this.#asProduct(layer, shape, inputs);
    }
    this.#values.set(layer.id, { name: layer.id, shape });
  }

  #shapeOf({ id, outputShape, outputBytes }: Layer): readonly number[] {
    if (outputShape !== undefined) return [1, ...outputShape];
    this.#sizesAssumed.push(id);
    return [1, Math.max(1, Math.round(outputBytes === undefined ? ASSUMED_ELEMENTS : outputBytes / BYTES_PER_ELEMENT))];
  }

  /** What a layer without dependencies reads. */
  #inputOf(layer: Layer, shape: readonly number[]): Value {
    const op = operationOf(layer);
    const [, channels, ...sizes] = shape;
    let input = shape;
    if (op === 'Conv' && sizes.length > 0) {
      const kernel = kernelOf(layer, sizes.length);
      const taps = product(kernel);
      const byMacs = (layer.macs ?? 0) / (product(shape) * taps);
      const byParameters = (layer.parameters ?? 0) / (channels * taps);
      const depth =
        [byMacs, byParameters, Math.floor(byParameters)].find((each) => Number.isInteger(each) && each > 0) ?? 3;
      input = [1, depth, ...sizes.map((size, axis) => inputSizeFor(size, kernel[axis]))];
    } else if ((op === 'MaxPool' || op === 'AveragePool') && sizes.length > 0) {
      const kernel = kernelOf(layer, sizes.length);
      input = [1, channels, ...sizes.map((size, axis) => inputSizeFor(size, kernel[axis]))];
    } else if (op === 'Gemm') {
      const width = Math.round((layer.macs ?? layer.parameters ?? 0) / product(shape));
      if (width > 0) input = [1, width];
    }
    this.#inputsAssumed.push(layer.id);
    const name = this.#graph.fresh(`${layer.id}:input`);
    this.#graph.input(name, input);
    return { name, shape: input };
  }

  /** A node of the layer, the last of which gives its result. */
  #node(
    op: string,
    inputs: readonly string[],
    attributes: Parameters<TwinGraph['node']>[2],
    { id }: Layer,
    isLast = false,
  ): string {
    return this.#graph.node(op, inputs, attributes, id, ...(isLast ? [id] : []));
  }

  #weights(shape: readonly number[], content: number, { id }: Layer): string {
    return this.#graph.filled(shape, content, id);
  }

  /** The layer's own number between 0 and 0.06. */
  get #bias(): number {
    return (1 + (this.#index % BIAS_STEPS)) * BIAS_STEP;
  }

  /** What a layer gives is added to the rest of a sum: a quarter, lest values double with each of many sums. */
  #damping({ id }: Layer): number {
    return (this.#readers.get(id) ?? []).some((reader) => operationOf(reader) === 'Add') ? 1 / 4 : 1;
  }

  /** The last node of a layer, with the activation that is part of it. */
  #finish(op: string, inputs: readonly string[], attributes: Parameters<TwinGraph['node']>[2], layer: Layer): void {
    if (activated.has(operationOf(layer)))
      this.#node('Relu', [this.#node(op, inputs, attributes, layer)], {}, layer, true);
    else this.#node(op, inputs, attributes, layer, true);
  }

  /** Writes the layer as the operation that it is. @returns whether the document says enough */
  #asItself(layer: Layer, shape: readonly number[], inputs: readonly Value[]): boolean {
    if (layer.outputShape === undefined || inputs.some(({ name, shape: own }) => own.length < 2 && name !== ''))
      return false;
    const op = operationOf(layer);
    const [first] = inputs;
    if (joining.has(op) && inputs.length > 1) return this.#joined(op, layer, shape, inputs);
    if (op === 'Concat') return this.#concatenated(layer, shape, inputs);
    if (inputs.length > 1) return false;
    if (op === 'Conv' || op === 'DepthwiseConv') return this.#convolution(op, layer, shape, first);
    if (op === 'MaxPool' || op === 'AveragePool') return this.#pooling(op, layer, shape, first);
    if (op === 'GlobalAveragePool') return this.#globalPooling(layer, shape, first);
    if (op === 'Gemm' || op === 'MatMul') return this.#dense(layer, shape, first);
    if (op === 'Resize' || op === 'Upsample') return this.#resized(layer, shape, first);
    if (views.has(op)) return this.#reshaped(layer, shape, first);
    if (!isSame(first.shape, shape)) return false;
    if (op === 'BatchNormalization') {
      const channels = [shape[1]];
      const one = this.#weights(channels, 1, layer);
      const bias = this.#weights(channels, this.#bias, layer);
      const mean = this.#weights(channels, 0, layer);
      this.#finish(op, [first.name, one, bias, mean, one], {}, layer);
    } else if (op === 'LRN') this.#finish(op, [first.name], { size: 5 }, layer);
    else if (op === 'Softmax') this.#finish(op, [first.name], { axis: 1 }, layer);
    else if (unary.has(op)) this.#finish(op, [first.name], {}, layer);
    else return false;
    return true;
  }

  #convolution(op: string, layer: Layer, shape: readonly number[], input: Value): boolean {
    const [, outputs, ...sizes] = shape;
    const [, channels] = input.shape;
    const kernel = kernelOf(layer, sizes.length);
    const windows = windowsOf(input.shape, shape, kernel);
    if (windows === undefined || sizes.length === 0) return false;
    const dense = product(shape) * channels * product(kernel);
    const ratio = op === 'DepthwiseConv' ? channels : Math.round(dense / (layer.macs ?? dense));
    const group = ratio > 0 && channels % ratio === 0 && outputs % ratio === 0 ? ratio : 1;
    const filter = [outputs, channels / group, ...kernel];
    const weights = this.#graph.varied(filter, this.#damping(layer) / product(filter.slice(1)), 0, layer.id);
    const bias = this.#weights([outputs], this.#bias, layer);
    this.#finish('Conv', [input.name, weights, bias], { group, ...attributesOf(kernel, windows) }, layer);
    return true;
  }

  #pooling(op: string, layer: Layer, shape: readonly number[], input: Value): boolean {
    const kernel = kernelOf(layer, shape.length - 2);
    const windows = windowsOf(input.shape, shape, kernel);
    if (windows === undefined || input.shape[1] !== shape[1] || shape.length < 3) return false;
    this.#finish(op, [input.name], attributesOf(kernel, windows), layer);
    return true;
  }

  #globalPooling(layer: Layer, shape: readonly number[], input: Value): boolean {
    if (input.shape.length < 3 || input.shape[1] !== shape[1] || product(shape) !== shape[1]) return false;
    if (shape.length === input.shape.length) this.#finish('GlobalAveragePool', [input.name], {}, layer);
    else {
      const pooled = this.#node('GlobalAveragePool', [input.name], {}, layer);
      this.#finish('Reshape', [pooled, this.#graph.integers(shape)], {}, layer);
    }
    return true;
  }

  #dense(layer: Layer, shape: readonly number[], input: Value): boolean {
    const columns = operationOf(layer) === 'Gemm' ? product(shape) : (shape.at(-1) ?? 1);
    const rows = product(shape) / columns;
    const width = product(input.shape) / rows;
    if (!Number.isInteger(width)) return false;
    const flat = isSame(input.shape, [rows, width])
      ? input.name
      : this.#node('Reshape', [input.name, this.#graph.integers([rows, width])], {}, layer);
    const weights = this.#graph.varied([width, columns], 1 / width, 1, layer.id);
    const bias = this.#weights([columns], this.#bias, layer);
    const isFlat = isSame(shape, [rows, columns]);
    const result = this.#node('Gemm', [flat, weights, bias], {}, layer, isFlat);
    if (!isFlat) this.#node('Reshape', [result, this.#graph.integers(shape)], {}, layer, true);
    return true;
  }

  #resized(layer: Layer, shape: readonly number[], input: Value): boolean {
    if (input.shape.length !== shape.length || input.shape[1] !== shape[1]) return false;
    const scales = this.#graph.floats(
      shape.map((size, axis) => size / input.shape[axis]),
      layer.id,
    );
    if (shape.some((size, axis) => Math.floor(Math.fround(size / input.shape[axis]) * input.shape[axis]) !== size))
      return false;
    this.#finish(
      'Resize',
      [input.name, '', scales],
      {
        mode: { text: 'nearest' },
        coordinate_transformation_mode: { text: 'asymmetric' },
        nearest_mode: { text: 'floor' },
      },
      layer,
    );
    return true;
  }

  #reshaped(layer: Layer, shape: readonly number[], input: Value): boolean {
    if (product(input.shape) !== product(shape)) return false;
    this.#finish('Reshape', [input.name, this.#graph.integers(shape)], {}, layer);
    return true;
  }

  #concatenated(layer: Layer, shape: readonly number[], inputs: readonly Value[]): boolean {
    const axis = shape.findIndex(
      (size, at) =>
        inputs.reduce((sum, input) => sum + (input.shape[at] ?? 0), 0) === size &&
        inputs.every((input) => isSame(withOne(input.shape, at), withOne(shape, at))),
    );
    if (axis < 0) return false;
    this.#finish(
      'Concat',
      inputs.map(({ name }) => name),
      { axis },
      layer,
    );
    return true;
  }

  #joined(op: string, layer: Layer, shape: readonly number[], inputs: readonly Value[]): boolean {
    const fitting = inputs.map((input) =>
      input.shape.length < shape.length && product(input.shape) === input.shape[1]
        ? { ...input, to: [1, input.shape[1], ...shape.slice(2).map(() => 1)] }
        : { ...input, to: input.shape },
    );
    if (
      !fitting.every(
        ({ to }) => to.length === shape.length && to.every((size, axis) => size === 1 || size === shape[axis]),
      )
    )
      return false;
    if (!shape.every((size, axis) => fitting.some(({ to }) => to[axis] === size))) return false;
    const names = fitting.map(({ name, shape: own, to }) =>
      isSame(own, to) ? name : this.#node('Reshape', [name, this.#graph.integers(to)], {}, layer),
    );
    let sum = names[0];
    for (const name of names.slice(1, -1)) sum = this.#node(op === 'Sum' ? 'Add' : op, [sum, name], {}, layer);
    this.#finish(op === 'Sum' ? 'Add' : op, [sum, names.at(-1) ?? ''], {}, layer);
    return true;
  }

  /** All inputs are read, and a matrix product of as many MACs gives as many elements. */
  #asProduct(layer: Layer, shape: readonly number[], inputs: readonly Value[]): void {
    const one = this.#graph.integers([1]);
    const means = inputs.map(({ name }) => {
      const mean = this.#node('ReduceMean', [name], { keepdims: 0 }, layer);
      return this.#node('Reshape', [mean, one], {}, layer);
    });
    let sum = means[0];
    for (const mean of means.slice(1)) sum = this.#node('Add', [sum, mean], {}, layer);
    const scale = this.#weights([1], 1 / means.length, layer);
    sum = this.#node('Mul', [sum, scale], {}, layer);
    const elements = product(shape);
    const columns = divisorNear(elements, STAND_IN_COLUMNS);
    const rows = elements / columns;
    const depth = Math.max(1, Math.round((layer.macs ?? 0) / elements));
    const matrix = this.#node('Expand', [sum, this.#graph.integers([rows, depth])], {}, layer);
    const weights = this.#graph.varied([depth, columns], 1 / depth, 1, layer.id);
    const bias = this.#weights([columns], this.#bias, layer);
    const result = this.#node('Gemm', [matrix, weights, bias], {}, layer);
    this.#node('Reshape', [result, this.#graph.integers(shape)], {}, layer, true);
  }
}

function operationOf({ op }: Layer): string {
  const plain = plainOperation(op);
  return Object.hasOwn(aliases, plain) ? aliases[plain] : plain;
}

function kernelOf({ kernelShape }: Layer, rank: number): readonly number[] {
  return Array.from({ length: rank }, (_, axis) => kernelShape?.[axis] ?? kernelShape?.at(-1) ?? 1);
}

/** Of each axis behind the channels; undefined where one has none. */
function windowsOf(
  input: readonly number[],
  output: readonly number[],
  kernel: readonly number[],
): Window[] | undefined {
  if (input.length !== output.length) return undefined;
  const windows = kernel.map((size, axis) => windowOf(input[axis + 2], output[axis + 2], size));
  return windows.every((window) => window !== undefined) ? windows : undefined;
}

function attributesOf(kernel: readonly number[], windows: readonly Window[]): Record<string, readonly number[]> {
  return {
    kernel_shape: kernel,
    strides: windows.map(({ stride }) => stride),
    pads: [...windows.map(({ pads }) => pads[0]), ...windows.map(({ pads }) => pads[1])],
  };
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

function withOne(shape: readonly number[], axis: number): number[] {
  return shape.map((size, at) => (at === axis ? 1 : size));
}

/** The divisor of `whole` that is largest without being above `most`. */
function divisorNear(whole: number, most: number): number {
  for (let candidate = Math.min(whole, most); candidate > 1; candidate--) if (whole % candidate === 0) return candidate;
  return 1;
}

function producersFirst(layers: readonly Layer[]): Layer[] {
  const waiting = new Map(layers.map(({ id, dependencies }) => [id, dependencies.length]));
  const readers = readersOf(layers);
  const ready = layers.filter(({ dependencies }) => dependencies.length === 0);
  for (let next = 0; next < ready.length; next++)
    for (const reader of readers.get(ready[next].id) ?? []) {
      const left = (waiting.get(reader.id) ?? 0) - 1;
      waiting.set(reader.id, left);
      if (left === 0) ready.push(reader);
    }
  return ready;
}

/** The layers that read what each gives. */
function readersOf(layers: readonly Layer[]): Map<string, Layer[]> {
  const readers = new Map<string, Layer[]>();
  for (const reader of layers)
    for (const { layer } of reader.dependencies) {
      const known = readers.get(layer);
      if (known === undefined) readers.set(layer, [reader]);
      else known.push(reader);
    }
  return readers;
}

function fail(layer: string): never {
  throw new Error(`layer "${layer}" is read before it is written`);
}
