/** Draws figures over the generations of a run up to one of them; what comes later is faint. */
import type { DrawContext } from '../canvas/draw-context.ts';
import type { CanvasTheme } from '../canvas/canvas-theme.ts';
import { withAlpha } from '../theme/palette.ts';
import { drawAxes, shareIn, type Box, type Range } from './plot-frame.ts';

export interface ProgressCurve {
  /** One value per generation. */
  readonly values: Float64Array;
  /** "#rrggbb" */
  readonly color: string;
}

export interface ProgressScene {
  /** The first one is in front and carries the mark. */
  readonly curves: readonly ProgressCurve[];
  /** The one that is shown. */
  readonly generation: number;
  readonly range: Range;
  /** With its unit. */
  readonly title: string;
}

const LEFT_PX = 52;
const RIGHT_PX = 12;
const TOP_PX = 22;
const BOTTOM_PX = 36;
const DOT_PX = 7;

/** The plot's rectangle in a canvas of that size. */
export function progressBox(widthPx: number, heightPx: number): Box {
  return {
    left: LEFT_PX,
    top: TOP_PX,
    width: Math.max(1, widthPx - LEFT_PX - RIGHT_PX),
    height: Math.max(1, heightPx - TOP_PX - BOTTOM_PX),
  };
}

export function drawProgress(
  context: DrawContext,
  { curves, generation, range, title }: ProgressScene,
  widthPx: number,
  heightPx: number,
  theme: CanvasTheme,
): void {
  const box = progressBox(widthPx, heightPx);
  const length = curves[0]?.values.length ?? 0;
  const xRange: Range = { low: 0, high: Math.max(1, length - 1), isWhole: true };
  context.fillStyle = theme.surface;
  context.fillRect(0, 0, widthPx, heightPx);
  drawAxes(context, box, xRange, range, { x: 'Generation', y: title }, theme);
  const x = (index: number): number => box.left + shareIn(xRange, index) * box.width;
  context.save();
  context.beginPath();
  context.rect(box.left, box.top - 1, box.width, box.height + 2);
  context.clip();
  for (const [order, { values, color }] of [...curves.entries()].toReversed()) {
    const y = (index: number): number => box.top + box.height - shareIn(range, values[index]) * box.height;
    const width = order === 0 ? 2 : 1.25;
    drawLine(context, 0, length - 1, box.width, x, y, withAlpha(color, 0.25), width);
    drawLine(context, 0, generation, box.width, x, y, color, width);
    if (order > 0 || length === 0) continue;
    context.fillStyle = color;
    context.fillRect(x(generation) - DOT_PX / 2, y(generation) - DOT_PX / 2, DOT_PX, DOT_PX);
  }
  context.restore();
}

/** About one point per pixel, the last one included. */
function drawLine(
  context: DrawContext,
  from: number,
  to: number,
  widthPx: number,
  x: (index: number) => number,
  y: (index: number) => number,
  color: string,
  width: number,
): void {
  if (to < from) return;
  const step = Math.max(1, Math.floor((to - from) / widthPx));
  context.strokeStyle = color;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(x(from), y(from));
  for (let index = from + step; index < to; index += step) context.lineTo(x(index), y(index));
  context.lineTo(x(to), y(to));
  context.stroke();
}

/** From the least to the greatest of `values`, without the `spared` share of the lowest. */
export function rangeOf(values: Float64Array, spared = 0): Range {
  const sorted = values.filter((value) => Number.isFinite(value)).sort();
  if (sorted.length === 0) return { low: 0, high: 1 };
  return { low: sorted[Math.floor(sorted.length * spared)], high: sorted[sorted.length - 1] };
}
