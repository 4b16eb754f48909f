/** Draws what lies over the tiles: outlines, dependency arrows, the selected area, releases and deadlines. */
import { formatDuration } from '../../format.ts';
import { applicationColor, withAlpha } from '../../theme/palette.ts';
import { textWidth, type DrawContext } from '../../canvas/draw-context.ts';
import { plotBottom, rowTop, type TimelineLayout } from '../scene/layout.ts';
import type { InstanceMark, Scene } from '../scene/scene.ts';
import type { TimelineArea } from '../scene/selection.ts';
import { releasedBy, releasesOf } from '../scene/releases.ts';
import { consumersOf, producersOf } from '../scene/tile-facts.ts';
import type { CanvasTheme } from '../../canvas/canvas-theme.ts';
import { timeToPixel, type Viewport } from '../scene/viewport.ts';

/** Marks of one kind and application closer than this are one mark. */
const MARK_SPACING_PX = 3;
/** Room that a triangle or cross takes; with less than this per instance, they crowd. */
const SYMBOL_SPACING_PX = 12;

/** Outlines the hovered and the selected tile, and underlines the other instances of the selected (else hovered) layer. */
export function drawOutlines(
  context: DrawContext,
  scene: Scene,
  layout: TimelineLayout,
  viewport: Viewport,
  theme: CanvasTheme,
  hoveredTile: number | undefined,
  selectedTile: number | undefined,
): void {
  const model = selectedTile ?? hoveredTile;
  if (model !== undefined) {
    context.fillStyle = theme.outline;
    for (const tile of siblingsOf(scene, model)) {
      const box = tileBox(scene, layout, viewport, tile);
      if (box.right >= viewport.leftPx && box.left <= viewport.leftPx + viewport.widthPx)
        context.fillRect(box.left, box.top + layout.rowHeightPx - 3, Math.max(2, box.right - box.left - 1), 3);
    }
  }
  if (hoveredTile !== undefined && hoveredTile !== selectedTile)
    outline(context, layout, theme, tileBox(scene, layout, viewport, hoveredTile), 1.5);
  if (selectedTile !== undefined) outline(context, layout, theme, tileBox(scene, layout, viewport, selectedTile), 2.5);
}

/** Arrows from the tiles whose output `tile` reads, and to those that read its own, and between the last layer of an instance and what it releases; dashed within a processor, where nothing is transferred. */
export function drawDependencies(
  context: DrawContext,
  scene: Scene,
  layout: TimelineLayout,
  viewport: Viewport,
  theme: CanvasTheme,
  tile: number,
): void {
  const pairs = [
    ...producersOf(scene, tile).map((producer) => [producer.tile, tile]),
    ...consumersOf(scene, tile).map((consumer) => [tile, consumer.tile]),
    ...releasedBy(scene, tile).map((trigger) => [trigger, tile]),
    ...releasesOf(scene, tile).map((dependent) => [tile, dependent]),
  ];
  for (const [from, to] of pairs) {
    const start = tileBox(scene, layout, viewport, from);
    const end = tileBox(scene, layout, viewport, to);
    const middle = layout.rowHeightPx / 2;
    const isTransfer = scene.rows[scene.tileRow[from]].processor !== scene.rows[scene.tileRow[to]].processor;
    arrow(context, theme, { x: start.right, y: start.top + middle }, { x: end.left, y: end.top + middle }, isTransfer);
  }
}

/** Lines from the end of each tile of the critical path to the start of the next. */
export function drawCriticalPath(
  context: DrawContext,
  scene: Scene,
  layout: TimelineLayout,
  viewport: Viewport,
  theme: CanvasTheme,
  tiles: readonly number[],
): void {
  const middle = layout.rowHeightPx / 2;
  context.beginPath();
  tiles.slice(1).forEach((tile, index) => {
    const from = tileBox(scene, layout, viewport, tiles[index]);
    const to = tileBox(scene, layout, viewport, tile);
    if (to.left < viewport.leftPx || from.right > viewport.leftPx + viewport.widthPx || from.top === to.top) return;
    context.moveTo(from.right, from.top + middle);
    context.lineTo(to.left, to.top + middle);
  });
  context.strokeStyle = theme.outline;
  context.lineWidth = 1.5;
  context.stroke();
}

