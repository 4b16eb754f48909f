/**
 * Draws the tiles of the visible rows. The tile of a subgraph is one band, divided within where one of its layers ends. Tiles that are wide enough become rectangles; shorter ones are merged per pixel column into
 * a density, coloured by the application that is busiest there. So there is at most one rectangle per row and pixel, whatever the
 * number of tasks, and the fill colour changes once per colour.
 */
import { formatDuration } from '../../format.ts';
import { textColorOn } from '../../theme/palette.ts';
import { fitName, textWidth, type DrawContext } from '../../canvas/draw-context.ts';
import { firstTileEndingAfter } from '../scene/hit.ts';
import { rowTop, type TimelineLayout } from '../scene/layout.ts';
import { partsOfTile } from '../scene/members.ts';
import { instanceKeyOfTile, layerOfTile, type Scene } from '../scene/scene.ts';
import type { CanvasTheme } from '../../canvas/canvas-theme.ts';
import { DENSITY_LEVELS, tileColor } from './tile-colors.ts';
import { timeToPixel, type Viewport } from '../scene/viewport.ts';

/** What decides which tiles stand out. Everything else is dimmed. */
export interface Emphasis {
  readonly selectedTile: number | undefined;
  readonly highlightedApplication: number | undefined;
  readonly criticalTiles?: readonly number[] | undefined;
}

/** Tiles at least this wide are drawn one by one. */
const SMALLEST_TILE_PX = 1.5;
/** Tiles at least this wide leave a gap of one pixel to the next, so that neighbours can be told apart. */
const GAP_FROM_PX = 3;
const SMALLEST_LABEL_PX = 20;
const LABEL_PADDING_PX = 5;
const TWO_LINES_FROM_PX = 36;

const STYLES_PER_APPLICATION = 2 * DENSITY_LEVELS;

/** Draws the tiles between the viewport's times; the context is clipped to the plot by the caller. */
export function drawTiles(
  context: DrawContext,
  scene: Scene,
  layout: TimelineLayout,
  viewport: Viewport,
  theme: CanvasTheme,
  emphasis: Emphasis,
): void {
  const applications = scene.problem.scenario.applications.length;
  // Per style (application, dimmed, density): x, y, width of its rectangles, flat; all have the same height.
  const rectangles: number[][] = Array.from({ length: applications * STYLES_PER_APPLICATION }, () => []);
  // Tile, left and right edge of those that may have a label, flat.
  const labelled: number[] = [];
  const merge = new ColumnMerge(applications, rectangles);
  const isDimmed = dimming(scene, emphasis);
  const pixelsPerMs = viewport.widthPx / (viewport.endMs - viewport.startMs);
  const leftEdge = viewport.leftPx - 2;
  const rightEdge = viewport.leftPx + viewport.widthPx + 2;

  for (let row = 0; row < scene.rows.length; row++) {
    const top = rowTop(layout, viewport, row);
    if (top >= layout.heightPx || top + layout.rowHeightPx <= layout.plotTopPx) continue;
    merge.startRow(top);
    const { endTile } = scene.rows[row];
    for (
      let tile = firstVisibleTile(scene, row, viewport.startMs);
      tile < endTile && scene.tileStartMs[tile] <= viewport.endMs;
      tile++
    ) {
      const from = viewport.leftPx + (scene.tileStartMs[tile] - viewport.startMs) * pixelsPerMs;
      const to = viewport.leftPx + (scene.tileEndMs[tile] - viewport.startMs) * pixelsPerMs;
      const application = scene.tileApplication[tile];
      if (to - from < SMALLEST_TILE_PX) {
        merge.add(from, to - from, application, isDimmed(tile));
        continue;
      }
      const left = Math.round(Math.max(leftEdge, from));
      const right = Math.round(Math.min(rightEdge, to));
      const width = right - left > GAP_FROM_PX ? right - left - 1 : Math.max(1, right - left);
      rectangles[
        application * STYLES_PER_APPLICATION + (isDimmed(tile) ? DENSITY_LEVELS : 0) + DENSITY_LEVELS - 1
      ].push(left, top, width);
      if (width >= SMALLEST_LABEL_PX) labelled.push(tile, Math.max(left, viewport.leftPx), left + width);
    }
    merge.flush();
  }
  fillRectangles(context, rectangles, layout.rowHeightPx, theme);
  drawDividers(context, scene, layout, viewport, theme, labelled);
  drawLabels(context, scene, layout, viewport, theme, labelled, isDimmed);
}

