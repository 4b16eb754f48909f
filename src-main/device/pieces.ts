/** Networks as models that a device executes: the twin of each, or its own model, and the pieces of it that layers are. */
import type { Network } from '#shared/domain/network.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { readOnnxNetwork } from '#shared/formats/onnx/network.ts';
import { ModelCutter, type ModelPiece, type PieceValue } from '#shared/formats/onnx/cut.ts';
import { twinOf } from '#shared/formats/onnx/twin.ts';
import { bytesSource } from '#shared/formats/random-access.ts';
import { modelFile, type ModelFile } from './agent-client.ts';
import type { DeviceModel, DeviceTensor } from './protocol.ts';

export interface CutPiece {
  readonly layers: readonly string[];
  readonly piece: Pick<ModelPiece, 'inputs' | 'outputs'>;
  readonly file: ModelFile;
  /** Bytes of the values that enter and leave it, but for inputs and outputs of the whole network. */
  readonly cutBytes: number;
}

/** A network whose layers can be cut out. */
export class DeviceNetwork {
  readonly network: Network;
  readonly whole: CutPiece;
  /** Made from the network document, or the file that the network was read from. */
  readonly kind: 'twin' | 'model';
  readonly notes: readonly { readonly message: string; readonly hint?: string }[];
  readonly #cutter: ModelCutter;
  readonly #nodesOfLayer: ReadonlyMap<string, readonly number[]>;
  readonly #layerOfValue: ReadonlyMap<string, string>;
  readonly #pieces = new Map<string, Promise<CutPiece>>();

  private constructor(
    network: Network,
    cutter: ModelCutter,
    kind: 'twin' | 'model',
    whole: Pick<CutPiece, 'piece' | 'file'>,
    layerOfNode: readonly (string | undefined)[],
    notes: DeviceNetwork['notes'],
  ) {
    this.network = network;
    this.kind = kind;
    this.notes = notes;
    this.#cutter = cutter;
    const nodesOfLayer = new Map<string, number[]>(network.layers.map(({ id }) => [id, []]));
    const layerOfValue = new Map<string, string>();
    layerOfNode.forEach((layer, node) => {
      if (layer === undefined) return;
      nodesOfLayer.get(layer)?.push(node);
      for (const output of cutter.model.graph.nodes[node].outputs) layerOfValue.set(output, layer);
    });
    this.#nodesOfLayer = nodesOfLayer;
    this.#layerOfValue = layerOfValue;
    this.whole = {
      layers: network.layers.map(({ id }) => id),
      ...whole,
      cutBytes: 0,
    };
  }

  /** The twin of `network`, ready to be cut. */
  static async ofTwin(network: Network): Promise<DeviceNetwork> {
    const { bytes, layerOfNode, notes } = twinOf(network);
    const cutter = await ModelCutter.open(bytesSource(bytes));
    const whole = { piece: { inputs: cutter.inputs, outputs: cutter.outputs }, file: modelFile(bytes) };
    return new DeviceNetwork(network, cutter, 'twin', whole, layerOfNode, notes);
  }

  /**
   * A model with its own weights, ready to be cut, as the network that its file is read as. Its open dimensions are fixed.
   * @param dims sizes of open dimensions, by name or as "<input>:<axis>"
   * @throws WorkbenchError `onnx.…` where it cannot be read or cut, `device.weights` where weights are in other files
   */
  static async ofModel(
    bytes: Uint8Array,
    { fileName, id, dims }: { readonly fileName: string; readonly id?: string; readonly dims?: Record<string, number> },
  ): Promise<DeviceNetwork> {
    const choices = dims === undefined ? {} : { dims };
    const source = bytesSource(bytes);
    const { network, notes } = await readOnnxNetwork(source, {
      fileName,
      ...(id === undefined ? {} : { id }),
      ...choices,
    });
    const cutter = await ModelCutter.open(source, choices);
    const piece = cutter.cut(cutter.workingNodes);
    if (piece.companions.length > 0)
      throw new WorkbenchError(
        'device.weights',
        `${fileName} has weights in other files: ${piece.companions.join(', ')}`,
        {
          hint: 'save the model as one file',
        },
      );
    const whole = { piece, file: modelFile(await cutter.bytes(piece)) };
    return new DeviceNetwork(network, cutter, 'model', whole, layersOfNodes(network, cutter), notes);
  }

