/** Draws the moving schedule: the timeline's own axis, rows and labels, and over them the tiles wherever they are on their way. */
import { drawTimeline, measureGutter, restingState, type TimelineView } from '../timeline/draw/draw.ts';
import { fitName, type DrawContext } from '../canvas/draw-context.ts';
import { layOutTimeline, plotBottom, plotExtent, rowTop, type TimelineLayout } from '../timeline/scene/layout.ts';
import { layerOfTile, type Scene } from '../timeline/scene/scene.ts';
import type { CanvasTheme } from '../canvas/canvas-theme.ts';
import { DENSITY_LEVELS, tileColor } from '../timeline/draw/tile-colors.ts';
import { timeToPixel, type Viewport } from '../timeline/scene/viewport.ts';
import { textColorOn } from '../theme/palette.ts';
import { markOf, type MovingTiles } from './moving-schedule.ts';

const SMALLEST_LABEL_PX = 20;
const LABEL_PADDING_PX = 5;
const MARK_PX = 1.5;
/** Rows grow with the room that a page gives them. */
const LARGEST_ROW_PX = 120;
/** Narrower tiles would be all outline. */
const SMALLEST_MARKED_PX = 6;

/** Where everything of the moving schedule lies in a canvas of that size; the time axis goes from `startMs` to `endMs`. */
export function movingView(
  context: DrawContext,
  scene: Scene,
  widthPx: number,
  heightPx: number,
  endMs: number,
  theme: CanvasTheme,
  startMs = 0,
  openness?: ArrayLike<number>,
): TimelineView {
  const layout = layOutTimeline(
    scene,
    widthPx,
    heightPx,
    measureGutter(context, scene, theme),
    openness,
    LARGEST_ROW_PX,
  );
  return { layout, viewport: { startMs, endMs, scrollPx: 0, ...plotExtent(layout) } };
}

/** Draws `tiles` into `widthPx` × `heightPx`; the time axis goes from `startMs` to `endMs`. */
export function drawMovingSchedule(
  context: DrawContext,
  tiles: MovingTiles,
  widthPx: number,
  heightPx: number,
  endMs: number,
  theme: CanvasTheme,
  startMs = 0,
): void {
  const { scene } = tiles;
  const { layout, viewport } = movingView(context, scene, widthPx, heightPx, endMs, theme, startMs, tiles.openness);
  drawTimeline(context, withoutTiles(scene), { layout, viewport }, theme, restingState);
  context.save();
  context.beginPath();
  context.rect(layout.gutterPx, layout.plotTopPx, widthPx - layout.gutterPx, heightPx - layout.plotTopPx);
  context.clip();
  drawMakespan(context, layout, viewport, scene.makespanMs, theme);
  // Tiles on their way over the ones at rest.
  drawTiles(context, tiles, layout, viewport, theme, (job) => markOf(tiles, job) === 0);
  drawTiles(context, tiles, layout, viewport, theme, (job) => markOf(tiles, job) > 0);
  context.restore();
}

/** The same rows with nothing on them. */
function withoutTiles(scene: Scene): Scene {
  return { ...scene, rows: scene.rows.map((row) => ({ ...row, firstTile: 0, endTile: 0 })) };
}

function drawMakespan(
  context: DrawContext,
  layout: TimelineLayout,
  viewport: Viewport,
  makespanMs: number,
  theme: CanvasTheme,
): void {
  const x = Math.round(timeToPixel(viewport, makespanMs)) + 0.5;
  context.strokeStyle = theme.accent;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, layout.plotTopPx);
  context.lineTo(x, plotBottom(layout, viewport));
  context.stroke();
}

function drawTiles(
  context: DrawContext,
  tiles: MovingTiles,
  layout: TimelineLayout,
  viewport: Viewport,
  theme: CanvasTheme,
  isWanted: (job: number) => boolean,
): void {
  const { scene } = tiles;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.font = theme.labelFont;
  context.lineWidth = MARK_PX;
  for (let job = 0; job < scene.tileOfJob.length; job++) {
    if (!isWanted(job)) continue;
    const tile = scene.tileOfJob[job];
    if (tile < 0) continue;
    const left = timeToPixel(viewport, tiles.startMs[job]);
    const width = Math.max(1, timeToPixel(viewport, tiles.endMs[job]) - left - 1);
    const top = topOf(layout, viewport, tiles.row[job]);
    const color = tileColor(theme, scene.tileApplication[tile], DENSITY_LEVELS - 1, false);
    context.fillStyle = color;
    context.fillRect(left, top, width, layout.rowHeightPx);
    if (markOf(tiles, job) > 0 && width >= SMALLEST_MARKED_PX) {
      context.strokeStyle = theme.outline;
      context.strokeRect(left + 1, top + 1, Math.max(1, width - 2), layout.rowHeightPx - 2);
    }
    if (width < SMALLEST_LABEL_PX) continue;
    const label = fitName(context, layerOfTile(scene, tile).name, width - 2 * LABEL_PADDING_PX);
    if (label === '') continue;
    context.fillStyle = textColorOn(color);
    context.fillText(label, left + LABEL_PADDING_PX, top + layout.rowHeightPx / 2 + 0.5);
  }
}

/** Top of a fractional row. */
function topOf(layout: TimelineLayout, viewport: Viewport, row: number): number {
  const above = Math.floor(row);
  const top = rowTop(layout, viewport, above);
  return row === above ? top : top + (rowTop(layout, viewport, above + 1) - top) * (row - above);
}
