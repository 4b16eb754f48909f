/** The runs that wait for their turn, in their order, and the news of it. */
import type { Execution } from '../../processes/protocol.ts';

/** Changes of the queue that follow each other closely are sent together, ms. */
const NEWS_AFTER_MS = 50;

export interface QueuedRun {
  readonly runId: number;
  /** Continue from the checkpoint. */
  readonly resume: boolean;
  readonly execution: Execution;
}

export class RunQueue {
  #waiting: readonly QueuedRun[] = [];
  #news: ReturnType<typeof setTimeout> | undefined;
  readonly #onChange: (runIds: readonly number[]) => void;

  /** @param onChange called with all queued runs once the changes of a moment are made */
  constructor(onChange: (runIds: readonly number[]) => void) {
    this.#onChange = onChange;
  }

  get length(): number {
    return this.#waiting.length;
  }

  add(run: QueuedRun): void {
    this.#set([...this.#waiting, run]);
  }

  /** The place of a run, from 1; undefined where it does not wait. */
  placeOf(runId: number): number | undefined {
    const index = this.#waiting.findIndex((queued) => queued.runId === runId);
    return index < 0 ? undefined : index + 1;
  }

  has(runId: number): boolean {
    return this.placeOf(runId) !== undefined;
  }

  /** The first run that `canStart`. */
  first(canStart: (run: QueuedRun) => boolean): QueuedRun | undefined {
    return this.#waiting.find(canStart);
  }

  /** Takes a run out; undefined where it does not wait. */
  take(runId: number): QueuedRun | undefined {
    const found = this.first((queued) => queued.runId === runId);
    if (found !== undefined) this.#set(this.#waiting.filter((queued) => queued !== found));
    return found;
  }

  /** Lets a run start next; false where it does not wait. */
  moveToFront(runId: number): boolean {
    const found = this.first((queued) => queued.runId === runId);
    if (found !== undefined) this.#set([found, ...this.#waiting.filter((queued) => queued !== found)]);
    return found !== undefined;
  }

  /** Changes how a run that waits is to be carried out; its place stays. */
  change(runId: number, changed: (run: QueuedRun) => QueuedRun): void {
    this.#waiting = this.#waiting.map((queued) => (queued.runId === runId ? changed(queued) : queued));
  }

  /** Empties the queue without news; returns the runs that waited. */
  close(): number[] {
    const left = this.#waiting.map(({ runId }) => runId);
    this.#waiting = [];
    clearTimeout(this.#news);
    return left;
  }

  #set(waiting: readonly QueuedRun[]): void {
    this.#waiting = waiting;
    this.#news ??= setTimeout(() => {
      this.#news = undefined;
      this.#onChange(this.#waiting.map(({ runId }) => runId));
    }, NEWS_AFTER_MS).unref();
  }
}
