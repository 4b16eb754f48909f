/** The best known schedules of the contest are what they say: mapping files that the reference simulator gives their makespan. */
import { describe, expect, test } from 'vitest';
import { quickBound } from '#shared/analysis/makespan-bound.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { contestGenes } from '../../bench/contest.ts';
import { contestCases, readBestKnown, verifiedMakespanMs } from '../../bench/contest-cases.ts';

describe.each([...contestCases()])('the best known schedule of %s', (name, scenario) => {
  const known = readBestKnown(name);

  test('is there, and takes as long as its file says', () => {
    expect(known?.case).toBe(name);
    expect(verifiedMakespanMs(scenario, known!)).toBe(known!.makespanMs);
  });

  test('is not shorter than the lower bound', () => {
    const bound = quickBound(compileProblem(scenario, contestGenes));
    expect(known!.makespanMs).toBeGreaterThanOrEqual(bound!.makespanMs * (1 - 1e-9));
  });
});
