/** Draws the spread of a sweep's seeds for a saved picture: a row per combination with its dots, quartiles and median on one axis. */
import { roundTicks, shareIn, type Range } from './plot-frame.ts';
import { formatNumber, formatTick } from '../format.ts';
import { withAlpha } from '../theme/palette.ts';
import { fitName, type DrawContext } from '../canvas/draw-context.ts';
import type { CanvasTheme } from '../canvas/canvas-theme.ts';

export interface SpreadScene {
  readonly rows: readonly {
    readonly label: string;
    readonly values: readonly number[];
    readonly median: number;
    readonly lowerQuartile: number;
    readonly upperQuartile: number;
  }[];
  readonly range: Range;
  /** With its unit. */
  readonly axis: string;
}

const LABEL_PX = 240;
const MEDIAN_PX = 70;
const DOT_PX = 7;
const BAR_PX = 6;
const HEAD_PX = 22;
export const SPREAD_ROW_PX = 24;
/** Height of a picture of so many rows, px. */
export const spreadHeightPx = (rows: number): number => HEAD_PX + rows * SPREAD_ROW_PX + 24;

export function drawSpread(
  context: DrawContext,
  { rows, range, axis }: SpreadScene,
  widthPx: number,
  heightPx: number,
  theme: CanvasTheme,
): void {
  context.fillStyle = theme.surface;
  context.fillRect(0, 0, widthPx, heightPx);
  context.font = theme.smallFont;
  context.textBaseline = 'middle';
  const left = LABEL_PX;
  const width = widthPx - LABEL_PX - MEDIAN_PX - 16;
  const bottom = HEAD_PX + rows.length * SPREAD_ROW_PX;
  const x = (value: number): number => left + shareIn(range, value) * width;
  for (const tick of roundTicks(range, Math.floor(width / 80))) {
    context.fillStyle = theme.gridLine;
    context.fillRect(Math.round(x(tick)), HEAD_PX, 1, bottom - HEAD_PX);
    context.fillStyle = theme.mutedText;
    context.textAlign = 'center';
    context.fillText(formatTick(tick), x(tick), HEAD_PX / 2);
  }
  context.textAlign = 'right';
  context.fillText('Median', widthPx - 4, HEAD_PX / 2);
  rows.forEach((row, index) => {
    const middle = HEAD_PX + (index + 0.5) * SPREAD_ROW_PX;
    context.fillStyle = theme.text;
    context.textAlign = 'left';
    context.fillText(fitName(context, row.label, LABEL_PX - 20), 4, middle);
    context.fillStyle = theme.divider;
    context.fillRect(
      x(row.lowerQuartile),
      middle - BAR_PX / 2,
      Math.max(1, x(row.upperQuartile) - x(row.lowerQuartile)),
      BAR_PX,
    );
    context.fillStyle = withAlpha(theme.accent, 0.7);
    for (const value of row.values) context.fillRect(x(value) - DOT_PX / 2, middle - DOT_PX / 2, DOT_PX, DOT_PX);
    context.fillStyle = theme.text;
    context.fillRect(x(row.median) - 1, middle - 8, 2, 16);
    context.textAlign = 'right';
    context.fillText(formatNumber(row.median), widthPx - 4, middle);
  });
  context.fillStyle = theme.mutedText;
  context.textAlign = 'center';
  context.fillText(axis, left + width / 2, bottom + 14);
}
