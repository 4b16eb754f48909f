/** A database file that is moved, removed or replaced under an open workbench: said at once, and nothing is spoilt. */
import { copyFileSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aSmallScenario } from '../../fixtures/builders.ts';
import { aFolder } from '../../fixtures/record.ts';
import { aWorkbench, type TestWorkbench } from '../../fixtures/workbench.ts';

const scenario = aSmallScenario().input;
const short = { scheduler: 'npu_first' };
const endless = { scheduler: 'random', seed: 5, options: { populationSize: 20, generations: 100_000 } };

async function aFinishedRun(workbench: TestWorkbench): Promise<number> {
  const { run } = await workbench.client.invoke('runs.start', { scenario, configuration: short });
  return (await workbench.untilStatus(run.id, 'finished')).id;
}

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: { code: string }) => error.code,
  );

describe.skipIf(process.platform === 'win32')('a database file', () => {
  it('that is replaced: the next request is refused, windows hear of it, and the new file stays whole', async () => {
    const other = aWorkbench();
    const runs = [await aFinishedRun(other), await aFinishedRun(other)];
    await other.close();

    const workbench = aWorkbench();
    await aFinishedRun(workbench);
    const lost = workbench.until((event) => event.name === 'database.lost');
    renameSync(other.databasePath, workbench.databasePath);
    expect(await codeOf(workbench.client.invoke('runs.start', { scenario, configuration: short }))).toBe(
      'store.replaced',
    );
    expect(await lost).toMatchObject({
      payload: {
        code: 'store.replaced',
        message: expect.stringContaining(workbench.databasePath),
        hint: expect.stringContaining('start Tessera again'),
      },
    });
    expect(
      await codeOf(
        workbench.client.invoke('documents.save', { kind: 'scenario', document: { ...scenario, id: 'mine' } }),
      ),
    ).toBe('store.replaced');
    expect(await codeOf(workbench.client.invoke('runs.list', {}))).toBe('store.replaced');
    expect((await workbench.client.invoke('app.info', {})).databaseFault).toMatchObject({ code: 'store.replaced' });
    await workbench.close();
    const log = statSync(`${workbench.databasePath}-wal`, { throwIfNoEntry: false });
    expect(log?.size ?? 0).toBe(0); // the old file's log would be read into the new one

    const again = aWorkbench({ databasePath: workbench.databasePath });
    expect((await again.client.invoke('runs.list', {})).runs.map(({ id }) => id)).toEqual(runs.toReversed());
    expect(await again.client.invoke('database.check', {})).toEqual({ problems: [] });
    expect((await again.client.invoke('app.info', {})).databaseFault).toBeUndefined();
  });

  it('that is moved away while a run goes on: the run is interrupted, and is continued where the file is', async () => {
    const workbench = aWorkbench();
    const { run } = await workbench.client.invoke('runs.start', { scenario, configuration: endless });
    await workbench.until((event) => event.name === 'run.progress' && event.payload.generation > 20);
    const interrupted = workbench.until(
      (event) => event.name === 'run.changed' && event.payload.run.status === 'interrupted',
    );
    const elsewhere = join(aFolder(), 'elsewhere.db');
    renameSync(workbench.databasePath, elsewhere);
    // Nobody asks for anything: it is noticed all the same.
    expect(await interrupted).toMatchObject({
      payload: { run: { id: run.id, statusReason: expect.stringContaining('no longer there') } },
    });
    await workbench.close();
    expect(existsSync(workbench.databasePath)).toBe(false);

    const there = aWorkbench({ databasePath: elsewhere });
    const { generations } = (await there.client.invoke('runs.get', { runId: run.id })).run;
    expect(generations).toBeGreaterThan(20);
    await there.client.invoke('runs.resume', { runId: run.id });
    await there.until((event) => event.name === 'run.progress' && event.payload.generation > generations);
    await there.client.invoke('runs.cancel', { runId: run.id });
    expect(await there.client.invoke('database.check', {})).toEqual({ problems: [] });
  });

  it('whose folder is removed: nothing is answered as if it were kept', async () => {
    const workbench = aWorkbench({ databasePath: join(aFolder(), 'folder', 'tessera.db') });
    await aFinishedRun(workbench);
    rmSync(dirname(workbench.databasePath), { recursive: true });
    expect(await codeOf(workbench.client.invoke('database.info', {}))).toBe('store.gone');
    expect(await codeOf(workbench.client.invoke('runs.update', { runId: 1, notes: 'kept?' }))).toBe('store.gone');
    expect((await workbench.client.invoke('schedulers.list', {})).schedulers.length).toBeGreaterThan(0);
  });

  it('that is moved, backed up or compacted by Tessera itself is no other file', async () => {
    const workbench = aWorkbench();
    await aFinishedRun(workbench);
    await workbench.client.invoke('database.compact', {});
    await workbench.client.invoke('database.backup', { path: join(aFolder(), 'copy.db') });
    await workbench.client.invoke('database.move', { path: join(aFolder(), 'moved.db') });
    copyFileSync(
      join(dirname((await workbench.client.invoke('app.info', {})).databasePath), 'moved.db'),
      workbench.databasePath,
    );
    expect((await workbench.client.invoke('runs.list', {})).total).toBe(1);
  });
});
