/** Draws a timeline: axis, grid, rows with their labels, tiles, overlays. Plain functions of a scene and a view; no DOM. */
import { formatPercent } from '../format.ts';
import { fitText, textWidth, type DrawContext } from './draw-context.ts';
import { drawArea, drawCriticalPath, drawDependencies, drawInstanceMarks, drawOutlines } from './draw-overlays.ts';
import { drawTiles } from './draw-tiles.ts';
import { plotBottom, rowTop, type TimelineLayout } from './layout.ts';
import { rowUtilization, type Scene, type SceneRow } from './scene.ts';
import type { TimelineArea } from './selection.ts';
import { rowColor, type TimelineTheme } from './timeline-theme.ts';
import { formatAxisTime, timeAxis, timeToPixel, type TimeAxis, type Viewport } from './viewport.ts';

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

export const restingState: TimelineState = { hoveredTile: undefined, selectedTile: undefined, highlightedApplication: undefined, area: undefined, criticalTiles: undefined, cursorMs: undefined };

const UTILIZATION_PX = 44;
const LABEL_LEFT_PX = 14;
const NARROWEST_GUTTER_PX = 72;
const WIDEST_GUTTER_PX = 220;

/** Width that the column of row labels needs. */
export function measureGutter(context: DrawContext, scene: Scene, theme: TimelineTheme): number {
  context.font = theme.rowFont;
  const widest = scene.rows.reduce((width, row) => Math.max(width, textWidth(context, row.label)), 0);
  return Math.ceil(Math.max(NARROWEST_GUTTER_PX, Math.min(WIDEST_GUTTER_PX, LABEL_LEFT_PX + widest + 8 + UTILIZATION_PX)));
}

/** Draws everything; the context's units are CSS pixels. */
export function drawTimeline(context: DrawContext, scene: Scene, { layout, viewport }: TimelineView, theme: TimelineTheme, state: TimelineState): void {
  const axis = timeAxis(viewport);
  context.fillStyle = theme.surface;
  context.fillRect(0, 0, layout.widthPx, layout.heightPx);

  const plotRight = viewport.leftPx + viewport.widthPx;
  context.save();
  clipTo(context, layout.gutterPx, layout.plotTopPx, layout.widthPx - layout.gutterPx, layout.heightPx - layout.plotTopPx);
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

function drawRowBackgrounds(context: DrawContext, scene: Scene, layout: TimelineLayout, viewport: Viewport, theme: TimelineTheme, plotRight: number): void {
  scene.rows.forEach((row, index) => {
    const top = rowTop(layout, viewport, index);
    if (top >= layout.heightPx || top + layout.rowHeightPx <= layout.plotTopPx) return;
    context.fillStyle = theme.row;
    context.fillRect(layout.gutterPx, top, plotRight - layout.gutterPx, layout.rowHeightPx);
    if (!row.isActive) drawOffHatch(context, layout, theme, top, plotRight);
  });
}

/** Diagonal lines: this core is switched off. */
function drawOffHatch(context: DrawContext, layout: TimelineLayout, theme: TimelineTheme, top: number, right: number): void {
  context.save();
  clipTo(context, layout.gutterPx, top, right - layout.gutterPx, layout.rowHeightPx);
  context.strokeStyle = theme.offHatch;
  context.lineWidth = 1;
  context.beginPath();
  for (let x = layout.gutterPx - layout.rowHeightPx; x < right; x += 9) {
    context.moveTo(x, top + layout.rowHeightPx);
    context.lineTo(x + layout.rowHeightPx, top);
  }
  context.stroke();
  context.restore();
}

function drawGrid(context: DrawContext, layout: TimelineLayout, viewport: Viewport, theme: TimelineTheme, axis: TimeAxis): void {
  const bottom = plotBottom(layout, viewport);
  context.lineWidth = 1;
  context.strokeStyle = theme.minorGridLine;
  context.beginPath();
  const first = Math.ceil(viewport.startMs / axis.minorStepMs);
  const last = Math.floor(viewport.endMs / axis.minorStepMs);
  for (let index = first; index <= last; index++) verticalLine(context, timeToPixel(viewport, index * axis.minorStepMs), layout.plotTopPx, bottom);
  context.stroke();
  context.strokeStyle = theme.gridLine;
  context.beginPath();
  for (const tick of axis.ticks) verticalLine(context, timeToPixel(viewport, tick.timeMs), layout.plotTopPx, bottom);
  context.stroke();
}

function drawAxis(context: DrawContext, layout: TimelineLayout, viewport: Viewport, theme: TimelineTheme, axis: TimeAxis): void {
  context.strokeStyle = theme.divider;
  context.lineWidth = 1;
  context.beginPath();
  for (const tick of axis.ticks) verticalLine(context, timeToPixel(viewport, tick.timeMs), layout.axisPx - 5, layout.axisPx);
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
    context.fillText(tick.label, Math.max(layout.gutterPx + half - 4, Math.min(layout.widthPx - half - 2, x)), layout.axisPx / 2 - 1);
  }
}

