/** The `sweep` and `sweep_run` tables: families of runs that were started together. */
import type { Database, Statement } from 'better-sqlite3';
import type { SweepSummary } from '#shared/contract/sweep-shapes.ts';
import { endedStatuses } from '#shared/domain/run.ts';
import type { VariedValue } from '#shared/domain/sweep.ts';

interface SummaryRow {
  id: number;
  name: string;
  created_at: number;
  runs: number;
  ended: number;
}

/** The place of a run in its sweep. */
export interface PlacedRun {
  readonly runId: number;
  readonly varied: Record<string, VariedValue>;
}

const ended = endedStatuses.map((status) => `'${status}'`).join(', ');
const summaryColumns = `sweep.id, sweep.name, sweep.created_at, count(run.id) AS runs, coalesce(sum(run.status IN (${ended})), 0) AS ended
  FROM sweep LEFT JOIN sweep_run ON sweep_run.sweep_id = sweep.id LEFT JOIN run ON run.id = sweep_run.run_id AND run.deleting = 0`;

export class SweepRepository {
  readonly #insert: Statement;
  readonly #insertRun: Statement;
  readonly #insertRunOfNone: Statement;
  readonly #ofRuns: Statement<[string], { sweep_id: number }>;
  readonly #list: Statement<[], SummaryRow>;
  readonly #summary: Statement<[number], SummaryRow>;
  readonly #document: Statement<[number], { spec_json: string }>;
  readonly #runs: Statement<[number], { run_id: number; point_json: string }>;
  readonly #delete: Statement<[number]>;

  constructor(database: Database) {
    this.#insert = database.prepare('INSERT INTO sweep (name, created_at, spec_json) VALUES (?, ?, ?)');
    this.#insertRun = database.prepare('INSERT INTO sweep_run (run_id, sweep_id, point_json) VALUES (?, ?, ?)');
    this.#insertRunOfNone = database.prepare(
      'INSERT INTO sweep_run (run_id, sweep_id, point_json) VALUES (?, ?, ?) ON CONFLICT (run_id) DO NOTHING',
    );
    this.#ofRuns = database.prepare(
      `SELECT sweep_id FROM sweep_run JOIN json_each(?) AS wanted ON wanted.value = run_id
        GROUP BY sweep_id HAVING count(*) = (SELECT count(*) FROM sweep_run AS own WHERE own.sweep_id = sweep_run.sweep_id)`,
    );
    this.#list = database.prepare(`SELECT ${summaryColumns} GROUP BY sweep.id ORDER BY sweep.id DESC`);
    this.#summary = database.prepare(`SELECT ${summaryColumns} WHERE sweep.id = ? GROUP BY sweep.id`);
    this.#document = database.prepare('SELECT spec_json FROM sweep WHERE id = ?');
    this.#runs = database.prepare(
      'SELECT run_id, point_json FROM sweep_run JOIN run ON run.id = run_id AND run.deleting = 0 WHERE sweep_id = ? ORDER BY run_id',
    );
    this.#delete = database.prepare('DELETE FROM sweep WHERE id = ?');
  }

  /** Adds a sweep without runs; returns its id. */
  create(name: string, document: unknown, createdAt: number): number {
    return Number(this.#insert.run(name, createdAt, JSON.stringify(document)).lastInsertRowid);
  }

  addRun(sweepId: number, runId: number, varied: Readonly<Record<string, VariedValue>>): void {
    this.#insertRun.run(runId, sweepId, JSON.stringify(varied));
  }

  /** Nothing happens where the run belongs to a sweep already. */
  addRunOfNone(sweepId: number, runId: number, varied: Readonly<Record<string, VariedValue>>): void {
    this.#insertRunOfNone.run(runId, sweepId, JSON.stringify(varied));
  }

  /** The sweep that has exactly these runs; undefined where there is none. */
  ofRuns(runIds: readonly number[]): number | undefined {
    const ids = [...new Set(runIds)];
    const [row, other] = this.#ofRuns.all(JSON.stringify(ids));
    return row !== undefined && other === undefined && this.runs(row.sweep_id).length === ids.length
      ? row.sweep_id
      : undefined;
  }

  /** Newest first. */
  list(): SweepSummary[] {
    return this.#list.all().map(summaryOf);
  }

  summary(sweepId: number): SweepSummary | undefined {
    const row = this.#summary.get(sweepId);
    return row === undefined ? undefined : summaryOf(row);
  }

  document(sweepId: number): Record<string, unknown> | undefined {
    const row = this.#document.get(sweepId);
    return row === undefined ? undefined : (JSON.parse(row.spec_json) as Record<string, unknown>);
  }

  /** Its runs in the order they were made. */
  runs(sweepId: number): PlacedRun[] {
    return this.#runs
      .all(sweepId)
      .map((row) => ({ runId: row.run_id, varied: JSON.parse(row.point_json) as Record<string, VariedValue> }));
  }

  /** Removes the sweep; its runs stay. False when there is no such sweep. */
  delete(sweepId: number): boolean {
    return this.#delete.run(sweepId).changes > 0;
  }
}

function summaryOf({ id, name, created_at, runs, ended: done }: SummaryRow): SweepSummary {
  return { id, name, createdAt: created_at, runs, ended: done };
}
