/**
 * A network as an ONNX file, for viewers such as Netron and for tools that read graphs: a node per layer, in a domain of its own since
 * a network has neither weights nor attributes of operators. Every field of a layer is in its node, so that reading gives the same.
 */
import type { Layer, Network } from '#shared/domain/network.ts';
import { LAYER_ATTRIBUTE, NETWORK_KEY, POSITION_ATTRIBUTE, TESSERA_DOMAIN } from '#shared/formats/onnx/own-graph.ts';
import { field, joined, text, whole, type Part } from '#shared/formats/onnx/wire.ts';

/** Types of attributes and of elements (onnx.proto). */
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_STRING = 3;
const FLOAT = 1;
const OPSET = 17;
const IR_VERSION = 8;

/** The bytes of a ModelProto. @throws WorkbenchError `onnx.notExpressible` for a layer with more dependencies than a text can hold */
export function onnxModel(network: Network): Uint8Array<ArrayBuffer> {
  const { layers, $schema: _, ...header } = network;
  const positions = new Map(layers.map(({ id }, index) => [id, index]));
  const read = new Set(layers.flatMap((layer) => layer.dependencies.map((dependency) => dependency.layer)));
  const graph: Part = [
    ...inOrder(layers).map((layer) => field(1, node(layer, positions.get(layer.id) ?? 0))),
    text(2, network.name),
    ...layers
      .filter(({ dependencies }) => dependencies.length === 0)
      .map((layer) => field(11, value(inputOf(layer), undefined))),
    ...layers.filter(({ id }) => !read.has(id)).map((layer) => field(12, value(layer.id, layer.outputShape))),
    ...layers
      .filter(({ id, outputShape }) => read.has(id) && outputShape !== undefined)
      .map((layer) => field(13, value(layer.id, layer.outputShape))),
  ];
  const entry = [text(1, NETWORK_KEY), text(2, JSON.stringify(header))];
  const opset = (domain: string, version: number): Part => field(8, [text(1, domain), whole(2, version)]);
  return joined([
    whole(1, IR_VERSION),
    text(2, 'Tessera'),
    field(7, graph),
    opset('', OPSET),
    opset(TESSERA_DOMAIN, 1),
    field(14, entry),
  ]);
}

/** @param position in the document; nodes are in topological order */
function node(layer: Layer, position: number): Part {
  const { id, op, dependencies, outputBytes, macs, parameters } = layer;
  const counts = Object.entries({ [POSITION_ATTRIBUTE]: position, outputBytes, macs, parameters }).filter(
    (entry): entry is [string, number] => Number.isSafeInteger(entry[1]),
  );
  return [
    ...(dependencies.length === 0
      ? [text(1, inputOf(layer))]
      : dependencies.map((dependency) => text(1, dependency.layer))),
    text(2, id),
    text(3, id),
    text(4, op),
    ...counts.map(([name, count]) => field(5, [text(1, name), whole(3, count), whole(20, ATTRIBUTE_INT)])),
    field(5, [text(1, LAYER_ATTRIBUTE), text(4, JSON.stringify(layer)), whole(20, ATTRIBUTE_STRING)]),
    text(7, TESSERA_DOMAIN),
  ];
}

/** A value with its type and shape, which checkers want: a batch of 1 before what is known, or a single open dimension. */
function value(name: string, shape: readonly number[] | undefined): Part {
  const dims =
    shape === undefined ? [field(1, text(2, 'unknown'))] : [1, ...shape].map((size) => field(1, whole(1, size)));
  return [text(1, name), field(2, field(1, [whole(1, FLOAT), field(2, dims)]))];
}

function inputOf({ id }: Layer): string {
  return `${id}:input`;
}

/** Producers before consumers. */
function inOrder(layers: readonly Layer[]): Layer[] {
  const byId = new Map(layers.map((layer) => [layer.id, layer]));
  const waiting = new Map(layers.map((layer) => [layer.id, layer.dependencies.length]));
  const readers = new Map<string, string[]>();
  for (const { id, dependencies } of layers)
    for (const { layer } of dependencies) readers.set(layer, [...(readers.get(layer) ?? []), id]);
  const ready = layers.filter(({ dependencies }) => dependencies.length === 0);
  for (let next = 0; next < ready.length; next++) {
    for (const reader of readers.get(ready[next].id) ?? []) {
      const left = (waiting.get(reader) ?? 0) - 1;
      waiting.set(reader, left);
      const layer = byId.get(reader);
      if (left === 0 && layer !== undefined) ready.push(layer);
    }
  }
  return ready;
}
