/** The convergence of a run as a chart: best, mean and worst fitness, or a metric of each generation's best, against generations, evaluations or time. */
import {
  bestOf,
  minimised,
  quantityOf,
  titleWithUnit,
  type Quantity,
  type ShownMetricName,
} from '#shared/domain/metrics.ts';
import { formatCount, formatNumber } from '../format.ts';
import { mixColors, type ThemeName } from '../theme/palette.ts';
import { colorTokens } from '../theme/tokens.ts';
import { plainGrid, tooltipContent, tooltipStyle, xAxis, yAxis } from './chart-style.ts';
import type { EChartsOption } from './echarts.ts';
import { firstParameter } from './tooltip-parameters.ts';
import { roundStep } from '../canvas/round-steps.ts';

export const progressAxes = ['generation', 'evaluations', 'time'] as const;
export type ProgressAxis = (typeof progressAxes)[number];
export type ConvergenceQuantity = 'fitness' | ShownMetricName;
/** Of one run also the hypervolume of each generation's front, where its scheduler has one. */
export type RunQuantity = ConvergenceQuantity | 'hypervolume';

/** One number per generation in each column. */
export interface ConvergenceColumns extends Readonly<
  Record<
    'elapsedMs' | 'evaluations' | 'bestFitness' | 'meanFitness' | 'worstFitness' | 'hypervolume' | ShownMetricName,
    Float64Array
  >
> {
  readonly length: number;
}

/** A value that a chart shows as a level line, by its name. */
export interface NamedValue {
  readonly name: string;
  readonly value: number;
}

/** Positions along the progress axis that are shown. */
export interface ProgressWindow {
  readonly from: number;
  readonly to: number;
}

export interface ConvergenceChart {
  readonly columns: ConvergenceColumns;
  readonly axis: ProgressAxis;
  readonly quantity: RunQuantity;
  /** The quantity of the baseline. */
  readonly reference: NamedValue | undefined;
  /** Where the generation axis ends while the run goes on, so that the curve grows into its room. */
  readonly plannedGenerations: number | undefined;
  readonly theme: ThemeName;
  /** Names of lines that are switched off. */
  readonly hidden?: ReadonlySet<string> | undefined;
  /** "log": the distance from the best found, logarithmic. */
  readonly scale?: ConvergenceScale | undefined;
  /** Undefined: all of it. */
  readonly window?: ProgressWindow | undefined;
}

export type ConvergenceScale = 'linear' | 'log';

export interface ConvergenceLine {
  readonly name: string;
  /** By generation. */
  readonly values: Float64Array;
  readonly color: string;
  readonly dash: 'solid' | 'dashed' | 'dotted';
  readonly width: number;
}

/** More points than these are thinned evenly: a screen shows no more. */
export const MOST_POINTS = 700;

/** Of more, the axis ends on the round number of them, one beyond the last. */
const FEW_GENERATIONS = 10;

/** What each axis of progress shows, with its unit. */
const progressQuantities = {
  generation: { title: 'Generation', unit: '' },
  evaluations: { title: 'Evaluations', unit: '' },
  time: { title: 'Time searching', unit: 's' },
} as const satisfies Readonly<Record<ProgressAxis, Pick<Quantity, 'title' | 'unit'>>>;

export const axisTitles: Readonly<Record<ProgressAxis, string>> = {
  generation: titleWithUnit(progressQuantities.generation),
  evaluations: titleWithUnit(progressQuantities.evaluations),
  time: titleWithUnit(progressQuantities.time),
};

/** "Makespan (ms)". */
export function quantityTitle(quantity: RunQuantity, scale: ConvergenceScale = 'linear'): string {
  if (quantity === 'hypervolume')
    return scale === 'log'
      ? 'Hypervolume, distance from the best found (in units of NPU first)'
      : 'Hypervolume (in units of NPU first)';
  const { title, unit } = quantityOf(quantity);
  return titleWithUnit({
    title: scale === 'log' ? `${title}, distance from the best found` : title,
    unit: unit === '' ? 'no unit' : unit,
  });
}

/** [G] the generation whose best is the fittest up to each: a search that starts again, or accepts what is worse, may have lost it since. */
function fittestUpTo({ bestFitness, length }: ConvergenceColumns): Uint32Array {
  const fittest = new Uint32Array(length);
  for (let index = 1; index < length; index++)
    fittest[index] = bestFitness[index] > bestFitness[fittest[index - 1]] ? index : fittest[index - 1];
  return fittest;
}

