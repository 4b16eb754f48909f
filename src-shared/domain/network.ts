/** The network document: a directed acyclic graph of layers with their execution time per processor (DESIGN §5). */
import { z } from 'zod';
import { listOf, tableOf } from './bounded.ts';
import {
  hasEnoughFaults,
  idSchema,
  layerIdSchema,
  longText,
  nameSchema,
  nonNegative,
  provenanceSchema,
  report,
  reportDuplicateIds,
  schemaReference,
  schemaVersion,
  wholePositive,
} from './common.ts';
import { dataTypeSchema, type DataType } from './cost-model.ts';
import { suggest } from './errors.ts';
import { parseDocument } from './parse.ts';

export const dependencySchema = z.union([
  layerIdSchema,
  z.strictObject({
    layer: layerIdSchema,
    bytes: nonNegative.optional().describe("Bytes moved along this edge; default: the producer's outputBytes"),
    transferMs: tableOf(
      z.string().regex(/^[^>]+>[^>]+$/, '"from>to" with two processor ids, e.g. "cpu>gpu"'),
      nonNegative,
      10_000,
    )
      .optional()
      .describe('Measured transfer time by "from>to", ms; wins over the interconnect'),
  }),
]);

/** Where a time comes from. Measured: on the processor, or by a cycle-exact simulator of it; modelled: by a cost model. */
export const timeSourceKinds = ['measured', 'assumed', 'modelled'] as const;
export type TimeSourceKind = (typeof timeSourceKinds)[number];
/** Keys of times of one layer. */
const MOST_TIMES = 1000;
/** Layers of a network. */
export const MOST_LAYERS = 20_000;

const timeSourcesSchema = tableOf(nameSchema, z.enum(timeSourceKinds), MOST_TIMES).optional();

export const layerSchema = z.strictObject({
  id: layerIdSchema,
  name: nameSchema.optional(),
  op: nameSchema.describe('Operation, e.g. "Conv"; compared with supportedOps'),
  executionTimeMs: tableOf(nameSchema, nonNegative, MOST_TIMES)
    .default({})
    .describe(
      'Execution time by executionTimeKey, at nominal frequency, ms; a missing key: cannot run there, unless the processor has a cost model',
    ),
  timeSources: timeSourcesSchema.describe(
    "Where this layer's times come from, by executionTimeKey; wins over the network's timeSources",
  ),
  dependencies: listOf(dependencySchema, MOST_LAYERS).default([]).describe('The layers whose output this one reads'),
  outputBytes: nonNegative.optional(),
  priority: z.number().default(0).describe('Higher starts first among ready layers of equal application priority'),
  macs: nonNegative.optional(),
  parameters: nonNegative.optional(),
  outputShape: z
    .array(wholePositive)
    .max(16)
    .optional()
    .describe('Dimensions of the output without the batch, e.g. channels, height, width'),
  kernelShape: z
    .array(wholePositive)
    .max(8)
    .optional()
    .describe('Dimensions of the window of a convolution or pooling, e.g. height, width'),
  aliases: listOf(layerIdSchema, 1000)
    .optional()
    .describe(
      'What else it is called in the file it comes from: values it gives, nodes that became part of it; profiles use them',
    ),
  dataType: dataTypeSchema
    .optional()
    .describe(
      "Type the layer computes in, whose elements its outputBytes and the bytes of its output's edges count; wins over the network's dataType",
    ),
});

const networkObject = z.strictObject({
  $schema: schemaReference,
  schemaVersion,
  id: idSchema,
  name: nameSchema.optional(),
  description: longText.default(''),
  provenance: provenanceSchema.default([]),
  dataType: dataTypeSchema.optional().describe('Type of the elements that outputBytes and bytes count'),
  timeSources: timeSourcesSchema.describe('Where the times come from, by executionTimeKey'),
  timePlatforms: tableOf(nameSchema, listOf(idSchema, 100).min(1), 1000)
    .optional()
    .describe(
      'Whose the times are: by executionTimeKey, the ids of the platforms they hold for; needed where several platforms use the same key',
    ),
  wholeTimeMs: tableOf(nameSchema, nonNegative, MOST_TIMES)
    .optional()
    .describe('Time of the whole network executed as one, by executionTimeKey, at nominal frequency, ms'),
  layers: listOf(layerSchema, MOST_LAYERS).min(1),
});

export const networkSchema = networkObject.superRefine(checkNetwork).transform((network) => ({
  ...network,
  name: network.name ?? network.id,
  layers: network.layers.map((layer) => ({
    ...layer,
    name: layer.name ?? layer.id,
    dependencies: layer.dependencies.map((dependency) =>
      typeof dependency === 'string' ? { layer: dependency } : dependency,
    ),
  })),
}));

