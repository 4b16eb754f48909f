/** What charts show: round axes, thinning, one point, no points, the reference; and the columns they are drawn from. */
import { describe, expect, it } from 'vitest';
import {
  convergenceOption,
  hasDistances,
  roundRange,
  thinned,
  type ConvergenceChart,
} from '#renderer/charts/convergence.ts';
import { zoomed } from '#renderer/charts/use-progress-zoom.ts';
import { tooltipContent } from '#renderer/charts/chart-style.ts';
import { utilizationOption } from '#renderer/charts/utilization.ts';
import { cornersOf, loadOption } from '#renderer/charts/load.ts';
import { loadProfile } from '#shared/analysis/load-profile.ts';
import { fittestGeneration, GenerationColumns } from '#renderer/recorded/generation-columns.ts';
import { scheduleOf } from '#renderer/recorded/schedule-of.ts';
import { aSeries, gpuGenes, problem, reference } from './support/run-fixtures.ts';

const columnsOf = (length: number) => {
  const columns = new GenerationColumns();
  columns.append(aSeries(0, length));
  return columns.view();
};
const at = (value: number) => ({ name: 'NPU first', value });
const baseline = { name: 'NPU first', metrics: reference };
const chart = (changes: Partial<ConvergenceChart> = {}): ConvergenceChart => ({
  columns: columnsOf(30),
  axis: 'generation',
  quantity: 'fitness',
  reference: at(0),
  plannedGenerations: undefined,
  theme: 'light',
  ...changes,
});
const linesOf = (given: ConvergenceChart) =>
  convergenceOption(given).series as { name: string; data: number[][]; showSymbol: boolean }[];

