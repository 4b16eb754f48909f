/** The run process by itself: without a record, without a parent, with nothing to do; and its line under Electron. */
import { fork, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createRun } from '#main/engine/run-search.ts';
import { electronSpawner, type UtilityProcessLauncher } from '#main/processes/electron-spawner.ts';
import { entryPath } from '#main/processes/entries.ts';
import { nodeSpawner } from '#main/processes/node-spawner.ts';
import { openParentChannel } from '#main/processes/parent-channel.ts';
import type { RunCommand, RunEvent } from '#main/processes/protocol.ts';
import { layoutOf } from '#main/services/preparation.ts';
import { runUnrecorded } from '#main/services/unrecorded-run.ts';
import type { RunProgress } from '#shared/contract/shapes.ts';
import { aNetwork, aPlatform, aScenario, aSmallScenario } from '../../fixtures/builders.ts';
import { aFolder, aRecord } from '../../fixtures/record.ts';

const scenario = aSmallScenario().build();
const short = { scheduler: 'ga', seed: 4, options: { populationSize: 20, generations: 40 } };
const endless = { scheduler: 'random', seed: 4, options: { populationSize: 20, generations: 100_000 } };

describe('a run without a record', () => {
  it('finds what the same search finds elsewhere', async () => {
    const progress: RunProgress[] = [];
    const outcome = await runUnrecorded({ scenario, configuration: short, spawner: nodeSpawner, onProgress: (report) => progress.push(report) });
    const search = createRun(scenario, short);
    while (search.step() !== undefined);
    expect(outcome).toMatchObject({ status: 'finished', generations: 40, evaluations: search.evaluations, bestChromosomeId: search.best!.id, best: { fitness: search.best!.fitness, genome: [...search.best!.genes] } });
    expect(progress.at(-1)).toMatchObject({ generation: 39, best: { chromosomeId: search.best!.id } });
  });

  it('tells the bound of an exact search, which a schedule of this chain attains', async () => {
    const chain = aScenario().on(aPlatform().withNpu()).running(aNetwork().withChain(4, { cpu: 3, npu: 2 })).build();
    const outcome = await runUnrecorded({ scenario: chain, configuration: { scheduler: 'milp', seed: 1, options: {} }, spawner: nodeSpawner });
    expect(outcome.best!.metrics.makespanMs).toBe(8);
    expect(outcome.best!.makespanBoundMs).toBeCloseTo(8, 5);
  });

  it('ends with what it has when it is aborted', async () => {
    const abort = new AbortController();
    const outcome = await runUnrecorded({ scenario, configuration: endless, spawner: nodeSpawner, onProgress: () => abort.abort(), signal: abort.signal });
    expect(outcome.status).toBe('cancelled');
    expect(outcome.generations).toBeGreaterThan(0);
    expect(outcome.best!.genome).toHaveLength(createRun(scenario, endless).problem.layout.length);
  });

  it('ends with what it has when it is aborted in the middle of a step that hears nothing', async () => {
    const abort = new AbortController();
    const hard = aScenario().on(aPlatform().withCores(4)).running(aNetwork().withChain(8, { cpu: 1.3 }), { instances: 6 }).running(aNetwork().withChain(9, { cpu: 1.1 }), { instances: 4 }).build();
    const running = runUnrecorded({ scenario: hard, configuration: { scheduler: 'milp', seed: 1, options: { maxNodes: 1_000_000, maxOrderings: 20_000 } }, spawner: nodeSpawner, signal: abort.signal });
    setTimeout(() => abort.abort(), 1000);
    expect(await running).toMatchObject({ status: 'cancelled', generations: 0, best: undefined });
  }, 20_000);

  it('fails with the reason of the search', async () => {
    await expect(runUnrecorded({ scenario, configuration: { scheduler: 'ga', seed: 1, options: { populationSize: -3 } }, spawner: nodeSpawner })).rejects.toMatchObject({ code: 'scheduler.invalid' });
  });

  it('fails when its process dies', async () => {
    const started = vi.fn<() => void>();
    const running = runUnrecorded({
      scenario, configuration: endless, onProgress: started,
      spawner: {
        spawnRunProcess() {
          const process_ = nodeSpawner.spawnRunProcess();
          process_.onEvent((event) => {
            if (event.type === 'progress') process_.kill();
          });
          return process_;
        },
      },
    });
    await expect(running).rejects.toMatchObject({ code: 'run.interrupted', message: expect.stringContaining('SIGKILL') });
    expect(started).toHaveBeenCalled();
  });
});

