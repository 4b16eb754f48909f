/** `device profile`: networks measured on a device become profile documents. */
import type { Network } from '#shared/domain/network.ts';
import { parseProfile, type Profile, type ProfileInput } from '#shared/domain/profile.ts';
import { connectedParts, producersOf } from '#shared/scheduling/subgraphs.ts';
import type { AgentClient, OnProgress } from './agent-client.ts';
import { platformIdOf, type PlacedElement } from './elements.ts';
import { DeviceNetwork, deviceModel, type CutPiece } from './pieces.ts';
import type { Machine, Measuring, ProfileJob, ProfileResult } from './protocol.ts';
import { sentinelNetwork } from './sentinel.ts';
import { summaryOf, type Summary } from './statistics.ts';

export const depths = ['whole', 'layers', 'subgraphs'] as const;
/** whole: the network as one; layers: and how its time divides among layers; subgraphs: and parts of it as models of their own. */
export type Depth = (typeof depths)[number];

export const defaultMeasuring: Measuring = {
  warmups: 5,
  samples: 20,
  leastMs: 1000,
  burstMs: 400,
  restMs: 100,
  sessions: 2,
  seed: 1,
};
/** Of layers that share a kernel with another: their own time is needed only to place them alone. */
const briefly = { samples: 10, leastMs: 100, sessions: 1 };

export interface ProfiledNetwork {
  readonly profile: Profile;
  /** By element, ms: the whole as measured, and its kernels added up. */
  readonly wholes: readonly {
    readonly element: string;
    readonly summary: Summary;
    readonly kernelSumMs: number | null;
  }[];
  /** Cost of a border fitted to the measured parts, by executionTimeKey, ms per MB; none where no parts were measured. */
  readonly borderMsPerMB: Readonly<Record<string, number>>;
  readonly result: ProfileResult;
  readonly notes: readonly string[];
}

/** Parts in which a network is measured at depth "subgraphs". */
const PART_COUNTS = [2, 4, 8];

/**
 * Measures `networks` on `elements`, all in one rotation, and gives a profile of each.
 * @param sets by network: layers to be measured as one, in addition; with `onlySets` nothing else is (at depth "whole")
 * @throws WorkbenchError `device.…`
 */
export async function profileNetworks(
  client: AgentClient,
  machine: Machine,
  networks: readonly (Network | DeviceNetwork)[],
  elements: readonly PlacedElement[],
  depth: Depth,
  {
    measuring = defaultMeasuring,
    sets = new Map(),
    onlySets = false,
    onProgress = () => {},
    signal,
  }: {
    readonly measuring?: Measuring;
    readonly sets?: ReadonlyMap<string, readonly (readonly string[])[]>;
    readonly onlySets?: boolean;
    readonly onProgress?: OnProgress;
    readonly signal?: AbortSignal;
  } = {},
): Promise<ProfiledNetwork[]> {
  const sentinel = await sentinelNetwork();
  const devices = await Promise.all(
    networks.map((network) => (network instanceof DeviceNetwork ? network : DeviceNetwork.ofTwin(network))),
  );
  const wanted = await Promise.all(
    devices.map(async (device) => {
      const parts = [
        ...(depth === 'subgraphs' ? balancedParts(device.network) : []),
        ...(sets.get(device.network.id) ?? []),
      ];
      const pieces = await Promise.all(parts.map((layers) => device.pieceOf(layers)));
      return [
        ...(onlySets ? [] : [device.whole]),
        ...new Map(pieces.map((piece) => [piece.file.digest, piece])).values(),
      ];
    }),
  );
  const run = (
    pieces: readonly (readonly CutPiece[])[],
    own: Measuring,
    withKernels: boolean,
  ): Promise<ProfileResult> =>
    measure(client, devices, sentinel, pieces, elements, own, withKernels, onProgress, signal);
  const result = await run(wanted, measuring, depth !== 'whole');
  const fused = devices.map((device) => (depth === 'whole' ? [] : layersWithoutKernel(device, result)));
  const alone = await Promise.all(
    devices.map((device, index) => Promise.all(fused[index].map((layer) => device.pieceOf([layer])))),
  );
  const second = alone.some((pieces) => pieces.length > 0)
    ? await run(alone, { ...measuring, ...briefly }, false)
    : undefined;
  return devices.map((device, index) =>
    documentOf(device, machine, elements, depth, wanted[index], alone[index], result, second, measuring),
  );
}

