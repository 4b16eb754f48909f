/** Runs through the whole workbench, in real processes: recorded, listed, paused, cancelled, killed, resumed. */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { createRun } from '#main/engine/run-search.ts';
import type { RunSummary } from '#shared/contract/shapes.ts';
import { headlineVector } from '#shared/domain/metrics.ts';
import { aSmallScenario } from '../../fixtures/builders.ts';
import { aFolder } from '../../fixtures/record.ts';
import { aKillableWorkbench } from '../../fixtures/workbench-in-process.ts';
import { aWorkbench, type TestWorkbench } from '../../fixtures/workbench.ts';
import { recordsOf } from '#test/fixtures/chromosomes.ts';

const scenario = aSmallScenario().input;
/** A second or two of searching. */
const long = { scheduler: 'random', seed: 5, options: { populationSize: 20, generations: 5000 } };
const endless = { scheduler: 'random', seed: 5, options: { populationSize: 20, generations: 100_000 } };

async function start(workbench: TestWorkbench, configuration: typeof long): Promise<RunSummary> {
  return (await workbench.client.invoke('runs.start', { scenario, configuration })).run;
}

/** What a run's search has recorded. Its bound is proven beside it, and may come while it is paused. */
const searched = (run: RunSummary): RunSummary => ({ ...run, boundMs: undefined });

const progress = (workbench: TestWorkbench, runId: number) =>
  workbench.until((event) => event.name === 'run.progress' && event.payload.runId === runId);

/** Expects the recorded generations and chromosomes of a run to be those of an uninterrupted search. */
async function expectRecordOf(workbench: TestWorkbench, runId: number, configuration: typeof long): Promise<void> {
  const search = createRun(aSmallScenario().build(), configuration);
  const series = await workbench.client.invoke('runs.generations', { runId });
  const { run, best, bestChromosomeId } = await workbench.client.invoke('runs.get', { runId });
  for (let index = 0; index < series.length; index++) {
    const generation = search.step()!;
    if (
      series.bestFitness[index] !== generation.bestFitness ||
      series.meanFitness[index] !== generation.meanFitness ||
      series.evaluations[index] !== generation.evaluations
    ) {
      throw new Error(`generation ${index} is not the one of an uninterrupted search`);
    }
    if (index % 250 !== 0) continue;
    const population = await workbench.client.invoke('runs.population', { runId, generation: index });
    expect(population.members).toEqual(generation.members);
    const newest = recordsOf(generation.newChromosomes).at(-1)!;
    const { chromosome } = await workbench.client.invoke('runs.chromosome', { runId, chromosomeId: newest.id });
    expect({ ...chromosome, metrics: headlineVector(chromosome.metrics) }).toEqual({
      ...newest,
      bornInGeneration: index,
    });
  }
  expect(run).toMatchObject({
    generations: series.length,
    evaluations: search.evaluations,
    bestFitness: search.best!.fitness,
  });
  expect(bestChromosomeId).toBe(search.best!.id);
  expect(best!.genome).toEqual([...search.best!.genes]);
}

