/** How often a schedule can be asked for: the grid, α*, the scores, the curve and the bound, on schedules small enough to be worked out by hand. */
import { beforeAll, describe, expect, it } from 'vitest';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import { frequencyBound } from '#main/engine/bounds/frequency-bound.ts';
import { loadSolver } from '#main/engine/milp/highs.ts';
import { curveAlphas, curveOf } from '#shared/analysis/frequency-curve.ts';
import { frequencyGrid } from '#shared/analysis/frequency-grid.ts';
import {
  finish,
  FrequencyProbe,
  hasFrequency,
  leastAlphaOf,
  realTimeScore,
  scenarioAtFrequency,
} from '#shared/analysis/request-frequency.ts';
import { parseMapping } from '#shared/scheduling/solution.ts';

const chain = (times: Record<string, number>, layers = 1) => aNetwork().withChain(layers, times);
/** The least point of the grid that is not below `alpha`. */
const gridFrom = (alpha: number) => frequencyGrid.find((point) => point >= alpha * (1 - 1e-12));

describe('the grid', () => {
  it('goes from 0.01 to 100 in steps of 1 %', () => {
    expect(frequencyGrid[0]).toBe(0.01);
    expect(frequencyGrid).toHaveLength(926);
    for (let index = 1; index < frequencyGrid.length; index++)
      expect(frequencyGrid[index]! / frequencyGrid[index - 1]!).toBeCloseTo(1.01, 12);
    expect(frequencyGrid.at(-1)! * 1.01).toBeGreaterThan(100);
  });
});

describe('a scenario at another frequency', () => {
  it('has other periods, and other deadlines where these are the period or none was given', () => {
    const scenario = aScenario()
      .on(aPlatform())
      .running(chain({ cpu: 1 }), { periodMs: 10, deadlineMs: 10, instances: 2 })
      .running(chain({ cpu: 1 }), { periodMs: 10, deadlineMs: 7, instances: 2 })
      .running(chain({ cpu: 1 }), { periodMs: 10, instances: 2, startTimeMs: 3 })
      .running(chain({ cpu: 1 }), { deadlineMs: 50 })
      .running(chain({ cpu: 1 }))
      .grouping('g', ['e'], 20)
      .build();
    expect(hasFrequency(scenario)).toBe(true);
    const { applications, groups } = scenarioAtFrequency(scenario, 0.5);
    expect(applications.map(({ periodMs, deadlineMs, startTimeMs }) => [periodMs, deadlineMs, startTimeMs])).toEqual([
      [5, 5, 0],
      [5, 7, 0],
      [5, 5, 3],
      [null, 50, 0],
      [10, 10, 0],
    ]);
    expect(groups).toMatchObject([{ periodMs: 10, deadlineMs: 10 }]);
  });

  it('has as many instances as at its own frequency, also before a horizon', () => {
    const scenario = aScenario()
      .on(aPlatform())
      .running(chain({ cpu: 1 }), { periodMs: 10, instances: null })
      .withHorizon(35)
      .build();
    expect(scenarioAtFrequency(scenario, 0.1)).toMatchObject({
      applications: [{ instances: 4, periodMs: 1 }],
      simulation: { horizonMs: null },
    });
  });
});

describe('α*', () => {
  const twoNetworks = aScenario()
    .on(aPlatform().withNpu())
    .running(chain({ cpu: 6, npu: 2 }), { instances: 20 })
    .running(chain({ cpu: 5, npu: 4 }), { instances: 20 })
    .grouping('camera', ['a', 'b'], 10)
    .problem();
  const alphaOf = (mapping: Record<string, string>, share?: number) =>
    leastAlphaOf(twoNetworks, parseMapping(twoNetworks, mapping), share);

  it('is the least point at which all members of a group end within its period', () => {
    expect(alphaOf({ 'a/l0': 'npu', 'b/l0': 'npu' })).toBe(gridFrom(0.6));
    expect(alphaOf({ 'a/l0': 'npu', 'b/l0': 'cpu' })).toBe(gridFrom(0.5));
    expect(alphaOf({ 'a/l0': 'cpu', 'b/l0': 'npu' })).toBe(gridFrom(0.6));
  });

  it('of a share: so many instances are in time', () => {
    // b is in time up to 0.5 however late a is: half of the instances.
    expect(alphaOf({ 'a/l0': 'cpu', 'b/l0': 'npu' }, 0.5)).toBe(gridFrom(0.4));
    expect(alphaOf({ 'a/l0': 'cpu', 'b/l0': 'npu' }, 0.51)! > gridFrom(0.4)!).toBe(true);
  });

  it('is undefined where a deadline that does not follow a period is too short', () => {
    const problem = aScenario()
      .on(aPlatform())
      .running(chain({ cpu: 5 }), { periodMs: 10, instances: 2, deadlineMs: 4 })
      .problem();
    expect(leastAlphaOf(problem, parseMapping(problem, { 'a/l0': 'cpu' }))).toBeUndefined();
  });

  it('a point that passes does not count where one of the next three fails', () => {
    const passing = new Set([400, 401, 403, 404, 405, 420, 421, 422, 423].map((index) => frequencyGrid[index]!));
    class Anomalous extends FrequencyProbe {
      override passes(alpha: number): boolean {
        return passing.has(alpha) || alpha > frequencyGrid[500]!;
      }
    }
    const probe = new Anomalous(twoNetworks, parseMapping(twoNetworks, { 'a/l0': 'npu', 'b/l0': 'npu' }));
    expect(finish(probe.leastAlpha())).toBe(frequencyGrid[420]);
  });
});

