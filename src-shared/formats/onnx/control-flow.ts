/** Branches that are decided and loops whose length is known, as the plain nodes they stand for (https://onnx.ai/onnx/operators: If, Loop, Scan). */
import { WorkbenchError } from '../../domain/errors.ts';
import { undecidedError } from './decided-by.ts';
import { ElementType } from './element-types.ts';
import type { OnnxGraph, OnnxNode } from './model.ts';
import { invalid, nameOf } from './order.ts';
import { Scope } from './scope.ts';
import { axisOf, type Dimension, type Shape, type Tensor } from './tensor.ts';
import type { Place, Walk } from './walk.ts';

/** Loops of more rounds are refused: a schedule of so many copies of the same layers helps nobody. */
const MOST_ROUNDS = 256;

const expanders: Readonly<Record<string, (use: Use) => string[]>> = {
  If: takeBranch,
  Loop: unrollLoop,
  Scan: unrollScan,
};

/** A control flow node in its place. */
interface Use {
  readonly walk: Walk;
  readonly node: OnnxNode;
  readonly index: number;
  readonly place: Place;
  /** The values it reads, "" where one is left out. */
  readonly inputs: readonly string[];
}

/** Only these are: other operators with a graph as an attribute calculate with it. */
export function isControlFlow({ op, domain }: OnnxNode): boolean {
  return domain === '' && Object.hasOwn(expanders, op);
}

/**
 * Replaces `node` by the nodes that it means.
 * @throws WorkbenchError `onnx.inputNeeded` or `onnx.unsupported` for what is not decided or too long, `onnx.invalid`
 */
export function expandControlFlow(walk: Walk, node: OnnxNode, index: number, place: Place): void {
  const results = expanders[node.op]({
    walk,
    node,
    index,
    place,
    inputs: node.inputs.map((name) => walk.valueOf(place, name, node, index)),
  });
  node.outputs.forEach((name, position) => {
    const value = results[position];
    if (value === undefined)
      throw invalid(
        `${nameOf(node, index)} has ${node.outputs.length} outputs, but its graph gives ${results.length}`,
        [place.path, `node[${index}]`],
      );
    if (name !== '') walk.bind(place, name, value, `output of ${nameOf(node, index)}`);
  });
}

function takeBranch(use: Use): string[] {
  const { walk, node, place, inputs } = use;
  const decision = contentOf(walk, inputs[0]);
  if (decision === undefined) throw undecidedError(use, inputs[0] ?? '', 'which branch is taken');
  const branch = decision === 0 ? 'else_branch' : 'then_branch';
  walk.note(
    'taken, because constants, sizes or chosen inputs decide',
    `${walk.useName(node, place)} (${branch.replace('_branch', '')})`,
  );
  return walk.walkGraph(graphOf(use, branch), {
    ...place,
    path: `${place.path}.node[${use.index}].${branch}`,
    scope: new Scope(place.scope),
  });
}

function unrollLoop(use: Use): string[] {
  const {
    walk,
    node,
    index,
    place,
    inputs: [most = '', first = '', ...initial],
  } = use;
  const body = graphOf(use, 'body');
  if (body.inputs.length !== initial.length + 2)
    throw invalid(
      `the body of ${nameOf(node, index)} has ${body.inputs.length} inputs instead of ${initial.length + 2}`,
      [place.path, `node[${index}]`],
    );
  const limit = most === '' ? Number.POSITIVE_INFINITY : contentOf(walk, most);
  if (limit === undefined) throw undecidedError(use, most, 'how often it runs');
  const name = walk.useName(node, place);
  let carried = initial;
  let condition = first;
  const rounds: string[][] = [];
  while (rounds.length < limit) {
    const goesOn = condition === '' ? 1 : contentOf(walk, condition);
    if (goesOn === undefined) throw undecidedError(use, condition, 'how often it runs');
    if (goesOn === 0) break;
    if (rounds.length === MOST_ROUNDS)
      throw tooLong(
        use,
        Number.isFinite(limit) && limit < 2 ** 53 ? `runs up to ${limit} times` : `runs more than ${MOST_ROUNDS} times`,
      );
    const inner = roundOf(use, name, rounds.length);
    walk.define(
      inner,
      body.inputs[0].name,
      { elementType: ElementType.int64, shape: [], content: [rounds.length], isStatic: true },
      'input',
    );
    walk.define(
      inner,
      body.inputs[1].name,
      { elementType: ElementType.bool, shape: [], content: [1], isStatic: true },
      'input',
    );
    body.inputs.slice(2).forEach((input, position) => walk.bind(inner, input.name, carried[position] ?? '', 'input'));
    const results = walk.walkGraph(body, inner);
    condition = results[0] ?? '';
    carried = results.slice(1, 1 + initial.length);
    rounds.push(results.slice(1 + initial.length));
  }
  walk.note('loops of known length were unrolled', `${name} × ${rounds.length}`);
  return [
    ...carried,
    ...collected(
      use,
      name,
      rounds,
      body.outputs.slice(1 + initial.length).map(({ elementType }) => elementType),
      () => 0,
    ),
  ];
}

