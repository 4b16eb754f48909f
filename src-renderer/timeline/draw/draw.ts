/** Draws a timeline: axis, grid, rows with their labels, tiles, overlays. Plain functions of a scene and a view; no DOM. */
import { formatPercent } from '../../format.ts';
import { fitName, textWidth, type DrawContext } from '../../canvas/draw-context.ts';
import { drawArea, drawCriticalPath, drawDependencies, drawInstanceMarks, drawOutlines } from './draw-overlays.ts';
import { drawTiles } from './draw-tiles.ts';
import { plotBottom, rowTop, stripAt, stripLabel, type TimelineLayout } from '../scene/layout.ts';
import { rowUtilization, type Scene, type SceneRow } from '../scene/scene.ts';
import type { TimelineArea } from '../scene/selection.ts';
import type { CanvasTheme } from '../../canvas/canvas-theme.ts';
import { rowColor } from './tile-colors.ts';
import { formatAxisTime, timeAxis, timeToPixel, type TimeAxis, type Viewport } from '../scene/viewport.ts';

/** Size and visible part of a timeline. */
export interface TimelineView {
  readonly layout: TimelineLayout;
  readonly viewport: Viewport;
}

/** What the person points at and has chosen. */
export interface TimelineState {
  readonly hoveredTile: number | undefined;
  readonly selectedTile: number | undefined;
  readonly highlightedApplication: number | undefined;
  readonly area: TimelineArea | undefined;
  /** Tiles of the critical path in order of time, while it is shown. */
  readonly criticalTiles: readonly number[] | undefined;
  /** Time under the pointer, marked on the axis. */
  readonly cursorMs: number | undefined;
}

export const restingState: TimelineState = {
  hoveredTile: undefined,
  selectedTile: undefined,
  highlightedApplication: undefined,
  area: undefined,
  criticalTiles: undefined,
  cursorMs: undefined,
};

/** Space left of a row's value, and right of it. */
const VALUE_GAP_PX = 8;
const VALUE_RIGHT_PX = 10;
const LABEL_LEFT_PX = 14;
/** Lower rows, on their way to or from nothing, have no label. */
const LEAST_LABELLED_PX = 12;
const NARROWEST_GUTTER_PX = 72;
const WIDEST_GUTTER_PX = 220;

/** Width that the column of row labels needs. */
export function measureGutter(context: DrawContext, scene: Scene, theme: CanvasTheme): number {
  const widest = (font: string, texts: readonly string[]): number => {
    context.font = font;
    return texts.reduce((width, text) => Math.max(width, textWidth(context, text)), 0);
  };
  const values = widest(
    theme.smallFont,
    scene.rows.map((row) => rowValue(scene, row)),
  );
  const names = scene.rows.map((row, index) => nameOfRow(scene, row, index));
  return Math.ceil(
    Math.max(
      NARROWEST_GUTTER_PX,
      Math.min(WIDEST_GUTTER_PX, LABEL_LEFT_PX + widest(theme.rowFont, names) + VALUE_GAP_PX + values + VALUE_RIGHT_PX),
    ),
  );
}

/** Draws everything; the context's units are CSS pixels. */
export function drawTimeline(
  context: DrawContext,
  scene: Scene,
  { layout, viewport }: TimelineView,
  theme: CanvasTheme,
  state: TimelineState,
): void {
  const axis = timeAxis(viewport);
  context.fillStyle = theme.surface;
  context.fillRect(0, 0, layout.widthPx, layout.heightPx);

  const plotRight = viewport.leftPx + viewport.widthPx;
  context.save();
  clipTo(
    context,
    layout.gutterPx,
    layout.plotTopPx,
    layout.widthPx - layout.gutterPx,
    layout.heightPx - layout.plotTopPx,
  );
  drawRowBackgrounds(context, scene, layout, viewport, theme, plotRight);
  drawGrid(context, layout, viewport, theme, axis);
  drawTiles(context, scene, layout, viewport, theme, state);
  if (state.criticalTiles !== undefined) drawCriticalPath(context, scene, layout, viewport, theme, state.criticalTiles);
  drawOutlines(context, scene, layout, viewport, theme, state.hoveredTile, state.selectedTile);
  if (state.selectedTile !== undefined) drawDependencies(context, scene, layout, viewport, theme, state.selectedTile);
  if (state.area !== undefined) drawArea(context, layout, viewport, theme, state.area);
  context.restore();

  context.save();
  clipTo(context, layout.gutterPx - 6, 0, layout.widthPx - layout.gutterPx + 6, layout.heightPx);
  drawAxis(context, layout, viewport, theme, axis);
  drawInstanceMarks(context, scene, layout, viewport, theme, focusedInstance(scene, state));
  if (state.cursorMs !== undefined) drawCursor(context, layout, viewport, theme, axis, state.cursorMs);
  context.restore();
  drawGutter(context, scene, layout, viewport, theme, state, axis);
}

