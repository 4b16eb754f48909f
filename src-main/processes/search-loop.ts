/** The search's own loop: steps generation by generation, sends them in batches, and obeys between two generations. */
import { setImmediate } from 'node:timers/promises';
import type { SpaceRun } from '../engine/space-run.ts';
import type { GenerationRecord } from '#shared/domain/generation.ts';
import type { TimedGeneration } from '../store/recorder.ts';
import { packBatch } from './batch.ts';
import type { ExternalCorrespondence } from './external-correspondence.ts';
import { packFront } from './front.ts';
import { SlowEvaluation, type KeptScores, type SlowEvaluator } from './slow-evaluation.ts';
import { BATCH_CREDITS, type SearchCommand, type SearchEvent } from './worker-protocol.ts';

/** A batch is sent when it holds this many generations or new chromosomes, or is this old: small ones die young in both threads' heaps. */
const BATCH_GENERATIONS = 64;
const BATCH_CHROMOSOMES = 1000;
const BATCH_MS = 50;
/** How long an external scheduler may take to end when it is asked to, ms; what it still finds counts. */
const FAREWELL_MS = 2000;
/** What a timer can wait, ms. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;
/** How often the loop listens to commands, ms. */
const LISTEN_MS = 5;

export class SearchLoop {
  readonly #run: SpaceRun;
  readonly #send: (event: SearchEvent) => void;
  /** Monotonic clock, ms. */
  readonly #now: () => number;
  /** In place of the run's own evaluator. */
  readonly #slow: SlowEvaluation | undefined;
  readonly #limitMs: number;
  readonly #outside: Pick<ExternalCorrespondence, 'isOpen' | 'stop' | 'hangUp'> | undefined;
  #credits = BATCH_CREDITS;
  /** The number of chromosomes after each batch that was sent and not confirmed. */
  readonly #unrecorded: number[] = [];
  #paused = false;
  #request: 'cancel' | 'stop' | 'conclude' | undefined;
  #wake: (() => void) | undefined;
  /** Whether something came from outside since the search was last waited for. */
  #hasNews = false;
  #batch: TimedGeneration[] = [];
  #batchChromosomes = 0;
  #batchStartedAt: number;
  /** Time on the clock that does not count as searching. */
  #uncountedMs: number;
  /** Shortest time from one generation to the next, ms. */
  #intervalMs: number;
  /** When the next generation may begin, on the clock. */
  #dueAt: number;

