/**
 * Cuts an ONNX model: a convex set of its nodes becomes a model of its own. Nodes and weights are copied as they are in the file, byte
 * for byte and without being decoded; new are only the graph's inputs and outputs, with the types and shapes that were inferred.
 */
import { WorkbenchError } from '../../domain/errors.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { isControlFlow } from './control-flow.ts';
import { ElementType } from './element-types.ts';
import { inferGraph, type Choices } from './infer.ts';
import { functionKey, readOnnxModel, type OnnxGraph, type OnnxModel, type OnnxNode } from './model.ts';
import { readModelRanges, type ByteRange, type ModelRanges } from './ranges.ts';
import type { TensorValue } from './tensor.ts';
import { field, joined, opening, text, whole, type Part } from './wire.ts';

/** A value that enters or leaves a piece. */
export interface PieceValue {
  readonly name: string;
  readonly elementType: number;
  readonly shape: readonly number[];
}

/** A part of a model that is a model of its own. */
export interface ModelPiece {
  /** Numbers of its nodes in the file, ascending: the chosen ones, and those that give constants they read. */
  readonly nodes: readonly number[];
  readonly inputs: readonly PieceValue[];
  readonly outputs: readonly PieceValue[];
  /** What its file is made of, in order: bytes of the model's file, and new ones. */
  readonly segments: readonly (ByteRange | Uint8Array)[];
  /** Size of its file. */
  readonly bytes: number;
  /** Files with weights that it refers to, relative to the model's. */
  readonly companions: readonly string[];
}

/** Bytes that are copied at once. */
const CHUNK_BYTES = 1 << 20;
/** Versions of the format before this one list initializers among the inputs. */
const IR_WITH_SEPARATE_INITIALIZERS = 4;

/** A model that pieces can be cut from. */
export class ModelCutter {
  readonly model: OnnxModel;
  /** Nodes of each value that is made by one. */
  readonly producers: ReadonlyMap<string, number>;
  /** [node] whether it gives the same in every run, whatever the inputs are. */
  readonly isConstant: readonly boolean[];
  readonly values: ReadonlyMap<string, TensorValue>;
  readonly #ranges: ModelRanges;
  readonly #source: RandomAccessSource;
  /** [node] the values it reads, those of the graphs within it included. */
  readonly #reads: readonly (readonly string[])[];
  /** Nodes that read each value. */
  readonly #readers = new Map<string, number[]>();
  readonly #initializers: ReadonlyMap<string, number>;

