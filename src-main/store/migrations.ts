/** The numbered SQL files that make and change the database's tables, and the proof that the applied ones are a prefix of the known ones. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { unpackMetrics } from './columns.ts';

export interface Migration {
  /** From 1, without gaps. */
  readonly number: number;
  /** The file's name without its extension: "0001-initial". */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the text with Unix line ends, hexadecimal. */
  readonly checksum: string;
}

export interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

/** Reads every `NNNN-name.sql` of `directory` in order. */
export function loadMigrations(directory: string): Migration[] {
  const files = readdirSync(directory)
    .filter((file) => /^\d{4}-[\w-]+\.sql$/.test(file))
    .sort();
  if (files.length === 0) throw new Error(`there are no migrations in ${directory}`);
  return files.map((file, index) => {
    const number = Number(file.slice(0, 4));
    if (number !== index + 1) throw new Error(`migration ${file} should be number ${index + 1}`);
    return migration(number, file.slice(0, -'.sql'.length), readFileSync(join(directory, file), 'utf8'));
  });
}

/** A migration from its text. */
export function migration(number: number, name: string, text: string): Migration {
  const sql = text.replaceAll('\r\n', '\n');
  return { number, name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
}

/** The migrations the database says were applied to it, in order; none in a new database. */
export function appliedMigrations(database: Database): AppliedMigration[] {
  const exists =
    database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migration'").get() !== undefined;
  return exists
    ? database.prepare<[], AppliedMigration>('SELECT number, name, checksum FROM migration ORDER BY number').all()
    : [];
}

/**
 * The known migrations still to be applied after `applied`.
 * @throws WorkbenchError `store.newer` or `store.unknownMigrations` when `applied` is not a prefix of `known`
 */
export function pendingMigrations(
  applied: readonly AppliedMigration[],
  known: readonly Migration[],
  path: string,
): readonly Migration[] {
  applied.forEach((done, index) => {
    const expected = known[index];
    if (expected === undefined) {
      throw new WorkbenchError(
        'store.newer',
        `${path} was written by a newer version of Tessera: it has ${applied.length} migrations ("${done.name}" among ` +
          `them), this version knows ${known.length}`,
        { hint: 'install the newer version, or name another database with --db' },
      );
    }
    if (done.number !== expected.number || done.name !== expected.name || done.checksum !== expected.checksum) {
      throw new WorkbenchError(
        'store.unknownMigrations',
        `${path} has migration "${done.name}" (${done.checksum.slice(0, 12)}) where this version of Tessera expects ` +
          `"${expected.name}" (${expected.checksum.slice(0, 12)})`,
        {
          hint: 'it was written by another branch of Tessera: open it with that one, or name another database with --db',
        },
      );
    }
  });
  return known.slice(applied.length);
}

/**
 * Applies the pending ones of `known`, each in a transaction of its own, which also notes it and sets `user_version`.
 * Another process may be doing the same.
 */
export function applyMigrations(database: Database, known: readonly Migration[], path: string): void {
  // For migrations that read binary columns: metric number `metric` of a packed vector.
  database.function('unpack_metric', { deterministic: true }, (packed: unknown, instances: unknown, metric: unknown) =>
    packed instanceof Uint8Array ? (unpackMetrics(packed, Number(instances))[Number(metric)] ?? null) : null,
  );
  const applyNext = database.transaction((): boolean => {
    const [next] = pendingMigrations(appliedMigrations(database), known, path);
    if (next === undefined) return false;
    database.exec(
      'CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT',
    );
    database.exec(next.sql);
    database
      .prepare('INSERT INTO migration (number, name, checksum, applied_at) VALUES (?, ?, ?, ?)')
      .run(next.number, next.name, next.checksum, Date.now());
    database.pragma(`user_version = ${next.number}`);
    return true;
  });
  while (applyNext.immediate());
}
