/** From tile to tile by keyboard. */
import { firstTileStartingAfter } from './hit.ts';
import type { Scene } from './scene.ts';
import type { Viewport } from './viewport.ts';

/** The next (`step` 1) or previous (−1) tile in the row of `tile`; `tile` itself at the end of the row. */
export function tileBeside(scene: Scene, tile: number, step: 1 | -1): number {
  const { firstTile, endTile } = scene.rows[scene.tileRow[tile]];
  return Math.max(firstTile, Math.min(endTile - 1, tile + step));
}

/** The tile of the nearest row above (−1) or below (1) that has any, closest in time to the middle of `tile`; `tile` itself where there is none. */
export function tileAcross(scene: Scene, tile: number, step: 1 | -1): number {
  const middleMs = (scene.tileStartMs[tile] + scene.tileEndMs[tile]) / 2;
  for (let row = scene.tileRow[tile] + step; row >= 0 && row < scene.rows.length; row += step) {
    const { firstTile, endTile } = scene.rows[row];
    if (firstTile === endTile) continue;
    const after = firstTileStartingAfter(scene, row, middleMs);
    if (after === firstTile) return after;
    if (after === endTile) return after - 1;
    return middleMs - scene.tileEndMs[after - 1] <= scene.tileStartMs[after] - middleMs ? after - 1 : after;
  }
  return tile;
}

/** Where keyboard navigation begins: the first tile in view, else the first of all; undefined for an empty timeline. */
export function firstTileInView(scene: Scene, viewport: Viewport): number | undefined {
  let first: number | undefined;
  for (let tile = 0; tile < scene.tileJob.length; tile++) {
    const isInView = scene.tileEndMs[tile] >= viewport.startMs && scene.tileStartMs[tile] <= viewport.endMs;
    if (isInView && (first === undefined || scene.tileStartMs[tile] < scene.tileStartMs[first])) first = tile;
  }
  return first ?? (scene.tileJob.length > 0 ? 0 : undefined);
}
