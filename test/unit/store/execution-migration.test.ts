/** Migration 13 on a record that has runs: they stay as they are, and can be executed from then on. */
import { expect, it } from 'vitest';
import type { Database } from 'better-sqlite3';
import { openRecord } from '#main/store/open.ts';
import { openRecordRepositories } from '#main/store/record.ts';
import { anExecution } from '#test/fixtures/execution.ts';
import { aFolder, knownMigrations } from '#test/fixtures/record.ts';

/** A row of `table` with the given values, and the least that its other columns need. */
function insert(database: Database, table: string, values: Readonly<Record<string, unknown>>): void {
  const columns = database.prepare<[], { name: string; type: string; notnull: number; dflt_value: unknown }>(
    `PRAGMA table_info(${table})`,
  );
  const needed = columns
    .all()
    .filter(({ name, notnull, dflt_value: usual }) => name in values || (notnull === 1 && usual === null));
  const least = { INTEGER: 1, REAL: 1, TEXT: '{}', BLOB: Buffer.alloc(4) };
  const row = Object.fromEntries(
    needed.map(({ name, type }) => [name, values[name] ?? least[type as keyof typeof least]]),
  );
  database
    .prepare(
      `INSERT INTO ${table} (${Object.keys(row).join()}) VALUES (${Object.keys(row)
        .map((name) => `:${name}`)
        .join()})`,
    )
    .run(row);
}

it('runs of a record without executions stay, are executed afterwards, and take their executions with them', () => {
  const path = `${aFolder()}/tessera.db`;
  const before = openRecord(path, knownMigrations.slice(0, 12));
  for (const id of [1, 2]) insert(before, 'run', { id, name: `run ${id}`, status: 'finished' });
  const rows = before.prepare('SELECT * FROM run ORDER BY id').all();
  before.close();

  const record = openRecordRepositories(path, knownMigrations);
  expect(record.database.prepare('SELECT * FROM run ORDER BY id').all()).toMatchObject(rows as object[]);
  const id = record.executions.add(2, 0, 5, anExecution);
  expect(record.executions.ofRun(2)).toEqual([{ id, chromosomeId: 0, createdAt: 5, execution: anExecution }]);
  expect(record.executions.ofRun(1)).toEqual([]);
  record.database.prepare('DELETE FROM run WHERE id = 2').run();
  expect(record.executions.ofRun(2)).toEqual([]);
  record.close();
});
