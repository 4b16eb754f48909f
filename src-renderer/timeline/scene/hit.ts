/** What lies under a point of the timeline: binary search in the row's sorted tiles. */
import { rowAt, type TimelineLayout } from './layout.ts';
import type { Scene } from './scene.ts';
import { msPerPixel, pixelToTime, type Viewport } from './viewport.ts';

export type Hit =
  | { readonly on: 'axis'; readonly timeMs: number }
  | { readonly on: 'label'; readonly row: number }
  | { readonly on: 'row'; readonly row: number; readonly timeMs: number; readonly tile: number | undefined }
  | { readonly on: 'nothing' };

/** Tiles this close to the pointer are hit too: a short task must not need a steady hand. */
const TOLERANCE_PX = 3;

/** What lies at (`xPx`, `yPx`) of the canvas. */
export function hitTest(scene: Scene, layout: TimelineLayout, viewport: Viewport, xPx: number, yPx: number): Hit {
  const timeMs = pixelToTime(viewport, xPx);
  if (yPx >= 0 && yPx < layout.plotTopPx && xPx >= layout.gutterPx) return { on: 'axis', timeMs };
  const row = rowAt(layout, viewport, yPx);
  if (row === undefined || xPx < 0 || xPx > layout.widthPx) return { on: 'nothing' };
  if (xPx < layout.gutterPx) return { on: 'label', row };
  return { on: 'row', row, timeMs, tile: tileNear(scene, row, timeMs, TOLERANCE_PX * msPerPixel(viewport)) };
}

/** The tile of `row` at `timeMs`, else the nearest one within `toleranceMs`. */
export function tileNear(scene: Scene, row: number, timeMs: number, toleranceMs: number): number | undefined {
  const { firstTile, endTile } = scene.rows[row];
  const before = firstTileStartingAfter(scene, row, timeMs) - 1;
  const after = before + 1;
  const distanceBefore = before >= firstTile ? Math.max(0, timeMs - scene.tileEndMs[before]) : Number.POSITIVE_INFINITY;
  const distanceAfter = after < endTile ? scene.tileStartMs[after] - timeMs : Number.POSITIVE_INFINITY;
  if (Math.min(distanceBefore, distanceAfter) > toleranceMs) return undefined;
  return distanceBefore <= distanceAfter ? before : after;
}

/** First tile of `row` that ends after `timeMs`; `endTile` of the row if none does. */
export function firstTileEndingAfter(scene: Scene, row: number, timeMs: number): number {
  return partitionPoint(scene.rows[row].firstTile, scene.rows[row].endTile, (tile) => scene.tileEndMs[tile] > timeMs);
}

/** First tile of `row` that starts after `timeMs`; `endTile` of the row if none does. */
export function firstTileStartingAfter(scene: Scene, row: number, timeMs: number): number {
  return partitionPoint(scene.rows[row].firstTile, scene.rows[row].endTile, (tile) => scene.tileStartMs[tile] > timeMs);
}

/** First index of `low … high − 1` for which `isAfter` holds, given that it holds from some index on. */
function partitionPoint(low: number, high: number, isAfter: (index: number) => boolean): number {
  let from = low;
  let to = high;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (isAfter(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}
