/** What the processors do over time as stacked steps: busy cores, or power. */
import type { LoadProfile } from '#shared/analysis/load-profile.ts';
import { metricOf, titleWithUnit, type Quantity } from '#shared/domain/metrics.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { clusterOf, mixColors, processorColor, type ThemeName } from '../theme/palette.ts';
import { colorTokens } from '../theme/tokens.ts';
import { formatNumber } from '../format.ts';
import { plainGrid, tooltipContent, tooltipStyle, xAxis, yAxis } from './chart-style.ts';
import { roundRange } from './convergence.ts';
import type { EChartsOption } from './echarts.ts';
import { firstParameter } from './tooltip-parameters.ts';
import type { LegendEntry } from '../canvas/legend.ts';

export type LoadQuantity = 'busyCores' | 'powerMW';

const quantities = {
  busyCores: { title: 'Busy cores', unit: '' },
  powerMW: { title: 'Power', unit: metricOf('peakPowerMW').unit },
} as const satisfies Readonly<Record<LoadQuantity, Pick<Quantity, 'title' | 'unit'>>>;

export function loadOption(
  problem: Problem,
  profile: LoadProfile,
  quantity: LoadQuantity,
  theme: ThemeName,
): EChartsOption {
  const { timeMs, makespanMs } = profile;
  const { unit } = quantities[quantity];
  const highest = timeMs.reduce(
    (most, _, step) =>
      Math.max(
        most,
        profile[quantity].reduce((sum, processor) => sum + processor[step], 0),
      ),
    0,
  );
  const colors = processorColors(problem, theme);
  return {
    animation: false,
    grid: plainGrid,
    xAxis: xAxis(
      {
        title: titleWithUnit({ title: 'Time', unit: metricOf('makespanMs').unit }),
        min: 0,
        max: makespanMs || 1,
        interval: roundRange(0, makespanMs || 1, 6).interval,
      },
      theme,
    ),
    yAxis: yAxis(
      {
        title: titleWithUnit(quantities[quantity]),
        startsAtZero: true,
        ...(highest > 0 ? (quantity === 'busyCores' ? wholeRange(highest) : roundRange(0, highest)) : {}),
      },
      theme,
    ),
    tooltip: {
      ...tooltipStyle(theme),
      trigger: 'axis',
      axisPointer: { type: 'line', lineStyle: { color: colorTokens[theme].textFaint, width: 1 } },
      formatter: (parameters: unknown) => {
        const atMs = axisValueOf(parameters);
        if (atMs === undefined) return '';
        const step = Math.max(
          0,
          timeMs.findLastIndex((from) => from <= atMs),
        );
        const rows = problem.processors.map((processor, index) => ({
          name: processor.name,
          color: colors[index],
          value: profile[quantity][index][step],
          unit,
        }));
        return tooltipContent(
          `from ${formatNumber(timeMs[step])} ms`,
          [
            ...rows,
            {
              name: 'together',
              color: colorTokens[theme].text,
              value: rows.reduce((sum, row) => sum + row.value, 0),
              unit,
            },
          ],
          theme,
        );
      },
    },
    // Stacked here, the whole stack first and opaque. Each is one polygon: the chart's own areas leave out points nearer than a pixel,
    // which draws short steps slanted.
    series: problem.processors
      .map((_, index) => problem.processors.length - 1 - index)
      .map((top, order) => {
        const corners = cornersOf(
          profile,
          Float64Array.from(timeMs, (_at, step) =>
            profile[quantity].slice(0, top + 1).reduce((sum, processor) => sum + processor[step], 0),
          ),
        );
        return {
          type: 'custom' as const,
          name: problem.processors[top].name,
          silent: true,
          z: 3 + order,
          itemStyle: { color: colors[top] },
          data: Array.from(timeMs, (at) => [at, 0]),
          renderItem: (parameters: { readonly dataIndexInside: number }, api: { coord(point: number[]): number[] }) =>
            parameters.dataIndexInside === 0
              ? {
                  type: 'polygon' as const,
                  shape: { points: corners.map((corner) => api.coord(corner)) },
                  style: { fill: mixColors(colorTokens[theme].surface, colors[top], 0.85) },
                }
              : undefined,
        };
      }),
  };
}

/** Which colour is which processor. */
export function loadLegend(problem: Problem, theme: ThemeName): LegendEntry[] {
  const colors = processorColors(problem, theme);
  return problem.processors.map(({ name }, index) => ({ name, dash: 'square', color: colors[index] }));
}

function processorColors({ processors }: Problem, theme: ThemeName): string[] {
  return processors.map(({ kind }, index) => processorColor(kind, 0, theme, clusterOf(processors, index)));
}

/** A range from 0 to a count, with grid lines at whole numbers. */
function wholeRange(highest: number): { min: number; max: number; interval: number } {
  const interval = Math.max(1, Math.ceil(highest / 4));
  return { min: 0, max: Math.ceil(highest / interval) * interval, interval };
}

/** The outline of a step function from the zero line at the start to the zero line at the end, [ms, value]. */
export function cornersOf(
  { timeMs, makespanMs }: Pick<LoadProfile, 'timeMs' | 'makespanMs'>,
  values: Float64Array,
): [number, number][] {
  const steps = Array.from(values, (value, step): [number, number][] => [
    [timeMs[step], value],
    [timeMs[step + 1] ?? makespanMs, value],
  ]);
  return [[timeMs[0] ?? 0, 0], ...steps.flat(), [makespanMs, 0]];
}

/** Where the pointer is along the axis. */
function axisValueOf(parameters: unknown): number | undefined {
  const value = firstParameter(parameters)?.axisValue;
  return typeof value === 'number' ? value : undefined;
}
