/** The Standard Task Graph Set's `.stg` files as networks, with the equal units they are scheduled on, and networks as `.stg`. */
import type { KnownDocument } from '#shared/domain/document-kinds.ts';
import { z } from 'zod';
import { idSchema, positive } from '#shared/domain/common.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { parseNetwork, type Network } from '#shared/domain/network.ts';
import { parsePlatform } from '#shared/domain/platform.ts';
import { parseScenario } from '#shared/domain/scenario.ts';
import { baseName, idFrom } from '#shared/formats/names.ts';
import { defineNetworkWriter, defineReader, type Format } from './format.ts';
import { stgNetwork, stgPlatform, stgPlatformWithTransfers } from './stg.ts';
import { readText } from './text.ts';

const unitMs = positive.default(1).describe('Length of one unit of time, ms');

export const stgFormat: Format = {
  id: 'stg',
  name: 'Standard Task Graph',
  description:
    'a task graph of the Standard Task Graph Set, with or without costs of communication, and the equal units it is to be scheduled on',
  extensions: ['.stg'],
  mediaType: 'text/plain',
  reader: defineReader({
    kinds: ['network', 'platform', 'scenario'],
    options: z.strictObject({
      id: idSchema.optional().describe("Id of the network; default: the file's name"),
      unitMs,
      executionTimeKey: idSchema.default('cpu').describe('Processor that the times are for'),
      units: z
        .int()
        .min(1)
        .max(64)
        .optional()
        .describe('Also make a platform of this many equal units, and a scenario that runs the graph on it'),
      dispatch: z
        .enum(['pooled', 'pinned'])
        .optional()
        .describe(
          'pooled (default): one processing element with that many units; pinned: as many processing elements. Not ' +
            'for files with costs of communication, whose units are a processor each',
        ),
    }),
    recognises: ({ name, head }) =>
      /\.stg$/i.test(name) || /^\s*\d+\s*[\r\n]+\s*0\s+0\s+0\s*[\r\n]/.test(new TextDecoder().decode(head)),
    async read([file], { id = idFrom(baseName(file.name)), units, dispatch, ...options }) {
      const network = parseNetwork(
        stgNetwork(await readText(file), { id, name: baseName(file.name), units, ...options }),
      );
      const hasCosts = network.layers.some(({ dependencies }) =>
        dependencies.some(({ transferMs }) => transferMs !== undefined),
      );
      if (hasCosts && dispatch !== undefined)
        throw new WorkbenchError(
          'options.invalid',
          'the units of a task graph with costs of communication are a processor each, so they have no dispatch',
          { hint: 'leave the option dispatch out', path: ['dispatch'] },
        );
      const documents: KnownDocument[] = [{ kind: 'network', document: network }];
      if (units !== undefined) {
        const how = hasCosts ? 'linked' : (dispatch ?? 'pooled');
        const platform = parsePlatform(
          how === 'linked'
            ? stgPlatformWithTransfers(units, options.executionTimeKey)
            : stgPlatform(units, how, options.executionTimeKey),
        );
        const scenario = parseScenario({
          schemaVersion: 1,
          id: idFrom(`${id}-on-${units}-${how}`),
          name: `${network.name} on ${platform.name}`,
          platform: platform.id,
          applications: [{ id: 'graph', network: id }],
        });
        documents.push({ kind: 'platform', document: platform }, { kind: 'scenario', document: scenario });
      }
      return {
        documents,
        notes:
          hasCosts && units === undefined
            ? [
                {
                  message: 'costs of communication take time between units that are a processor each',
                  hint: 'the option units makes such a platform, e.g. --set units=4',
                },
              ]
            : [],
      };
    },
  }),
  writer: defineNetworkWriter(
    z.strictObject({
      unitMs,
      executionTimeKey: z
        .string()
        .min(1)
        .optional()
        .describe('Processor whose times are written; needed where the network has several'),
    }),
    (network, options) => ({
      files: [{ name: `${network.id}.stg`, content: stgText(network, options), mediaType: 'text/plain' }],
      notes: [
        {
          message:
            'a task graph has numbers instead of ids and operations, and no sizes of ' +
            `data${costsOf(network, options.unitMs) === undefined ? '' : ' but the costs of communication'}`,
          hint: 'Tessera JSON and the layer table keep them',
        },
      ],
    }),
  ),
};

