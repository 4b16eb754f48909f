/** Why the schedule is as long as it is, and where it idles longest: the chain of tasks that ends last, and the gaps between tasks. */
import type { Scene } from './scene.ts';
import { releasedBy } from './releases.ts';
import type { TimelineArea } from './selection.ts';
import { producersOf } from './tile-facts.ts';

/** Times nearer than this share of the makespan are the same: sums of the same times in another order differ in their last bits. */
const SAME = 1e-9;

/**
 * The tiles of the critical path in order of time: from the task that ends last back along what each one waited for, which is the
 * task before it on its unit where it was ready earlier than it started, else the producer whose output arrived last. It begins
 * with a task that started when it was released. Empty for an empty schedule.
 */
export function criticalTiles(scene: Scene): number[] {
  const tolerance = scene.makespanMs * SAME;
  let tile: number | undefined;
  for (let candidate = 0; candidate < scene.tileEndMs.length; candidate++)
    if (tile === undefined || scene.tileEndMs[candidate] > scene.tileEndMs[tile]) tile = candidate;
  const path: number[] = [];
  const known = new Set<number>();
  while (tile !== undefined && !known.has(tile)) {
    path.unshift(tile);
    known.add(tile);
    tile = awaitedBy(scene, tile, tolerance);
  }
  return path;
}

function awaitedBy(scene: Scene, tile: number, tolerance: number): number | undefined {
  const before = tile > scene.rows[scene.tileRow[tile]].firstTile ? tile - 1 : undefined;
  if (scene.tileStartMs[tile] > scene.tileReadyMs[tile] + tolerance && before !== undefined) return before;
  const [trigger] = releasedBy(scene, tile);
  if (trigger !== undefined) return trigger;
  if (scene.tileReadyMs[tile] <= scene.problem.jobReleaseMs[scene.tileJob[tile]] + tolerance) return undefined;
  return latestProducer(scene, tile);
}

/** The producer whose output reaches `tile` last, by its end and the length of its transfer. */
function latestProducer(scene: Scene, tile: number): number | undefined {
  const { problem } = scene;
  const count = problem.processors.length;
  const to = scene.rows[scene.tileRow[tile]].processor;
  let latest: { readonly tile: number; readonly arrivalMs: number } | undefined;
  for (const { tile: producer, edge } of producersOf(scene, tile)) {
    const from = scene.rows[scene.tileRow[producer]].processor;
    const arrivalMs = scene.tileEndMs[producer] + problem.transferMs[(edge * count + from) * count + to];
    if (latest === undefined || arrivalMs > latest.arrivalMs) latest = { tile: producer, arrivalMs };
  }
  return latest?.tile;
}

/**
 * The spans in which a unit that has work does nothing, the longest first: before its first task, between tasks, and after its last
 * one up to the makespan. Units without any task are left out: they idle throughout.
 */
export function idleGaps(scene: Scene): TimelineArea[] {
  const gaps: TimelineArea[] = [];
  scene.rows.forEach(({ firstTile, endTile }, row) => {
    if (firstTile === endTile) return;
    let busyUntil = 0;
    for (let tile = firstTile; tile <= endTile; tile++) {
      const next = tile < endTile ? scene.tileStartMs[tile] : scene.makespanMs;
      if (next - busyUntil > scene.makespanMs * SAME)
        gaps.push({ startMs: busyUntil, endMs: next, firstRow: row, lastRow: row });
      if (tile < endTile) busyUntil = scene.tileEndMs[tile];
    }
  });
  return gaps.sort((a, b) => b.endMs - b.startMs - (a.endMs - a.startMs));
}