describe('convergence', () => {
  it('draws best, mean and worst of the fitness, and only the best of a metric', () => {
    expect(
      linesOf(chart())
        .map((line) => line.name)
        .sort(),
    ).toEqual(['best', 'mean', 'worst']);
    const [line] = linesOf(chart({ quantity: 'energyMJ', reference: at(60) }));
    expect(line?.data[2]).toEqual([2, 48, 2]);
  });

  it('draws the hypervolume of fronts, with a gap where a generation has none', () => {
    const columns = new GenerationColumns();
    columns.append({ ...aSeries(0, 3), hypervolume: Float64Array.of(Number.NaN, 0, 5) });
    columns.append(aSeries(3, 1));
    const option = convergenceOption(chart({ columns: columns.view(), quantity: 'hypervolume', reference: undefined }));
    expect((option.series as { data: number[][] }[]).map(({ data }) => data.map(([, value]) => value))).toEqual([
      [Number.NaN, 0, 5, Number.NaN],
    ]);
    expect(option.yAxis).toMatchObject({ min: 0, max: expect.toSatisfy((high: number) => high >= 5) as number });
  });

  it('counts evaluations or seconds along the other axes', () => {
    expect(linesOf(chart({ axis: 'evaluations' }))[0]?.data[3]?.[0]).toBe(40);
    expect(linesOf(chart({ axis: 'time' }))[0]?.data[3]?.[0]).toBeCloseTo(0.4);
  });

  it.each([
    ['generation', 'Generation', 29],
    ['evaluations', 'Evaluations', 300],
    ['time', 'Time searching (s)', 3],
  ] as const)('names the axis of %s with the unit in which it counts', (axis, name, last) => {
    const option = convergenceOption(chart({ axis }));
    expect(option.xAxis).toMatchObject({ name });
    expect(linesOf(chart({ axis }))[0]?.data.at(-1)?.[0]).toBeCloseTo(last);
  });

  it.each([
    ['fitness', 'Fitness (no unit)'],
    ['makespanMs', 'Makespan (ms)'],
    ['throughputPerS', 'Throughput (instances/s)'],
    ['energyMJ', 'Energy (mJ)'],
    ['latencyMs', 'Latency (ms)'],
    ['hypervolume', 'Hypervolume (in units of NPU first)'],
  ] as const)('names the axis of %s with the unit of its column', (quantity, name) => {
    expect(convergenceOption(chart({ quantity, reference: undefined })).yAxis).toMatchObject({ name });
  });

  it('leaves room for the generations that are planned', () => {
    expect(convergenceOption(chart({ plannedGenerations: 200 })).xAxis).toMatchObject({ min: 0, max: 200 });
    expect(convergenceOption(chart()).xAxis).toMatchObject({ min: 0, max: 30 });
  });

  it('ends on the last of few generations, and has one alone in the middle', () => {
    expect(convergenceOption(chart({ columns: columnsOf(3) })).xAxis).toMatchObject({ min: 0, max: 2, interval: 1 });
    expect(convergenceOption(chart({ columns: columnsOf(1) })).xAxis).toMatchObject({
      min: -1,
      max: 1,
      interval: 1,
      axisLabel: { showMinLabel: false, showMaxLabel: false },
    });
  });

  it('shows best and reference whole, but not a worst far below them', () => {
    const columns = columnsOf(30);
    columns.worstFitness[0] = -1000;
    const axis = convergenceOption(chart({ columns, reference: at(4) })).yAxis as { min: number; max: number };
    expect(axis.max).toBeGreaterThanOrEqual(4);
    expect(axis.min).toBeLessThanOrEqual(0);
    expect(axis.min).toBeGreaterThan(-10);
  });

  it('shows the mean whole, but not the few first generations whose mean lies far below the others', () => {
    const columns = columnsOf(100);
    columns.bestFitness.fill(0.9);
    columns.worstFitness.fill(-60);
    for (let index = 0; index < 100; index++)
      columns.meanFitness[index] = index < 5 ? -50 + index * 8 : -3 - (index % 4) * 0.1;
    const axis = convergenceOption(chart({ columns, reference: at(0) })).yAxis as { min: number; max: number };
    expect(axis.min).toBeLessThanOrEqual(-3.3);
    expect(axis.min).toBeGreaterThan(-8);
  });

  it('shows a mean that is far below the best in every generation, as random search has it', () => {
    const columns = columnsOf(50);
    columns.bestFitness.fill(-3.5);
    columns.meanFitness.fill(-20);
    const axis = convergenceOption(chart({ columns, reference: at(0) })).yAxis as { min: number };
    expect(axis.min).toBeLessThanOrEqual(-20);
  });

  it('leaves out no generation while there are only a few', () => {
    const columns = columnsOf(5);
    columns.meanFitness[0] = -40;
    expect((convergenceOption(chart({ columns })).yAxis as { min: number }).min).toBeLessThanOrEqual(-40);
  });

  it('shows the reference even when every generation is above it', () => {
    const axis = convergenceOption(chart({ columns: columnsOf(1), reference: at(-40) })).yAxis as { min: number };
    expect(axis.min).toBeLessThanOrEqual(-40);
  });

  it('fills the frame with what comes after the steep rise, and always shows the last improvement', () => {
    const columns = columnsOf(200);
    columns.bestFitness.fill(0.8);
    columns.meanFitness.fill(0.7);
    [-30, -12, -2, 0.1, 0.3].forEach((value, index) => (columns.bestFitness[index] = value));
    const axis = convergenceOption(chart({ columns, reference: at(-6), hidden: new Set(['worst']) })).yAxis as {
      min: number;
      max: number;
    };
    expect([axis.min, axis.max]).toEqual([
      expect.toSatisfy((low: number) => low > -1 && low <= 0.3),
      expect.toSatisfy((high: number) => high >= 0.8 && high < 1.5),
    ]);
  });

  it('draws the best so far, and the best of the generation only where it has been lost', () => {
    const columns = columnsOf(5);
    columns.bestFitness.set([1, 3, 2, 2.5, 1]);
    columns.makespanMs.set([9, 5, 7, 6, 8]);
    const valuesOf = (quantity: 'fitness' | 'makespanMs') =>
      Object.fromEntries(
        linesOf(chart({ columns, quantity })).map(({ name, data }) => [name, data.map(([, value]) => value)]),
      );
    expect(valuesOf('fitness')).toMatchObject({ best: [1, 3, 3, 3, 3], 'of the generation': [1, 3, 2, 2.5, 1] });
    expect(valuesOf('makespanMs')).toEqual({ best: [9, 5, 5, 5, 5], 'of the generation': [9, 5, 7, 6, 8] });
  });

  it('leaves out the lines that are switched off, the baseline among them', () => {
    const series = convergenceOption(chart({ hidden: new Set(['worst', 'mean', 'NPU first']) })).series as {
      name: string;
      markLine?: object;
    }[];
    expect(series.map(({ name, markLine }) => [name, markLine])).toEqual([['best', undefined]]);
  });

  it('can show the distance from the best found on a logarithmic axis, without what has none', () => {
    const columns = columnsOf(4);
    columns.makespanMs.set([120, 30, 21, 20]);
    const option = convergenceOption(chart({ columns, quantity: 'makespanMs', scale: 'log' }));
    expect(option.yAxis).toMatchObject({ type: 'log', min: 1, max: 100 });
    expect((option.series as { data: number[][] }[])[0]?.data.map(([, value]) => value)).toEqual([
      100,
      10,
      1,
      Number.NaN,
    ]);
    expect(hasDistances(columns, 'makespanMs', 'light')).toBe(true);
    columns.makespanMs.fill(20);
    expect(hasDistances(columns, 'makespanMs', 'light')).toBe(false);
  });

  it('shows a window of the generations with all of them, and frames what is in it', () => {
    const columns = columnsOf(5000);
    columns.bestFitness.forEach((_, index) => (columns.bestFitness[index] = index < 4000 ? 0 : 1 + index / 1e6));
    const option = convergenceOption(
      chart({ columns, window: { from: 4100, to: 4200 }, hidden: new Set(['mean', 'worst', 'NPU first']) }),
    );
    expect(option.xAxis).toMatchObject({ min: 4100, max: 4200 });
    expect((option.yAxis as { min: number }).min).toBeGreaterThan(1);
    const [line] = option.series as { data: number[][] }[];
    expect([line?.data[0]?.[2], line?.data.at(-1)?.[2], line?.data.length]).toEqual([4100, 4200, 101]);
  });

  it('zooms at the cursor, never beyond its ends', () => {
    const extent = { from: 0, to: 100 };
    expect(zoomed(extent, extent, 0.5, 50, 1)).toEqual({ from: 25, to: 75 });
    expect(zoomed({ from: 0, to: 20 }, extent, 2, 0, 1)).toEqual({ from: 0, to: 40 });
    expect(zoomed({ from: 90, to: 100 }, extent, 0.5, 100, 1)).toEqual({ from: 95, to: 100 });
    expect(zoomed({ from: 40, to: 42 }, extent, 0.1, 41, 2)).toEqual({ from: 40, to: 42 });
    expect(zoomed({ from: 10, to: 90 }, extent, 2, 50, 1)).toBeUndefined();
  });

  it('makes sense with one generation and with none', () => {
    expect(linesOf(chart({ columns: columnsOf(1) })).every((line) => line.showSymbol)).toBe(true);
    expect(
      linesOf(chart({ columns: columnsOf(0), reference: undefined })).every((line) => line.data.length === 0),
    ).toBe(true);
  });

  it('thins many generations evenly, with the first and the last', () => {
    const points = thinned(100_000, 500);
    expect(points).toHaveLength(500);
    expect([points[0], points.at(-1)]).toEqual([0, 99_999]);
    expect(new Set(points).size).toBe(500);
  });
});

