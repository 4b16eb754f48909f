/** The `comparison` table: comparisons that were saved under a name. */
import type { Database, Statement } from 'better-sqlite3';
import type { SavedComparison } from '#shared/contract/comparison-shapes.ts';

interface Row {
  id: number;
  name: string;
  address: string;
  created_at: number;
}

export class ComparisonRepository {
  readonly #insert: Statement;
  readonly #list: Statement<[], Row>;
  readonly #delete: Statement<[number]>;

  constructor(database: Database) {
    this.#insert = database.prepare('INSERT INTO comparison (name, address, created_at) VALUES (?, ?, ?)');
    this.#list = database.prepare('SELECT id, name, address, created_at FROM comparison ORDER BY id DESC');
    this.#delete = database.prepare('DELETE FROM comparison WHERE id = ?');
  }

  save(name: string, address: string, createdAt: number): SavedComparison {
    return { id: Number(this.#insert.run(name, address, createdAt).lastInsertRowid), name, address, createdAt };
  }

  /** Newest first. */
  list(): SavedComparison[] {
    return this.#list.all().map(({ id, name, address, created_at }) => ({ id, name, address, createdAt: created_at }));
  }

  /** False when there is no such comparison. */
  delete(id: number): boolean {
    return this.#delete.run(id).changes > 0;
  }
}
