/** The `run_identity` and `run_remote` tables: which runs are the same, and which are searched on other machines. */
import type { Database, Statement } from 'better-sqlite3';
import { activeStatuses } from '#shared/domain/run.ts';

const OWNER_PREFIX = 'queue:';
const active = activeStatuses.map((status) => `'${status}'`).join(', ');

/** The value of `run.owner` while a queue has it. */
export function queueOwner(queue: string): string {
  return OWNER_PREFIX + queue;
}

/** Whether an owner is a queue: it lives whether or not a workbench does. */
export function isQueueOwner(owner: string | undefined): boolean {
  return owner?.startsWith(OWNER_PREFIX) ?? false;
}

/** A run that waits for its record from a queue. */
export interface RemoteRun {
  readonly runId: number;
  readonly queue: string;
  readonly job: string;
  readonly submission: string;
  readonly runKey: string;
  readonly status: 'queued' | 'running' | 'paused';
}

export interface KeyedRun {
  readonly runId: number;
  readonly status: string;
  readonly resultHash: string | null;
}

export class RemoteRepository {
  readonly #add: (run: Omit<RemoteRun, 'status'>) => void;
  readonly #pending: Statement<[], RemoteRun>;
  readonly #find: Statement<[number], RemoteRun>;
  readonly #withKey: Statement<[string], KeyedRun>;
  readonly #unkeyed: Statement<[string, string, number, string], { runId: number }>;
  readonly #setKey: Statement<[number, string]>;
  readonly #setHash: Statement<[string, number]>;
  readonly #merger: Statement<[number], { merger: string | null }>;
  readonly #claim: (runId: number, owner: string, isAlive: (owner: string) => boolean) => boolean;
  readonly #release: Statement<[string | null, number]>;
  readonly #copy: (runId: number) => number;
  readonly #setReason: Statement<[string, number]>;

  constructor(database: Database) {
    const setKey = database.prepare<[number, string]>(
      'INSERT INTO run_identity (run_id, run_key) VALUES (?, ?) ON CONFLICT (run_id) DO NOTHING',
    );
    this.#setKey = setKey;
    const add = database.prepare('INSERT INTO run_remote (run_id, queue, job, submission) VALUES (?, ?, ?, ?)');
    this.#add = database.transaction(({ runId, queue, job, submission, runKey }: Omit<RemoteRun, 'status'>) => {
      setKey.run(runId, runKey);
      add.run(runId, queue, job, submission);
    }).immediate;
    const select = `SELECT run.id AS runId, queue, job, submission, run_key AS runKey, status FROM run_remote
      JOIN run ON run.id = run_remote.run_id JOIN run_identity ON run_identity.run_id = run.id
      WHERE deleting = 0 AND status IN (${active}) AND owner = '${OWNER_PREFIX}' || queue`;
    this.#pending = database.prepare(`${select} ORDER BY run.id`);
    this.#find = database.prepare(`${select} AND run.id = ?`);
    this.#withKey = database.prepare(
      `SELECT run.id AS runId, status, result_hash AS resultHash FROM run_identity JOIN run ON run.id = run_id
        WHERE run_key = ? AND deleting = 0 ORDER BY run.id`,
    );
    this.#unkeyed = database.prepare(
      `SELECT run.id AS runId FROM run LEFT JOIN run_identity ON run_id = run.id
        WHERE scenario_id = ? AND scheduler = ? AND seed = ? AND engine_version = ? AND status = 'finished' AND deleting = 0 AND run_id IS NULL`,
    );
    this.#setHash = database.prepare('UPDATE run_identity SET result_hash = ? WHERE run_id = ?');
    this.#merger = database.prepare('SELECT merger FROM run_remote WHERE run_id = ?');
    this.#release = database.prepare('UPDATE run_remote SET merger = NULL, host = coalesce(?, host) WHERE run_id = ?');
    const take = database.prepare('UPDATE run_remote SET merger = ? WHERE run_id = ?');
    this.#claim = database.transaction((runId: number, owner: string, isAlive: (owner: string) => boolean) => {
      const row = this.#merger.get(runId);
      if (row === undefined || (row.merger !== null && row.merger !== owner && isAlive(row.merger))) return false;
      return take.run(owner, runId).changes > 0;
    }).immediate;
    const copied =
      'scenario_id, scenario_name, platform_name, scheduler, seed, created_at, genome_length, gene_bits, instances, ' +
      'engine_version, bound_makespan_ms, bound_method, last_release_ms, deadline_instances, tags_json';
    const copyRun = database.prepare(
      `INSERT INTO run (name, status, owner, ${copied}) SELECT substr(name, 1, 180) || ', second result', 'queued',
        (SELECT '${OWNER_PREFIX}' || queue FROM run_remote WHERE run_id = id), ${copied} FROM run WHERE id = ?`,
    );
    const copyRest = [
      `INSERT INTO run_snapshot (run_id, configuration_json, reference_json, scenario_json)
        SELECT ?, configuration_json, reference_json, scenario_json FROM run_snapshot WHERE run_id = ?`,
      'INSERT INTO run_identity (run_id, run_key) SELECT ?, run_key FROM run_identity WHERE run_id = ?',
      'INSERT INTO run_remote (run_id, queue, job, submission) SELECT ?, queue, job, submission FROM run_remote WHERE run_id = ?',
    ].map((text) => database.prepare(text));
    this.#copy = database.transaction((runId: number) => {
      const copy = Number(copyRun.run(runId).lastInsertRowid);
      for (const statement of copyRest) statement.run(copy, runId);
      return copy;
    }).immediate;
    this.#setReason = database.prepare('UPDATE run SET status_reason = ? WHERE id = ?');
  }

  add(run: Omit<RemoteRun, 'status'>): void {
    this.#add(run);
  }

  /** All that wait for a queue, oldest first. */
  pending(): RemoteRun[] {
    return this.#pending.all();
  }

  /** Undefined where the run does not wait for a queue. */
  find(runId: number): RemoteRun | undefined {
    return this.#find.get(runId);
  }

  withKey(runKey: string): KeyedRun[] {
    return this.#withKey.all(runKey);
  }

  /** Finished runs whose key is not known yet, among which those of a key may be. */
  unkeyed(scenarioId: string, scheduler: string, seed: number, engineVersion: string): number[] {
    return this.#unkeyed.all(scenarioId, scheduler, seed, engineVersion).map(({ runId }) => runId);
  }

  setKey(runId: number, runKey: string): void {
    this.#setKey.run(runId, runKey);
  }

  setResultHash(runId: number, hash: string): void {
    this.#setHash.run(hash, runId);
  }

  /** Only one instance may write the record of a run. False where another one that lives does. */
  claimMerge(runId: number, owner: string, isAlive: (owner: string) => boolean): boolean {
    return this.#claim(runId, owner, isAlive);
  }

  /** @param host where the record that is here now comes from; undefined: it is not here */
  releaseMerge(runId: number, host: string | undefined): void {
    this.#release.run(host ?? null, runId);
  }

  /** Adds a waiting run like `runId`, for a second result of it; returns its id. */
  copy(runId: number): number {
    return this.#copy(runId);
  }

  setReason(runId: number, reason: string): void {
    this.#setReason.run(reason, runId);
  }
}
