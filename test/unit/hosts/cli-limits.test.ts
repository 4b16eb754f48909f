/** What limits of time and evaluations make of a scheduler's length on the command line. */
import { expect, test } from 'vitest';
import { configurationOf } from '#main/hosts/cli/commands/run.ts';

const defaults = { scheduler: 'auto', seed: 1, options: {} };

function optionsFor(scheduler: string, limits: { timeLimit?: number; evaluations?: number; gap?: number }, set = {}) {
  return configurationOf({ scheduler, set: [], record: false, options: JSON.stringify(set), ...limits }, defaults)
    .options;
}

test.each([
  ['auto', { timeLimit: 6000 }, { generations: 1_000_000, horizon: 100 }],
  ['auto', { timeLimit: 1 }, { generations: 1_000_000, horizon: 1 }],
  ['auto', { evaluations: 80_000 }, { generations: 1_000_000, horizon: 20 }],
  ['auto', { timeLimit: 600, evaluations: 80_000 }, { generations: 1_000_000, horizon: 10 }],
  ['auto', { gap: 0.01 }, {}],
  ['archive_search', { timeLimit: 5000 }, { generations: 1_000_000, horizon: 200 }],
  ['ga', { timeLimit: 5000 }, { generations: 100_000 }],
  ['heft', { timeLimit: 5000 }, {}],
])(
  '%s with %j is as long as it may be, laid out for what the limit is likely to allow',
  (scheduler, limits, expected) => {
    expect(optionsFor(scheduler, limits)).toEqual(expected);
  },
);

test('what is set stays as it was set', () => {
  const own = { generations: 300, horizon: 7 };
  expect(optionsFor('auto', { timeLimit: 6000 }, own)).toEqual(own);
});
