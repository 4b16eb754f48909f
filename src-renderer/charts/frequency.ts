/** Satisfaction over request frequency for several schedules, with the bound that none can exceed: the curve that papers publish. */
import type { FrequencyBound } from '#shared/domain/frequency.ts';
import type { Satisfaction } from '#shared/analysis/request-frequency.ts';
import { writeCsv } from '#shared/formats/csv-writer.ts';
import { formatNumber } from '../format.ts';
import type { ThemeName } from '../theme/palette.ts';
import { colorTokens, fontTokens } from '../theme/tokens.ts';
import type { LegendEntry } from '../canvas/legend.ts';
import { AXIS_FONT_PX, plainGrid, tooltipContent, tooltipStyle, xAxis, yAxis } from './chart-style.ts';
import { roundRange } from './convergence.ts';
import type { EChartsOption } from './echarts.ts';

/** What the curve shows. */
export const satisfactionScores = ['satisfied', 'realTimeScore'] as const;
export type SatisfactionScore = (typeof satisfactionScores)[number];

export const scoreTitles: Readonly<Record<SatisfactionScore, string>> = {
  satisfied: 'Instances in time (%)',
  realTimeScore: 'Real-time score (%)',
};

export interface FrequencyCurve {
  readonly name: string;
  readonly color: string;
  /** Undefined where no point of the grid is enough. */
  readonly alpha: number | undefined;
  /** By ascending α. */
  readonly points: readonly Satisfaction[];
}

/** @param bound of all curves; undefined where they have different scenarios, or nothing is proven */
export function frequencyOption(
  curves: readonly FrequencyCurve[],
  bound: FrequencyBound | undefined,
  score: SatisfactionScore,
  theme: ThemeName,
): EChartsOption {
  const color = colorTokens[theme];
  const end = frequencyEnd(curves, bound);
  const range = roundRange(0, end);
  return {
    animation: false,
    grid: { ...plainGrid, right: 28 },
    xAxis: xAxis(
      { title: 'Request frequency (multiple of the scenario’s)', min: 0, max: end, interval: range.interval },
      theme,
    ),
    yAxis: yAxis({ title: scoreTitles[score], min: 0, max: 100, interval: 20 }, theme),
    tooltip: {
      ...tooltipStyle(theme),
      trigger: 'axis',
      axisPointer: { type: 'line', lineStyle: { color: color.textFaint, width: 1 } },
      formatter: (parameters: unknown) => {
        const frequency = frequencyAt(parameters);
        if (frequency === undefined) return '';
        return tooltipContent(
          `${formatNumber(frequency)} times as often (α = ${formatNumber(1 / frequency)})`,
          curves.flatMap(({ name, color: own, points }) => {
            const nearest = nearestTo(points, 1 / frequency);
            return nearest === undefined ? [] : [{ name, color: own, value: nearest[score] * 100, unit: '%' }];
          }),
          theme,
        );
      },
    },
    series: [
      ...curves.map(({ name, color: own, points }, index) => ({
        type: 'line' as const,
        name,
        data: points.map((point) => [1 / point.alpha, point[score] * 100]),
        lineStyle: { color: own, width: 2 },
        itemStyle: { color: own },
        showSymbol: false,
        z: 4,
        emphasis: { disabled: true },
        ...(index === 0 && bound !== undefined ? { markLine: boundLine(bound, theme) } : {}),
      })),
      ...curves.flatMap(({ name, color: own, alpha, points }) =>
        alpha === undefined
          ? []
          : [
              {
                type: 'scatter' as const,
                name,
                data: [[1 / alpha, scoreAt(points, alpha, score) * 100]],
                symbolSize: 9,
                silent: true,
                itemStyle: { color: own, borderColor: color.surface, borderWidth: 1.5 },
                z: 6,
                tooltip: { show: false },
              },
            ],
      ),
    ],
  };
}

function boundLine({ frequency }: FrequencyBound, theme: ThemeName) {
  const color = colorTokens[theme];
  return {
    silent: true,
    symbol: 'none',
    lineStyle: { color: color.text, width: 1.5, type: 'dashed' as const },
    label: {
      formatter: `bound ${formatNumber(frequency)}×`,
      position: 'insideEndTop' as const,
      color: color.textMuted,
      fontFamily: fontTokens.sans,
      fontSize: AXIS_FONT_PX,
    },
    data: [{ xAxis: frequency }],
  };
}

/** How far the picture reaches: a little beyond the bound and what any schedule supports; not to where nothing is in time any more. */
function frequencyEnd(curves: readonly FrequencyCurve[], bound: FrequencyBound | undefined): number {
  const supported = curves.flatMap(({ alpha }) => (alpha === undefined ? [] : [1 / alpha]));
  const highest = Math.max(1, ...supported, bound?.frequency ?? 0);
  const drawn = Math.max(0, ...curves.flatMap(({ points }) => points.map(({ alpha }) => 1 / alpha)));
  const end = Math.min(Math.max(drawn, 1), 1.25 * highest);
  return roundRange(0, end).max;
}

function scoreAt(points: readonly Satisfaction[], alpha: number, score: SatisfactionScore): number {
  return nearestTo(points, alpha)?.[score] ?? 1;
}

function nearestTo(points: readonly Satisfaction[], alpha: number): Satisfaction | undefined {
  return points.reduce<Satisfaction | undefined>(
    (nearest, point) =>
      nearest === undefined || Math.abs(point.alpha - alpha) < Math.abs(nearest.alpha - alpha) ? point : nearest,
    undefined,
  );
}

function frequencyAt(parameters: unknown): number | undefined {
  const first: unknown = Array.isArray(parameters) ? parameters[0] : undefined;
  if (typeof first !== 'object' || first === null || !('value' in first) || !Array.isArray(first.value))
    return undefined;
  const x: unknown = first.value[0];
  return typeof x === 'number' ? x : undefined;
}

/** Each curve with the frequency that its schedule supports. */
export function frequencyLegend(curves: readonly FrequencyCurve[]): LegendEntry[] {
  return curves.map(({ name, color, alpha }) => ({
    name,
    color,
    dash: 'solid' as const,
    value: alpha === undefined ? 'none' : `${formatNumber(1 / alpha)}×`,
  }));
}

/** All points of all curves. */
export function frequencyCsv(curves: readonly FrequencyCurve[]): string {
  return writeCsv(
    ['side', 'alpha', 'frequency', 'satisfied', 'realTimeScore'],
    curves.flatMap(({ name, points }) =>
      points.map(({ alpha, satisfied, realTimeScore }) => [name, alpha, 1 / alpha, satisfied, realTimeScore]),
    ),
  );
}