async function measure(
  client: AgentClient,
  devices: readonly DeviceNetwork[],
  sentinel: DeviceNetwork,
  pieces: readonly (readonly CutPiece[])[],
  elements: readonly PlacedElement[],
  measuring: Measuring,
  withKernels: boolean,
  onProgress: OnProgress,
  signal: AbortSignal | undefined,
): Promise<ProfileResult> {
  const model = (device: DeviceNetwork, piece: CutPiece): ReturnType<typeof deviceModel> => {
    const id = modelId(device, piece);
    return deviceModel(id, piece, (name) => `${id}/${name}`);
  };
  await client.send([sentinel.whole.file, ...pieces.flat().map(({ file }) => file)], onProgress);
  const job: ProfileJob = {
    kind: 'profile',
    elements: elements.map(({ id, cores }) => ({ id, cores })),
    models: devices.flatMap((device, index) => pieces[index].map((piece) => model(device, piece))),
    kernels: withKernels ? devices.map((device) => modelId(device, device.whole)) : [],
    sentinel: model(sentinel, sentinel.whole),
    measuring,
  };
  return client.profile(job, onProgress, signal);
}

function modelId({ network }: DeviceNetwork, { file }: CutPiece): string {
  return `${network.id}/${file.digest.slice(0, 16)}`;
}

/** 2, 4 and 8 connected parts with about as many MACs each, in the order of the layers. */
export function balancedParts(network: Network): string[][] {
  const { layers } = network;
  const order = producersFirst(network);
  const weights = order.map((layer) => (layers[layer].macs ?? 0) + 1);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return PART_COUNTS.flatMap((count) => {
    const parts: number[][] = Array.from({ length: count }, () => []);
    let before = 0;
    order.forEach((layer, place) => {
      parts[Math.min(count - 1, Math.floor((count * (before + weights[place] / 2)) / total))].push(layer);
      before += weights[place];
    });
    return parts
      .flatMap((part) =>
        connectedParts(
          network,
          part.toSorted((a, b) => a - b),
        ),
      )
      .filter((part) => part.length > 1 && part.length < layers.length)
      .map((part) => part.map((layer) => layers[layer].id));
  });
}

/** [L] layers so that producers come before consumers, in the order of the document where that is one. */
function producersFirst(network: Network): number[] {
  const producers = producersOf(network);
  const order: number[] = [];
  const placed = new Set<number>();
  while (order.length < producers.length) {
    const before = order.length;
    producers.forEach((own, layer) => {
      if (placed.has(layer) || !own.every((producer) => placed.has(producer))) return;
      placed.add(layer);
      order.push(layer);
    });
    if (order.length === before) throw new Error('the layers form a cycle');
  }
  return order;
}

/** Time of each layer of the whole on an element, ms: its kernels added up. */
function layerTimes(device: DeviceNetwork, element: string, { kernels }: ProfileResult): Map<string, number> {
  const times = new Map<string, number>();
  const own = kernels.find((each) => each.element === element && each.model === modelId(device, device.whole));
  for (const [kernel, ms] of Object.entries(own?.kernelsMs ?? {})) {
    const layer = device.layerOfKernel(kernel);
    if (layer !== undefined) times.set(layer, (times.get(layer) ?? 0) + ms);
  }
  return times;
}

