/** Sweeps on many machines: real PostgreSQL, real workers, and what is done to them. Every run ends once, with the hash of a local run. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { poolFor, QueueClient } from '#main/queue/client.ts';
import { readJoinFile, type QueueAddress } from '#main/queue/join-file.ts';
import { BOSS_SCHEMA } from '#main/queue/schema.ts';
import { findServerPackages } from '#main/queue/server-packages.ts';
import { ENGINE_VERSION } from '#shared/domain/engine-version.ts';
import { root } from '#test/doubles/hosts.ts';
import { aLibrary, aQueue, aWorker, hashesBySeed, type TestQueue } from '#test/fixtures/queue.ts';
import { aWorkbench, type TestWorkbench } from '#test/fixtures/workbench.ts';

let queue: TestQueue;
beforeAll(async () => {
  queue = await aQueue();
});
afterAll(() => queue.close());

function aSweep(name: string, count: number, generations: number, from = 1): Record<string, unknown> {
  return {
    name,
    scenarios: ['simple'],
    schedulers: [{ scheduler: 'ga', options: { populationSize: 30, generations } }],
    seeds: { from, count },
  };
}

/** Resolves with the runs of a sweep once all are over. */
async function untilOver(workbench: TestWorkbench, sweepId: number) {
  for (;;) {
    const { sweep, runs } = await workbench.client.invoke('sweeps.get', { sweepId });
    if (sweep.ended === sweep.runs) return runs.map(({ run }) => run);
    await workbench.until((event) => event.name === 'run.changed');
  }
}

/** The hashes of the same sweep searched here. */
async function localHashes(sweep: Record<string, unknown>): Promise<Map<number, string>> {
  const workbench = aWorkbench({ maxRunning: 2 });
  const started = await workbench.client.invoke('sweeps.start', { sweep });
  return hashesBySeed(workbench, await untilOver(workbench, started.sweep.id));
}

async function start(workbench: TestWorkbench, sweep: Record<string, unknown>) {
  return workbench.client.invoke('sweeps.start', { sweep, on: { queue: 'lab' } });
}

describe('a sweep on a queue', () => {
  it('ends in the library with the hashes of local runs, though a worker is killed and the server is', async () => {
    const sweep = aSweep('faults', 6, 150);
    const workbench = aLibrary(queue);
    const doomed = aWorker(queue, '--slots', '1');
    const started = await start(workbench, sweep);
    expect(started.inLibrary).toEqual({ runs: 0, of: 6 });
    expect(started.runs.map(({ run }) => run.status)).toEqual(Array.from({ length: 6 }, () => 'queued'));
    await doomed.until(/: begun/);
    doomed.child.kill('SIGKILL');
    await doomed.ended;
    const worker = aWorker(queue, '--slots', '2');
    await worker.until(/: begun/);
    await queue.killServerAndRestart(200);
    const runs = await untilOver(workbench, started.sweep.id);
    expect(runs.map(({ status, statusReason }) => [status, statusReason])).toEqual(
      Array.from({ length: 6 }, () => ['finished', undefined]),
    );
    expect(hashesBySeed(workbench, runs)).toEqual(await localHashes(sweep));
    const again = await start(workbench, sweep);
    expect([again.sweep.id, again.inLibrary]).toEqual([started.sweep.id, { runs: 6, of: 6 }]);
    expect((await workbench.client.invoke('runs.list', {})).total).toBe(6);
  });

  it('hands a run over when its worker is asked to end: another continues it to the same bits', async () => {
    const sweep = aSweep('handover', 1, 1500, 20);
    const workbench = aLibrary(queue);
    const leaving = aWorker(queue, '--slots', '1');
    const started = await start(workbench, sweep);
    await workbench.until(
      (event) =>
        event.name === 'run.changed' && /runs on .*, generation [1-9]/.test(event.payload.run.statusReason ?? ''),
    );
    leaving.child.kill('SIGTERM');
    expect(await leaving.ended).toBe(0);
    expect(leaving.said()).toMatch(/handed over at generation [1-9]/);
    const taking = aWorker(queue, '--slots', '1');
    await taking.until(/attempt 2, from generation [1-9]/);
    const runs = await untilOver(workbench, started.sweep.id);
    expect(hashesBySeed(workbench, runs)).toEqual(await localHashes(sweep));
  });

  it('is searched once for two libraries, and its worker stops what nobody wants any more', async () => {
    const sweep = aSweep('shared', 2, 150, 30);
    const libraries = [aLibrary(queue), aLibrary(queue)];
    const [first, second] = await Promise.all(libraries.map((library) => start(library, sweep)));
    const worker = aWorker(queue, '--slots', '2');
    const ended = await Promise.all([
      untilOver(libraries[0], first.sweep.id),
      untilOver(libraries[1], second.sweep.id),
    ]);
    const hashes = ended.map((runs, index) => hashesBySeed(libraries[index], runs));
    expect(hashes[0]).toEqual(hashes[1]);
    expect(hashes[0].size).toBe(2);
    expect(worker.said().match(/: begun/g)).toHaveLength(2);

    const long = await start(libraries[0], aSweep('long', 1, 100_000, 40));
    const { run } = long.runs[0];
    await libraries[0].untilStatus(run.id, 'running');
    await worker.until(/seed 40: begun/);
    expect(await libraries[0].client.invoke('runs.cancel', { runId: run.id })).toEqual({ status: 'cancelled' });
    await worker.until(/seed 40: cancelled/);
  });

  it('gives a run up that three workers did not survive, and names their hosts', async () => {
    const workbench = aLibrary(queue);
    const started = await start(workbench, aSweep('poison', 1, 150, 50));
    const client = await aClient(readJoinFile(queue.head.files.worker));
    for (const host of ['titan1', 'titan2', 'titan3']) {
      const [job] = await vi.waitUntil(async () => {
        const jobs = await client.fetch(1);
        return jobs.length > 0 && jobs;
      }, 20_000);
      await client.begin(job, crypto.randomUUID(), host);
      await client.giveBack(job); // as the watch over silent workers does
    }
    aWorker(queue, '--slots', '1');
    const [run] = await untilOver(workbench, started.sweep.id);
    expect([run.status, run.statusReason]).toEqual([
      'failed',
      'given up after 3 attempts that did not end, on titan1, titan2, titan3: their workers were ended',
    ]);
  });

  it('waits for a worker of its engine, and says so', async () => {
    const workbench = aLibrary(queue);
    const client = await aClient(readJoinFile(queue.head.files.worker));
    const old = {
      id: crypto.randomUUID(),
      host: 'titan1',
      pid: 1,
      slots: 1,
      running: 0,
      engine: '0',
      product: 'Tessera 0.0.1',
    };
    await client.tellWorker({ ...old, load: 0, freeMemoryMB: 1, crashes: 0, note: null });
    const started = await start(workbench, aSweep('skew', 1, 20, 60));
    const expected = new RegExp(`^waits for a worker with engine ${ENGINE_VERSION}: those connected have .*0`);
    const { run } = started.runs[0];
    await workbench.until(
      (event) =>
        event.name === 'run.changed' &&
        event.payload.run.id === run.id &&
        expected.test(event.payload.run.statusReason ?? ''),
    );
    await workbench.client.invoke('runs.cancel', { runId: run.id });
    await client.forgetWorker(old.id);
  });

  it('is refused before anything is recorded where its queue is not known or not there', async () => {
    const workbench = aWorkbench();
    await expect(start(workbench, aSweep('nowhere', 1, 20))).rejects.toMatchObject({ code: 'queue.unknown' });
    expect((await workbench.client.invoke('runs.list', {})).total).toBe(0);
  });
});

