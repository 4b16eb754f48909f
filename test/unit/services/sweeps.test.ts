/** Sweeps through the whole workbench: started together or not at all, followed, cancelled, forgotten. */
import { describe, expect, it } from 'vitest';
import { aSmallScenario } from '../../fixtures/builders.ts';
import { aWorkbench } from '../../fixtures/workbench.ts';

const scenario = aSmallScenario().input;
const small = { populationSize: 8, generations: 4 };

describe('a sweep', () => {
  it('records every run with where it stands, and each comes to the result it would have alone', async () => {
    const { client, untilStatus } = aWorkbench();
    const { sweep, runs } = await client.invoke('sweeps.start', {
      sweep: {
        name: 'sizes',
        scenarios: [scenario],
        schedulers: [{ scheduler: 'ga', options: small, vary: { eliteSize: [1, 2] } }],
        seeds: { from: 3, count: 2 },
      },
    });
    expect(runs.map(({ run, varied }) => [run.seed, varied])).toEqual([
      [3, { eliteSize: 1 }],
      [4, { eliteSize: 1 }],
      [3, { eliteSize: 2 }],
      [4, { eliteSize: 2 }],
    ]);
    for (const { run } of runs) await untilStatus(run.id, 'finished');
    const detail = await client.invoke('sweeps.get', { sweepId: sweep.id });
    expect(detail.sweep).toMatchObject({ runs: 4, ended: 4 });
    const { run: alone } = await client.invoke('runs.start', {
      scenario,
      configuration: { scheduler: 'ga', seed: 4, options: { ...small, eliteSize: 2 } },
    });
    const finished = await untilStatus(alone.id, 'finished');
    expect(detail.runs[3].run.bestFitness).toBe(finished.bestFitness);
  });

  it('gives every run the same budget of evaluations, whatever its population, and refuses one that is too small', async () => {
    const { client, untilStatus } = aWorkbench();
    const schedulers = [
      { scheduler: 'ga', options: { eliteSize: 0 }, vary: { populationSize: [10, 20] } },
      { scheduler: 'random', options: { populationSize: 25 } },
    ];
    const { runs } = await client.invoke('sweeps.start', {
      sweep: { name: 'equal', scenarios: [scenario], schedulers, budget: { evaluations: 100 } },
    });
    const ended = [];
    for (const { run } of runs) ended.push(await untilStatus(run.id, 'finished'));
    expect(ended.map(({ evaluations, generations }) => [evaluations, generations])).toEqual([
      [100, 10],
      [100, 5],
      [100, 4],
    ]);
    await expect(
      client.invoke('sweeps.start', {
        sweep: { name: 'small', scenarios: [scenario], schedulers, budget: { evaluations: 19 } },
      }),
    ).rejects.toMatchObject({ code: 'sweep.budgetTooSmall' });
  });

  it('of which one run could not be started starts none', async () => {
    const { client } = aWorkbench();
    await expect(
      client.invoke('sweeps.start', {
        sweep: {
          name: 'wrong',
          scenarios: [scenario],
          schedulers: [{ scheduler: 'ga', options: small, vary: { populationSize: [8, -1] } }],
        },
      }),
    ).rejects.toMatchObject({ code: 'scheduler.invalid' });
    await expect(
      client.invoke('sweeps.start', {
        sweep: { name: 'wrong', scenarios: [scenario, 'nowhere'], schedulers: [{ scheduler: 'ga' }] },
      }),
    ).rejects.toMatchObject({ code: 'scenario.unknown' });
    expect((await client.invoke('runs.list', {})).total).toBe(0);
    expect((await client.invoke('sweeps.list', {})).sweeps).toEqual([]);
  });

  it('is cancelled as a whole, and forgotten without its runs', async () => {
    const { client, processes } = aWorkbench({ maxRunning: 1 });
    const { sweep, runs } = await client.invoke('sweeps.start', {
      sweep: {
        name: 'long',
        scenarios: [scenario],
        schedulers: [{ scheduler: 'random', options: { populationSize: 20, generations: 100_000 } }],
        seeds: { count: 4 },
      },
    });
    const cancelled = await client.invoke('sweeps.cancel', { sweepId: sweep.id });
    expect(cancelled.runs.map(({ run }) => run.status)).toEqual(runs.map(() => 'cancelled'));
    expect(processes, 'those that waited never began').toHaveLength(1);
    await client.invoke('sweeps.delete', { sweepId: sweep.id });
    await expect(client.invoke('sweeps.get', { sweepId: sweep.id })).rejects.toMatchObject({ code: 'sweep.unknown' });
    expect((await client.invoke('runs.list', {})).total).toBe(4);
  });

  it('loses the runs that are deleted', async () => {
    const { client, untilStatus } = aWorkbench();
    const { sweep, runs } = await client.invoke('sweeps.start', {
      sweep: { name: 'pair', scenarios: [scenario], schedulers: [{ scheduler: 'npu_first' }], seeds: [1, 2] },
    });
    for (const { run } of runs) await untilStatus(run.id, 'finished');
    await client.invoke('runs.delete', { runId: runs[0].run.id });
    expect((await client.invoke('sweeps.get', { sweepId: sweep.id })).runs.map(({ run }) => run.seed)).toEqual([2]);
  });
});