it.each([
  [0, 1],
  [-4.1, 0.9],
  [16.2, 26.8],
  [0.0012, 0.0019],
  [1e6, 3.3e6],
  [-15.6, 1.7],
])('axes from %f to %f have round grid lines and waste less than half a step above', (low, high) => {
  const { min, max, interval } = roundRange(low, high);
  expect(min).toBeLessThanOrEqual(low);
  expect(max).toBeGreaterThanOrEqual(high);
  expect((max - min) / interval).toBeLessThanOrEqual(7);
  expect(Math.abs(min / interval - Math.round(min / interval))).toBeLessThan(1e-6);
  expect(max - high).toBeLessThan(interval / 2);
});

it('utilisation has a bar per processing element, in per cent', () => {
  const { metrics, assignment } = scheduleOf(problem, gpuGenes);
  const option = utilizationOption({ problem, assignment, metrics, baseline, theme: 'dark' });
  const [bars] = option.series as { data: { value: number }[] }[];
  expect(bars?.data.map((bar) => bar.value)).toEqual(problem.pes.map((pe) => metrics.utilization[pe.id]! * 100));
});

it('utilisation of a core that is switched off is "off", not nought', () => {
  const genes = Uint8Array.from(gpuGenes);
  genes[0] = 0; // the first segment counts active cores, from one on
  const { metrics, assignment } = scheduleOf(problem, genes);
  const [, values] = utilizationOption({ problem, assignment, metrics, baseline, theme: 'dark' }).yAxis as {
    data: string[];
  }[];
  const cores = problem.pes.filter(({ processor }) => problem.processors[processor]!.kind === 'cpu').length;
  expect(cores).toBeGreaterThan(1);
  expect(values?.data.filter((value) => value === 'off')).toHaveLength(cores - 1);
  expect(values?.data.at(-1)).toMatch(/%$/);
});

