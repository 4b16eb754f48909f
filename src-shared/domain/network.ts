/** The network document: a directed acyclic graph of layers with their execution time per processor (DESIGN §5). */
import { z } from 'zod';
import { idSchema, layerIdSchema, nonNegative, report, reportDuplicateIds, schemaReference, schemaVersion, wholePositive } from './common.ts';
import { dataTypeSchema } from './cost-model.ts';
import { suggest } from './errors.ts';
import { parseDocument } from './parse.ts';

export const dependencySchema = z.union([
  layerIdSchema,
  z.strictObject({
    layer: layerIdSchema,
    bytes: nonNegative.optional().describe("Bytes moved along this edge; default: the producer's outputBytes"),
    transferMs: z
      .record(z.string().regex(/^[^>]+>[^>]+$/, '"from>to" with two processor ids, e.g. "cpu>gpu"'), nonNegative)
      .optional()
      .describe('Measured transfer time by "from>to", ms; wins over the interconnect'),
  }),
]);

/** Where a time comes from. Measured: on the processor, or by a cycle-exact simulator of it; modelled: by a cost model. */
export const timeSourceKinds = ['measured', 'assumed', 'modelled'] as const;
export type TimeSourceKind = (typeof timeSourceKinds)[number];
const timeSourcesSchema = z.record(z.string().min(1), z.enum(timeSourceKinds)).optional();

export const layerSchema = z.strictObject({
  id: layerIdSchema,
  name: z.string().min(1).optional(),
  op: z.string().min(1).describe('Operation, e.g. "Conv"; compared with supportedOps'),
  executionTimeMs: z.record(z.string().min(1), nonNegative).default({}).describe('Execution time by executionTimeKey, at nominal frequency, ms; a missing key: cannot run there, unless the processor has a cost model'),
  timeSources: timeSourcesSchema.describe("Where this layer's times come from, by executionTimeKey; wins over the network's timeSources"),
  dependencies: z.array(dependencySchema).default([]).describe('The layers whose output this one reads'),
  outputBytes: nonNegative.optional(),
  priority: z.number().default(0).describe('Higher starts first among ready layers of equal application priority'),
  macs: nonNegative.optional(),
  parameters: nonNegative.optional(),
  outputShape: z.array(wholePositive).max(16).optional().describe('Dimensions of the output without the batch, e.g. channels, height, width'),
  kernelShape: z.array(wholePositive).max(8).optional().describe('Dimensions of the window of a convolution or pooling, e.g. height, width'),
});

const networkObject = z.strictObject({
  $schema: schemaReference,
  schemaVersion,
  id: idSchema,
  name: z.string().min(1).optional(),
  description: z.string().default(''),
  provenance: z.array(z.string()).default([]),
  dataType: dataTypeSchema.optional().describe('Type of the elements that outputBytes and bytes count'),
  timeSources: timeSourcesSchema.describe('Where the times come from, by executionTimeKey'),
  layers: z.array(layerSchema).min(1),
});

export const networkSchema = networkObject.superRefine(checkNetwork).transform((network) => ({
  ...network,
  name: network.name ?? network.id,
  layers: network.layers.map((layer) => ({
    ...layer,
    name: layer.name ?? layer.id,
    dependencies: layer.dependencies.map((dependency) => (typeof dependency === 'string' ? { layer: dependency } : dependency)),
  })),
}));

export type Network = z.output<typeof networkSchema>;
export type NetworkInput = z.input<typeof networkSchema>;
export type Layer = Network['layers'][number];

/** Where the time of `layer` for `key` comes from; "given" where nothing is stated, undefined where there is no time. */
export function timeSourceOf(network: Pick<Network, 'timeSources'>, layer: Pick<Layer, 'executionTimeMs' | 'timeSources'>, key: string): TimeSourceKind | 'given' | undefined {
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
      const id = typeof dependency === 'string' ? dependency : dependency.layer;
      const path = ['layers', index, 'dependencies', position, ...(typeof dependency === 'string' ? [] : ['layer'])];
      const producer = indexOf.get(id);
      if (producer === undefined) {
        report(context, { path, message: `layer "${layer.id}" depends on "${id}", which does not exist`, expected: 'the id of a layer of this network', hint: suggest(id, ids) });
      } else if (producers.has(id)) {
        report(context, { path, message: `layer "${layer.id}" already depends on "${id}"`, expected: 'each dependency once', hint: 'remove one of the two' });
      } else edges[index]?.push(producer);
      producers.add(id);
    });
  });

  const cycle = findCycle(edges);
  if (cycle !== undefined) {
    const names = cycle.map((index) => network.layers[index]?.id ?? '');
    report(context, {
      path: ['layers', cycle[0] ?? 0, 'dependencies'],
      message: `dependencies form a cycle: ${[...names, names[0]].map((name) => `"${name}"`).join(' ← ')}`,
      value: names.join(', '),
      expected: 'a directed acyclic graph',
      hint: 'remove one of these dependencies',
    });
  }
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
