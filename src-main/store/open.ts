/** Opening the record: creates it where there is none, refuses what is not ours and leaves it untouched, backs up and migrates what is older. */
import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { APPLICATION_ID, inspectDatabaseFile } from './database-file.ts';
import { appliedMigrations, applyMigrations, pendingMigrations, type Migration } from './migrations.ts';

/** How long a connection waits for another one's write, ms. */
const BUSY_TIMEOUT_MS = 10_000;
/** Between two attempts at what SQLite does not wait for, ms. */
const RETRY_MS = 20;
/** Rows of a few dozen bytes and of a kilobyte both fill a page of this size well. */
const PAGE_BYTES = 8192;
/** Up to this size opening reads the whole file to find damage; beyond, only the schema and both ends of each table. */
const FULL_CHECK_BYTES = 16 * 2 ** 20;

/**
 * Opens the record at `path`, at the newest of `migrations`.
 * @throws WorkbenchError `store.…`; the file is then byte for byte as it was
 */
export function openRecord(path: string, migrations: readonly Migration[]): Database.Database {
  if (inspectDatabaseFile(path, migrations.length) === 'existing') {
    if (checkContents(path, migrations).length > 0)
      whileOpen(connect(path), path, (database) => migrateWithBackup(database, path, migrations));
    return connect(path);
  }
  whileOpen(create(path), path, (database) => {
    database.pragma(`page_size = ${PAGE_BYTES}`);
    database.pragma('auto_vacuum = INCREMENTAL');
    database.pragma(`application_id = ${APPLICATION_ID}`);
    applyMigrations(database, migrations, path);
  });
  return connect(path);
}

function create(path: string): Database.Database {
  try {
    return new Database(path, { timeout: BUSY_TIMEOUT_MS });
  } catch (cause) {
    throw translate(cause, path);
  }
}

/** Tables are made and changed over connections of their own: what SQLite keeps of that would be in the way of later statements. */
function whileOpen(database: Database.Database, path: string, work: (database: Database.Database) => void): void {
  closingOnError(database, path, () => work(database));
  database.close();
}

/** A connection to a record that `openRecord` has opened before, in this or another process. @throws WorkbenchError `store.…` */
export function connect(path: string): Database.Database {
  try {
    const database = new Database(path, { timeout: BUSY_TIMEOUT_MS, fileMustExist: true });
    return closingOnError(database, path, () => {
      configure(database);
      return database;
    });
  } catch (cause) {
    throw translate(cause, path);
  }
}

function configure(database: Database.Database): void {
  useLog(database);
  database.pragma('synchronous = NORMAL'); // a commit survives the death of every process; only a power cut may take the last ones, and never tears the file
  database.pragma('foreign_keys = ON');
}

