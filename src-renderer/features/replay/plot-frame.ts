/** Axes of the replay's own plots: a rectangle, a linear scale with round ticks, titles with units. */
import { formatNumber } from '../../format.ts';
import { textWidth, type DrawContext } from '../../timeline/draw-context.ts';
import type { TimelineTheme } from '../../timeline/timeline-theme.ts';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** From value to share (0…1) of `range`. */
export function shareIn({ low, high }: Range, value: number): number {
  return high > low ? (value - low) / (high - low) : 0.5;
}

/** `range` widened by `margin` (share of it) on both sides; around a single value by its own size. */
export function widen({ low, high }: Range, margin: number): Range {
  const span = high > low ? high - low : Math.abs(high) || 1;
  return { low: low - span * margin, high: high + span * margin };
}

/** Round values within `range`, about `count` of them: steps of 1, 2 or 5 times a power of ten. */
export function roundTicks({ low, high }: Range, count: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
}

export interface AxisText {
  /** With its unit. */
  readonly x: string;
  readonly y: string;
}

/** Draws grid lines, tick labels and titles around `box`. */
export function drawAxes(context: DrawContext, box: Box, xRange: Range, yRange: Range, text: AxisText, theme: TimelineTheme): void {
  const xTicks = roundTicks(xRange, Math.max(2, Math.floor(box.width / 80)));
  const yTicks = roundTicks(yRange, Math.max(2, Math.floor(box.height / 44)));
  const right = box.left + box.width;
  const bottom = box.top + box.height;
  context.strokeStyle = theme.gridLine;
  context.lineWidth = 1;
  context.beginPath();
  for (const tick of yTicks) {
    const y = Math.round(bottom - shareIn(yRange, tick) * box.height) + 0.5;
    context.moveTo(box.left, y);
    context.lineTo(right, y);
  }
  context.stroke();
  context.strokeStyle = theme.divider;
  context.strokeRect(box.left + 0.5, box.top + 0.5, box.width - 1, box.height - 1);

  context.font = theme.smallFont;
  context.fillStyle = theme.mutedText;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (const tick of yTicks) context.fillText(formatNumber(tick), box.left - 6, bottom - shareIn(yRange, tick) * box.height);
  context.textAlign = 'center';
  for (const tick of xTicks) {
    const label = formatNumber(tick);
    const half = textWidth(context, label) / 2;
    context.fillText(label, Math.min(right - half, Math.max(box.left + half, box.left + shareIn(xRange, tick) * box.width)), bottom + 10);
  }
  context.textAlign = 'center';
  context.fillText(text.x, box.left + box.width / 2, bottom + 26);
  context.textAlign = 'left';
  context.fillText(text.y, box.left - 40, box.top - 12);
}