/** Layers that the runtime fuses into others everywhere: no kernel has their name. */
function layersWithoutKernel(device: DeviceNetwork, result: ProfileResult): string[] {
  const elements = [...new Set(result.kernels.map(({ element }) => element))];
  const times = elements.map((element) => layerTimes(device, element, result));
  return device.network.layers.map(({ id }) => id).filter((id) => times.some((own) => !own.has(id)));
}

function documentOf(
  device: DeviceNetwork,
  machine: Machine,
  elements: readonly PlacedElement[],
  depth: Depth,
  pieces: readonly CutPiece[],
  alone: readonly CutPiece[],
  result: ProfileResult,
  second: ProfileResult | undefined,
  measuring: Measuring,
): ProfiledNetwork {
  const { network } = device;
  // Cores of one kind are measured one by one, and are one place in a profile.
  const places = [...Map.groupBy(elements, ({ key, cores }) => `${key} ${cores.length}`).values()];
  const seriesOf = (piece: CutPiece, ids: readonly string[], from: ProfileResult): ProfileResult['series'] =>
    from.series.filter((each) => each.model === modelId(device, piece) && ids.includes(each.element));
  const measurements: NonNullable<ProfileInput['measurements']>[number][] = [];
  const wholes: NonNullable<ProfileInput['wholes']>[number][] = [];
  const flagged: string[] = [];
  const borderMsPerMB: Record<string, number> = {};
  for (const place of places) {
    const [{ key, cores, id }] = place;
    const ids = place.map((element) => element.id);
    const on = { key, cores: cores.length, threads: cores.length };
    const measured = (piece: CutPiece, from: ProfileResult, what: string): Summary => {
      const summary = summaryOf(seriesOf(piece, ids, from));
      const marks = [
        ...(summary.contended ? ['contended'] : []),
        ...(summary.noisy ? ['noisy'] : []),
        ...(summary.disturbed ? ['disturbed'] : []),
      ];
      if (marks.length > 0) flagged.push(`${what} on ${id} (${marks.join(', ')})`);
      return summary;
    };
    if (pieces.includes(device.whole)) {
      const whole = measured(device.whole, result, network.id);
      wholes.push({ on, timeMs: whole.medianMs, statistic: 'median', runs: whole.runs, spread: spreadOf(whole) });
    }
    const perElement = ids.map((element) => layerTimes(device, element, result));
    const kernelOf = (layer: string): number | undefined => {
      const times = perElement.flatMap((own) => own.get(layer) ?? []);
      return times.length === 0 ? undefined : times.reduce((sum, each) => sum + each, 0) / times.length;
    };
    if (depth !== 'whole')
      for (const layer of network.layers) {
        const timeMs = kernelOf(layer.id);
        const own = alone.find((piece) => piece.layers[0] === layer.id);
        if (own !== undefined && second !== undefined) {
          const summary = measured(own, second, layer.id);
          measurements.push({
            layers: [layer.id],
            on,
            timeMs: summary.medianMs,
            statistic: 'median',
            runs: summary.runs,
            spread: spreadOf(summary),
            includes: ['launch'],
            name: 'alone: in the whole, the runtime makes it part of another layer',
          });
        } else if (timeMs !== undefined)
          measurements.push({ layers: [layer.id], on, timeMs, statistic: 'median', name: 'kernels within the whole' });
      }
    const parts = pieces.filter((piece) => piece !== device.whole);
    const borders: { readonly extraMs: number; readonly megabytes: number }[] = [];
    for (const piece of parts) {
      const summary = measured(piece, result, `${piece.layers[0]} … ${piece.layers.at(-1)}`);
      measurements.push({
        layers: [...piece.layers],
        on,
        timeMs: summary.medianMs,
        statistic: 'median',
        runs: summary.runs,
        warmups: measuring.warmups,
        spread: spreadOf(summary),
        includes: ['launch', 'copyIn', 'copyOut'],
      });
      const kernels = piece.layers.map((layer) =>
        alone.some(({ layers }) => layers[0] === layer) ? 0 : kernelOf(layer),
      );
      if (kernels.every((each) => each !== undefined))
        borders.push({
          extraMs: summary.medianMs - kernels.reduce((sum, each) => sum + each, 0),
          megabytes: piece.cutBytes / 1e6,
        });
    }
    const squares = borders.reduce((sum, { megabytes }) => sum + megabytes ** 2, 0);
    // Least squares through the origin; below 0 only noise is left.
    if (cores.length === 1 && squares > 0)
      borderMsPerMB[key] = Math.max(
        0,
        borders.reduce((sum, { extraMs, megabytes }) => sum + extraMs * megabytes, 0) / squares,
      );
  }
  const platform = platformIdOf(machine);
  const notes = [
    ...device.notes.map(({ message }) => message),
    ...(result.pinned ? [] : ['not every thread could be pinned to its cores']),
    ...(flagged.length === 0
      ? []
      : [
          `not calm: ${flagged.slice(0, 20).join('; ')}${flagged.length > 20 ? ` and ${flagged.length - 20} more` : ''}`,
        ]),
    ...machine.limits,
  ];
  const profile = parseProfile({
    schemaVersion: 1,
    id: `${network.id}-${platform}`,
    name: `${network.name} on ${machine.host}`,
    description: `Measured by "tessera device profile" at depth ${depth}, on ${device.kind === 'twin' ? 'the twin of the network' : 'the model itself'}.`,
    provenance: [
      `measured: ${result.runtime}, ${machine.model}, ${machine.system}, kernel ${machine.kernel}${machine.virtual === true ? ', in a virtual machine' : ''}`,
      `protocol: ${JSON.stringify(measuring)}; in rotation, net of the time that threads waited for a core`,
      `model: ${device.kind}, sha-256 ${device.whole.file.digest}`,
      stateInWords(result),
      ...Object.entries(borderMsPerMB).map(
        ([key, cost]) => `fitted: a border costs ${cost.toPrecision(3)} ms per MB on ${key} (borderMsPerMB)`,
      ),
      ...notes,
    ].map((text) => text.slice(0, 2000)),
    network: network.id,
    platform,
    method: {
      tool: result.runtime,
      command: `tessera device profile ${network.id} --depth ${depth}`,
      date: new Date(result.readings[0]?.atMs ?? Date.now()).toISOString(),
      machine: `${machine.host}: ${machine.model}`,
      files: [{ name: `${network.id}${device.kind === 'twin' ? '.twin' : ''}.onnx`, sha256: device.whole.file.digest }],
    },
    measurements,
    wholes,
  } satisfies ProfileInput);
  return {
    profile,
    wholes: elements.map(({ id }) => ({
      element: id,
      summary: summaryOf(seriesOf(device.whole, [id], result)),
      kernelSumMs:
        depth === 'whole' ? null : [...layerTimes(device, id, result).values()].reduce((sum, each) => sum + each, 0),
    })),
    borderMsPerMB,
    result,
    notes,
  };
}

function spreadOf({ minMs, p10Ms, p90Ms }: Summary): { minMs: number; p10Ms: number; p90Ms: number } {
  return { minMs, p10Ms, p90Ms };
}

/** The device's state while it was measured: what could not be read is said. */
function stateInWords({ readings }: ProfileResult): string {
  const loads = readings.flatMap(({ load }) => load ?? []);
  const range = (values: readonly number[]): string =>
    values.length === 0 ? 'not readable' : `${Math.min(...values)}…${Math.max(...values)}`;
  const frequencies = readings.flatMap(({ frequenciesMHz }) => Object.values(frequenciesMHz ?? {}));
  const temperatures = readings.flatMap(({ temperaturesC }) => Object.values(temperaturesC ?? {}));
  const governors = [...new Set(readings.flatMap((each) => Object.values(each.governors ?? {})))];
  return `state: load ${range(loads)}, MHz ${range(frequencies)}, °C ${range(temperatures)}, governor ${governors.join(', ') || 'not readable'}`;
}
