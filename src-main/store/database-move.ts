/** Moving a database file that nobody uses, and finding one that was moved: a note stays where it was. */
import {
  createReadStream,
  createWriteStream,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { Report } from './database-care.ts';
import { makeFolders, realPath } from './database-path.ts';
import { translate, unfinishedName } from './open.ts';

const noteSchema = z.object({ movedTo: z.string().min(1) });
/** A file moved to and fro leaves no longer chain than this. */
const MOST_MOVES = 50;

function notePath(path: string): string {
  return `${path}.moved`;
}

/**
 * Where the database that used to be at `path` is now, links followed; the file at `path` itself where it was never moved. A file that is
 * there counts for more than a note next to it: a move that was cut short had left only the note.
 * @throws WorkbenchError `store.movedAway` when it is not where it was moved to
 */
export function followMoves(path: string): string {
  let place = realPath(path);
  for (let moves = 0; moves < MOST_MOVES && !existsSync(place) && existsSync(notePath(place)); moves++)
    place = realPath(readNote(place));
  if (place === realPath(path) || existsSync(place)) return place;
  throw new WorkbenchError('store.movedAway', `the database was moved from ${path} to ${place}, and is not there`, {
    hint: `connect the disk it is on; to begin a new one, remove ${notePath(path)}`,
  });
}

function readNote(path: string): string {
  try {
    return resolve(dirname(path), noteSchema.parse(JSON.parse(readFileSync(notePath(path), 'utf8'))).movedTo);
  } catch (cause) {
    throw new WorkbenchError(
      'store.movedAway',
      `${notePath(path)} should say where the database is, and cannot be read`,
      { hint: 'name the database with --db, or remove that file to begin a new one', cause },
    );
  }
}

/** Says at `from` that the database is at `to`. Written before it is brought there, so that it is found whenever the move is cut short. */
function leaveNote(from: string, to: string): void {
  writeFileSync(notePath(from), `${JSON.stringify({ movedTo: to })}\n`, { flush: true });
}

/** Removes what a move that was cut short or undone says at `path`, where the database is. */
export function removeNote(path: string): void {
  rmSync(notePath(path), { force: true });
}

/**
 * Brings the file to `target`, a note first: renamed on the same disk, else copied, and the original stays until `removeMoved`.
 * @param report is called before each step
 * @returns whether it was copied
 * @throws WorkbenchError `database.inUse` when another process has it open, `store.…`; it is then where it was
 */
export async function bringDatabase(from: string, target: string, report: Report): Promise<'renamed' | 'copied'> {
  makeFolders(dirname(target));
  report('leaving a note');
  const owner = takeAlone(from);
  const unfinished = unfinishedName(target);
  try {
    leaveNote(from, target);
    report('moving the file');
    if (statSync(from).dev !== statSync(dirname(target)).dev) {
      await copy(from, target, unfinished, report);
      return 'copied';
    }
  } catch (cause) {
    rmSync(unfinished, { force: true });
    removeNote(from);
    throw fileError(cause, target);
  } finally {
    owner.close();
  }
  try {
    renameSync(from, target);
    return 'renamed';
  } catch (cause) {
    removeNote(from);
    throw fileError(cause, target);
  }
}

/** Undoes `bringDatabase`. */
export function bringBack(from: string, target: string, how: 'renamed' | 'copied'): void {
  for (const suffix of ['-wal', '-shm']) rmSync(target + suffix, { force: true });
  if (how === 'renamed') renameSync(target, from);
  else rmSync(target, { force: true });
  removeNote(from);
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
  return new WorkbenchError('database.inUse', `${path} is open in another program as well`, {
    hint: 'close the other Tessera windows and commands that use it, then try again',
  });
}

async function copy(from: string, target: string, unfinished: string, report: Report): Promise<void> {
  const total = statSync(from).size;
  let copied = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      copied += chunk.length;
      report('copying', total === 0 ? 0 : copied / total);
      done(undefined, chunk);
    },
  });
  await pipeline(
    createReadStream(from, { highWaterMark: 2 ** 20 }),
    counter,
    createWriteStream(unfinished, { flush: true, flags: 'wx' }),
  );
  renameSync(unfinished, target);
}

function fileError(cause: unknown, target: string): unknown {
  if (!(cause instanceof Error) || !('code' in cause)) return cause;
  if (cause.code === 'ENOSPC')
    return new WorkbenchError('store.full', `there is no room for the database at ${target}`, {
      hint: 'free some space, or choose another disk',
      cause,
    });
  return new WorkbenchError('store.unwritable', `the database cannot be moved to ${target} (${String(cause.code)})`, {
    hint: 'choose a folder that can be written to',
    cause,
  });
}