/** The lines of a chart, front to back. "best": of all generations so far; "of the generation" only where it is ever another. */
export function convergenceLines(
  columns: ConvergenceColumns,
  quantity: RunQuantity,
  theme: ThemeName,
): ConvergenceLine[] {
  const color = colorTokens[theme];
  if (quantity === 'hypervolume')
    return [{ name: 'front', values: columns.hypervolume, color: color.accent, dash: 'solid', width: 2 }];
  const ofGeneration = columns[quantity === 'fitness' ? 'bestFitness' : quantity];
  const soFar = Float64Array.from(fittestUpTo(columns), (generation) => ofGeneration[generation]);
  const best: ConvergenceLine = { name: 'best', values: soFar, color: color.accent, dash: 'solid', width: 2 };
  const isOther = soFar.some((value, index) => value !== ofGeneration[index]);
  const lines = isOther
    ? [
        best,
        {
          name: 'of the generation',
          values: ofGeneration,
          color: mixColors(color.accent, color.surface, 0.45),
          dash: 'solid' as const,
          width: 1,
        },
      ]
    : [best];
  if (quantity !== 'fitness') return lines;
  return [
    ...lines,
    { name: 'mean', values: columns.meanFitness, color: color.textMuted, dash: 'solid', width: 1.25 },
    {
      name: 'worst',
      values: columns.worstFitness,
      color: mixColors(color.textFaint, color.surface, 0.2),
      dash: 'solid',
      width: 1,
    },
  ];
}

/** Whether there are distances from the best found to be drawn on a logarithmic axis. */
export function hasDistances(columns: ConvergenceColumns, quantity: RunQuantity, theme: ThemeName): boolean {
  return distancesOf(convergenceLines(columns, quantity, theme), quantity).some(({ values }) =>
    values.some((value) => value > 0),
  );
}

/** Each line as its distance from the best value of the first one; NaN where there is none, which no logarithm has. */
function distancesOf(lines: readonly ConvergenceLine[], quantity: RunQuantity): ConvergenceLine[] {
  const goal = quantity === 'hypervolume' ? 'higher' : quantityOf(quantity).goal;
  const [front] = lines;
  const best = bestOf(
    goal,
    [...front.values].filter((value) => !Number.isNaN(value)),
  );
  return lines.map((line) => ({
    ...line,
    values: line.values
      .map((value) => minimised(goal, value - best))
      .map((distance) => (distance > 0 ? distance : Number.NaN)),
  }));
}

/** Where each generation lies along the axis. */
function positionOf({ evaluations, elapsedMs }: ConvergenceColumns, axis: ProgressAxis): (index: number) => number {
  return (index) =>
    axis === 'generation' ? index : axis === 'evaluations' ? evaluations[index] : elapsedMs[index] / 1000;
}

/** The whole progress axis of a chart: what `window` is a part of. */
export function progressExtent({
  columns,
  axis,
  plannedGenerations,
}: Pick<ConvergenceChart, 'columns' | 'axis' | 'plannedGenerations'>): ProgressWindow {
  const last = columns.length - 1;
  if (axis === 'generation')
    return {
      from: 0,
      to: Math.max(1, plannedGenerations ?? (columns.length > FEW_GENERATIONS ? columns.length : last)),
    };
  return { from: 0, to: last < 0 ? 1 : positionOf(columns, axis)(last) || 1 };
}

/** The generations to draw: those in the window with one on either side, thinned. */
function pointsIn(columns: ConvergenceColumns, axis: ProgressAxis, window: ProgressWindow | undefined): number[] {
  if (window === undefined) return thinned(columns.length);
  const position = positionOf(columns, axis);
  let first = 0;
  while (first + 1 < columns.length && position(first + 1) <= window.from) first++;
  let last = columns.length - 1;
  while (last - 1 > first && position(last - 1) >= window.to) last--;
  return thinned(last - first + 1).map((index) => first + index);
}

