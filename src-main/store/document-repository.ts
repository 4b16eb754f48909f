/** The `document` table: the user's platforms, networks and scenarios, a revision per save. */
import type { Database, Statement } from 'better-sqlite3';
import type { DocumentKind } from '#shared/contract/shapes.ts';

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

const latest = 'SELECT kind, id, max(revision) AS revision, updated_at, json FROM document';

export class DocumentRepository {
  readonly #database: Database;
  readonly #list: Statement<[], DocumentRow>;
  readonly #get: Statement<[string, string], DocumentRow>;
  readonly #insert: Statement;
  readonly #delete: Statement;

  constructor(database: Database) {
    this.#database = database;
    // With max(), SQLite takes the other columns from the row that has the maximum (https://www.sqlite.org/lang_select.html#bareagg).
    this.#list = database.prepare(`${latest} GROUP BY kind, id ORDER BY kind, id`);
    this.#get = database.prepare(`${latest} WHERE kind = ? AND id = ? GROUP BY kind, id`);
    this.#insert = database.prepare(`INSERT INTO document (kind, id, revision, created_at, updated_at, json)
      SELECT :kind, :id, coalesce(max(revision), 0) + 1, coalesce(min(created_at), :at), :at, :json FROM document WHERE kind = :kind AND id = :id`);
    this.#delete = database.prepare('DELETE FROM document WHERE kind = ? AND id = ?');
  }

  /** The latest revision of every document. */
  list(): StoredDocument[] {
    return this.#list.all().map(storedOf);
  }

  get(kind: DocumentKind, id: string): StoredDocument | undefined {
    const row = this.#get.get(kind, id);
    return row === undefined ? undefined : storedOf(row);
  }

  /** Adds a revision. @param at Unix time, ms */
  save(kind: DocumentKind, id: string, document: Record<string, unknown>, at: number): void {
    this.#insert.run({ kind, id, at, json: JSON.stringify(document) });
  }

  /** Does all of `work` or, when it throws, nothing of it. It begins as a writer: one that only reads first could not go on to write while a run records. */
  atomically<Result>(work: () => Result): Result {
    return this.#database.transaction(work).immediate();
  }

  /** Removes every revision; false when there was none. */
  delete(kind: DocumentKind, id: string): boolean {
    return this.#delete.run(kind, id).changes > 0;
  }
}

function storedOf({ kind, id, revision, updated_at, json }: DocumentRow): StoredDocument {
  return { kind, id, revision, updatedAt: updated_at, json };
}
