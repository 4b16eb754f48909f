/**
 * From inferred nodes to layers. Constants and what is worked out from shapes never become layers. By level, these are
 * folded away as well: nodes that only reinterpret data (Reshape, Identity, …), batch normalisation right after a
 * convolution or matrix product (inference engines merge them when they load a model), quantisations around the layers
 * that work in 8 bits, and activations right after a layer that nobody else reads.
 */
import type { NetworkInput } from '../../domain/network.ts';
import type { InferredGraph, InferredNode } from './inferred-graph.ts';
import { LayerNames } from './layer-names.ts';
import type { OnnxNote } from './notes.ts';
import { QuantizationFolding } from './quantization.ts';
import { bytesOf, elementsOf, type Dimension, type Shape, type Tensor } from './tensor.ts';
import { parametersOf } from './weights.ts';

/** Each level folds what the ones before it do. */
export const foldLevels = ['none', 'views', 'batch-norm', 'activations'] as const;
export type FoldLevel = (typeof foldLevels)[number];

export interface Folding {
  readonly level: FoldLevel;
  /** Whether the quantisations around a layer become part of it. */
  readonly quantization: boolean;
  /** Activations that become part of the layer before them whatever the level. */
  readonly activations: ReadonlySet<string>;
}

export interface BuiltLayers {
  readonly layers: LayerInput[];
  /** The id of a node's layer; nodes that were folded away have none. */
  readonly layerOf: ReadonlyMap<InferredNode, string>;
  /** By node, the element type that its layer works in because the quantisations around it were folded. */
  readonly workingTypes: ReadonlyMap<InferredNode, number>;
  readonly notes: readonly OnnxNote[];
}

/** The layers of `graph`, in the order of its nodes. */
export function buildLayers(graph: InferredGraph, folding: Folding): BuiltLayers {
  return new LayerBuilder(graph, folding).result();
}

type LayerInput = NetworkInput['layers'][number];

interface Draft {
  id: string;
  name: string;
  op: string;
  dependencies: Map<number, Dimension>;
  outputBytes: Dimension;
  macs: Dimension;
  parameters: Dimension;
  outputShape: number[] | undefined;
  kernelShape: number[] | undefined;
  hasBias: boolean;
  isQuantized: boolean;
  /** The values it gives, and the nodes that became part of it with theirs: a runtime may call it by any of these. */
  aliases: Set<string>;
}

