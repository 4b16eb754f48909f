/** `tessera nas estimate` as a person or a script uses it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { root, temporaryDirectory } from '#test/doubles/hosts.ts';
import { commandLineIn } from '#test/fixtures/command-line.ts';

const directory = temporaryDirectory();
afterAll(() => directory.remove());
const tessera = commandLineIn(directory.path);
const estimate = (...args: readonly string[]) => tessera('nas', 'estimate', ...args);

describe('nas estimate', () => {
  test('prints the latency of a block with its cycles, source and error', () => {
    const args = ['--block', 'r1_k3,5_s11_e2,4_i32_o32_c100_noskip', '--input-size', '56', '--platform', 'midap-board'];
    const { status, stdout } = estimate(...args, '--json');
    expect([status, JSON.parse(stdout)]).toEqual([
      0,
      {
        estimator: 'block-table',
        latencyMs: 0.247883,
        cycles: 247_883,
        source: expect.stringContaining('S3NAS'),
        relativeError: 0,
        missing: [],
        processor: 'npu',
      },
    ]);
  });

  test('reads a network from a file, and says what it is without', () => {
    const file = join(directory.path, 'net.json');
    const layer = { op: 'Conv', outputShape: [64, 56, 56], kernelShape: [1, 1], macs: 64 * 64 * 56 * 56 };
    writeFileSync(
      file,
      JSON.stringify({
        schemaVersion: 1,
        id: 'net',
        layers: [
          { id: 'a', ...layer },
          { id: 'b', op: 'Softmax', dependencies: ['a'] },
        ],
      }),
    );
    const { status, stdout } = estimate(file, '--platform', 'midap-board');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^net on MIDAP of MIDAP board: 0\.0\d+ ms\ncycles: \d+\nsource: MIDAP/);
    expect(stdout).toContain('without 1 of 2 layers, which have no time there: b (Softmax)');
  });

  test.each([
    [['--platform', 'midap-board'], 'it takes a network, or --block'],
    [['resnet50', '--platform', 'midap-bord'], 'did you mean "midap-board"?'],
    [['resnet50', '--platform', 'midap-board', '--processor', 'gpu'], 'has no processor "gpu"'],
    [['--block', 'r1_k3_s22_e6_i32_o64_c0', '--platform', 'midap-board'], '--block and --input-size belong together'],
    [['resnet50', '--platform', 'midap-board', '--by', 'roofline'], '"roofline" knows no time on "npu"'],
  ])('refuses %j: %s', (args, message) => {
    const { status, stderr } = estimate(...args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

const nas = (...args: readonly string[]) => tessera('nas', ...args);

describe('nas spaces', () => {
  test('lists the spaces with the number of their networks', () => {
    const { status, stdout } = nas('spaces', '--json');
    expect(status).toBe(0);
    const spaces = JSON.parse(stdout) as { id: string; networks: number; accuracy: string[] }[];
    expect(spaces).toHaveLength(9);
    expect(spaces).toContainEqual(
      expect.objectContaining({ id: 'nas-bench-macro', networks: 6561, accuracy: ['nas-bench-macro'] }),
    );
  });
});

describe('nas space', () => {
  test('says what a space leaves open, and how long its networks take', () => {
    const { status, stdout } = nas('space', 'nas-bench-macro', '--platform', 'midap-board', '--samples', '50');
    expect(status).toBe(0);
    expect(stdout).toContain('6561 networks by 8 choices');
    expect(stdout).toMatch(/on npu of midap-board: 0\.0217 to 0\.263 ms/);
  });

  test('prints a document that it reads again', () => {
    const file = join(directory.path, 'space.json');
    writeFileSync(file, nas('space', 's3nas-conv-4', '--document').stdout);
    expect(nas('space', file, '--json').stdout).toContain('"networks":36917038301316');
  });

  test.each([
    ['s3nas-mixcon', 'did you mean "s3nas-mixconv"?'],
    ['no/such.json', 'cannot read the search space'],
  ])('%s: %s', (argument, message) => {
    const { status, stderr } = nas('space', argument);
    expect(status).not.toBe(0);
    expect(stderr).toContain(message);
  });
});

describe('nas search', () => {
  const macro = ['search', 'nas-bench-macro', '--platform', 'midap-board'];

  test('finds the best network under each limit, and writes the first', () => {
    const file = join(directory.path, 'best.json');
    const { status, stdout } = nas(
      ...macro,
      '--limit',
      '0.15ms,200us',
      '--budget',
      '7000',
      '--no-baseline',
      '--out',
      file,
      '--json',
    );
    expect(status).toBe(0);
    const { method, best } = JSON.parse(stdout) as {
      method: string;
      best: {
        limitMs: number;
        candidate: { code: string; metrics: { score: number }; whole: { latencyMs: number } };
      }[];
    };
    expect([method, best.map(({ limitMs, candidate }) => [limitMs, candidate.code])]).toEqual([
      'exhaustive',
      [
        [0.15, '21221200'],
        [0.2, '22222200'],
      ],
    ]);
    expect(best[0]!.candidate.whole.latencyMs).toBeLessThanOrEqual(0.15);
    const estimated = estimate(file, '--platform', 'midap-board', '--json');
    expect((JSON.parse(estimated.stdout) as { latencyMs: number }).latencyMs).toBeCloseTo(
      best[0]!.candidate.whole.latencyMs,
      9,
    );
  });

  test('takes scores from a table, and says how many are not in it', () => {
    const file = join(directory.path, 'scores.csv');
    writeFileSync(file, 'choice,my score\n21221200,3\n22222200,5\n00000000,4\n');
    const { status, stdout, stderr } = nas(
      ...macro,
      '--table',
      file,
      '--budget',
      '7000',
      '--limit',
      '0.15ms',
      '--no-baseline',
      '--json',
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      accuracy: { id: 'table', title: 'my score', unit: '' },
      best: [{ candidate: { code: '00000000', metrics: { score: 4 } } }],
    });
    expect(stderr).toMatch(/\d+ candidates have no score: it is not in /);
  });

  test.each([
    [['--limit', '2'], '"2" is no time with a unit'],
    [['--limit', '0.001ms'], 'no network of the space takes 0.001 ms or less'],
    [['--accuracy', 'accel-nasbench', '--limit', '1ms'], 'knows networks of the space "mnasnet" only'],
    [['--accuracy', 'synflow', '--limit', '1ms'], 'there is no accuracy source "synflow"'],
    [['--method', 'knapsack', '--limit', '1ms'], 'knapsack needs a score and a latency that are sums'],
    [['--penalty', '15,100'], '--penalty needs a --limit'],
  ])('%j: %s', (args, message) => {
    const { status, stderr } = nas(...macro, ...args, '--method', args.includes('--method') ? 'knapsack' : 'evolution');
    expect(status).not.toBe(0);
    expect(stderr).toContain(message);
  });
});

describe('nas scale', () => {
  test('makes L+ of M+, and says what it costs', () => {
    const args = ['--depth', '1.1', '--width', '1.1', '--size', '268', '--platform', 'midap-board', '--json'];
    const { status, stdout } = nas('scale', 'ours-M+', ...args);
    expect(status).toBe(0);
    const [scaled] = JSON.parse(stdout) as { size: number; parameters: number; network: { stages: string[][] } }[];
    expect([scaled!.size, scaled!.network.stages.map((stage) => stage.length)]).toEqual([268, [3, 4, 8, 4, 12]]);
    expect(scaled!.parameters / 1e6).toBeCloseTo(20.7, 0);
  });

  test('prints a table of several factors', () => {
    const { stdout } = nas(
      'scale',
      'nas-bench-macro/22222222',
      '--depth',
      '1,2',
      '--width',
      '1,1.5',
      '--width-step',
      '8',
    );
    expect(stdout).toMatch(/depth \\ width +1 +1\.5\n1 .*\n2 /);
  });

  test.each([
    [['ours-X'], 'there is no network of blocks "ours-X"'],
    [['nas-bench-macro/9'], '"9" is no candidate of NAS-Bench-Macro'],
    [['ours-M', '--depth', '0'], '"0" is no factor'],
  ])('%j: %s', (args, message) => {
    const { status, stderr } = nas('scale', ...args);
    expect(status).not.toBe(0);
    expect(stderr).toContain(message);
  });
});

describe('nas export', () => {
  const candidate = ['export', 's3nas-mbconv', '--candidate', '00000000000000000000'];

  test('writes a result file of S3NAS that scale reads', () => {
    const file = join(directory.path, 'result.json');
    expect(nas(...candidate, '--format', 's3nas', '--out', file).status).toBe(0);
    expect(nas('scale', file).stdout).toContain('stage 5, 8 blocks');
  });

  test('writes a document, layers as CSV, and a graph in ONNX', () => {
    expect(JSON.parse(nas(...candidate).stdout)).toMatchObject({
      id: expect.stringMatching(/^s3nas-mbconv-[0-9a-f]{8}$/),
    });
    expect(nas(...candidate, '--format', 'csv').stdout).toMatch(
      /^layer,op,output,kernel,macs,parameters,reads\nstem,Conv,32x112x112,7x7,/,
    );
    expect(nas(...candidate, '--format', 'onnx').stdout).toContain('Tessera');
  });
});

describe('a recorded search', () => {
  const db = join(directory.path, 'searches.db');
  const evaluator = join(root, 'resources/samples/evaluator/evaluator.mjs');
  const search = [
    'search nas-bench-macro --platform midap-board --limit 0.2ms --method evolution --budget 60'.split(' '),
    ['--accuracy', `node ${evaluator}`, '--db', db, '--json'],
  ].flat();

  test('asks a program for scores, is listed, and its candidates are exported', () => {
    const { status, stdout } = nas(...search);
    expect(status).toBe(0);
    const {
      search: id,
      best,
      accuracy,
    } = JSON.parse(stdout) as {
      search: number;
      accuracy: { title: string };
      best: { candidate: { id: number; code: string } }[];
    };
    expect(accuracy.title).toBe('layers');
    expect(JSON.parse(nas('searches', '--db', db, '--json').stdout)).toMatchObject([
      { id, status: 'finished', evaluations: 60, space: 'nas-bench-macro' },
    ]);
    const candidate = best[0]!.candidate;
    const byId = nas('export', String(id), '--candidate', String(candidate.id), '--db', db);
    expect(byId.stdout).toBe(nas('export', 'nas-bench-macro', '--candidate', candidate.code).stdout);
  });

  test('is resumed to what it has found, and one that is not there is refused', () => {
    const whole = JSON.parse(nas(...search).stdout) as { search: number; best: unknown };
    const resumed = nas('resume', String(whole.search), '--db', db, '--json');
    expect((JSON.parse(resumed.stdout) as { best: unknown }).best).toEqual(whole.best);
    expect(nas('resume', '999', '--db', db).stderr).toContain('there is no search for networks 999');
  });
});
