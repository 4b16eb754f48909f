/** Runs that are searched on other machines: submitted to a queue, followed there, and ended here when their records arrive. */
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { RunSummary } from '#shared/contract/shapes.ts';
import { ENGINE_VERSION } from '#shared/domain/engine-version.ts';
import { WorkbenchError, type ErrorPayload } from '#shared/domain/errors.ts';
import { commandOf } from '#shared/domain/external-command.ts';
import { entryPath } from '../../processes/entries.ts';
import { jobId } from '../../queue/job.ts';
import type { JobState, QueueClient, Submission } from '../../queue/client.ts';
import type { SavedQueues } from '../../queue/join-file.ts';
import type { RunRecord } from '../../store/record.ts';
import { queueOwner, type RemoteRun } from '../../store/remote-repository.ts';
import { canonicalJson, runKey, scenarioHash } from '../../store/run-identity.ts';
import type { EventHub } from '../event-hub.ts';
import type { PreparedRun } from '../runs/preparation.ts';
import type { Merged, MergeRequest } from './merge.ts';

export interface MergeWorkerData {
  readonly databasePath: string;
  readonly resourcesDirectory: string;
  readonly dataDirectory: string;
}
export type MergeMessage = { readonly id: number; readonly request: MergeRequest } | 'close';
export type MergeAnswer =
  | { readonly id: number; readonly result: Merged }
  | { readonly id: number; readonly error: ErrorPayload };

export interface RemoteRunsOptions {
  readonly record: RunRecord;
  readonly resourcesDirectory: string;
  readonly dataDirectory: string;
  readonly events: EventHub;
  readonly log: Logger;
  /** Takes and names this instance's lock. */
  readonly claim: () => string;
  /** Unix time, ms. */
  readonly now: () => number;
}

/** Between two looks at a queue while runs wait for it, ms. */
const LOOK_MS = 500;
/** The same while it cannot be reached. */
const LOOK_AGAIN_MS = 2000;
/** Silence of a worker that is worth a word, s. */
const SILENCE_S = 20;

/** A run that is ready to be submitted, and what it is called. */
export interface NewRemoteRun {
  readonly prepared: PreparedRun;
  readonly name: string;
}

export class RemoteRuns {
  readonly #options: RemoteRunsOptions;
  readonly #clients = new Map<string, Promise<QueueClient>>();
  readonly #reasons = new Map<number, string>();
  readonly #merging = new Map<number, Promise<void>>();
  readonly #asked = new Map<number, PromiseWithResolvers<Merged>>();
  #thread: Worker | undefined;
  #nextId = 0;
  #following: Promise<void> | undefined;
  #wake: () => void = () => {};
  #isClosed = false;

  constructor(options: RemoteRunsOptions) {
    this.#options = options;
  }