/** The time under the pointer: a line across the rows and its value on the axis, exact to the pixel. */
function drawCursor(context: DrawContext, layout: TimelineLayout, viewport: Viewport, theme: TimelineTheme, axis: TimeAxis, timeMs: number): void {
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

function drawGutter(context: DrawContext, scene: Scene, layout: TimelineLayout, viewport: Viewport, theme: TimelineTheme, state: TimelineState, axis: TimeAxis): void {
  context.save();
  clipTo(context, 0, layout.plotTopPx, layout.gutterPx, layout.heightPx - layout.plotTopPx);
  context.fillStyle = theme.surface;
  context.fillRect(0, layout.plotTopPx, layout.gutterPx, layout.heightPx - layout.plotTopPx);
  const tile = state.hoveredTile ?? state.selectedTile;
  scene.rows.forEach((row, index) => {
    const top = rowTop(layout, viewport, index);
    if (top < layout.heightPx && top + layout.rowHeightPx > layout.plotTopPx) drawRowLabel(context, scene, layout, theme, row, top, tile !== undefined && scene.tileRow[tile] === index);
  });
  context.restore();

  context.font = theme.smallFont;
  context.fillStyle = theme.mutedText;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.fillText(`Time (${axis.unit})`, LABEL_LEFT_PX - 10, layout.axisPx / 2 - 1);
  context.textAlign = 'right';
  context.fillText('busy', layout.gutterPx - 10, layout.axisPx + (layout.plotTopPx - layout.axisPx) / 2);
  context.strokeStyle = theme.divider;
  context.lineWidth = 1;
  context.beginPath();
  verticalLine(context, layout.gutterPx - 1, layout.axisPx, plotBottom(layout, viewport));
  context.stroke();
}

function drawRowLabel(context: DrawContext, scene: Scene, layout: TimelineLayout, theme: TimelineTheme, row: SceneRow, top: number, isPointedAt: boolean): void {
  const middle = top + layout.rowHeightPx / 2 + 0.5;
  context.fillStyle = row.isActive ? rowColor(theme, row) : theme.offHatch;
  context.fillRect(4, top, 4, layout.rowHeightPx);
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.font = theme.rowFont;
  context.fillStyle = isPointedAt || row.isActive ? theme.text : theme.mutedText;
  const label = fitText(context, row.label, layout.gutterPx - LABEL_LEFT_PX - UTILIZATION_PX - 8);
  context.fillText(label, LABEL_LEFT_PX, middle);
  if (isPointedAt) context.fillRect(LABEL_LEFT_PX, Math.round(middle) + 8, textWidth(context, label), 1.5);
  context.textAlign = 'right';
  context.font = theme.smallFont;
  context.fillStyle = theme.mutedText;
  context.fillText(row.isActive ? formatPercent(rowUtilization(scene, row), 2) : row.idleWord, layout.gutterPx - 10, middle);
}

function verticalLine(context: DrawContext, px: number, top: number, bottom: number): void {
  const x = Math.round(px) + 0.5;
  context.moveTo(x, top);
  context.lineTo(x, bottom);
}