/** Another process may be switching a new file over at this moment, for which SQLite does not wait by itself. */
function useLog(database: Database.Database): void {
  const until = performance.now() + BUSY_TIMEOUT_MS;
  for (;;) {
    try {
      database.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() >= until) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}

function isBusy(error: unknown): boolean {
  return (
    error instanceof Database.SqliteError &&
    (error.code.startsWith('SQLITE_BUSY') || error.code.startsWith('SQLITE_LOCKED'))
  );
}

/** Reads `path` without writing to it; returns what is to be migrated. */
function checkContents(path: string, migrations: readonly Migration[]): readonly Migration[] {
  // Closing a connection that may write folds a left-over log into the file, one that may only read does not. Without a log,
  // only the former clears away the log it made.
  const readonly = existsSync(`${path}-wal`);
  try {
    const database = new Database(path, { readonly, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    try {
      checkIntegrity(database, path);
      return pendingMigrations(appliedMigrations(database), migrations, path);
    } finally {
      database.close();
    }
  } catch (cause) {
    if (cause instanceof WorkbenchError) throw cause;
    throw translate(cause, path);
  }
}

function checkIntegrity(database: Database.Database, path: string): void {
  if (statSync(path).size <= FULL_CHECK_BYTES) {
    const problem = database.prepare('PRAGMA quick_check(1)').pluck().get();
    if (problem !== 'ok')
      throw new WorkbenchError('store.corrupt', `${path} is damaged: ${String(problem).split('\n').at(-1)}`, {
        hint: 'restore it from a backup, or name another database with --db',
      });
    return;
  }
  const tables = database
    .prepare<[], { name: string; isWithoutRowid: number }>(
      "SELECT name, wr AS isWithoutRowid FROM pragma_table_list WHERE schema = 'main' AND type = 'table'",
    )
    .all();
  for (const { name, isWithoutRowid } of tables) {
    const rows = `SELECT * FROM "${name.replaceAll('"', '""')}"`;
    const ends = isWithoutRowid === 1 ? [rows] : [`${rows} ORDER BY rowid ASC`, `${rows} ORDER BY rowid DESC`];
    for (const end of ends) database.prepare(`${end} LIMIT 1`).get();
  }
}

/** What `make` makes with an open database, which is closed when it fails. @throws WorkbenchError `store.…`, and what `make` throws */
export function closingOnError<Made>(database: Database.Database, path: string, make: () => Made): Made {
  try {
    return make();
  } catch (cause) {
    database.close();
    throw translate(cause, path);
  }
}

/** A database without any migration is one whose creation was cut short: there is nothing to back up. */
function migrateWithBackup(database: Database.Database, path: string, migrations: readonly Migration[]): void {
  const version = appliedMigrations(database).length;
  if (version > 0) keepCopy(database, `${path}.backup-v${version}-${new Date().toISOString().replaceAll(/[:.]/g, '')}`);
  applyMigrations(database, migrations, path);
}

/** Copies the database to `backup`, which appears when it is whole: a copy that was cut short must not look like one. */
function keepCopy(database: Database.Database, backup: string): void {
  const unfinished = unfinishedName(backup);
  try {
    database.prepare('VACUUM INTO ?').run(unfinished);
    renameSync(unfinished, backup);
  } catch (cause) {
    rmSync(unfinished, { force: true });
    throw cause;
  }
}

/** Under which name a file is written that is to appear as `target`: one that nobody else has. */
export function unfinishedName(target: string): string {
  return `${target}.unfinished-${randomUUID().slice(0, 8)}`;
}

/** What to do where there is no room left, unless the caller knows better. */
const MAKE_ROOM = 'free some space, then try again';

/**
 * SQLite's own error about the file at `path`, or the system's about it or its folder, in our words; anything else as it is.
 * @param makeRoom what to do where there is no room left
 */
export function translate(cause: unknown, path: string, makeRoom: string = MAKE_ROOM): unknown {
  if (!(cause instanceof Database.SqliteError)) return translateSystem(cause, path, makeRoom);
  const code = cause.code;
  const lacksTables = code === 'SQLITE_ERROR' && /^no such (table|column)|has no column named/.test(cause.message); // the applied migrations made them
  if (lacksTables || code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB')) {
    return new WorkbenchError('store.corrupt', `${path} is damaged: ${cause.message}`, {
      hint: 'restore it from a backup, or name another database with --db',
      cause,
    });
  }
  if (isBusy(cause)) {
    return new WorkbenchError('store.busy', `${path} is locked by another program`, {
      hint: 'close the program that holds it, then try again',
      cause,
    });
  }
  if (code.startsWith('SQLITE_FULL'))
    return new WorkbenchError('store.full', `there is no room left on the disk of ${path}`, { hint: makeRoom, cause });
  if (
    code.startsWith('SQLITE_READONLY') ||
    code.startsWith('SQLITE_CANTOPEN') ||
    code.startsWith('SQLITE_IOERR') ||
    code.startsWith('SQLITE_PERM')
  ) {
    return new WorkbenchError('store.unwritable', `${path} cannot be read and written: ${cause.message}`, {
      hint: 'change its permissions, or name another database with --db',
      cause,
    });
  }
  return cause;
}

/** What the system says about the database file or its folder: they were there when the database was opened. */
function translateSystem(cause: unknown, path: string, makeRoom: string): unknown {
  if (cause instanceof TypeError && cause.message.startsWith('Cannot open database')) return folderGone(path, cause); // better-sqlite3's own
  if (!(cause instanceof Error) || !('code' in cause) || !('path' in cause) || typeof cause.path !== 'string')
    return cause;
  if (cause.path !== dirname(path) && !cause.path.startsWith(path)) return cause;
  if (cause.code === 'ENOENT') return folderGone(path, cause);
  if (cause.code === 'ENOSPC' || cause.code === 'EDQUOT')
    return new WorkbenchError('store.full', `there is no room left on the disk of ${path}`, { hint: makeRoom, cause });
  return new WorkbenchError('store.unwritable', `${path} cannot be read and written: ${cause.message}`, {
    hint: 'change its permissions, or name another database with --db',
    cause,
  });
}

function folderGone(path: string, cause: Error): WorkbenchError {
  return new WorkbenchError('store.gone', `${path} is no longer there, or its folder is not`, {
    hint: 'bring it back, or connect the disk it is on, then start Tessera again',
    cause,
  });
}
