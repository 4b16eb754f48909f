/** Where the parts of an ONNX model are in its file, so that models can be put together from them without reading what they hold. */
import type { RandomAccessSource } from '../random-access.ts';
import { ProtobufReader } from './protobuf.ts';

/** Bytes `start` to `end` (exclusive) of a file: a field with its tag and its length. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface ModelRanges {
  /** Fields of the model but for its graph and what it was trained with: versions, operator sets, functions, metadata. */
  readonly header: readonly ByteRange[];
  /** In the order of the file, which is that of `OnnxGraph.nodes`. */
  readonly nodes: readonly ByteRange[];
  /** In the order of the file, which is that of `OnnxGraph.initializers`. */
  readonly initializers: readonly ByteRange[];
}

const GRAPH = 7;
const TRAINING_INFO = 20;
const NODE = 1;
const INITIALIZER = 5;

/** @throws WorkbenchError `onnx.invalid` with the byte at which the file stops making sense */
export async function readModelRanges(source: RandomAccessSource): Promise<ModelRanges> {
  const reader = new ProtobufReader(source, 'onnx');
  const header: ByteRange[] = [];
  const nodes: ByteRange[] = [];
  const initializers: ByteRange[] = [];
  await reader.fields('model', source.size, async (field) => {
    if (field.number === GRAPH)
      await reader.fields('graph', field.length, (part) => {
        const range = { start: part.start, end: reader.position + part.length };
        if (part.number === NODE) nodes.push(range);
        else if (part.number === INITIALIZER) initializers.push(range);
      });
    else if (field.number !== TRAINING_INFO) header.push({ start: field.start, end: reader.position + field.length });
  });
  return { header, nodes, initializers };
}
