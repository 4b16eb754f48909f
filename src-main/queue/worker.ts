/**
 * A worker: takes jobs from a queue, has each carried out by a run process on a spool of its own, and sends the record back. What it knows
 * of a run is what the queue gave it; a job can only be carried out by the engine it names, and names no program.
 */
import { randomUUID } from 'node:crypto';
import { freemem, loadavg } from 'node:os';
import type { Client } from '#shared/contract/client.ts';
import type { RunProgress, RunSummary } from '#shared/contract/shapes.ts';
import { ENGINE_VERSION } from '#shared/domain/engine-version.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { activeStatuses } from '#shared/domain/run.ts';
import { runKey, scenarioHash } from '../store/run-identity.ts';
import { parseJob, type Attempt, type Claim, type FetchedJob, type QueueClient } from './client.ts';
import { jobId, type Job, type JobOutcome } from './job.ts';

/** A workbench on a private database. */
export interface Spool {
  readonly client: Client;
  /** See `resultHash`. */
  resultHash(runId: number): string;
  /** Bytes that its files take, those not counted that would be written over first. */
  bytes(): number;
  /** Its runs record what they have and are interrupted. */
  close(): Promise<void>;
}

export interface WorkerOptions {
  readonly queue: QueueClient;
  /** Opens the spool, also again after it was closed. */
  readonly openSpool: () => Spool;
  /** Runs at the same time. */
  readonly slots: number;
  /** Ends when there was nothing to do for so long, ms; undefined: never. */
  readonly untilIdleMs?: number | undefined;
  /** Nothing more is taken while the spool is larger, bytes. */
  readonly spoolLimitBytes: number;
  readonly host: string;
  /** "Tessera 0.1.0". */
  readonly product: string;
  /** Aborted: hands over what it has and ends. */
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

/** What a worker has done. */
export interface WorkerReport {
  readonly finished: number;
  readonly failed: number;
  readonly handedOver: number;
  readonly cancelled: number;
  /** Results that another attempt was faster with. */
  readonly late: number;
}

/** A run that has ended this many workers, or itself, is given up. */
export const MOST_CRASHES = 3;
/** Where nothing is given, ms. */
const POLL_MS = 2000;
const PROGRESS_MS = 1000;
const PRESENCE_MS = 3000;
/** Between two tries while the queue cannot be reached, ms. */
const AGAIN_MS = 1000;
/** The part of the heartbeat's time after which a worker is heard again. */
const TOUCHES_PER_HEARTBEAT = 6;

/** A job in hand. */
interface Work extends Claim {
  readonly name: string;
  /** In the spool, once it is there. */
  runId: number | undefined;
  /** Why it is not to be completed. */
  dropped: 'cancelled' | 'lost' | 'handover' | undefined;
  /** Its record is being sent. */
  isDelivered: boolean;
  progress: RunProgress | undefined;
  done: Promise<void>;
}

export class Worker {
  readonly #options: WorkerOptions;
  readonly #id = randomUUID();
  readonly #work = new Map<string, Work>();
  readonly #waiting = new Map<number, (run: RunSummary) => void>();
  readonly #report = { finished: 0, failed: 0, handedOver: 0, cancelled: 0, late: 0 };
  #spool: Spool;
  #unsubscribe: (() => void)[] = [];
  #crashes = 0;
  #note: string | undefined;
  #isUnreachable = false;
  #wake: () => void = () => {};

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#spool = options.openSpool();
    this.#subscribe();
  }

