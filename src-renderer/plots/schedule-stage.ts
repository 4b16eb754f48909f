/** The moving schedule with its time axis, drawn frame by frame by the page, a film or an exported dashboard. */
import type { Scene } from '../timeline/scene/scene.ts';
import { arrive, move, moveAxis, restingTiles, sendTo, type MovingTiles } from './moving-schedule.ts';

/** Free space right of the schedule, as a share of it. */
const MARGIN = 0.04;

export class ScheduleStage {
  #tiles: MovingTiles | undefined;
  #axisEndMs = 0;

  /** Undefined before the first `advance`. */
  get tiles(): MovingTiles | undefined {
    return this.#tiles;
  }

  /** Where the time axis ends now, ms. */
  get axisEndMs(): number {
    return this.#axisEndMs;
  }

  /**
   * Moves everything for `elapsedMs` towards `target` on an axis with room for `spanMs`; true: something is still on its way.
   * @param isInstant everything is where it belongs at once
   */
  advance(target: Scene, spanMs: number, elapsedMs: number, isInstant = false): boolean {
    const tiles = this.#tiles === undefined ? restingTiles(target) : sendTo(this.#tiles, target);
    this.#tiles = tiles;
    const wantedEndMs = spanMs * (1 + MARGIN) || 1;
    if (isInstant) arrive(tiles);
    this.#axisEndMs =
      this.#axisEndMs === 0 || isInstant ? wantedEndMs : moveAxis(this.#axisEndMs, wantedEndMs, elapsedMs);
    return move(tiles, elapsedMs) || this.#axisEndMs !== wantedEndMs;
  }
}
