/** Import of Standard Task Graph files: what they become, and what is said about a broken line. */
import { expect, test } from 'vitest';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { parseNetwork } from '#shared/domain/network.ts';
import { parsePlatform } from '#shared/domain/platform.ts';
import { createRun } from '#main/engine/run-search.ts';
import { stgNetwork, stgPlatform } from '#main/formats/stg.ts';
import { aScenario } from '#test/fixtures/builders.ts';
import { asBytes, asFile, documentsOf, write } from '#test/fixtures/formats.ts';

/** Five tasks: 1 and 2 from the entry; 3 after 1; 4 after 1 and 2; 5 after 3 and 4. */
const file = `        5
  0   0   0
  1   4   1   0
  2   3   1   0
  3   2   1   1
  4   6   2   1   2
  5   1   2   3   4
  6   0   1   5
# Standard Task Graph Set Project
# Optimal Schedule Length : 11
`;

function faultOf(action: () => unknown): WorkbenchError {
  try {
    action();
  } catch (error) {
    if (error instanceof WorkbenchError) return error;
    throw error;
  }
  throw new Error('expected an error');
}

test('tasks become layers in order, dummies included, one unit of time 1 ms', () => {
  const { layers } = parseNetwork(stgNetwork(file, { id: 'example' }));
  expect(
    layers.map(({ id, executionTimeMs, dependencies }) => [
      id,
      executionTimeMs['cpu'],
      dependencies.map(({ layer }) => layer),
    ]),
  ).toEqual([
    ['t0', 0, []],
    ['t1', 4, ['t0']],
    ['t2', 3, ['t0']],
    ['t3', 2, ['t1']],
    ['t4', 6, ['t1', 't2']],
    ['t5', 1, ['t3', 't4']],
    ['t6', 0, ['t5']],
  ]);
});

test('the unit of time and the key of the times can be chosen', () => {
  const { layers } = parseNetwork(
    stgNetwork(file, { id: 'example', name: 'Example', unitMs: 0.5, executionTimeKey: 'dsp' }),
  );
  expect(layers[4]?.executionTimeMs).toEqual({ dsp: 3 });
});

test.each([
  ['pooled', 1, 16],
  ['pooled', 2, 11],
  ['pinned', 2, 11],
] as const)('on %s units, %d of them, HEFT reaches the optimum worked out by hand: %d', (dispatch, units, optimum) => {
  const scenario = aScenario()
    .with({ platform: stgPlatform(units, dispatch) })
    .running('example')
    .build({
      platforms: new Map(),
      networks: new Map([['example', parseNetwork(stgNetwork(file, { id: 'example' }))]]),
    });
  const run = createRun(scenario, { scheduler: 'heft', seed: 1, options: {} });
  run.step();
  expect(run.best?.metrics[0]).toBe(optimum);
});

test('the platform is one processor of equal units', () => {
  expect(parsePlatform(stgPlatform(8)).processors).toMatchObject([
    { id: 'cpu', coreCount: 8, dispatch: 'pooled', supportedOps: 'all' },
  ]);
});

test.each([
  ['an empty file', '\n# nothing\n', 1, 'the file is empty'],
  ['no number of tasks', 'five\n', 1, '"five" is not a number of tasks'],
  ['a first line with more than the number', file.replace('        5', '5 7'), 1, '"5 7" is not a number of tasks'],
  ['a file cut off', file.split('\n').slice(0, 6).join('\n'), 1, 'announces 5 tasks, so 7 with the dummies, but has 5'],
  ['a time that is no number', file.replace('2   3   1   0', '2   x   1   0'), 4, '"x" is not a whole number'],
  ['a negative time', file.replace('2   3   1   0', '2   -3   1   0'), 4, '"-3" is not a whole number'],
  ['a fraction', file.replace('2   3   1   0', '2   3.5   1   0'), 4, '"3.5" is not a whole number'],
  ['a line too short', file.replace('2   3   1   0', '2   3'), 4, 'the line has 2 numbers'],
  [
    'fewer predecessors than announced',
    file.replace('2   1   2', '2   1'),
    6,
    'task 4 announces 2 predecessors, but names 1',
  ],
  [
    'more predecessors than announced',
    file.replace('1   5\n', '1   5   4\n'),
    8,
    'task 6 announces 1 predecessors, but names 2',
  ],
  ['a number out of order', file.replace('  2   3   1   0', '  9   3   1   0'), 4, 'the task is numbered 9'],
  [
    'a predecessor that does not exist',
    file.replace('2   1   2', '2   1   7'),
    6,
    'task 4 has predecessor 7, which does not exist',
  ],
  ['a task before itself', file.replace('2   1   2', '2   1   4'), 6, 'task 4 is its own predecessor'],
  ['a predecessor twice', file.replace('2   1   2', '2   1   1'), 6, 'task 4 names predecessor 1 twice'],
  ['an entry task that takes time', file.replace('0   0   0', '0   2   0'), 2, 'the entry task takes 2'],
  [
    'an entry task with a predecessor',
    file.replace('0   0   0', '0   0   1   1'),
    2,
    'the entry task has predecessors',
  ],
  ['an exit task that takes time', file.replace('6   0   1   5', '6   9   1   5'), 8, 'the exit task takes 9'],
])('refuses %s at its line', (_, text, line, message) => {
  const error = faultOf(() => stgNetwork(text, { id: 'example' }));
  expect(error.code).toBe('stg.invalid');
  expect(error.path).toEqual(['task graph', line]);
  expect(error.message).toContain(message);
  expect(error.hint).not.toBe('');
});

