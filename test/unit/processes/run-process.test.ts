/** The run process by itself: without a record, without a parent, with nothing to do; and its line under Electron. */
import { fork, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createRun } from '#main/engine/run-search.ts';
import {
  electronSpawner,
  type ElectronSpawnerOptions,
  type UtilityProcessLauncher,
} from '#main/processes/electron-spawner.ts';
import { entryPath } from '#main/processes/entries.ts';
import { HEAP_FLAGS } from '#main/processes/heap.ts';
import { nodeSpawner } from '#main/processes/node-spawner.ts';
import { openParentChannel } from '#main/processes/parent-channel.ts';
import type { ProcessEnd } from '#main/processes/process-end.ts';
import type { RunCommand, RunEvent } from '#main/processes/protocol.ts';
import { layoutOf } from '#main/services/runs/preparation.ts';
import { runUnrecorded } from '#main/services/runs/unrecorded-run.ts';
import type { RunProgress } from '#shared/contract/shapes.ts';
import { aNetwork, aPlatform, aScenario, aSmallScenario } from '../../fixtures/builders.ts';
import { aFolder, aRecord } from '../../fixtures/record.ts';
import { contestGenes } from '../../bench/contest.ts';
import { contestCases, readBestKnown } from '../../bench/contest-cases.ts';

const scenario = aSmallScenario().build();
const short = { scheduler: 'ga', seed: 4, options: { populationSize: 20, generations: 40 } };
const endless = { scheduler: 'random', seed: 4, options: { populationSize: 20, generations: 100_000 } };

describe('a run without a record', () => {
  it('finds what the same search finds elsewhere', async () => {
    const progress: RunProgress[] = [];
    const outcome = await runUnrecorded({
      scenario,
      configuration: short,
      spawner: nodeSpawner,
      onProgress: (report) => progress.push(report),
    });
    const search = createRun(scenario, short);
    while (search.step() !== undefined);
    expect(outcome).toMatchObject({
      status: 'finished',
      generations: 40,
      evaluations: search.evaluations,
      bestChromosomeId: search.best!.id,
      best: { fitness: search.best!.fitness, genome: [...search.best!.genes] },
    });
    expect(progress.at(-1)).toMatchObject({ generation: 39, best: { chromosomeId: search.best!.id } });
  });

  it('tells the bound of an exact search, which a schedule of this chain attains', async () => {
    const chain = aScenario()
      .on(aPlatform().withNpu())
      .running(aNetwork().withChain(4, { cpu: 3, npu: 2 }))
      .build();
    const outcome = await runUnrecorded({
      scenario: chain,
      configuration: { scheduler: 'milp', seed: 1, options: {} },
      spawner: nodeSpawner,
    });
    expect(outcome.best!.metrics.makespanMs).toBe(8);
    expect(outcome.best!.makespanBoundMs).toBeCloseTo(8, 5);
  });

  it('ends as soon as its best is proven optimal, where the makespan is all it is after, with the generations of the run that goes on', async () => {
    // Its optimum is out of reach of the bounds that are there at once.
    const graph = contestCases().get('graph-50')!;
    const weights = { throughput: 1, energy: 0, latency: 0, penalty: 0 };
    const configuration = {
      scheduler: 'critical_path',
      seed: 1,
      options: { generations: 1_000_000, genes: contestGenes, weights },
    };
    const outcome = await runUnrecorded({ scenario: graph, configuration, spawner: nodeSpawner });
    const least = readBestKnown('graph-50')!.makespanMs;
    expect(outcome).toMatchObject({ status: 'finished', best: { metrics: { makespanMs: least } } });
    expect(outcome.bound!.makespanMs).toBeCloseTo(least, 6);
    const search = createRun(graph, configuration);
    while (search.generations < outcome.generations) search.step();
    expect([search.best!.id, search.evaluations]).toEqual([outcome.bestChromosomeId, outcome.evaluations]);
  });

  it('ends with what it has when it is aborted', async () => {
    const abort = new AbortController();
    const outcome = await runUnrecorded({
      scenario,
      configuration: endless,
      spawner: nodeSpawner,
      onProgress: () => abort.abort(),
      signal: abort.signal,
    });
    expect(outcome.status).toBe('cancelled');
    expect(outcome.generations).toBeGreaterThan(0);
    expect(outcome.best!.genome).toHaveLength(createRun(scenario, endless).problem.layout.length);
  });

  it('ends with what it has when it is aborted in the middle of a step that hears nothing', async () => {
    const abort = new AbortController();
    const hard = aScenario()
      .on(aPlatform().withCores(4))
      .running(aNetwork().withChain(8, { cpu: 1.3 }), { instances: 6 })
      .running(aNetwork().withChain(9, { cpu: 1.1 }), { instances: 4 })
      .build();
    const running = runUnrecorded({
      scenario: hard,
      configuration: { scheduler: 'milp', seed: 1, options: { maxNodes: 1_000_000, maxOrderings: 20_000 } },
      spawner: nodeSpawner,
      signal: abort.signal,
    });
    setTimeout(() => abort.abort(), 1000);
    expect(await running).toMatchObject({ status: 'cancelled', generations: 0, best: undefined });
  });

  it('fails with the reason of the search', async () => {
    await expect(
      runUnrecorded({
        scenario,
        configuration: { scheduler: 'ga', seed: 1, options: { populationSize: -3 } },
        spawner: nodeSpawner,
      }),
    ).rejects.toMatchObject({ code: 'scheduler.invalid' });
  });

  it('fails when its process dies', async () => {
    const started = vi.fn<() => void>();
    const running = runUnrecorded({
      scenario,
      configuration: endless,
      onProgress: started,
      spawner: {
        spawnRunProcess(wishes) {
          const process_ = nodeSpawner.spawnRunProcess(wishes);
          process_.onEvent((event) => {
            if (event.type === 'progress') process_.kill();
          });
          return process_;
        },
      },
    });
    await expect(running).rejects.toMatchObject({
      code: 'run.interrupted',
      message: expect.stringContaining('SIGKILL'),
    });
    expect(started).toHaveBeenCalled();
  });
});

