/** The whole schedule in a strip, and the window on it that can be dragged and resized. */
import type { DrawContext } from '../../canvas/draw-context.ts';
import type { Scene } from '../scene/scene.ts';
import type { CanvasTheme } from '../../canvas/canvas-theme.ts';
import { tileColor, DENSITY_LEVELS } from './tile-colors.ts';
import { clampViewport, type Viewport, type ViewportLimits } from '../scene/viewport.ts';

export interface MinimapSize {
  readonly widthPx: number;
  readonly heightPx: number;
}

const PADDING_PX = 3;
const HANDLE_PX = 6;
/** The window is never drawn narrower than this, so that it can always be grasped. */
const NARROWEST_WINDOW_PX = 8;

/** Draws all rows that are in use in the strip; without the window, so that it need not be drawn again while the window moves. */
export function drawMinimap(context: DrawContext, scene: Scene, size: MinimapSize, theme: CanvasTheme): void {
  context.fillStyle = theme.row;
  context.fillRect(0, 0, size.widthPx, size.heightPx);
  if (scene.rows.length === 0) return;
  const inUse = scene.rows.filter(({ isActive }) => isActive);
  const rowPx = (size.heightPx - 2 * PADDING_PX) / Math.max(1, inUse.length);
  const thickness = Math.max(1, rowPx - (rowPx >= 3 ? 1 : 0));
  const perMs = size.widthPx / scene.endMs;
  // Per application, the last column already filled in the current row: tasks within one column need no rectangle of their own.
  const applications = scene.problem.scenario.applications.length;
  const filledTo = new Float64Array(applications);
  const rectangles: number[][] = Array.from({ length: applications }, () => []);
  inUse.forEach((row, index) => {
    filledTo.fill(-1);
    const top = PADDING_PX + index * rowPx;
    for (let tile = row.firstTile; tile < row.endTile; tile++) {
      const application = scene.tileApplication[tile];
      const left = Math.floor(scene.tileStartMs[tile] * perMs);
      const right = Math.max(left + 1, Math.round(scene.tileEndMs[tile] * perMs));
      if (right <= filledTo[application]) continue;
      rectangles[application].push(left, top, right - left);
      filledTo[application] = right;
    }
  });
  rectangles.forEach((list, application) => {
    context.fillStyle = tileColor(theme, application, DENSITY_LEVELS - 1, false);
    for (let i = 0; i < list.length; i += 3) context.fillRect(list[i], list[i + 1], list[i + 2], thickness);
  });
}

/** Where the window lies on the strip, pixels. */
export function minimapWindow(
  viewport: Viewport,
  limits: ViewportLimits,
  widthPx: number,
): { readonly leftPx: number; readonly widthPx: number } {
  const perMs = widthPx / (limits.endMs - limits.startMs);
  const wanted = (viewport.endMs - viewport.startMs) * perMs;
  const width = Math.max(NARROWEST_WINDOW_PX, wanted);
  const middle = ((viewport.startMs + viewport.endMs) / 2 - limits.startMs) * perMs;
  return { leftPx: Math.max(0, Math.min(widthPx - width, middle - width / 2)), widthPx: width };
}

export type MinimapGrip = 'window' | 'left' | 'right' | 'outside';

/** What a press at `px` of the strip takes hold of. */
export function minimapGrip(viewport: Viewport, limits: ViewportLimits, stripPx: number, px: number): MinimapGrip {
  const window = minimapWindow(viewport, limits, stripPx);
  const right = window.leftPx + window.widthPx;
  const reach = Math.min(HANDLE_PX, window.widthPx / 4);
  if (Math.abs(px - window.leftPx) <= reach) return 'left';
  if (Math.abs(px - right) <= reach) return 'right';
  return px > window.leftPx && px < right ? 'window' : 'outside';
}

/** The viewport after `grip` has been dragged from time `fromMs` to `toMs`, given the viewport when the drag began. */
export function dragMinimap(
  viewport: Viewport,
  limits: ViewportLimits,
  grip: MinimapGrip,
  fromMs: number,
  toMs: number,
): Viewport {
  const shift = toMs - fromMs;
  if (grip === 'window')
    return clampViewport({ ...viewport, startMs: viewport.startMs + shift, endMs: viewport.endMs + shift }, limits);
  if (grip === 'outside') {
    const half = (viewport.endMs - viewport.startMs) / 2;
    return clampViewport({ ...viewport, startMs: toMs - half, endMs: toMs + half }, limits);
  }
  const fixed = grip === 'left' ? viewport.endMs : viewport.startMs;
  const moved = Math.max(
    limits.startMs,
    Math.min(limits.endMs, (grip === 'left' ? viewport.startMs : viewport.endMs) + shift),
  );
  const startMs = Math.min(fixed, moved);
  return clampViewport(
    { ...viewport, startMs, endMs: Math.max(startMs + limits.minimumSpanMs, Math.max(fixed, moved)) },
    limits,
  );
}