describe('a run', () => {
  it('goes from queued to finished, reports at most ten times a second, and is recorded as the engine computes it', async () => {
    const workbench = aWorkbench();
    const statuses: string[] = [];
    const reports: { at: number; from: number; length: number }[] = [];
    workbench.subscribe((event) => {
      if (event.name === 'run.changed' && statuses.at(-1) !== event.payload.run.status)
        statuses.push(event.payload.run.status);
      if (event.name === 'run.progress')
        reports.push({ at: performance.now(), from: event.payload.series.from, length: event.payload.series.length });
    });
    const { id } = await start(workbench, long);
    const run = await workbench.untilStatus(id, 'finished');
    expect(statuses).toEqual(['queued', 'running', 'finished']);
    expect(run).toMatchObject({ generations: 5000, plannedGenerations: 5000, evaluations: 100_000 });
    await expectRecordOf(workbench, id, long);
    const seconds = (reports.at(-1)!.at - reports[0]!.at) / 1000;
    expect(reports.length).toBeLessThanOrEqual(Math.ceil(seconds * 10) + 2);
    let next = 0;
    for (const report of reports) {
      expect(report.from).toBe(next);
      next += report.length;
    }
    expect(next).toBe(5000);
  });

  it('is still there, with everything, when the workbench is opened again', async () => {
    const first = aWorkbench();
    const { id } = await start(first, { ...long, options: { populationSize: 20, generations: 50 } });
    await first.untilStatus(id, 'finished');
    const before = await first.client.invoke('runs.get', { runId: id });
    await first.close();
    expect(readdirSync(dirname(first.databasePath))).toEqual(['tessera.db']);
    const second = aWorkbench({ databasePath: first.databasePath });
    expect(await second.client.invoke('runs.get', { runId: id })).toEqual(before);
    expect((await second.client.invoke('runs.list', {})).runs).toEqual([before.run]);
    expect((await second.client.invoke('runs.population', { runId: id, generation: 49 })).members).toHaveLength(20);
  });

  it('keeps its own copy of the scenario and every default of its options', async () => {
    const workbench = aWorkbench();
    const { run } = await workbench.client.invoke('runs.start', {
      scenario: 'simple',
      configuration: { scheduler: 'npu_first', seed: 3, options: {} },
    });
    await workbench.untilStatus(run.id, 'finished');
    const detail = await workbench.client.invoke('runs.get', { runId: run.id });
    expect(detail.scenario).toEqual(
      (await workbench.client.invoke('scenarios.resolve', { scenario: 'simple' })).scenario,
    );
    expect(detail.configuration.options).toMatchObject({ weights: { normalise: true } });
    expect(detail.best!.metrics).toEqual(detail.reference);
  });

  it('is refused before anything is recorded when its input is wrong', async () => {
    const workbench = aWorkbench();
    const wrong = (input: object): Promise<unknown> =>
      workbench.invoke('runs.start', { scenario: 'simple', configuration: { scheduler: 'ga', seed: 1 }, ...input });
    await expect(wrong({ scenario: 'simpel' })).rejects.toMatchObject({
      code: 'scenario.unknown',
      hint: 'did you mean "simple"?',
    });
    await expect(wrong({ configuration: { scheduler: 'gaa', seed: 1 } })).rejects.toMatchObject({
      code: 'scheduler.unknown',
    });
    await expect(
      wrong({ configuration: { scheduler: 'ga', seed: 1, options: { populationSize: 0 } } }),
    ).rejects.toMatchObject({ code: 'scheduler.invalid' });
    await expect(wrong({ configuration: { scheduler: 'ga', seed: -1 } })).rejects.toMatchObject({
      code: 'input.invalid',
    });
    expect(await workbench.client.invoke('runs.list', {})).toEqual({ runs: [], total: 0 });
  });
});

describe('pausing and cancelling', () => {
  it('a paused run stands still, its time too, and goes on where it stood', async () => {
    const workbench = aWorkbench();
    const { id } = await start(workbench, long);
    await progress(workbench, id);
    expect(await workbench.client.invoke('runs.pause', { runId: id })).toEqual({ status: 'paused' });
    const { run: paused } = await workbench.client.invoke('runs.get', { runId: id });
    expect(paused.generations).toBeGreaterThan(0);
    expect(paused.generations).toBeLessThan(5000);
    await new Promise((resolve) => void setTimeout(resolve, 300));
    expect(searched((await workbench.client.invoke('runs.get', { runId: id })).run)).toEqual(searched(paused));
    expect(await workbench.client.invoke('runs.resume', { runId: id })).toEqual({ status: 'running' });
    const { elapsedMs, startedAt, endedAt } = await workbench.untilStatus(id, 'finished');
    expect(elapsedMs).toBeLessThan(endedAt! - startedAt! - 300);
    await expectRecordOf(workbench, id, long);
  });

  it('a cancelled run keeps what it had found', async () => {
    const workbench = aWorkbench();
    const { id } = await start(workbench, endless);
    await progress(workbench, id);
    expect(await workbench.client.invoke('runs.cancel', { runId: id })).toEqual({ status: 'cancelled' });
    const detail = await workbench.client.invoke('runs.get', { runId: id });
    expect(detail.run.generations).toBeGreaterThan(0);
    expect(detail.best!.fitness).toBe(detail.run.bestFitness);
    await expectRecordOf(workbench, id, endless);
  });

  it('an active run cannot be deleted, an ended one can', async () => {
    const workbench = aWorkbench();
    const { id } = await start(workbench, endless);
    await progress(workbench, id);
    await expect(workbench.client.invoke('runs.delete', { runId: id })).rejects.toMatchObject({
      code: 'run.active',
      hint: 'cancel it first',
    });
    await workbench.client.invoke('runs.cancel', { runId: id });
    const deleted = workbench.until((event) => event.name === 'run.deleted');
    await workbench.client.invoke('runs.delete', { runId: id });
    expect(await deleted).toMatchObject({ payload: { runId: id } });
    await expect(workbench.client.invoke('runs.get', { runId: id })).rejects.toMatchObject({ code: 'run.unknown' });
  });
});