test('reports every broken line at once', () => {
  expect(
    faultOf(() =>
      stgNetwork(file.replace('2   3   1   0', '2   x   1   0').replace('2   1   2', '2   1'), { id: 'example' }),
    ).details.map(({ path }) => path),
  ).toEqual([
    ['task graph', 4],
    ['task graph', 6],
  ]);
});

test('a cycle is refused when the network is parsed', () => {
  expect(() => parseNetwork(stgNetwork(file.replace('1   4   1   0', '1   4   1   3'), { id: 'example' }))).toThrow(
    expect.objectContaining({ code: 'network.invalid', message: expect.stringContaining('cycle') }),
  );
});

/** Two tasks side by side, then one that reads both; the edges to it cost 6 and 5. */
const withCosts = `3
0 0 0
1 4 1
  0 0
2 3 1
  0 0
3 2 2
  1 6
  2 5
4 0 1
  3 0
`;

test('costs of communication are the time of a transfer between units that are a processor each', async () => {
  const { layers } = parseNetwork(stgNetwork(withCosts, { id: 'costs', unitMs: 0.5 }));
  expect(layers.map(({ executionTimeMs }) => executionTimeMs['cpu'])).toEqual([0, 2, 1.5, 1, 0]);
  expect(layers[3].dependencies).toEqual([
    { layer: 't1', bytes: 3000, transferMs: { 'cpu0>cpu1': 3, 'cpu1>cpu0': 3 } },
    { layer: 't2', bytes: 2500, transferMs: { 'cpu0>cpu1': 2.5, 'cpu1>cpu0': 2.5 } },
  ]);
  expect(layers[1].dependencies).toEqual([{ layer: 't0' }]);
});

test.each([
  [1, 9],
  [2, 10],
  [12, 10],
])('on %d units the transfers are part of the schedule of HEFT, which takes %d', async (units, makespan) => {
  const documents = await documentsOf([asFile('costs.stg', withCosts)], 'auto', { units });
  const [network, platform] = documents.map(({ document }) => document);
  const scenario = aScenario()
    .with({ platform: JSON.parse(JSON.stringify(platform)) })
    .running('costs')
    .build({ platforms: new Map(), networks: new Map([['costs', parseNetwork(JSON.parse(JSON.stringify(network)))]]) });
  const run = createRun(scenario, { scheduler: 'heft', seed: 1, options: {} });
  run.step();
  // 4, 3 and 2 one after the other on one unit; on two, the 2 waits for the 3 and its transfer of 5.
  expect(run.best?.metrics[0]).toBe(makespan);
});

test('what is wrong with a predecessor on a line of its own is said at its task', () => {
  expect(faultOf(() => stgNetwork(withCosts.replace('  2 5\n', ''), { id: 'x' }))).toMatchObject({
    path: ['task graph', 7],
    message: expect.stringContaining('task 3 announces 2 predecessors, but names 1'),
  });
  expect(faultOf(() => stgNetwork(withCosts.replace('2 5', '2 5.5'), { id: 'x' }))).toMatchObject({
    path: ['task graph', 7],
    message: expect.stringContaining('"5.5" is not a whole number'),
  });
});

test('costs come back as they were', async () => {
  const [read] = await documentsOf([asFile('costs.stg', withCosts)], 'stg');
  expect(await documentsOf(asBytes(write(read, 'stg')), 'stg', { id: 'costs' })).toEqual([read]);
});
