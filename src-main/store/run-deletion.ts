/** Removing a run and all that was recorded of it, a little at a time, so that whoever shares the thread stays responsive. */
import { setImmediate } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import { activeStatuses } from '#shared/domain/run.ts';
import { recordKey } from './columns.ts';

/** Per step, so that each takes a few milliseconds. */
const ROWS_PER_STEP = 2000;
const PAGES_PER_STEP = 256;

/** Hides a run at once; `purgeDeleted` then frees its rows. False when there is no such run, or it is active. */
export function markDeleted(database: Database, runId: number): boolean {
  return database.prepare(`UPDATE run SET deleting = 1 WHERE id = ? AND deleting = 0 AND status NOT IN (${activeStatuses.map((status) => `'${status}'`).join(', ')})`).run(runId).changes > 0;
}

/** Frees the rows of every run marked as deleted, also of those whose removal was cut short, and gives the space back to the disk. */
export async function purgeDeleted(database: Database, isClosing: () => boolean = () => false): Promise<void> {
  const marked = database.prepare<[], number>('SELECT id FROM run WHERE deleting = 1').pluck().all();
  for (const runId of marked) {
    for (const table of ['generation', 'chromosome']) {
      const remove = database.prepare(`DELETE FROM ${table} WHERE key IN (SELECT key FROM ${table} WHERE key >= ? AND key < ? LIMIT ${ROWS_PER_STEP})`);
      while (!isClosing() && remove.run(recordKey(runId, 0), recordKey(runId + 1, 0)).changes > 0) await setImmediate();
    }
    if (isClosing()) return;
    database.prepare('DELETE FROM run WHERE id = ?').run(runId);
  }
  const freePages = (): number => Number(database.pragma('freelist_count', { simple: true }));
  // A file that something else has rewritten (`sqlite3 … .recover`) may not be able to give its free pages back.
  for (let free = marked.length > 0 ? freePages() : 0, before = Infinity; free > 0 && free < before && !isClosing(); before = free, free = freePages()) {
    database.pragma(`incremental_vacuum(${PAGES_PER_STEP})`);
    await setImmediate();
  }
  // The file shrinks when the log is written back to it; a passive checkpoint waits for nobody.
  if (marked.length > 0 && !isClosing()) database.pragma('wal_checkpoint(PASSIVE)');
}
