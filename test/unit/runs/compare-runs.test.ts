/** Selected runs as the sides of a comparison: groups of seeds, repetitions, other options, other scenarios. */
import { describe, expect, it } from 'vitest';
import { sidesOf, type ConfiguredRun } from '#renderer/features/runs/compare-runs.ts';
import type { RunSummary } from '#shared/contract/shapes.ts';

function aRun(changes: Partial<RunSummary>): RunSummary {
  return {
    id: 1,
    name: 'A run',
    scenarioId: 'door',
    scenarioName: 'Door camera',
    platformName: 'board',
    scheduler: 'ga',
    seed: 1,
    status: 'finished',
    createdAt: 0,
    elapsedMs: 10,
    generations: 5,
    evaluations: 50,
    bestFitness: 0.5,
    recordedBytes: 0,
    tags: [],
    notes: '',
    starred: false,
    ...changes,
  };
}
const seeds = (scheduler: string, from: number, changes: Partial<RunSummary> = {}): RunSummary[] =>
  Array.from({ length: 5 }, (_, index) =>
    aRun({ id: from + index, scheduler, seed: index, bestFitness: index / 10, ...changes }),
  );
/** @param optionsOf options by run */
const asked =
  (optionsOf: (id: number) => Record<string, unknown> = () => ({})) =>
  (id: number): Promise<ConfiguredRun> =>
    Promise.resolve({
      scenario: { id: 'door' },
      engineVersion: '1',
      configuration: { scheduler: 'ga', seed: id, options: optionsOf(id) },
    });
const name = (id: string): string => id.toUpperCase();

describe('selected runs as sides', () => {
  it('are compared one by one up to four, beyond that as groups of seeds', async () => {
    expect(await sidesOf([aRun({ id: 1 }), aRun({ id: 2 })], name, asked())).toEqual({ sides: [[1], [2]] });
    expect(await sidesOf([...seeds('ga', 1), ...seeds('heft', 11)], name, asked())).toEqual({
      sides: [
        [1, 2, 3, 4, 5],
        [11, 12, 13, 14, 15],
      ],
    });
    expect(await sidesOf(seeds('ga', 1), name, asked())).toMatchObject({
      reason: expect.stringContaining('these are 1') as string,
    });
    expect(await sidesOf([aRun({})], name, asked())).toMatchObject({
      reason: expect.stringContaining('two') as string,
    });
  });

  it('leave out a repetition that came to the same result, and say which', async () => {
    const repeated = aRun({ id: 30, scheduler: 'ga', seed: 2, bestFitness: 0.2 });
    const sides = await sidesOf([...seeds('ga', 1), ...seeds('heft', 11), repeated], name, asked());
    expect(sides).toMatchObject({
      sides: [
        [1, 2, 3, 4, 5],
        [11, 12, 13, 14, 15],
      ],
      remark: expect.stringMatching(/^Run 30 \(as run 3\): the same options and seed/) as string,
    });
  });

  it('name repetitions with different results, and offer the runs without them', async () => {
    const cancelled = aRun({ id: 30, scheduler: 'ga', seed: 2, status: 'cancelled', generations: 2, bestFitness: 0.1 });
    const sides = await sidesOf([...seeds('ga', 1), ...seeds('heft', 11), cancelled], name, asked());
    expect(sides).toMatchObject({
      reason: expect.stringMatching(/Runs 3 and 30 of “Door camera” with GA/) as string,
      instead: { label: 'Leave out run 30', runs: [1, 2, 3, 4, 5, 11, 12, 13, 14, 15] },
    });
  });

  it('are groups of their own where the same scheduler had other options', async () => {
    const sides = await sidesOf(
      [...seeds('ga', 1), ...seeds('ga', 11)],
      name,
      asked((id) => ({ mutation: id > 10 ? 'swap' : 'bit_flip' })),
    );
    expect(sides).toEqual({
      sides: [
        [1, 2, 3, 4, 5],
        [11, 12, 13, 14, 15],
      ],
    });
  });

  it('of several scenarios offer those of the one that makes groups', async () => {
    const other = { scenarioId: 'hall', scenarioName: 'Hall' };
    const sides = await sidesOf(
      [
        ...seeds('ga', 1),
        ...seeds('heft', 11),
        ...seeds('ga', 21, other),
        ...seeds('tabu', 31, other),
        ...seeds('heft', 41, { scenarioId: 'yard' }),
      ].filter(({ id }) => id !== 25),
      name,
      asked(),
    );
    expect(sides).toMatchObject({
      reason: expect.stringContaining('these are 5') as string,
      instead: { label: 'Compare the 10 of “Door camera”', runs: [1, 2, 3, 4, 5, 11, 12, 13, 14, 15] },
    });
  });
});
