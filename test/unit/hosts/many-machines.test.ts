/** Sweeps on many machines: real PostgreSQL, real workers, and what is done to them. Every run ends once, with the hash of a local run. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
});
