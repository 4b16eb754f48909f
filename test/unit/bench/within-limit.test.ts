/** Searches of the benchmarks are ended by the CPU time of their process. */
import { expect, test } from 'vitest';
import { aSmallScenario } from '#test/fixtures/builders.ts';
import { cpuMs, describeClocks, searchWithin } from '../../bench/within-limit.ts';

test('a search goes on until the limit of CPU time, however long that takes on the wall clock', async () => {
  const before = cpuMs();
  let generations = 0;
  const clocks = await searchWithin(
    { scenario: aSmallScenario().build(), scheduler: 'ga', seed: 1, options: {}, limitMs: 60 },
    () => generations++,
  );
  expect(clocks.processS).toBeGreaterThanOrEqual(0.06);
  expect(cpuMs() - before).toBeGreaterThanOrEqual(60);
  expect(generations).toBeGreaterThan(1);
});

test('a search that is over earlier ends by itself', async () => {
  let generations = 0;
  await searchWithin(
    { scenario: aSmallScenario().build(), scheduler: 'ga', seed: 1, options: { generations: 3 }, limitMs: 600_000 },
    () => generations++,
  );
  expect(generations).toBe(3);
});

test('the clocks are compared by the sums of all searches', () => {
  expect(
    describeClocks([
      { processS: 1, threadS: 0.9, wallS: 3 },
      { processS: 1, threadS: 0.7, wallS: 2 },
    ]),
  ).toContain(
    'one second of it was 0.80 s of the searching thread (what the wall clock shows where nothing else runs) and 2.50 s',
  );
});
