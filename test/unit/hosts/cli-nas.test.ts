/** `tessera nas estimate` as a person or a script uses it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { temporaryDirectory } from '#test/doubles/hosts.ts';
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
