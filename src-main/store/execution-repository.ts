/** Executions of recorded schedules on devices. */
import type { Database, Statement } from 'better-sqlite3';
import { executionSchema, type Execution, type RecordedExecution } from '#shared/domain/execution.ts';

/** Of one run, those that are shown: the newest. */
const MOST_LISTED = 100;

interface ExecutionRow {
  readonly id: number;
  readonly chromosome_id: number;
  readonly created_at: number;
  readonly json: string;
}

export class ExecutionRepository {
  readonly #ofRun: Statement<[number, number], ExecutionRow>;
  readonly #insert: Statement;

  constructor(database: Database) {
    this.#ofRun = database.prepare(
      'SELECT id, chromosome_id, created_at, json FROM execution WHERE run_id = ? ORDER BY created_at DESC, id DESC LIMIT ?',
    );
    this.#insert = database.prepare(
      'INSERT INTO execution (run_id, chromosome_id, created_at, json) VALUES (:runId, :chromosomeId, :createdAt, :json)',
    );
  }

  /** The newest first. */
  ofRun(runId: number): RecordedExecution[] {
    return this.#ofRun
      .all(runId, MOST_LISTED)
      .map(({ id, chromosome_id: chromosomeId, created_at: createdAt, json }) => ({
        id,
        chromosomeId,
        createdAt,
        execution: executionSchema.parse(JSON.parse(json)),
      }));
  }

  /** @param createdAt Unix time, ms; @returns its id */
  add(runId: number, chromosomeId: number, createdAt: number, execution: Execution): number {
    const json = JSON.stringify(execution);
    return Number(this.#insert.run({ runId, chromosomeId, createdAt, json }).lastInsertRowid);
  }
}
