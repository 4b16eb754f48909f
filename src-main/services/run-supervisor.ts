/** Decides which runs have a process: the queue, and starting, pausing, resuming, cancelling and outliving them (DESIGN §4). */
import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import type { RunSummary } from '#shared/contract/shapes.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { RunStatus } from '#shared/domain/run.ts';
import { parseScenario, resolveScenario, emptyLibrary } from '#shared/domain/scenario.ts';
import type { RunEvent, StartCommand } from '../processes/protocol.ts';
import type { ProcessSpawner, RunProcess } from '../processes/spawner.ts';
import { isOwnerAlive, OwnerLock } from '../store/owner-lock.ts';
import type { RunRecord } from '../store/record.ts';
import { ENGINE_VERSION } from './engine-version.ts';
import type { EventHub } from './event-hub.ts';

/** How long a process may take to obey before it is killed, ms. */
const GRACE_MS = 10_000;
/** A process that sends nothing, not even a heartbeat, for this long is reported, ms. */
const SILENCE_MS = 30_000;

export interface SupervisorOptions {
  readonly record: RunRecord;
  readonly spawner: ProcessSpawner;
  readonly events: EventHub;
  readonly log: Logger;
  /** Runs that search at the same time; default: all cores but one. */
  readonly maxRunning?: number;
  /** Unix time, ms. */
  readonly now: () => number;
  readonly graceMs?: number;
}

/** A run with a process. */
interface LiveRun {
  readonly runId: number;
  /** Which start of the run this process is. */
  readonly attempt: number;
  readonly process: RunProcess;
  /** `waiting`: its process is paused and waits in the queue for its turn. */
  state: 'running' | 'paused' | 'waiting' | 'ending';
  lastEventAt: number;
  silent: boolean;
  cancelRequested: boolean;
  exited: boolean;
  readonly exit: Promise<void>;
}

interface QueuedRun {
  readonly runId: number;
  /** Continue from the checkpoint. */
  readonly resume: boolean;
  /** The most generations a second; undefined: full speed. */
  readonly paceGenerationsPerS?: number | undefined;
}

export class RunSupervisor {
  readonly #record: RunRecord;
  readonly #spawner: ProcessSpawner;
  readonly #events: EventHub;
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #maxRunning: number;
  readonly #graceMs: number;
  readonly #lock: OwnerLock;
  readonly #live = new Map<number, LiveRun>();
  #queue: QueuedRun[] = [];
  /** Paused before they had a process: what to do once they are resumed. */
  readonly #heldBack = new Map<number, QueuedRun>();
  readonly #statusWaiters = new Set<() => void>();
  /** By run, the last of its pauses and resumes that is not done yet. */
  readonly #turns = new Map<number, Promise<unknown>>();
  readonly #silenceCheck: NodeJS.Timeout;
  #closing = false;

