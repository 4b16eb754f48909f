/** Opening the record: creating, migrating with a backup, and refusing what is not ours without touching it. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { APPLICATION_ID } from '#main/store/database-file.ts';
import { appliedMigrations, migration, type Migration } from '#main/store/migrations.ts';
import { openRecord } from '#main/store/open.ts';
import { openRecordRepositories } from '#main/store/record.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { aFolder, knownMigrations } from '../../fixtures/record.ts';

const next = knownMigrations.length + 1;
const later = migration(next, `000${next}-later`, 'CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT');
const another = migration(1, '0001-another', 'CREATE TABLE another (id INTEGER PRIMARY KEY) STRICT');

function create(path: string, migrations: readonly Migration[] = knownMigrations): void {
  openRecord(path, migrations).close();
}

function refusal(path: string, migrations: readonly Migration[] = knownMigrations): WorkbenchError {
  try {
    openRecord(path, migrations).close();
  } catch (error) {
    if (error instanceof WorkbenchError) return error;
    throw error;
  }
  throw new Error(`${path} was opened`);
}

const fingerprint = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex'),
      ]),
  );

/** The refusal's error, having made sure that every file of the folder is as it was, and none beside it. */
function refusedUntouched(folder: string, path: string, migrations?: readonly Migration[]): WorkbenchError {
  const before = fingerprint(folder);
  const error = refusal(path, migrations);
  expect(error.message).toContain(path);
  expect(error.hint).not.toBe('');
  expect(fingerprint(folder)).toEqual(before);
  return error;
}

describe('a new database', () => {
  it('is created with its folder, marked as ours, at the newest migration, in WAL mode', () => {
    const path = join(aFolder(), 'deep', 'er', 'tessera.db');
    const database = openRecord(path, knownMigrations);
    expect(database.pragma('application_id', { simple: true })).toBe(APPLICATION_ID);
    expect(database.pragma('user_version', { simple: true })).toBe(knownMigrations.length);
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(database.pragma('foreign_keys', { simple: true })).toBe(1);
    expect(database.pragma('auto_vacuum', { simple: true })).toBe(2);
    expect(
      database
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
        .pluck()
        .all(),
    ).toEqual([
      'bound',
      'checkpoint',
      'chromosome',
      'comparison',
      'document',
      'document_tag',
      'evaluation',
      'execution',
      'generation',
      'migration',
      'network_candidate',
      'network_score',
      'network_search',
      'run',
      'run_document',
      'run_identity',
      'run_origin',
      'run_remote',
      'run_snapshot',
      'sweep',
      'sweep_run',
    ]);
    database.close();
  });

  it('may start from an empty file', () => {
    const path = join(aFolder(), 'tessera.db');
    writeFileSync(path, '');
    create(path);
    expect(readFileSync(path, 'latin1').startsWith('SQLite format 3')).toBe(true);
  });

  it('may start from a file whose creation was cut short before anything was in it', () => {
    const path = join(aFolder(), 'tessera.db');
    const cutShort = new Database(path);
    cutShort.pragma('auto_vacuum = INCREMENTAL'); // writes the header, before there is an application id
    cutShort.close();
    expect(readFileSync(path).readUInt32BE(68)).toBe(0);
    create(path);
    expect(readFileSync(path).readUInt32BE(68)).toBe(APPLICATION_ID);
  });

  it('leaves nothing beside the file once it is closed', () => {
    const folder = aFolder();
    create(join(folder, 'tessera.db'));
    create(join(folder, 'tessera.db'));
    expect(readdirSync(folder)).toEqual(['tessera.db']);
  });

  it('opens again beyond 16 MB, where only the ends of its tables are read, with tables that have no row numbers', () => {
    const path = join(aFolder(), 'tessera.db');
    create(path);
    const database = new Database(path);
    database.prepare("INSERT INTO document_tag (kind, id, tag) VALUES ('network', 'a', 'b')").run();
    database.exec(
      'CREATE TABLE filler (content BLOB) STRICT; INSERT INTO filler VALUES (zeroblob(17000000)); DROP TABLE filler;',
    );
    database.close();
    expect(() => create(path)).not.toThrow();
  });
});