/** The selected area with its duration above. */
export function drawArea(
  context: DrawContext,
  layout: TimelineLayout,
  viewport: Viewport,
  theme: CanvasTheme,
  area: TimelineArea,
): void {
  const left = timeToPixel(viewport, area.startMs);
  const right = timeToPixel(viewport, area.endMs);
  // Within what the plot shows, so that the frame and the duration stay in sight.
  const top = Math.max(layout.plotTopPx + 1, rowTop(layout, viewport, area.firstRow) - 1);
  const bottom = Math.min(
    layout.heightPx - 1,
    rowTop(layout, viewport, area.lastRow) + layout.rowHeightsPx[area.lastRow] + 1,
  );
  if (bottom <= top) return;
  context.fillStyle = withAlpha(theme.accent, 0.14);
  context.fillRect(left, top, right - left, bottom - top);
  context.strokeStyle = theme.accent;
  context.lineWidth = 1.5;
  context.strokeRect(left, top, right - left, bottom - top);
  context.font = theme.labelFont;
  const label = formatDuration(area.endMs - area.startMs);
  const width = textWidth(context, label) + 12;
  if (width > right - left) return;
  context.fillStyle = theme.surface;
  context.fillRect((left + right - width) / 2, top + 3, width, 18);
  context.fillStyle = theme.accent;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(label, (left + right) / 2, top + 12.5);
}

/**
 * Releases (▲, below) and deadlines (▼, above; ✕ where missed) of the application instances in the strip under the axis.
 * An instance that was dropped has a ✕ below, at the time of its drop, and no deadline. Where they crowd, ticks take the place of the symbols.
 */
export function drawInstanceMarks(
  context: DrawContext,
  scene: Scene,
  layout: TimelineLayout,
  viewport: Viewport,
  theme: CanvasTheme,
  focus: InstanceMark | undefined,
): void {
  const visible = scene.instances.filter(
    (mark) =>
      isOnPlot(viewport, mark.releaseMs) || isOnPlot(viewport, mark.deadlineMs) || isOnPlot(viewport, mark.droppedMs),
  );
  const isCrowded = visible.length * SYMBOL_SPACING_PX > viewport.widthPx;
  const lastPx = new Map<string, number>();
  const middle = (layout.axisPx + layout.plotTopPx) / 2;
  for (const mark of visible) {
    const color = applicationColor(mark.application, theme.name);
    const releasePx = timeToPixel(viewport, mark.releaseMs);
    if (isOnPlot(viewport, mark.releaseMs) && isApart(lastPx, `release ${mark.application}`, releasePx)) {
      if (isCrowded) tick(context, color, releasePx, middle + 3);
      else triangle(context, color, releasePx, middle + 9, middle + 2);
    }
    if (!Number.isNaN(mark.droppedMs)) {
      const droppedPx = timeToPixel(viewport, mark.droppedMs);
      if (isOnPlot(viewport, mark.droppedMs) && isApart(lastPx, `dropped ${mark.application}`, droppedPx)) {
        if (isCrowded) tick(context, theme.worse, droppedPx, middle + 3);
        else cross(context, color, droppedPx, middle + 5);
      }
      continue;
    }
    const deadlinePx = timeToPixel(viewport, mark.deadlineMs);
    if (
      !isOnPlot(viewport, mark.deadlineMs) ||
      !isApart(lastPx, `deadline ${mark.application} ${mark.isMissed}`, deadlinePx)
    )
      continue;
    if (isCrowded) tick(context, color, deadlinePx, middle - 7);
    else if (mark.isMissed) cross(context, color, deadlinePx, middle - 4);
    else triangle(context, color, deadlinePx, middle - 8, middle - 1);
  }
  drawLaterDeadlines(context, scene, layout, viewport, theme);
  if (focus !== undefined) drawInstanceLines(context, layout, viewport, theme, focus);
}

/** Says at the right edge that deadlines follow, where nothing else lies beyond it. */
function drawLaterDeadlines(
  context: DrawContext,
  scene: Scene,
  layout: TimelineLayout,
  viewport: Viewport,
  theme: CanvasTheme,
): void {
  if (viewport.endMs < scene.makespanMs) return;
  const later = scene.instances.filter(
    (mark) => mark.deadlineMs > viewport.endMs && !isOnPlot(viewport, mark.deadlineMs),
  );
  if (later.length === 0) return;
  const last = formatDuration(later.reduce((latest, mark) => Math.max(latest, mark.deadlineMs), 0));
  const label = later.length === 1 ? `deadline at ${last} ▸` : `${later.length} deadlines up to ${last} ▸`;
  context.font = theme.smallFont;
  const right = viewport.leftPx + viewport.widthPx;
  const width = textWidth(context, label) + 8;
  if (width > viewport.widthPx / 2) return;
  context.fillStyle = theme.surface;
  context.fillRect(right - width, layout.axisPx + 2, width + 6, layout.plotTopPx - layout.axisPx - 4);
  context.fillStyle = theme.mutedText;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  context.fillText(label, right, (layout.axisPx + layout.plotTopPx) / 2);
}

