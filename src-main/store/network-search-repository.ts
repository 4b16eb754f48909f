/** Searches for networks with their candidates, and scores that were paid for. */
import type { Database, Statement } from 'better-sqlite3';

export type NetworkSearchStatus = 'running' | 'stopped' | 'failed' | 'finished';

export interface RecordedSearch {
  readonly id: number;
  /** Unix time, ms. */
  readonly createdAt: number;
  /** JSON. */
  readonly request: unknown;
  readonly status: NetworkSearchStatus;
  readonly evaluations: number;
  /** JSON; undefined before the first generation. */
  readonly state: unknown;
}

export interface RecordedCandidate {
  readonly id: number;
  readonly genes: Uint8Array;
  readonly fitness: number;
  readonly metrics: Float64Array;
}

export interface RecordedScore {
  readonly value: number;
  readonly std?: number | undefined;
  readonly costS?: number | undefined;
}

interface SearchRow {
  readonly id: number;
  readonly created_at: number;
  readonly request: string;
  readonly status: NetworkSearchStatus;
  readonly evaluations: number;
  readonly state: string | null;
}
interface CandidateRow {
  readonly id: number;
  readonly genes: Uint8Array;
  readonly fitness: number;
  readonly metrics: Uint8Array;
}
interface ScoreRow {
  readonly value: number;
  readonly std: number | null;
  readonly cost_s: number | null;
}

const SEARCH_COLUMNS = 'id, created_at, request, status, evaluations, state';

export class NetworkSearchRepository {
  readonly #database: Database;
  readonly #all: Statement<[], SearchRow>;
  readonly #one: Statement<[number], SearchRow>;
  readonly #create: Statement;
  readonly #setStatus: Statement;
  readonly #setState: Statement;
  readonly #addCandidate: Statement;
  readonly #candidates: Statement<[number], CandidateRow>;
  readonly #score: Statement<[Uint8Array, Uint8Array], ScoreRow>;
  readonly #setScore: Statement;

  constructor(database: Database) {
    this.#database = database;
    this.#all = database.prepare(`SELECT ${SEARCH_COLUMNS} FROM network_search ORDER BY id DESC`);
    this.#one = database.prepare(`SELECT ${SEARCH_COLUMNS} FROM network_search WHERE id = ?`);
    this.#create = database.prepare(
      "INSERT INTO network_search (created_at, request, status) VALUES (?, ?, 'running')",
    );
    this.#setStatus = database.prepare('UPDATE network_search SET status = ? WHERE id = ?');
    this.#setState = database.prepare('UPDATE network_search SET state = ?, evaluations = ? WHERE id = ?');
    this.#addCandidate = database.prepare(
      'INSERT OR REPLACE INTO network_candidate (search_id, id, generation, genes, fitness, metrics) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#candidates = database.prepare(
      'SELECT id, genes, fitness, metrics FROM network_candidate WHERE search_id = ? ORDER BY id',
    );
    this.#score = database.prepare('SELECT value, std, cost_s FROM network_score WHERE evaluator = ? AND network = ?');
    this.#setScore = database.prepare(
      'INSERT OR REPLACE INTO network_score (evaluator, network, value, std, cost_s, scored_at) VALUES (?, ?, ?, ?, ?, ?)',
    );
  }

  /** @param createdAt Unix time, ms; @returns its id */
  create(request: unknown, createdAt: number): number {
    return Number(this.#create.run(createdAt, JSON.stringify(request)).lastInsertRowid);
  }

  /** The newest first. */
  list(): RecordedSearch[] {
    return this.#all.all().map(searchOf);
  }

  get(id: number): RecordedSearch | undefined {
    const row = this.#one.get(id);
    return row === undefined ? undefined : searchOf(row);
  }

  setStatus(id: number, status: NetworkSearchStatus): void {
    this.#setStatus.run(status, id);
  }

  /** A generation with the state behind it, all or nothing. */
  saveGeneration(
    id: number,
    generation: number,
    candidates: readonly RecordedCandidate[],
    evaluations: number,
    state: unknown,
  ): void {
    this.#database.transaction(() => {
      for (const { id: candidate, genes, fitness, metrics } of candidates)
        this.#addCandidate.run(id, candidate, generation, genes, fitness, bytesOf(metrics));
      this.#setState.run(JSON.stringify(state), evaluations, id);
    })();
  }

  candidates(id: number): RecordedCandidate[] {
    return this.#candidates.all(id).map(({ genes, metrics, ...row }) => ({
      ...row,
      genes: Uint8Array.from(genes),
      metrics: floatsOf(metrics),
    }));
  }

  /** @param evaluator and network: SHA-256, 32 bytes each */
  score(evaluator: Uint8Array, network: Uint8Array): RecordedScore | undefined {
    const row = this.#score.get(evaluator, network);
    return row && { value: row.value, std: row.std ?? undefined, costS: row.cost_s ?? undefined };
  }

  /** @param scoredAt Unix time, ms */
  saveScore(evaluator: Uint8Array, network: Uint8Array, { value, std, costS }: RecordedScore, scoredAt: number): void {
    this.#setScore.run(evaluator, network, value, std ?? null, costS ?? null, scoredAt);
  }
}

function searchOf({ created_at: createdAt, request, state, ...row }: SearchRow): RecordedSearch {
  return { ...row, createdAt, request: JSON.parse(request), state: state === null ? undefined : JSON.parse(state) };
}

function bytesOf(values: Float64Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 8);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => view.setFloat64(index * 8, value, true));
  return bytes;
}

function floatsOf(bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: bytes.byteLength / 8 }, (_, index) => view.getFloat64(index * 8, true));
}
