/** Whole runs on the command line: written to a file, read into another database, refused where they are not whole. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryDirectory } from '#test/doubles/hosts.ts';
import { commandLineIn } from '#test/fixtures/command-line.ts';

const directory = temporaryDirectory();
afterAll(() => directory.remove());

const tessera = (database: string, ...args: readonly string[]) => commandLineIn(directory.path, { database })(...args);

beforeAll(() => {
  for (const seed of ['1', '2'])
    tessera(
      'a.db',
      'run',
      'simple',
      '--scheduler',
      'ga',
      '--seed',
      seed,
      '--set',
      'generations=5',
      '--quiet',
      '--json',
    );
  const { status, stderr } = tessera(
    'a.db',
    'runs',
    'export',
    '1',
    '2',
    '--format',
    'tessera',
    '--out',
    'both.tessera',
  );
  if (status !== 0) throw new Error(stderr);
});

test('runs written to a file are there after it is imported, and nothing of a partial file stays', () => {
  const { status, stdout } = tessera('b.db', 'runs', 'import', 'both.tessera', '--json');
  expect([status, JSON.parse(stdout)]).toMatchObject([
    0,
    {
      runs: [
        { id: 1, seed: 1, generations: 5 },
        { id: 2, seed: 2 },
      ],
    },
  ]);
  const shown = (db: string): Record<string, unknown> =>
    JSON.parse(tessera(db, 'runs', 'show', '2', '--json').stdout) as Record<string, unknown>;
  const { origin, ...imported } = shown('b.db');
  expect(imported).toEqual(shown('a.db'));
  expect(origin).toMatchObject({ originalId: 2 });
  expect(readdirSync(directory.path).filter((name) => name.includes('.unfinished-'))).toEqual([]);
});

test('a file cut short is refused with 2, why and what to do, and nothing of it is imported', () => {
  writeFileSync(
    join(directory.path, 'cut.tessera'),
    readFileSync(join(directory.path, 'both.tessera')).subarray(0, -10),
  );
  const { status, stderr } = tessera('c.db', 'runs', 'import', 'cut.tessera');
  expect([status, stderr]).toEqual([
    2,
    expect.stringMatching(
      /^error: the file ends after \d+ bytes, before its end\nhint: it was copied or downloaded in part; copy it again\n$/,
    ),
  ]);
  expect(JSON.parse(tessera('c.db', 'runs', 'list', '--json').stdout)).toMatchObject({ total: 0 });
});

test.each([
  [['runs', 'export', '1', '2', '--format', 'run-json'], '2 runs cannot be written as run-json at once'],
  [
    ['runs', 'export', '1', '--format', 'tessera', '--chromosome', '3'],
    '--chromosome has no meaning with --format tessera',
  ],
  [
    ['runs', 'export', '1', '--format', 'tessera', '--baseline', 'heft'],
    '--baseline has no meaning with --format tessera',
  ],
  [['runs', 'export', '7', '--format', 'tessera', '--out', 'none.tessera'], 'there is no run 7'],
  [['runs', 'import', 'nowhere.tessera'], 'cannot read "nowhere.tessera": there is no such file'],
])('%j is refused with 2', (args, message) => {
  expect(tessera('a.db', ...args)).toMatchObject({ status: 2, stderr: expect.stringContaining(message) });
  expect(existsSync(join(directory.path, 'none.tessera'))).toBe(false);
});
