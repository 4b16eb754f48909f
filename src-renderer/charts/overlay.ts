/** Several runs or groups of runs over each other: convergence as lines (or median and quartiles), fronts as staircases. */
import type { FrontPoint } from '#shared/analysis/attainment.ts';
import { quantityOf } from '#shared/domain/metrics.ts';
import { quantile } from '#shared/scheduling/metrics.ts';
import type { GenerationSeries } from '#shared/contract/shapes.ts';
import { formatNumber } from '../format.ts';
import { withAlpha, type ThemeName } from '../theme/palette.ts';
import { colorTokens } from '../theme/tokens.ts';
import { plainGrid, tooltipContent, tooltipStyle, xAxis, yAxis } from './chart-style.ts';
import {
  axisTitles,
  framedFrom,
  quantityTitle,
  roundRange,
  type ConvergenceQuantity,
  type ProgressAxis,
} from './convergence.ts';
import type { EChartsOption } from './echarts.ts';

export interface OverlaySide {
  readonly name: string;
  readonly color: string;
  /** One per run of the side. */
  readonly series: readonly GenerationSeries[];
}

/** So much of the poorer end lies outside: where runs begin says little, and what they end with would lie on one line. */
const POOR_SHARE = 0.1;

/** Positions on the x axis at which all curves are read. */
const SAMPLES = 240;

export interface OverlayCurve {
  readonly x: Float64Array;
  readonly median: Float64Array;
  /** Undefined for a single run. */
  readonly lower: Float64Array | undefined;
  readonly upper: Float64Array | undefined;
}

/**
 * The curve of a side at evenly spaced positions: the fittest schedule found so far. A run keeps its last value after its end, and
 * has none before its first generation. A group becomes its median and quartiles.
 */
export function overlayCurve(
  series: readonly GenerationSeries[],
  quantity: ConvergenceQuantity,
  axis: ProgressAxis,
  end: number,
): OverlayCurve {
  const x = Float64Array.from({ length: SAMPLES }, (_, i) => (i / (SAMPLES - 1)) * end);
  const column = quantity === 'fitness' ? 'bestFitness' : quantity;
  const perRun = series.map((run) => {
    let at = -1;
    let best = -1;
    return x.map((position) => {
      while (at + 1 < run.length && positionOf(run, axis, at + 1) <= position) {
        at++;
        if (best < 0 || run.bestFitness[at] > run.bestFitness[best]) best = at;
      }
      return best < 0 ? Number.NaN : run[column][best];
    });
  });
  const read = (share: number): Float64Array =>
    x.map((_, i) => {
      const values = Float64Array.from(perRun.map((run) => run[i]).filter((value) => !Number.isNaN(value))).sort();
      return values.length === 0 ? Number.NaN : quantile(values, share);
    });
  const isGroup = series.length > 1;
  return { x, median: read(0.5), lower: isGroup ? read(0.25) : undefined, upper: isGroup ? read(0.75) : undefined };
}

function positionOf(run: GenerationSeries, axis: ProgressAxis, index: number): number {
  return axis === 'generation' ? index : axis === 'evaluations' ? run.evaluations[index] : run.elapsedMs[index] / 1000;
}

/** Where the longest run ends. */
export function overlayEnd(sides: readonly OverlaySide[], axis: ProgressAxis): number {
  const ends = sides.flatMap((side) =>
    side.series.filter((run) => run.length > 0).map((run) => positionOf(run, axis, run.length - 1)),
  );
  return ends.reduce((latest, end) => Math.max(latest, end), 0) || 1;
}

export function overlayOption(
  sides: readonly OverlaySide[],
  quantity: ConvergenceQuantity,
  axis: ProgressAxis,
  theme: ThemeName,
): EChartsOption {
  const end = overlayEnd(sides, axis);
  const curves = sides.map((side) => overlayCurve(side.series, quantity, axis, end));
  const values = Float64Array.from(curves.flatMap(framedValues)).sort();
  const isLowerBetter = quantityOf(quantity).goal === 'lower';
  const low = quantile(values, isLowerBetter ? 0 : POOR_SHARE);
  const high = quantile(values, isLowerBetter ? 1 - POOR_SHARE : 1);
  const span = high - low || Math.abs(high) || 1;
  return {
    animation: false,
    grid: plainGrid,
    xAxis: xAxis(
      {
        title: axisTitles[axis],
        min: 0,
        max: end,
        interval: axis === 'time' ? roundRange(0, end).interval : Math.max(1, roundRange(0, end).interval),
      },
      theme,
    ),
    yAxis: yAxis(
      {
        title: quantityTitle(quantity),
        ...(values.length === 0 ? {} : roundRange(low - span * 0.05, high + span * 0.05)),
      },
      theme,
    ),
    tooltip: {
      ...tooltipStyle(theme),
      trigger: 'axis',
      axisPointer: { type: 'line', lineStyle: { color: colorTokens[theme].textFaint, width: 1 }, snap: true },
      formatter: (parameters: unknown) => {
        const at = sampleAt(parameters, end);
        if (at === undefined) return '';
        return tooltipContent(
          `${axisTitles[axis]} ${formatNumber(curves[0]?.x[at] ?? 0)}`,
          sides.map((side, index) => ({
            name: side.series.length > 1 ? `${side.name} (median)` : side.name,
            color: side.color,
            value: curves[index].median[at],
            unit: '',
          })),
          theme,
        );
      },
    },
    series: curves.flatMap((curve, index) => {
      const { color, name } = sides[index];
      const points = (ys: Float64Array): [number, number][] => Array.from(ys, (y, i) => [curve.x[i], y]);
      const line = {
        type: 'line' as const,
        name,
        data: points(curve.median),
        lineStyle: { color, width: 2 },
        itemStyle: { color },
        showSymbol: false,
        step: 'end' as const,
        z: 4,
        emphasis: { disabled: true },
      };
      if (curve.lower === undefined || curve.upper === undefined) return [line];
      const edge = (ys: Float64Array) => ({
        type: 'line' as const,
        name,
        data: points(ys),
        lineStyle: { color: withAlpha(color, 0.55), width: 1, type: 'dotted' as const },
        itemStyle: { color },
        showSymbol: false,
        step: 'end' as const,
        silent: true,
        z: 3,
        emphasis: { disabled: true },
      });
      return [edge(curve.lower), edge(curve.upper), line];
    }),
  };
}

