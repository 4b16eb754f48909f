/** Deleting runs where the disk is full: as far as possible, and in words where it is not. */
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { markDeleted, purgeDeleted } from '#main/store/run-deletion.ts';
import { aRecord } from '../../fixtures/record.ts';

/** The statements that a full disk refuses, as SQLite does, and what was tried. */
interface FullDisk {
  /** Whether a statement that changes `rows` rows (undefined: a checkpoint) has no room. */
  readonly isFull: (rows: number | undefined) => boolean;
}

function onFullDisk(
  database: Database.Database,
  { isFull }: FullDisk,
): { readonly database: Database.Database; readonly tried: (number | 'checkpoint')[] } {
  const tried: (number | 'checkpoint')[] = [];
  const refuse = (rows: number | undefined): void => {
    tried.push(rows ?? 'checkpoint');
    if (isFull(rows)) throw new Database.SqliteError('database or disk is full', 'SQLITE_FULL');
  };
  const full = new Proxy(database, {
    get(target, name) {
      if (name === 'pragma') {
        return (source: string, options?: Database.PragmaOptions) => {
          if (source.startsWith('wal_checkpoint(TRUNCATE)')) refuse(undefined);
          return target.pragma(source, options);
        };
      }
      if (name !== 'prepare') return Reflect.get(target, name) as unknown;
      return (sql: string) => {
        const statement = target.prepare(sql);
        if (sql.startsWith('SELECT')) return statement;
        return {
          run: (...values: number[]) => {
            refuse(sql.startsWith('DELETE FROM run') || sql.startsWith('UPDATE') ? 1 : values[2]);
            return statement.run(...values);
          },
        };
      };
    },
  });
  return { database: full, tried };
}

function aRunToDelete(rows: number): Database.Database {
  const { database } = aRecord();
  database.pragma('foreign_keys = OFF');
  database.exec(
    "INSERT INTO run (id, name, scenario_id, scenario_name, platform_name, scheduler, seed, status, created_at, genome_length, gene_bits, instances, engine_version) VALUES (1, 'r', 's', 's', 'p', 'ga', 1, 'finished', 1, 1, 1, 1, '1')",
  );
  const add = database.prepare(
    "INSERT INTO chromosome (key, born, operator, fitness, metrics, parents, mutated_loci, genes) VALUES ((1 << 32) + ?, 0, 0, 0, x'', x'', x'', x'')",
  );
  for (let row = 0; row < rows; row++) add.run(row);
  return database;
}

const left = (database: Database.Database): unknown =>
  database.prepare('SELECT (SELECT count(*) FROM run) AS runs, (SELECT count(*) FROM chromosome) AS chromosomes').get();

it('goes on with fewer rows at a time, with the room that the log gives back', async () => {
  const database = aRunToDelete(5000);
  const full = onFullDisk(database, { isFull: (rows) => rows !== undefined && rows > 300 });
  expect(markDeleted(full.database, 1)).toBe(true);
  await purgeDeleted(full.database);
  expect(left(database)).toEqual({ runs: 0, chromosomes: 0 });
  expect(full.tried.filter((rows) => rows === 'checkpoint').length).toBeGreaterThan(0);
});

it('says what to do where nothing can be freed; the run is deleted all the same, and freed when there is room', async () => {
  const database = aRunToDelete(500);
  markDeleted(database, 1);
  await expect(purgeDeleted(onFullDisk(database, { isFull: () => true }).database)).rejects.toMatchObject({
    code: 'store.full',
    message: expect.stringContaining('cannot be given back'),
    hint: expect.stringMatching(/next start.*backup/),
  });
  await purgeDeleted(database);
  expect(left(database)).toEqual({ runs: 0, chromosomes: 0 });
});

it('says what to do where the run cannot even be marked, which then stays', () => {
  const database = aRunToDelete(1);
  expect(() => markDeleted(onFullDisk(database, { isFull: () => true }).database, 1)).toThrow(
    expect.objectContaining({ code: 'store.full', message: expect.stringContaining('run 1 cannot be deleted') }),
  );
  expect(left(database)).toEqual({ runs: 1, chromosomes: 1 });
});