  /** Follows the runs that wait for queues, where there are any. */
  watch(): void {
    if (this.#options.record.remote.pending().length > 0) this.#follow();
  }

  /** Whether the run waits for a queue. */
  owns(runId: number): boolean {
    return this.#options.record.remote.find(runId) !== undefined;
  }

  /** What is known of a run beyond its row, in words. */
  reason(runId: number): string | undefined {
    return this.#reasons.get(runId);
  }

  /**
   * The run of this record that is the same: finished, or waiting for a queue. Undefined where there is none.
   * The key of a run is worked out when it is first asked for.
   */
  same({ scenario, configuration }: PreparedRun): number | undefined {
    const { remote, runs } = this.#options.record;
    const key = keyOf({ scenario, configuration });
    for (const runId of remote.unkeyed(scenario.id, configuration.scheduler, configuration.seed, ENGINE_VERSION)) {
      const task = runs.task(runId);
      if (task !== undefined)
        remote.setKey(runId, keyOf({ scenario: { json: task.scenario }, configuration: task.configuration }));
    }
    const isUsable = ({ runId, status }: { runId: number; status: string }): boolean =>
      status === 'finished' || remote.find(runId) !== undefined;
    return remote.withKey(key).find(isUsable)?.runId;
  }

  /** Is it there, and is it the one it should be? @throws WorkbenchError `queue.…` */
  async reach(queue: string): Promise<void> {
    await this.#client(queue);
  }

  /** Records runs that are there from now on and wait for `queue`; returns their ids. @throws WorkbenchError `queue.localCommand` */
  submit(queue: string, runs: readonly NewRemoteRun[]): number[] {
    const { record, now } = this.#options;
    for (const { prepared } of runs)
      if (commandOf(prepared.configuration) !== undefined)
        throw new WorkbenchError(
          'queue.localCommand',
          `the scheduler "${prepared.configuration.scheduler}" starts a program of this machine, which others do not have`,
          { hint: 'run it here, without --on' },
        );
    const submission = crypto.randomUUID();
    return runs.map(({ prepared, name }) => {
      const key = keyOf(prepared);
      const runId = record.runs.create({
        ...prepared,
        name,
        engineVersion: ENGINE_VERSION,
        createdAt: now(),
        owner: queueOwner(queue),
      });
      record.remote.add({ runId, queue, job: jobId(key), submission, runKey: key });
      this.#announce(runId);
      return runId;
    });
  }

  /** Begins to follow what was submitted. */
  follow(): void {
    this.#follow();
    this.#wake();
  }

  /** Its queue need not be reached: what runs there then runs in vain, and its result is not fetched. @throws WorkbenchError `queue.unreachable` */
  async cancel(runId: number): Promise<void> {
    const { record, now } = this.#options;
    const run = record.remote.find(runId);
    if (run === undefined) return;
    const isKnown = (await this.#queues()).names().includes(run.queue);
    if (isKnown) await (await this.#client(run.queue)).cancel(run.submission, run.job);
    const reason = isKnown ? undefined : `queue "${run.queue}" is no longer known here: it may still be searched there`;
    record.runs.setStatus(runId, 'cancelled', { owner: queueOwner(run.queue) }, { reason, at: now() });
    this.#announce(runId);
  }

  /** What is submitted goes on elsewhere. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    await this.#following;
    if (this.#thread !== undefined) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#thread.once('exit', () => resolve());
      this.#thread.postMessage('close' satisfies MergeMessage);
      await promise;
    }
    for (const client of this.#clients.values()) await client.then((each) => each.close()).catch(() => {});
  }

  #follow(): void {
    this.#following ??= this.#lookUntilNone();
  }

  async #lookUntilNone(): Promise<void> {
    const { record, log } = this.#options;
    try {
      await this.#look();
    } catch (error) {
      log.error({ err: error }, 'no longer looks at the queues');
      this.#isClosed = true;
    }
    this.#following = undefined;
    // One may have been submitted after the last look had found none.
    if (!this.#isClosed && record.remote.pending().length > 0) this.#follow();
  }

  async #look(): Promise<void> {
    const { record, log } = this.#options;
    while (!this.#isClosed) {
      const pending = record.remote.pending().filter(({ runId }) => !this.#merging.has(runId));
      if (pending.length === 0 && this.#merging.size === 0) return;
      const woken = this.#woken();
      let isReached = true;
      for (const queue of new Set(pending.map((run) => run.queue))) {
        const runs = pending.filter((run) => run.queue === queue);
        try {
          await this.#lookAt(queue, runs);
        } catch (error) {
          isReached = false;
          log.warn({ err: error, queue }, 'cannot look at a queue');
          const why = error instanceof Error ? error.message : String(error);
          for (const { runId } of runs) this.#say(runId, `${why}; trying again`);
        }
      }
      await woken(isReached ? LOOK_MS : LOOK_AGAIN_MS);
    }
    await Promise.allSettled(this.#merging.values());
  }

  async #lookAt(queue: string, runs: readonly RemoteRun[]): Promise<void> {
    const client = await this.#client(queue);
    const states = new Map<string, JobState>();
    for (const submission of new Set(runs.map((run) => run.submission)))
      for (const state of await client.states(submission)) states.set(submission + state.id, state);
    const lost: RemoteRun[] = [];
    for (const run of runs) {
      const state = states.get(run.submission + run.job);
      if (state === undefined || state.state === 'gone') lost.push(run);
      else this.#heard(run, state);
    }
    // Not submitted yet, or the queue was emptied: submitting twice changes nothing.
    for (const submission of new Set(lost.map((run) => run.submission)))
      await client.submit(
        submission,
        lost.filter((run) => run.submission === submission).flatMap((run) => this.#submissionOf(run) ?? []),
      );
    if (lost.length > 0 || runs.some(({ status }) => status === 'queued')) await this.#sayWhoWorks(client, runs);
  }

  #submissionOf({ runId, runKey: key }: RemoteRun): Submission | undefined {
    const task = this.#options.record.runs.task(runId);
    const summary = this.#options.record.runs.summary(runId);
    if (task === undefined || summary === undefined) return undefined;
    const scenario: unknown = JSON.parse(task.scenario);
    return {
      scenarioJson: canonicalJson(scenario),
      job: {
        v: 1,
        runKey: key,
        scenario: scenarioHash(scenario),
        configuration: task.configuration,
        engine: ENGINE_VERSION,
        name: summary.name,
      },
    };
  }

  #heard(run: RemoteRun, { state, outcome, attempt, host, generation, plannedGenerations, silentS }: JobState): void {
    const { record, now } = this.#options;
    const writer = { owner: queueOwner(run.queue) };
    if (state === 'runs') {
      if (run.status === 'queued') record.runs.markStarted(run.runId, now());
      const where = `runs on ${host ?? 'a worker'}${attempt === 0 ? '' : `, attempt ${attempt + 1}`}`;
      const howFar =
        generation === undefined
          ? ''
          : `, generation ${generation}${plannedGenerations === undefined ? '' : ` of ${plannedGenerations}`}`;
      const silence =
        (silentS ?? 0) < SILENCE_S
          ? ''
          : `, silent for ${Math.round(silentS ?? 0)} s; it is given to another if that lasts`;
      this.#say(run.runId, where + howFar + silence);
    } else if (state === 'waits') {
      // A worker has given it back, or has fallen silent.
      if (run.status === 'running') {
        record.runs.setStatus(run.runId, 'queued', writer);
        this.#say(run.runId, 'waits for another worker');
      }
    } else if (state === 'cancelled') {
      record.runs.setStatus(run.runId, 'cancelled', writer, { reason: 'cancelled in the queue', at: now() });
      this.#announce(run.runId);
    } else if (outcome?.status === 'finished') {
      this.#say(run.runId, `its record arrives from ${outcome.host}`);
      this.#merge(run, outcome);
    } else {
      const reason = outcome?.reason ?? 'the queue has given it up';
      record.runs.setStatus(run.runId, 'failed', writer, { reason, at: now() });
      this.#announce(run.runId);
      void this.#client(run.queue)
        .then((client) => client.settle(run.submission, run.job))
        .catch((error: unknown) => this.#options.log.warn({ err: error }, 'could not settle a failed run'));
    }
  }

  async #sayWhoWorks(client: QueueClient, runs: readonly RemoteRun[]): Promise<void> {
    const workers = await client.workers();
    const able = workers.filter(({ engine }) => engine === ENGINE_VERSION);
    const why =
      able.length > 0
        ? 'waits for a free slot'
        : workers.length === 0
          ? 'waits for a worker: none is connected'
          : `waits for a worker with engine ${ENGINE_VERSION}: those connected have ${[...new Set(workers.map(({ engine }) => engine))].join(', ')}`;
    for (const { runId } of runs)
      if (this.#options.record.remote.find(runId)?.status === 'queued') this.#say(runId, why);
  }

  #merge(run: RemoteRun, { attempt, resultHash, host }: { attempt: number; resultHash: string; host: string }): void {
    const { log, claim } = this.#options;
    const merging = this.#ask({ run, attempt, resultHash, host, owner: claim() }).then(
      ({ isHere, others }) => this.#merged(run.runId, isHere ? [run.runId, ...others] : []),
      (error: unknown) => {
        log.error({ err: error, runId: run.runId }, 'could not bring a record here');
        const why = error instanceof Error ? error.message : String(error);
        this.#say(run.runId, `its record could not be fetched: ${why}; trying again`);
        return this.#merged(run.runId, []);
      },
    );
    this.#merging.set(run.runId, merging);
  }

  #merged(runId: number, here: readonly number[]): void {
    for (const each of here) this.#announce(each);
    this.#merging.delete(runId);
    this.#wake();
  }

  #ask(request: MergeRequest): Promise<Merged> {
    this.#thread ??= this.#startThread();
    const asked = Promise.withResolvers<Merged>();
    const id = this.#nextId++;
    this.#asked.set(id, asked);
    this.#thread.postMessage({ id, request } satisfies MergeMessage);
    return asked.promise;
  }

  #startThread(): Worker {
    const { record, resourcesDirectory, dataDirectory } = this.#options;
    const workerData: MergeWorkerData = { databasePath: record.path, resourcesDirectory, dataDirectory };
    const thread = new Worker(entryPath('merge-worker'), { workerData, name: 'merge' });
    thread.on('message', (answer: MergeAnswer) => {
      const asked = this.#asked.get(answer.id);
      this.#asked.delete(answer.id);
      if ('error' in answer) asked?.reject(WorkbenchError.fromPayload(answer.error));
      else asked?.resolve(answer.result);
    });
    let cause: unknown = new Error('the thread that brings records here has ended');
    thread.on('error', (error) => (cause = error));
    thread.on('exit', () => {
      if (this.#thread === thread) this.#thread = undefined;
      for (const { reject } of this.#asked.values()) reject(cause);
      this.#asked.clear();
    });
    return thread;
  }

  async #queues(): Promise<SavedQueues> {
    const { SavedQueues: Saved } = await import('../../queue/join-file.ts');
    return new Saved(this.#options.dataDirectory);
  }

  #client(queue: string): Promise<QueueClient> {
    let client = this.#clients.get(queue);
    if (client === undefined) {
      client = this.#connect(queue);
      this.#clients.set(queue, client);
      client.catch(() => this.#clients.delete(queue)); // the next one tries again
    }
    return client;
  }

  async #connect(queue: string): Promise<QueueClient> {
    const address = (await this.#queues()).get(queue);
    const { QueueClient: Client } = await import('../../queue/client.ts');
    const client = await Client.connect(address, {
      onError: (error) => this.#options.log.warn({ err: error, queue }, 'connection to a queue'),
    });
    void client.listen((what) => {
      if (what === 'settled') this.#wake();
    });
    return client;
  }

  #woken(): (ms: number) => Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    return async (ms) => {
      const timer = setTimeout(resolve, ms);
      await promise;
      clearTimeout(timer);
    };
  }

  #say(runId: number, reason: string): void {
    if (this.#reasons.get(runId) === reason) return;
    this.#reasons.set(runId, reason);
    const run = this.#options.record.runs.summary(runId);
    if (run !== undefined) this.#options.events.emit({ name: 'run.changed', payload: { run: this.describe(run) } });
  }

  #announce(runId: number): void {
    this.#reasons.delete(runId);
    const run = this.#options.record.runs.summary(runId);
    if (run !== undefined) this.#options.events.emit({ name: 'run.changed', payload: { run } });
  }

  /** What the record says, with where the run is. */
  describe(summary: RunSummary): RunSummary {
    const reason = this.#reasons.get(summary.id);
    return reason === undefined ? summary : { ...summary, statusReason: reason };
  }
}

function keyOf({ scenario, configuration }: { scenario: { readonly json: string }; configuration: unknown }): string {
  return runKey({ engineVersion: ENGINE_VERSION, scenario: JSON.parse(scenario.json), configuration });
}
