/** How many generations are planned where limits of time or evaluations end a run. */
import { expect, it } from 'vitest';
import { lengthWithin } from '#shared/domain/stop-conditions.ts';

const fixed = { properties: { generations: { type: 'integer', maximum: 1000 } } };
const steered = {
  properties: {
    generations: { type: 'integer', maximum: 1000 },
    horizon: { type: 'integer', generationMs: 50, generationEvaluations: 200 },
  },
};

it.each([
  ['no limit leaves the plan', fixed, {}, {}],
  ['a gap may never be reached', fixed, { gap: 0.01 }, {}],
  ['time', fixed, { timeMs: 60_000 }, { generations: 1000 }],
  ['time, of a search that is laid out for its length', steered, { timeMs: 2000 }, { generations: 1000, horizon: 40 }],
  ['the nearer of two', steered, { timeMs: 2000, evaluations: 1000 }, { generations: 1000, horizon: 5 }],
  ['at least one generation', steered, { evaluations: 1 }, { generations: 1000, horizon: 1 }],
  ['never more than there may be', steered, { timeMs: 1e9 }, { generations: 1000, horizon: 1000 }],
  ['a scheduler without generations', { properties: {} }, { timeMs: 1 }, {}],
])('%s', (_, schema, stop, expected) => {
  expect(lengthWithin(schema, stop)).toEqual(expected);
});
