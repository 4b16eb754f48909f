/**
 * Reads partition plans of the NEST compiler: "nodeToPartition: node-0:other-1 …" with lists of backends, partitions and device ids.
 * Comments of Tessera's own after the end of the document keep what a plan cannot say: which layers are one call, and names that were changed.
 */
import { WorkbenchError } from '../../domain/errors.ts';
import type { WrittenPlan } from '../../domain/written-plan.ts';

/** Before the calls of a partition: "#tessera p2: a b | c". */
const CALLS = '#tessera ';
/** Before a name that was changed: "#tessera-name conv_1 "conv/1"". */
const NAME = '#tessera-name ';

/** Whether this looks like a plan. @param head its beginning */
export const isNestPlan = (head: string): boolean =>
  /^\s*nodeToPartition\s*:/m.test(head) && /^\s*backendNames\s*:/m.test(head);

/** The comments that keep the calls of partitions, [partition][call] node names, and [node, layer] of names that were changed. */
export function nestPlanComments(
  calls: ReadonlyMap<number, readonly (readonly string[])[]>,
  names: readonly (readonly [node: string, layer: string])[],
): string[] {
  return [
    ...[...calls].map(
      ([partition, own]) => `${CALLS}p${partition}: ${own.map((nodes) => nodes.join(' ')).join(' | ')}`,
    ),
    ...names.map(([node, layer]) => `${NAME}${node} ${JSON.stringify(layer)}`),
  ];
}

/** @throws WorkbenchError `nest-plan.invalid` with the place */
export function readNestPlan(text: string, name: string): WrittenPlan {
  const fields = fieldsOf(text);
  const list = (field: string): string[] => {
    const value = fields.get(field);
    if (value === undefined) throw invalid(name, field, 'is missing', 'a list, its entries separated by ":"');
    return value
      .split(':')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
  };
  const backends = list('backendNames');
  const count = Number(fields.get('numOfPartitions') ?? backends.length);
  if (count !== backends.length)
    throw invalid(name, 'numOfPartitions', `is ${count}, and backendNames has ${backends.length}`, 'the same number');
  const devices = fields.has('logicalIDs') ? list('logicalIDs') : [];
  if (devices.length > 0 && devices.length !== count)
    throw invalid(name, 'logicalIDs', `has ${devices.length} entries`, `one for each of ${count} partitions`);
  const nodes: string[][] = backends.map(() => []);
  const seen = new Set<string>();
  for (const entry of list('nodeToPartition').flatMap((part) => part.split(/\s+/))) {
    const [, node, partition] = /^(.+?)-(\d+)(?:-[\w-]+)?$/.exec(entry) ?? [];
    const own = nodes[Number(partition)];
    if (node === undefined || own === undefined)
      throw invalid(
        name,
        'nodeToPartition',
        `has the entry "${entry.slice(0, 200)}"`,
        `"node-partition" with a partition from 0 to ${count - 1}`,
      );
    if (seen.has(node)) throw invalid(name, 'nodeToPartition', `has node "${node}" twice`, 'each node once');
    seen.add(node);
    own.push(node);
  }
  if (seen.size === 0) throw invalid(name, 'nodeToPartition', 'names no node', 'at least one "node-partition"');
  const { calls, names } = commentsOf(text);
  const placeOf = (partition: number) => ({
    processor: backends[partition] ?? '',
    ...(devices[partition] === undefined ? {} : { element: devices[partition] }),
  });
  const layerOf = (node: string): string => names.get(node) ?? node;
  const last = count - 1;
  return {
    parts: nodes.flatMap((own, partition) => {
      const given = calls.get(partition) ?? [own];
      if (given.flat().toSorted().join() !== own.toSorted().join())
        throw invalid(name, `p${partition}`, 'has a comment on its calls that names other nodes', own.join(' '));
      return given
        .filter((layers) => layers.length > 0)
        .map((layers) => ({ layers: layers.map(layerOf), ...placeOf(partition) }));
    }),
    hasApplications: false,
    isInOrder: true,
    areCalls: calls.size > 0,
    rest: placeOf(last),
  };
}

/** The fields of the document, those over several lines joined. */
function fieldsOf(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  let field = '';
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*(?:#.*|---.*|)$/.test(line)) continue;
    if (line.startsWith('...')) break;
    const start = /^([A-Za-z]\w*)\s*:(.*)$/.exec(line);
    if (start !== null) {
      field = start[1] ?? '';
      fields.set(field, start[2] ?? '');
    } else if (field !== '') fields.set(field, `${fields.get(field)}\n${line}`);
  }
  return fields;
}

function commentsOf(text: string): { calls: Map<number, string[][]>; names: Map<string, string> } {
  const calls = new Map<number, string[][]>();
  for (const [, partition, own = ''] of text.matchAll(/^#tessera p(\d+): (.*)$/gm))
    calls.set(
      Number(partition),
      own.split('|').map((nodes) => nodes.split(/\s+/).filter((node) => node !== '')),
    );
  const names = new Map<string, string>();
  for (const [, node = '', layer = ''] of text.matchAll(/^#tessera-name (\S+) "((?:[^"\\]|\\.)*)"\s*$/gm))
    names.set(node, layer.replaceAll(/\\(.)/g, '$1'));
  return { calls, names };
}

function invalid(file: string, field: string, message: string, expected: string): WorkbenchError {
  return new WorkbenchError('nest-plan.invalid', `${file}: ${field} ${message}`, {
    hint: `expected ${expected}`,
    path: [file, field],
  });
}
