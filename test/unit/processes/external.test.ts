/** Programs outside as processes: how they are talked to, what they may do wrong, and that nothing is left of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { nodeSpawner } from '#main/processes/node-spawner.ts';
import { runUnrecorded } from '#main/services/runs/unrecorded-run.ts';
import type { RunProgress } from '#shared/contract/shapes.ts';
import type { StopConditions } from '#shared/domain/scheduler.ts';
import { aSmallScenario } from '#test/fixtures/builders.ts';
import { aFolder } from '#test/fixtures/record.ts';
import { aWorkbench } from '#test/fixtures/workbench.ts';

const scenario = aSmallScenario().build();
const program = join(import.meta.dirname, '../../fixtures/external-program.ts');

/** A file that is gone with the test. */
function aNote(): string {
  return join(aFolder(), 'note.json');
}

const commandOf = (behaviour: string, file = aNote()) => [process.execPath, program, behaviour, file];

const configurationOf = (command: readonly string[], options: object = {}, stop?: StopConditions) => ({
  scheduler: 'external',
  seed: 3,
  options: { command: [...command], ...options },
  ...(stop === undefined ? {} : { stop }),
});

function search(command: readonly string[], options: object = {}, stop?: StopConditions, signal?: AbortSignal) {
  const progress: RunProgress[] = [];
  const outcome = runUnrecorded({
    scenario,
    configuration: configurationOf(command, options, stop),
    spawner: nodeSpawner,
    onProgress: (report) => progress.push(report),
    ...(signal === undefined ? {} : { signal }),
  });
  return Object.assign(outcome, { progress });
}

/** What a program wrote about itself; it is waited for. */
async function noteIn(file: string): Promise<{ readonly pid: number } & Record<string, unknown>> {
  return vi.waitFor(() => JSON.parse(readFileSync(file, 'utf8')), { timeout: 20_000 });
}

/** Whether a process is there, and not merely waiting to be buried. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return process.platform !== 'linux';
  }
}

/** Every process that was killed is gone once the system has come round to it. */
const isGone = (pid: number) => vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 20_000 });

/** A run that failed, in a workbench, with what is kept of it. */
async function failedRun(behaviour: string, options: object = {}) {
  const workbench = aWorkbench();
  const command = commandOf(behaviour);
  await workbench.client.invoke('commands.confirm', { command });
  const ended = workbench.until(
    (event) => event.name === 'run.changed' && ['failed', 'finished'].includes(event.payload.run.status),
  );
  const { run } = await workbench.client.invoke('runs.start', {
    scenario: { ...scenario },
    configuration: configurationOf(command, options),
  });
  await ended;
  return { ...(await workbench.client.invoke('runs.get', { runId: run.id })), command, workbench };
}

