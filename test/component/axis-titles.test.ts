/** Each axis of a chart names the unit of what is drawn along it, whatever its column is measured in. */
import { describe, expect, it } from 'vitest';
import type { LoadProfile } from '#shared/analysis/load-profile.ts';
import { generationColumnNames } from '#shared/domain/generation.ts';
import { shownMetrics } from '#shared/domain/metrics.ts';
import {
  convergenceOption,
  progressAxes,
  quantityTitle,
  type ConvergenceColumns,
  type RunQuantity,
} from '#renderer/charts/convergence.ts';
import { loadOption } from '#renderer/charts/load.ts';
import { aNetwork, aPlatform, aScenario } from '../fixtures/builders.ts';

/** The unit that a name of ours ends in, as people write it, and how many of the name's unit it is. */
const units: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  Ms: { ms: 1, s: 1000 },
  PerS: { 'instances/s': 1 },
  MJ: { mJ: 1, J: 1000 },
  MW: { mW: 1, W: 1000 },
};
function unitsOf(name: string): Readonly<Record<string, number>> {
  const suffix = Object.keys(units).find((candidate) => name.endsWith(candidate));
  return suffix === undefined ? {} : units[suffix]!;
}
/** "Makespan (ms)": "ms". */
function unitIn(title: string): string {
  return /\(([^)]*)\)$/.exec(title)?.[1] ?? '';
}

describe('the title of an axis names the unit of what is drawn along it', () => {
  const length = 3;
  const columns: ConvergenceColumns = {
    length,
    ...(Object.fromEntries(
      [...generationColumnNames, 'hypervolume'].map((name, place) => [
        name,
        Float64Array.from({ length }, (_, index) => 1000 * (place + 1) + index),
      ]),
    ) as Omit<ConvergenceColumns, 'length'>),
  };
  const chart = (axis: (typeof progressAxes)[number], quantity: RunQuantity) =>
    convergenceOption({
      columns,
      axis,
      quantity,
      reference: undefined,
      plannedGenerations: undefined,
      theme: 'light',
    }) as {
      readonly xAxis: { readonly name: string };
      readonly yAxis: { readonly name: string };
      readonly series: readonly { readonly name: string; readonly data: readonly (readonly number[])[] }[];
    };

  it.each(shownMetrics)('of $name over generations', ({ name }) => {
    const { yAxis, series } = chart('generation', name);
    const factor = unitsOf(name)[unitIn(yAxis.name)];
    expect(factor, `${yAxis.name} has no unit of ${name}`).toBeDefined();
    expect(series.at(-1)!.data.map((point) => point[1]! * factor!)).toEqual([...columns[name]]);
  });

  it('of the time spent searching', () => {
    const { xAxis, series } = chart('time', 'fitness');
    const factor = unitsOf('elapsedMs')[unitIn(xAxis.name)];
    expect(factor, `${xAxis.name} has no unit of time`).toBeDefined();
    expect(series[0]!.data.map(([x]) => Math.round(x! * factor!))).toEqual([...columns.elapsedMs]);
  });

  it('of a count, a fitness or a hypervolume, which have no unit', () => {
    expect(unitIn(chart('generation', 'fitness').xAxis.name)).toBe('');
    expect(unitIn(chart('evaluations', 'fitness').xAxis.name)).toBe('');
    expect(unitIn(quantityTitle('fitness'))).toBe('no unit');
    expect(unitIn(quantityTitle('hypervolume'))).toBe('in units of NPU first');
  });

  it('of power and busy cores over time', () => {
    const problem = aScenario()
      .on(aPlatform().withCores(1))
      .running(aNetwork().withLayer('x', { cpu: 4 }))
      .problem();
    const profile: LoadProfile = {
      timeMs: Float64Array.of(0, 4),
      makespanMs: 8,
      busyCores: [Float64Array.of(1, 0)],
      powerMW: [Float64Array.of(1500, 200)],
    };
    const drawn = (quantity: 'powerMW' | 'busyCores') =>
      loadOption(problem, profile, quantity, 'light') as {
        readonly xAxis: { readonly name: string; readonly max: number };
        readonly yAxis: { readonly name: string; readonly max: number };
      };
    const { xAxis, yAxis } = drawn('powerMW');
    expect(xAxis.max * unitsOf('makespanMs')[unitIn(xAxis.name)]!).toBe(profile.makespanMs);
    // The stacked values are drawn as they are: the axis reaches just beyond the highest of them.
    const highest = yAxis.max * unitsOf('powerMW')[unitIn(yAxis.name)]!;
    expect(highest).toBeGreaterThanOrEqual(1500);
    expect(highest).toBeLessThan(2 * 1500);
    expect(unitIn(drawn('busyCores').yAxis.name)).toBe('');
  });
});
