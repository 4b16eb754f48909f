/** Where everything of a timeline lies on its canvas, CSS pixels: label column, axis, mark strip, rows that adapt to the space. */
import type { Scene } from './scene.ts';
import type { Viewport } from './viewport.ts';

export interface TimelineLayout {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Width of the column of row labels. */
  readonly gutterPx: number;
  /** Height of the time axis; the strip of release and deadline marks follows below it. */
  readonly axisPx: number;
  /** Top of the rows' area. */
  readonly plotTopPx: number;
  readonly rowHeightPx: number;
  /** [rows] top of each row, relative to `plotTopPx` and not scrolled. */
  readonly rowTopPx: Float64Array;
  /** Height of all rows together. */
  readonly contentPx: number;
}

const AXIS_PX = 24;
const MARKS_PX = 20;
const SMALLEST_ROW_PX = 18;
const LARGEST_ROW_PX = 60;
const ROW_GAP_PX = 2;
const PROCESSOR_GAP_PX = 9;
const BOTTOM_PX = 6;

/** Free space at the right edge, so that the last tick's label fits. */
const RIGHT_PX = 12;

/** Lays out `scene` in `widthPx` × `heightPx`. Rows share the height between their smallest and largest; beyond that they scroll. */
export function layOutTimeline(scene: Scene, widthPx: number, heightPx: number, gutterPx: number): TimelineLayout {
  const plotTopPx = AXIS_PX + MARKS_PX;
  let gaps = 0;
  scene.rows.forEach((row, index) => {
    if (index > 0) gaps += row.processor === scene.rows[index - 1].processor ? ROW_GAP_PX : PROCESSOR_GAP_PX;
  });
  const share = Math.floor((heightPx - plotTopPx - BOTTOM_PX - gaps) / Math.max(1, scene.rows.length));
  const rowHeightPx = Math.max(SMALLEST_ROW_PX, Math.min(LARGEST_ROW_PX, share));
  const rowTopPx = new Float64Array(scene.rows.length);
  let top = 0;
  scene.rows.forEach((row, index) => {
    if (index > 0) top += rowHeightPx + (row.processor === scene.rows[index - 1].processor ? ROW_GAP_PX : PROCESSOR_GAP_PX);
    rowTopPx[index] = top;
  });
  const contentPx = scene.rows.length === 0 ? 0 : top + rowHeightPx + BOTTOM_PX;
  return { widthPx, heightPx, gutterPx, axisPx: AXIS_PX, plotTopPx, rowHeightPx, rowTopPx, contentPx };
}

/** Height at which every row has `rowHeightPx`, for exports that do not scroll. */
export function heightOf(layout: TimelineLayout): number {
  return layout.plotTopPx + layout.contentPx;
}

/** Where the rows end on the canvas, or the canvas itself. */
export function plotBottom(layout: TimelineLayout, viewport: Viewport): number {
  return Math.min(layout.heightPx, layout.plotTopPx + layout.contentPx - BOTTOM_PX - viewport.scrollPx);
}

/** How far the rows can scroll. */
export function maximumScroll(layout: TimelineLayout): number {
  return Math.max(0, layout.contentPx - (layout.heightPx - layout.plotTopPx));
}

/** The horizontal extent of the plot. */
export function plotExtent(layout: TimelineLayout): Pick<Viewport, 'leftPx' | 'widthPx'> {
  return { leftPx: layout.gutterPx, widthPx: Math.max(1, layout.widthPx - layout.gutterPx - RIGHT_PX) };
}

/** Top of a row on the canvas. */
export function rowTop(layout: TimelineLayout, viewport: Viewport, row: number): number {
  return layout.plotTopPx + layout.rowTopPx[row] - viewport.scrollPx;
}

/** The row at height `yPx` of the canvas; gaps belong to the row above. Undefined outside the rows. */
export function rowAt(layout: TimelineLayout, viewport: Viewport, yPx: number): number | undefined {
  if (yPx < layout.plotTopPx || yPx >= layout.heightPx) return undefined;
  const y = yPx - layout.plotTopPx + viewport.scrollPx;
  const rows = layout.rowTopPx;
  if (rows.length === 0 || y < 0 || y >= rows[rows.length - 1] + layout.rowHeightPx) return undefined;
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (rows[middle] <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The row nearest to height `yPx`, for drags that leave the rows. */
export function nearestRow(layout: TimelineLayout, viewport: Viewport, yPx: number): number {
  const lastRow = layout.rowTopPx.length - 1;
  return rowAt(layout, viewport, yPx) ?? (yPx < layout.plotTopPx + 1 ? (rowAt(layout, viewport, layout.plotTopPx) ?? 0) : lastRow);
}