export function convergenceOption(chart: ConvergenceChart): EChartsOption {
  const { columns, axis, quantity, theme, hidden, window, scale = 'linear' } = chart;
  const reference = scale === 'log' ? undefined : chart.reference;
  const color = colorTokens[theme];
  const measured = convergenceLines(columns, quantity, theme);
  const lines = (scale === 'log' ? distancesOf(measured, quantity) : measured).filter(
    ({ name }) => hidden?.has(name) !== true,
  );
  const points = pointsIn(columns, axis, window);
  const position = positionOf(columns, axis);
  const unit = quantity === 'hypervolume' ? '' : quantityOf(quantity).unit;
  const isReferenceOn = reference !== undefined && hidden?.has(reference.name) !== true;
  const title = quantityTitle(quantity, scale);
  const { from, to } = window ?? progressExtent(chart);
  const xInterval = roundRange(from, to).interval;
  // A single generation is centred: there is no progress to show.
  const isAlone = axis === 'generation' && columns.length === 1 && chart.plannedGenerations === undefined;
  const interval = axis === 'time' ? xInterval : Math.max(1, xInterval);
  const progressAxis = xAxis(
    {
      title: axisTitles[axis],
      min: isAlone ? -1 : from,
      max: isAlone ? 1 : to,
      interval: window === undefined ? interval : undefined,
    },
    theme,
  );
  return {
    animation: false,
    grid: plainGrid,
    xAxis: {
      ...progressAxis,
      ...(axis === 'time' ? {} : { minInterval: 1 }),
      ...(isAlone ? { axisLabel: { ...progressAxis.axisLabel, showMinLabel: false, showMaxLabel: false } } : {}),
    },
    yAxis:
      scale === 'log'
        ? logAxis(title, lines, points, theme)
        : yAxis(
            {
              title,
              ...valueRange({
                lines,
                points,
                reference: isReferenceOn ? reference.value : undefined,
                isWindow: window !== undefined,
              }),
            },
            theme,
          ),
    tooltip: {
      ...tooltipStyle(theme),
      trigger: 'axis',
      axisPointer: { type: 'line', lineStyle: { color: color.textFaint, width: 1 }, snap: true },
      formatter: (parameters: unknown) => {
        const index = generationAt(parameters);
        if (index === undefined) return '';
        const heading =
          `Generation ${formatCount(index)} · ${formatCount(columns.evaluations[index])} evaluations · ` +
          `${formatNumber(columns.elapsedMs[index] / 1000)} s`;
        const rows = measured.map((line) => ({ name: line.name, color: line.color, value: line.values[index], unit }));
        return tooltipContent(
          heading,
          reference === undefined
            ? rows
            : [...rows, { name: reference.name, color: referenceColor(theme), value: reference.value, unit }],
          theme,
        );
      },
    },
    series: lines.toReversed().map((line, order) => ({
      type: 'line' as const,
      name: line.name,
      data: points.map((index) => [position(index), line.values[index], index]),
      encode: { x: 0, y: 1 },
      lineStyle: { color: line.color, width: line.width, type: line.dash, cap: 'butt' as const },
      itemStyle: { color: line.color },
      // A single point has no line to be seen by.
      showSymbol: points.length === 1,
      symbol: 'circle',
      symbolSize: points.length === 1 ? 7 : 5,
      z: 3 + order,
      emphasis: { disabled: true },
      ...(order === lines.length - 1 && isReferenceOn ? { markLine: referenceLine(reference.value, theme) } : {}),
    })),
  };
}

/** From the power of ten below the least distance to the one above the greatest. */
function logAxis(title: string, lines: readonly ConvergenceLine[], points: readonly number[], theme: ThemeName) {
  const distances = lines.flatMap(({ values }) => points.map((index) => values[index]).filter((value) => value > 0));
  const power = (value: number, round: (exponent: number) => number): number => 10 ** round(Math.log10(value));
  const least = distances.reduce((low, value) => Math.min(low, value), Infinity);
  const most = distances.reduce((high, value) => Math.max(high, value), 0);
  const range =
    distances.length === 0
      ? { min: 0.1, max: 1 }
      : { min: power(least, Math.floor), max: Math.max(power(most, Math.ceil), power(least, Math.floor) * 10) };
  return { ...yAxis({ title, ...range }, theme), type: 'log' as const, logBase: 10 };
}

function referenceLine(value: number, theme: ThemeName) {
  return {
    silent: true,
    symbol: 'none',
    animation: false,
    label: { show: false },
    lineStyle: { color: referenceColor(theme), width: 1, type: [6, 3] },
    data: [{ yAxis: value }],
  };
}

/** Colour of the baseline in every chart. */
export function referenceColor(theme: ThemeName): string {
  return colorTokens[theme].text;
}

/** Indices of the generations to draw: all, or evenly chosen ones with the first and the last. */
export function thinned(length: number, most = MOST_POINTS): number[] {
  if (length <= most) return Array.from({ length }, (_, index) => index);
  return Array.from({ length: most }, (_, index) => Math.round((index * (length - 1)) / (most - 1)));
}

