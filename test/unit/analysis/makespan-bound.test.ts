/** The best known bound of a makespan: how it was found, how far a schedule is from it, and where a search's own proof counts. */
import { describe, expect, it } from 'vitest';
import {
  attainsBound,
  bestKnownBound,
  distanceFrom,
  gapPercentOf,
  provenBound,
  quickBound,
} from '#shared/analysis/makespan-bound.ts';
import { createEvaluator } from '#shared/scheduling/evaluate.ts';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';

const points = [
  { frequencyMHz: 500, activePowerMW: 100 },
  { frequencyMHz: 1000, activePowerMW: 300 },
];
const chain = aNetwork().withChain(3, { cpu: 4 });

describe('the bound', () => {
  it('is attained to nine digits by a schedule that nothing can beat', () => {
    const problem = aScenario().on(aPlatform()).running(chain, { periodMs: 40, instances: 3 }).problem();
    const makespanMs = createEvaluator(problem).evaluate(new Uint8Array(problem.layout.length))[0]!;
    const bound = quickBound(problem)!;
    expect(bound).toEqual({ makespanMs: expect.closeTo(92, 6), method: 'critical_path', lastReleaseMs: 80 });
    expect(distanceFrom(bound, makespanMs)).toMatchObject({ isProven: true, gap: expect.closeTo(0, 9) });
    expect(distanceFrom(bound, makespanMs * (1 + 1e-8)).isProven).toBe(false);
  });

  it('names the work where that is what takes longest', () => {
    const problem = aScenario()
      .on(aPlatform())
      .running(aNetwork('a').withChain(1, { cpu: 5 }))
      .running(aNetwork('b').withChain(1, { cpu: 6 }))
      .problem();
    expect(quickBound(problem)).toMatchObject({
      makespanMs: expect.closeTo(11, 6),
      method: 'load',
      lastReleaseMs: 0,
    });
  });

  it('says nothing of work that takes no time', () => {
    expect(
      quickBound(
        aScenario()
          .on(aPlatform())
          .running(aNetwork().withChain(2, { cpu: 0 }))
          .problem(),
      ),
    ).toBeUndefined();
  });

  it('holds with ticks', () => {
    const problem = aScenario()
      .on(aPlatform())
      .running(aNetwork().withChain(3, { cpu: 0.25 }))
      .withTick(0.1)
      .problem();
    const makespanMs = createEvaluator(problem).evaluate(new Uint8Array(problem.layout.length))[0]!;
    expect(makespanMs).toBeCloseTo(0.85, 9);
    expect(distanceFrom(quickBound(problem)!, makespanMs).isProven).toBe(true);
  });
});

describe('a schedule that attains a bound', () => {
  it('differs from it by a rounding error at most, also from a bound of a solver', () => {
    for (const makespanMs of [12, 12 * (1 + 5e-10), 12 * (1 + 2e-9), 12 * (1 + 5e-7), 11.9]) {
      const { isProven } = distanceFrom({ makespanMs: 12, method: 'milp', lastReleaseMs: 0 }, makespanMs);
      expect([makespanMs, attainsBound(makespanMs, 12)]).toEqual([makespanMs, isProven]);
    }
    expect(attainsBound(12 * (1 + 5e-10), 12)).toBe(true);
    expect(attainsBound(12 * (1 + 2e-9), 12)).toBe(false);
  });

  it('takes no time where nothing does', () => {
    expect([attainsBound(0, 0), attainsBound(1, 0)]).toEqual([true, false]);
  });
});

describe('the gap of a listed run', () => {
  it('is the distance from its bound, never below 0, and unknown where either is', () => {
    expect(gapPercentOf({ bestMetrics: { makespanMs: 15 }, boundMs: 12 })).toBe(25);
    expect(gapPercentOf({ bestMetrics: { makespanMs: 12 }, boundMs: 12.000001 })).toBe(0);
    expect(gapPercentOf({ boundMs: 12 })).toBeUndefined();
    expect(gapPercentOf({ bestMetrics: { makespanMs: 15 } })).toBeUndefined();
  });
});

describe('what a search proved for default frequencies', () => {
  const given = (nominalFrequencyMHz: number, frequencies = true) =>
    aScenario()
      .on(aPlatform().withCores(1, { operatingPoints: points, nominalFrequencyMHz }))
      .running(chain)
      .problem(undefined, { frequencies });

  it('counts where no other choice is faster', () => {
    expect(provenBound(given(1000), { makespanBoundMs: 13 })).toEqual({
      makespanMs: 13,
      method: 'milp',
      lastReleaseMs: 0,
    });
    expect(provenBound(given(500, false), { makespanBoundMs: 13 })?.makespanMs).toBe(13);
  });

  it('does not count where a higher frequency could beat it', () => {
    expect(provenBound(given(500), { makespanBoundMs: 13 })).toBeUndefined();
  });

  it('counts only where it is the higher one, and never above the makespan it belongs to', () => {
    const problem = given(1000);
    const bound = quickBound(problem)!;
    expect(bestKnownBound(bound, provenBound(problem, { makespanBoundMs: 3 }))).toEqual(bound);
    const better = bestKnownBound(bound, provenBound(problem, { makespanBoundMs: 12.5 }))!;
    expect(better).toMatchObject({ makespanMs: 12.5, method: 'milp' });
    expect(distanceFrom(better, 12.499999)).toMatchObject({ bound: { makespanMs: 12.499999 }, gap: 0, isProven: true });
  });
});
