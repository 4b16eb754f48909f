/**
 * Walks through a model once and works out the shape of every value, the work of every node, and which nodes need no data. On the way
 * it becomes one flat graph: functions are inlined, decided branches taken, loops of known length unrolled.
 */
import { suggest, WorkbenchError } from '../../domain/errors.ts';
import { OpenDimensions } from './dimensions.ts';
import { GraphWalk } from './graph-walk.ts';
import type { InferredGraph } from './inferred-graph.ts';
import type { OnnxModel, OnnxTensor } from './model.ts';
import { elementsOf } from './tensor.ts';

/** What a person chose. */
export interface Choices {
  /** Sizes of open dimensions, by their name or as "<input>:<axis>". */
  readonly dims?: Readonly<Record<string, number>>;
  /** Values of inputs of one element, by name; 1 and 0 for true and false. */
  readonly inputs?: Readonly<Record<string, number>>;
}

/** The walk that finds out what a leading dimension is for gives it a size of which no other is a part. */
const PROBE_SIZE = 10_007;

/**
 * @throws WorkbenchError `onnx.invalid` for a graph that makes no sense, `onnx.cycle`, `onnx.unsupported` for control flow that depends on
 * the data or is too long, `onnx.inputNeeded`, `onnx.unknownDimension`, `onnx.unknownInput`
 */
export function inferGraph(
  model: OnnxModel,
  initializers: readonly OnnxTensor[],
  { dims = {}, inputs = {} }: Choices = {},
): InferredGraph {
  const constants = new Set(initializers.map(({ name }) => name));
  // Before version 4 of the format, initializers are inputs too.
  const given = model.graph.inputs.filter(({ name }) => !constants.has(name));
  checkChosenInputs(
    given.map(({ name, shape }) => ({
      name,
      elements: elementsOf(shape?.map((size) => (typeof size === 'number' ? size : 1))) ?? 1,
    })),
    inputs,
  );
  const walk = (dimensions: OpenDimensions): GraphWalk => new GraphWalk(model, initializers, given, dimensions, inputs);
  const first = new OpenDimensions(given, dims);
  const dimensions =
    first.assumed.length === 0
      ? first
      : new OpenDimensions(
          given,
          dims,
          sequences(first, walk(new OpenDimensions(given, dims, new Set(), (position) => PROBE_SIZE + position))),
        );
  const { nodes, values, outputs, notes } = walk(dimensions).result();
  return { nodes, values, outputs, assumed: dimensions.assumed, open: dimensions.open, notes };
}

/** Which of the dimensions that look like a batch a recurrent layer or a scan walks along. */
function sequences({ assumed }: OpenDimensions, probe: GraphWalk): Set<string> {
  if (!probe.mayHaveSequences) return new Set();
  try {
    probe.result();
  } catch (error) {
    // What cannot be walked through at this size says nothing about it; at its real size the walk is made again.
    if (!(error instanceof WorkbenchError)) throw error;
  }
  return new Set(assumed.filter((_, position) => probe.sequenceLengths.has(PROBE_SIZE + position)));
}

function checkChosenInputs(
  given: readonly { readonly name: string; readonly elements: number }[],
  chosen: Choices['inputs'] = {},
): void {
  for (const name of Object.keys(chosen)) {
    const input = given.find((candidate) => candidate.name === name);
    if (input === undefined)
      throw new WorkbenchError('onnx.unknownInput', `the model has no input "${name}"`, {
        hint: suggest(
          name,
          given.map((each) => each.name),
        ),
        path: ['inputs', name],
      });
    if (input.elements > 1)
      throw new WorkbenchError(
        'onnx.unknownInput',
        `the input "${name}" has ${input.elements} elements; a value can be chosen for an input of one`,
        {
          hint: 'choose values for switches and numbers only; what a tensor holds decides no branch',
          path: ['inputs', name],
        },
      );
  }
}
