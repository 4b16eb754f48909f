/** What a search costs by its options, and the options within a budget. */
import { describe, expect, it } from 'vitest';
import { estimateEvaluations, optionsWithin } from '#shared/domain/evaluations.ts';

describe('the evaluations of a search', () => {
  it.each([
    [{ populationSize: 20, generations: 1 }, 20],
    [{ populationSize: 20, generations: 5, eliteSize: 2 }, 20 + 4 * 18],
    [{ neighbours: 10, generations: 3 }, 30],
    [{ maxSchedules: 500 }, 500],
    [{ weights: {} }, undefined],
  ])('of %j are %j', (options, evaluations) => {
    expect(estimateEvaluations(options)).toBe(evaluations);
  });

  it('within a budget are as many as whole generations allow, and never more', () => {
    for (const options of [
      { populationSize: 20, generations: 9, eliteSize: 3 },
      { neighbours: 7, generations: 1 },
      { populationSize: 20, generations: 500 },
    ]) {
      for (const budget of [20, 37, 38, 1000]) {
        const within = optionsWithin(options, budget) ?? {};
        const used = estimateEvaluations(within) ?? 0;
        const next = estimateEvaluations({ ...within, generations: Number(within['generations']) + 1 }) ?? 0;
        expect(used).toBeLessThanOrEqual(budget);
        expect(next).toBeGreaterThan(budget);
      }
    }
  });

  it('limit schedules that are tried one by one, leave heuristics alone, and say where not one generation fits', () => {
    expect(optionsWithin({ maxSchedules: 5 }, 90)).toEqual({ maxSchedules: 90 });
    expect(optionsWithin({ genes: [] }, 90)).toEqual({ genes: [] });
    expect(optionsWithin({ populationSize: 100, generations: 3 }, 90)).toBeUndefined();
  });
});
