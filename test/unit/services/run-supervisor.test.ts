/** The supervisor's decisions, with run processes that do what the test says. */
import { pino } from 'pino';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createRun } from '#main/engine/run-search.ts';
import { ENGINE_VERSION } from '#shared/domain/engine-version.ts';
import { EventHub } from '#main/services/event-hub.ts';
import { layoutOf } from '#main/services/runs/preparation.ts';
import { RESTART_WAITS_MS } from '#main/services/runs/restarts.ts';
import { RunSupervisor } from '#main/services/runs/run-supervisor.ts';
import type { Execution } from '#main/processes/protocol.ts';
import type { RunRecord } from '#main/store/record.ts';
import { markDeleted } from '#main/store/run-deletion.ts';
import type { AnyEvent } from '#shared/contract/events.ts';
import { aSmallScenario } from '../../fixtures/builders.ts';
import { aRecord } from '../../fixtures/record.ts';
import { SpawnerDouble } from '../../fixtures/run-process-double.ts';

const scenario = aSmallScenario().build();
const search = createRun(scenario, { scheduler: 'random', seed: 1, options: {} });
const log = pino({ level: 'silent' });

/** Restarts that no test waits for. */
const NEVER_MIND = [3_600_000];

interface Settings {
  readonly maxRunning?: number;
  readonly graceMs?: number;
  readonly record?: RunRecord;
  readonly restartWaitsMs?: readonly number[];
  readonly cores?: number;
  readonly threads?: () => number | undefined;
}

function aSupervisor({
  maxRunning = 1,
  graceMs = 10_000,
  record = aRecord(),
  restartWaitsMs = NEVER_MIND,
  cores,
  threads,
}: Settings = {}) {
  const spawner = new SpawnerDouble();
  const events = new EventHub(log);
  const statuses: string[] = [];
  const queues: unknown[] = [];
  events.subscribe((event) => {
    if (event.name === 'queue.changed') queues.push(event.payload);
    if (event.name === 'run.changed') statuses.push(`${event.payload.run.id} ${event.payload.run.status}`);
  });
  const supervisor = new RunSupervisor({
    record,
    spawner,
    events,
    log,
    maxRunning,
    graceMs,
    restartWaitsMs,
    cores,
    threads,
    now: Date.now,
  });
  onTestFinished(async () => {
    const closed = supervisor.close();
    for (const process of spawner.processes) if (!process.ended) process.exit(0);
    await closed;
  });
  const add = (execution?: Execution): number => {
    const runId = record.runs.create({
      name: 'r',
      scenario,
      configuration: { scheduler: 'random', seed: 1, options: {} },
      engineVersion: ENGINE_VERSION,
      reference: search.reference,
      layout: layoutOf(search.problem),
      createdAt: 1,
      owner: supervisor.claim(),
    });
    supervisor.enqueue(runId, false, execution);
    return runId;
  };
  const status = (runId: number): string => record.runs.summary(runId)!.status;
  return { supervisor, spawner, record, statuses, queues, add, status };
}

describe('the threads of a run', () => {
  const threadsOf = ({ processes }: SpawnerDouble) => processes.map(({ wishes }) => wishes.threads);

  it('are its share of the cores, of what is under way or waits when it starts', () => {
    const { spawner, add } = aSupervisor({ cores: 8, maxRunning: 3 });
    for (let i = 0; i < 5; i++) add();
    expect(threadsOf(spawner)).toEqual([8, 4, 2]);
    spawner.processes[0]!.exit(1);
    expect(threadsOf(spawner)).toEqual([8, 4, 2, 2]);
  });

  it('are never none', () => {
    const { spawner, add } = aSupervisor({ cores: 2, maxRunning: 4 });
    for (let i = 0; i < 4; i++) add();
    expect(threadsOf(spawner)).toEqual([2, 1, 1, 1]);
  });

  it('are those of the settings, and before these its own', () => {
    let setting: number | undefined = 3;
    const { spawner, add } = aSupervisor({ cores: 8, maxRunning: 4, threads: () => setting });
    add();
    add({ threads: 6 });
    setting = undefined;
    add();
    expect(threadsOf(spawner)).toEqual([3, 6, 2]);
  });

  it('stay when it is continued after a crash', () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { spawner, add } = aSupervisor({ cores: 8, restartWaitsMs: [1000] });
    add({ threads: 5 });
    spawner.processes[0]!.exit(1);
    vi.advanceTimersByTime(1000);
    expect(threadsOf(spawner)).toEqual([5, 5]);
  });
});