/** The first tile of `row` to draw: the one before the first that ends after `startMs` may still be a mark at the very edge. */
function firstVisibleTile(scene: Scene, row: number, startMs: number): number {
  return Math.max(scene.rows[row].firstTile, firstTileEndingAfter(scene, row, startMs) - 1);
}

/**
 * Which tiles are dimmed: those of other applications than the highlighted one, else those off the critical path while
 * it is shown, else of other instances than the selected tile's.
 */
function dimming(scene: Scene, emphasis: Emphasis): (tile: number) => boolean {
  const { highlightedApplication, selectedTile, criticalTiles } = emphasis;
  if (highlightedApplication !== undefined) return (tile) => scene.tileApplication[tile] !== highlightedApplication;
  if (criticalTiles !== undefined) {
    const critical = new Set(criticalTiles);
    return (tile) => !critical.has(tile);
  }
  if (selectedTile === undefined) return () => false;
  const instance = instanceKeyOfTile(scene, selectedTile);
  return (tile) => instanceKeyOfTile(scene, tile) !== instance;
}

/** Gathers the short tiles of one pixel column of one row, then of the next. Columns arrive in ascending order. */
class ColumnMerge {
  private readonly rectangles: number[][];
  /** Busy pixels of the current column by application, dimmed ones apart. */
  private readonly busyPx: Float64Array;
  private column = Number.NaN;
  private top = 0;
  // The rectangle that grows while neighbouring columns look the same.
  private style = -1;
  private left = 0;
  private right = 0;

  constructor(applications: number, rectangles: number[][]) {
    this.rectangles = rectangles;
    this.busyPx = new Float64Array(2 * applications);
  }

  startRow(top: number): void {
    this.top = top;
  }

  add(px: number, widthPx: number, application: number, isDimmed: boolean): void {
    const column = Math.floor(px);
    if (column !== this.column) {
      this.closeColumn();
      this.column = column;
    }
    // A task without duration still leaves a mark.
    this.busyPx[2 * application + (isDimmed ? 1 : 0)] += Math.max(widthPx, 1e-6);
  }

  flush(): void {
    this.closeColumn();
    this.closeRectangle();
    this.column = Number.NaN;
  }

  private closeColumn(): void {
    if (Number.isNaN(this.column)) return;
    let busiest = 0;
    let total = 0;
    for (let i = 0; i < this.busyPx.length; i++) {
      total += this.busyPx[i];
      if (this.busyPx[i] > this.busyPx[busiest]) busiest = i;
    }
    this.busyPx.fill(0);
    const density = Math.min(DENSITY_LEVELS - 1, Math.floor(total * DENSITY_LEVELS));
    const style = (busiest >> 1) * STYLES_PER_APPLICATION + (busiest % 2) * DENSITY_LEVELS + density;
    if (style !== this.style || this.column !== this.right) {
      this.closeRectangle();
      this.style = style;
      this.left = this.column;
    }
    this.right = this.column + 1;
  }

  private closeRectangle(): void {
    if (this.style >= 0) this.rectangles[this.style].push(this.left, this.top, this.right - this.left);
    this.style = -1;
  }
}

function fillRectangles(
  context: DrawContext,
  rectangles: readonly (readonly number[])[],
  height: number,
  theme: CanvasTheme,
): void {
  rectangles.forEach((list, style) => {
    if (list.length === 0) return;
    const variant = style % STYLES_PER_APPLICATION;
    context.fillStyle = tileColor(
      theme,
      Math.floor(style / STYLES_PER_APPLICATION),
      variant % DENSITY_LEVELS,
      variant >= DENSITY_LEVELS,
    );
    // Rectangle by rectangle: canvases batch these, while a path of thousands of rectangles is tessellated as a whole.
    for (let i = 0; i < list.length; i += 3) context.fillRect(list[i], list[i + 1], list[i + 2], height);
  });
}

