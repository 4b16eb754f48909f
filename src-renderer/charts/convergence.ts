/** The convergence of a run as a chart: best, mean and worst fitness, or a metric of each generation's best, against generations, evaluations or time. */
import type { HeadlineMetricName } from '#shared/domain/run.ts';
import { REFERENCE_NAME, shownMetrics } from '../components/headline-metrics.ts';
import { formatCount, formatNumber } from '../format.ts';
import { mixColors, type ThemeName } from '../theme/palette.ts';
import { colorTokens } from '../theme/tokens.ts';
import { plainGrid, tooltipContent, tooltipStyle, xAxis, yAxis } from './chart-style.ts';
import type { EChartsOption } from './echarts.ts';

export const progressAxes = ['generation', 'evaluations', 'time'] as const;
export type ProgressAxis = (typeof progressAxes)[number];
export type ConvergenceQuantity = 'fitness' | Exclude<HeadlineMetricName, 'constraintViolation'>;
/** Of one run also the hypervolume of each generation's front, where its scheduler has one. */
export type RunQuantity = ConvergenceQuantity | 'hypervolume';

/** One number per generation in each column. */
export interface ConvergenceColumns extends Readonly<Record<'elapsedMs' | 'evaluations' | 'bestFitness' | 'meanFitness' | 'worstFitness' | 'hypervolume' | Exclude<HeadlineMetricName, 'constraintViolation'>, Float64Array>> {
  readonly length: number;
}

export interface ConvergenceChart {
  readonly columns: ConvergenceColumns;
  readonly axis: ProgressAxis;
  readonly quantity: RunQuantity;
  /** The quantity of the NPU-first schedule. */
  readonly reference: number | undefined;
  /** Where the generation axis ends while the run goes on, so that the curve grows into its room. */
  readonly plannedGenerations: number | undefined;
  readonly theme: ThemeName;
}

export interface ConvergenceLine {
  readonly name: string;
  readonly column: keyof Omit<ConvergenceColumns, 'length'>;
  readonly color: string;
  readonly dash: 'solid' | 'dashed' | 'dotted';
  readonly width: number;
}

/** More points than these are thinned evenly: a screen shows no more. */
export const MOST_POINTS = 700;

/** Of more, the axis ends on the round number of them, one beyond the last. */
const FEW_GENERATIONS = 10;

export const axisTitles: Readonly<Record<ProgressAxis, string>> = { generation: 'Generation', evaluations: 'Evaluations', time: 'Time searching (s)' };

/** "Makespan (ms)". */
export function quantityTitle(quantity: RunQuantity): string {
  if (quantity === 'hypervolume') return 'Hypervolume (in units of NPU first)';
  const metric = shownMetrics.find((candidate) => candidate.name === quantity);
  return metric === undefined ? 'Fitness (no unit)' : `${metric.title} (${metric.unit})`;
}

/** The lines of a chart, front to back. */
export function convergenceLines(quantity: RunQuantity, theme: ThemeName): ConvergenceLine[] {
  const color = colorTokens[theme];
  if (quantity === 'hypervolume') return [{ name: 'front', column: 'hypervolume', color: color.accent, dash: 'solid', width: 2 }];
  if (quantity !== 'fitness') return [{ name: 'best', column: quantity, color: color.accent, dash: 'solid', width: 2 }];
  return [
    { name: 'best', column: 'bestFitness', color: color.accent, dash: 'solid', width: 2 },
    { name: 'mean', column: 'meanFitness', color: color.textMuted, dash: 'solid', width: 1.25 },
    { name: 'worst', column: 'worstFitness', color: mixColors(color.textFaint, color.surface, 0.2), dash: 'solid', width: 1 },
  ];
}

export function convergenceOption(chart: ConvergenceChart): EChartsOption {
  const { columns, axis, quantity, reference, theme } = chart;
  const color = colorTokens[theme];
  const lines = convergenceLines(quantity, theme);
  const points = thinned(columns.length);
  const position = (index: number): number => (axis === 'generation' ? index : axis === 'evaluations' ? columns.evaluations[index] : columns.elapsedMs[index] / 1000);
  const unit = shownMetrics.find((metric) => metric.name === quantity)?.unit ?? '';
  const range = valueRange(chart, points);
  const last = columns.length - 1;
  const end = axis === 'generation' ? Math.max(1, chart.plannedGenerations ?? (columns.length > FEW_GENERATIONS ? columns.length : last)) : last < 0 ? 1 : position(last) || 1;
  const xInterval = roundRange(0, end).interval;
  // A generation alone stands in the middle: there is no way to be seen.
  const isAlone = axis === 'generation' && columns.length === 1 && chart.plannedGenerations === undefined;
  const progressAxis = xAxis({ title: axisTitles[axis], min: isAlone ? -1 : 0, max: isAlone ? 1 : end, interval: axis === 'time' ? xInterval : Math.max(1, xInterval) }, theme);
  return {
    animation: false,
    grid: plainGrid,
    xAxis: { ...progressAxis, ...(axis === 'time' ? {} : { minInterval: 1 }), ...(isAlone ? { axisLabel: { ...progressAxis.axisLabel, showMinLabel: false, showMaxLabel: false } } : {}) },
    yAxis: yAxis({ title: quantityTitle(quantity), ...range }, theme),
    tooltip: {
      ...tooltipStyle(theme),
      trigger: 'axis',
      axisPointer: { type: 'line', lineStyle: { color: color.textFaint, width: 1 }, snap: true },
      formatter: (parameters: unknown) => {
        const index = generationAt(parameters);
        if (index === undefined) return '';
        const heading = `Generation ${formatCount(index)} · ${formatCount(columns.evaluations[index])} evaluations · ${formatNumber(columns.elapsedMs[index] / 1000)} s`;
        const rows = lines.map((line) => ({ name: line.name, color: line.color, value: columns[line.column][index], unit }));
        return tooltipContent(heading, reference === undefined ? rows : [...rows, { name: REFERENCE_NAME, color: referenceColor(theme), value: reference, unit }], theme);
      },
    },
    series: lines.toReversed().map((line, order) => ({
      type: 'line' as const,
      name: line.name,
      data: points.map((index) => [position(index), columns[line.column][index], index]),
      encode: { x: 0, y: 1 },
      lineStyle: { color: line.color, width: line.width, type: line.dash, cap: 'butt' as const },
      itemStyle: { color: line.color },
      // A single point has no line to be seen by.
      showSymbol: points.length === 1,
      symbol: 'circle',
      symbolSize: points.length === 1 ? 7 : 5,
      z: 3 + order,
      emphasis: { disabled: true },
      ...(order === lines.length - 1 && reference !== undefined ? { markLine: referenceLine(reference, theme) } : {}),
    })),
  };
}