describe('the queue', () => {
  it('starts as many runs as may run at once, and the next when one has ended', () => {
    const { spawner, add, status } = aSupervisor({ maxRunning: 2 });
    const [first, second, third] = [add(), add(), add()];
    expect([first, second, third].map(status)).toEqual(['running', 'running', 'queued']);
    expect(spawner.processes).toHaveLength(2);
    spawner.processes[0]!.exit(1);
    expect([first, second, third].map(status)).toEqual(['interrupted', 'running', 'running']);
  });

  it('gives the place of a paused run to the next one, and lets the paused one wait for its turn again', async () => {
    const { supervisor, spawner, add, status } = aSupervisor();
    const [first, second] = [add(), add()];
    const pausing = supervisor.pause(first);
    expect(spawner.processes[0]!.asked).toEqual(['pause']);
    spawner.processes[0]!.tell({ type: 'paused' });
    expect(await pausing).toBe('paused');
    expect(status(second)).toBe('running');
    expect(await supervisor.resume(first)).toBe('queued');
    expect(spawner.processes[0]!.asked).toEqual(['pause']);
    spawner.processes[1]!.exit(0);
    expect(spawner.processes[0]!.asked).toEqual(['pause', 'resume']);
    spawner.processes[0]!.tell({ type: 'resumed' });
    expect(status(first)).toBe('running');
  });

  it('lets runs that are slowed down to be watched go on beside the others, as long as they are few', () => {
    const { supervisor, add, status } = aSupervisor();
    const watched = Array.from({ length: 5 }, () => add({ paceGenerationsPerS: 5 }));
    expect(watched.map(status)).toEqual(Array.from({ length: 5 }, () => 'running')); // four beside, one in the only place
    const [computing, later] = [add(), add({ paceGenerationsPerS: 5 })];
    expect([computing, later].map(status)).toEqual(['queued', 'queued']);
    supervisor.pace(watched[0]!, undefined); // computes now: nobody is stopped for it
    expect([...watched, computing].map(status)).toEqual([...watched.map(() => 'running'), 'queued']);
    expect(status(later)).toBe('queued');
  });

  it('starts another run when the one in its place is slowed down', () => {
    const { supervisor, add, status } = aSupervisor();
    const [first, second] = [add(), add()];
    expect(status(second)).toBe('queued');
    supervisor.pace(first, 5);
    expect([first, second].map(status)).toEqual(['running', 'running']);
  });

  it('knows the place of each run that waits, moves one to the front, and tells so', async () => {
    const { supervisor, spawner, record, add, status, queues } = aSupervisor();
    const [first, second, third] = [add(), add(), add()];
    const place = (runId: number) => supervisor.describe(record.runs.summary(runId)!).queuePosition;
    expect([first, second, third].map(place)).toEqual([undefined, 1, 2]);
    supervisor.moveToFront(third);
    expect([second, third].map(place)).toEqual([2, 1]);
    await vi.waitFor(() => expect(queues).toEqual([{ runIds: [third, second], total: 2 }]));
    expect(() => supervisor.moveToFront(first)).toThrow(/running, it does not wait/);
    spawner.processes[0]!.exit(1);
    expect([second, third].map(status)).toEqual(['queued', 'running']);
  });

  it('obeys the last of several quick commands, also while an earlier one is under way', async () => {
    const { supervisor, spawner, add, status } = aSupervisor();
    const runId = add();
    const [pausing, resuming] = [supervisor.pause(runId), supervisor.resume(runId)];
    spawner.processes[0]!.tell({ type: 'paused' });
    expect(await pausing).toBe('paused');
    await vi.waitFor(() => expect(spawner.processes[0]!.asked).toEqual(['pause', 'resume']));
    spawner.processes[0]!.tell({ type: 'resumed' });
    expect(await resuming).toBe('running');
    expect(status(runId)).toBe('running');
  });

  it('holds back a run that is paused before it begins', async () => {
    const { supervisor, spawner, add, status } = aSupervisor();
    const [first, second] = [add(), add()];
    expect(await supervisor.pause(second)).toBe('paused');
    spawner.processes[0]!.exit(0);
    expect(status(second)).toBe('paused');
    expect(spawner.processes).toHaveLength(1);
    expect(await supervisor.resume(second)).toBe('running');
    expect(spawner.processes[1]!.commands[0]).toMatchObject({ type: 'start', runId: second, resume: false });
    expect(status(first)).toBe('interrupted');
  });

  it('drops a run that is cancelled before it begins', async () => {
    const { supervisor, spawner, add, status } = aSupervisor();
    const [, second] = [add(), add()];
    expect(await supervisor.cancel(second)).toBe('cancelled');
    spawner.processes[0]!.exit(0);
    expect(status(second)).toBe('cancelled');
    expect(spawner.processes).toHaveLength(1);
  });
});

