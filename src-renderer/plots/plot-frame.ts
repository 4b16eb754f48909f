/** Axes of the replay's own plots: a rectangle, a linear or logarithmic scale with round ticks, titles with units. */
import { formatTick } from '../format.ts';
import { textWidth, type DrawContext } from '../canvas/draw-context.ts';
import type { CanvasTheme } from '../canvas/canvas-theme.ts';
import { multiplesWithin, roundStep } from '../canvas/round-steps.ts';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Range {
  readonly low: number;
  readonly high: number;
  /** Whether equal ways are equal ratios; both ends are above zero then. Left out: no. */
  readonly isLogarithmic?: boolean;
  /** Whether there is nothing between whole numbers, as between generations: ticks are whole, too. Left out: no. */
  readonly isWhole?: boolean;
}

/** From value to share of `range`: 0…1 within it. */
export function shareIn({ low, high, isLogarithmic }: Range, value: number): number {
  if (isLogarithmic === true && high > low)
    return Math.log(Math.max(value, Number.MIN_VALUE) / low) / Math.log(high / low);
  return high > low ? (value - low) / (high - low) : 0.5;
}

/** `range` widened by `margin` (share of it) on both sides; around a single value by its own size. */
export function widen({ low, high, isLogarithmic }: Range, margin: number): Range {
  if (isLogarithmic === true) {
    const factor = (high / low) ** margin;
    return { low: low / factor, high: high * factor, isLogarithmic };
  }
  const span = high > low ? high - low : Math.abs(high) || 1;
  return { low: low - span * margin, high: high + span * margin };
}

/**
 * Round values within `range`, about `count` of them and at least two: steps of 1, 2 or 5 times a power of ten; on a logarithmic one these
 * values themselves, or, where fewer than two of them lie within, the steps of a linear one.
 */
export function roundTicks({ low, high, isLogarithmic, isWhole }: Range, count: number): number[] {
  if (!(high > low)) return [low];
  if (isLogarithmic === true) {
    const ticks = logarithmicTicks(low, high);
    if (ticks.length >= LEAST_TICKS) return ticks;
  }
  for (let wanted = Math.max(LEAST_TICKS, count); ; wanted++) {
    const step = roundStep((high - low) / wanted);
    const ticks = multiplesWithin(low, high, isWhole === true ? Math.max(1, step) : step);
    // Numbers so close that no round one lies between them have their ends.
    if (ticks.length >= LEAST_TICKS) return ticks;
    if (wanted > MOST_TRIED) return [low, high];
  }
}

/** A single tick gives no scale. */
const LEAST_TICKS = 2;
const MOST_TRIED = 40;

/** 1, 2 and 5 times the powers of ten; powers alone where these would be more than nine. */
function logarithmicTicks(low: number, high: number): number[] {
  const ticks = (factors: readonly number[]): number[] => {
    const first = Math.floor(Math.log10(low));
    const powers = Array.from({ length: Math.floor(Math.log10(high)) - first + 1 }, (_, i) => 10 ** (first + i));
    return powers
      .flatMap((power) => factors.map((factor) => factor * power))
      .filter((tick) => tick >= low && tick <= high);
  };
  const all = ticks([1, 2, 5]);
  return all.length <= 9 ? all : ticks([1]);
}

export interface AxisText {
  /** With its unit. */
  readonly x: string;
  readonly y: string;
}

/** Around a single value there is room, so that it stays in the middle with round numbers on either side. */
function withRoom(range: Range): Range {
  return range.high > range.low ? range : widen({ low: range.low, high: range.high }, 0.05);
}

/** Draws grid lines, tick labels and titles around `box`. */
export function drawAxes(
  context: DrawContext,
  box: Box,
  xGiven: Range,
  yGiven: Range,
  text: AxisText,
  theme: CanvasTheme,
): void {
  const xRange = withRoom(xGiven);
  const yRange = withRoom(yGiven);
  const xTicks = roundTicks(xRange, Math.max(2, Math.floor(box.width / 56)));
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
  for (const tick of yTicks)
    context.fillText(formatTick(tick), box.left - 6, bottom - shareIn(yRange, tick) * box.height);
  context.textAlign = 'center';
  for (const tick of xTicks) {
    const label = formatTick(tick);
    const half = textWidth(context, label) / 2;
    context.fillText(
      label,
      Math.min(right - half, Math.max(box.left + half, box.left + shareIn(xRange, tick) * box.width)),
      bottom + 10,
    );
  }
  context.textAlign = 'center';
  context.fillText(text.x, box.left + box.width / 2, bottom + 26);
  context.textAlign = 'left';
  context.fillText(text.y, box.left - 40, box.top - 12);
}
