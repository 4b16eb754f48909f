/**
 * Models quantised in the form that is exchanged: floats everywhere, and around each layer a QuantizeLinear and a DequantizeLinear that
 * say in which whole numbers it works. Engines merge DequantizeLinear → layer → activation → QuantizeLinear into one layer of those;
 * here is found which of these nodes do no work of their own. A quantisation before an operator on whole numbers is
 * one.
 */
import type { InferredGraph, InferredNode } from './inferred-graph.ts';

/** They move whole numbers as they would move floats. */
const movers = new Set([
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'Identity',
  'Dropout',
  'Transpose',
  'MaxPool',
  'Concat',
  'Slice',
  'Split',
  'Gather',
  'Pad',
  'Expand',
  'Tile',
  'Resize',
  'DepthToSpace',
  'SpaceToDepth',
]);
const views = new Set(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Identity', 'Dropout']);

export class QuantizationFolding {
  readonly #folded = new Set<InferredNode>();
  readonly #producers = new Map<string, InferredNode>();
  readonly #readers = new Map<string, InferredNode[]>();
  readonly #outputs: ReadonlySet<string>;

  constructor({ nodes, outputs }: Pick<InferredGraph, 'nodes' | 'outputs'>) {
    this.#outputs = new Set(outputs);
    for (const inferred of nodes) {
      for (const name of inferred.node.outputs) this.#producers.set(name, inferred);
      for (const name of new Set(inferred.node.inputs))
        this.#readers.set(name, [...(this.#readers.get(name) ?? []), inferred]);
    }
    const working = nodes.filter(({ isStatic }) => !isStatic);
    for (const inferred of working)
      if (isDequantize(inferred) && this.#comesFromQuantize(inferred.node.inputs[0])) this.#folded.add(inferred);
    for (const inferred of working)
      if (
        isQuantize(inferred) &&
        this.#isQuantizedOnly(this.#beforeViews(inferred.node.inputs[0])) &&
        this.#goesToDequantize(inferred.node.outputs[0])
      )
        this.#folded.add(inferred);
  }

  /** Whether a QuantizeLinear or DequantizeLinear is part of the layers around it. */
  isFolded(inferred: InferredNode): boolean {
    return this.#folded.has(inferred);
  }

  /** The element type that a node works in where all data it reads is quantised, else undefined. */
  workingType({ node, inputs }: InferredNode): number | undefined {
    const data = node.inputs.filter((_, position) => inputs[position]?.isStatic === false);
    const types = data.map((name) => {
      const producer = this.#producers.get(this.#beforeViews(name));
      return producer !== undefined && isDequantize(producer) && this.#folded.has(producer)
        ? producer.inputs[0]?.elementType
        : undefined;
    });
    return types.includes(undefined) ? undefined : types[0];
  }

  /** Whether nothing but folded quantisations reads what a node gives. */
  isQuantizedAfter({ node }: InferredNode): boolean {
    const readers = this.#readers.get(node.outputs[0]) ?? [];
    return (
      readers.length > 0 &&
      !this.#outputs.has(node.outputs[0]) &&
      readers.every((reader) => this.#folded.has(reader) && isQuantize(reader))
    );
  }

  /** The whole numbers at `value` are those of a quantisation, or of the model's input, not of an operator that calculates with them. */
  #comesFromQuantize(value: string, depth = 0): boolean {
    const producer = this.#producers.get(value);
    if (producer === undefined || producer.isStatic) return true;
    if (isQuantize(producer)) return true;
    return (
      depth < 32 &&
      movers.has(producer.node.op) &&
      producer.node.inputs.every(
        (name, position) => producer.inputs[position]?.isStatic !== false || this.#comesFromQuantize(name, depth + 1),
      )
    );
  }

  /** All that reads `value` turns it back, or the model gives it to its user. */
  #goesToDequantize(value: string, depth = 0): boolean {
    const readers = this.#readers.get(value) ?? [];
    return (
      (readers.length > 0 || this.#outputs.has(value)) &&
      readers.every(
        (reader) =>
          this.#folded.has(reader) ||
          (depth < 32 &&
            movers.has(reader.node.op) &&
            reader.node.outputs.every((name) => this.#goesToDequantize(name, depth + 1))),
      )
    );
  }

  /** Nobody reads `value` as floats. */
  #isQuantizedOnly(value: string, depth = 0): boolean {
    if (this.#outputs.has(value)) return false;
    return (this.#readers.get(value) ?? []).every(
      (reader) =>
        isQuantize(reader) ||
        (depth < 32 && views.has(reader.node.op) && this.#isQuantizedOnly(reader.node.outputs[0], depth + 1)),
    );
  }

  #beforeViews(value: string): string {
    let name = value;
    for (
      let producer = this.#producers.get(name);
      producer !== undefined && !producer.isStatic && views.has(producer.node.op);
      producer = this.#producers.get(name)
    )
      [name] = producer.node.inputs;
    return name;
  }
}

function isQuantize({ node }: InferredNode): boolean {
  return node.op === 'QuantizeLinear';
}

function isDequantize({ node }: InferredNode): boolean {
  return node.op === 'DequantizeLinear';
}