  /** Works until it is stopped or idle for long; returns what it has done. */
  async run(): Promise<WorkerReport> {
    const { queue, signal, untilIdleMs } = this.#options;
    const onAbort = (): void => this.#wake();
    signal.addEventListener('abort', onAbort);
    void queue.listen((what, id) => {
      if (what === 'cancelled') this.#drop(id, 'cancelled');
      else if (what === 'submitted') this.#wake();
    });
    const timers = [
      setInterval(() => void this.#tellProgress(), PROGRESS_MS),
      setInterval(() => void this.#tellPresence(), PRESENCE_MS),
      setInterval(() => void this.#touch(), (queue.heartbeatS * 1000) / TOUCHES_PER_HEARTBEAT),
    ];
    await this.#tellPresence();
    let idleSince = performance.now();
    try {
      while (!signal.aborted) {
        const woken = this.#woken();
        await this.#takeWhatFits();
        if (this.#work.size > 0) idleSince = performance.now();
        else if (untilIdleMs !== undefined && performance.now() - idleSince >= untilIdleMs) break;
        if (!signal.aborted) await woken(Math.min(POLL_MS, untilIdleMs ?? POLL_MS));
      }
      if (signal.aborted) await this.#handOver();
    } finally {
      for (const timer of timers) clearInterval(timer);
      signal.removeEventListener('abort', onAbort);
      await queue.forgetWorker(this.#id).catch(() => {}); // it is forgotten by its silence, too
      this.#leave();
      await this.#spool.close();
    }
    return this.#report;
  }

  /** To be asked for before anything is looked at that `#wake` tells of. */
  #woken(): (ms: number) => Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    return async (ms) => {
      const timer = setTimeout(resolve, ms);
      await promise;
      clearTimeout(timer);
    };
  }

  async #takeWhatFits(): Promise<void> {
    const { queue, slots, spoolLimitBytes, onLine } = this.#options;
    const free = slots - this.#work.size;
    if (free === 0) return;
    const bytes = this.#spool.bytes();
    const full =
      bytes > spoolLimitBytes ? `spool full: ${megabytes(bytes)} of ${megabytes(spoolLimitBytes)}` : undefined;
    if (full !== undefined && full !== this.#note) onLine(full);
    this.#note = full;
    if (full !== undefined) return;
    let jobs: FetchedJob[];
    try {
      jobs = await queue.fetch(free);
      this.#reached();
    } catch (error) {
      this.#unreachable(error);
      return;
    }
    for (const job of jobs) {
      const work: Work = {
        id: job.id,
        attempt: job.attempt,
        name: job.id,
        runId: undefined,
        dropped: undefined,
        isDelivered: false,
        progress: undefined,
        done: Promise.resolve(),
      };
      this.#work.set(job.id, work);
      work.done = this.#carryOut(work, job.data)
        .catch((error: unknown) => this.#giveBack(work, error))
        .finally(() => {
          // What is handed over is still in the spool, and in hand.
          if (work.dropped === 'handover') return;
          this.#work.delete(job.id);
          this.#wake();
        });
    }
  }

  async #carryOut(work: Work, data: unknown): Promise<void> {
    const { queue, host, onLine } = this.#options;
    const before = await this.#insist(() => queue.begin(work, this.#id, host));
    if (before === undefined) return;
    const crashed = before.filter(({ ending }) => ending === null || ending === 'crash');
    if (crashed.length >= MOST_CRASHES) return this.#giveUp(work, crashed);
    const { job, scenario } = await this.#read(work, data);
    const run = await this.#start(work, job, scenario, before);
    if (run === undefined) return;
    work.runId = run.id;
    onLine(
      `${job.name}: ${work.attempt === 0 ? 'begun' : `attempt ${work.attempt + 1}`}${run.generations > 0 ? `, from generation ${run.generations}` : ''}`,
    );
    // A cancellation may have come while it was being prepared.
    if (work.dropped === 'cancelled' || work.dropped === 'lost')
      await this.#spool.client.invoke('runs.cancel', { runId: run.id });
    const ended = await this.#untilEnded(run.id);
    if (work.dropped === 'handover') return;
    if (work.dropped !== undefined) {
      await this.#forget(run.id);
      await this.#insist(() =>
        queue.end(work, work.dropped === 'cancelled' ? 'cancelled' : 'late', 'the job was taken away'),
      );
      if (work.dropped === 'cancelled') this.#report.cancelled++;
      else this.#report.late++;
      onLine(`${job.name}: ${work.dropped === 'cancelled' ? 'cancelled' : 'given to another worker meanwhile'}`);
      return;
    }
    if (ended.status !== 'finished')
      throw new WorkbenchError('run.failed', ended.statusReason ?? `its process ended it as ${ended.status}`);
    await this.#deliver(work, job, run.id);
  }

  /** Sends the record and completes the job. */
  async #deliver(work: Work, job: Job, runId: number): Promise<void> {
    const { queue, host, onLine } = this.#options;
    work.isDelivered = true;
    const hash = this.#spool.resultHash(runId);
    const bytes = await this.#send(work, runId);
    if (bytes === undefined) return;
    const outcome: JobOutcome = { status: 'finished', resultHash: hash, attempt: work.attempt, host, bytes };
    const isAccepted = await this.#insist(async () => {
      await queue.noteResult(work, hash, bytes);
      const accepted = await queue.complete(work, outcome);
      await queue.end(work, accepted ? 'finished' : 'late', accepted ? undefined : 'another attempt was faster');
      return accepted;
    });
    if (isAccepted === undefined) return;
    await this.#forget(runId);
    if (isAccepted) this.#report.finished++;
    else this.#report.late++;
    onLine(`${job.name}: ${isAccepted ? `finished, ${megabytes(bytes)}` : 'finished, but another attempt was faster'}`);
  }

  /** Sends the record of a run that has ended, as it is; undefined where the worker is to end before. */
  async #send(work: Work, runId: number): Promise<number | undefined> {
    const { queue } = this.#options;
    let bytes = 0;
    for (let seq = 0, cursor: string | undefined; ; seq++) {
      const piece = await this.#spool.client.invoke('runs.exportArchive', {
        runIds: [runId],
        ...(cursor === undefined ? {} : { cursor }),
      });
      if ((await this.#insist(async () => (await queue.putPiece(work, seq, piece.bytes), true))) === undefined)
        return undefined;
      bytes += piece.bytes.byteLength;
      if (piece.next === undefined) return bytes;
      cursor = piece.next;
    }
  }

  /** The job and its scenario, which must be those that its key names. @throws WorkbenchError `queue.badJob` */
  async #read(work: Work, data: unknown): Promise<{ readonly job: Job; readonly scenario: Record<string, unknown> }> {
    let job: Job;
    try {
      job = parseJob(data);
    } catch (cause) {
      throw badJob('it is not of a form that this Tessera knows', cause);
    }
    const text = await this.#options.queue.scenario(job.scenario);
    const scenario: unknown = JSON.parse(text);
    if (typeof scenario !== 'object' || scenario === null || scenarioHash(scenario) !== job.scenario)
      throw badJob('its scenario is not the one that it names');
    const key = runKey({ engineVersion: job.engine, scenario, configuration: job.configuration });
    if (job.engine !== ENGINE_VERSION || key !== job.runKey || jobId(key) !== work.id)
      throw badJob('its key is not that of its contents');
    return { job, scenario: { ...scenario } };
  }

  /** Begins the run, or continues it from what the attempt before has handed over. */
  async #start(
    work: Work,
    { configuration, name }: Job,
    scenario: Record<string, unknown>,
    before: readonly Attempt[],
  ): Promise<RunSummary | undefined> {
    const { client } = this.#spool;
    const handed = before.findLast(({ ending }) => ending === 'handover');
    if (handed !== undefined) {
      const runId = await this.#receive({ id: work.id, attempt: handed.attempt });
      if (runId !== undefined) {
        const { run } = await client.invoke('runs.get', { runId });
        if (run.status !== 'finished') await client.invoke('runs.resume', { runId });
        return run;
      }
    }
    const { run } = await client.invoke('runs.start', { scenario, configuration, name });
    return run;
  }

  /** Takes a run into the spool that was handed over; undefined where it had recorded nothing. */
  async #receive(claim: Claim): Promise<number | undefined> {
    const { client } = this.#spool;
    let importId: string | undefined;
    for await (const bytes of this.#options.queue.pieces(claim)) {
      importId ??= (await client.invoke('runs.importBegin', {})).importId;
      await client.invoke('runs.importPiece', { importId, bytes: new Uint8Array(bytes) });
    }
    if (importId === undefined) return undefined;
    const { runs } = await client.invoke('runs.importEnd', { importId });
    return runs[0]?.id;
  }

  /** A run that ends its workers is ended itself, with where it was tried. */
  async #giveUp(work: Work, crashed: readonly Attempt[]): Promise<void> {
    const hosts = crashed.map(({ host }) => host);
    const said = [...new Set(crashed.map(({ reason }) => reason).filter((reason) => reason !== null))];
    const reason =
      `given up after ${crashed.length} attempts that did not end, on ${hosts.join(', ')}` +
      (said.length === 0 ? ': their workers were ended' : `: ${said.join('; ')}`);
    await this.#insist(async () => {
      await this.#options.queue.complete(work, { status: 'failed', reason, hosts });
      await this.#options.queue.end(work, 'finished', reason);
      return true;
    });
    this.#report.failed++;
    this.#options.onLine(`${work.id}: ${reason}`);
  }

  /** What went wrong here may go well elsewhere: the job is given back, and the attempt counted. */
  async #giveBack(work: Work, error: unknown): Promise<void> {
    const { queue, onLine } = this.#options;
    if (work.dropped === 'handover') return; // the spool was closed meanwhile
    const reason = error instanceof Error ? error.message : String(error);
    onLine(`${work.id}: ${reason}`);
    this.#crashes++;
    if (work.runId !== undefined) await this.#forget(work.runId);
    await this.#insist(async () => {
      await queue.end(work, 'crash', reason);
      return queue.giveBack(work);
    });
  }

  /** SIGTERM: every run records what it has, and goes back into the queue with it. */
  async #handOver(): Promise<void> {
    const { queue, onLine, openSpool } = this.#options;
    const inHand = [...this.#work.values()].filter((work) => work.dropped === undefined && !work.isDelivered);
    for (const work of inHand) work.dropped = 'handover';
    const others = [...this.#work.values()].filter(({ dropped }) => dropped !== 'handover');
    await Promise.all(others.map(({ done }) => done));
    await this.#spool.close();
    this.#leave();
    this.#spool = openSpool();
    for (const [runId, tell] of this.#waiting) tell((await this.#spool.client.invoke('runs.get', { runId })).run);
    await Promise.all(
      inHand.map(async (work) => {
        await work.done;
        const run =
          work.runId === undefined
            ? undefined
            : (await this.#spool.client.invoke('runs.get', { runId: work.runId })).run;
        // Where it was not begun, or has recorded nothing, the next attempt begins it.
        const hasRecord =
          run !== undefined && run.generations > 0 && (run.status === 'interrupted' || run.status === 'finished');
        if (hasRecord) await queue.noteResult(work, null, (await this.#send(work, run.id)) ?? 0);
        await queue.end(
          work,
          'handover',
          this.#options.signal.reason instanceof Error ? this.#options.signal.reason.message : undefined,
        );
        await queue.giveBack(work);
        this.#report.handedOver++;
        onLine(`${run?.name ?? work.name}: handed over${hasRecord ? ` at generation ${run.generations}` : ''}`);
      }),
    );
  }

  /**
   * Tries again while the queue cannot be reached.
   * @returns undefined where the worker is to end before
   */
  async #insist<Result>(call: () => Promise<Result>): Promise<Result | undefined> {
    for (;;) {
      try {
        const result = await call();
        this.#reached();
        return result;
      } catch (error) {
        if (!(error instanceof WorkbenchError) || error.code !== 'queue.unreachable') throw error;
        this.#unreachable(error);
        if (this.#options.signal.aborted) return undefined;
        await new Promise((settle) => setTimeout(settle, AGAIN_MS));
      }
    }
  }

  #subscribe(): void {
    const { client } = this.#spool;
    this.#unsubscribe = [
      client.on('run.changed', ({ run }) => {
        if (!activeStatuses.includes(run.status)) this.#waiting.get(run.id)?.(run);
      }),
      client.on('run.progress', (progress) => {
        for (const work of this.#work.values()) if (work.runId === progress.runId) work.progress = progress;
      }),
    ];
  }

  #leave(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#unsubscribe = [];
  }

  async #untilEnded(runId: number): Promise<RunSummary> {
    const { promise, resolve } = Promise.withResolvers<RunSummary>();
    this.#waiting.set(runId, resolve);
    try {
      const { run } = await this.#spool.client.invoke('runs.get', { runId });
      return activeStatuses.includes(run.status) ? await promise : run;
    } finally {
      this.#waiting.delete(runId);
    }
  }

  #drop(id: string, why: 'cancelled' | 'lost'): void {
    const work = this.#work.get(id);
    if (work === undefined || work.dropped !== undefined) return;
    work.dropped = why;
    if (work.runId === undefined) return;
    void this.#spool.client.invoke('runs.cancel', { runId: work.runId }).catch(() => {}); // it has ended by itself
  }

  async #forget(runId: number): Promise<void> {
    await this.#spool.client.invoke('runs.delete', { runId });
  }

  async #touch(): Promise<void> {
    try {
      for (const { id } of await this.#options.queue.touch([...this.#work.values()])) this.#drop(id, 'lost');
      this.#reached();
    } catch (error) {
      this.#unreachable(error);
    }
  }

  async #tellProgress(): Promise<void> {
    const working: [Work, RunProgress][] = [];
    for (const work of this.#work.values())
      if (work.progress !== undefined && work.dropped === undefined) working.push([work, work.progress]);
    for (const [work] of working) work.progress = undefined;
    await this.#options.queue
      .tellProgress(
        working.map(([{ id, attempt }, { generation, plannedGenerations, best, evaluationsPerS }]) => ({
          id,
          attempt,
          generation,
          plannedGenerations,
          bestFitness: best?.fitness,
          evaluationsPerS,
        })),
      )
      .catch((error: unknown) => this.#unreachable(error));
  }

  async #tellPresence(): Promise<void> {
    const { queue, host, slots, product } = this.#options;
    await queue
      .tellWorker({
        id: this.#id,
        host,
        pid: process.pid,
        slots,
        running: this.#work.size,
        engine: ENGINE_VERSION,
        product,
        load: loadavg()[0] ?? 0,
        freeMemoryMB: Math.round(freemem() / 2 ** 20),
        crashes: this.#crashes,
        note: this.#note ?? null,
      })
      .catch((error: unknown) => this.#unreachable(error));
  }

  #reached(): void {
    if (this.#isUnreachable) this.#options.onLine('the queue is there again');
    this.#isUnreachable = false;
  }

  /** Said once; the runs go on. */
  #unreachable(error: unknown): void {
    if (!this.#isUnreachable)
      this.#options.onLine(`${error instanceof Error ? error.message : String(error)}; trying again`);
    this.#isUnreachable = true;
  }
}

function badJob(why: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError('queue.badJob', `the job cannot be carried out: ${why}`, {
    hint: 'submit the sweep again with the version of Tessera that the workers have',
    cause,
  });
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
