/** Lower bounds of makespans by problem: what was proven once is there for every later run of the same scenario and genes. */
import { createHash } from 'node:crypto';
import type { Database, Statement } from 'better-sqlite3';
import { makespanBoundSchema, type MakespanBound } from '#shared/domain/run.ts';
import type { GeneSelection } from '#shared/domain/scheduler.ts';

export interface KeptBound {
  readonly bound: MakespanBound;
  /** Every method has been tried: nothing more is to be had, unless a schedule comes close to it. */
  readonly isComplete: boolean;
}

interface BoundRow {
  readonly makespan_ms: number;
  readonly method: string;
  readonly last_release_ms: number;
  readonly is_complete: number;
}

/** What a bound is kept under. @param scenarioText JSON of the resolved scenario; @param version of the methods */
export function boundKey(
  scenarioText: string,
  { cores, frequencies, subgraphs = 'off' }: GeneSelection,
  version: number,
): string {
  const unit = subgraphs === 'off' ? '' : ` ${subgraphs}`;
  return createHash('sha256').update(`${version} ${cores} ${frequencies}${unit}\n`).update(scenarioText).digest('hex');
}

export class BoundRepository {
  readonly #find: Statement<[string], BoundRow>;
  readonly #keep: Statement;

  constructor(database: Database) {
    this.#find = database.prepare(
      'SELECT makespan_ms, method, last_release_ms, is_complete FROM bound WHERE problem = ?',
    );
    this.#keep = database.prepare(`INSERT INTO bound (problem, makespan_ms, method, last_release_ms, is_complete)
      VALUES (:key, :makespanMs, :method, :lastReleaseMs, :isComplete)
      ON CONFLICT (problem) DO UPDATE SET is_complete = max(is_complete, excluded.is_complete),
        method = iif(excluded.makespan_ms > makespan_ms, excluded.method, method), makespan_ms = max(makespan_ms, excluded.makespan_ms)`);
  }

  find(key: string): KeptBound | undefined {
    const row = this.#find.get(key);
    if (row === undefined) return undefined;
    return {
      bound: makespanBoundSchema.parse({
        makespanMs: row.makespan_ms,
        method: row.method,
        lastReleaseMs: row.last_release_ms,
      }),
      isComplete: row.is_complete === 1,
    };
  }

  /** Notes a bound where none, or a lower one, was known. */
  keep(key: string, { bound, isComplete }: KeptBound): void {
    this.#keep.run({ key, ...bound, isComplete: Number(isComplete) });
  }
}