describe('scores', () => {
  it('satisfied is the share of instances in time, and the real-time score XRBench’s logistic in deadlines', () => {
    // On one core every 10 · 0.5 = 5 ms: 4 and 8 after the release, so every second one of each pair is late.
    const problem = aScenario()
      .on(aPlatform())
      .running(chain({ cpu: 4 }), { periodMs: 10, deadlineMs: 10 })
      .running(chain({ cpu: 4 }), { periodMs: 10, deadlineMs: 10 })
      .running(chain({ cpu: 0 }))
      .problem();
    const probe = new FrequencyProbe(problem, parseMapping(problem, { 'a/l0': 'cpu', 'b/l0': 'cpu', 'c/l0': 'cpu' }));
    const { satisfied, realTimeScore: score } = probe.satisfactionAt(0.5);
    expect(satisfied).toBe(0.5);
    const logistic = (delay: number) => 1 / (1 + Math.exp(15 * delay));
    expect(score).toBeCloseTo((logistic(-0.2) + logistic(0.6)) / 2, 12);
    expect(realTimeScore(0)).toBe(0.5);
    expect(realTimeScore(1e9)).toBeCloseTo(0, 20);
  });
});

describe('the curve', () => {
  it('has α* and the three points after it, and reaches from half the least mark to twice the greatest', () => {
    const alpha = frequencyGrid[500]!;
    const alphas = curveAlphas([alpha, 0.2], alpha);
    expect(alphas).toEqual(expect.arrayContaining(frequencyGrid.slice(500, 504)));
    expect([alphas[0]! >= 0.1, alphas.at(-1)! <= 2 * alpha]).toEqual([true, true]);
    expect(alphas.length).toBeLessThan(130);
    expect(alphas).toEqual([...new Set(alphas)].sort((a, b) => a - b));
  });

  it('is satisfied from α* on, where scores rise with α', () => {
    const problem = aScenario()
      .on(aPlatform())
      .running(chain({ cpu: 4 }), { periodMs: 10, instances: 5 })
      .problem();
    const assignment = parseMapping(problem, { 'a/l0': 'cpu' });
    const alpha = leastAlphaOf(problem, assignment)!;
    for (const point of finish(curveOf(new FrequencyProbe(problem, assignment), curveAlphas([alpha], alpha))))
      expect(point.satisfied === 1).toBe(point.alpha >= alpha);
  });
});

describe('the bound', () => {
  beforeAll(loadSolver);

  it('is the longest path where the work has room', () => {
    const scenario = aScenario()
      .on(aPlatform().withCores(4))
      .running(chain({ cpu: 2 }, 3), { periodMs: 10, instances: 4 })
      .build();
    expect(frequencyBound(scenario)).toEqual({
      alpha: gridFrom(0.6),
      frequency: 1 / gridFrom(0.6)!,
      method: 'longest_path',
    });
  });

  it('is the work of all instances, divided among processors at will, where that is more', () => {
    // 6 ms on the one, or 3 on the other: 2 ms on both. Three networks: 6 ms in each period, but for the last deadline.
    const network = chain({ cpu: 6, npu: 3 });
    const scenario = aScenario()
      .on(aPlatform().withNpu())
      .running(network, { instances: 10 })
      .running(network, { instances: 10 })
      .running(network, { instances: 10 })
      .grouping('camera', ['a', 'b', 'c'], 10)
      .build();
    expect(frequencyBound(scenario)).toMatchObject({ alpha: gridFrom(0.6), method: 'fluid_load' });
  });

  it('counts applications of another length only in the time that they have', () => {
    // Ten instances every 10 ms, 4 ms each, and three every 100 ms, 10 ms each: 100 ms are enough for all that is due by then.
    const scenario = aScenario()
      .on(aPlatform())
      .running(chain({ cpu: 4 }), { periodMs: 10, instances: 10 })
      .running(chain({ cpu: 10 }), { periodMs: 100, instances: 3 })
      .build();
    expect(frequencyBound(scenario)).toMatchObject({ alpha: gridFrom(0.5), method: 'fluid_load' });
  });

  it('argues from the whole network where that is faster than its layers', () => {
    const network = chain({ cpu: 5 }, 2).input;
    const scenario = aScenario()
      .on(aPlatform())
      .with({
        applications: [{ id: 'a', network: { ...network, wholeTimeMs: { cpu: 4 } }, periodMs: 10, instances: 3 }],
      })
      .build();
    expect(frequencyBound(scenario)).toMatchObject({ alpha: gridFrom(0.4) });
  });

  it('leaves out what has no deadline', () => {
    const scenario = aScenario()
      .on(aPlatform())
      .running(chain({ cpu: 4 }), { periodMs: 10, instances: 3 })
      .running(chain({ cpu: 500 }))
      .build();
    expect(frequencyBound(scenario)).toMatchObject({ alpha: gridFrom(0.4) });
  });

  it('says nothing where no layer takes time', () =>
    expect(
      frequencyBound(
        aScenario()
          .on(aPlatform())
          .running(chain({ cpu: 0 }), { periodMs: 10, instances: 2 })
          .build(),
      ),
    ).toBeUndefined());
});