/** Lets the process of the run that was started last die. */
function kill(spawner: SpawnerDouble): void {
  spawner.processes.at(-1)!.exit(undefined, 'SIGKILL');
}

describe('a process that ends without a result', () => {
  it.each([
    [undefined, 'SIGKILL', 'its process was ended by SIGKILL'],
    [137, undefined, 'its process exited with code 137'],
  ])(
    '(code %s, signal %s) leaves the run interrupted, with the reason and when it is started again',
    (code, signal, reason) => {
      const { supervisor, spawner, record, add, statuses } = aSupervisor();
      const runId = add();
      const before = Date.now();
      spawner.processes[0]!.exit(code, signal);
      const summary = record.runs.summary(runId)!;
      expect(summary).toMatchObject({ status: 'interrupted', statusReason: reason });
      expect(supervisor.describe(summary).restartsAt).toBeGreaterThanOrEqual(before + NEVER_MIND[0]!);
      expect(statuses.at(-1)).toBe(`${runId} interrupted`);
    },
  );

  it('is followed by another that continues the run from its checkpoint at the same pace, after a wait', () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { supervisor, spawner, statuses, add } = aSupervisor({ restartWaitsMs: [100, 200] });
    const runId = add();
    supervisor.pace(runId, 20);
    kill(spawner);
    vi.advanceTimersByTime(99);
    expect(spawner.processes).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(spawner.processes[1]!.commands[0]).toMatchObject({
      type: 'start',
      runId,
      resume: true,
      paceGenerationsPerS: 20,
    });
    expect(statuses).toEqual(['1 queued', '1 running', '1 interrupted', '1 queued', '1 running']);
    kill(spawner);
    vi.advanceTimersByTime(199);
    expect(spawner.processes).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(spawner.processes).toHaveLength(3);
  });

  it('fails its run when it has been started again three times in vain; a person can resume that, with three restarts more', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { supervisor, spawner, record, add, status } = aSupervisor({ restartWaitsMs: RESTART_WAITS_MS });
    const runId = add();
    record.database.prepare('UPDATE run SET generations = 5').run();
    for (const waitMs of RESTART_WAITS_MS) {
      kill(spawner);
      vi.advanceTimersByTime(waitMs);
      expect(status(runId)).toBe('running');
    }
    kill(spawner);
    expect(record.runs.summary(runId)).toMatchObject({
      status: 'failed',
      statusReason: 'its process was ended by SIGKILL, also after 3 restarts',
    });
    vi.advanceTimersByTime(60_000);
    expect(spawner.processes).toHaveLength(4);
    expect(await supervisor.resume(runId)).toBe('running');
    expect(spawner.processes[4]!.commands[0]).toMatchObject({ type: 'start', runId, resume: true });
    kill(spawner);
    expect(status(runId)).toBe('interrupted');
  });

  it('that failed before its first generation cannot be resumed: there is nothing to continue from', async () => {
    const { supervisor, spawner, add } = aSupervisor({ restartWaitsMs: [] });
    const runId = add();
    kill(spawner);
    await expect(supervisor.resume(runId)).rejects.toMatchObject({ code: 'run.notResumable' });
  });

  it('while its run was paused, or about to be, is not started against the will of whoever paused it', async () => {
    const { supervisor, spawner, record, add } = aSupervisor();
    const first = add();
    const pausing = supervisor.pause(first);
    kill(spawner);
    expect(await pausing).toBe('interrupted');
    const second = add();
    void supervisor.pause(second);
    spawner.processes[1]!.tell({ type: 'paused' });
    kill(spawner);
    for (const runId of [first, second])
      expect(supervisor.describe(record.runs.summary(runId)!)).not.toHaveProperty('restartsAt');
  });

  it('can be followed by another at once when a person resumes the run', async () => {
    const { supervisor, spawner, record, add, status } = aSupervisor();
    const runId = add();
    spawner.processes[0]!.exit(undefined, 'SIGSEGV');
    expect(await supervisor.resume(runId)).toBe('running');
    expect(spawner.processes[1]!.commands[0]).toMatchObject({ type: 'start', runId, resume: true });
    expect(status(runId)).toBe('running');
    expect(supervisor.describe(record.runs.summary(runId)!)).not.toHaveProperty('restartsAt');
  });
});

