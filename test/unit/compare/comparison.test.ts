/** A comparison's address, differences in configuration, figures with tests, and the curves laid over each other. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, it } from 'vitest';
import { overlayCurve, overlayEnd } from '#renderer/charts/overlay.ts';
import {
  comparisonLocation,
  comparisonTabs,
  formatSides,
  parseComparison,
  sidesLeftOut,
  tabOf,
  withoutRuns,
  withoutSide,
} from '#renderer/comparison/address.ts';
import { effectWord, pText } from '#renderer/comparison/comparison-metrics.ts';
import { differingFields } from '#shared/analysis/differing-fields.ts';
import { sideColor, sideColors } from '#renderer/comparison/side-colors.ts';
import { contrastRatio, surfaceColor } from '#renderer/theme/palette.ts';
import { seriesOf } from '#shared/contract/generation-series.ts';

describe('the address of a comparison', () => {
  it('can be opened again: sides, groups, baseline and colours are what they were', () => {
    const color = fc.option(
      fc.integer({ min: 0, max: 0xff_ffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`),
      { nil: undefined },
    );
    const side = fc.record({
      ids: fc.uniqueArray(fc.integer({ min: 1, max: 9999 }), { minLength: 1, maxLength: 12 }),
      color,
    });
    fc.assert(
      fc.property(fc.array(side, { minLength: 1, maxLength: 4 }), fc.nat(3), (sides, base) => {
        const address = {
          sides: sides.map(({ ids }) => ids),
          colors: sides.map((one) => one.color),
          baseline: base % sides.length,
        };
        const { params, query } = comparisonLocation(address);
        expect(parseComparison(params.sides, query)).toEqual(address);
      }),
    );
  });

  it('leaves out what is no run, and what is too much', () => {
    expect(parseComparison('1,x,-3,1~~abc~2', { base: '9', colors: 'red' })).toEqual({
      sides: [[1], [2]],
      baseline: 0,
      colors: [undefined, undefined],
    });
    expect(parseComparison('1~2~3~4~5', {}).sides).toHaveLength(4);
    expect([sidesLeftOut('1~2~3~4~5'), sidesLeftOut('1~x~3~4~5')]).toEqual([1, 0]);
    expect(parseComparison('', {}).sides).toEqual([]);
  });

  it('names the part that is shown, but for the first one', () => {
    const address = parseComparison('1~2', { base: '1' });
    for (const tab of comparisonTabs) expect(tabOf(comparisonLocation(address, tab).query)).toBe(tab);
    expect(comparisonLocation(address).query).toEqual({ base: '1' });
    expect(tabOf({ tab: 'elsewhere' })).toBe('overview');
  });

  it('goes on without runs that are gone; a side of none but these goes with them', () => {
    const address = parseComparison('1,2~3~4,5', { base: '2', colors: '111111~222222~333333' });
    expect(withoutRuns(address, [2, 3])).toEqual({ sides: [[1], [4, 5]], baseline: 1, colors: ['#111111', '#333333'] });
    expect(withoutRuns(address, [4, 5]).baseline).toBe(0);
    expect(withoutRuns(address, [9])).toEqual(address);
  });

  it('keeps the baseline when another side is taken away', () => {
    const address = parseComparison('1~2~3', { base: '2' });
    expect(formatSides(withoutSide(address, 0).sides)).toBe('2~3');
    expect(withoutSide(address, 0).baseline).toBe(1);
    expect(withoutSide(address, 2).baseline).toBe(0);
  });
});

describe('differing fields', () => {
  it('are those that are not the same everywhere, with nothing where a document lacks one', () => {
    expect(
      differingFields([
        { a: 1, options: { x: 2, list: [1, 2] } },
        { a: 1, options: { x: 3, list: [1, 2], y: true } },
      ]),
    ).toEqual([
      { path: 'options.x', values: ['2', '3'] },
      { path: 'options.y', values: [undefined, 'true'] },
    ]);
  });

  it('tell the items of a list by their id, whatever their order', () => {
    const one = {
      applications: [
        { id: 'a', periodMs: 10 },
        { id: 'b', periodMs: 20 },
      ],
    };
    const other = {
      applications: [
        { id: 'b', periodMs: 25 },
        { id: 'a', periodMs: 10 },
      ],
    };
    expect(differingFields([one, other])).toEqual([{ path: 'applications[b].periodMs', values: ['20', '25'] }]);
  });

  it('are none for equal documents', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(differingFields([value, structuredClone(value), structuredClone(value)])).toEqual([]);
      }),
    );
  });
});

describe('overlaid curves', () => {
  const run = (fitness: readonly number[], makespans: readonly number[]) =>
    seriesOf(
      0,
      fitness.map((bestFitness, index) => ({
        elapsedMs: 100 * (index + 1),
        record: {
          evaluations: 10 * (index + 1),
          bestFitness,
          meanFitness: 0,
          worstFitness: 0,
          stdFitness: 0,
          distinctGenomes: 1,
          meanEntropy: 0,
          bestId: 0,
          bestMetrics: Float64Array.of(makespans[index], 0, 0, 0, 0),
        },
      })),
    );

  it('show the fittest so far, also where a generation lost it', () => {
    const { median } = overlayCurve([run([1, 3, 2], [30, 10, 20])], 'makespanMs', 'generation', 2);
    expect([median[0], median[120], median[239]]).toEqual([30, 10, 10]);
  });

  it('have no value before the first generation ends and keep the last one after the end', () => {
    const { median, x } = overlayCurve([run([1, 2], [9, 8])], 'fitness', 'evaluations', 100);
    expect(median[0]).toBeNaN();
    expect(median[239]).toBe(2);
    expect(median[x.findIndex((at) => at >= 10)]).toBe(1);
  });

  it('give median and quartiles of a group', () => {
    const group = [1, 2, 3, 4, 5].map((value) => run([value], [value]));
    const curve = overlayCurve(group, 'fitness', 'generation', 1);
    expect([curve.lower?.[5], curve.median[5], curve.upper?.[5]]).toEqual([2, 3, 4]);
    expect(overlayEnd([{ name: 'A', color: '', series: [run([1, 2, 3], [1, 1, 1])] }], 'time')).toBe(0.3);
  });
});

describe('words and colours', () => {
  it('name effect sizes as Vargha and Delaney do, from either side', () => {
    expect([0.5, 0.44, 0.57, 0.35, 0.3, 0.72, 1].map(effectWord)).toEqual([
      'negligible',
      'small',
      'small',
      'medium',
      'medium',
      'large',
      'large',
    ]);
    expect([pText(0.0001), pText(0.0123)]).toEqual(['p < 0.001', 'p = 0.012']);
  });

  it('can be told from the page, and have a counterpart in the other theme', () => {
    for (const theme of ['light', 'dark'] as const)
      for (const color of sideColors[theme])
        expect(contrastRatio(color, surfaceColor[theme])).toBeGreaterThanOrEqual(3);
    expect(sideColor(0, sideColors.light[3], 'dark')).toBe(sideColors.dark[3]);
    expect(sideColor(0, sideColors.dark[3], 'light')).toBe(sideColors.light[3]);
    expect(sideColor(2, undefined, 'light')).toBe(sideColors.light[2]);
  });
});
