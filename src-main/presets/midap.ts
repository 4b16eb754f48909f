/** Measured times of three networks on the MIDAP NPU, from the layer tables of its cycle-level simulator. */
import { readTable } from './data.ts';
import type { LayerGraph } from './layer-graph.ts';

/** Cycles per ms: the simulator's runs are at 1 GHz. */
const CYCLES_PER_MS = 1e6;

const tables: Readonly<Record<string, string>> = {
  'inception-v3': 'inception_v3',
  'mobilenet-v2': 'mobilenet_v2',
  resnet50: 'resnet50',
};

/** What the tables call each operation. They number the layers of each kind in the order in which the network defines them. */
const kinds: Readonly<Record<string, string>> = {
  Conv: 'Conv',
  DepthwiseConv: 'DWConv',
  MaxPool: 'MaxPool',
  AveragePool: 'AveragePool',
  GlobalAveragePool: 'GlobalPool',
  Add: 'Sum',
  Gemm: 'Linear',
};

/** Networks with a table. */
export const midapNetworks: readonly string[] = Object.keys(tables);

/**
 * Time by layer id of `network`, ms, undefined for networks without a table. Concatenation takes no time there, because layers write
 * into their place of the whole; nor does global pooling where it is reduced on the way out of the layer before it. Softmax was not
 * simulated.
 * @throws Error where the table is not that of `graph`: another number of layers, or other multiply-accumulates
 */
export function midapTimesMs(network: string, graph: LayerGraph): ReadonlyMap<string, number> | undefined {
  const file = tables[network];
  if (file === undefined) return undefined;
  const rows = new Map(
    readTable(`midap/${file}_layers_level2.csv`, ['layer', 'macs', 'cycles']).map((row) => [row.text('layer'), row]),
  );
  rows.delete('Total');
  const counts = new Map<string, number>();
  const times = new Map<string, number>();
  for (const layer of graph.layers) {
    const kind = kinds[layer.op];
    if (layer.op === 'Concat' || (layer.op === 'GlobalAveragePool' && !rows.has('GlobalPool1'))) times.set(layer.id, 0);
    if (kind === undefined || times.has(layer.id)) continue;
    const number = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, number);
    const row = rows.get(`${kind}${number}`);
    if (row === undefined || row.number('macs') !== layer.macs)
      throw new Error(
        `${file}: layer "${layer.id}" with ${layer.macs} multiply-accumulates is not ${kind}${number} of the table`,
      );
    rows.delete(`${kind}${number}`);
    times.set(layer.id, row.number('cycles') / CYCLES_PER_MS);
  }
  if (rows.size > 0) throw new Error(`${file}: the network has no layer for ${[...rows.keys()].join(', ')}`);
  return times;
}
