/**
 * The tables of resources/docs/cost-model.md, how far the cost models of the HiKey970 are from measurements:
 * `node src-main/presets/fit/residual-tables.ts` writes them into it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { bytesPerElement, type DataType } from '#shared/domain/cost-model.ts';
import { modelledNetworkMs } from '#shared/domain/modelled-times.ts';
import { parseNetwork, type Network } from '#shared/domain/network.ts';
import { parsePlatform, type Platform } from '#shared/domain/platform.ts';
import { costModelResiduals, type Residual } from '#shared/domain/residuals.ts';
import type { SourceKind } from '#shared/domain/sources.ts';
import { networkDocuments } from '../network-documents.ts';
import { kirin970Fit } from '../platforms/cluster.ts';
import { hikey970 } from '../platforms/kirin970.ts';
import { kirin970Int8Latencies } from './measurements.ts';

type LeaveOneOut = readonly { readonly network: string; readonly modelledMs: number }[];

/** What the latencies of a table are, by where they come from. */
const latencyNames: Readonly<Record<SourceKind, string>> = {
  published: 'Measured',
  derived: 'Derived, not measured',
  assumed: 'Quoted from memory, unverified',
};

/** One table per processor, and one for the A73 in int8, as Markdown. */
export function residualTables(): string {
  const platform = parsePlatform(hikey970);
  const networks = new Map(networkDocuments.map((document) => [document.id, parseNetwork(document)]));
  const tables = platform.processors.map((processor) => {
    const residuals = costModelResiduals(platform, processor, (id) => networks.get(id));
    const leaveOneOut = Object.entries(kirin970Fit).find(([id]) => id === processor.id)?.[1].leaveOneOut ?? [];
    return `### ${processor.name}\n\n${table(residuals, leaveOneOut, networks)}`;
  });
  return [...tables, `### Cortex-A73 in int8\n\n${int8Table(platform, networks)}`].join('\n\n');
}

function int8Table(platform: Platform, networks: ReadonlyMap<string, Network>): string {
  const a73 = platform.processors.find(({ id }) => id === 'a73');
  const rows = kirin970Int8Latencies().flatMap(({ network: id, cores, latencyMs }) => {
    const network = networks.get(id);
    const oneCoreMs =
      network === undefined || a73 === undefined
        ? undefined
        : modelledNetworkMs(inType(network, 'int8'), platform, a73);
    const modelledMs = oneCoreMs === undefined ? undefined : oneCoreMs / (a73?.groupSpeedup?.[String(cores)] ?? 1);
    return modelledMs === undefined
      ? []
      : [
          `| ${[network?.name, cores, latencyMs.toFixed(1), modelledMs.toFixed(1), percent(modelledMs / latencyMs - 1)].join(' | ')} |`,
        ];
  });
  return ['| Network | Cores | Measured (ms) | Modelled (ms) | Error |', '|---|---|---|---|---|', ...rows].join('\n');
}

/** `network` with elements of another type. */
function inType(network: Network, dataType: DataType): Network {
  const scale = bytesPerElement[dataType] / bytesPerElement[network.dataType ?? dataType];
  const layers = network.layers.map((layer) => ({
    ...layer,
    ...(layer.outputBytes === undefined ? {} : { outputBytes: layer.outputBytes * scale }),
    dependencies: layer.dependencies.map((dependency) => ({
      ...dependency,
      ...(dependency.bytes === undefined ? {} : { bytes: dependency.bytes * scale }),
    })),
  }));
  return { ...network, dataType, layers };
}

function table(
  residuals: readonly Residual[],
  leaveOneOut: LeaveOneOut,
  networks: ReadonlyMap<string, Network>,
): string {
  const rows = residuals.map(({ reference, modelledMs, error }) => {
    const without =
      reference.cores === 1 ? leaveOneOut.find(({ network }) => network === reference.network) : undefined;
    const columns = [
      networks.get(reference.network)?.name,
      reference.cores,
      reference.latencyMs.toFixed(1),
      modelledMs.toFixed(1),
      percent(error),
      without === undefined ? '–' : percent(without.modelledMs / reference.latencyMs - 1),
    ];
    return `| ${columns.join(' | ')} |`;
  });
  const [kind = 'published'] = residuals.map(({ reference }) => reference.kind);
  return [
    `| Network | Cores | ${latencyNames[kind]} (ms) | Modelled (ms) | Error | Error when fitted without it |`,
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function percent(share: number): string {
  return `${share < 0 ? '−' : '+'}${Math.abs(share * 100).toFixed(0)} %`;
}

if (import.meta.main) {
  const file = resolve(import.meta.dirname, '../../../resources/docs/cost-model.md');
  const text = readFileSync(file, 'utf8');
  const section = text.indexOf('## How well it fits');
  const start = text.indexOf('\n### ', section) + 1;
  const end = text.indexOf('\n## ', start);
  if (section < 0 || start === 0 || end < 0)
    throw new Error(`${file}: the section "How well it fits" has no tables to replace, or nothing follows it`);
  writeFileSync(file, `${text.slice(0, start)}${residualTables()}\n${text.slice(end)}`);
}
