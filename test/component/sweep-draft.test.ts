/** The form of a sweep: the document it becomes, and how much work that is. */
import { describe, expect, it } from 'vitest';
import { sweepOf, type SweepDraft } from '#renderer/features/sweeps/draft-sweep.ts';
import { estimateSweep } from '#renderer/features/sweeps/sweep-estimate.ts';
import { parseSweep } from '#shared/domain/sweep.ts';

const draft: SweepDraft = {
  name: '',
  scenarios: ['simple'],
  schedulers: ['ga', 'random'],
  varied: [],
  firstSeed: 1,
  seedCount: 2,
  budget: undefined,
  sampleCount: undefined,
  sampleSeed: 1,
};
const option = (path: string, values: string, isFixed: boolean, scheduler = 'ga') => ({
  scheduler,
  path,
  values,
  isFixed,
});

describe('the form of a sweep', () => {
  it('becomes a document with fixed and varied options, a budget and a sample', () => {
    const built = sweepOf({
      ...draft,
      varied: [option('weights.energy', '0.5', true), option('populationSize', '10, 20, 40', false)],
      budget: 1000,
      sampleCount: 2,
      sampleSeed: 9,
    });
    expect(built).toMatchObject({
      runs: (2 + 1) * 2,
      document: {
        budget: { evaluations: 1000 },
        sample: { count: 2, seed: 9 },
        schedulers: [
          { scheduler: 'ga', options: { weights: { energy: 0.5 } }, vary: { populationSize: [10, 20, 40] } },
          { scheduler: 'random', options: {}, vary: {} },
        ],
      },
    });
  });

  it.each([
    ['a fixed option with several values', [option('eliteSize', '1, 2', true)], /same in all runs/],
    ['an option without a value', [option('eliteSize', ' ', true)], /Give the value/],
    ['an option that is not chosen', [option('', '1', true)], /option to set/],
    ['one that is there twice', [option('eliteSize', '1', true), option('eliteSize', '2, 3', false)], /twice/],
  ])('says what is wrong with %s', (_, varied, problem) => {
    expect(sweepOf({ ...draft, varied })).toEqual({ problem: expect.stringMatching(problem) });
  });
});

describe('the work of a sweep', () => {
  const defaults = (scheduler: string) =>
    scheduler === 'ga'
      ? { populationSize: 10, generations: 5, eliteSize: 0 }
      : scheduler === 'random'
        ? { populationSize: 50, generations: 4 }
        : {};
  const document = (changes: object) =>
    parseSweep({
      name: 's',
      scenarios: ['simple'],
      schedulers: [{ scheduler: 'ga', vary: { populationSize: [10, 20] } }, { scheduler: 'random' }],
      seeds: { count: 3 },
      ...changes,
    });

  it('is that of all its runs, by the speed that each scheduler had', () => {
    expect(estimateSweep(document({}), defaults, (_, scheduler) => (scheduler === 'ga' ? 1 : 2))).toEqual({
      evaluations: 3 * (50 + 100 + 200),
      searchMs: 3 * (50 + 100 + 100),
      unknown: [],
      tooSmall: [],
    });
  });

  it('is the same for every run within a budget, and says whose first generation is larger', () => {
    expect(estimateSweep(document({ budget: { evaluations: 100 } }), defaults, () => 1)).toMatchObject({
      evaluations: 3 * 3 * 100,
      tooSmall: [],
    });
    expect(estimateSweep(document({ budget: { evaluations: 40 } }), defaults, () => 1).tooSmall).toEqual(['random']);
  });

  it('is not guessed where no earlier run tells the speed', () => {
    expect(estimateSweep(document({}), defaults, (_, scheduler) => (scheduler === 'ga' ? 1 : undefined))).toMatchObject(
      { searchMs: undefined, unknown: [{ scenario: 'simple', scheduler: 'random' }] },
    );
  });
});
