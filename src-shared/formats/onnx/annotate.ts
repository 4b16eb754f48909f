/**
 * Writes an ONNX model again with an annotation on its nodes, `layer_ann` in their metadata, by which ONNX Runtime 1.30 assigns them to
 * execution providers. Everything else is copied as it is, piece by piece, so weights are neither changed nor held.
 */
import { WorkbenchError } from '../../domain/errors.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { ProtobufReader } from './protobuf.ts';
import { decodeUtf8 } from './utf8.ts';
import { field, joined, opening, text } from './wire.ts';

/** The key that the runtime looks for. */
export const LAYER_ANNOTATION = 'layer_ann';

/** Fields of onnx.proto3: of ModelProto, GraphProto, NodeProto and StringStringEntryProto. */
const MODEL_GRAPH = 7;
const GRAPH_NODE = 1;
const NODE = { output: 2, name: 3, metadata: 9 } as const;
const ENTRY = { key: 1, value: 2 } as const;

/** Bytes that are copied at once. */
const CHUNK = 1 << 20;
/** A node with large constants as attributes; none is larger in a sound model. */
const MOST_NODE_BYTES = 1 << 28;

/** By what a node can be recognised. */
export interface NodeNames {
  readonly name: string;
  readonly outputs: readonly string[];
}

/** What the parts of the new file are: a stretch of the old one, or bytes. */
type Piece = Uint8Array | { readonly from: number; readonly to: number };

export interface AnnotatedModel {
  /** Bytes of the new file. */
  readonly size: number;
  readonly nodes: number;
  readonly annotated: number;
  parts(): AsyncGenerator<Uint8Array>;
}

/**
 * `source` with the annotation of each node of its main graph; undefined leaves a node without one. Annotations that it has are replaced.
 * @throws WorkbenchError `onnx.invalid` with the byte where the file stops making sense
 */
export async function annotateModel(
  source: RandomAccessSource,
  annotationOf: (node: NodeNames) => string | undefined,
): Promise<AnnotatedModel> {
  const pieces: Piece[] = [];
  const reader = new ProtobufReader(source, 'onnx');
  let [copied, nodes, annotated, graphs] = [0, 0, 0, 0];
  await reader.fields('model', source.size, async (graph) => {
    if (graph.number !== MODEL_GRAPH || graph.wire !== 'bytes') return;
    if (graphs++ > 0) throw reader.fault('the model has two graphs');
    const graphStart = reader.position;
    const inner: Piece[] = [];
    let innerCopied = graphStart;
    let growth = 0;
    await reader.fields('graph', graph.length, async (node) => {
      if (node.number !== GRAPH_NODE || node.wire !== 'bytes') return;
      if (node.length > MOST_NODE_BYTES) throw reader.fault(`node ${nodes} has ${node.length} bytes`);
      nodes++;
      const start = reader.position;
      const content = await annotatedNode(reader, await reader.bytes(node), node.length, start, annotationOf);
      if (content === undefined) return;
      annotated++;
      const written = joined([opening(GRAPH_NODE, content.length), content]);
      inner.push({ from: innerCopied, to: node.start }, written);
      innerCopied = start + node.length;
      growth += written.length - (innerCopied - node.start);
    });
    const graphEnd = graphStart + graph.length;
    inner.push({ from: innerCopied, to: graphEnd });
    pieces.push({ from: copied, to: graph.start }, joined(opening(MODEL_GRAPH, graph.length + growth)), ...inner);
    copied = graphEnd;
  });
  if (graphs === 0)
    throw new WorkbenchError('onnx.invalid', 'the file has no graph, so it is no ONNX model', {
      hint: 'choose the model that the network was imported from',
    });
  pieces.push({ from: copied, to: source.size });
  return {
    size: pieces.reduce((sum, piece) => sum + (piece instanceof Uint8Array ? piece.length : piece.to - piece.from), 0),
    nodes,
    annotated,
    async *parts() {
      for (const piece of pieces) {
        if (piece instanceof Uint8Array) yield piece;
        else
          for (let at = piece.from; at < piece.to; at += CHUNK) yield source.read(at, Math.min(CHUNK, piece.to - at));
      }
    },
  };
}

/** The content of a node with its annotation; undefined where it stays as it is. @param start byte of the file where `content` begins */
async function annotatedNode(
  outer: ProtobufReader,
  content: Uint8Array,
  length: number,
  start: number,
  annotationOf: (node: NodeNames) => string | undefined,
): Promise<Uint8Array | undefined> {
  let name = '';
  const outputs: string[] = [];
  const kept: Piece[] = [];
  let from = 0;
  const inner = new ProtobufReader(
    { size: content.length, read: (offset, count) => Promise.resolve(content.subarray(offset, offset + count)) },
    'onnx',
  );
  await inner.fields(`node at byte ${start}`, length, async (each) => {
    if (each.wire !== 'bytes') return;
    if (each.number === NODE.name) name = await inner.text(each, 'the name');
    else if (each.number === NODE.output) outputs.push(await inner.text(each, 'an output'));
    else if (each.number === NODE.metadata) {
      const end = inner.position + each.length;
      if (!(await isAnnotation(inner, each.length))) return;
      kept.push(content.subarray(from, each.start));
      from = end;
    }
  });
  const annotation = annotationOf({ name, outputs });
  if (annotation === undefined && from === 0) return undefined;
  if (outer.position < start) throw outer.fault('the node cannot be read');
  const entry =
    annotation === undefined
      ? []
      : [field(NODE.metadata, [text(ENTRY.key, LAYER_ANNOTATION), text(ENTRY.value, annotation)])];
  return joined([...kept.filter((piece) => piece instanceof Uint8Array), content.subarray(from), ...entry]);
}

async function isAnnotation(reader: ProtobufReader, length: number): Promise<boolean> {
  let isOurs = false;
  await reader.fields('metadata', length, async (entry) => {
    if (entry.number === ENTRY.key && entry.wire === 'bytes')
      isOurs = decodeUtf8(await reader.bytes(entry)) === LAYER_ANNOTATION;
  });
  return isOurs;
}
