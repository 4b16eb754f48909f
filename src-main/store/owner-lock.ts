/** Tells whether a workbench instance that owns runs is still alive, by a lock that the operating system releases when a process dies. */
import { randomUUID } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';

/**
 * An instance's claim on the runs it has queued. Its name stands in the runs' `owner` column; the lock is SQLite's own exclusive
 * lock on an empty file beside the database, which works alike on every system and cannot outlive its process.
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
    lock.exec('BEGIN EXCLUSIVE');
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
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return true;
    throw error;
  } finally {
    lock.close();
  }
  removeLock(databasePath, owner);
  return false;
}

function lockPath(databasePath: string, owner: string): string {
  return `${databasePath}-owner-${owner}`;
}

function removeLock(databasePath: string, owner: string): void {
  rmSync(lockPath(databasePath, owner), { force: true });
}