describe('a run that waits for its restart', () => {
  it('is not started again once it is cancelled, paused, deleted or taken by another instance, or once the workbench is closed', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { supervisor, spawner, record, add, status } = aSupervisor({
      maxRunning: 5,
      restartWaitsMs: RESTART_WAITS_MS,
    });
    const [cancelled, paused, deleted, taken, left] = [add(), add(), add(), add(), add()];
    for (const process of spawner.processes) process.exit(1);
    expect(await supervisor.cancel(cancelled)).toBe('cancelled');
    expect(await supervisor.pause(paused)).toBe('interrupted');
    expect(markDeleted(record.database, deleted)).toBe(true);
    record.runs.enqueueAgain(taken, 'another-instance');
    vi.advanceTimersByTime(RESTART_WAITS_MS[0]! - 1);
    await supervisor.close();
    vi.advanceTimersByTime(60_000);
    expect([cancelled, paused, taken, left].map(status)).toEqual(['cancelled', 'interrupted', 'queued', 'interrupted']);
    expect(spawner.processes).toHaveLength(5);
  });
});

it('a run begun by another engine is not continued', async () => {
  const { supervisor, spawner, record, add } = aSupervisor();
  const runId = add();
  spawner.processes[0]!.exit(1);
  record.database.prepare("UPDATE run SET engine_version = 'old'").run();
  await expect(supervisor.resume(runId)).rejects.toMatchObject({ code: 'run.otherEngine' });
  expect(record.runs.summary(runId)).toMatchObject({ status: 'interrupted' });
});

describe('a failed run', () => {
  it('says why', () => {
    const { spawner, record, add } = aSupervisor();
    const runId = add();
    spawner.processes[0]!.tell({
      type: 'failed',
      error: { code: 'problem.tooLarge', message: 'too many jobs', details: [], hint: '' },
    });
    spawner.processes[0]!.exit(0);
    expect(record.runs.summary(runId)).toMatchObject({ status: 'failed', statusReason: 'too many jobs' });
  });

  it('can be resumed when it was the record that could not be written', () => {
    const { spawner, record, add } = aSupervisor();
    const runId = add();
    spawner.processes[0]!.tell({
      type: 'failed',
      error: { code: 'store.full', message: 'no room left', details: [], hint: '' },
    });
    expect(record.runs.summary(runId)).toMatchObject({ status: 'interrupted', statusReason: 'no room left' });
  });
});

describe('resuming', () => {
  it('a run whose process has told its end waits until that process is gone', async () => {
    const { supervisor, spawner, add, status } = aSupervisor();
    const runId = add();
    spawner.processes[0]!.tell({
      type: 'failed',
      error: { code: 'store.full', message: 'no room left', details: [], hint: '' },
    });
    const resuming = supervisor.resume(runId);
    expect(status(runId)).toBe('interrupted');
    spawner.processes[0]!.exit(1);
    await resuming;
    expect(status(runId)).toBe('running');
    expect(spawner.processes).toHaveLength(2);
  });
});

