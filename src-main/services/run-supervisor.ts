/** Decides which runs have a process: the queue, and starting, pausing, resuming, cancelling and outliving them (DESIGN §4). */
import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import type { RunSummary } from '#shared/contract/shapes.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { RunStatus } from '#shared/domain/run.ts';
import type { Execution, RunEvent, StartCommand } from '../processes/protocol.ts';
import type { ProcessSpawner, RunProcess } from '../processes/spawner.ts';
import { isOwnerAlive, OwnerLock } from '../store/owner-lock.ts';
import type { RunRecord } from '../store/record.ts';
import type { EventHub } from './event-hub.ts';
import { HeartbeatWatch, type Pulse } from './heartbeat-watch.ts';
import { RESTART_WAITS_MS, Restarts } from './restarts.ts';
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
  /** Unix time, ms. */
  readonly now: () => number;
  readonly graceMs?: number;
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
}

interface QueuedRun {
  readonly runId: number;
  /** Continue from the checkpoint. */
  readonly resume: boolean;
  readonly execution: Execution;
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
  #queue: QueuedRun[] = [];
  /** Paused before they had a process: what to do once they are resumed. */
  readonly #heldBack = new Map<number, QueuedRun>();
  /** Pauses and resumes. */
  readonly #turns = new Turns();
  readonly #heartbeats: HeartbeatWatch<LiveRun>;
  #closing = false;

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
    this.#lock = new OwnerLock(options.record.path);
    this.#states = new RunStates({ runs: options.record.runs, events: options.events, owner: this.#lock.owner, describe: (summary) => this.describe(summary) });
    this.#restarts = new Restarts(options.restartWaitsMs ?? RESTART_WAITS_MS, options.now);
    this.#heartbeats = new HeartbeatWatch<LiveRun>({
      watched: () => this.#live.values(),
      onSilent: ({ runId, process }) => {
        this.#log.warn({ runId, runPid: process.pid }, 'run process does not answer');
        this.#states.announce(runId);
      },
      onHopeless: ({ runId, process }) => {
        this.#log.error({ runId, runPid: process.pid }, 'run process still does not answer: killed');
        process.kill();
      },
      now: options.now,
    });
  }

  /** The name under which runs are queued; takes the lock that keeps other instances from taking them for abandoned. */
  claim(): string {
    this.#lock.hold();
    return this.#lock.owner;
  }

  /** Marks the runs of instances that have died as interrupted. */
  interruptAbandoned(): void {
    for (const owner of this.#record.runs.activeOwners()) {
      if (owner === this.#lock.owner || (owner !== undefined && isOwnerAlive(this.#record.path, owner))) continue;
      const ids = this.#record.runs.interruptRunsOf(owner, 'the application ended while it was under way', this.#now());
      for (const id of ids) this.#states.announce(id);
    }
  }

  /** Adds a run that the record knows as queued. */
  enqueue(runId: number, resume: boolean, execution: Execution = {}): void {
    this.#queue.push({ runId, resume, execution });
    this.#states.announce(runId);
    this.#startNext();
  }

  /** What the record says, with what only the supervisor knows. */
  describe(summary: RunSummary): RunSummary {
    const live = this.#live.get(summary.id);
    const restartsAt = this.#restarts.plannedAt(summary.id);
    return {
      ...summary,
      ...(live !== undefined && live.silentLooks > 0 ? { statusReason: `its process has not answered since ${new Date(live.lastEventAt).toISOString()}` } : {}),
      ...(restartsAt === undefined ? {} : { restartsAt }),
    };
  }

  /** Resolves with the status once the run has paused (or ended before it could); one about to be restarted stays interrupted. @throws WorkbenchError `run.unknown` or `run.notRunning` */
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
    const queued = this.#takeFromQueue(runId);
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
   * @throws WorkbenchError `run.unknown`, `run.notResumable` or `run.otherEngine`
   */
  resume(runId: number, execution: Execution = {}): Promise<RunStatus> {
    return this.#turns.take(runId, () => this.#resume(runId, execution));
  }

  async #resume(runId: number, execution: Execution): Promise<RunStatus> {
    const { status, generations } = this.#states.summary(runId);
    if (status === 'running' || status === 'queued') return status;
    if (status === 'interrupted' || (status === 'failed' && generations > 0)) {
      this.#states.assertSameEngine(runId);
      this.#restarts.forget(runId);
      await this.#live.get(runId)?.exit; // its process has told its end and is about to go
      this.#continue(runId, execution);
      return this.#states.summary(runId).status;
    }
    if (status !== 'paused') throw new WorkbenchError('run.notResumable', `run ${runId} is ${status}`, { hint: 'only paused and interrupted runs can be resumed, and failed ones that have recorded generations; start a new one' });
    this.#ownActive(runId, 'resumed');
    const live = this.#live.get(runId);
    if (live !== undefined) {
      live.state = 'waiting';
      live.wish = 'run';
    }
    this.#queue.push(this.#heldBack.get(runId) ?? { runId, resume: true, execution });
    this.#heldBack.delete(runId);
    this.#states.change(runId, 'queued');
    this.#startNext();
    return this.#states.otherThan(runId, live === undefined || live.state === 'waiting' ? [] : ['queued', 'paused'], this.#graceMs);
  }

  /** Puts a run that has ended early back into the queue, unless someone else has taken it or it was deleted. */
  #continue(runId: number, execution: Execution): void {
    if (this.#record.runs.enqueueAgain(runId, this.claim())) this.enqueue(runId, true, execution);
  }

  /** Resolves with the status once the run has ended; its process is killed when it does not obey. @throws WorkbenchError `run.unknown` or `run.notRunning` */
  async cancel(runId: number): Promise<RunStatus> {
    // One that waits for its restart is taken back first: only an active run can be cancelled.
    if (this.#restarts.drop(runId) && this.#record.runs.enqueueAgain(runId, this.claim())) return this.#states.change(runId, 'cancelled', { endedAt: this.#now() });
    this.#ownActive(runId, 'cancelled');
    this.#heldBack.delete(runId);
    this.#takeFromQueue(runId);
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
    const paced = <Run extends { readonly execution: Execution }>(run: Run): Run => ({ ...run, execution: { ...run.execution, paceGenerationsPerS: generationsPerS } });
    this.#queue = this.#queue.map((queued) => (queued.runId === runId ? paced(queued) : queued));
    const held = this.#heldBack.get(runId);
    if (held !== undefined) this.#heldBack.set(runId, paced(held));
    const live = this.#live.get(runId);
    if (live === undefined) return;
    live.execution = paced(live).execution;
    live.process.send({ type: 'pace', generationsPerS });
  }

  /** Whether a process works for it, or may soon. */
  isActive(runId: number): boolean {
    return this.#live.has(runId) || this.#heldBack.has(runId) || this.#queue.some((queued) => queued.runId === runId);
  }

  /** Asks every run to record what it has and end; resolves when all have. They can be resumed. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#heartbeats.stop();
    for (const runId of this.#restarts.dropAll()) this.#states.announce(runId);
    const withoutProcess = [...this.#queue.map((queued) => queued.runId), ...this.#heldBack.keys()].filter((runId) => !this.#live.has(runId));
    this.#queue = [];
    this.#heldBack.clear();
    for (const runId of withoutProcess) this.#states.change(runId, 'interrupted', { reason: 'the application was closed before it began', endedAt: this.#now() });
    await Promise.all([...this.#live.values()].map(async (live) => {
      live.process.send({ type: 'stop' });
      await this.#exitOrKill(live);
    }));
    this.#lock.release();
  }

  #startNext(): void {
    while (!this.#closing && this.#runningCount() < this.#maxRunning) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      const live = this.#live.get(next.runId);
      if (live === undefined) this.#start(next);
      else {
        live.state = 'running';
        live.process.send({ type: 'resume' });
      }
    }
  }

  #runningCount(): number {
    return [...this.#live.values()].filter((live) => live.state === 'running').length;
  }

  /** The cores divided among the runs that are under way or wait. */
  #share(): number {
    return Math.max(1, Math.floor(this.#cores / Math.max(1, this.#runningCount() + this.#queue.length)));
  }

  #start({ runId, resume, execution }: QueuedRun): void {
    const task = this.#task(runId);
    if (task === undefined) return;
    const attempt = this.#record.runs.markStarted(runId, this.#now());
    const runProcess = this.#spawner.spawnRunProcess();
    const { promise: exit, resolve: exited } = Promise.withResolvers<void>();
    const live: LiveRun = { runId, attempt, process: runProcess, state: 'running', wish: 'run', execution, lastEventAt: this.#now(), silentLooks: 0, exit };
    this.#live.set(runId, live);
    runProcess.onEvent((event) => this.#handle(live, event));
    runProcess.onExit((code, signal) => {
      this.#handleExit(live, code, signal);
      exited();
    });
    runProcess.send({ type: 'start', runId, ...task, databasePath: this.#record.path, resume, ...execution, threads: execution.threads ?? this.#threads() ?? this.#share() });
    this.#log.info({ runId, runPid: runProcess.pid, resume }, 'run started');
    this.#states.announce(runId);
  }

  /** What a run was recorded to compute; one that this version cannot read fails. */
  #task(runId: number): Pick<StartCommand, 'scenario' | 'configuration'> | undefined {
    try {
      return this.#record.runs.task(runId);
    } catch (error) {
      this.#log.error({ runId, err: error }, 'a recorded run cannot be read');
      this.#states.change(runId, 'failed', { reason: error instanceof Error ? error.message : String(error), endedAt: this.#now() });
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
        this.#states.write(live.runId, event.error.code.startsWith('store.') ? 'interrupted' : 'failed', { attempt: live.attempt, reason: event.error.message, endedAt: this.#now() });
        this.#ended(live);
        break;
      case 'ready':
      case 'checkpointed':
      case 'heartbeat':
        break;
    }
  }

  /** The process has told its end and written it to the record; it will exit by itself. */
  #ended(live: LiveRun): void {
    live.state = 'ending';
    this.#restarts.forget(live.runId);
    this.#states.announce(live.runId);
    void this.#exitOrKill(live);
    this.#startNext();
  }

  /** An exit is not a crash: one whose end was told, or asked for, is no reason to start the run again. */
  #handleExit(live: LiveRun, code: number | undefined, signal: string | undefined): void {
    const { runId, attempt, wish, execution } = live;
    this.#live.delete(runId);
    this.#takeFromQueue(runId);
    const how = signal === undefined ? (code === undefined ? 'could not be kept alive' : `exited with code ${code}`) : `was ended by ${signal}`;
    const endedAt = this.#now();
    const isCrash = wish === 'run' && !this.#closing;
    const restarts = this.#restarts.used(runId);
    const changed =
      wish === 'cancel' ? this.#states.write(runId, 'cancelled', { attempt, endedAt })
      : isCrash && !this.#restarts.areLeft(runId) ? this.#states.write(runId, 'failed', { attempt, endedAt, reason: `its process ${how}${restarts === 0 ? '' : `, also after ${restarts} restarts`}` })
      : this.#states.write(runId, 'interrupted', { attempt, endedAt, reason: this.#closing ? 'the application was closed' : `its process ${how}` });
    if (changed) {
      this.#log.warn({ runId, code, signal, restarts }, 'run process ended without a result');
      if (isCrash && this.#restarts.areLeft(runId)) this.#restarts.plan(runId, () => this.#continue(runId, execution));
      else this.#restarts.forget(runId);
      this.#states.announce(runId);
    }
    this.#startNext();
  }

  async #exitOrKill(live: LiveRun): Promise<void> {
    const timer = setTimeout(() => {
      this.#log.warn({ runId: live.runId, runPid: live.process.pid }, 'run process does not end by itself: killed');
      live.process.kill();
    }, this.#graceMs);
    await live.exit;
    clearTimeout(timer);
  }

  #takeFromQueue(runId: number): QueuedRun | undefined {
    const found = this.#queue.find((queued) => queued.runId === runId);
    if (found !== undefined) this.#queue = this.#queue.filter((queued) => queued !== found);
    return found;
  }

  /** An active run whose process, if any, is ours. */
  #ownActive(runId: number, done: string): RunSummary {
    const summary = this.#states.summary(runId);
    if (summary.status !== 'queued' && summary.status !== 'running' && summary.status !== 'paused') {
      throw new WorkbenchError('run.notRunning', `run ${runId} is ${summary.status}, so it cannot be ${done}`, { hint: summary.status === 'interrupted' ? 'resume it first, or delete it' : 'start a new run' });
    }
    if (!this.isActive(runId)) {
      throw new WorkbenchError('run.elsewhere', `run ${runId} belongs to another Tessera process that uses the same database`, { hint: 'do this in the window or terminal it was started from' });
    }
    return summary;
  }
}
