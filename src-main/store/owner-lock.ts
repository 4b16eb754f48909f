/** Tells whether a workbench instance that owns runs is still alive, by a lock that the operating system releases when a process dies. */
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';

/** What the name of a lock adds to that of its database, bytes: "-owner-" and a UUID. */
export const OWNER_SUFFIX_BYTES = 43;

/** A lock file younger than this may be one that its owner has made and not locked yet, ms. */
const SETTLED_MS = 5 * 60_000;

/**
 * An instance's claim on the runs it has queued. Its name is in the runs' `owner` column; the lock is SQLite's own
 * exclusive lock on an empty file next to the database, which works alike on every system and cannot outlive its
 * process.
 */
export class OwnerLock {
  readonly owner: string;
  readonly #databasePath: string;
  #held: Database.Database | undefined;

  constructor(databasePath: string) {
    this.owner = randomUUID();
    this.#databasePath = databasePath;
  }

  /** Takes the lock, if it is not held already: before the first run is queued. */
  hold(): void {
    if (this.#held !== undefined) return;
    const lock = new Database(lockPath(this.#databasePath, this.owner), { timeout: 0 });
    take(lock);
    this.#held = lock;
  }

  release(): void {
    if (this.#held === undefined) return;
    this.#held.close();
    this.#held = undefined;
    removeLock(this.#databasePath, this.owner);
  }
}

/** Whether the instance called `owner` still lives. The lock of a dead one is cleared away. */
export function isOwnerAlive(databasePath: string, owner: string): boolean {
  const path = lockPath(databasePath, owner);
  if (!existsSync(path)) return false;
  const lock = new Database(path, { timeout: 0 });
  try {
    take(lock);
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return true;
    throw error;
  } finally {
    lock.close();
  }
  removeLock(databasePath, owner);
  return false;
}

/** Clears away the locks of instances that were killed; those of living ones, and very young ones, stay. @param now Unix time, ms */
export function clearDeadLocks(databasePath: string, now: number): void {
  const folder = dirname(databasePath);
  const prefix = basename(lockPath(databasePath, ''));
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(prefix) || name.endsWith(JOURNAL)) continue;
    const madeAt = statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs;
    if (madeAt !== undefined && now - madeAt > SETTLED_MS) isOwnerAlive(databasePath, name.slice(prefix.length));
  }
}

const JOURNAL = '-journal';

/**
 * The journal of the transaction, which is never written to, stays in memory: as a file it would outlive a killed owner
 * for good.
 */
function take(lock: Database.Database): void {
  lock.pragma('journal_mode = MEMORY');
  lock.exec('BEGIN EXCLUSIVE');
}

function lockPath(databasePath: string, owner: string): string {
  return `${databasePath}-owner-${owner}`;
}

function removeLock(databasePath: string, owner: string): void {
  const path = lockPath(databasePath, owner);
  try {
    for (const file of [path, path + JOURNAL]) rmSync(file, { force: true }); // the journal is one of an older version
  } catch {
    // The folder may have become read-only. The lock itself is gone with its connection; the empty file is cleared away at a later start.
  }
}