  /** The piece with `layers`; the same one for the same layers. @throws WorkbenchError `onnx.notCut` */
  pieceOf(layers: readonly string[]): Promise<CutPiece> {
    const key = JSON.stringify(layers.toSorted());
    let piece = this.#pieces.get(key);
    if (piece === undefined) {
      piece = layers.length === this.network.layers.length ? Promise.resolve(this.whole) : this.#cut(layers);
      this.#pieces.set(key, piece);
    }
    return piece;
  }

  /** The layer that the runtime's kernel `name` belongs to; undefined for those of none, such as reorderings. */
  layerOfKernel(name: string): string | undefined {
    const plain = name.replace(/_nchwc$/, '');
    return this.#layerOfValue.get(plain) ?? this.#layerOfValue.get(plain.replace(/_token_\d+$/, ''));
  }

  async #cut(layers: readonly string[]): Promise<CutPiece> {
    const nodes = layers.flatMap((layer) => {
      const own = this.#nodesOfLayer.get(layer);
      if (own === undefined)
        throw new WorkbenchError('device.layer', `network "${this.network.id}" has no layer "${layer}"`);
      return own;
    });
    const piece = this.#cutter.cut(nodes);
    const ends = new Set([...this.whole.piece.inputs, ...this.whole.piece.outputs].map(({ name }) => name));
    return {
      layers,
      piece,
      file: modelFile(await this.#cutter.bytes(piece)),
      cutBytes: [...piece.inputs, ...piece.outputs].reduce(
        (sum, value) => sum + (ends.has(value.name) ? 0 : bytesOf(value)),
        0,
      ),
    };
  }
}

/**
 * [node] the layer that each node of a model belongs to. A layer's aliases name the values of all nodes that became part of it; a node of none,
 * such as a view of the input, belongs to the layer that reads it first.
 */
function layersOfNodes(network: Network, cutter: ModelCutter): (string | undefined)[] {
  const { nodes } = cutter.model.graph;
  const layerOf = new Map(
    network.layers.flatMap(({ id, aliases = [] }) => [id, ...aliases].map((alias) => [alias, id] as const)),
  );
  const ofNode = nodes.map(({ outputs }, node) =>
    cutter.isConstant[node]
      ? undefined
      : outputs.map((output) => layerOf.get(output)).find((layer) => layer !== undefined),
  );
  const readerOf = new Map<string, string>();
  for (let node = nodes.length - 1; node >= 0; node--) {
    if (cutter.isConstant[node]) continue;
    ofNode[node] ??= nodes[node].outputs.map((output) => readerOf.get(output)).find((layer) => layer !== undefined);
    const layer = ofNode[node];
    if (layer !== undefined) for (const input of nodes[node].inputs) readerOf.set(input, layer);
  }
  return ofNode;
}

/** A piece as the device is asked for it. @param bufferOf the buffer of each of its values */
export function deviceModel(id: string, { piece, file }: CutPiece, bufferOf: (name: string) => string): DeviceModel {
  return {
    id,
    digest: file.digest,
    inputs: tensors(piece.inputs, bufferOf),
    outputs: tensors(piece.outputs, bufferOf),
  };
}

export function tensors(values: readonly PieceValue[], bufferOf: (name: string) => string): DeviceTensor[] {
  return values.map(({ name, elementType, shape }) => ({
    name,
    elementType,
    shape: [...shape],
    buffer: bufferOf(name),
  }));
}

const BYTES_OF_FLOAT = 4;
function bytesOf({ shape }: PieceValue): number {
  return shape.reduce((all, size) => all * size, BYTES_OF_FLOAT);
}
