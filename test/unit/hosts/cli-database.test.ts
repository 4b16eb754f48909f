/** `tessera database`: facts, check, backup and move from the command line, with their exit codes. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { runCommandLine } from '#main/hosts/cli/program.ts';
import { aFolder, aRecord } from '../../fixtures/record.ts';

let printed: string[];

beforeEach(() => {
  printed = [];
  vi.stubEnv('XDG_DATA_HOME', aFolder());
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed.push(String(text));
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = 0;
});

function aDatabase(): string {
  const record = aRecord();
  record.close();
  return record.path;
}

async function run(...argv: string[]): Promise<{ code: number; json: unknown }> {
  printed = [];
  const code = await runCommandLine(['database', ...argv, '--json']);
  return { code, json: JSON.parse(printed.join('')) as unknown };
}

it('tells facts, finds all well, makes a backup and moves the file, after which the old path leads to the new one', async () => {
  const db = aDatabase();
  expect(await run('info', '--db', db)).toMatchObject({ code: 0, json: { path: db, runs: 0 } });
  expect(await run('check', '--db', db)).toEqual({ code: 0, json: { problems: [] } });
  const copy = join(aFolder(), 'copy.db');
  expect(await run('backup', copy, '--db', db)).toEqual({
    code: 0,
    json: { path: copy, sizeBytes: statSync(copy).size },
  });
  expect(await run('compact', '--db', db)).toMatchObject({ code: 0 });
  const moved = join(aFolder(), 'moved.db');
  expect(await run('move', moved, '--db', db)).toEqual({ code: 0, json: { path: moved } });
  expect(existsSync(db)).toBe(false);
  expect(await run('info', '--db', db)).toMatchObject({ code: 0, json: { path: moved } });
});

it('exits with 1 where a check finds something, with 2 where a target exists', async () => {
  const db = aDatabase();
  const database = new Database(db);
  database.pragma('foreign_keys = OFF');
  database.prepare("INSERT INTO checkpoint (run_id, generation, saved_at, state_json) VALUES (99, 0, 0, '{}')").run();
  database.close();
  expect(await run('check', '--db', db)).toMatchObject({
    code: 1,
    json: { problems: [expect.stringContaining('checkpoint') as string] },
  });
  expect(await run('backup', db, '--db', db)).toMatchObject({
    code: 2,
    json: { error: { code: 'database.targetExists' } },
  });
});