describe('a program outside', () => {
  it('is sent the problem, answered with scores, and its schedules are a run like any other', async () => {
    const note = aNote();
    const running = search(commandOf('good', note), { options: { depth: 2 } });
    const outcome = await running;
    expect(outcome).toMatchObject({
      status: 'finished',
      generations: 2,
      evaluations: 3,
      best: { externalBoundMs: 0.5 },
    });
    const [first, one, two] = JSON.parse(readFileSync(note, 'utf8'));
    expect(first).toMatchObject({
      type: 'problem',
      seed: 3,
      start: null,
      options: { depth: 2 },
      problem: { version: 1 },
    });
    expect(one).toMatchObject({ type: 'score', scores: [{ metrics: { makespanMs: expect.any(Number) } }] });
    expect(two.scores[1]).toEqual({ error: expect.stringContaining('nobody') });
    expect(running.progress.at(-1)).toMatchObject({ note: 'half of it', plannedGenerations: 4 });
  });

  it('is asked to end at the time limit, and what it says then still counts', async () => {
    const outcome = await search(commandOf('late'), {}, { timeMs: 1500 });
    expect(outcome).toMatchObject({ status: 'finished', generations: 2 });
  });

  it('is ended when it does not end by itself', async () => {
    const note = aNote();
    const controller = new AbortController();
    const running = search(commandOf('deaf', note), {}, undefined, controller.signal);
    const { pid } = await noteIn(note);
    controller.abort();
    expect(await running).toMatchObject({ status: 'cancelled' });
    await isGone(pid);
  });

  it('takes what it has started with it, also where that holds its output open', async () => {
    const note = aNote();
    const outcome = await search(commandOf('forks', note));
    expect(outcome).toMatchObject({ status: 'finished', generations: 1 });
    await isGone((await noteIn(note)).pid);
  });

  it('is asked to end after as many evaluations as it may have', async () => {
    expect(await search(commandOf('waits'), {}, { evaluations: 1 })).toMatchObject({
      status: 'finished',
      generations: 1,
    });
  });

  it.each([
    ['silent', { silenceS: 1 }, 'has written nothing for 1 s'],
    ['crashes', {}, 'ended with code 3; it wrote last: ValueError: no such thing'],
    ['garbage', {}, 'line 2 of what the external scheduler writes is no message (not JSON): "Solving ..."'],
    ['cut', {}, 'line 2 of what the external scheduler writes is no message (not JSON)'],
    ['endless', {}, 'writes a line 2 of more than 16 MB'],
    ['floods', { outputMB: 20 }, 'has written more than 20 MB'],
  ])('that is %s fails its run, and what it had found is kept', async (behaviour, options, reason) => {
    const { run, best } = await failedRun(behaviour, options);
    expect(run).toMatchObject({ status: 'failed', generations: 1, statusReason: expect.stringContaining(reason) });
    expect(best?.metrics.makespanMs).toBeGreaterThan(0);
  });

  it.each([
    [['no-such-program-anywhere'], '', 'there is no such program'],
    [[process.execPath, program], '/no/such/folder', 'there is no folder "/no/such/folder"'],
  ])('that cannot be started says why: %j in "%s"', async (command, where, reason) => {
    await expect(search(command, { folder: where })).rejects.toMatchObject({
      code: 'external.notStarted',
      message: expect.stringContaining(reason),
    });
  });

  it('may end without a schedule: there is no best then', async () => {
    expect(await search(commandOf('nothing'))).toMatchObject({ status: 'finished', generations: 0, best: undefined });
  });
});

describe('a run that is interrupted', () => {
  it('starts its program again with the best so far, once its process has died, and leaves none behind', async () => {
    const note = aNote();
    const command = commandOf('waits', note);
    const workbench = aWorkbench({ restartWaitsMs: [10] });
    await workbench.client.invoke('commands.confirm', { command });
    const { run } = await workbench.client.invoke('runs.start', {
      scenario: { ...scenario },
      configuration: configurationOf(command),
    });
    await vi.waitFor(
      async () => expect((await workbench.client.invoke('runs.get', { runId: run.id })).run.generations).toBe(1),
      {
        timeout: 20_000,
      },
    );
    const before = await noteIn(note);
    expect(before['start']).toBeNull();
    workbench.processes[0].kill();
    await vi.waitFor(async () => expect((await noteIn(note)).pid).not.toBe(before.pid), { timeout: 20_000 });
    const after = await noteIn(note);
    const { best } = await workbench.client.invoke('runs.get', { runId: run.id });
    expect(after).toMatchObject({ seed: 3, start: { mapping: best?.mapping } });
    await isGone(before.pid);
    expect(await workbench.client.invoke('runs.cancel', { runId: run.id })).toEqual({ status: 'cancelled' });
    await isGone(after.pid);
  });

  it('is held up with its program, and goes on with it', async () => {
    const note = aNote();
    const command = commandOf('waits', note);
    const workbench = aWorkbench();
    await workbench.client.invoke('commands.confirm', { command });
    const { run } = await workbench.client.invoke('runs.start', {
      scenario: { ...scenario },
      configuration: configurationOf(command, { silenceS: 1000 }),
    });
    const { pid } = await noteIn(note);
    await workbench.client.invoke('runs.pause', { runId: run.id });
    await vi.waitFor(() => expect(stateOf(pid)).toBe('T'), { timeout: 20_000 });
    await workbench.client.invoke('runs.resume', { runId: run.id });
    await vi.waitFor(() => expect(stateOf(pid)).not.toBe('T'), { timeout: 20_000 });
    await workbench.client.invoke('runs.pause', { runId: run.id });
    await workbench.client.invoke('runs.cancel', { runId: run.id });
    await isGone(pid);
  });
});

/** The state of a process as Linux has it; elsewhere a stopped one cannot be told from others, and nothing is claimed of it. */
function stateOf(pid: number): string {
  return /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
}
