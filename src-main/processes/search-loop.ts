/** The search's own loop: steps generation by generation, sends them in batches, and obeys between two generations. */
import { setImmediate } from 'node:timers/promises';
import type { SearchRun } from '../engine/run-search.ts';
import type { TimedGeneration } from '../store/recorder.ts';
import { packBatch } from './batch.ts';
import { packFront } from './front.ts';
import { BATCH_CREDITS, type SearchCommand, type SearchEvent } from './worker-protocol.ts';

/** A batch is sent when it holds this many generations or new chromosomes, or is this old: small ones die young in both threads' heaps. */
const BATCH_GENERATIONS = 64;
const BATCH_CHROMOSOMES = 1000;
const BATCH_MS = 50;
/** How often the loop listens to commands, ms. */
const LISTEN_MS = 5;

export class SearchLoop {
  readonly #run: SearchRun;
  readonly #send: (event: SearchEvent) => void;
  /** Monotonic clock, ms. */
  readonly #now: () => number;
  #credits = BATCH_CREDITS;
  /** The number of chromosomes after each batch that was sent and not confirmed. */
  readonly #unrecorded: number[] = [];
  #paused = false;
  #request: 'cancel' | 'stop' | undefined;
  #wake: (() => void) | undefined;
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
   */
  constructor(run: SearchRun, elapsedMs: number, send: (event: SearchEvent) => void, now: () => number, paceGenerationsPerS?: number) {
    this.#run = run;
    this.#send = send;
    this.#now = now;
    this.#uncountedMs = now() - elapsedMs;
    this.#batchStartedAt = now();
    this.#intervalMs = intervalOf(paceGenerationsPerS);
    this.#dueAt = now();
  }

  obey(command: SearchCommand): void {
    if (command.type === 'credit') this.#credit();
    else if (command.type === 'pause') this.#paused = true;
    else if (command.type === 'resume') this.#paused = false;
    else if (command.type === 'pace') {
      this.#intervalMs = intervalOf(command.generationsPerS);
      this.#dueAt = this.#now();
    } else this.#request ??= command.type;
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
    this.#send({ type: 'started', plannedGenerations: this.#run.plannedGenerations });
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
      const record = this.#run.step();
      if (record === undefined) break;
      const now = this.#now();
      this.#dueAt = Math.max(now, this.#dueAt + this.#intervalMs);
      this.#batch.push({ record, elapsedMs: now - this.#uncountedMs });
      this.#batchChromosomes += record.newChromosomes.length;
      if (this.#batch.length >= BATCH_GENERATIONS || this.#batchChromosomes >= BATCH_CHROMOSOMES || now - this.#batchStartedAt >= BATCH_MS) await this.#flush();
      if (now - listenedAt >= LISTEN_MS) {
        await setImmediate();
        listenedAt = this.#now();
      }
    }
    const elapsedMs = this.#now() - this.#uncountedMs;
    await this.#flush();
    this.#send({ type: 'ended', by: this.#request ?? 'itself', elapsedMs, makespanBoundMs: this.#run.makespanBoundMs });
  }

  /** Sends what has gathered, once there is a credit for it. */
  async #flush(): Promise<void> {
    this.#batchStartedAt = this.#now();
    if (this.#batch.length === 0) return;
    while (this.#credits === 0) await this.#nextCommand();
    this.#credits--;
    const { front } = this.#run;
    const state = this.#run.saveState();
    this.#unrecorded.push(state.chromosomes);
    this.#send({ type: 'batch', batch: packBatch(this.#batch), state, front: front === undefined ? undefined : packFront(front) });
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
