/** Sweeps as documents: how they unfold into runs, how those gather into groups, and what is refused. */
import { describe, expect, it } from 'vitest';
import {
  spreadOfFigure,
  sweepDimensions,
  sweepGroups,
  valueAlong,
  type SweptRun,
} from '#shared/analysis/sweep-groups.ts';
import { countRuns, expandSweep, parseSweep } from '#shared/domain/sweep.ts';

const sweep = parseSweep({
  name: 'sizes',
  scenarios: ['simple', 'multi'],
  seeds: { from: 7, count: 3 },
  schedulers: [
    {
      scheduler: 'ga',
      options: { weights: { energy: 0 } },
      vary: { populationSize: [50, 100], 'weights.energy': [0, 1] },
    },
    { scheduler: 'random' },
  ],
});

describe('a sweep', () => {
  it('unfolds into every scenario × scheduler × combination × seed', () => {
    const points = expandSweep(sweep);
    expect(points).toHaveLength(2 * (2 * 2 + 1) * 3);
    expect(countRuns(sweep)).toBe(points.length);
    expect(new Set(points.map((point) => JSON.stringify(point))).size).toBe(points.length);
    expect(points[0].configuration).toEqual({
      scheduler: 'ga',
      seed: 7,
      options: { populationSize: 50, weights: { energy: 0 } },
    });
    expect(points[3]).toMatchObject({
      varied: { populationSize: 50, 'weights.energy': 1 },
      configuration: { seed: 7, options: { weights: { energy: 1 } } },
    });
    expect(points.at(-1)).toMatchObject({
      scenario: 'multi',
      varied: {},
      configuration: { scheduler: 'random', seed: 9 },
    });
  });

  it('changes nothing in the options it was given', () => {
    expandSweep(sweep);
    expect(sweep.schedulers[0].options).toEqual({ weights: { energy: 0 } });
  });

  it('runs a seed that is named twice once, and one seed where none is named', () => {
    expect(expandSweep({ ...sweep, seeds: [1, 1, 2] })).toHaveLength(2 * 5 * 2);
    expect(
      expandSweep(parseSweep({ name: 'one', scenarios: ['simple'], schedulers: [{ scheduler: 'ga' }] })).map(
        ({ configuration }) => configuration.seed,
      ),
    ).toEqual([1]);
  });

  it('draws combinations at random, the same for the same seed, none twice, in the order of the grid', () => {
    const vary = { a: [1, 2, 3, 4, 5], b: ['x', 'y', 'z'], c: [true, false] };
    const drawn = (seed: number, count = 7): string[] =>
      expandSweep(
        parseSweep({
          name: 's',
          scenarios: ['simple'],
          schedulers: [{ scheduler: 'ga', vary }],
          sample: { count, seed },
        }),
      ).map(({ varied }) => JSON.stringify(varied));
    const all = expandSweep(
      parseSweep({ name: 's', scenarios: ['simple'], schedulers: [{ scheduler: 'ga', vary }] }),
    ).map(({ varied }) => JSON.stringify(varied));
    expect(drawn(3)).toEqual(drawn(3));
    expect(drawn(3)).not.toEqual(drawn(4));
    expect(new Set(drawn(3)).size).toBe(7);
    expect(drawn(3)).toEqual(all.filter((one) => drawn(3).includes(one)));
    expect(drawn(3, 30)).toEqual(all);
    // Over many seeds each combination comes about as often as any other: 7 of 30.
    const often = new Map<string, number>();
    for (let seed = 0; seed < 600; seed++) for (const one of drawn(seed)) often.set(one, (often.get(one) ?? 0) + 1);
    expect([often.size, Math.min(...often.values()) > 90, Math.max(...often.values()) < 190]).toEqual([30, true, true]);
  });

  it('draws from a grid that is far too large to be tried as a whole', () => {
    const vary = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`o${index}`, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]),
    );
    const large = parseSweep({
      name: 's',
      scenarios: ['simple'],
      schedulers: [{ scheduler: 'ga', vary }],
      sample: { count: 50 },
    });
    expect([countRuns(large), new Set(expandSweep(large).map(({ varied }) => JSON.stringify(varied))).size]).toEqual([
      50, 50,
    ]);
  });

  it('that is too large, or not one, is refused with what to do', () => {
    expect(() => expandSweep({ ...sweep, seeds: { from: 1, count: 2000 } })).toThrowError(/20000 runs, at most 2000/);
    expect(() => parseSweep({ name: 'x', scenarios: [], schedulers: [{ scheduler: 'ga' }] })).toThrowError(/scenarios/);
    expect(() =>
      parseSweep({ name: 'x', scenarios: ['simple'], schedulers: [{ scheduler: 'ga', vary: { populationSize: [] } }] }),
    ).toThrowError(/populationSize/);
    expect(() =>
      parseSweep({ name: 'x', scenarios: ['simple'], schedulers: [{ scheduler: 'ga' }], sedes: 3 }),
    ).toThrowError(/sedes/);
  });
});

describe('the groups of a sweep', () => {
  const run = (
    id: number,
    scheduler: string,
    seed: number,
    fitness: number | undefined,
    varied: SweptRun['varied'] = {},
  ): SweptRun => ({
    run: { id, scenarioId: 'simple', scenarioName: 'Simple', scheduler, seed, bestFitness: fitness },
    varied,
  });
  const runs = [
    run(1, 'ga', 1, 3, { populationSize: 50 }),
    run(2, 'ga', 2, 5, { populationSize: 50 }),
    run(3, 'ga', 1, 9, { populationSize: 100 }),
    run(4, 'random', 1, undefined),
  ];

  it('hold the runs that differ by their seed, with medians of those that found something', () => {
    const groups = sweepGroups(runs);
    expect(
      groups.map((group) => [group.scheduler, group.runs.map((one) => one.run.id), group.medians.fitness]),
    ).toEqual([
      ['ga', [1, 2], 4],
      ['ga', [3], 9],
      ['random', [4], Number.NaN],
    ]);
    expect(spreadOfFigure(runs, 'fitness').count).toBe(3);
  });

  it('are laid out along what differs', () => {
    const groups = sweepGroups(runs);
    expect(sweepDimensions(groups)).toEqual([
      { name: 'scheduler', values: ['ga', 'random'] },
      { name: 'populationSize', values: ['50', '100', '–'] },
    ]);
    expect(valueAlong(groups[2], 'populationSize')).toBe('–');
    expect(sweepDimensions(groups.slice(0, 1))).toEqual([{ name: 'scheduler', values: ['ga'] }]);
  });
});
