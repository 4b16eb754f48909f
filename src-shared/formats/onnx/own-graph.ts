/**
 * Graphs that Tessera wrote itself (formats/onnx-export.ts): every field of a layer is in its node, nothing has to be
 * inferred.
 */
import { WorkbenchError } from '../../domain/errors.ts';
import { parseNetwork, type Network } from '../../domain/network.ts';
import type { OnnxModel } from './model.ts';

/** Domain of the operators that are layers of a network. */
export const TESSERA_DOMAIN = 'tessera.layer';
/** Attribute with the layer as JSON. */
export const LAYER_ATTRIBUTE = 'layer';
/** Attribute with the layer's place in the document; nodes are in topological order. */
export const POSITION_ATTRIBUTE = 'position';
/** Key of the metadata with the network's other fields, as JSON. */
export const NETWORK_KEY = 'tessera.network';

export function isOwnGraph({ metadata, graph }: OnnxModel): boolean {
  return metadata.has(NETWORK_KEY) && graph.nodes.every((node) => node.domain === TESSERA_DOMAIN);
}

/** @throws WorkbenchError `onnx.invalid` or `network.invalid` */
export function readOwnGraph(
  { metadata, graph }: OnnxModel,
  { id, name }: { readonly id?: string; readonly name?: string },
): Network {
  const header = parseObject(metadata.get(NETWORK_KEY), `metadata "${NETWORK_KEY}"`);
  const layers = graph.nodes.map((node, index) => ({
    position: node.attributes.get(POSITION_ATTRIBUTE)?.integer ?? index,
    layer: parseObject(node.attributes.get(LAYER_ATTRIBUTE)?.text, `node[${index}]`),
  }));
  return parseNetwork({
    ...header,
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    layers: layers.toSorted((a, b) => a.position - b.position).map(({ layer }) => layer),
  });
}

function parseObject(text: string | undefined, what: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw new WorkbenchError('onnx.invalid', `onnx: ${what} is not as Tessera writes it`, {
    hint: 'the file is damaged: export it again',
    path: [what],
  });
}