/** Closed when the test is over. */
async function aClient(address: QueueAddress): Promise<QueueClient> {
  const client = await QueueClient.connect(address);
  onTestFinished(() => client.close());
  return client;
}

describe('a queue', () => {
  it('has join files that nobody else can read', () => {
    for (const file of Object.values(queue.head.files)) expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('refuses a wrong password, another certificate and a connection without TLS', async () => {
    const { client } = queue.head;
    const { generate } = (await import(
      pathToFileURL(findServerPackages(queue.folder)!.selfsigned).href
    )) as typeof import('selfsigned');
    const { cert } = await generate([{ name: 'commonName', value: 'Tessera queue' }], {
      keyType: 'ec',
      algorithm: 'sha256',
    });
    await expect(QueueClient.connect({ ...client, password: 'wrong' })).rejects.toMatchObject({
      code: 'queue.refused',
    });
    await expect(QueueClient.connect({ ...client, tls: { mode: 'pinned', certificate: cert } })).rejects.toMatchObject({
      code: 'queue.otherCertificate',
    });
    await expect(QueueClient.connect({ ...client, tls: { mode: 'off' } })).rejects.toMatchObject({
      code: 'queue.unreachable',
    });
  });

  it.each(['client', 'worker'] as const)('lets its %s role do no more than it needs', async (role) => {
    const pool = poolFor(readJoinFile(queue.head.files[role]), 1);
    onTestFinished(() => pool.end());
    for (const statement of [
      "COPY (SELECT 1) TO PROGRAM 'cat'",
      "SELECT pg_read_file('/etc/passwd')",
      'CREATE TABLE tessera.mine (a int)',
      'CREATE TABLE public.mine (a int)',
      'UPDATE tessera.meta SET protocol = 2',
      'DROP TABLE tessera.piece',
      role === 'worker'
        ? 'DELETE FROM tessera.want'
        : 'INSERT INTO tessera.piece VALUES (gen_random_uuid(), 0, 0, NULL)',
    ])
      await expect(pool.query(statement)).rejects.toMatchObject({ code: '42501' });
  });

  it('calls its schema after the version of the one that pg-boss makes', () => {
    const { pgboss } = JSON.parse(readFileSync(join(root, 'node_modules/pg-boss/package.json'), 'utf8')) as {
      pgboss: { schema: number };
    };
    expect(BOSS_SCHEMA).toBe(`tessera_boss_${pgboss.schema}`);
  });
});