function focusedInstance(scene: Scene, state: TimelineState) {
  const tile = state.selectedTile ?? state.hoveredTile;
  if (tile === undefined) return undefined;
  const application = scene.tileApplication[tile];
  const instance = scene.problem.jobInstance[scene.tileJob[tile]];
  return scene.instances.find((mark) => mark.application === application && mark.instance === instance);
}

function clipTo(context: DrawContext, x: number, y: number, width: number, height: number): void {
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
}

function drawRowBackgrounds(
  context: DrawContext,
  scene: Scene,
  layout: TimelineLayout,
  viewport: Viewport,
  theme: CanvasTheme,
  plotRight: number,
): void {
  scene.rows.forEach((row, index) => {
    const top = rowTop(layout, viewport, index);
    const height = layout.rowHeightsPx[index];
    if (height === 0 || top >= layout.heightPx || top + height <= layout.plotTopPx) return;
    context.fillStyle = theme.row;
    context.fillRect(layout.gutterPx, top, plotRight - layout.gutterPx, height);
    if (!row.isActive) drawOffHatch(context, layout, theme, top, height, plotRight);
  });
}

/** Diagonal lines: this core is switched off, or works in the group of another one. */
function drawOffHatch(
  context: DrawContext,
  layout: TimelineLayout,
  theme: CanvasTheme,
  top: number,
  height: number,
  right: number,
): void {
  context.save();
  clipTo(context, layout.gutterPx, top, right - layout.gutterPx, height);
  context.strokeStyle = theme.offHatch;
  context.lineWidth = 1;
  context.beginPath();
  for (let x = layout.gutterPx - height; x < right; x += 9) {
    context.moveTo(x, top + height);
    context.lineTo(x + height, top);
  }
  context.stroke();
  context.restore();
}

function drawGrid(
  context: DrawContext,
  layout: TimelineLayout,
  viewport: Viewport,
  theme: CanvasTheme,
  axis: TimeAxis,
): void {
  const bottom = plotBottom(layout, viewport);
  context.lineWidth = 1;
  context.strokeStyle = theme.minorGridLine;
  context.beginPath();
  const first = Math.ceil(viewport.startMs / axis.minorStepMs);
  const last = Math.floor(viewport.endMs / axis.minorStepMs);
  for (let index = first; index <= last; index++)
    verticalLine(context, timeToPixel(viewport, index * axis.minorStepMs), layout.plotTopPx, bottom);
  context.stroke();
  context.strokeStyle = theme.gridLine;
  context.beginPath();
  for (const tick of axis.ticks) verticalLine(context, timeToPixel(viewport, tick.timeMs), layout.plotTopPx, bottom);
  context.stroke();
}

function drawAxis(
  context: DrawContext,
  layout: TimelineLayout,
  viewport: Viewport,
  theme: CanvasTheme,
  axis: TimeAxis,
): void {
  context.strokeStyle = theme.divider;
  context.lineWidth = 1;
  context.beginPath();
  for (const tick of axis.ticks)
    verticalLine(context, timeToPixel(viewport, tick.timeMs), layout.axisPx - 5, layout.axisPx);
  context.moveTo(layout.gutterPx, layout.axisPx + 0.5);
  context.lineTo(layout.widthPx, layout.axisPx + 0.5);
  context.stroke();
  context.font = theme.smallFont;
  context.fillStyle = theme.mutedText;
  context.textBaseline = 'middle';
  for (const tick of axis.ticks) {
    const x = timeToPixel(viewport, tick.timeMs);
    const half = textWidth(context, tick.label) / 2;
    // A label at the edge leans inwards rather than being cut.
    context.textAlign = 'center';
    context.fillText(
      tick.label,
      Math.max(layout.gutterPx + half - 4, Math.min(layout.widthPx - half - 2, x)),
      layout.axisPx / 2 - 1,
    );
  }
}

