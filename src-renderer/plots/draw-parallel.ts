/** Draws points as lines over parallel axes, one per metric, the better end always up; lines outside the limits fade. */
import type { FrontAxis } from '../recorded/front-axes.ts';
import { formatNumber } from '../format.ts';
import { withAlpha } from '../theme/palette.ts';
import type { DrawContext } from '../canvas/draw-context.ts';
import type { CanvasTheme } from '../canvas/canvas-theme.ts';
import { shareIn, type Range } from './plot-frame.ts';
import { extentOf, isWithin, type LimitsByMetric, type ParetoPoint } from '../recorded/front-points.ts';

export interface ParallelPlot {
  readonly points: readonly ParetoPoint[];
  readonly colors: readonly string[];
  readonly metrics: readonly FrontAxis[];
  readonly limits: LimitsByMetric;
  readonly chosen: readonly (ParetoPoint | undefined)[];
}

const SIDE_PX = 46;
const NARROWEST_WITH_UNIT_PX = 110;
const TOP_PX = 34;
const BOTTOM_PX = 22;
const GRAB_PX = 6;

interface ParallelLayout {
  readonly ranges: readonly Range[];
  axisX(index: number): number;
  y(index: number, value: number): number;
}

function layOut({ points, metrics }: ParallelPlot, widthPx: number, heightPx: number): ParallelLayout {
  const ranges = metrics.map((metric) => extentOf(points, metric.name) ?? { low: 0, high: 1 });
  const height = Math.max(1, heightPx - TOP_PX - BOTTOM_PX);
  return {
    ranges,
    axisX: (index) =>
      metrics.length < 2 ? widthPx / 2 : SIDE_PX + (index / (metrics.length - 1)) * (widthPx - 2 * SIDE_PX),
    y(index, value) {
      const share = shareIn(ranges[index], value);
      return TOP_PX + (metrics[index].goal === 'higher' ? 1 - share : share) * height;
    },
  };
}

/** Index of the axis at `xPx`, if one is near. */
export function axisAt(plot: ParallelPlot, widthPx: number, xPx: number): number | undefined {
  const { axisX } = layOut(plot, widthPx, 0);
  const index = plot.metrics.findIndex((_, at) => Math.abs(axisX(at) - xPx) <= 2 * GRAB_PX);
  return index < 0 ? undefined : index;
}

/** The value at `yPx` of axis `index`; above and below the axis that of its end. */
export function valueOnAxis(plot: ParallelPlot, heightPx: number, index: number, yPx: number): number {
  const { low, high } = layOut(plot, 0, heightPx).ranges[index];
  const share = Math.max(0, Math.min(1, (yPx - TOP_PX) / Math.max(1, heightPx - TOP_PX - BOTTOM_PX)));
  return low + (plot.metrics[index].goal === 'higher' ? 1 - share : share) * (high - low);
}

/** The line nearest to a point, if it is near. */
export function lineAt(
  plot: ParallelPlot,
  widthPx: number,
  heightPx: number,
  xPx: number,
  yPx: number,
): ParetoPoint | undefined {
  const layout = layOut(plot, widthPx, heightPx);
  const left = plot.metrics.findIndex(
    (_, at) => at + 1 < plot.metrics.length && xPx >= layout.axisX(at) && xPx <= layout.axisX(at + 1),
  );
  if (left < 0) return undefined;
  const share = (xPx - layout.axisX(left)) / (layout.axisX(left + 1) - layout.axisX(left));
  let nearest: ParetoPoint | undefined;
  let least = GRAB_PX;
  for (const point of plot.points) {
    if (!isWithin(point, plot.limits)) continue;
    const from = layout.y(left, point.values[plot.metrics[left].name]);
    const to = layout.y(left + 1, point.values[plot.metrics[left + 1].name]);
    const distance = Math.abs(from + (to - from) * share - yPx);
    if (distance >= least) continue;
    least = distance;
    nearest = point;
  }
  return nearest;
}

export function drawParallel(
  context: DrawContext,
  plot: ParallelPlot,
  widthPx: number,
  heightPx: number,
  theme: CanvasTheme,
): void {
  const layout = layOut(plot, widthPx, heightPx);
  context.fillStyle = theme.surface;
  context.fillRect(0, 0, widthPx, heightPx);
  const strength = plot.points.length > 300 ? 0.35 : 0.7;
  const accepted = plot.points.filter((point) => isWithin(point, plot.limits));
  const isChosen = new Set(plot.chosen);
  for (const point of plot.points)
    if (!isWithin(point, plot.limits)) drawPoint(context, plot, layout, point, withAlpha(theme.mutedText, 0.12), 1);
  for (const point of accepted)
    if (!isChosen.has(point)) drawPoint(context, plot, layout, point, withAlpha(plot.colors[point.side], strength), 1);
  for (const point of plot.chosen) if (point !== undefined) drawPoint(context, plot, layout, point, theme.outline, 2.5);
  drawAxisLines(context, plot, layout, heightPx, theme);
}

function drawPoint(
  context: DrawContext,
  plot: ParallelPlot,
  layout: ParallelLayout,
  point: ParetoPoint,
  color: string,
  width: number,
): void {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.beginPath();
  plot.metrics.forEach(({ name }, index) => {
    const x = layout.axisX(index);
    const y = layout.y(index, point.values[name]);
    if (index === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  });
  context.stroke();
}

function drawAxisLines(
  context: DrawContext,
  plot: ParallelPlot,
  layout: ParallelLayout,
  heightPx: number,
  theme: CanvasTheme,
): void {
  context.font = theme.smallFont;
  context.textBaseline = 'middle';
  context.textAlign = 'center';
  // The limits show the units, too.
  const isNarrow = layout.axisX(1) - layout.axisX(0) < NARROWEST_WITH_UNIT_PX;
  plot.metrics.forEach((metric, index) => {
    const x = layout.axisX(index);
    const { low, high } = layout.ranges[index];
    context.strokeStyle = theme.divider;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x, TOP_PX);
    context.lineTo(x, heightPx - BOTTOM_PX);
    context.stroke();
    const limits = plot.limits.get(metric.name);
    if (limits !== undefined) {
      const from = layout.y(index, Math.max(low, limits.low));
      const to = layout.y(index, Math.min(high, limits.high));
      context.fillStyle = withAlpha(theme.accent, 0.3);
      context.fillRect(x - 4, Math.min(from, to), 8, Math.abs(to - from));
    }
    context.fillStyle = theme.text;
    context.fillText(isNarrow ? metric.title : `${metric.title} (${metric.unit})`, x, 8);
    context.fillStyle = theme.mutedText;
    context.fillText(formatNumber(metric.goal === 'higher' ? high : low), x, TOP_PX - 10);
    context.fillText(formatNumber(metric.goal === 'higher' ? low : high), x, heightPx - BOTTOM_PX + 11);
  });
}
