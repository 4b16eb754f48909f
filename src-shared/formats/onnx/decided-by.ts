/** What a branch or the length of a loop depends on, where the file alone does not decide it: what a person can choose, and how. */
import { WorkbenchError, type Issue } from '../../domain/errors.ts';
import { ElementType } from './element-types.ts';
import type { OnnxNode } from './model.ts';
import { quoted } from './notes.ts';
import { nameOf } from './order.ts';
import { elementsOf, type Content } from './tensor.ts';
import type { Place, Walk } from './walk.ts';

interface Undecided {
  readonly walk: Walk;
  readonly node: OnnxNode;
  readonly index: number;
  readonly place: Place;
}

interface Causes {
  /** Inputs of one element, with a value that the model compares each with. */
  readonly switches: Map<string, number>;
  /** Open dimensions. */
  readonly dims: Set<string>;
  /** Inputs and nodes whose content decides. */
  readonly data: Set<string>;
}

/**
 * The refusal of a node that is not decided: `onnx.inputNeeded` where choosing inputs or sizes would decide it, each in the details with
 * a value to try; else `onnx.unsupported`.
 * @param value what would have to be known; @param question as in "…, which branch is taken depends on …"; @param bySize its size, not its content
 */
export function undecidedError(
  { walk, node, index, place }: Undecided,
  value: string,
  question: string,
  bySize = false,
): WorkbenchError {
  const { switches, dims, data } = causesOf(walk, value, bySize);
  const where = [place.path, `node[${index}]`];
  const what = `onnx: ${nameOf(node, index)}: ${question} depends on`;
  if (data.size > 0 || switches.size + dims.size === 0) {
    return new WorkbenchError(
      'onnx.unsupported',
      `${what} the data${data.size === 0 ? '' : ` of ${quoted([...data])}`}`,
      {
        hint: 'a network has one fixed graph of layers: export each branch as a model of its own (onnx.utils.extract_model), or the model by tracing it',
        path: where,
      },
    );
  }
  const wanted = [
    ...[...switches].map(([name, example]) => ({
      name,
      example: String(example),
      option: 'inputs',
      flag: '--input',
      kind: 'input',
    })),
    ...[...dims].map((name) => ({ name, example: '1', option: 'dims', flag: '--dim', kind: 'dimension' })),
  ];
  return new WorkbenchError(
    'onnx.inputNeeded',
    `${what} ${wanted.map(({ kind, name }) => `the ${kind} "${name}"`).join(' and ')}`,
    {
      hint:
        `choose ${wanted.length === 1 ? 'its value' : 'their values'}, e.g. ` +
        `${wanted.map(({ flag, name, example }) => `${flag} ${name}=${example}`).join(' ')}`,
      path: where,
      details: wanted.map(({ option, name, example, kind }): Issue => ({
        path: [option, name],
        message: `${question} depends on the ${kind} "${name}"`,
        value: example,
        expected: kind === 'input' ? 'a number, or 1 for true and 0 for false' : 'a size',
      })),
    },
  );
}

function isUnknown(content: Content | undefined): boolean {
  return content === undefined || content.includes(undefined);
}

/** Goes back from `value` through all that is not known. */
function causesOf(walk: Walk, value: string, bySize: boolean): Causes {
  const causes: Causes = { switches: new Map(), dims: new Set(), data: new Set() };
  const seen = new Set<string>();
  const waiting: { readonly name: string; readonly bySize: boolean; readonly compared: number | undefined }[] = [
    { name: value, bySize, compared: undefined },
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const key = `${String(next.bySize)} ${next.name}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const input = walk.inputs.get(next.name);
    const known = walk.values.get(next.name);
    if (input !== undefined) {
      const open = walk.dimensions.openOf(input);
      if (next.bySize) for (const name of open) causes.dims.add(name);
      else if (elementsOf(input.shape?.map((size) => (typeof size === 'number' ? size : 1))) === 1)
        causes.switches.set(
          input.name,
          causes.switches.get(input.name) ?? next.compared ?? (input.elementType === ElementType.bool ? 1 : 0),
        );
      else causes.data.add(input.name);
      continue;
    }
    const producer = walk.producers.get(next.name);
    if (producer === undefined) continue;
    const { node, inputs } = producer;
    const isOfSize = next.bySize || node.op === 'Shape' || node.op === 'Size';
    const compared =
      inputs.find((each) => each?.isStatic === true && each.content?.length === 1)?.content?.[0] ?? next.compared;
    const unknown = node.inputs.filter(
      (name, position) =>
        name !== '' && (isOfSize ? inputs[position]?.isStatic !== true : isUnknown(inputs[position]?.content)),
    );
    if (unknown.length === 0 && isUnknown(known?.content)) causes.data.add(node.name || next.name);
    for (const name of unknown) waiting.push({ name, bySize: isOfSize, compared });
  }
  return causes;
}