/** Height that a divider leaves of its band at the top and the bottom: it is one call. */
const BAND_PX = 4;

/** Lines within the bands of subgraphs, between their layers. */
function drawDividers(
  context: DrawContext,
  scene: Scene,
  layout: TimelineLayout,
  viewport: Viewport,
  theme: CanvasTheme,
  labelled: readonly number[],
): void {
  context.fillStyle = theme.surface;
  const height = Math.max(2, layout.rowHeightPx - 2 * BAND_PX);
  for (let i = 0; i < labelled.length; i += 3) {
    const tile = labelled[i];
    const top = rowTop(layout, viewport, scene.tileRow[tile]) + (layout.rowHeightPx - height) / 2;
    let last = labelled[i + 1];
    for (const { endMs } of partsOfTile(scene, tile).slice(0, -1)) {
      const x = Math.round(timeToPixel(viewport, endMs));
      // Lines closer than a gap would fill the band.
      if (x - last < GAP_FROM_PX || labelled[i + 2] - x < GAP_FROM_PX) continue;
      context.fillRect(x, top, 1, height);
      last = x;
    }
  }
}

/** A name to be written on a tile, between two edges. */
interface Label {
  readonly name: string;
  readonly durationMs: number;
  readonly leftPx: number;
  readonly rightPx: number;
}

/** The labels of a tile: its own, or, where one of them fits, those of the layers of its subgraph. */
function labelsOf(
  context: DrawContext,
  scene: Scene,
  viewport: Viewport,
  tile: number,
  leftPx: number,
  rightPx: number,
): readonly Label[] {
  const parts = partsOfTile(scene, tile).flatMap(({ name, startMs, endMs }) => {
    const part: Label = {
      name,
      durationMs: endMs - startMs,
      leftPx: Math.max(leftPx, Math.round(timeToPixel(viewport, startMs))),
      rightPx: Math.min(rightPx, Math.round(timeToPixel(viewport, endMs))),
    };
    const space = part.rightPx - part.leftPx - 2 * LABEL_PADDING_PX + 1;
    return part.rightPx - part.leftPx >= SMALLEST_LABEL_PX && fitName(context, name, space) !== '' ? [part] : [];
  });
  return parts.length > 0
    ? parts
    : [
        {
          name: layerOfTile(scene, tile).name,
          durationMs: scene.tileEndMs[tile] - scene.tileStartMs[tile],
          leftPx,
          rightPx,
        },
      ];
}

function drawLabels(
  context: DrawContext,
  scene: Scene,
  layout: TimelineLayout,
  viewport: Viewport,
  theme: CanvasTheme,
  labelled: readonly number[],
  isDimmed: (tile: number) => boolean,
): void {
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const hasTwoLines = layout.rowHeightPx >= TWO_LINES_FROM_PX;
  for (let i = 0; i < labelled.length; i += 3) {
    const tile = labelled[i];
    const middle = rowTop(layout, viewport, scene.tileRow[tile]) + layout.rowHeightPx / 2;
    context.font = theme.labelFont;
    for (const label of labelsOf(context, scene, viewport, tile, labelled[i + 1], labelled[i + 2])) {
      const left = label.leftPx + LABEL_PADDING_PX;
      const space = Math.min(label.rightPx, viewport.leftPx + viewport.widthPx) - left - LABEL_PADDING_PX + 1;
      context.font = theme.labelFont;
      const name = fitName(context, label.name, space);
      if (name === '') continue;
      context.fillStyle = textColorOn(
        tileColor(theme, scene.tileApplication[tile], DENSITY_LEVELS - 1, isDimmed(tile)),
      );
      context.font = theme.smallFont;
      const duration = formatDuration(label.durationMs);
      const showsDuration = hasTwoLines && textWidth(context, duration) <= space;
      if (showsDuration) context.fillText(duration, left, middle + 8);
      context.font = theme.labelFont;
      context.fillText(name, left, showsDuration ? middle - 7 : middle + 0.5);
    }
  }
}