describe('a run process', () => {
  it('commits what it has and ends when its parent is gone', async () => {
    const record = aRecord();
    const search = createRun(scenario, endless);
    const runId = record.runs.create({
      name: 'orphan',
      scenario,
      configuration: endless,
      engineVersion: 'test',
      reference: search.reference,
      layout: layoutOf(search.problem),
      createdAt: 1,
      owner: 'test',
    });
    record.runs.markStarted(runId, 1);
    const child = fork(entryPath('run-process'), { serialization: 'advanced', execArgv: [] });
    onTestFinished(() => void child.kill('SIGKILL'));
    child.send({
      type: 'start',
      runId,
      scenario,
      configuration: endless,
      sink: { kind: 'database', path: record.path },
      resume: false,
    } satisfies RunCommand);
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
    const long = {
      ...scenario,
      applications: scenario.applications.map((application) => ({ ...application, periodMs: 1, instances: 2000 })),
    };
    const child = fork(entryPath('run-process'), { serialization: 'advanced', execArgv: [] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const started = new Promise<void>((resolve) =>
      child.on('message', (event: RunEvent) => (event.type === 'started' ? resolve() : undefined)),
    );
    child.send({
      type: 'start',
      runId: 1,
      scenario: long,
      configuration: { scheduler: 'random', seed: 1, options: { populationSize: 10_000, generations: 1000 } },
      sink: undefined,
      resume: false,
    } satisfies RunCommand);
    await started;
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([1, null]);
  });

  it('says what is wrong when it is told to record where there is no run', async () => {
    const record = aRecord();
    const events: RunEvent[] = [];
    const runProcess = nodeSpawner.spawnRunProcess({ runId: 1 });
    runProcess.onEvent((event) => events.push(event));
    runProcess.send({
      type: 'start',
      runId: 99,
      scenario,
      configuration: short,
      sink: { kind: 'database', path: record.path },
      resume: false,
    });
    await new Promise<void>((resolve) => runProcess.onExit(() => resolve()));
    expect(events.at(-1)).toMatchObject({ type: 'failed', error: { code: 'run.unknown' } });
  });

  it('says in words what the database refuses, so that the run can be resumed', async () => {
    const events: RunEvent[] = [];
    const runProcess = nodeSpawner.spawnRunProcess({ runId: 1 });
    runProcess.onEvent((event) => events.push(event));
    runProcess.send({
      type: 'start',
      runId: 1,
      scenario,
      configuration: short,
      sink: { kind: 'database', path: join(aFolder(), 'gone.db') },
      resume: false,
    });
    await new Promise<void>((resolve) => runProcess.onExit(() => resolve()));
    expect(events.at(-1)).toMatchObject({
      type: 'failed',
      error: { code: 'store.unwritable', message: expect.stringContaining('gone.db') },
    });
  });

  it('ends with a message when it is started by hand', async () => {
    const child = spawn(process.execPath, [entryPath('run-process')], { stdio: ['ignore', 'ignore', 'pipe'] });
    const [message, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect(message).toContain('started by the workbench, not by hand');
    expect(code).toBe(1);
  });
});

describe('under Electron', () => {
  /** An app that says of no process why it is gone. */
  const app = new EventEmitter() as unknown as ElectronSpawnerOptions['app'];

  it('a run process is a utility process, and its exit tells the code', async () => {
    const child = Object.assign(new EventEmitter(), {
      pid: 123,
      postMessage: vi.fn<(message: unknown) => void>(),
      kill: vi.fn<() => boolean>(() => true),
    });
    const forked = vi.fn<UtilityProcessLauncher['fork']>(
      () => child as unknown as ReturnType<UtilityProcessLauncher['fork']>,
    );
    const log = { error: vi.fn<() => void>() };
    const runProcess = electronSpawner({ utilityProcess: { fork: forked }, app, log }).spawnRunProcess({
      runId: 12,
      threads: 3,
    });
    expect(forked.mock.calls[0]?.[1]).toEqual(['--run=12', '--threads=3']);
    expect(forked.mock.calls[0]?.[2]).toMatchObject({ serviceName: 'Tessera run 12, process 1', execArgv: HEAP_FLAGS });
    expect(forked.mock.calls[0]![0]).toBe(join(import.meta.dirname, '../../../src-main/processes/run-process.ts'));
    const onEvent = vi.fn<(event: RunEvent) => void>();
    runProcess.onEvent(onEvent);
    const end = new Promise<ProcessEnd>((resolve) => runProcess.onExit(resolve));
    runProcess.send({ type: 'pause' });
    child.emit('message', { type: 'paused' });
    child.emit('exit', 9);
    expect(await end).toMatchObject({ code: 9, stderr: '' });
    runProcess.kill();
    expect(child.postMessage).toHaveBeenCalledWith({ type: 'pause' });
    expect(onEvent).toHaveBeenCalledWith({ type: 'paused' });
    expect(child.kill).toHaveBeenCalledOnce();
    expect(runProcess.pid).toBe(123);
  });

  it('a fatal error of the process is logged, and ends nobody else', () => {
    const child = Object.assign(new EventEmitter(), { pid: 7, postMessage: () => {}, kill: () => true });
    const log = { error: vi.fn<(...args: unknown[]) => void>() };
    electronSpawner({
      utilityProcess: { fork: () => child as unknown as ReturnType<UtilityProcessLauncher['fork']> },
      app,
      log,
    }).spawnRunProcess({ runId: 7 });
    child.emit('error', 'FatalError', 'v8::internal::Heap', '{}');
    expect(log.error).toHaveBeenCalledWith(
      { runPid: 7, type: 'FatalError', location: 'v8::internal::Heap' },
      expect.any(String),
    );
  });

  it('a process that was killed is reported as killed, although Electron says it exited with 0', async () => {
    const child = Object.assign(new EventEmitter(), { pid: 7, postMessage: () => {}, kill: () => true });
    const runProcess = electronSpawner({
      utilityProcess: { fork: () => child as unknown as ReturnType<UtilityProcessLauncher['fork']> },
      app,
      log: { error: () => {} },
    }).spawnRunProcess({ runId: 7 });
    const end = new Promise<ProcessEnd>((resolve) => runProcess.onExit(resolve));
    runProcess.kill();
    child.emit('exit', 0);
    expect(await end).toEqual({ signal: 'SIGKILL', cause: 'killed', stderr: '' });
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
