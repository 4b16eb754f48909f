/**
 * A record that may be read but not written to: on a medium or in a folder of somebody else. SQLite cannot open such a file without
 * making a log next to it, so a copy is read, which is gone when it is closed.
 */
import { accessSync, chmodSync, constants, copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { WorkbenchError } from '#shared/domain/errors.ts';

export interface ReadingCopy {
  readonly path: string;
  /** What the copy lacks, in words; undefined where it has everything. */
  readonly missing: string | undefined;
  remove(): void;
}

/** Whether the file at `path` can be read, but neither it nor its folder can be written to as a database needs it. */
export function isForReadingOnly(path: string): boolean {
  return (
    existsSync(path) && may(path, constants.R_OK) && !(may(path, constants.W_OK) && may(dirname(path), constants.W_OK))
  );
}

/** Copies the record at `path` with its log to a temporary folder. @throws WorkbenchError `store.unreadable` */
export function makeReadingCopy(path: string): ReadingCopy {
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), 'tessera-reading-'));
    const copy = join(folder, basename(path));
    const missing = snapshotOfWriter(path, copy) ? undefined : copyWithLog(path, copy);
    const made = folder;
    return { path: copy, missing, remove: () => rmSync(made, { recursive: true, force: true }) };
  } catch (cause) {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    throw new WorkbenchError(
      'store.unreadable',
      `${path} cannot be written to, and no copy of it could be made to read from (${cause instanceof Error ? cause.message : String(cause)})`,
      { hint: `free some space in ${tmpdir()}, or copy the file yourself and name the copy with --db`, cause },
    );
  }
}

/** Where somebody has the record open, its index of the log is there, and SQLite reads both at one moment; false where not. */
function snapshotOfWriter(path: string, copy: string): boolean {
  if (!existsSync(`${path}-shm`)) return false;
  try {
    const database = new Database(path, { readonly: true });
    try {
      database.prepare('VACUUM INTO ?').run(copy);
      return true;
    } finally {
      database.close();
    }
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    rmSync(copy, { force: true });
    return false; // the index was left by a process that was killed: nobody writes
  }
}

/** Nobody has the record open: its file, and what a process that was killed left in the log. @returns what is missing */
function copyWithLog(path: string, copy: string): string | undefined {
  copyFile(path, copy);
  const log = `${path}-wal`;
  if (!existsSync(log) || statSync(log).size === 0) return undefined;
  if (!may(log, constants.R_OK)) return `the newest is in ${log}, which you may not read`;
  copyFile(log, `${copy}-wal`);
  return undefined;
}

/** A copy of one's own, whatever the original allows. */
function copyFile(from: string, to: string): void {
  copyFileSync(from, to, constants.COPYFILE_FICLONE);
  chmodSync(to, 0o600);
}

function may(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