describe('a killed run process', () => {
  it('leaves the workbench alive, the run interrupted, the database whole, and every committed generation readable', async () => {
    const workbench = aWorkbench({ restartWaitsMs: [60_000] });
    const { id } = await start(workbench, endless);
    await progress(workbench, id);
    process.kill(workbench.processes[0]!.pid!, 'SIGKILL');
    const run = await workbench.untilStatus(id, 'interrupted');
    expect(run.statusReason).toBe('its process was ended by SIGKILL');
    expect(run.generations).toBeGreaterThan(0);
    await expectRecordOf(workbench, id, endless);
    const database = new Database(workbench.databasePath, { readonly: true });
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    database.close();
    const { id: next } = await start(workbench, { ...long, options: { populationSize: 20, generations: 10 } });
    await workbench.untilStatus(next, 'finished');
  });

  it('is followed by another: the run is interrupted for a moment, runs again and ends bit-identical to an uninterrupted one', async () => {
    const workbench = aWorkbench({ restartWaitsMs: [50] });
    const ga = { scheduler: 'ga', seed: 9, options: { populationSize: 50, generations: 600 } };
    const { id } = await start(workbench, ga);
    await progress(workbench, id);
    const statuses: string[] = [];
    workbench.subscribe((event) => {
      if (event.name === 'run.changed' && event.payload.run.status !== statuses.at(-1))
        statuses.push(event.payload.run.status);
    });
    process.kill(workbench.processes[0]!.pid!, 'SIGKILL');
    const interrupted = await workbench.untilStatus(id, 'interrupted');
    expect(interrupted.generations).toBeLessThan(600);
    const { elapsedMs } = await workbench.untilStatus(id, 'finished');
    expect(statuses).toEqual(['interrupted', 'queued', 'running', 'finished']);
    expect(elapsedMs).toBeGreaterThan(interrupted.elapsedMs);
    await expectRecordOf(workbench, id, ga);
  });
});

describe('closing the workbench', () => {
  it('interrupts a running run after its last commit; another workbench resumes it', async () => {
    const first = aWorkbench();
    const { id } = await start(first, long);
    await progress(first, id);
    await first.close();
    // As if it had searched for an hour: what follows is counted from there.
    const database = new Database(first.databasePath);
    database.prepare('UPDATE run SET elapsed_ms = 3600000').run();
    database.close();
    const second = aWorkbench({ databasePath: first.databasePath });
    const { run } = await second.client.invoke('runs.get', { runId: id });
    expect(run).toMatchObject({
      status: 'interrupted',
      statusReason: 'the application was closed',
      elapsedMs: 3_600_000,
    });
    await second.client.invoke('runs.resume', { runId: id });
    expect((await second.untilStatus(id, 'finished')).elapsedMs).toBeGreaterThan(3_600_000);
    await expectRecordOf(second, id, long);
  });
});

describe('two workbenches on one database', () => {
  it('a second one neither disturbs nor takes over what the first runs; once the first is killed its run is interrupted', async () => {
    const databasePath = join(aFolder(), 'tessera.db');
    const other = aKillableWorkbench(databasePath);
    await other.invoke('runs.start', { scenario, configuration: { ...endless, seed: 1 } });
    await other.until((told) => told.progress !== undefined);
    const runId = 1;
    const workbench = aWorkbench({ databasePath });
    expect((await workbench.client.invoke('runs.list', {})).runs).toMatchObject([{ id: runId, status: 'running' }]);
    await expect(workbench.client.invoke('runs.cancel', { runId })).rejects.toMatchObject({ code: 'run.elsewhere' });
    const own = await start(workbench, { ...long, options: { populationSize: 20, generations: 50 } });
    await workbench.untilStatus(own.id, 'finished');
    expect((await workbench.client.invoke('runs.get', { runId })).run.status).toBe('running');

    await other.kill();
    expect(await workbench.untilStatus(runId, 'interrupted')).toMatchObject({ id: runId });
    await workbench.client.invoke('runs.resume', { runId });
    await progress(workbench, runId);
    await workbench.client.invoke('runs.cancel', { runId });
    await expectRecordOf(workbench, runId, { ...endless, seed: 1 });
  });
});