/**
 * The part of a curve that the picture must show: everything after its steep rise; what comes before may leave the
 * frame.
 */
function framedValues({ median, lower, upper }: OverlayCurve): number[] {
  const first = median.findIndex((value) => Number.isFinite(value));
  if (first < 0) return [];
  const from = first + framedFrom([...median.subarray(first)]);
  return [median, lower, upper]
    .flatMap((line) => (line === undefined ? [] : [...line.subarray(from)]))
    .filter((value) => Number.isFinite(value));
}

function sampleAt(parameters: unknown, end: number): number | undefined {
  const first: unknown = Array.isArray(parameters) ? parameters[0] : undefined;
  if (typeof first !== 'object' || first === null || !('value' in first) || !Array.isArray(first.value))
    return undefined;
  const x: unknown = first.value[0];
  return typeof x === 'number' ? Math.round((x / end) * (SAMPLES - 1)) : undefined;
}

export interface FrontSide {
  readonly name: string;
  readonly color: string;
  /** Non-dominated points. */
  readonly front: readonly FrontPoint[];
}

/** A front that lies wholly beyond this many times the reference in one metric would squeeze the others into a corner: it may leave the picture. */
const FAR_OFF = 2.5;

function withoutFarOff(front: readonly FrontPoint[], reference: FrontPoint | undefined): readonly FrontPoint[] {
  const isFar = (point: FrontPoint): boolean =>
    reference !== undefined && (point.x > FAR_OFF * reference.x || point.y > FAR_OFF * reference.y);
  return front.every(isFar) ? [] : front;
}

/** Fronts of several sides in two metrics; the reference (NPU first) as a cross. */
export function frontsOption(
  sides: readonly FrontSide[],
  titles: { readonly x: string; readonly y: string },
  reference: FrontPoint | undefined,
  theme: ThemeName,
): EChartsOption {
  const all = [
    ...sides.flatMap((side) => withoutFarOff(side.front, reference)),
    ...(reference === undefined ? [] : [reference]),
  ];
  const range = (values: readonly number[]) => {
    if (values.length === 0) return {};
    const low = Math.min(...values);
    const high = Math.max(...values);
    const margin = (high - low || Math.abs(high) || 1) * 0.06;
    return roundRange(low - margin, high + margin);
  };
  return {
    animation: false,
    grid: plainGrid,
    xAxis: xAxis({ title: titles.x, ...range(all.map((point) => point.x)) }, theme),
    yAxis: yAxis({ title: titles.y, ...range(all.map((point) => point.y)) }, theme),
    tooltip: {
      ...tooltipStyle(theme),
      trigger: 'item',
      formatter: (parameters: unknown) => {
        if (
          typeof parameters !== 'object' ||
          parameters === null ||
          !('value' in parameters) ||
          !Array.isArray(parameters.value) ||
          !('seriesName' in parameters)
        )
          return '';
        const [atX, atY]: unknown[] = parameters.value;
        const color = sides.find((side) => side.name === parameters.seriesName)?.color ?? colorTokens[theme].text;
        return tooltipContent(
          String(parameters.seriesName),
          [
            { name: titles.x, color, value: Number(atX), unit: '' },
            { name: titles.y, color, value: Number(atY), unit: '' },
          ],
          theme,
        );
      },
    },
    series: [
      ...sides.map((side) => ({
        type: 'line' as const,
        name: side.name,
        data: side.front.map((point) => [point.x, point.y]),
        step: 'end' as const,
        lineStyle: { color: side.color, width: 1.5 },
        itemStyle: { color: side.color },
        symbol: 'circle',
        symbolSize: 6,
        showSymbol: true,
        emphasis: { disabled: true },
      })),
      ...(reference === undefined
        ? []
        : [
            {
              type: 'scatter' as const,
              name: 'NPU first',
              data: [[reference.x, reference.y]],
              symbol: 'path://M0 0L10 10M10 0L0 10',
              symbolSize: 9,
              itemStyle: { color: 'transparent', borderColor: colorTokens[theme].text, borderWidth: 1.5 },
            },
          ]),
    ],
  };
}
