/**
 * The best schedule's tiles as they glide from one generation's schedule to the next: each tile runs after its place, covering a fixed
 * share of the remaining way per unit of time, so that steps, jumps and any speed look alike and nothing has to be known in advance.
 */
import type { Problem } from '#shared/scheduling/problem.ts';
import { layerIdsOf } from '#shared/scheduling/solution.ts';
import type { Scene } from '../timeline/scene/scene.ts';

/** Time in which a tile covers 63 % of its way, ms: after 160 ms nine tenths are done. */
const TIME_CONSTANT_MS = 70;
/** The axis moves more calmly than the tiles on it, ms. */
const AXIS_TIME_CONSTANT_MS = 250;
/** Closer than this share of the makespan, or of a row, a tile has arrived. */
const ARRIVED = 1e-4;
/** How long a tile that was sent elsewhere stays marked, ms. */
const MARK_MS = 900;

/** Where the tiles are now; one entry per job. */
export interface MovingTiles {
  /** The schedule they run to. */
  readonly scene: Scene;
  readonly startMs: Float64Array;
  readonly endMs: Float64Array;
  /** Row as a fraction: 1.5 is halfway between the rows 1 and 2. NaN: the job was dropped. */
  readonly row: Float64Array;
  /** [rows] how far each row is open, 0 … 1: cores are switched off and grouped on the way. */
  readonly openness: Float64Array;
  /** Time left for which the tile is marked as moved to another row, ms. */
  readonly markMs: Float64Array;
}

/** Tiles at rest in `scene`. */
export function restingTiles(scene: Scene): MovingTiles {
  const jobs = scene.tileOfJob.length;
  const tiles = {
    scene,
    startMs: new Float64Array(jobs),
    endMs: new Float64Array(jobs),
    row: new Float64Array(jobs),
    openness: new Float64Array(scene.rows.length),
    markMs: new Float64Array(jobs),
  };
  arrive(tiles);
  return tiles;
}

/** The same tiles, from now on on their way to `scene`. Where that executes other calls, each comes from the one that had its first layer. */
export function sendTo(tiles: MovingTiles, scene: Scene): MovingTiles {
  if (scene === tiles.scene) return tiles;
  if (scene.problem.partition !== tiles.scene.problem.partition) return regrouped(tiles, scene);
  scene.tileOfJob.forEach((tile, job) => {
    if (scene.tileRow[tile] !== tiles.scene.tileRow[tiles.scene.tileOfJob[job]]) tiles.markMs[job] = MARK_MS;
  });
  return { ...tiles, scene };
}

/** Tiles for the calls of `scene` where those of `tiles` are now. */
function regrouped(tiles: MovingTiles, scene: Scene): MovingTiles {
  const before = jobsByLayer(tiles.scene.problem);
  const jobs = scene.tileOfJob.length;
  const from = Int32Array.from({ length: jobs }, (_, job) => before.get(firstLayerOf(scene.problem, job)) ?? 0);
  const taken = (values: Float64Array): Float64Array => Float64Array.from(from, (job) => values[job]);
  const row = taken(tiles.row);
  return {
    scene,
    startMs: taken(tiles.startMs),
    endMs: taken(tiles.endMs),
    row,
    openness: tiles.openness,
    markMs: row.map((place, job) => (Math.round(place) === scene.tileRow[scene.tileOfJob[job]] ? 0 : MARK_MS)),
  };
}

/** "application/layer instance" of every layer → the job that executes it. */
function jobsByLayer(problem: Problem): Map<string, number> {
  const jobs = new Map<string, number>();
  problem.jobTask.forEach((task, job) => {
    for (const layer of layerIdsOf(problem, problem.tasks[task])) jobs.set(`${layer} ${problem.jobInstance[job]}`, job);
  });
  return jobs;
}

function firstLayerOf(problem: Problem, job: number): string {
  const [layer] = layerIdsOf(problem, problem.tasks[problem.jobTask[job]]);
  return `${layer} ${problem.jobInstance[job]}`;
}

/** Puts every tile where it belongs at once. */
export function arrive({ scene, startMs, endMs, row, openness, markMs }: MovingTiles): void {
  scene.tileOfJob.forEach((tile, job) => {
    [startMs[job], endMs[job], row[job]] = tile < 0 ? [Number.NaN, Number.NaN, Number.NaN] : placeOf(scene, tile);
  });
  scene.rows.forEach(({ isActive }, index) => {
    openness[index] = isActive ? 1 : 0;
  });
  markMs.fill(0);
}

function placeOf(scene: Scene, tile: number): [startMs: number, endMs: number, row: number] {
  return [scene.tileStartMs[tile], scene.tileEndMs[tile], scene.tileRow[tile]];
}

/** Moves the tiles for `elapsedMs`; false when all have arrived and no mark is left. */
export function move(tiles: MovingTiles, elapsedMs: number): boolean {
  const { scene, startMs, endMs, row, openness, markMs } = tiles;
  const share = 1 - Math.exp(-elapsedMs / TIME_CONSTANT_MS);
  const arrivedMs = scene.makespanMs * ARRIVED;
  let isMoving = false;
  for (let job = 0; job < scene.tileOfJob.length; job++) {
    const tile = scene.tileOfJob[job];
    if (tile < 0) {
      row[job] = Number.NaN;
      continue;
    }
    // It was dropped before: it comes from nowhere.
    if (Number.isNaN(row[job])) [startMs[job], endMs[job], row[job]] = placeOf(scene, tile);
    const startWay = scene.tileStartMs[tile] - startMs[job];
    const endWay = scene.tileEndMs[tile] - endMs[job];
    const rowWay = scene.tileRow[tile] - row[job];
    markMs[job] = Math.max(0, markMs[job] - elapsedMs);
    if (markMs[job] > 0) isMoving = true;
    if (Math.abs(startWay) <= arrivedMs && Math.abs(endWay) <= arrivedMs && Math.abs(rowWay) <= ARRIVED) {
      startMs[job] = scene.tileStartMs[tile];
      endMs[job] = scene.tileEndMs[tile];
      row[job] = scene.tileRow[tile];
      continue;
    }
    isMoving = true;
    startMs[job] += startWay * share;
    endMs[job] += endWay * share;
    row[job] += rowWay * share;
  }
  for (let index = 0; index < openness.length; index++) {
    const way = (scene.rows[index].isActive ? 1 : 0) - openness[index];
    if (Math.abs(way) <= ARRIVED) openness[index] += way;
    else {
      isMoving = true;
      openness[index] += way * share;
    }
  }
  return isMoving;
}

/** The end of a time axis on its way from `fromMs` to `toMs`, `elapsedMs` later; exactly `toMs` once it is close. */
export function moveAxis(fromMs: number, toMs: number, elapsedMs: number): number {
  const next = fromMs + (toMs - fromMs) * (1 - Math.exp(-elapsedMs / AXIS_TIME_CONSTANT_MS));
  return Math.abs(toMs - next) <= toMs * ARRIVED ? toMs : next;
}

/** Share (0…1) of its mark that a job still has. */
export function markOf(tiles: MovingTiles, job: number): number {
  return tiles.markMs[job] / MARK_MS;
}
