/** The Standard Task Graph Set's `.stg` files as networks, with the equal units they are scheduled on, and networks as `.stg`. */
import { z } from 'zod';
import { idSchema, positive } from '#shared/domain/common.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { parseNetwork, type Network } from '#shared/domain/network.ts';
import { parsePlatform } from '#shared/domain/platform.ts';
import { parseScenario } from '#shared/domain/scenario.ts';
import { baseName, idFrom } from '#shared/formats/names.ts';
import { defineNetworkWriter, defineReader, type Format, type KindedDocument } from './format.ts';
import { stgNetwork, stgPlatform } from './stg.ts';
import { readText } from './text.ts';

const unitMs = positive.default(1).describe('Length of one unit of time, ms');

export const stgFormat: Format = {
  id: 'stg',
  name: 'Standard Task Graph',
  description: 'a task graph of the Standard Task Graph Set, with or without the equal units it is to be scheduled on',
  extensions: ['.stg'],
  mediaType: 'text/plain',
  reader: defineReader({
    kinds: ['network', 'platform', 'scenario'],
    options: z.strictObject({
      id: idSchema.optional().describe("Id of the network; default: the file's name"),
      unitMs,
      executionTimeKey: idSchema.default('cpu').describe('Processor that the times are for'),
      units: z.int().min(1).max(64).optional().describe('Also make a platform of this many equal units, and a scenario that runs the graph on it'),
      dispatch: z.enum(['pooled', 'pinned']).default('pooled').describe('pooled: one processing element with that many units; pinned: as many processing elements'),
    }),
    recognises: ({ name, head }) => /\.stg$/i.test(name) || /^\s*\d+\s*[\r\n]+\s*0\s+0\s+0\s*[\r\n]/.test(new TextDecoder().decode(head)),
    async read([file], { id = idFrom(baseName(file.name)), units, dispatch, ...options }) {
      const network = parseNetwork(stgNetwork(await readText(file), { id, name: baseName(file.name), ...options }));
      const documents: KindedDocument[] = [{ kind: 'network', document: network }];
      if (units !== undefined) {
        const platform = parsePlatform(stgPlatform(units, dispatch, options.executionTimeKey));
        const scenario = parseScenario({ schemaVersion: 1, id: idFrom(`${id}-on-${units}-${dispatch}`), name: `${network.name} on ${platform.name}`, platform: platform.id, applications: [{ id: 'graph', network: id }] });
        documents.push({ kind: 'platform', document: platform }, { kind: 'scenario', document: scenario });
      }
      return { documents, notes: [] };
    },
  }),
  writer: defineNetworkWriter(
    z.strictObject({ unitMs, executionTimeKey: z.string().min(1).optional().describe('Processor whose times are written; needed where the network has several') }),
    (network, options) => ({
      files: [{ name: `${network.id}.stg`, content: stgText(network, options), mediaType: 'text/plain' }],
      notes: [{ message: 'a task graph has numbers instead of ids and operations, and no sizes of data', hint: 'Tessera JSON and the layer table keep them' }],
    }),
  ),
};

/**
 * The `.stg` text of a network: its layers in order, between dummies unless its ends are some already.
 * @throws WorkbenchError `stg.notExpressible` for times that are missing or no multiples of the unit
 */
export function stgText(network: Network, options: { readonly unitMs: number; readonly executionTimeKey?: string | undefined }): string {
  const keys = [...new Set(network.layers.flatMap((layer) => Object.keys(layer.executionTimeMs)))];
  const key = options.executionTimeKey ?? keys[0];
  if (key === undefined || (options.executionTimeKey === undefined && keys.length > 1)) {
    const quoted = keys.map((each) => `"${each}"`).join(', ');
    throw new WorkbenchError('stg.notExpressible', key === undefined ? `network "${network.id}" has no execution times` : `network "${network.id}" has times for ${quoted}, a task graph has one time per task`, { hint: key === undefined ? 'add times first' : `choose executionTimeKey among ${quoted}` });
  }
  const numberOf = new Map(network.layers.map((layer, index) => [layer.id, index]));
  const tasks = network.layers.map((layer, index) => ({
    time: unitsOf(network, index, key, options.unitMs),
    predecessors: layer.dependencies.map((dependency) => numberOf.get(dependency.layer) ?? 0),
  }));
  const first = tasks[0];
  const last = tasks.at(-1);
  const hasDummies = tasks.length > 1 && first?.time === 0 && first.predecessors.length === 0 && last?.time === 0;
  if (!hasDummies) {
    const read = new Set(tasks.flatMap((task) => task.predecessors));
    const sinks = tasks.flatMap((_, index) => (read.has(index) ? [] : [index]));
    for (const task of tasks) task.predecessors = task.predecessors.length === 0 ? [0] : task.predecessors.map((predecessor) => predecessor + 1);
    tasks.unshift({ time: 0, predecessors: [] });
    tasks.push({ time: 0, predecessors: sinks.map((sink) => sink + 1) });
  }
  const lines = tasks.map(({ time, predecessors }, id) => [id, time, predecessors.length, ...predecessors].join('\t'));
  return `${tasks.length - 2}\n${lines.join('\n')}\n# Network ${network.id}: one unit of time is ${options.unitMs} ms\n`;
}

function unitsOf(network: Network, index: number, key: string, unitMs: number): number {
  const layer = network.layers[index];
  const ms = layer.executionTimeMs[key];
  const units = Math.round((ms ?? Number.NaN) / unitMs);
  if (Number.isSafeInteger(units) && units * unitMs === ms) return units;
  throw new WorkbenchError('stg.notExpressible', ms === undefined ? `layer "${layer.id}" has no time for "${key}"` : `${ms} ms, the time of layer "${layer.id}", is no whole number of units of ${unitMs} ms`, {
    hint: ms === undefined ? 'choose another executionTimeKey' : 'choose a smaller unitMs',
    path: ['layers', index, 'executionTimeMs', key],
  });
}
