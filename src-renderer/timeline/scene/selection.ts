/** Totals of a selected area of the timeline: busy time, tasks and utilisation per processor. */
import { firstTileEndingAfter } from './hit.ts';
import type { Scene } from './scene.ts';

/** A span of time over some rows; both ends inclusive. */
export interface TimelineArea {
  readonly startMs: number;
  readonly endMs: number;
  readonly firstRow: number;
  readonly lastRow: number;
}

export interface ProcessorTotals {
  readonly processor: number;
  readonly name: string;
  /** Selected rows of this processor that are switched on. */
  readonly rows: number;
  /** Busy time within the area, all its rows together. */
  readonly busyMs: number;
  /** Tasks that run within the area, if only in part. */
  readonly taskCount: number;
  /** Busy share of the area's time on the rows that are switched on, 0…1. */
  readonly utilization: number;
}

export interface AreaTotals {
  readonly durationMs: number;
  readonly processors: readonly ProcessorTotals[];
  readonly busyMs: number;
  readonly taskCount: number;
  readonly utilization: number;
}

/** The area between two corners given in any order. */
export function areaBetween(
  a: { timeMs: number; row: number },
  b: { timeMs: number; row: number },
  latestMs: number,
): TimelineArea {
  const clamp = (timeMs: number): number => Math.max(0, Math.min(latestMs, timeMs));
  return {
    startMs: clamp(Math.min(a.timeMs, b.timeMs)),
    endMs: clamp(Math.max(a.timeMs, b.timeMs)),
    firstRow: Math.min(a.row, b.row),
    lastRow: Math.max(a.row, b.row),
  };
}

/** What happens within `area`. Tasks are clipped to it; tasks that only touch its edge do not count. */
export function areaTotals(scene: Scene, area: TimelineArea): AreaTotals {
  const durationMs = area.endMs - area.startMs;
  const totals = new Map<number, { rows: number; busyMs: number; taskCount: number }>();
  for (let index = area.firstRow; index <= area.lastRow && index < scene.rows.length; index++) {
    const row = scene.rows[index];
    const entry = totals.get(row.processor) ?? { rows: 0, busyMs: 0, taskCount: 0 };
    totals.set(row.processor, entry);
    if (row.isActive) entry.rows++;
    for (
      let tile = firstTileEndingAfter(scene, index, area.startMs);
      tile < row.endTile && scene.tileStartMs[tile] < area.endMs;
      tile++
    ) {
      entry.busyMs += Math.min(area.endMs, scene.tileEndMs[tile]) - Math.max(area.startMs, scene.tileStartMs[tile]);
      entry.taskCount++;
    }
  }
  const processors = [...totals].map(([processor, entry]): ProcessorTotals => ({
    processor,
    name: scene.problem.processors[processor].name,
    ...entry,
    utilization: shareOf(entry.busyMs, durationMs * entry.rows),
  }));
  const sum = (pick: (entry: ProcessorTotals) => number): number =>
    processors.reduce((total, entry) => total + pick(entry), 0);
  const busyMs = sum((entry) => entry.busyMs);
  return {
    durationMs,
    processors,
    busyMs,
    taskCount: sum((entry) => entry.taskCount),
    utilization: shareOf(busyMs, durationMs * sum((entry) => entry.rows)),
  };
}

function shareOf(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
