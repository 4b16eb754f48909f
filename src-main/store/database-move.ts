/** Moving a database file that nobody uses, and finding one that was moved: a note stays where it was. */
import { createReadStream, createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { Report } from './database-care.ts';
import { translate } from './open.ts';

const noteSchema = z.object({ movedTo: z.string().min(1) });
/** A file moved to and fro leaves no longer chain than this. */
const MOST_MOVES = 50;

function notePath(path: string): string {
  return `${path}.moved`;
}

/**
 * Where the database that used to be at `path` is now; `path` itself where it was never moved.
 * @throws WorkbenchError `store.movedAway` when it is not where it was moved to
 */
export function followMoves(path: string): string {
  let place = path;
  for (let moves = 0; moves < MOST_MOVES && !existsSync(place) && existsSync(notePath(place)); moves++) place = readNote(place);
  if (place === path || existsSync(place)) return place;
  throw new WorkbenchError('store.movedAway', `the database was moved from ${path} to ${place}, and is not there`, { hint: `connect the disk it is on; to begin a new one, remove ${notePath(path)}` });
}

function readNote(path: string): string {
  try {
    return resolve(dirname(path), noteSchema.parse(JSON.parse(readFileSync(notePath(path), 'utf8'))).movedTo);
  } catch (cause) {
    throw new WorkbenchError('store.movedAway', `${notePath(path)} should say where the database is, and cannot be read`, { hint: 'name the database with --db, or remove that file to begin a new one', cause });
  }
}

/** Says at `from` that the database is at `to` now. */
export function leaveNote(from: string, to: string): void {
  rmSync(notePath(to), { force: true });
  writeFileSync(notePath(from), `${JSON.stringify({ movedTo: to })}\n`);
}

/**
 * Brings the file to `target`: renamed on the same disk, else copied, and the original stays until `removeMoved`.
 * @returns whether it was copied
 * @throws WorkbenchError `database.inUse` when another process has it open, `store.…`; it is then where it was
 */
export async function bringDatabase(from: string, target: string, report: Report): Promise<'renamed' | 'copied'> {
  mkdirSync(dirname(target), { recursive: true });
  const owner = takeAlone(from);
  try {
    if (statSync(from).dev !== statSync(dirname(target)).dev) {
      await copy(from, target, report);
      return 'copied';
    }
  } catch (cause) {
    rmSync(`${target}.part`, { force: true });
    throw fileError(cause, target);
  } finally {
    owner.close();
  }
  try {
    renameSync(from, target);
    return 'renamed';
  } catch (cause) {
    throw fileError(cause, target);
  }
}

/** Undoes `bringDatabase`. */
export function bringBack(from: string, target: string, how: 'renamed' | 'copied'): void {
  for (const suffix of ['-wal', '-shm']) rmSync(target + suffix, { force: true });
  if (how === 'renamed') renameSync(target, from);
  else rmSync(target, { force: true });
}

/** Removes what a copied database leaves at its old place. */
export function removeMoved(from: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(from + suffix, { force: true });
}

/** Switching the log off succeeds only for the one connection there is; it also folds the log into the file. */
function takeAlone(path: string): Database.Database {
  const database = new Database(path, { timeout: 0, fileMustExist: true });
  try {
    if (database.pragma('journal_mode = DELETE', { simple: true }) !== 'delete') throw inUse(path);
    database.pragma('locking_mode = EXCLUSIVE');
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (cause) {
    database.close();
    if (cause instanceof Database.SqliteError && cause.code.startsWith('SQLITE_BUSY')) throw inUse(path);
    throw translate(cause, path);
  }
}

function inUse(path: string): WorkbenchError {
  return new WorkbenchError('database.inUse', `${path} is open in another program as well`, { hint: 'close the other Tessera windows and commands that use it, then try again' });
}

async function copy(from: string, target: string, report: Report): Promise<void> {
  const total = statSync(from).size;
  let copied = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      copied += chunk.length;
      report('copying', total === 0 ? 0 : copied / total);
      done(undefined, chunk);
    },
  });
  await pipeline(createReadStream(from, { highWaterMark: 2 ** 20 }), counter, createWriteStream(`${target}.part`, { flush: true }));
  renameSync(`${target}.part`, target);
}

function fileError(cause: unknown, target: string): unknown {
  if (!(cause instanceof Error) || !('code' in cause)) return cause;
  if (cause.code === 'ENOSPC') return new WorkbenchError('store.full', `there is no room for the database at ${target}`, { hint: 'free some space, or choose another disk', cause });
  return new WorkbenchError('store.unwritable', `the database cannot be brought to ${target} (${String(cause.code)})`, { hint: 'choose a folder that can be written to', cause });
}