export type Network = z.output<typeof networkSchema>;
export type NetworkInput = z.input<typeof networkSchema>;
export type Layer = Network['layers'][number];

/** The type `layer` computes in: its own, else its network's; undefined where neither is stated. */
export function dataTypeOf(network: Pick<Network, 'dataType'>, layer: Pick<Layer, 'dataType'>): DataType | undefined {
  return layer.dataType ?? network.dataType;
}

/** Where the time of `layer` for `key` comes from; "given" where nothing is stated, undefined where there is no time. */
export function timeSourceOf(
  network: Pick<Network, 'timeSources'>,
  layer: Pick<Layer, 'executionTimeMs' | 'timeSources'>,
  key: string,
): TimeSourceKind | 'given' | undefined {
  if (!Object.hasOwn(layer.executionTimeMs, key)) return undefined;
  return layer.timeSources?.[key] ?? network.timeSources?.[key] ?? 'given';
}

/** Parses a network document. @throws WorkbenchError `network.invalid` */
export function parseNetwork(input: unknown): Network {
  return parseDocument(networkSchema, input, 'network');
}

function checkNetwork(network: z.output<typeof networkObject>, context: z.core.$RefinementCtx): void {
  reportDuplicateIds(context, network.layers, ['layers'], 'layer');
  const indexOf = new Map(network.layers.map((layer, index) => [layer.id, index]));
  const ids = [...indexOf.keys()];
  const edges: number[][] = [];

  network.layers.forEach((layer, index) => {
    const producers = new Set<string>();
    edges.push([]);
    layer.dependencies.forEach((dependency, position) => {
      if (hasEnoughFaults(context)) return;
      const id = typeof dependency === 'string' ? dependency : dependency.layer;
      const path = ['layers', index, 'dependencies', position, ...(typeof dependency === 'string' ? [] : ['layer'])];
      const producer = indexOf.get(id);
      if (producer === undefined) {
        report(context, {
          path,
          message: `layer "${layer.id}" depends on "${id}", which does not exist`,
          expected: 'the id of a layer of this network',
          hint: ids.length <= 1000 || context.issues.length < 10 ? suggest(id, ids) : 'name a layer of this network',
        }); // comparing with tens of thousands takes tens of milliseconds
      } else if (producers.has(id)) {
        report(context, {
          path,
          message: `layer "${layer.id}" already depends on "${id}"`,
          expected: 'each dependency once',
          hint: 'remove one of the two',
        });
      } else edges[index]?.push(producer);
      producers.add(id);
    });
  });

  const cycle = findCycle(edges);
  if (cycle !== undefined) {
    const names = cycle.map((index) => network.layers[index]?.id ?? '');
    report(context, {
      path: ['layers', cycle[0] ?? 0, 'dependencies'],
      message:
        `dependencies form a cycle${names.length > MOST_NAMED ? ` of ${names.length} layers` : ''}: ` +
        `${[...shortened(names), names[0]].map((name) => (name === undefined ? '…' : `"${name}"`)).join(' ← ')}`,
      value: shortened(names)
        .map((name) => name ?? '…')
        .join(', '),
      expected: 'a directed acyclic graph',
      hint: 'remove one of these dependencies',
    });
  }
}

/** Layers of a cycle that a message names. */
const MOST_NAMED = 12;

/** The names of a cycle, those in its middle left out (undefined) where it is long. */
function shortened(names: readonly string[]): readonly (string | undefined)[] {
  return names.length <= MOST_NAMED
    ? names
    : [...names.slice(0, MOST_NAMED / 2), undefined, ...names.slice(-MOST_NAMED / 2)];
}

/** One cycle of the graph `edges[consumer] = producers`, as a list of nodes, or undefined. Iterative depth-first search, O(V + E). */
function findCycle(edges: readonly (readonly number[])[]): number[] | undefined {
  const state = new Uint8Array(edges.length); // 0 new, 1 on the path, 2 done
  for (let root = 0; root < edges.length; root++) {
    if (state[root] !== 0) continue;
    const path: number[] = [root];
    const nextEdge: number[] = [0];
    state[root] = 1;
    while (path.length > 0) {
      const node = path[path.length - 1] ?? 0;
      const position = nextEdge[nextEdge.length - 1] ?? 0;
      const next = edges[node]?.[position];
      if (next === undefined) {
        state[node] = 2;
        path.pop();
        nextEdge.pop();
        continue;
      }
      nextEdge[nextEdge.length - 1] = position + 1;
      if (state[next] === 1) return path.slice(path.indexOf(next));
      if (state[next] === 0) {
        state[next] = 1;
        path.push(next);
        nextEdge.push(0);
      }
    }
  }
  return undefined;
}