/** Leaves room for a number that makes an id unique. */
const MAX_ID = 290;
/** Other names of one layer. */
const MAX_ALIASES = 1000;
/** Dimensions that a layer's shapes may have. */
const MAX_SHAPE = 8;
const views = new Set(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Identity', 'Dropout']);
const normalized = new Set(['Conv', 'ConvTranspose', 'Gemm', 'DepthwiseConv']);
/** Operators that engines can merge into the layer before. */
export const activations: ReadonlySet<string> = new Set([
  'Relu',
  'Clip',
  'LeakyRelu',
  'PRelu',
  'Sigmoid',
  'HardSigmoid',
  'HardSwish',
  'Tanh',
  'Elu',
  'Selu',
  'Celu',
  'Gelu',
  'Softplus',
  'Softsign',
  'Mish',
  'Swish',
  'ThresholdedRelu',
]);

class LayerBuilder {
  readonly #layerOf = new Map<InferredNode, string>();
  readonly #level: number;
  readonly #drafts: Draft[] = [];
  /** By value, the drafts that give it. */
  readonly #producers = new Map<string, readonly number[]>();
  readonly #ids = new Set<string>();
  readonly #folded = new Map<string, number>();
  readonly #readers: ReadonlyMap<string, number>;
  readonly #names: LayerNames;
  readonly #quantization: QuantizationFolding | undefined;
  readonly #workingTypes = new Map<InferredNode, number>();
  /** What moves where a value is read: whole numbers instead of the floats that a folded DequantizeLinear makes of them. */
  readonly #moved = new Map<string, Tensor>();
  readonly #quantizedValues = new Set<string>();

  constructor({ nodes, outputs }: InferredGraph, { level, quantization, activations: alwaysFolded }: Folding) {
    this.#level = foldLevels.indexOf(level);
    this.#readers = countReaders(nodes, outputs);
    this.#names = new LayerNames(nodes);
    this.#quantization = quantization ? new QuantizationFolding({ nodes, outputs }) : undefined;
    for (const inferred of nodes) {
      const { op, inputs } = inferred.node;
      if (inferred.isStatic) this.#fold('constants and shapes', inferred, []);
      else if (this.#quantization?.isFolded(inferred) === true) this.#foldQuantization(inferred);
      else if (this.#level >= 1 && views.has(op)) this.#foldView(inferred);
      else if (this.#level >= 2 && op === 'BatchNormalization' && this.#follows(inferred, normalized))
        this.#foldBatchNormalization(inferred);
      else if (
        activations.has(op) &&
        this.#follows(inferred, undefined) &&
        (this.#level >= 3 || alwaysFolded.has(op) || this.#isWithinQuantized(inferred))
      )
        this.#fold('activations', inferred, this.#producersOf(inputs[0]));
      else this.#add(inferred);
    }
  }

  result(): BuiltLayers {
    const folded = [...this.#folded].map(([what, count]) => `${count} × ${what}`).join(', ');
    return {
      layers: this.#drafts.map((draft) => this.#layer(draft)),
      layerOf: this.#layerOf,
      workingTypes: this.#workingTypes,
      notes: folded === '' ? [] : [{ message: `folded away, because they do no work of their own: ${folded}` }],
    };
  }

  #producersOf(value: string | undefined): readonly number[] {
    return this.#producers.get(value ?? '') ?? [];
  }

  #fold(what: string, { node }: InferredNode, producers: readonly number[]): void {
    this.#folded.set(what, (this.#folded.get(what) ?? 0) + 1);
    for (const output of node.outputs) this.#producers.set(output, producers);
    const [only] = producers;
    if (only !== undefined && producers.length === 1)
      for (const name of [node.name, ...node.outputs]) this.#drafts[only].aliases.add(name);
  }

  #foldView(inferred: InferredNode): void {
    const { node, outputs } = inferred;
    const moved = this.#moved.get(node.inputs[0]);
    if (moved !== undefined) this.#moved.set(node.outputs[0], { ...outputs[0], elementType: moved.elementType });
    this.#fold('Reshape, Identity and the like', inferred, this.#producersOf(node.inputs[0]));
  }

  /** A layer gives the whole numbers that a quantisation would make of its floats; who reads them gets them as they are. */
  #foldQuantization(inferred: InferredNode): void {
    const { node, inputs, outputs } = inferred;
    const [from, to] = [inputs[0], outputs[0]];
    if (node.op === 'DequantizeLinear') {
      if (from !== undefined) this.#moved.set(node.outputs[0], from);
    } else if (!this.#quantizedValues.has(node.inputs[0])) {
      this.#quantizedValues.add(node.inputs[0]);
      for (const producer of this.#producersOf(node.inputs[0])) {
        const draft = this.#drafts[producer];
        const [before, after] = [from === undefined ? undefined : bytesOf(from), bytesOf(to)];
        draft.outputBytes =
          draft.outputBytes === undefined || before === undefined || after === undefined
            ? after
            : draft.outputBytes - before + after;
      }
    }
    this.#fold('quantisations around the layers that work in 8 bits', inferred, this.#producersOf(node.inputs[0]));
  }

  /** Between a layer that reads whole numbers and the quantisation of what it gives. */
  #isWithinQuantized(inferred: InferredNode): boolean {
    const [producer] = this.#producersOf(inferred.node.inputs[0]);
    return this.#quantization?.isQuantizedAfter(inferred) === true && this.#drafts[producer].isQuantized;
  }

  /** Whether a node reads one layer's output (of `ops`, where given) that nobody else reads. */
  #follows({ node, inputs }: InferredNode, ops: ReadonlySet<string> | undefined): boolean {
    const [value] = node.inputs;
    const producers = this.#producersOf(value);
    const producer = this.#drafts[producers[0] ?? -1];
    const othersAreStatic = inputs.slice(1).every((input) => input === undefined || input.isStatic);
    return (
      producers.length === 1 &&
      producer !== undefined &&
      othersAreStatic &&
      this.#readers.get(value ?? '') === 1 &&
      (ops === undefined || ops.has(producer.op))
    );
  }

  /** The normalisation becomes part of the weights, and of a bias, which is new where there was none. */
  #foldBatchNormalization(inferred: InferredNode): void {
    const [producer] = this.#producersOf(inferred.node.inputs[0]);
    const draft = this.#drafts[producer];
    const channels = elementsOf(inferred.inputs[1]?.shape);
    if (!draft.hasBias)
      draft.parameters =
        draft.parameters === undefined || channels === undefined ? undefined : draft.parameters + channels;
    draft.hasBias = true;
    this.#fold('batch normalisations', inferred, [producer]);
  }

  #add(inferred: InferredNode): void {
    const { node, inputs, outputs, macs } = inferred;
    const index = this.#drafts.length;
    const op = isDepthwise(inferred) ? 'DepthwiseConv' : node.op;
    const id = this.#uniqueId(this.#names.idOf(inferred));
    const workingType = this.#quantization?.workingType(inferred);
    if (workingType !== undefined) this.#workingTypes.set(inferred, workingType);
    const dependencies = new Map<number, Dimension>();
    const seen = new Set<string>();
    node.inputs.forEach((name, position) => {
      // A value that is read twice is moved once.
      if (seen.has(name)) return;
      seen.add(name);
      const value = this.#moved.get(name) ?? inputs[position];
      for (const producer of this.#producersOf(name)) {
        const bytes = value === undefined ? undefined : bytesOf(value);
        dependencies.set(producer, dependencies.has(producer) ? sum([dependencies.get(producer), bytes]) : bytes);
      }
    });
    this.#drafts.push({
      id,
      name: this.#names.nameOf(inferred) || id,
      op,
      dependencies,
      macs,
      outputBytes: sum(outputs.filter((_, position) => node.outputs[position] !== '').map(bytesOf)),
      parameters: parametersOf(inferred),
      outputShape: knownSizes(outputs[0]?.shape?.slice(1)),
      kernelShape: kernelOf(inferred),
      hasBias: inputs.length > 2,
      isQuantized: workingType !== undefined,
      aliases: new Set(node.outputs),
    });
    this.#layerOf.set(inferred, id);
    for (const output of node.outputs) this.#producers.set(output, [index]);
  }

  #layer({
    id,
    name,
    op,
    dependencies,
    outputBytes,
    macs,
    parameters,
    outputShape,
    kernelShape,
    aliases: all,
  }: Draft): LayerInput {
    const aliases = [...all]
      .filter((alias) => alias !== '' && alias !== id && alias.length <= MAX_ID)
      .slice(0, MAX_ALIASES);
    return {
      id,
      name,
      op,
      executionTimeMs: {},
      dependencies: [...dependencies].map(([producer, bytes]) => ({
        layer: this.#drafts[producer].id,
        ...(bytes === undefined ? {} : { bytes }),
      })),
      ...(outputBytes === undefined ? {} : { outputBytes }),
      ...(macs === undefined ? {} : { macs }),
      ...(parameters === undefined ? {} : { parameters }),
      ...(outputShape === undefined ? {} : { outputShape }),
      ...(kernelShape === undefined ? {} : { kernelShape }),
      ...(aliases.length === 0 ? {} : { aliases }),
    };
  }

  #uniqueId(wanted: string): string {
    const base = wanted.slice(0, MAX_ID).replace(/[\uD800-\uDBFF]$/, '');
    let id = base;
    for (let number = 2; this.#ids.has(id); number++) id = `${base}_${number}`;
    this.#ids.add(id);
    return id;
  }
}