  /**
   * @param elapsedMs time already spent searching, without pauses and without waiting for the pace
   * @param paceGenerationsPerS the most generations a second; undefined: full speed
   * @param slow what scores genomes in place of the run's own evaluator, and what it had scored before an interruption
   * @param limitMs the run is over with the generation in which it has searched for so long; undefined: no limit
   * @param outside the program that the search talks with, if it does
   */
  constructor(
    run: SpaceRun,
    elapsedMs: number,
    send: (event: SearchEvent) => void,
    now: () => number,
    paceGenerationsPerS?: number,
    slow?: { readonly evaluator: SlowEvaluator; readonly kept: KeptScores | undefined },
    limitMs = Number.POSITIVE_INFINITY,
    outside?: Pick<ExternalCorrespondence, 'isOpen' | 'stop' | 'hangUp'>,
  ) {
    this.#run = run;
    this.#outside = outside;
    this.#limitMs = limitMs;
    this.#send = send;
    this.#now = now;
    this.#uncountedMs = now() - elapsedMs;
    this.#batchStartedAt = now();
    this.#intervalMs = intervalOf(paceGenerationsPerS);
    this.#dueAt = now();
    if (slow !== undefined)
      this.#slow = new SlowEvaluation({
        ...slow,
        metricCount: run.space.metricCount,
        keep: (score) => send({ type: 'scored', score }),
        onChange: () => this.#wake?.(),
      });
  }

  obey(command: SearchCommand): void {
    if (command.type === 'credit') this.#credit();
    else if (command.type === 'kept') this.#slow?.confirmKept();
    else if (command.type === 'pause') this.#paused = true;
    else if (command.type === 'resume') this.#paused = false;
    else if (command.type === 'pace') {
      this.#intervalMs = intervalOf(command.generationsPerS);
      this.#dueAt = this.#now();
    } else this.#request ??= command.type;
    this.#wake?.();
  }

  /** Something has come from outside, for a search that may wait for it. */
  hear(): void {
    this.#hasNews = true;
    this.#wake?.();
  }

  /** The oldest batch is recorded. */
  #credit(): void {
    this.#credits++;
    const chromosomes = this.#unrecorded.shift();
    if (chromosomes !== undefined) this.#run.confirmRecorded(chromosomes);
  }

  /** Runs until the search is over or told to end. */
  async run(): Promise<void> {
    const { plannedGenerations } = this.#run;
    this.#send({
      type: 'started',
      plannedGenerations: Number.isFinite(plannedGenerations) ? plannedGenerations : undefined,
    });
    try {
      await this.#search();
      await this.#takeLeave();
    } catch (error) {
      await this.#flush(); // what was found before it failed is kept
      throw error;
    }
    const elapsedMs = this.#now() - this.#uncountedMs;
    await this.#flush();
    const by = this.#request === undefined || this.#request === 'conclude' ? 'itself' : this.#request;
    this.#send({ type: 'ended', by, elapsedMs, conclusion: this.#run.conclusion });
  }

  async #search(): Promise<void> {
    let listenedAt = this.#now();
    while (this.#request === undefined) {
      if (this.#paused) {
        await this.#pause();
        continue;
      }
      if (this.#dueAt > this.#now()) {
        await this.#waitUntilDue();
        continue;
      }
      if (this.#now() - this.#uncountedMs >= this.#limitMs) break;
      const record = this.#slow === undefined ? this.#run.stepOrWait() : await this.#slowStep(this.#slow);
      if (record === undefined) break;
      if (record === 'waits') {
        await this.#waitUntil(this.#uncountedMs + this.#limitMs);
        continue;
      }
      const now = this.#now();
      this.#dueAt = Math.max(now, this.#dueAt + this.#intervalMs);
      this.#add(record);
      if (
        this.#slow !== undefined ||
        this.#batch.length >= BATCH_GENERATIONS ||
        this.#batchChromosomes >= BATCH_CHROMOSOMES ||
        now - this.#batchStartedAt >= BATCH_MS
      )
        await this.#flush();
      if (now - listenedAt >= LISTEN_MS) {
        await setImmediate();
        listenedAt = this.#now();
      }
    }
  }

  #add(record: GenerationRecord): void {
    this.#batch.push({ record, elapsedMs: this.#now() - this.#uncountedMs });
    this.#batchChromosomes += record.newChromosomes.ids.length;
  }

  /** Asks a program outside to end and takes what it still finds. Its starter ends it afterwards. */
  async #takeLeave(): Promise<void> {
    const outside = this.#outside;
    if (outside === undefined || !outside.isOpen) return;
    outside.stop();
    const until = this.#now() + FAREWELL_MS;
    while (outside.isOpen && this.#now() < until) {
      const record = this.#run.stepOrWait();
      if (record === undefined) outside.hangUp();
      if (record === undefined || record === 'waits') await this.#waitUntil(until);
      else this.#add(record);
    }
    for (
      let record = this.#run.stepOrWait();
      record !== undefined && record !== 'waits';
      record = this.#run.stepOrWait()
    )
      this.#add(record);
  }

  /** Sends what has gathered, then waits for something from outside or a command, no longer than to `until` on the clock. */
  async #waitUntil(until: number): Promise<void> {
    await this.#flush(); // which may let news in
    if (!this.#hasNews && this.#request === undefined) {
      const waitMs = until - this.#now();
      const timer = waitMs < LONGEST_WAIT_MS ? setTimeout(() => this.#wake?.(), Math.max(0, waitMs)) : undefined;
      await this.#nextCommand();
      clearTimeout(timer);
    }
    this.#hasNews = false;
  }

  /** The next generation with scores that take long; undefined when the run is over, or in the middle of one when it is told to end. */
  async #slowStep(slow: SlowEvaluation): Promise<GenerationRecord | undefined> {
    for (let turn = this.#run.next(); turn !== undefined; turn = this.#run.next()) {
      if ('generation' in turn) return turn.generation;
      if ('waits' in turn) throw new Error('a search that waits for something outside has no slow evaluator');
      slow.begin(turn.evaluate);
      let scores = slow.scores;
      while (scores === undefined) {
        if (this.#request !== undefined) {
          slow.abort();
          return undefined;
        }
        if (!this.#paused) slow.askForMore();
        else if (slow.underWay === 0) {
          await this.#pause(); // what is under way when a person pauses is paid for: it is waited for
          continue;
        }
        await this.#nextCommand();
        ({ scores } = slow);
      }
      this.#run.supply(scores);
    }
    return undefined;
  }

  /** Sends what has gathered, once there is a credit for it. */
  async #flush(): Promise<void> {
    this.#batchStartedAt = this.#now();
    if (this.#batch.length === 0) return;
    while (this.#credits === 0) await this.#nextCommand();
    this.#credits--;
    const { best, front } = this.#run;
    if (best === undefined) throw new Error('a generation has no best chromosome');
    const state = this.#run.saveState();
    this.#unrecorded.push(state.chromosomes);
    this.#send({
      type: 'batch',
      batch: packBatch(this.#batch),
      state,
      best,
      front: front === undefined ? undefined : packFront(front),
    });
    this.#batch = [];
    this.#batchChromosomes = 0;
    this.#batchStartedAt = this.#now();
  }

  /** Sends what has gathered, then waits for the next generation's turn or for a command. The wait does not count as searching. */
  async #waitUntilDue(): Promise<void> {
    await this.#flush();
    const from = this.#now();
    const waitMs = this.#dueAt - from;
    if (waitMs <= 0) return;
    const command = this.#nextCommand();
    const timer = setTimeout(() => this.#wake?.(), waitMs);
    await command;
    clearTimeout(timer);
    this.#uncountedMs += this.#now() - from;
  }

  async #pause(): Promise<void> {
    const pausedAt = this.#now();
    await this.#flush();
    this.#send({ type: 'paused' });
    while (this.#paused && this.#request === undefined) await this.#nextCommand();
    this.#uncountedMs += this.#now() - pausedAt;
    this.#batchStartedAt = this.#now();
    if (!this.#paused) this.#send({ type: 'resumed' });
  }

  #nextCommand(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }
}

function intervalOf(generationsPerS: number | undefined): number {
  return generationsPerS === undefined ? 0 : 1000 / generationsPerS;
}