describe('cancelling', () => {
  it('asks the process to end and waits for it', async () => {
    const { supervisor, spawner, record, add } = aSupervisor();
    const runId = add();
    const cancelling = supervisor.cancel(runId);
    expect(spawner.processes[0]!.asked).toEqual(['cancel']);
    record.runs.setStatus(runId, 'cancelled', { owner: supervisor.claim() }, { at: 3 }); // as the process does
    spawner.processes[0]!.tell({
      type: 'finished',
      outcome: {
        status: 'cancelled',
        generations: 0,
        evaluations: 0,
        elapsedMs: 1,
        best: undefined,
        bestChromosomeId: undefined,
      },
    });
    spawner.processes[0]!.exit(0);
    expect(await cancelling).toBe('cancelled');
    expect(spawner.processes[0]!.killed).toBe(false);
  });

  it('kills a process that does not obey', async () => {
    const { supervisor, spawner, add, status } = aSupervisor({ graceMs: 20 });
    const runId = add();
    expect(await supervisor.cancel(runId)).toBe('cancelled');
    expect(spawner.processes[0]!.killed).toBe(true);
    expect(status(runId)).toBe('cancelled');
  });

  it('is refused for a run that has ended', async () => {
    const { supervisor, spawner, add } = aSupervisor();
    const runId = add();
    spawner.processes[0]!.tell({
      type: 'failed',
      error: { code: 'store.full', message: 'no room left', details: [], hint: '' },
    });
    await expect(supervisor.cancel(runId)).rejects.toMatchObject({
      code: 'run.notRunning',
      hint: 'resume it first, or delete it',
    });
    await expect(supervisor.pause(99)).rejects.toMatchObject({ code: 'run.unknown' });
  });
});

describe('closing', () => {
  it('stops what runs, interrupts what waits, and leaves nothing active', async () => {
    const { supervisor, spawner, record, add } = aSupervisor();
    const [running, waiting] = [add(), add()];
    const closing = supervisor.close();
    expect(spawner.processes[0]!.asked).toEqual(['stop']);
    spawner.processes[0]!.exit(0);
    await closing;
    expect(record.runs.summary(running)).toMatchObject({
      status: 'interrupted',
      statusReason: 'the application was closed',
    });
    expect(record.runs.summary(waiting)).toMatchObject({
      status: 'interrupted',
      statusReason: 'the application was closed before it began',
    });
    expect(spawner.processes).toHaveLength(1);
  });

  it('plans no restart of a process that dies meanwhile', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { supervisor, spawner, record, add, status } = aSupervisor({ restartWaitsMs: [100] });
    const runId = add();
    const closing = supervisor.close();
    spawner.processes[0]!.exit(1);
    await closing;
    expect(supervisor.describe(record.runs.summary(runId)!)).not.toHaveProperty('restartsAt');
    vi.advanceTimersByTime(60_000);
    expect(status(runId)).toBe('interrupted');
    expect(spawner.processes).toHaveLength(1);
  });

  it('does not wait longer than the grace period', async () => {
    const { supervisor, spawner, add, status } = aSupervisor({ graceMs: 20 });
    const runId = add();
    await supervisor.close();
    expect(spawner.processes[0]!.killed).toBe(true);
    expect(status(runId)).toBe('interrupted');
  });
});