  constructor(options: SupervisorOptions) {
    this.#record = options.record;
    this.#spawner = options.spawner;
    this.#events = options.events;
    this.#log = options.log;
    this.#now = options.now;
    this.#maxRunning = options.maxRunning ?? Math.max(1, availableParallelism() - 1);
    this.#graceMs = options.graceMs ?? GRACE_MS;
    this.#lock = new OwnerLock(options.record.path);
    this.#silenceCheck = setInterval(() => this.#reportSilence(), SILENCE_MS / 6);
    this.#silenceCheck.unref();
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
      for (const id of ids) this.#announce(id);
    }
  }

  /** Adds a run that the record knows as queued. */
  enqueue(runId: number, resume: boolean, paceGenerationsPerS?: number): void {
    this.#queue.push({ runId, resume, paceGenerationsPerS });
    this.#announce(runId);
    this.#startNext();
  }

  /** What the record says, with what only the supervisor knows. */
  describe(summary: RunSummary): RunSummary {
    const live = this.#live.get(summary.id);
    return live?.silent === true ? { ...summary, statusReason: `its process has not answered since ${new Date(live.lastEventAt).toISOString()}` } : summary;
  }

  /** Resolves with the status once the run has paused (or ended before it could). @throws WorkbenchError `run.notRunning` and as `#summary` */
  pause(runId: number): Promise<RunStatus> {
    return this.#inTurn(runId, () => this.#pause(runId));
  }

  async #pause(runId: number): Promise<RunStatus> {
    const { status } = this.#ownActive(runId, 'paused');
    if (status === 'paused') return status;
    const live = this.#live.get(runId);
    const queued = this.#takeFromQueue(runId);
    if (queued !== undefined) {
      if (live === undefined) this.#heldBack.set(runId, queued);
      else live.state = 'paused';
      return this.#changeStatus(runId, 'paused');
    }
    live?.process.send({ type: 'pause' });
    return this.#statusOtherThan(runId, ['running', 'queued']);
  }

  /** Continues a paused or interrupted run as soon as it is its turn. @throws WorkbenchError `run.notResumable`, `run.otherEngine` and as `#summary` */
  resume(runId: number): Promise<RunStatus> {
    return this.#inTurn(runId, () => this.#resume(runId));
  }

  async #resume(runId: number): Promise<RunStatus> {
    const { status } = this.#summary(runId);
    if (status === 'interrupted') {
      this.#assertSameEngine(runId);
      await this.#live.get(runId)?.exit; // its process has told its end and is about to go
      if (!this.#record.runs.enqueueAgain(runId, this.claim())) return this.#summary(runId).status;
      this.enqueue(runId, true);
      return this.#summary(runId).status;
    }
    if (status === 'running' || status === 'queued') return status;
    if (status !== 'paused') throw new WorkbenchError('run.notResumable', `run ${runId} is ${status}`, { hint: 'only paused and interrupted runs can be resumed; start a new one' });
    this.#ownActive(runId, 'resumed');
    const live = this.#live.get(runId);
    if (live !== undefined) live.state = 'waiting';
    this.#queue.push(this.#heldBack.get(runId) ?? { runId, resume: true });
    this.#heldBack.delete(runId);
    this.#changeStatus(runId, 'queued');
    this.#startNext();
    return this.#statusOtherThan(runId, live === undefined || live.state === 'waiting' ? [] : ['queued', 'paused']);
  }

  /** Resolves with the status once the run has ended; its process is killed when it does not obey. @throws WorkbenchError `run.notRunning` and as `#summary` */
  async cancel(runId: number): Promise<RunStatus> {
    this.#ownActive(runId, 'cancelled');
    this.#heldBack.delete(runId);
    this.#takeFromQueue(runId);
    const live = this.#live.get(runId);
    if (live === undefined) return this.#changeStatus(runId, 'cancelled');
    live.cancelRequested = true;
    live.process.send({ type: 'cancel' });
    await this.#exitOrKill(live);
    return this.#summary(runId).status;
  }

  /** Slows a run down to be watched, or (undefined) lets it go at full speed. @throws WorkbenchError `run.notRunning` and as `#summary` */
  pace(runId: number, generationsPerS: number | undefined): void {
    this.#ownActive(runId, 'paced');
    this.#queue = this.#queue.map((queued) => (queued.runId === runId ? { ...queued, paceGenerationsPerS: generationsPerS } : queued));
    const held = this.#heldBack.get(runId);
    if (held !== undefined) this.#heldBack.set(runId, { ...held, paceGenerationsPerS: generationsPerS });
    this.#live.get(runId)?.process.send({ type: 'pace', generationsPerS });
  }

  /** Whether a process works for it, or may soon. */
  isActive(runId: number): boolean {
    return this.#live.has(runId) || this.#heldBack.has(runId) || this.#queue.some((queued) => queued.runId === runId);
  }

  /** Asks every run to record what it has and end; resolves when all have. They can be resumed. */
  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#silenceCheck);
    const withoutProcess = [...this.#queue.map((queued) => queued.runId), ...this.#heldBack.keys()].filter((runId) => !this.#live.has(runId));
    this.#queue = [];
    this.#heldBack.clear();
    for (const runId of withoutProcess) this.#changeStatus(runId, 'interrupted', 'the application was closed before it began');
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

  #start({ runId, resume, paceGenerationsPerS }: QueuedRun): void {
    const task = this.#task(runId);
    if (task === undefined) return;
    const attempt = this.#record.runs.markStarted(runId, this.#now());
    const runProcess = this.#spawner.spawnRunProcess();
    const { promise: exit, resolve: exited } = Promise.withResolvers<void>();
    const live: LiveRun = { runId, attempt, process: runProcess, state: 'running', lastEventAt: this.#now(), silent: false, cancelRequested: false, exited: false, exit };
    this.#live.set(runId, live);
    runProcess.onEvent((event) => this.#handle(live, event));
    runProcess.onExit((code, signal) => {
      this.#handleExit(live, code, signal);
      exited();
    });
    runProcess.send({ type: 'start', runId, ...task, databasePath: this.#record.path, resume, paceGenerationsPerS });
    this.#log.info({ runId, runPid: runProcess.pid, resume }, 'run started');
    this.#announce(runId);
  }

  /** What a run was recorded to compute; a snapshot that this version cannot read fails the run. */
  #task(runId: number): Pick<StartCommand, 'scenario' | 'configuration'> | undefined {
    try {
      const snapshot = this.#record.runs.snapshot(runId);
      if (snapshot === undefined) return undefined;
      return { scenario: resolveScenario(parseScenario(snapshot.scenario), emptyLibrary), configuration: snapshot.configuration };
    } catch (error) {
      this.#log.error({ runId, err: error }, 'a recorded run cannot be read');
      this.#setStatus(runId, 'failed', { reason: error instanceof Error ? error.message : String(error), at: this.#now() });
      this.#announce(runId);
      return undefined;
    }
  }

  #handle(live: LiveRun, event: RunEvent): void {
    live.lastEventAt = this.#now();
    if (live.silent) {
      live.silent = false;
      this.#announce(live.runId);
    }
    switch (event.type) {
      case 'started':
        this.#announce(live.runId);
        break;
      case 'progress':
        this.#events.emit({ name: 'run.progress', payload: event.progress });
        break;
      case 'paused':
        live.state = 'paused';
        this.#changeStatus(live.runId, 'paused', undefined, live.attempt);
        this.#startNext();
        break;
      case 'resumed':
        live.state = 'running';
        this.#changeStatus(live.runId, 'running', undefined, live.attempt);
        break;
      case 'finished':
      case 'stopped':
        this.#ended(live);
        break;
      case 'failed':
        this.#log.error({ runId: live.runId, error: event.error }, 'run failed');
        this.#setStatus(live.runId, event.error.code.startsWith('store.') ? 'interrupted' : 'failed', { attempt: live.attempt, reason: event.error.message, at: this.#now() });
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
    this.#announce(live.runId);
    void this.#exitOrKill(live);
    this.#startNext();
  }

  /** An exit is not a crash: what was not told before is written now. */
  #handleExit(live: LiveRun, code: number | undefined, signal: string | undefined): void {
    live.exited = true;
    this.#live.delete(live.runId);
    this.#takeFromQueue(live.runId);
    const how = signal === undefined ? (code === undefined ? 'could not be kept alive' : `exited with code ${code}`) : `was ended by ${signal}`;
    const changed = live.cancelRequested
      ? this.#setStatus(live.runId, 'cancelled', { attempt: live.attempt, at: this.#now() })
      : this.#setStatus(live.runId, 'interrupted', { attempt: live.attempt, reason: this.#closing ? 'the application was closed' : `its process ${how}`, at: this.#now() });
    if (changed) {
      this.#log.warn({ runId: live.runId, code, signal }, 'run process ended without a result');
      this.#announce(live.runId);
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

  #reportSilence(): void {
    for (const live of this.#live.values()) {
      if (live.silent || this.#now() - live.lastEventAt < SILENCE_MS) continue;
      live.silent = true;
      this.#log.warn({ runId: live.runId, runPid: live.process.pid }, 'run process does not answer');
      this.#announce(live.runId);
    }
  }

  /** One pause or resume of a run after the other, so that the last one given is the one that lasts. */
  #inTurn(runId: number, command: () => Promise<RunStatus>): Promise<RunStatus> {
    const earlier = this.#turns.get(runId);
    const turn = earlier === undefined ? command() : earlier.then(command, command);
    const forget = (): void => {
      if (this.#turns.get(runId) === turn) this.#turns.delete(runId);
    };
    this.#turns.set(runId, turn);
    turn.then(forget, forget);
    return turn;
  }

  #takeFromQueue(runId: number): QueuedRun | undefined {
    const found = this.#queue.find((queued) => queued.runId === runId);
    if (found !== undefined) this.#queue = this.#queue.filter((queued) => queued !== found);
    return found;
  }

  /** Only while the run is ours, and (for what a process told) while no later process was started for it. */
  #setStatus(runId: number, status: RunStatus, { attempt, ...ending }: { readonly attempt?: number | undefined; readonly reason?: string | undefined; readonly at?: number }): boolean {
    return this.#record.runs.setStatus(runId, status, { owner: this.#lock.owner, attempt }, ending);
  }

  #changeStatus(runId: number, status: RunStatus, reason?: string, attempt?: number): RunStatus {
    const ended = status === 'cancelled' || status === 'interrupted';
    this.#setStatus(runId, status, { attempt, reason, ...(ended ? { at: this.#now() } : {}) });
    this.#announce(runId);
    return this.#summary(runId).status;
  }

  /** Tells everyone who listens, and whoever waits for a status, how a run is. */
  #announce(runId: number): void {
    const run = this.#record.runs.summary(runId);
    if (run === undefined) return;
    this.#events.emit({ name: 'run.changed', payload: { run: this.describe(run) } });
    for (const waiter of this.#statusWaiters) waiter();
  }

  /** Resolves with the first status that is none of `statuses`, or after the grace period with whatever it is then. */
  #statusOtherThan(runId: number, statuses: readonly RunStatus[]): Promise<RunStatus> {
    return new Promise((resolve) => {
      const finish = (status: RunStatus): void => {
        this.#statusWaiters.delete(check);
        clearTimeout(timer);
        resolve(status);
      };
      const check = (): void => {
        const { status } = this.#summary(runId);
        if (!statuses.includes(status)) finish(status);
      };
      const timer = setTimeout(() => finish(this.#summary(runId).status), this.#graceMs);
      this.#statusWaiters.add(check);
      check();
    });
  }

  /** Only the engine that began a run can end it with the same bits. @throws WorkbenchError `run.otherEngine` */
  #assertSameEngine(runId: number): void {
    const engineVersion = this.#record.runs.snapshot(runId)?.engineVersion;
    if (engineVersion === ENGINE_VERSION) return;
    throw new WorkbenchError('run.otherEngine', `run ${runId} was begun by search engine ${engineVersion}, this is ${ENGINE_VERSION}: it would not continue as it began`, { hint: 'start it again with the same seed' });
  }

  /** An active run whose process, if any, is ours. */
  #ownActive(runId: number, done: string): RunSummary {
    const summary = this.#summary(runId);
    if (summary.status !== 'queued' && summary.status !== 'running' && summary.status !== 'paused') {
      throw new WorkbenchError('run.notRunning', `run ${runId} is ${summary.status}, so it cannot be ${done}`, { hint: summary.status === 'interrupted' ? 'resume it first, or delete it' : 'start a new run' });
    }
    if (!this.isActive(runId)) {
      throw new WorkbenchError('run.elsewhere', `run ${runId} belongs to another Tessera process that uses the same database`, { hint: 'do this in the window or terminal it was started from' });
    }
    return summary;
  }

  /** @throws WorkbenchError `run.unknown` */
  #summary(runId: number): RunSummary {
    const summary = this.#record.runs.summary(runId);
    if (summary === undefined) throw new WorkbenchError('run.unknown', `there is no run ${runId}`, { hint: 'see the list of runs' });
    return summary;
  }
}