/** The time under the pointer: a line across the rows and its value on the axis, exact to the pixel. */
function drawCursor(
  context: DrawContext,
  layout: TimelineLayout,
  viewport: Viewport,
  theme: CanvasTheme,
  axis: TimeAxis,
  timeMs: number,
): void {
  const x = timeToPixel(viewport, timeMs);
  context.strokeStyle = theme.mutedText;
  context.lineWidth = 1;
  context.beginPath();
  verticalLine(context, x, layout.axisPx, plotBottom(layout, viewport));
  context.stroke();
  context.font = theme.smallFont;
  const label = formatAxisTime(axis, viewport, timeMs);
  const width = textWidth(context, label) + 10;
  const left = Math.max(layout.gutterPx - 4, Math.min(layout.widthPx - width, x - width / 2));
  context.fillStyle = theme.text;
  context.fillRect(left, 3, width, layout.axisPx - 6);
  context.fillStyle = theme.surface;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillText(label, left + 5, layout.axisPx / 2 + 0.5);
}

function drawGutter(
  context: DrawContext,
  scene: Scene,
  layout: TimelineLayout,
  viewport: Viewport,
  theme: CanvasTheme,
  state: TimelineState,
  axis: TimeAxis,
): void {
  context.save();
  clipTo(context, 0, layout.plotTopPx, layout.gutterPx, layout.heightPx - layout.plotTopPx);
  context.fillStyle = theme.surface;
  context.fillRect(0, layout.plotTopPx, layout.gutterPx, layout.heightPx - layout.plotTopPx);
  const tile = state.hoveredTile ?? state.selectedTile;
  scene.rows.forEach((row, index) => {
    const top = rowTop(layout, viewport, index);
    const height = layout.rowHeightsPx[index];
    if (height < LEAST_LABELLED_PX || top >= layout.heightPx || top + height <= layout.plotTopPx) return;
    drawRowLabel(
      context,
      scene,
      layout,
      theme,
      row,
      nameOfRow(scene, row, index),
      { top, height },
      tile !== undefined && scene.tileRow[tile] === index,
    );
  });
  context.restore();

  context.font = theme.smallFont;
  context.fillStyle = theme.mutedText;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.fillText(`Time (${axis.unit})`, LABEL_LEFT_PX - 10, layout.axisPx / 2 - 1);
  context.textAlign = 'right';
  context.fillText('busy', layout.gutterPx - VALUE_RIGHT_PX, layout.axisPx + (layout.plotTopPx - layout.axisPx) / 2);
  context.strokeStyle = theme.divider;
  context.lineWidth = 1;
  context.beginPath();
  verticalLine(context, layout.gutterPx - 1, layout.axisPx, plotBottom(layout, viewport));
  context.stroke();
}

function drawRowLabel(
  context: DrawContext,
  scene: Scene,
  layout: TimelineLayout,
  theme: CanvasTheme,
  row: SceneRow,
  name: string,
  { top, height }: { readonly top: number; readonly height: number },
  isPointedAt: boolean,
): void {
  const middle = top + height / 2 + 0.5;
  context.fillStyle = row.isActive ? rowColor(theme, row) : theme.offHatch;
  context.fillRect(4, top, 4, height);
  context.textBaseline = 'middle';
  context.font = theme.smallFont;
  const value = rowValue(scene, row);
  const valuePx = textWidth(context, value);
  context.textAlign = 'left';
  context.font = row.isActive ? theme.rowFont : theme.smallFont;
  context.fillStyle = isPointedAt || row.isActive ? theme.text : theme.mutedText;
  const label = fitName(context, name, layout.gutterPx - LABEL_LEFT_PX - VALUE_GAP_PX - valuePx - VALUE_RIGHT_PX);
  context.fillText(label, LABEL_LEFT_PX, middle);
  if (isPointedAt) context.fillRect(LABEL_LEFT_PX, Math.round(middle) + 8, textWidth(context, label), 1.5);
  context.textAlign = 'right';
  context.font = theme.smallFont;
  context.fillStyle = theme.mutedText;
  context.fillText(value, layout.gutterPx - VALUE_RIGHT_PX, middle);
}

/** A row's label; of the strip that rows out of use share, that of all of them. */
function nameOfRow(scene: Scene, row: SceneRow, index: number): string {
  const strip = stripAt(scene, index);
  return strip === undefined ? row.label : stripLabel(scene, strip);
}

/** What is written at the right of a row's label: its utilisation, or why it has none. */
function rowValue(scene: Scene, row: SceneRow): string {
  if (!row.isActive) return row.idleWord;
  const share = rowUtilization(scene, row);
  return share > 0 && share < 0.001 ? `< ${formatPercent(0.001, 1)}` : formatPercent(share, 2);
}

function verticalLine(context: DrawContext, px: number, top: number, bottom: number): void {
  const x = Math.round(px) + 0.5;
  context.moveTo(x, top);
  context.lineTo(x, bottom);
}