describe('several instances on one database', () => {
  it("leave each other's runs alone while they live", async () => {
    const first = aSupervisor();
    const runId = first.add();
    const second = aSupervisor({ record: aRecord(first.record.path) });
    second.supervisor.watchAbandoned();
    expect(first.status(runId)).toBe('running');
    await expect(second.supervisor.cancel(runId)).rejects.toMatchObject({ code: 'run.elsewhere' });
    await expect(second.supervisor.pause(runId)).rejects.toMatchObject({ code: 'run.elsewhere' });
  });

  it('that has lost a run to another, which resumed it, changes it no more', async () => {
    const first = aSupervisor();
    const runId = first.add();
    const second = aSupervisor({ record: aRecord(first.record.path) });
    second.record.runs.interruptRunsOf(first.supervisor.claim(), 'taken for dead', 1);
    await second.supervisor.resume(runId);
    first.spawner.processes[0]!.tell({ type: 'paused' });
    expect(second.status(runId)).toBe('running');
    first.spawner.processes[0]!.tell({
      type: 'failed',
      error: { code: 'internal.unexpected', message: 'late', details: [], hint: '' },
    });
    first.spawner.processes[0]!.exit(1);
    expect(second.record.runs.summary(runId)).toMatchObject({ status: 'running' });
    second.spawner.processes[0]!.exit(1);
    expect(second.status(runId)).toBe('interrupted');
  });

  it('interrupt the runs, running and queued, of one that is gone, at once and while this one lives', () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { supervisor, record, statuses } = aSupervisor();
    const orphan = (status: string): number => {
      const runId = record.runs.create({
        name: status,
        scenario,
        configuration: { scheduler: 'random', seed: 1, options: {} },
        engineVersion: ENGINE_VERSION,
        reference: search.reference,
        layout: layoutOf(search.problem),
        createdAt: 1,
        owner: 'dead-instance',
      });
      if (status === 'running') record.runs.markStarted(runId, 1);
      return runId;
    };
    const expectInterrupted = (runId: number): void => {
      expect(record.runs.summary(runId)).toMatchObject({
        status: 'interrupted',
        statusReason: 'the application ended while it was under way',
      });
      expect(statuses).toContain(`${runId} interrupted`);
    };
    const [first, second] = [orphan('running'), orphan('queued')];
    supervisor.watchAbandoned();
    for (const runId of [first, second]) expectInterrupted(runId);

    const later = orphan('running');
    expect(record.runs.summary(later)).toMatchObject({ status: 'running' });
    vi.advanceTimersByTime(2000);
    expectInterrupted(later);
  });
});

describe('a process that does not answer', () => {
  it('is told of after half a minute, and when it answers again', () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { supervisor, spawner, record, add } = aSupervisor();
    const runId = add();
    const reason = (): string | undefined => supervisor.describe(record.runs.summary(runId)!).statusReason;
    vi.advanceTimersByTime(25_000);
    spawner.processes[0]!.tell({ type: 'heartbeat' });
    vi.advanceTimersByTime(25_000);
    expect(reason()).toBeUndefined();
    vi.advanceTimersByTime(15_000);
    expect(reason()).toContain('has not answered since');
    spawner.processes[0]!.tell({ type: 'heartbeat' });
    expect(reason()).toBeUndefined();
    vi.advanceTimersByTime(29_000);
    expect(spawner.processes[0]!.killed).toBe(false);
  });

  it('is killed when it stays silent for a minute more, and its run continued by another', () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { spawner, add, status, record } = aSupervisor({ restartWaitsMs: RESTART_WAITS_MS });
    const runId = add();
    vi.advanceTimersByTime(85_000);
    expect(spawner.processes[0]!.killed).toBe(false);
    vi.advanceTimersByTime(5000);
    expect(spawner.processes[0]!.killed).toBe(true);
    expect(record.runs.summary(runId)!.statusReason).toBe(
      'its process had not answered for more than a minute and was killed',
    );
    vi.advanceTimersByTime(RESTART_WAITS_MS[0]!);
    expect(spawner.processes[1]!.commands[0]).toMatchObject({ type: 'start', runId, resume: true });
    expect(status(runId)).toBe('running');
  });
});

it('an event reaches every listener even when one of them fails', () => {
  const events = new EventHub(log);
  const heard = vi.fn<(event: AnyEvent) => void>();
  events.subscribe(() => {
    throw new Error('a broken window');
  });
  const unsubscribe = events.subscribe(heard);
  events.emit({ name: 'run.deleted', payload: { runId: 1 } });
  unsubscribe();
  events.emit({ name: 'run.deleted', payload: { runId: 2 } });
  expect(heard.mock.calls).toEqual([[{ name: 'run.deleted', payload: { runId: 1 } }]]);
});