function referenceLine(value: number, theme: ThemeName) {
  return { silent: true, symbol: 'none', animation: false, label: { show: false }, lineStyle: { color: referenceColor(theme), width: 1, type: [6, 3] }, data: [{ yAxis: value }] };
}

/** Colour of the reference in every chart. */
export function referenceColor(theme: ThemeName): string {
  return colorTokens[theme].text;
}

/** Indices of the generations to draw: all, or evenly chosen ones with the first and the last. */
export function thinned(length: number, most = MOST_POINTS): number[] {
  if (length <= most) return Array.from({ length }, (_, index) => index);
  return Array.from({ length: most }, (_, index) => Math.round((index * (length - 1)) / (most - 1)));
}

/**
 * The y range, on round numbers. It shows the best and the reference whole. It also shows the mean, except where it lies far below
 * its usual values: the first generations of a search can be worse by orders of magnitude, because violations are penalised, and
 * would press everything else against the top. "Far" is Tukey's outer fence, three interquartile ranges below the lower quartile of
 * the mean (Tukey 1977, "Exploratory Data Analysis"); of a few generations none is left out. The worst may leave the picture at the
 * bottom: it stretches it by no more than ROOM_FOR_WORST.
 */
function valueRange({ columns, quantity, reference }: ConvergenceChart, points: readonly number[]): { min?: number; max?: number; interval?: number } {
  if (points.length === 0) return {};
  const best = points.map((index) => columns[quantity === 'fitness' ? 'bestFitness' : quantity][index]).filter((value) => !Number.isNaN(value));
  if (best.length === 0) return {};
  const shown = reference === undefined ? best : [...best, reference];
  if (quantity === 'fitness') shown.push(...withoutFarLow(points.map((index) => columns.meanFitness[index])));
  let low = shown.reduce((least, value) => Math.min(least, value), Infinity);
  const high = shown.reduce((most, value) => Math.max(most, value), -Infinity);
  const span = high - low || Math.abs(high) || 1;
  if (quantity === 'fitness') {
    const worst = points.reduce((least, index) => Math.min(least, columns.worstFitness[index]), low);
    low = Math.max(worst, low - span * ROOM_FOR_WORST);
  }
  // What is never negative has no room below zero.
  return roundRange(low >= 0 ? Math.max(0, low - span * 0.03) : low - span * 0.03, high + span * 0.05);
}

/** How far the worst may stretch the picture, in spans of all that is shown whole. */
const ROOM_FOR_WORST = 0.2;
/** With fewer values than these, quartiles tell nothing. */
const FEWEST_FOR_QUARTILES = 8;

/** `values` without those below Tukey's outer fence. */
function withoutFarLow(values: readonly number[]): readonly number[] {
  if (values.length < FEWEST_FOR_QUARTILES) return values;
  const sorted = values.toSorted((a, b) => a - b);
  const lower = sorted[Math.floor(sorted.length / 4)];
  const upper = sorted[Math.floor((sorted.length * 3) / 4)];
  return values.filter((value) => value >= lower - 3 * (upper - lower));
}

/** The range around `low … high` whose grid lines, about `lines`, are round numbers; it ends on one, above perhaps halfway to the next. */
export function roundRange(low: number, high: number, lines = 4.5): { min: number; max: number; interval: number } {
  const rough = (high - low) / lines;
  const power = 10 ** Math.floor(Math.log10(rough));
  const interval = power * ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const tidy = (value: number): number => Number(value.toPrecision(12));
  return { min: tidy(Math.floor(low / interval) * interval), max: tidy((Math.ceil((high / interval) * 2) * interval) / 2), interval };
}

function generationAt(parameters: unknown): number | undefined {
  const first: unknown = Array.isArray(parameters) ? parameters[0] : undefined;
  if (typeof first !== 'object' || first === null || !('value' in first) || !Array.isArray(first.value)) return undefined;
  const index: unknown = first.value[2];
  return typeof index === 'number' ? index : undefined;
}