/** How many nodes, and outputs of the model, read each value. */
function countReaders(nodes: readonly InferredNode[], outputs: readonly string[]): Map<string, number> {
  const readers = new Map<string, number>();
  for (const name of [...nodes.flatMap(({ node }) => node.inputs), ...outputs])
    readers.set(name, (readers.get(name) ?? 0) + 1);
  return readers;
}

/** Convolutions whose depthwise form has the work of one. */
const grouped = new Set(['Conv', 'FusedConv', 'NhwcConv', 'NhwcFusedConv', 'ConvInteger', 'QLinearConv']);

/** Each channel by itself: a convolution bound by memory rather than arithmetic. */
function isDepthwise({ node, inputs }: InferredNode): boolean {
  const group = node.attributes.get('group')?.integer ?? 1;
  const isChannelsLast = node.op.startsWith('Nhwc') || node.attributes.get('channels_last')?.integer === 1;
  return grouped.has(node.op) && group > 1 && inputs[0]?.shape?.at(isChannelsLast ? -1 : 1) === group;
}

/** The window of a convolution (its weights give it where no attribute does) or of a pooling. */
function kernelOf({ node, inputs }: InferredNode): number[] | undefined {
  const weights = node.op === 'QLinearConv' ? inputs[3] : inputs[1];
  const isConvolution = /Conv/.test(node.op);
  return knownSizes(
    node.attributes.get('kernel_shape')?.integers ?? (isConvolution ? weights?.shape?.slice(2) : undefined),
  );
}

/** Undefined unless every size is known and there is something. */
function knownSizes(shape: Shape | undefined): number[] | undefined {
  const sizes = shape?.filter((size) => size !== undefined && size > 0) ?? [];
  return sizes.length > 0 && sizes.length === shape?.length && sizes.length <= MAX_SHAPE
    ? sizes.map(Number)
    : undefined;
}

function sum(values: readonly Dimension[]): Dimension {
  return values.reduce<Dimension>(
    (total, value) => (total === undefined || value === undefined ? undefined : total + value),
    0,
  );
}
