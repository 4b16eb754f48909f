/** The benchmarks run: each section that needs no build gives rows with the same columns, on cases so small that the figures mean nothing. */
import { describe, expect, test } from 'vitest';
import { boundsSection } from '../../bench/bounds.ts';
import { deviceSection } from '../../bench/device.ts';
import { evaluatorSection } from '../../bench/evaluator.ts';
import { frontsSection } from '../../bench/fronts.ts';
import { contestSection } from '../../bench/near-optimum.ts';
import { librarySection } from '../../bench/library.ts';
import { optimumSection } from '../../bench/optimum.ts';
import { publishedCaseSection } from '../../bench/published-case.ts';
import { puzzleSection } from '../../bench/puzzle.ts';
import { recordingSection } from '../../bench/recording.ts';
import { resumeSection } from '../../bench/resume.ts';
import { schedulersSection } from '../../bench/schedulers.ts';
import { searchSection } from '../../bench/search.ts';
import { threadsSection } from '../../bench/threads.ts';

/** Columns that may be 0, negative, or not measured on this system. */
const mayBeNone =
  /^helps$|beyond the genome|^peak memory|^bound above a schedule$|^proven optimal$|^with exact optimum$|gap %$|^nsga2 as published|^auto, proven %$|^waiting %$|^(isolated layers|kernels|kernels \+ border|subgraphs)(, net)? %$/;

describe.each([
  evaluatorSection,
  threadsSection,
  searchSection,
  schedulersSection,
  optimumSection,
  boundsSection,
  frontsSection,
  contestSection,
  publishedCaseSection,
  puzzleSection,
  recordingSection,
  resumeSection,
  librarySection,
  deviceSection,
])('$name', (section) => {
  test('gives tables of positive figures', async () => {
    const tables = await section.run('tiny');
    expect(tables.length).toBeGreaterThan(0);
    for (const { rows } of tables) {
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) {
        expect(Object.keys(row)).toEqual(Object.keys(rows[0]!));
        expect(
          Object.entries(row).filter(
            ([column, value]) => typeof value === 'number' && !mayBeNone.test(column) && !(value > 0),
          ),
        ).toEqual([]);
      }
    }
  });
});

test('no scheduler beats the bound or the optimum', async () => {
  const [overBound] = await schedulersSection.run('tiny');
  for (const { scenario: _, ...ratios } of overBound!.rows)
    for (const ratio of Object.values(ratios)) expect(ratio).toBeGreaterThanOrEqual(1);
  const [overOptimum] = await optimumSection.run('tiny');
  for (const row of overOptimum!.rows) {
    expect(row['lower bound']).toBeLessThanOrEqual(1);
    for (const scheduler of ['heft', 'prism', 'ga', 'annealing'])
      expect(row[scheduler]).toBeGreaterThanOrEqual(1 - 1e-6);
  }
});

test('no bound is above a schedule that is known', async () => {
  const [, held] = await boundsSection.run('tiny');
  expect(held!.rows[0]!['bound above a schedule']).toBe(0);
});