function unrollScan(use: Use): string[] {
  const { walk, node, index, place, inputs } = use;
  const body = graphOf(use, 'body');
  if ((place.opsets.get('') ?? 9) < 9)
    throw new WorkbenchError(
      'onnx.unsupported',
      `onnx: ${nameOf(node, index)} is a Scan of version 8, which is not known`,
      {
        hint: 'convert the model to version 9 of the operators or a newer one (onnx.version_converter)',
        path: [place.path, `node[${index}]`],
      },
    );
  const scanned = node.attributes.get('num_scan_inputs')?.integer ?? 0;
  const states = inputs.length - scanned;
  if (scanned < 1 || states < 0 || body.inputs.length !== inputs.length)
    throw invalid(
      `${nameOf(node, index)} does not say which of its inputs are sequences, or its body does not fit them`,
      [place.path, `node[${index}]`],
    );
  const sequences = inputs.slice(states).map((value, position) => {
    const shape = walk.values.get(value)?.shape;
    return {
      value,
      shape,
      axis:
        shape === undefined
          ? 0
          : axisOf(node.attributes.get('scan_input_axes')?.integers?.[position] ?? 0, shape.length),
    };
  });
  const length = sequences.map(({ shape, axis }) => shape?.[axis]).find((size) => size !== undefined);
  walk.sequenceLengths.add(length);
  if (length === undefined) throw undecidedError(use, sequences[0].value, 'how long its sequence is', true);
  if (length > MOST_ROUNDS) throw tooLong(use, `runs ${length} times`);
  const name = walk.useName(node, place);
  const parts = sequences.map(({ value, shape, axis }, position) => {
    const part: Tensor = {
      elementType: walk.values.get(value)?.elementType ?? 0,
      shape: shape?.filter((_, each) => each !== axis),
    };
    return length === 0
      ? []
      : walk.add(
          { op: 'Split', name: `${name}/${body.inputs[states + position].name}`, inputs: [value] },
          Array.from({ length }, () => part),
          place,
        );
  });
  let carried = inputs.slice(0, states);
  const rounds: string[][] = [];
  for (let round = 0; round < length; round++) {
    const inner = roundOf(use, name, round);
    body.inputs.slice(0, states).forEach((input, position) => walk.bind(inner, input.name, carried[position], 'input'));
    body.inputs.slice(states).forEach((input, position) => {
      const isBackwards = node.attributes.get('scan_input_directions')?.integers?.[position] === 1;
      walk.bind(inner, input.name, parts[position][isBackwards ? length - 1 - round : round], 'input');
    });
    const results = walk.walkGraph(body, inner);
    carried = results.slice(0, states);
    rounds.push(results.slice(states));
  }
  walk.note('loops of known length were unrolled', `${name} × ${length}`);
  const axes = node.attributes.get('scan_output_axes')?.integers;
  return [
    ...carried,
    ...collected(
      use,
      name,
      rounds,
      body.outputs.slice(states).map(({ elementType }) => elementType),
      (position) => axes?.[position] ?? 0,
    ),
  ];
}

/** The results that each round adds to, put together along an axis of their own. @param axisOfOutput by position */
function collected(
  { walk, node, place }: Use,
  name: string,
  rounds: readonly (readonly string[])[],
  elementTypes: readonly number[],
  axisOfOutput: (position: number) => number,
): string[] {
  const first = node.outputs.length - elementTypes.length;
  return elementTypes.map((elementType, position) => {
    const inputs = rounds.map((results) => results[position]);
    const values = inputs.map((value) => walk.values.get(value));
    const part = values[0]?.shape;
    const contents = values.map((value) => value?.content);
    const content =
      axisOfOutput(position) === 0 && contents.every((each) => each !== undefined) ? contents.flat() : undefined;
    const tensor: Tensor = {
      elementType: values[0]?.elementType ?? elementType,
      shape: rounds.length === 0 ? undefined : stacked(part, rounds.length, axisOfOutput(position)),
      ...(content === undefined ? {} : { content }),
    };
    return walk.add(
      { op: 'Concat', name: `${name}/${node.outputs[first + position] || position}`, inputs },
      [tensor],
      place,
    )[0];
  });
}

function stacked(part: Shape | undefined, length: Dimension, axis: number): Shape | undefined {
  if (part === undefined) return undefined;
  const at = axisOf(axis, part.length + 1);
  return [...part.slice(0, at), length, ...part.slice(at)];
}

function roundOf({ place, index }: Use, name: string, round: number): Place {
  return {
    ...place,
    path: `${place.path}.node[${index}].body`,
    prefix: `${name}/${round + 1}/`,
    scope: new Scope(place.scope),
  };
}

function graphOf({ node, index, place }: Use, attribute: string): OnnxGraph {
  const graph = node.attributes.get(attribute)?.graph;
  if (graph === undefined) throw invalid(`${nameOf(node, index)} has no ${attribute}`, [place.path, `node[${index}]`]);
  return graph;
}

function contentOf(walk: Walk, value: string | undefined): number | undefined {
  return walk.values.get(value ?? '')?.content?.[0];
}

function tooLong({ node, index, place }: Use, what: string): WorkbenchError {
  return new WorkbenchError(
    'onnx.unsupported',
    `onnx: ${nameOf(node, index)} ${what}; loops of up to ${MOST_ROUNDS} rounds are unrolled`,
    {
      hint: 'export the body as a model of its own and run it as often as needed, or choose a shorter sequence with the option dims (--dim NAME=SIZE)',
      path: [place.path, `node[${index}]`],
    },
  );
}
