/** Collage's ResNet-50 (PACT 2022) from its published costs: the groups that its profile has, and the total in its own log. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyLibrary, parseScenario, resolveScenario } from '#shared/domain/scenario.ts';
import { defaultGenes } from '#shared/domain/scheduler.ts';
import { readRecords } from '#shared/formats/csv-records.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';

/** What Collage adds for each group, ms ("driver cost"). */
const DRIVER_MS = 0.01;
const LOGGED_MS = 29.30006603333335;
const backends = ['tvmgpu-autotvm', 'tensorrt', 'cudnn', 'cublas'];

/** Times by operator, input, channels, kernel and strides, by backend. */
const costs = new Map<string, Record<string, number>>();
const [, ...rows] = readRecords(
  readFileSync(join(import.meta.dirname, '../../resources/data/collage/operator_cost_jetson.csv'), 'utf8'),
).records.map(({ fields }) => fields ?? []);
for (const [op = '', , input = '', channels = '', kernel = '', strides = '', groups = '', backend = '', mean] of rows) {
  const key = [op, input, channels, kernel, strides, groups].join(' ');
  costs.set(key, { ...costs.get(key), [backend]: Number(mean) });
}

interface Layer {
  readonly id: string;
  readonly op: string;
  readonly executionTimeMs: Record<string, number>;
  readonly dependencies: readonly string[];
}

function resnet50() {
  const layers: Layer[] = [];
  const measurements: object[] = [];
  const timesOf = (key: string): Record<string, number> =>
    Object.fromEntries(Object.entries(costs.get(key) ?? {}).map(([backend, ms]) => [backend, ms + DRIVER_MS]));
  const add = (id: string, op: string, key: string, dependencies: readonly string[]): string => {
    layers.push({ id, op, executionTimeMs: timesOf(key), dependencies });
    return id;
  };
  const group = (members: readonly string[], key: string): void => {
    for (const [backend, timeMs] of Object.entries(timesOf(key)))
      measurements.push({ layers: members, on: { key: backend }, timeMs, statistic: 'mean' });
  };
  let [input, size, before] = [64, 56, undefined as string | undefined];
  for (const [stage, [width, blocks]] of (
    [
      [64, 3],
      [128, 4],
      [256, 6],
      [512, 3],
    ] as const
  ).entries())
    for (let block = 0; block < blocks; block++) {
      const name = `s${stage + 1}b${block + 1}`;
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const shape = (channels: number, side: number): string => `1x${channels}x${side}x${side}`;
      const out = size / stride;
      const reads = before === undefined ? [] : [before];
      const conv = (channels: number, kernel: string, strides: number): string =>
        `${channels} ${kernel} ${strides}x${strides} 1`;
      const [first, second, third] = [
        `${shape(input, size)} ${conv(width, '1x1', 1)}`,
        `${shape(width, size)} ${conv(width, '3x3', stride)}`,
        `${shape(width, out)} ${conv(4 * width, '1x1', 1)}`,
      ];
      add(`${name}conv1`, 'conv2d', `conv2d ${first}`, reads);
      add(`${name}relu1`, 'relu', `relu ${shape(width, size)}    `, [`${name}conv1`]);
      add(`${name}conv2`, 'conv2d', `conv2d ${second}`, [`${name}relu1`]);
      add(`${name}relu2`, 'relu', `relu ${shape(width, out)}    `, [`${name}conv2`]);
      add(`${name}conv3`, 'conv2d', `conv2d ${third}`, [`${name}relu2`]);
      const skip =
        block === 0
          ? [add(`${name}down`, 'conv2d', `conv2d ${shape(input, size)} ${conv(4 * width, '1x1', stride)}`, reads)]
          : reads;
      add(`${name}add`, 'add', `add ${shape(4 * width, out)}    `, [`${name}conv3`, ...skip]);
      before = add(`${name}relu3`, 'relu', `relu ${shape(4 * width, out)}    `, [`${name}add`]);
      group([`${name}conv1`, `${name}relu1`], `conv2d+relu ${first}`);
      group([`${name}conv2`, `${name}relu2`], `conv2d+relu ${second}`);
      group([`${name}conv3`, `${name}add`], `conv2d+add ${third}`);
      group([`${name}conv3`, `${name}add`, `${name}relu3`], `conv2d+add+relu ${third}`);
      [input, size] = [4 * width, out];
    }
  return resolveScenario(
    parseScenario({
      schemaVersion: 1,
      id: 'collage',
      platform: { schemaVersion: 1, id: 'jetson', processors: backends.map((id) => ({ id, kind: 'gpu' })) },
      profiles: [{ schemaVersion: 1, id: 'jetson', network: 'resnet50', measurements }],
      applications: [{ id: 'a', network: { schemaVersion: 1, id: 'resnet50', layers } }],
    }),
    emptyLibrary,
  );
}

test('joins what was measured together where that gains: 52 groups, whose least times add up to the total in the log', () => {
  const problem = compileProblem(resnet50(), { ...defaultGenes, subgraphs: 'groups' });
  expect(problem.tasks).toHaveLength(52);
  const count = problem.processors.length;
  const fastest = problem.tasks.map(({ index }) => {
    const times = Array.from(problem.baseTimeMs.subarray(index * count, (index + 1) * count), (time) =>
      Number.isNaN(time) ? Number.POSITIVE_INFINITY : time,
    );
    return { backend: backends[times.indexOf(Math.min(...times))]!, timeMs: Math.min(...times) };
  });
  const used = Map.groupBy(fastest, ({ backend }) => backend);
  expect(backends.map((backend) => used.get(backend)?.length ?? 0)).toEqual([33, 18, 1, 0]);
  // in another order of additions than Collage's
  expect(Math.abs(fastest.reduce((sum, { timeMs }) => sum + timeMs, 0) - LOGGED_MS)).toBeLessThan(1e-12);
});