/**
 * The `.stg` text of a network: its layers in order, between dummies unless its ends are some already.
 * @throws WorkbenchError `stg.notExpressible` for times that are missing or no multiples of the unit
 */
export function stgText(
  network: Network,
  options: { readonly unitMs: number; readonly executionTimeKey?: string | undefined },
): string {
  const keys = [...new Set(network.layers.flatMap((layer) => Object.keys(layer.executionTimeMs)))];
  const key = options.executionTimeKey ?? keys[0];
  if (key === undefined || (options.executionTimeKey === undefined && keys.length > 1)) {
    const quoted = keys.map((each) => `"${each}"`).join(', ');
    throw new WorkbenchError(
      'stg.notExpressible',
      key === undefined
        ? `network "${network.id}" has no execution times`
        : `network "${network.id}" has times for ${quoted}, a task graph has one time per task`,
      { hint: key === undefined ? 'add times first' : `choose executionTimeKey among ${quoted}` },
    );
  }
  const numberOf = new Map(network.layers.map((layer, index) => [layer.id, index]));
  const costs = costsOf(network, options.unitMs);
  const tasks = network.layers.map((layer, index) => ({
    time: unitsOf(network, index, key, options.unitMs),
    predecessors: layer.dependencies.map((dependency) => numberOf.get(dependency.layer) ?? 0),
    costs: costs?.[index] ?? [],
  }));
  const first = tasks[0];
  const last = tasks.at(-1);
  const hasDummies = tasks.length > 1 && first?.time === 0 && first.predecessors.length === 0 && last?.time === 0;
  if (!hasDummies) {
    const read = new Set(tasks.flatMap((task) => task.predecessors));
    const sinks = tasks.flatMap((_, index) => (read.has(index) ? [] : [index]));
    for (const task of tasks)
      task.predecessors =
        task.predecessors.length === 0 ? [0] : task.predecessors.map((predecessor) => predecessor + 1);
    tasks.unshift({ time: 0, predecessors: [], costs: [] });
    tasks.push({ time: 0, predecessors: sinks.map((sink) => sink + 1), costs: [] });
  }
  const lines = tasks.flatMap(({ time, predecessors, costs: own }, id) =>
    costs === undefined
      ? [[id, time, predecessors.length, ...predecessors].join('\t')]
      : [
          [id, time, predecessors.length].join('\t'),
          ...predecessors.map((predecessor, position) => `\t${predecessor}\t${own[position] ?? 0}`),
        ],
  );
  return `${tasks.length - 2}\n${lines.join('\n')}\n# Network ${network.id}: one unit of time is ${options.unitMs} ms\n`;
}

/**
 * The costs of communication of a network that has them, by layer and dependency, in units: each edge takes the same time between any two
 * processors. Undefined where none takes any, or one cannot be said so.
 */
function costsOf({ layers }: Network, unitMs: number): number[][] | undefined {
  let hasAny = false;
  const costs: number[][] = [];
  for (const { dependencies } of layers) {
    const own: number[] = [];
    for (const { transferMs = {}, bytes } of dependencies) {
      const times = new Set(Object.values(transferMs));
      const [ms = 0] = times;
      const units = Math.round(ms / unitMs);
      if (times.size > 1 || units * unitMs !== ms || (times.size === 0 && (bytes ?? 0) > 0)) return undefined;
      hasAny ||= units > 0;
      own.push(units);
    }
    costs.push(own);
  }
  return hasAny ? costs : undefined;
}

function unitsOf(network: Network, index: number, key: string, unitMs: number): number {
  const layer = network.layers[index];
  const ms = layer.executionTimeMs[key];
  const units = Math.round((ms ?? Number.NaN) / unitMs);
  if (Number.isSafeInteger(units) && units * unitMs === ms) return units;
  throw new WorkbenchError(
    'stg.notExpressible',
    ms === undefined
      ? `layer "${layer.id}" has no time for "${key}"`
      : `${ms} ms, the time of layer "${layer.id}", is not a whole number of units of ${unitMs} ms`,
    {
      hint: ms === undefined ? 'choose another executionTimeKey' : 'choose a smaller unitMs',
      path: ['layers', index, 'executionTimeMs', key],
    },
  );
}