  private constructor(source: RandomAccessSource, model: OnnxModel, ranges: ModelRanges, choices: Choices) {
    this.#source = source;
    this.#ranges = ranges;
    this.model = model;
    const { nodes, initializers } = model.graph;
    refuseFlow(model);
    this.values = inferGraph(model, initializers, choices).values;
    this.#initializers = new Map(initializers.map(({ name }, index) => [name, index]));
    this.#reads = nodes.map((node) => readsOf(node));
    this.producers = new Map(nodes.flatMap(({ outputs }, index) => outputs.map((name) => [name, index] as const)));
    this.#reads.forEach((names, index) => {
      for (const name of names) this.#readers.set(name, [...(this.#readers.get(name) ?? []), index]);
    });
    this.isConstant = this.#constantNodes();
  }

  /**
   * @param choices sizes of dimensions that the model leaves open
   * @throws WorkbenchError as `readOnnxModel` and `inferGraph`; `onnx.notCut` for a model with control flow or functions of its own
   */
  static async open(source: RandomAccessSource, choices: Choices = {}): Promise<ModelCutter> {
    return new ModelCutter(source, await readOnnxModel(source), await readModelRanges(source), choices);
  }

  /** Inputs of the whole model but for its initializers. */
  get inputs(): readonly PieceValue[] {
    return this.model.graph.inputs
      .filter(({ name }) => !this.#initializers.has(name))
      .map(({ name }) => this.#valueOf(name));
  }

  get outputs(): readonly PieceValue[] {
    return this.model.graph.outputs.map(({ name }) => this.#valueOf(name));
  }

  /** Numbers of the nodes whose results depend on the inputs. */
  get workingNodes(): readonly number[] {
    return [...this.isConstant.keys()].filter((node) => !this.isConstant[node]);
  }

  /**
   * The piece with `nodes`, in any order. The constants and sizes that it reads become part of it.
   * @throws WorkbenchError `onnx.notCut` where a path leaves the nodes and comes back, or the shape of a value that is cut is not known
   */
  cut(nodes: readonly number[]): ModelPiece {
    const { graph, irVersion } = this.model;
    const chosen = new Set(nodes);
    for (const node of chosen)
      if (graph.nodes[node] === undefined) throw notCut(`the model has no node ${node}`, 'choose nodes of the model');
    this.#refuseReturns(chosen);
    const members = new Set(chosen);
    const initializers = new Set<number>();
    const contents = new Map<string, TensorValue>();
    const inputs: string[] = [];
    const settled = new Set<string>();
    const settle = (name: string): void => {
      if (settled.has(name)) return;
      settled.add(name);
      const initializer = this.#initializers.get(name);
      const producer = this.producers.get(name);
      if (initializer !== undefined) initializers.add(initializer);
      else if (producer === undefined) inputs.push(name);
      else if (this.isConstant[producer] && !chosen.has(producer)) {
        members.add(producer);
        for (const read of this.#reads[producer]) settle(read);
      } else if (!chosen.has(producer)) {
        const value = this.values.get(name);
        if (isWritable(value)) contents.set(name, value);
        else inputs.push(name);
      }
    };
    for (const node of chosen) for (const read of this.#reads[node]) settle(read);
    const modelOutputs = new Set(graph.outputs.map(({ name }) => name));
    const outputs = [...chosen]
      .toSorted((a, b) => a - b)
      .flatMap((node) => graph.nodes[node].outputs)
      .filter((name) => name !== '' && (modelOutputs.has(name) || this.#isReadOutside(name, chosen)));
    const inOrder = [...members].toSorted((a, b) => a - b);
    const pieceInputs = inputs.map((name) => this.#valueOf(name));
    const pieceOutputs = outputs.map((name) => this.#valueOf(name));
    const ordered = [...initializers].toSorted((a, b) => a - b);
    const listed = irVersion < IR_WITH_SEPARATE_INITIALIZERS;
    const constants = listed
      ? [...ordered.map((index) => graph.initializers[index].name), ...contents.keys()].map((name) =>
          this.#valueOf(name),
        )
      : [];
    const content: (ByteRange | Uint8Array)[] = [
      ...inOrder.map((node) => this.#ranges.nodes[node]),
      joined(text(2, graph.name === '' ? 'piece' : graph.name)),
      ...ordered.map((index) => this.#ranges.initializers[index]),
      joined([...contents].map(([name, value]) => field(5, integersTensor(name, value)))),
      joined([...pieceInputs, ...constants].map((value) => field(11, valueInfo(value)))),
      joined(pieceOutputs.map((value) => field(12, valueInfo(value)))),
    ];
    const segments = [...this.#ranges.header, joined(opening(7, sizeOf(content))), ...content];
    return {
      nodes: inOrder,
      inputs: pieceInputs,
      outputs: pieceOutputs,
      segments,
      bytes: sizeOf(segments),
      companions: [...new Set(ordered.flatMap((index) => graph.initializers[index].external?.location ?? []))],
    };
  }

  /** Gives the file of `piece` part by part, so that models larger than the memory can be cut. */
  async write(piece: ModelPiece, put: (bytes: Uint8Array) => Promise<void> | void): Promise<void> {
    for (const segment of piece.segments) {
      if (segment instanceof Uint8Array) {
        await put(segment);
        continue;
      }
      for (let at = segment.start; at < segment.end; at += CHUNK_BYTES)
        await put(await this.#source.read(at, Math.min(CHUNK_BYTES, segment.end - at)));
    }
  }

  /** The whole file of `piece`. */
  async bytes(piece: ModelPiece): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(piece.bytes);
    let at = 0;
    await this.write(piece, (part) => {
      bytes.set(part, at);
      at += part.length;
    });
    return bytes;
  }

  #constantNodes(): boolean[] {
    const { nodes } = this.model.graph;
    const known: (boolean | undefined)[] = nodes.map(() => undefined);
    const isConstantValue = (name: string): boolean => {
      if (this.#initializers.has(name)) return true;
      const producer = this.producers.get(name);
      return producer !== undefined && known[producer] === true;
    };
    // In the order of the file, which producers come first in; a file that does not keep to it only has fewer constants.
    nodes.forEach((node, index) => {
      known[index] = !randomOps.has(node.op) && this.#reads[index].every(isConstantValue);
    });
    return known.map((each) => each === true);
  }

  #isReadOutside(name: string, chosen: ReadonlySet<number>): boolean {
    const producer = this.producers.get(name);
    if (producer === undefined || this.isConstant[producer]) return false;
    if (isWritable(this.values.get(name))) return false;
    return (this.#readers.get(name) ?? []).some((reader) => !chosen.has(reader));
  }

  /** Goes on from what the chosen nodes give to others: none of these may lead back. */
  #refuseReturns(chosen: ReadonlySet<number>): void {
    const { nodes } = this.model.graph;
    const seen = new Set<number>();
    const queue: number[] = [];
    const visit = (node: number): void => {
      for (const name of nodes[node].outputs) {
        if (isWritable(this.values.get(name))) continue;
        for (const reader of this.#readers.get(name) ?? [])
          if (!chosen.has(reader) && !seen.has(reader)) {
            seen.add(reader);
            queue.push(reader);
          } else if (chosen.has(reader) && !chosen.has(node))
            throw notCut(
              `${nameOf(nodes[reader])} needs the result of ${nameOf(nodes[node])}, which is not in the piece and needs one of it`,
              'take every node between two of the piece into it',
            );
      }
    };
    for (const node of chosen) if (!this.isConstant[node]) visit(node);
    for (let next = 0; next < queue.length; next++) visit(queue[next]);
  }

  #valueOf(name: string): PieceValue {
    const value = this.values.get(name);
    const shape = value?.shape?.filter((size) => size !== undefined);
    if (value === undefined || shape === undefined || shape.length !== value.shape?.length)
      throw notCut(
        `the shape of "${name}" is not known`,
        'choose the sizes of the open dimensions (dims), or keep the nodes on both sides of it together',
      );
    return { name, elementType: value.elementType, shape };
  }
}

const randomOps = new Set(['RandomNormal', 'RandomUniform', 'RandomNormalLike', 'RandomUniformLike', 'Multinomial']);

function refuseFlow({ graph, functions }: OnnxModel): void {
  const strange = graph.nodes.find(
    (node) => isControlFlow(node) || functions.has(functionKey({ ...node, name: node.op })),
  );
  if (strange === undefined) return;
  throw notCut(
    `${nameOf(strange)} is ${isControlFlow(strange) ? 'control flow' : 'a function that the model defines'}`,
    'export the model with its branches decided and its functions inlined',
  );
}

/** The values that a node reads, with those that graphs within it take from outside. */
function readsOf(node: OnnxNode): string[] {
  const captured = (graph: OnnxGraph): string[] => {
    const own = new Set([
      ...graph.inputs.map(({ name }) => name),
      ...graph.initializers.map(({ name }) => name),
      ...graph.nodes.flatMap(({ outputs }) => outputs),
    ]);
    return [...graph.nodes.flatMap((inner) => readsOf(inner)), ...graph.outputs.map(({ name }) => name)].filter(
      (name) => !own.has(name),
    );
  };
  const inner = [...node.attributes.values()].flatMap(({ graph }) => (graph === undefined ? [] : captured(graph)));
  return [...new Set([...node.inputs, ...inner])].filter((name) => name !== '');
}

/** Whole numbers that are known before anything runs: sizes and axes that were worked out from shapes. */
function isWritable(value: TensorValue | undefined): value is TensorValue & { readonly content: readonly number[] } {
  return (
    value !== undefined &&
    value.isStatic &&
    value.elementType === ElementType.int64 &&
    value.shape !== undefined &&
    value.shape.every((size) => size !== undefined) &&
    value.content !== undefined &&
    value.content.every((each) => each !== undefined)
  );
}

function integersTensor(name: string, { shape = [], content = [] }: TensorValue): Part {
  return [
    ...shape.map((size) => whole(1, size ?? 0)),
    whole(2, ElementType.int64),
    ...content.map((each) => whole(7, each ?? 0)),
    text(8, name),
  ];
}

function valueInfo({ name, elementType, shape }: PieceValue): Part {
  const dims = shape.map((size) => field(1, whole(1, size)));
  return [text(1, name), field(2, field(1, [whole(1, elementType), field(2, dims)]))];
}

function sizeOf(segments: readonly (ByteRange | Uint8Array)[]): number {
  return segments.reduce(
    (sum, segment) => sum + (segment instanceof Uint8Array ? segment.length : segment.end - segment.start),
    0,
  );
}

function nameOf({ name, op, outputs }: OnnxNode): string {
  return `node "${name || outputs.find((output) => output !== '') || op}" (${op})`;
}

function notCut(message: string, hint: string): WorkbenchError {
  return new WorkbenchError('onnx.notCut', `onnx: ${message}`, { hint });
}
