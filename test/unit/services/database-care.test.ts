/** Care of the database through the workbench: facts, checks that find damage, backups while a run goes on, moving it away and finding it again. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { checkDatabase } from '#main/store/database-care.ts';
import { bringDatabase, followMoves } from '#main/store/database-move.ts';
import { aSmallScenario } from '../../fixtures/builders.ts';
import { aFolder, aRecord } from '../../fixtures/record.ts';
import { aWorkbench, type TestWorkbench } from '../../fixtures/workbench.ts';

const scenario = aSmallScenario().input;
const short = { scheduler: 'random', seed: 5, options: { populationSize: 20, generations: 50 } };
const endless = { scheduler: 'random', seed: 5, options: { populationSize: 20, generations: 100_000 } };

async function finishedRun(workbench: TestWorkbench): Promise<number> {
  const { run } = await workbench.client.invoke('runs.start', { scenario, configuration: short });
  return (await workbench.untilStatus(run.id, 'finished')).id;
}

const noReport = (): void => {};

describe('the facts', () => {
  it('tell the path, sizes, what is recorded, and a name for a backup beside it', async () => {
    const workbench = aWorkbench();
    const runId = await finishedRun(workbench);
    const facts = await workbench.client.invoke('database.info', {});
    const { run } = await workbench.client.invoke('runs.get', { runId });
    expect(facts).toMatchObject({
      path: workbench.databasePath,
      runs: 1,
      recordedBytes: run.recordedBytes,
      sizeBytes: statSync(workbench.databasePath).size,
      hasDialog: false,
    });
    expect(run.recordedBytes).toBeGreaterThan(10_000);
    expect(dirname(facts.backupPath)).toBe(dirname(workbench.databasePath));
  });
});

describe('deleting runs', () => {
  it('gives their space back to the disk', async () => {
    const workbench = aWorkbench();
    await finishedRun(workbench);
    const recorded: number[] = [];
    for (let index = 0; index < 3; index++) recorded.push(await finishedRun(workbench));
    const size = async (): Promise<number> => {
      const { sizeBytes, logBytes } = await workbench.client.invoke('database.info', {});
      return sizeBytes + logBytes;
    };
    await workbench.client.invoke('database.compact', {}); // folds the log in
    const before = await size();
    const { recordedBytes } = await workbench.client.invoke('runs.overview', { ids: recorded });
    expect(await workbench.client.invoke('runs.deleteTogether', { runIds: recorded })).toEqual({
      deleted: 3,
      active: [],
    });
    const { sizeBytes, freeBytes } = await workbench.client.invoke('database.info', {});
    expect(freeBytes).toBe(0);
    expect(before - sizeBytes).toBeGreaterThan(recordedBytes * 0.8);
  });
});

describe('a check', () => {
  it('finds nothing where all is well', async () => {
    const workbench = aWorkbench();
    await finishedRun(workbench);
    expect(await workbench.client.invoke('database.check', {})).toEqual({ problems: [] });
  });

  it('finds pages that were overwritten', async () => {
    const record = aRecord();
    record.database.exec('CREATE TABLE filler (content TEXT) STRICT');
    const add = record.database.prepare('INSERT INTO filler VALUES (hex(randomblob(2000)))');
    for (let row = 0; row < 50; row++) add.run();
    const page = Number(
      record.database
        .prepare("SELECT max(pageno) FROM dbstat WHERE name = 'filler' AND pagetype = 'leaf'")
        .pluck()
        .get(),
    );
    record.close();
    const bytes = readFileSync(record.path);
    bytes.fill(0xa5, (page - 1) * 8192, page * 8192);
    writeFileSync(record.path, bytes);
    expect((await checkDatabase(record.path, noReport)).join('\n')).toMatch(/filler|page/i);
  });

  it('finds runs that lack generations, and rows whose run is gone', async () => {
    const workbench = aWorkbench();
    const runId = await finishedRun(workbench);
    const database = new Database(workbench.databasePath);
    database.pragma('foreign_keys = OFF');
    database.prepare('DELETE FROM generation WHERE key = (? << 32) + 7').run(runId);
    database.prepare("INSERT INTO checkpoint (run_id, generation, saved_at, state_json) VALUES (99, 0, 0, '{}')").run();
    database.close();
    expect((await workbench.client.invoke('database.check', {})).problems).toEqual([
      expect.stringMatching(/checkpoint belongs to a row of run that is not there/),
      `run ${runId} should have 50 generations and has 49`,
    ]);
  });
});

describe('a backup', () => {
  it('is made while a run goes on, is whole, and opens as a database of its own', async () => {
    const workbench = aWorkbench();
    const finished = await finishedRun(workbench);
    const { run } = await workbench.client.invoke('runs.start', { scenario, configuration: endless });
    await workbench.until((event) => event.name === 'run.progress' && event.payload.generation > 20);
    const path = join(aFolder(), 'backup.db');
    expect(await workbench.client.invoke('database.backup', { path })).toEqual({
      path,
      sizeBytes: statSync(path).size,
    });
    expect(readdirSync(dirname(path))).toEqual(['backup.db']);
    await workbench.client.invoke('runs.cancel', { runId: run.id });

    const copy = aWorkbench({ databasePath: path });
    const { runs } = await copy.client.invoke('runs.list', {});
    expect(runs.map(({ id, status }) => [id, status])).toEqual([
      [run.id, 'interrupted'],
      [finished, 'finished'],
    ]);
    expect(await copy.client.invoke('database.check', {})).toEqual({ problems: [] });
  });

  it('is refused where it would overwrite something, or there is no folder, or the path is not whole', async () => {
    const { client, databasePath } = aWorkbench();
    const codeOf = (path: string): Promise<unknown> =>
      client.invoke('database.backup', { path }).then(
        () => 'done',
        (error: { code: string }) => error.code,
      );
    expect(
      await Promise.all([
        codeOf(databasePath),
        codeOf(dirname(databasePath)),
        codeOf(join(dirname(databasePath), 'none', 'b.db')),
        codeOf('b.db'),
      ]),
    ).toEqual(['database.targetExists', 'database.targetExists', 'database.noFolder', 'database.relativePath']);
  });

  it('can be given up, and leaves nothing', async () => {
    const workbench = aWorkbench();
    await finishedRun(workbench);
    const path = join(aFolder(), 'backup.db');
    const backup = workbench.client.invoke('database.backup', { path }).then(
      () => 'done',
      (error: { code: string }) => error.code,
    );
    await expect(workbench.client.invoke('database.check', {})).rejects.toMatchObject({ code: 'database.busy' });
    await workbench.client.invoke('database.cancel', {});
    expect(await backup).toBe('database.cancelled');
    expect(readdirSync(dirname(path))).toEqual([]);
  });
});

describe('moving the database', () => {
  it('goes on at the new place, also for requests made meanwhile, and is found from the old one after a restart', async () => {
    const workbench = aWorkbench();
    const runId = await finishedRun(workbench);
    const folder = aFolder();
    const target = join(folder, 'moved.db');
    const [moved, meanwhile] = await Promise.all([
      workbench.client.invoke('database.move', { path: target }),
      workbench.client.invoke('runs.get', { runId }),
    ]);
    expect([moved.path, meanwhile.run.id]).toEqual([target, runId]);
    expect(await workbench.client.invoke('database.info', {})).toMatchObject({ path: target, runs: 1 });
    expect((await workbench.client.invoke('app.info', {})).databasePath).toBe(target);
    expect(existsSync(workbench.databasePath)).toBe(false);
    const next = await finishedRun(workbench);
    await workbench.close();

    const again = aWorkbench({ databasePath: workbench.databasePath });
    expect((await again.client.invoke('runs.list', {})).runs.map(({ id }) => id)).toEqual([next, runId]);
    await again.client.invoke('database.move', { path: workbench.databasePath });
    expect(followMoves(workbench.databasePath)).toBe(workbench.databasePath);
    expect(readdirSync(dirname(workbench.databasePath))).toEqual(expect.arrayContaining(['tessera.db']));
    expect(readdirSync(folder)).toEqual(['moved.db.moved']);
  });

  it('is refused while a run is under way, or another process has the file open; it stays where it was', async () => {
    const workbench = aWorkbench();
    const path = join(aFolder(), 'moved.db');
    const codeOf = (): Promise<unknown> =>
      workbench.client.invoke('database.move', { path }).then(
        () => 'done',
        (error: { code: string }) => error.code,
      );
    const { run } = await workbench.client.invoke('runs.start', { scenario, configuration: endless });
    expect(await codeOf()).toBe('database.runsActive');
    await workbench.client.invoke('runs.cancel', { runId: run.id });
    const other = aWorkbench({ databasePath: workbench.databasePath });
    expect(await codeOf()).toBe('database.inUse');
    expect((await workbench.client.invoke('runs.list', {})).total).toBe(1);
    await other.close();
    expect(await codeOf()).toBe('done');
  });

  it('says where it should be when the disk it was moved to is not there', () => {
    const folder = aFolder();
    writeFileSync(join(folder, 'tessera.db.moved'), JSON.stringify({ movedTo: join(folder, 'gone', 'tessera.db') }));
    expect(() => followMoves(join(folder, 'tessera.db'))).toThrow(expect.objectContaining({ code: 'store.movedAway' }));
    expect(followMoves(join(folder, 'other.db'))).toBe(join(folder, 'other.db'));
  });

  it('leaves the file alone where it cannot be brought', async () => {
    const record = aRecord();
    record.close();
    const blocked = join(aFolder(), 'blocked');
    mkdirSync(join(blocked, 'full'), { recursive: true });
    await expect(bringDatabase(record.path, blocked, noReport)).rejects.toMatchObject({ code: 'store.unwritable' });
    expect(await checkDatabase(record.path, noReport)).toEqual([]);
  });
});

it('a file that another program cut short is refused as damaged', async () => {
  const record = aRecord();
  record.close();
  truncateSync(record.path, statSync(record.path).size - 8192);
  await expect(checkDatabase(record.path, noReport)).rejects.toMatchObject({ code: 'store.corrupt' });
});
