/** The user's platforms, networks, profiles and scenarios, a revision per save; the tags of documents, and which runs keep a copy of them. */
import type { Database, Statement } from 'better-sqlite3';
import type { DocumentRevision, DocumentUses } from '#shared/contract/document-shapes.ts';
import type { DocumentKind } from '#shared/contract/shapes.ts';
import type { RunStatus } from '#shared/domain/run.ts';

export interface StoredDocument {
  readonly kind: DocumentKind;
  readonly id: string;
  readonly revision: number;
  /** Unix time of this revision, ms. */
  readonly updatedAt: number;
  /** The document as it was saved, still to be parsed. */
  readonly json: string;
}

interface DocumentRow {
  kind: DocumentKind;
  id: string;
  revision: number;
  updated_at: number;
  json: string;
}

/** More runs than this are only counted. */
const LATEST_RUNS = 10;

const latest = 'SELECT kind, id, max(revision) AS revision, updated_at, json FROM document';

export class DocumentRepository {
  readonly #database: Database;
  readonly #list: Statement<[], DocumentRow>;
  readonly #get: Statement<[string, string], DocumentRow>;
  readonly #getRevision: Statement<[string, string, number], DocumentRow>;
  readonly #revisions: Statement<[string, string], { revision: number; updated_at: number }>;
  readonly #insert: Statement;
  readonly #delete: Statement;
  readonly #tags: Statement<[string], { id: string; tag: string }>;
  readonly #tagsOf: Statement<[string, string], { tag: string }>;
  readonly #addTag: Statement<[string, string, string]>;
  readonly #clearTags: Statement<[string, string]>;
  readonly #runCounts: Statement<[string], { id: string; runs: number }>;
  readonly #runCount: Statement<[string, string], { runs: number }>;
  readonly #latestRuns: Statement<
    [string, string, number],
    { id: number; name: string; status: RunStatus; created_at: number }
  >;

  constructor(database: Database) {
    this.#database = database;
    // With max(), SQLite takes the other columns from the row that has the maximum (https://www.sqlite.org/lang_select.html#bareagg).
    this.#list = database.prepare(`${latest} GROUP BY kind, id ORDER BY kind, id`);
    this.#get = database.prepare(`${latest} WHERE kind = ? AND id = ? GROUP BY kind, id`);
    this.#insert = database.prepare(`INSERT INTO document (kind, id, revision, created_at, updated_at, json)
      SELECT :kind, :id, coalesce(max(revision), 0) + 1, coalesce(min(created_at), :at), :at, :json FROM document WHERE kind = :kind AND id = :id`);
    this.#delete = database.prepare('DELETE FROM document WHERE kind = ? AND id = ?');
    this.#getRevision = database.prepare(
      'SELECT kind, id, revision, updated_at, json FROM document WHERE kind = ? AND id = ? AND revision = ?',
    );
    this.#revisions = database.prepare(
      'SELECT revision, updated_at FROM document WHERE kind = ? AND id = ? ORDER BY revision DESC',
    );
    this.#tags = database.prepare('SELECT id, tag FROM document_tag WHERE kind = ? ORDER BY id, tag');
    this.#tagsOf = database.prepare('SELECT tag FROM document_tag WHERE kind = ? AND id = ? ORDER BY tag');
    this.#addTag = database.prepare('INSERT OR IGNORE INTO document_tag (kind, id, tag) VALUES (?, ?, ?)');
    this.#clearTags = database.prepare('DELETE FROM document_tag WHERE kind = ? AND id = ?');
    const runsUsing =
      'FROM run_document JOIN run ON run.id = run_document.run_id WHERE run.deleting = 0 AND run_document.kind = ?';
    this.#runCounts = database.prepare(
      `SELECT run_document.id, count(*) AS runs ${runsUsing} GROUP BY run_document.id`,
    );
    this.#runCount = database.prepare(`SELECT count(*) AS runs ${runsUsing} AND run_document.id = ?`);
    this.#latestRuns = database.prepare(
      `SELECT run.id, run.name, run.status, run.created_at ${runsUsing} AND run_document.id = ? ORDER BY run.id DESC LIMIT ?`,
    );
  }

  /** The latest revision of every document. */
  list(): StoredDocument[] {
    return this.#list.all().map(storedOf);
  }

  get(kind: DocumentKind, id: string): StoredDocument | undefined {
    const row = this.#get.get(kind, id);
    return row === undefined ? undefined : storedOf(row);
  }

  getRevision(kind: DocumentKind, id: string, revision: number): StoredDocument | undefined {
    const row = this.#getRevision.get(kind, id, revision);
    return row === undefined ? undefined : storedOf(row);
  }

  /** Newest first. */
  revisions(kind: DocumentKind, id: string): DocumentRevision[] {
    return this.#revisions.all(kind, id).map(({ revision, updated_at }) => ({ revision, savedAt: updated_at }));
  }

  /** Tags by document id. */
  tags(kind: DocumentKind): Map<string, string[]> {
    const byId = new Map<string, string[]>();
    for (const { id, tag } of this.#tags.all(kind)) byId.set(id, [...(byId.get(id) ?? []), tag]);
    return byId;
  }

  /** Replaces the tags of a document; returns them in order. */
  setTags(kind: DocumentKind, id: string, tags: readonly string[]): string[] {
    this.atomically(() => {
      this.#clearTags.run(kind, id);
      for (const tag of tags) this.#addTag.run(kind, id, tag);
    });
    return this.#tagsOf.all(kind, id).map(({ tag }) => tag);
  }

  /** How many runs keep a copy of each document, by its id. */
  runCounts(kind: DocumentKind): Map<string, number> {
    return new Map(this.#runCounts.all(kind).map(({ id, runs }) => [id, runs]));
  }

  /** The runs that keep a copy of a document. */
  runsUsing(kind: DocumentKind, id: string): Pick<DocumentUses, 'runCount' | 'latestRuns'> {
    return {
      runCount: this.#runCount.get(kind, id)?.runs ?? 0,
      latestRuns: this.#latestRuns
        .all(kind, id, LATEST_RUNS)
        .map(({ id: runId, name, status, created_at }) => ({ id: runId, name, status, createdAt: created_at })),
    };
  }

  /** Adds a revision. @param at Unix time, ms */
  save(kind: DocumentKind, id: string, document: Record<string, unknown>, at: number): void {
    this.#insert.run({ kind, id, at, json: JSON.stringify(document) });
  }

  /** Does all of `work` or, when it throws, nothing of it. It begins as a writer: one that only reads first could not go on to write while a run records. */
  atomically<Result>(work: () => Result): Result {
    return this.#database.transaction(work).immediate();
  }

  /** Removes every revision, and the tags; false when there was none. */
  delete(kind: DocumentKind, id: string): boolean {
    return this.atomically(() => {
      this.#clearTags.run(kind, id);
      return this.#delete.run(kind, id).changes > 0;
    });
  }
}

function storedOf({ kind, id, revision, updated_at, json }: DocumentRow): StoredDocument {
  return { kind, id, revision, updatedAt: updated_at, json };
}
