/** How the results of a sweep are laid out: ranked rows, and colours that one bad combination does not spoil. */
import { describe, expect, it } from 'vitest';
import { sweepGroups, type SweptRun } from '#shared/analysis/sweep-groups.ts';
import { halvesOf, partsOfName } from '#renderer/components/facts/name-parts.ts';
import { colorScales, mapRows, spreadRows, strengthOf } from '#renderer/features/sweeps/sweep-layout.ts';

let id = 0;
const run = (size: number, seed: number, makespanMs: number | undefined, scenario = 'one'): SweptRun => ({
  run: {
    id: ++id,
    scenarioId: scenario,
    scenarioName: scenario,
    scheduler: 'ga',
    seed,
    ...(makespanMs === undefined
      ? {}
      : { bestMetrics: { makespanMs, throughputPerS: 1, energyMJ: 1, latencyMs: 1, constraintViolation: 0 } }),
  },
  varied: { size },
});

describe('the results of a sweep', () => {
  it('ranks the combinations by their median, best first, and leaves out those without a result', () => {
    const groups = sweepGroups([run(1, 1, 30), run(1, 2, 10), run(2, 1, 12), run(2, 2, 14), run(3, 1, undefined)]);
    const rows = spreadRows(groups, 'makespanMs', 'lower');
    expect(rows.map(({ median }) => median)).toEqual([13, 20]);
    expect(rows[1]?.points.map(({ value }) => value)).toEqual([30, 10]);
  });

  it('have no energy where the platform has no power figures', () => {
    const entry = run(1, 1, 30);
    const without: SweptRun = {
      ...entry,
      run: { ...entry.run, bestMetrics: { ...entry.run.bestMetrics!, energyMJ: 0 } },
    };
    expect(sweepGroups([without])[0]?.medians.energyMJ).toBeNaN();
    expect(spreadRows(sweepGroups([without]), 'energyMJ', 'lower')).toEqual([]);
  });

  it('leaves cells empty where nothing was run', () => {
    const groups = sweepGroups([run(1, 1, 30, 'one'), run(2, 1, 30, 'two')]);
    const rows = mapRows(groups, { name: 'size', values: ['1', '2'] }, [{ name: 'scenario', values: ['one', 'two'] }]);
    expect(rows.map(({ cells }) => cells.map((cell) => cell !== undefined))).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it('ends the colours at the fence when one combination is far worse than all others', () => {
    const groups = sweepGroups([10, 11, 12, 13, 500].map((makespanMs, size) => run(size, 1, makespanMs)));
    const [scale] = colorScales(groups, 'makespanMs', 'lower');
    expect(scale).toMatchObject({ best: 10, weakest: 16, isCut: true });
    expect(groups.map((group) => strengthOf(group, 'makespanMs', scale))).toEqual([1, 5 / 6, 4 / 6, 0.5, 0]);
  });
});

describe('the name of a run in a list', () => {
  it('of processors that begin alike keep where they differ, in the head of a column, too', () => {
    expect(['Cortex-A76 little', 'Cortex-A76 big', 'pi5-hailo-8-cpu', 'GPU'].map((name) => halvesOf(name))).toEqual([
      ['Cortex-A76', ' little'],
      ['Cortex-A76', ' big'],
      ['pi5-hailo-8', '-cpu'],
      ['', 'GPU'],
    ]);
  });

  it('keeps what tells it from its neighbours when it is cut short', () => {
    expect(partsOfName('Simple scenario, HEFT, seed 7')).toEqual([
      ['Simple', ' scenario, '],
      ['', 'HEFT, '],
      ['', 'seed 7'],
    ]);
    expect(partsOfName('Mutation gaussian, population size 40, seed 12')).toEqual([
      ['Mutation', ' gaussian, '],
      ['population size', ' 40, '],
      ['', 'seed 12'],
    ]);
    expect(partsOfName('A name without parts')).toEqual([['', 'A name without parts']]);
    expect(partsOfName(`${'long '.repeat(9)}last`)).toEqual([[expect.stringMatching(/^long/), ' long last']]);
  });

  it('is whole when its parts are put together', () => {
    const name = 'Simple scenario, a-part-without-spaces-that-is-long, seed 7, ';
    expect(partsOfName(name).flat().join('')).toBe(name);
  });
});