it('tooltips take names as text, never as markup', () => {
  const content = tooltipContent(
    '<b>x</b>',
    [{ name: '<img src=x>', color: '#000000', value: 1.5, unit: 'ms' }],
    'light',
  );
  expect(content.querySelector('img, b')).toBeNull();
  expect(content.textContent).toContain('<img src=x>');
});

describe('generation columns', () => {
  it('take what is new of overlapping series, and refuse a gap', () => {
    const columns = new GenerationColumns();
    expect(columns.append(aSeries(0, 3))).toBe(true);
    expect(columns.append(aSeries(1, 4))).toBe(true);
    expect(columns.append(aSeries(9, 2))).toBe(false);
    expect(columns.view().length).toBe(5);
    expect([...columns.view().evaluations]).toEqual([10, 20, 30, 40, 50]);
  });

  it('keep earlier views as they were while they grow', () => {
    const columns = new GenerationColumns();
    columns.append(aSeries(0, 2));
    const before = columns.view();
    columns.append(aSeries(2, 5000));
    expect([...before.evaluations]).toEqual([10, 20]);
    expect(columns.view().evaluations[5001]).toBe(50_020);
  });
});

describe('load over time', () => {
  it.each([
    ['busyCores', 'Busy cores'],
    ['powerMW', 'Power (mW)'],
  ] as const)('names the axis of %s with its unit, and has room for the highest', (quantity, name) => {
    const { assignment, timeline } = scheduleOf(problem, gpuGenes);
    const profile = loadProfile(problem, assignment, timeline);
    const together = Array.from(profile.timeMs, (_, step) =>
      profile[quantity].reduce((sum, processor) => sum + processor[step]!, 0),
    );
    expect(Math.max(...together)).toBeGreaterThan(0);
    expect(loadOption(problem, profile, quantity, 'light')).toMatchObject({
      xAxis: { name: 'Time (ms)' },
      yAxis: { name, max: expect.toSatisfy((max: number) => max >= Math.max(...together)) as number },
    });
  });

  it('keeps both corners of every step, however short it is', () => {
    expect(cornersOf({ timeMs: Float64Array.of(0, 5, 5.0001), makespanMs: 9 }, Float64Array.of(2, 7, 1))).toEqual([
      [0, 0],
      [0, 2],
      [5, 2],
      [5, 7],
      [5.0001, 7],
      [5.0001, 1],
      [9, 1],
      [9, 0],
    ]);
  });
});

describe('the fittest generation', () => {
  it('is the first with the best fitness of all, also where later ones have lost it', () => {
    expect(fittestGeneration({ bestFitness: Float64Array.of(1, 3, 3, 2), length: 4 })).toBe(1);
  });
});
