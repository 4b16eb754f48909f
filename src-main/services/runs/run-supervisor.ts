/** Decides which runs have a process: the queue, and starting, pausing, resuming, cancelling and outliving them (DESIGN §4). */
import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import { MOST_QUEUED_TOLD } from '#shared/contract/events.ts';
import type { RunSummary } from '#shared/contract/shapes.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { RunStatus } from '#shared/domain/run.ts';
import type { SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import { mayPass, type Execution, type RunEvent, type StartCommand } from '../../processes/protocol.ts';
import { describeEnd, type ProcessEnd } from '../../processes/process-end.ts';
import { endGroup } from '../../processes/process-group.ts';
import type { ProcessSpawner, RunProcess } from '../../processes/spawner.ts';
import { OwnerLock } from '../../store/owner-lock.ts';
import type { RunRecord } from '../../store/record.ts';
import type { EventHub } from '../event-hub.ts';
import { AbandonedRuns } from './abandoned-runs.ts';
import { HeartbeatWatch, type Pulse } from './heartbeat-watch.ts';
import { coresForEach, hasPlace } from './places.ts';
import { RESTART_WAITS_MS, Restarts } from './restarts.ts';
import { endingOf } from './run-ending.ts';
import { RunQueue, type QueuedRun } from './run-queue.ts';
import { RunStates } from './run-states.ts';
import { Turns } from './turns.ts';

/** How long a process may take to obey before it is killed, ms. */
const GRACE_MS = 10_000;
export interface SupervisorOptions {
  readonly record: RunRecord;
  readonly spawner: ProcessSpawner;
  readonly events: EventHub;
  readonly log: Logger;
  /** Runs that search at the same time; default: all cores but one. */
  readonly maxRunning?: number | undefined;
  /** Default: those of this machine. */
  readonly cores?: number | undefined;
  /** Threads that a run may evaluate with where it does not say so itself; undefined: its share of the cores. */
  readonly threads?: (() => number | undefined) | undefined;
  /** Refuses a run whose configuration would start a program that nobody has confirmed on this machine. Default: nothing is refused. */
  readonly assertMayStart?: ((configuration: SchedulerConfiguration) => void) | undefined;
  /** Unix time, ms. */
  readonly now: () => number;
  readonly graceMs?: number;
  /** Adds what is known of runs that are searched on other machines. */
  readonly describeRemote?: ((summary: RunSummary) => RunSummary) | undefined;
  /** Whether the database is still where runs would record; default: it is. */
  readonly isRecordThere?: () => boolean;
  /** Before each restart of a run whose process died, ms; as many as there are restarts. Default: `RESTART_WAITS_MS`. */
  readonly restartWaitsMs?: readonly number[] | undefined;
}

/** A run with a process. */
interface LiveRun extends Pulse {
  readonly runId: number;
  /** Which start of the run this process is. */
  readonly attempt: number;
  readonly process: RunProcess;
  /** `waiting`: its process is paused and waits in the queue for its turn. */
  state: 'running' | 'paused' | 'waiting' | 'ending';
  /** What a person last asked of it: a process that dies then is not started again against their will. */
  wish: 'run' | 'pause' | 'cancel';
  /** Its pace may change. */
  execution: Execution;
  readonly exit: Promise<void>;
  /** The process group of its external scheduler, where it has one. */
  outside?: number;
  /** Why it was killed, where it was: "did not answer". */
  killedFor?: string;
}

export class RunSupervisor {
  readonly #record: RunRecord;
  readonly #spawner: ProcessSpawner;
  readonly #events: EventHub;
  readonly #states: RunStates;
  readonly #restarts: Restarts;
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #maxRunning: number;
  readonly #cores: number;
  readonly #threads: () => number | undefined;
  readonly #graceMs: number;
  readonly #lock: OwnerLock;
  readonly #live = new Map<number, LiveRun>();
  readonly #queue: RunQueue;
  readonly #abandoned: AbandonedRuns;
  /** Paused before they had a process: what to do once they are resumed. */
  readonly #heldBack = new Map<number, QueuedRun>();
  /** Pauses and resumes. */
  readonly #turns = new Turns();
  readonly #heartbeats: HeartbeatWatch<LiveRun>;
  readonly #isRecordThere: () => boolean;
  readonly #describeRemote: (summary: RunSummary) => RunSummary;
  readonly #assertMayStart: (configuration: SchedulerConfiguration) => void;
  /** Why the application closes; undefined while it does not. */
  #closing: string | undefined;

  constructor(options: SupervisorOptions) {
    this.#record = options.record;
    this.#spawner = options.spawner;
    this.#events = options.events;
    this.#log = options.log;
    this.#now = options.now;
    this.#cores = options.cores ?? availableParallelism();
    this.#maxRunning = options.maxRunning ?? Math.max(1, this.#cores - 1);
    this.#threads = options.threads ?? (() => undefined);
    this.#graceMs = options.graceMs ?? GRACE_MS;
    this.#describeRemote = options.describeRemote ?? ((summary) => summary);
    this.#isRecordThere = options.isRecordThere ?? (() => true);
    this.#assertMayStart = options.assertMayStart ?? (() => {});
    this.#lock = new OwnerLock(options.record.path);
    this.#states = new RunStates({
      runs: options.record.runs,
      events: options.events,
      owner: this.#lock.owner,
      describe: (summary) => this.describe(summary),
    });
    this.#queue = new RunQueue((runIds) =>
      this.#events.emit({
        name: 'queue.changed',
        payload: { runIds: runIds.slice(0, MOST_QUEUED_TOLD), total: runIds.length },
      }),
    );
    this.#abandoned = new AbandonedRuns({
      record: options.record,
      owner: this.#lock.owner,
      onInterrupted: (runId) => this.#states.announce(runId),
      isRecordThere: this.#isRecordThere,
      log: options.log,
      now: options.now,
    });
    this.#restarts = new Restarts(options.restartWaitsMs ?? RESTART_WAITS_MS, options.now);
    this.#heartbeats = new HeartbeatWatch<LiveRun>({
      watched: () => this.#live.values(),
      onSilent: ({ runId, process }) => {
        this.#log.warn({ runId, runPid: process.pid }, 'run process does not answer');
        this.#states.announce(runId);
      },
      onHopeless: (live) => {
        this.#log.error({ runId: live.runId, runPid: live.process.pid }, 'run process still does not answer: killed');
        live.killedFor = 'had not answered for more than a minute and was killed';
        live.process.kill();
      },
      now: options.now,
    });
  }

  /** The name under which runs are queued; takes the lock that keeps other instances from taking them for abandoned. */
  claim(): string {
    this.#lock.hold();
    return this.#lock.owner;
  }

  /** Marks the runs of instances that have died as interrupted, now and as long as this one lives. */
  watchAbandoned(): void {
    this.#abandoned.watch();
  }

  /** Adds a run that the record knows as queued. */
  enqueue(runId: number, resume: boolean, execution: Execution = {}): void {
    this.#queue.add({ runId, resume, execution });
    this.#states.announce(runId);
    this.#startNext();
  }

  /** Lets a queued run start next. @throws WorkbenchError `run.unknown`, `run.notRunning` or `run.notQueued` */
  moveToFront(runId: number): void {
    const { status } = this.#ownActive(runId, 'moved to the front');
    if (!this.#queue.moveToFront(runId))
      throw new WorkbenchError('run.notQueued', `run ${runId} is ${status}, it does not wait in the queue`, {
        hint: 'only queued runs can be moved to the front',
      });
  }

  /** What the record says, with what only the supervisor knows. */
  describe(summary: RunSummary): RunSummary {
    const live = this.#live.get(summary.id);
    const restartsAt = this.#restarts.plannedAt(summary.id);
    const place = summary.status === 'queued' ? this.#queue.placeOf(summary.id) : undefined;
    return {
      ...this.#describeRemote(summary),
      ...(live !== undefined && live.silentLooks > 0
        ? { statusReason: `its process has not answered since ${new Date(live.lastEventAt).toISOString()}` }
        : {}),
      ...(restartsAt === undefined ? {} : { restartsAt }),
      ...(place === undefined ? {} : { queuePosition: place }),
    };
  }

  /**
   * Resolves with the status once the run has paused (or ended before it could); one about to be restarted stays
   * interrupted.
   * @throws WorkbenchError `run.unknown` or `run.notRunning`
   */
  pause(runId: number): Promise<RunStatus> {
    return this.#turns.take(runId, () => this.#pause(runId));
  }

  async #pause(runId: number): Promise<RunStatus> {
    if (this.#restarts.drop(runId)) {
      this.#states.announce(runId);
      return this.#states.summary(runId).status;
    }
    const { status } = this.#ownActive(runId, 'paused');
    if (status === 'paused') return status;
    const live = this.#live.get(runId);
    const queued = this.#queue.take(runId);
    if (queued !== undefined) {
      if (live === undefined) this.#heldBack.set(runId, queued);
      else live.state = 'paused';
      return this.#states.change(runId, 'paused');
    }
    if (live !== undefined) {
      live.wish = 'pause';
      live.process.send({ type: 'pause' });
    }
    return this.#states.otherThan(runId, ['running', 'queued'], this.#graceMs);
  }

  /**
   * Continues a paused or interrupted run, or a failed one from its checkpoint, as soon as it is its turn.
   * @param execution of one that has no process any more
   * @throws WorkbenchError `run.unknown`, `run.notResumable`, `run.otherEngine` or `command.unconfirmed`
   */
  resume(runId: number, execution: Execution = {}): Promise<RunStatus> {
    return this.#turns.take(runId, () => this.#resume(runId, execution));
  }

  async #resume(runId: number, execution: Execution): Promise<RunStatus> {
    const { status, generations } = this.#states.summary(runId);
    if (status === 'running' || status === 'queued') return status;
    if (status === 'interrupted' || (status === 'failed' && generations > 0)) {
      this.#states.assertSameEngine(runId);
      const task = this.#record.runs.task(runId);
      if (task !== undefined) this.#assertMayStart(task.configuration);
      this.#restarts.forget(runId);
      await this.#live.get(runId)?.exit; // its process has reported that it ended and is about to exit
      this.#continue(runId, execution);
      return this.#states.summary(runId).status;
    }
    if (status !== 'paused')
      throw new WorkbenchError('run.notResumable', `run ${runId} is ${status}`, {
        hint: 'only paused and interrupted runs can be resumed, and failed ones that have recorded generations; start a new one',
      });
    this.#ownActive(runId, 'resumed');
    const live = this.#live.get(runId);
    if (live !== undefined) {
      live.state = 'waiting';
      live.wish = 'run';
    }
    this.#queue.add(this.#heldBack.get(runId) ?? { runId, resume: true, execution: live?.execution ?? execution });
    this.#heldBack.delete(runId);
    this.#states.change(runId, 'queued');
    this.#startNext();
    return this.#states.otherThan(
      runId,
      live === undefined || live.state === 'waiting' ? [] : ['queued', 'paused'],
      this.#graceMs,
    );
  }

  /** Puts a run that has ended early back into the queue, unless someone else has taken it or it was deleted. */
  #continue(runId: number, execution: Execution): void {
    if (this.#record.runs.enqueueAgain(runId, this.claim())) this.enqueue(runId, true, execution);
  }

  /** Resolves with the status once the run has ended; its process is killed when it does not obey. @throws WorkbenchError `run.unknown` or `run.notRunning` */
  async cancel(runId: number): Promise<RunStatus> {
    // One that waits for its restart is taken back first: only an active run can be cancelled.
    if (this.#restarts.drop(runId) && this.#record.runs.enqueueAgain(runId, this.claim()))
      return this.#states.change(runId, 'cancelled', { endedAt: this.#now() });
    this.#ownActive(runId, 'cancelled');
    this.#heldBack.delete(runId);
    this.#queue.take(runId);
    const live = this.#live.get(runId);
    if (live === undefined) return this.#states.change(runId, 'cancelled', { endedAt: this.#now() });
    live.wish = 'cancel';
    live.process.send({ type: 'cancel' });
    await this.#exitOrKill(live);
    return this.#states.summary(runId).status;
  }

  /** Slows a run down to be watched, or (undefined) lets it go at full speed. @throws WorkbenchError `run.unknown` or `run.notRunning` */
  pace(runId: number, generationsPerS: number | undefined): void {
    this.#ownActive(runId, 'paced');
    const paced = <Run extends { readonly execution: Execution }>(run: Run): Run => ({
      ...run,
      execution: { ...run.execution, paceGenerationsPerS: generationsPerS },
    });
    this.#queue.change(runId, paced);
    const held = this.#heldBack.get(runId);
    if (held !== undefined) this.#heldBack.set(runId, paced(held));
    const live = this.#live.get(runId);
    if (live !== undefined) {
      live.execution = paced(live).execution;
      live.process.send({ type: 'pace', generationsPerS });
    }
    this.#startNext(); // a run that is slowed down gives its place to another
  }

  /** Whether a process works for it, or may soon. */
  isActive(runId: number): boolean {
    return this.#live.has(runId) || this.#heldBack.has(runId) || this.#queue.has(runId);
  }

  /** Asks every run to record what it has and end; resolves when all have. They can be resumed. @param reason what their status says */
  async close(reason?: string): Promise<void> {
    this.#closing = reason ?? 'the application was closed';
    this.#heartbeats.stop();
    this.#abandoned.stop();
    for (const runId of this.#restarts.dropAll()) this.#states.announce(runId);
    const withoutProcess = [...this.#queue.close(), ...this.#heldBack.keys()].filter((runId) => !this.#live.has(runId));
    this.#heldBack.clear();
    for (const runId of withoutProcess)
      this.#states.change(runId, 'interrupted', {
        reason: 'the application was closed before it began',
        endedAt: this.#now(),
      });
    await Promise.all(
      [...this.#live.values()].map(async (live) => {
        live.process.send({ type: 'stop', ...(reason === undefined ? {} : { reason }) });
        await this.#exitOrKill(live);
      }),
    );
    this.#lock.release();
  }

  #startNext(): void {
    while (this.#closing === undefined && this.#queue.length > 0 && this.#isRecordThere()) {
      const next = this.#queue.first(({ execution }) =>
        hasPlace(
          this.#running().map((live) => live.execution),
          execution,
          this.#maxRunning,
        ),
      );
      if (next === undefined) return;
      this.#queue.take(next.runId);
      const live = this.#live.get(next.runId);
      if (live === undefined) this.#start(next);
      else {
        live.state = 'running';
        live.process.send({ type: 'resume' });
      }
    }
  }

  #running(): LiveRun[] {
    return [...this.#live.values()].filter((live) => live.state === 'running');
  }

  /** The cores divided among the runs that are under way, wait, or are about to start: one. */
  #share(): number {
    return coresForEach(this.#cores, this.#running().length + this.#queue.length + 1);
  }

  #start({ runId, resume, execution }: QueuedRun): void {
    const task = this.#task(runId);
    if (task === undefined) return;
    const attempt = this.#record.runs.markStarted(runId, this.#now());
    const { threads = this.#threads() ?? this.#share(), ...pace } = execution;
    const runProcess = this.#spawner.spawnRunProcess({ runId, threads, configuration: task.configuration });
    const { promise: exit, resolve: exited } = Promise.withResolvers<void>();
    const live: LiveRun = {
      runId,
      attempt,
      process: runProcess,
      state: 'running',
      wish: 'run',
      execution,
      lastEventAt: this.#now(),
      silentLooks: 0,
      exit,
    };
    this.#live.set(runId, live);
    runProcess.onEvent((event) => this.#handle(live, event));
    const runPid = runProcess.pid;
    runProcess.onExit((end) => {
      // It has ended its external scheduler itself, unless it was killed.
      if (live.state !== 'ending' && live.outside !== undefined) endGroup(live.outside);
      this.#logLastWords(runId, runPid, end);
      this.#handleExit(live, end);
      exited();
    });
    runProcess.send({
      type: 'start',
      runId,
      ...task,
      sink: { kind: 'database', path: this.#record.path },
      resume,
      ...pace,
    });
    this.#log.info({ runId, runPid: runProcess.pid, resume }, 'run started');
    this.#states.announce(runId);
  }

  /** What a run was recorded to compute; one that this version cannot read, or that may not be started here, fails. */
  #task(runId: number): Pick<StartCommand, 'scenario' | 'configuration'> | undefined {
    try {
      const task = this.#record.runs.task(runId);
      if (task !== undefined) this.#assertMayStart(task.configuration); // whatever brought it here
      return task;
    } catch (error) {
      this.#log.error({ runId, err: error }, 'a recorded run cannot be started');
      this.#states.change(runId, 'failed', {
        reason: error instanceof Error ? error.message : String(error),
        endedAt: this.#now(),
      });
      return undefined;
    }
  }

  #handle(live: LiveRun, event: RunEvent): void {
    if (this.#heartbeats.heard(live)) this.#states.announce(live.runId);
    switch (event.type) {
      case 'started':
        this.#states.announce(live.runId);
        break;
      case 'progress':
        this.#events.emit({ name: 'run.progress', payload: event.progress });
        break;
      case 'bound':
        this.#record.runs.setBound(live.runId, event.bound);
        this.#states.announce(live.runId);
        break;
      case 'boundFailed':
        this.#log.error({ runId: live.runId, error: event.error }, 'the bound of a run cannot be computed');
        break;
      case 'paused':
        live.state = 'paused';
        this.#states.change(live.runId, 'paused', { attempt: live.attempt });
        this.#startNext();
        break;
      case 'resumed':
        live.state = 'running';
        this.#states.change(live.runId, 'running', { attempt: live.attempt });
        break;
      case 'finished':
      case 'stopped':
        this.#ended(live);
        break;
      case 'failed':
        this.#log.error({ runId: live.runId, error: event.error }, 'run failed');
        this.#states.write(live.runId, mayPass(event.error) ? 'interrupted' : 'failed', {
          attempt: live.attempt,
          reason: event.error.message,
          endedAt: this.#now(),
        });
        this.#ended(live);
        break;
      case 'outside':
        live.outside = event.group;
        break;
      case 'outsideSays':
        this.#log.info({ runId: live.runId, text: event.text }, 'the external scheduler says');
        break;
      case 'ready':
      case 'checkpointed':
      case 'heartbeat':
        break;
    }
  }

  /** The process has reported that it ended and recorded it; it will exit by itself. */
  #ended(live: LiveRun): void {
    live.state = 'ending';
    this.#restarts.forget(live.runId);
    this.#states.announce(live.runId);
    void this.#exitOrKill(live);
    this.#startNext();
  }

  /** An exit is not a crash: one whose end was reported, or asked for, is no reason to start the run again. */
  #handleExit(live: LiveRun, end: ProcessEnd): void {
    const { runId, attempt, wish, execution } = live;
    this.#live.delete(runId);
    this.#queue.take(runId);
    const how = live.killedFor ?? describeEnd(end);
    const restarts = this.#restarts.used(runId);
    const { status, reason, isRestarted } = endingOf({
      wish,
      how,
      closingReason: this.#closing,
      restarts,
      areRestartsLeft: this.#restarts.areLeft(runId),
    });
    const changed = this.#states.write(runId, status, { attempt, reason, endedAt: this.#now() });
    if (changed) {
      const { code, signal, cause, detail } = end;
      this.#log.warn({ runId, code, signal, cause, detail, restarts }, `run process ended without a result: it ${how}`);
      if (isRestarted) this.#restarts.plan(runId, () => this.#continue(runId, execution));
      else this.#restarts.forget(runId);
      this.#states.announce(runId);
    }
    this.#startNext();
  }

  /** What a process writes to stderr is said nowhere else: warnings of a run that went well, the stack of one that crashed. */
  #logLastWords(runId: number, runPid: number | undefined, { stderr }: ProcessEnd): void {
    if (stderr.trim() !== '') this.#log.warn({ runId, runPid, stderr }, 'what the run process wrote last');
  }

  async #exitOrKill(live: LiveRun): Promise<void> {
    const timer = setTimeout(() => {
      this.#log.warn({ runId: live.runId, runPid: live.process.pid }, 'run process does not end by itself: killed');
      live.killedFor = 'did not end when it was asked to and was killed';
      live.process.kill();
    }, this.#graceMs);
    await live.exit;
    clearTimeout(timer);
  }

  /** An active run whose process, if any, is ours. */
  #ownActive(runId: number, done: string): RunSummary {
    const summary = this.#states.summary(runId);
    if (summary.status !== 'queued' && summary.status !== 'running' && summary.status !== 'paused') {
      throw new WorkbenchError('run.notRunning', `run ${runId} is ${summary.status}, so it cannot be ${done}`, {
        hint: summary.status === 'interrupted' ? 'resume it first, or delete it' : 'start a new run',
      });
    }
    if (!this.isActive(runId)) {
      throw new WorkbenchError(
        'run.elsewhere',
        `run ${runId} belongs to another Tessera process that uses the same database`,
        { hint: 'do this in the window or terminal it was started from' },
      );
    }
    return summary;
  }
}
