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
  /** Height of a row that is in use, and of its tiles. */
  readonly rowHeightPx: number;
  /** [rows] height of each row: those that are off or grouped share one strip, which the first of them has; the others have none. */
  readonly rowHeightsPx: Float64Array;
  /** [rows] top of each row, relative to `plotTopPx` and not scrolled. */
  readonly rowTopPx: Float64Array;
  /** Height of all rows together. */
  readonly contentPx: number;
}

const AXIS_PX = 24;
const MARKS_PX = 20;
const SMALLEST_ROW_PX = 18;
const LARGEST_ROW_PX = 60;
const STRIP_PX = 14;
const ROW_GAP_PX = 2;
const PROCESSOR_GAP_PX = 9;
const BOTTOM_PX = 6;

/** Free space at the right edge, so that the last tick's label fits. */
const RIGHT_PX = 12;

/** A row that is not in use, and how many in a row mean the same: cores of one processor that are off, or grouped. */
export interface RowStrip {
  readonly firstRow: number;
  /** Included. */
  readonly lastRow: number;
}

/** Whether `row` continues the strip of the row before it. */
function continuesStrip(rows: Scene['rows'], row: number): boolean {
  const [before, own] = [rows[row - 1], rows[row]];
  return (
    row > 0 &&
    !own.isActive &&
    !before.isActive &&
    own.processor === before.processor &&
    own.idleWord === before.idleWord
  );
}

/** The strip that `row` is the first of; undefined for a row in use, and for one further down in its strip. */
export function stripAt({ rows }: Scene, row: number): RowStrip | undefined {
  if (rows[row].isActive || continuesStrip(rows, row)) return undefined;
  let lastRow = row;
  while (lastRow + 1 < rows.length && continuesStrip(rows, lastRow + 1)) lastRow++;
  return { firstRow: row, lastRow };
}

/** What the strip is called: "cpu:3", "cpu:1–3". */
export function stripLabel({ rows }: Scene, { firstRow, lastRow }: RowStrip): string {
  const first = rows[firstRow].label;
  const last = rows[lastRow].label;
  const core = last.lastIndexOf(':') + 1;
  return firstRow === lastRow
    ? first
    : `${first}–${first.slice(0, core) === last.slice(0, core) ? last.slice(core) : last}`;
}

interface RowShape {
  /** Height where it is not in use. */
  readonly closedPx: number;
  /** Space above it. */
  readonly gapPx: number;
  /** How far it is open: 1 in use, 0 not. */
  readonly openness: number;
}

function rowShapes({ rows }: Scene, openness: ArrayLike<number> | undefined): RowShape[] {
  return rows.map((row, index) => {
    const open = openness?.[index] ?? (row.isActive ? 1 : 0);
    // One that comes into use grows out of nothing, as one that goes out of use shrinks into its strip.
    const isHidden = row.isActive || continuesStrip(rows, index);
    const gapPx =
      index === 0
        ? 0
        : row.processor !== rows[index - 1].processor
          ? PROCESSOR_GAP_PX
          : isHidden
            ? ROW_GAP_PX * open
            : ROW_GAP_PX;
    return { closedPx: isHidden ? 0 : STRIP_PX, gapPx, openness: open };
  });
}

/**
 * Lays out `scene` in `widthPx` × `heightPx`. Rows in use share the height between their smallest and largest; beyond that they scroll.
 * Rows that are off or grouped take a strip, whatever the height.
 * @param largestRowPx left out: as tall as a row is read well; more where a schedule has a page to itself
 * @param openness [rows] 0 … 1, how far each row is open while rows come and go; left out: those in use are, the others are not
 */
export function layOutTimeline(
  scene: Scene,
  widthPx: number,
  heightPx: number,
  gutterPx: number,
  openness?: ArrayLike<number>,
  largestRowPx = LARGEST_ROW_PX,
): TimelineLayout {
  const plotTopPx = AXIS_PX + MARKS_PX;
  const shapes = rowShapes(scene, openness);
  const taken = shapes.reduce((sum, { closedPx, gapPx, openness: open }) => sum + gapPx + closedPx * (1 - open), 0);
  const opened = shapes.reduce((sum, { openness: open }) => sum + open, 0);
  const share = Math.floor((heightPx - plotTopPx - BOTTOM_PX - taken) / Math.max(1, opened));
  const rowHeightPx = Math.max(SMALLEST_ROW_PX, Math.min(largestRowPx, share));
  const rowTopPx = new Float64Array(shapes.length);
  const rowHeightsPx = Float64Array.from(
    shapes,
    ({ closedPx, openness: open }) => closedPx + (rowHeightPx - closedPx) * open,
  );
  let bottom = 0;
  shapes.forEach(({ gapPx }, index) => {
    rowTopPx[index] = bottom + gapPx;
    bottom = rowTopPx[index] + rowHeightsPx[index];
  });
  const contentPx = shapes.length === 0 ? 0 : bottom + BOTTOM_PX;
  return { widthPx, heightPx, gutterPx, axisPx: AXIS_PX, plotTopPx, rowHeightPx, rowHeightsPx, rowTopPx, contentPx };
}

/** The height in which each row in use has `rowPx`. */
export function heightForRows(scene: Scene, rowPx: number): number {
  return rowShapes(scene, undefined).reduce(
    (sum, { closedPx, gapPx, openness }) => sum + gapPx + (openness === 1 ? rowPx : closedPx),
    AXIS_PX + MARKS_PX + BOTTOM_PX,
  );
}

/** Height at which nothing scrolls, for exports. */
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
  if (rows.length === 0 || y < 0 || y >= rows[rows.length - 1] + layout.rowHeightsPx[rows.length - 1]) return undefined;
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
  return (
    rowAt(layout, viewport, yPx) ??
    (yPx < layout.plotTopPx + 1 ? (rowAt(layout, viewport, layout.plotTopPx) ?? 0) : lastRow)
  );
}