describe('a run process', () => {
  it('commits what it has and ends when its parent is gone', async () => {
    const record = aRecord();
    const search = createRun(scenario, endless);
    const runId = record.runs.create({ name: 'orphan', scenario, configuration: endless, engineVersion: 'test', reference: search.reference, layout: layoutOf(search.problem), createdAt: 1, owner: 'test' });
    record.runs.markStarted(runId, 1);
    const child = fork(entryPath('run-process'), { serialization: 'advanced', execArgv: [] });
    onTestFinished(() => void child.kill('SIGKILL'));
    child.send({ type: 'start', runId, scenario, configuration: endless, databasePath: record.path, resume: false } satisfies RunCommand);
    let reported = -1;
    await new Promise<void>((resolve) => {
      child.on('message', (event: RunEvent) => {
        if (event.type !== 'progress') return;
        reported = event.progress.generation;
        resolve();
      });
    });
    child.disconnect();
    expect(await once(child, 'exit')).toEqual([0, null]);
    const summary = record.runs.summary(runId)!;
    expect(summary).toMatchObject({ status: 'interrupted', statusReason: 'the application that had started it ended' });
    expect(summary.generations).toBeGreaterThan(reported);
    expect(record.generations.checkpoint(runId)!.generation).toBe(summary.generations - 1);
  });

  it('ends also when its search does not stop', async () => {
    const long = { ...scenario, applications: scenario.applications.map((application) => ({ ...application, periodMs: 1, instances: 2000 })) };
    const child = fork(entryPath('run-process'), { serialization: 'advanced', execArgv: [] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const started = new Promise<void>((resolve) => child.on('message', (event: RunEvent) => (event.type === 'started' ? resolve() : undefined)));
    child.send({ type: 'start', runId: 1, scenario: long, configuration: { scheduler: 'random', seed: 1, options: { populationSize: 10_000, generations: 1000 } }, databasePath: undefined, resume: false } satisfies RunCommand);
    await started;
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([1, null]);
  }, 20_000);

  it('says what is wrong when it is told to record where there is no run', async () => {
    const record = aRecord();
    const events: RunEvent[] = [];
    const runProcess = nodeSpawner.spawnRunProcess();
    runProcess.onEvent((event) => events.push(event));
    runProcess.send({ type: 'start', runId: 99, scenario, configuration: short, databasePath: record.path, resume: false });
    await new Promise<void>((resolve) => runProcess.onExit(() => resolve()));
    expect(events.at(-1)).toMatchObject({ type: 'failed', error: { code: 'run.unknown' } });
  });

  it('says in words what the database refuses, so that the run can be resumed', async () => {
    const events: RunEvent[] = [];
    const runProcess = nodeSpawner.spawnRunProcess();
    runProcess.onEvent((event) => events.push(event));
    runProcess.send({ type: 'start', runId: 1, scenario, configuration: short, databasePath: join(aFolder(), 'gone.db'), resume: false });
    await new Promise<void>((resolve) => runProcess.onExit(() => resolve()));
    expect(events.at(-1)).toMatchObject({ type: 'failed', error: { code: 'store.unwritable', message: expect.stringContaining('gone.db') } });
  });

  it('ends with a message when it is started by hand', async () => {
    const child = spawn(process.execPath, [entryPath('run-process')], { stdio: ['ignore', 'ignore', 'pipe'] });
    const [message, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect(message).toContain('started by the workbench, not by hand');
    expect(code).toBe(1);
  });
});

describe('under Electron', () => {
  it('a run process is a utility process, and its exit tells the code', () => {
    const child = Object.assign(new EventEmitter(), { pid: 123, postMessage: vi.fn<(message: unknown) => void>(), kill: vi.fn<() => boolean>(() => true) });
    const forked = vi.fn<UtilityProcessLauncher['fork']>(() => child as unknown as ReturnType<UtilityProcessLauncher['fork']>);
    const runProcess = electronSpawner({ fork: forked }).spawnRunProcess();
    expect(forked.mock.calls[0]![0]).toBe(join(import.meta.dirname, '../../../src-main/processes/run-process.ts'));
    const [onEvent, onExit] = [vi.fn<(event: RunEvent) => void>(), vi.fn<(code: number | undefined) => void>()];
    runProcess.onEvent(onEvent);
    runProcess.onExit(onExit);
    runProcess.send({ type: 'pause' });
    child.emit('message', { type: 'paused' });
    child.emit('exit', 9);
    runProcess.kill();
    expect(child.postMessage).toHaveBeenCalledWith({ type: 'pause' });
    expect(onEvent).toHaveBeenCalledWith({ type: 'paused' });
    expect(onExit).toHaveBeenCalledWith(9);
    expect(child.kill).toHaveBeenCalledOnce();
    expect(runProcess.pid).toBe(123);
  });

  it('the run process talks over the parent port', async () => {
    const port = Object.assign(new EventEmitter(), { postMessage: vi.fn<(message: unknown) => void>() });
    Object.assign(process, { parentPort: port });
    onTestFinished(() => void Reflect.deleteProperty(process, 'parentPort'));
    const channel = openParentChannel();
    const commands: RunCommand[] = [];
    channel.onCommand((command) => commands.push(command));
    port.emit('message', { data: { type: 'cancel' } });
    await channel.send({ type: 'ready' });
    expect(commands).toEqual([{ type: 'cancel' }]);
    expect(port.postMessage).toHaveBeenCalledWith({ type: 'ready' });
  });
});
