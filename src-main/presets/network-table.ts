/** The table of networks in resources/docs/presets.md: `node src-main/presets/network-table.ts` prints it. */
import { networkPresets } from './networks/index.ts';

/** One row per network, as Markdown. */
export function networkTable(): string {
  const rows = networkPresets.map(({ id, name, macs, parameters, graph }) => {
    const { layers } = graph();
    const total = (quantity: 'macs' | 'parameters' | 'foldedChannels'): number =>
      layers.reduce((sum, layer) => sum + layer[quantity], 0);
    const millions = (value: number | undefined, digits: number): string =>
      value === undefined ? '–' : String(Number((value / 1e6).toFixed(digits)));
    const cells = [
      name,
      `\`${id}\``,
      layers.length,
      millions(total('macs'), 1),
      millions(macs?.value, 1),
      millions(total('parameters') + total('foldedChannels'), 3),
      millions(parameters?.value, 3),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| Network | Id | Layers | MACs (M) | published | Parameters (M) | published |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

if (import.meta.main) process.stdout.write(`${networkTable()}\n`);
