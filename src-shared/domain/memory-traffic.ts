/**
 * How many bytes a layer moves. Most operations read all of their inputs and parameters and write their output; those that pick elements
 * or rows read no more than what they are asked for, whatever the size of the table.
 */
import { plainOperation } from './operation-names.ts';

/** What a layer is given and gives, in bytes as the processor holds them. */
export interface LayerBytes {
  readonly inputs: number;
  readonly parameters: number;
  readonly output: number;
}

/** The most elements that are read of inputs and parameters together for each element that is written. */
const mostReadPerWritten: ReadonlyMap<string, number> = new Map([
  ...[
    'Gather',
    'GatherElements',
    'GatherND',
    'GatherBlockQuantized',
    'ArrayFeatureExtractor',
    'Slice',
    'DynamicSlice',
    'Split',
    'SplitToSequence',
    'SequenceAt',
    'Compress',
    'Crop',
    'CenterCropPad',
  ].map((op) => [op, 1] as const),
  // Of each table a row: word, position and segment.
  ['EmbedLayerNormalization', 3],
  // Linear interpolation between four neighbours.
  ...['Resize', 'Upsample', 'GridSample', 'CropAndResize'].map((op) => [op, 4] as const),
]);
/** Their parameters are tables of which each element of the output needs at most one entry. */
const tables: ReadonlySet<string> = new Set(['RotaryEmbedding', 'GemmaRotaryEmbedding']);
/** Of their parameters only the experts that are chosen are read, each weight once or more. */
const experts: ReadonlySet<string> = new Set(['MoE']);
/** They write updates into a copy of their first input, or into it where nobody else reads it. */
const scatters: ReadonlySet<string> = new Set(['Scatter', 'ScatterElements', 'ScatterND', 'TensorScatter']);

/**
 * Bytes that a layer with the operation `op` moves to and from memory.
 * @param weightBytes of the weights that its multiplications can touch: one for each multiplication; undefined where their number is not known
 * @param overwritesInput whether it is the only reader of a layer whose output is as large as its own
 */
export function movedBytes(
  op: string,
  { inputs, parameters, output }: LayerBytes,
  weightBytes: number | undefined,
  overwritesInput: boolean,
): number {
  const plain = plainOperation(op);
  const most = mostReadPerWritten.get(plain);
  if (most !== undefined) return Math.min(inputs + parameters, most * output) + output;
  if (scatters.has(plain) && overwritesInput && inputs >= output) return 2 * Math.min(inputs - output, output);
  if (tables.has(plain)) return inputs + output + Math.min(parameters, output);
  if (experts.has(plain)) return inputs + output + Math.min(parameters, weightBytes ?? parameters);
  return inputs + output + parameters;
}
