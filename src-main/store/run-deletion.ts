/**
 * Removing a run and all that was recorded of it, a little at a time, so that everything else on the thread stays
 * responsive.
 */
import { setImmediate } from 'node:timers/promises';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { activeStatuses } from '#shared/domain/run.ts';
import { recordKey } from './columns.ts';

/** Per step, so that each takes a few milliseconds. */
const ROWS_PER_STEP = 2000;
const PAGES_PER_STEP = 256;

/** Where even a log of these rows has no room, none can be freed. */
const FEWEST_ROWS = 20;

/** Hides a run at once; `purgeDeleted` then frees its rows. False when there is no such run, or it is active. @throws WorkbenchError `store.full` */
export function markDeleted(database: Database, runId: number): boolean {
  const mark = database.prepare(
    `UPDATE run SET deleting = 1 WHERE id = ? AND deleting = 0 AND status NOT IN (${activeStatuses.map((status) => `'${status}'`).join(', ')})`,
  );
  return withRoom(database, () => mark.run(runId).changes > 0, `run ${runId} cannot be deleted`);
}

/**
 * Frees the rows of every run marked as deleted, also of those whose removal was cut short, and gives the space back to the disk.
 * @throws WorkbenchError `store.full`: what is marked stays so, and is freed at the next start
 */
export async function purgeDeleted(database: Database, isClosing: () => boolean = () => false): Promise<void> {
  const marked = database.prepare<[], number>('SELECT id FROM run WHERE deleting = 1').pluck().all();
  for (const runId of marked) {
    for (const table of ['generation', 'chromosome']) {
      const remove = database.prepare(
        `DELETE FROM ${table} WHERE key IN (SELECT key FROM ${table} WHERE key >= ? AND key < ? LIMIT ?)`,
      );
      for (let rows = ROWS_PER_STEP; !isClosing();) {
        const removed = freed(() => remove.run(recordKey(runId, 0), recordKey(runId + 1, 0), rows).changes);
        if (removed === 0) break;
        // Where the disk is full, the log of fewer rows may have room, once that of the others is folded in.
        if (removed === undefined) {
          if (rows === FEWEST_ROWS || !freeLog(database))
            throw tooFull(
              'the space of deleted runs cannot be given back',
              'they are deleted all the same: their space is given back at the next start that has room for a log',
            );
          rows = Math.max(FEWEST_ROWS, Math.floor(rows / 10));
        }
        await setImmediate();
      }
    }
    if (isClosing()) return;
    withRoom(
      database,
      () => database.prepare('DELETE FROM run WHERE id = ?').run(runId),
      `the rest of run ${runId} cannot be removed`,
    );
  }
  const freePages = (): number => Number(database.pragma('freelist_count', { simple: true }));
  // A file that something else has rewritten (`sqlite3 … .recover`) may not be able to give its free pages back.
  for (
    let free = marked.length > 0 ? freePages() : 0, before = Infinity;
    free > 0 && free < before && !isClosing();
    before = free, free = freePages()
  ) {
    database.pragma(`incremental_vacuum(${PAGES_PER_STEP})`);
    await setImmediate();
  }
  // The file shrinks when the log is written back to it; a passive checkpoint waits for nobody.
  if (marked.length > 0 && !isClosing()) database.pragma('wal_checkpoint(PASSIVE)');
}

/** What `work` gives, or undefined where the disk is full. */
function freed<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof SqliteDatabase.SqliteError && error.code.startsWith('SQLITE_FULL')) return undefined;
    throw error;
  }
}

/** Folds the log into the file, whose room is free then: pages that are there are written over. False where not even that has room. */
function freeLog(database: Database): boolean {
  return freed(() => database.pragma('wal_checkpoint(TRUNCATE)')) !== undefined;
}

/** Tries once more with the room of the log. */
function withRoom<Result>(database: Database, work: () => Result, failure: string): Result {
  const result = freed(work) ?? (freeLog(database) ? freed(work) : undefined);
  if (result === undefined) throw tooFull(failure, 'deleting needs a little room for its log');
  return result;
}

function tooFull(failure: string, why: string): WorkbenchError {
  return new WorkbenchError('store.full', `the disk is so full that ${failure}`, {
    hint: `${why}; free a few megabytes there, for example by moving a backup of the database to another disk, then try again`,
  });
}