describe('migrating', () => {
  it('applies what is missing, after a backup of what was there', () => {
    const folder = aFolder();
    const path = join(folder, 'tessera.db');
    create(path);
    const database = openRecord(path, [...knownMigrations, later]);
    expect(appliedMigrations(database).map((applied) => applied.name)).toEqual(
      [...knownMigrations, later].map((known) => known.name),
    );
    database.close();
    const backup = readdirSync(folder).find((name) => name.includes(`.backup-v${knownMigrations.length}-`)) ?? '';
    const old = openRecord(join(folder, backup), knownMigrations);
    expect(appliedMigrations(old)).toHaveLength(knownMigrations.length);
    old.close();
  });

  it('keeps the old version when a migration fails', () => {
    const path = join(aFolder(), 'tessera.db');
    create(path);
    const broken = migration(
      next,
      `000${next}-broken`,
      'CREATE TABLE fine (id INTEGER PRIMARY KEY) STRICT; CREATE TABLE run (id INTEGER)',
    );
    expect(() => openRecord(path, [...knownMigrations, broken])).toThrow('table run already exists');
    const database = openRecord(path, knownMigrations);
    expect(database.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'fine'").pluck().get()).toBe(0);
    database.close();
  });

  it('makes no backup when there is nothing to migrate', () => {
    const folder = aFolder();
    create(join(folder, 'tessera.db'));
    create(join(folder, 'tessera.db'));
    expect(readdirSync(folder).filter((name) => name.includes('backup'))).toEqual([]);
  });
});

describe('a file that is not ours is refused and left byte for byte as it was', () => {
  it('text', () => {
    const folder = aFolder();
    writeFileSync(join(folder, 'notes.txt'), 'not a database, but long enough to have a header. '.repeat(10));
    expect(refusedUntouched(folder, join(folder, 'notes.txt'))).toMatchObject({ code: 'store.notADatabase' });
  });

  it('a file shorter than a header', () => {
    const folder = aFolder();
    writeFileSync(join(folder, 'short'), 'SQLite');
    expect(refusedUntouched(folder, join(folder, 'short'))).toMatchObject({ code: 'store.notADatabase' });
  });

  it.each(['delete', 'wal'])('a database of another application (journal mode %s)', (mode) => {
    const folder = aFolder();
    const path = join(folder, 'other.db');
    const other = new Database(path);
    other.pragma(`journal_mode = ${mode}`);
    other.exec('CREATE TABLE other (id INTEGER PRIMARY KEY)');
    other.close();
    expect(refusedUntouched(folder, path)).toMatchObject({ code: 'store.foreign' });
  });

  it('a database of another application whose tables are still in its log', () => {
    const folder = aFolder();
    const path = join(folder, 'other.db');
    const other = new Database(path);
    other.pragma('journal_mode = WAL');
    other.exec('CREATE TABLE other (id INTEGER PRIMARY KEY)');
    expect(refusedUntouched(folder, path)).toMatchObject({ code: 'store.foreign' });
    other.close();
  });

  it('a database of a newer version', () => {
    const folder = aFolder();
    const path = join(folder, 'tessera.db');
    create(path, [...knownMigrations, later]);
    expect(refusedUntouched(folder, path)).toMatchObject({
      code: 'store.newer',
      message: expect.stringContaining('newer version'),
    });
  });

  it('a database with migrations that are not a prefix of the known ones', () => {
    const folder = aFolder();
    const path = join(folder, 'tessera.db');
    create(path, [another]);
    expect(refusedUntouched(folder, path)).toMatchObject({
      code: 'store.unknownMigrations',
      message: expect.stringContaining('"0001-another"'),
    });
  });

  it('a database whose migration has the right name but another content', () => {
    const folder = aFolder();
    const path = join(folder, 'tessera.db');
    create(path, [migration(1, knownMigrations[0]!.name, `${knownMigrations[0]!.sql}\n-- changed`)]);
    expect(refusedUntouched(folder, path)).toMatchObject({ code: 'store.unknownMigrations' });
  });

  it('a truncated database', () => {
    const folder = aFolder();
    const path = join(folder, 'tessera.db');
    create(path);
    truncateSync(path, 20_000);
    expect(refusedUntouched(folder, path)).toMatchObject({ code: 'store.corrupt' });
  });

  it('a database with overwritten pages', () => {
    const folder = aFolder();
    const path = join(folder, 'tessera.db');
    create(path);
    const bytes = readFileSync(path);
    bytes.fill(0xa5, 8192, bytes.length);
    writeFileSync(path, bytes);
    expect(refusedUntouched(folder, path)).toMatchObject({ code: 'store.corrupt' });
  });

  it('a database whose schema is garbage', () => {
    const folder = aFolder();
    const path = join(folder, 'tessera.db');
    create(path);
    const bytes = readFileSync(path);
    bytes.fill(0x5a, 100, 4000);
    writeFileSync(path, bytes);
    expect(refusedUntouched(folder, path)).toMatchObject({ code: 'store.corrupt' });
  });

  it('a database that lacks a table, closing it', () => {
    const folder = aFolder();
    const path = join(folder, 'tessera.db');
    create(path);
    const database = new Database(path);
    database.exec('DROP TABLE document');
    database.close();
    expect(() => openRecordRepositories(path, knownMigrations)).toThrow(
      expect.objectContaining({ code: 'store.corrupt', message: `${path} is damaged: no such table: document` }),
    );
    expect(readdirSync(folder)).toEqual(['tessera.db']); // an open connection has its log beside it
  });

  it('a newer database that a crash left with a log beside it', () => {
    const folder = aFolder();
    const path = join(folder, 'tessera.db');
    create(path);
    const crashed = join(folder, 'crashed');
    mkdirSync(crashed);
    const database = openRecord(path, [...knownMigrations, later]);
    for (const name of ['tessera.db', 'tessera.db-wal'])
      writeFileSync(join(crashed, name), readFileSync(join(folder, name)));
    database.close();
    const before = fingerprint(crashed);
    expect(refusal(join(crashed, 'tessera.db')).code).toBe('store.newer');
    expect(fingerprint(crashed)).toMatchObject(before);
  });
});

describe('a place where no database can be', () => {
  it('a folder', () => {
    const folder = aFolder();
    expect(refusal(folder)).toMatchObject({ code: 'store.isDirectory', hint: expect.stringContaining('tessera.db') });
  });

  it('below a file', () => {
    const folder = aFolder();
    writeFileSync(join(folder, 'file'), 'x');
    expect(refusal(join(folder, 'file', 'tessera.db')).code).toBe('store.unwritable');
  });
});

it('a log that a crash left behind is taken up', () => {
  const folder = aFolder();
  const path = join(folder, 'tessera.db');
  create(path);
  const crashed = join(folder, 'crashed.db');
  const database = openRecord(path, knownMigrations);
  database
    .prepare(
      "INSERT INTO document (kind, id, revision, created_at, updated_at, json) VALUES ('network', 'n', 1, 0, 0, '{}')",
    )
    .run();
  for (const suffix of ['', '-wal']) writeFileSync(crashed + suffix, readFileSync(path + suffix));
  database.close();
  const recovered = openRecord(crashed, knownMigrations);
  expect(recovered.prepare('SELECT id FROM document').pluck().all()).toEqual(['n']);
  recovered.close();
});
