/**
 * What is done with a whole database file, over a connection of its own: checked, copied, made smaller. May take
 * seconds: not for a thread that others wait for.
 */
import { existsSync, rmSync, statSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { connect, translate } from './open.ts';

/** Called with what is being done, and the share of the work done, 0…1, where it is known. */
export type Report = (step: string, share?: number) => void;

/** Pages copied in one go: a few milliseconds. */
const PAGES_PER_STEP = 512;
const MOST_PROBLEMS = 20;

/**
 * Reads every page of the database at `path`, and compares what runs say of themselves with what is recorded of them.
 * @returns what is wrong, in words; nothing where all is well
 */
export async function checkDatabase(path: string, report: Report): Promise<string[]> {
  return withConnection(path, async (database) => {
    const tables = database
      .prepare<[], string>(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' " +
          "ORDER BY name = 'chromosome', name = 'generation', name",
      )
      .pluck()
      .all();
    const problems: string[] = [];
    /** What is too damaged to be looked at is a finding as well. */
    const look = async (step: string, share: number, find: () => readonly string[]): Promise<void> => {
      report(step, share);
      await setImmediate();
      try {
        problems.push(...find());
      } catch (cause) {
        if (!(cause instanceof Database.SqliteError) || !cause.code.startsWith('SQLITE_CORRUPT')) throw cause;
        problems.push(`${step}: ${cause.message}`);
      }
    };
    for (const [index, table] of tables.entries()) {
      await look(table, index / (tables.length + 1), () =>
        database
          .prepare<[], string>(`PRAGMA integrity_check('${table.replaceAll("'", "''")}')`)
          .pluck()
          .all()
          .filter((problem) => problem !== 'ok'),
      );
    }
    await look('runs', tables.length / (tables.length + 1), () => [
      ...database
        .prepare<[], { table: string; rowid: number; parent: string }>('PRAGMA foreign_key_check')
        .all()
        .map((row) => `row ${row.rowid} of ${row.table} belongs to a row of ${row.parent} that is not there`),
      ...database
        .prepare<[], { id: number; generations: number; recorded: number }>(`SELECT id, generations, recorded FROM
        (SELECT id, generations,
          (SELECT count(*) FROM generation WHERE key >= run.id << 32 AND key < (run.id + 1) << 32) AS recorded
        FROM run WHERE deleting = 0) WHERE recorded <> generations`)
        .all()
        .map((run) => `run ${run.id} should have ${run.generations} generations and has ${run.recorded}`),
    ]);
    return problems.slice(0, MOST_PROBLEMS);
  });
}

/**
 * Copies the database as it is at this moment to `target`, also while runs go on, and checks the copy. `target` appears when it is complete;
 * until then it is called `unfinished`, a name that nobody else has.
 * @returns its size, bytes
 * @throws WorkbenchError `store.…`; a file begun is removed
 */
export async function backUpDatabase(
  path: string,
  target: string,
  unfinished: string,
  report: Report,
): Promise<number> {
  try {
    await withConnection(path, async (database) => {
      // A transaction of its own keeps the copy at one moment; without it every commit of a run would restart the copy.
      database.exec('BEGIN');
      database.prepare('SELECT count(*) FROM run').get();
      await database.backup(unfinished, {
        progress({ totalPages, remainingPages }) {
          report('copying', totalPages === 0 ? 0 : ((totalPages - remainingPages) / totalPages) * 0.9);
          return PAGES_PER_STEP;
        },
      });
      database.exec('COMMIT');
    });
    report('checking the copy', 0.9);
    await setImmediate();
    const copy = new Database(unfinished);
    try {
      const problem = copy.prepare<[], string>('PRAGMA quick_check(1)').pluck().get();
      if (problem !== 'ok')
        throw new WorkbenchError('store.corrupt', `${path} is damaged, and so is its copy: ${problem}`, {
          hint: 'restore it from an earlier backup',
        });
      copy.pragma('journal_mode = DELETE'); // one file, without a log next to it
    } finally {
      copy.close();
    }
    if (existsSync(target))
      throw new WorkbenchError('database.targetExists', `${target} has appeared meanwhile`, {
        hint: 'choose the name of a new file',
      });
    await rename(unfinished, target);
    return statSync(target).size;
  } catch (cause) {
    for (const file of [unfinished, `${unfinished}-wal`, `${unfinished}-shm`, `${unfinished}-journal`])
      rmSync(file, { force: true });
    throw translate(cause, target);
  }
}

/**
 * Rewrites the file without gaps. Needs as much room again, and nobody else may write meanwhile.
 * @throws WorkbenchError `store.…`; the file is then as it was
 */
export async function compactDatabase(
  path: string,
  report: Report,
): Promise<{ beforeBytes: number; afterBytes: number }> {
  report('rewriting the file');
  await setImmediate();
  return withConnection(path, async (database) => {
    database.pragma('wal_checkpoint(TRUNCATE)');
    const beforeBytes = statSync(path).size;
    database.pragma('auto_vacuum = INCREMENTAL'); // what another program rewrote may have lost it
    database.exec('VACUUM');
    database.pragma('wal_checkpoint(TRUNCATE)');
    return { beforeBytes, afterBytes: statSync(path).size };
  });
}

async function withConnection<Result>(
  path: string,
  work: (database: Database.Database) => Promise<Result>,
): Promise<Result> {
  const database = connect(path);
  try {
    return await work(database);
  } catch (cause) {
    throw translate(cause, path);
  } finally {
    database.close();
  }
}

/** What the file at `path` and its log take, bytes. */
export function fileSizes(path: string): { sizeBytes: number; logBytes: number } {
  return { sizeBytes: statSync(path).size, logBytes: existsSync(`${path}-wal`) ? statSync(`${path}-wal`).size : 0 };
}
