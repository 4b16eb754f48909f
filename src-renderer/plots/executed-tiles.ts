/** Where the tasks of an executed schedule are on one time axis: as predicted, and as executed with the time that they waited for a core. */
import type { Execution } from '#shared/domain/execution.ts';

export interface ExecutedTile {
  readonly application: string;
  /** What is executed as one, in words. */
  readonly name: string;
  readonly instance: number;
  readonly predicted: { readonly startMs: number; readonly endMs: number };
  readonly executed: { readonly startMs: number; readonly endMs: number };
  /** At the end of the executed time; 0 where none, or where it is not readable. */
  readonly waitMs: number;
  /** executed / predicted − 1. */
  readonly error: number;
}

export interface ExecutedLane {
  readonly element: string;
  readonly tiles: readonly ExecutedTile[];
}

/** A lane for each processing element, by name; the tiles of each in the order of their prediction. */
export function executedLanes({ tasks }: Pick<Execution, 'tasks'>): ExecutedLane[] {
  const byElement = Map.groupBy(tasks, ({ pe }) => pe);
  return [...byElement.keys()]
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((element) => ({
      element,
      tiles: (byElement.get(element) ?? []).map(
        ({ layers, instance, startMs, predictedMs, executedStartMs, executedMs, waitMs }) => ({
          application: layers[0].split('/')[0],
          name:
            layers.length === 1 ? layers[0] : `${layers[0]} … ${layers[layers.length - 1]} (${layers.length} layers)`,
          instance,
          predicted: { startMs, endMs: startMs + predictedMs },
          executed: { startMs: executedStartMs, endMs: executedStartMs + executedMs },
          waitMs: Math.min(executedMs, waitMs ?? 0),
          error: predictedMs > 0 ? executedMs / predictedMs - 1 : 0,
        }),
      ),
    }));
}

/** When the last task ends, predicted or executed, ms. */
export function endOfLanes(lanes: readonly ExecutedLane[]): number {
  return Math.max(
    0,
    ...lanes.flatMap(({ tiles }) => tiles.flatMap((tile) => [tile.predicted.endMs, tile.executed.endMs])),
  );
}

/** What tasks took longer than predicted, and how much of that was waiting for a core, in all, ms; null where that is not readable. */
export function whereTimeWent({ tasks }: Pick<Execution, 'tasks'>): {
  readonly longerMs: number;
  readonly waitingMs: number | null;
} {
  const waits = tasks.map(({ waitMs }) => waitMs);
  return {
    longerMs: tasks.reduce((sum, { executedMs, predictedMs }) => sum + executedMs - predictedMs, 0),
    waitingMs: waits.every((wait) => wait !== null) ? waits.reduce((sum, wait) => sum + wait, 0) : null,
  };
}