/** Release and deadline of one instance as lines across all rows. */
function drawInstanceLines(
  context: DrawContext,
  layout: TimelineLayout,
  viewport: Viewport,
  theme: CanvasTheme,
  mark: InstanceMark,
): void {
  context.lineWidth = 1;
  context.strokeStyle = mark.isMissed ? theme.worse : theme.mutedText;
  context.setLineDash([4, 3]);
  context.beginPath();
  for (const timeMs of [mark.releaseMs, mark.deadlineMs]) {
    if (Number.isNaN(timeMs)) continue;
    const x = Math.round(timeToPixel(viewport, timeMs)) + 0.5;
    context.moveTo(x, layout.plotTopPx);
    context.lineTo(x, plotBottom(layout, viewport));
  }
  context.stroke();
  context.setLineDash([]);
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
}

function tileBox(scene: Scene, layout: TimelineLayout, viewport: Viewport, tile: number): Box {
  return {
    left: Math.round(timeToPixel(viewport, scene.tileStartMs[tile])),
    right: Math.round(timeToPixel(viewport, scene.tileEndMs[tile])),
    top: rowTop(layout, viewport, scene.tileRow[tile]),
  };
}

/** The other tiles of the same task: one per instance of its application. */
function siblingsOf(scene: Scene, tile: number): number[] {
  const { problem } = scene;
  const task = problem.jobTask[scene.tileJob[tile]];
  const offset = task - problem.applicationFirstTask[problem.tasks[task].application];
  const siblings: number[] = [];
  problem.instanceApplication.forEach((application, instance) => {
    if (application !== problem.tasks[task].application) return;
    const sibling = scene.tileOfJob[problem.instanceFirstJob[instance] + offset];
    if (sibling >= 0 && sibling !== tile) siblings.push(sibling);
  });
  return siblings;
}

/** Strokes inside a halo of the surface's colour, so that it shows on any tile. Long tiles are cut to what coordinates can hold. */
function outline(context: DrawContext, layout: TimelineLayout, theme: CanvasTheme, box: Box, lineWidth: number): void {
  const left = Math.max(-50, box.left);
  const width = Math.max(2, Math.min(layout.widthPx + 50, box.right) - left - (box.right - box.left > 3 ? 1 : 0));
  context.lineJoin = 'round';
  context.lineWidth = lineWidth + 2;
  context.strokeStyle = theme.surface;
  context.strokeRect(left, box.top, width, layout.rowHeightPx);
  context.lineWidth = lineWidth;
  context.strokeStyle = theme.outline;
  context.strokeRect(left, box.top, width, layout.rowHeightPx);
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function arrow(context: DrawContext, theme: CanvasTheme, from: Point, to: Point, isTransfer: boolean): void {
  const reach = Math.max(14, Math.min(80, Math.abs(to.x - from.x) / 2));
  const path = (): void => {
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.bezierCurveTo(from.x + reach, from.y, to.x - reach - 6, to.y, to.x - 5, to.y);
    context.stroke();
  };
  context.strokeStyle = theme.surface;
  context.lineWidth = 4;
  path();
  context.strokeStyle = theme.outline;
  context.lineWidth = 1.5;
  if (!isTransfer) context.setLineDash([4, 3]);
  path();
  context.setLineDash([]);
  context.fillStyle = theme.outline;
  context.lineWidth = 1;
  context.strokeStyle = theme.surface;
  context.beginPath();
  context.moveTo(to.x, to.y);
  context.lineTo(to.x - 8, to.y - 4.5);
  context.lineTo(to.x - 8, to.y + 4.5);
  context.closePath();
  context.stroke();
  context.fill();
}

/** Whether `timeMs` is in view, with a little to spare for a symbol's width; no for NaN. */
function isOnPlot(viewport: Viewport, timeMs: number): boolean {
  const px = timeToPixel(viewport, timeMs);
  return px >= viewport.leftPx - 5 && px <= viewport.leftPx + viewport.widthPx + 5;
}

/** Whether a mark at `px` is apart from the last one drawn of its kind. */
function isApart(lastPx: Map<string, number>, kind: string, px: number): boolean {
  if (px - (lastPx.get(kind) ?? Number.NEGATIVE_INFINITY) < MARK_SPACING_PX) return false;
  lastPx.set(kind, px);
  return true;
}

function tick(context: DrawContext, color: string, x: number, top: number): void {
  context.fillStyle = color;
  context.fillRect(Math.round(x) - 1, top, 2, 6);
}

function triangle(context: DrawContext, color: string, x: number, baseY: number, tipY: number): void {
  context.fillStyle = color;
  context.beginPath();
  context.moveTo(x - 4.5, baseY);
  context.lineTo(x + 4.5, baseY);
  context.lineTo(x, tipY);
  context.closePath();
  context.fill();
}

function cross(context: DrawContext, color: string, x: number, y: number): void {
  context.strokeStyle = color;
  context.lineWidth = 2.5;
  context.beginPath();
  context.moveTo(x - 4, y - 4);
  context.lineTo(x + 4, y + 4);
  context.moveTo(x + 4, y - 4);
  context.lineTo(x - 4, y + 4);
  context.stroke();
}