interface FramedValues {
  /** Front to back. */
  readonly lines: readonly ConvergenceLine[];
  readonly points: readonly number[];
  readonly reference: number | undefined;
  /** A person has chosen the stretch: it is shown from its first generation on. */
  readonly isWindow: boolean;
}

/** Generations that the frame is made for are those after this share of them: the steep rise before may leave the picture. */
const STEEP_SHARE = 0.05;
/** Share of the whole way of the best that may be left where the frame begins, unless that is after LATEST_SHARE of the generations. */
const LEFT_TO_GO = 0.1;
const LATEST_SHARE = 0.25;
/** With fewer generations than these all are framed. */
const FEWEST_TO_LEAVE_OUT = 8;
/** How far the worst may stretch it, in spans of all else. */
const ROOM_FOR_WORST = 0.2;
/** How far other lines and the baseline may stretch the picture, in spans of the best. */
const ROOM_FOR_OTHERS = 2;

/**
 * The y range, on round numbers: the interesting part fills it. It shows the best from the end of its steep rise on, and at least its
 * last improvement. The other lines and the baseline are shown as far as they do not press the best flat: up to ROOM_FOR_OTHERS times
 * its span beyond it; what lies farther leaves the picture, and its value is in the legend.
 */
function valueRange({ lines, points, reference, isWindow }: FramedValues): {
  min?: number;
  max?: number;
  interval?: number;
} {
  const [front, ...others] = lines;
  if (front === undefined) return {};
  const drawn = points.map((index) => front.values[index]).filter((value) => !Number.isNaN(value));
  if (drawn.length === 0) return {};
  const isShort = isWindow || drawn.length < FEWEST_TO_LEAVE_OUT;
  const best = drawn.slice(isShort ? 0 : framedFrom(drawn));
  let low = best.reduce((least, value) => Math.min(least, value), Infinity);
  let high = best.reduce((most, value) => Math.max(most, value), -Infinity);
  const framed = points.slice(drawn.length - best.length);
  const worst = lines.find(({ name }) => name === 'worst');
  const beside = [
    ...others.filter((line) => line !== worst).flatMap(({ values }) => framed.map((index) => values[index])),
    ...(reference === undefined ? [] : [reference]),
  ].filter((value) => !Number.isNaN(value));
  const room = high === low || isShort ? Infinity : (high - low) * ROOM_FOR_OTHERS;
  const [least, most] = [low - room, high + room];
  for (const value of beside) {
    low = Math.min(low, Math.max(value, value === reference && value < least ? low : least));
    if (value <= most) high = Math.max(high, value);
  }
  if (worst !== undefined)
    low = Math.max(
      framed.reduce((lowest, index) => Math.min(lowest, worst.values[index]), low),
      low - (high - low || 1) * ROOM_FOR_WORST,
    );
  const span = high - low || Math.abs(high) || 1;
  // What is never negative has no room below zero.
  return roundRange(low >= 0 ? Math.max(0, low - span * 0.03) : low - span * 0.03, high + span * 0.05);
}

/**
 * The position from which on values of the best are framed: where it has come most of its way, but not far from the beginning, and
 * before the last improvement; the end of the steep rise where nothing ever improved.
 */
export function framedFrom(values: readonly number[]): number {
  const [first] = values;
  const last = values[values.length - 1];
  const steepEnd = Math.ceil(values.length * STEEP_SHARE);
  const near = values.findIndex((value) => Math.abs(last - value) <= Math.abs(last - first) * LEFT_TO_GO);
  let lastImprovement = values.length - 1;
  while (lastImprovement > 0 && values[lastImprovement - 1] === last) lastImprovement--;
  if (lastImprovement === 0) return steepEnd;
  return Math.min(Math.max(steepEnd, Math.min(near, Math.ceil(values.length * LATEST_SHARE))), lastImprovement - 1);
}

/** The range around `low … high` whose grid lines, about `lines`, are round numbers; it ends on one, above perhaps halfway to the next. */
export function roundRange(low: number, high: number, lines = 4.5): { min: number; max: number; interval: number } {
  const interval = roundStep((high - low) / lines, [1, 2, 2.5, 5]);
  const tidy = (value: number): number => Number(value.toPrecision(12));
  return {
    min: tidy(Math.floor(low / interval) * interval),
    max: tidy((Math.ceil((high / interval) * 2) * interval) / 2),
    interval,
  };
}

function generationAt(parameters: unknown): number | undefined {
  const value = firstParameter(parameters)?.value;
  const index: unknown = Array.isArray(value) ? value[2] : undefined;
  return typeof index === 'number' ? index : undefined;
}
