/** Copies of records that may only be read: what is still in the log is in them, whether somebody writes or was killed. */
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, expect, test } from 'vitest';
import { changesRecord } from '#main/services/read-only.ts';
import { isForReadingOnly, makeReadingCopy } from '#main/store/reading-copy.ts';
import { temporaryDirectory } from '#test/doubles/hosts.ts';

const directory = temporaryDirectory();
afterAll(() => directory.remove());

/** A database whose second row is in its log only. */
function writerOf(path: string): Database.Database {
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  database.exec('CREATE TABLE t (x); INSERT INTO t VALUES (1)');
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.exec('INSERT INTO t VALUES (2)');
  return database;
}

function rowsIn(path: string): number[] {
  const database = new Database(path);
  try {
    return database.prepare<[], number>('SELECT x FROM t').pluck().all();
  } finally {
    database.close();
  }
}

test('while somebody writes, the copy is of one moment', () => {
  const path = join(directory.path, 'live.db');
  const writer = writerOf(path);
  const copy = makeReadingCopy(path);
  writer.exec('INSERT INTO t VALUES (3)');
  expect([rowsIn(copy.path), copy.missing]).toEqual([[1, 2], undefined]);
  copy.remove();
  expect(existsSync(dirname(copy.path))).toBe(false);
  expect(rowsIn(path)).toEqual([1, 2, 3]);
  writer.close();
});

test.each([
  ['without the index of the log', false],
  ['with an index nobody uses any more', true],
])('what a process that was killed left in the log is in the copy, %s', (_, hasIndex) => {
  const path = join(directory.path, `writer-${hasIndex}.db`);
  const left = join(directory.path, `left-${hasIndex}.db`);
  const writer = writerOf(path);
  for (const suffix of ['', '-wal']) copyFileSync(path + suffix, left + suffix);
  if (hasIndex) writeFileSync(`${left}-shm`, '');
  writer.close();
  const copy = makeReadingCopy(left);
  expect(rowsIn(copy.path)).toEqual([1, 2]);
  copy.remove();
});

test('a file that can be written to, or is not there, is not for reading only', () => {
  const path = join(directory.path, 'own.db');
  writerOf(path).close();
  expect([isForReadingOnly(path), isForReadingOnly(join(directory.path, 'none.db'))]).toEqual([false, false]);
});

test('routes that change the record are known', () => {
  expect(['runs.start', 'runs.delete', 'documents.import', 'database.move'].map(changesRecord)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(['runs.list', 'runs.export', 'database.backup', 'documents.export', 'toString'].map(changesRecord)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
});
