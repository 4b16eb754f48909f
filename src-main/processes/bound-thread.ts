/**
 * The thread that proves a lower bound while a search runs, as the run process's main thread starts, informs and ends
 * it.
 */
import { Worker } from 'node:worker_threads';
import type { ErrorPayload } from '#shared/domain/errors.ts';
import type { MakespanBound } from '#shared/domain/run.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import type { GeneSelection } from '#shared/domain/scheduler.ts';
import type { BoundSoFar } from '../engine/bounds/best-bound.ts';
import { entryPath } from './entries.ts';
import { errorPayloadOf } from './error-payload.ts';

/** What it is started with. */
export interface BoundTask {
  readonly scenario: ResolvedScenario;
  readonly genes: GeneSelection;
  /** A bound from before. */
  readonly known: MakespanBound | undefined;
  /** Makespan of the best schedule so far, ms; Infinity: none yet. */
  readonly bestMs: number;
}

export interface BestSoFarMessage {
  readonly bestMs: number;
}

export type BoundEvent =
  | ({ readonly type: 'bound' } & BoundSoFar)
  | { readonly type: 'failed'; readonly error: ErrorPayload };

export class BoundThread {
  readonly #worker: Worker;
  #isOver = false;

  /** @param onFailure called at most once: the search needs no bound, so it goes on */
  constructor(task: BoundTask, onBound: (soFar: BoundSoFar) => void, onFailure: (error: ErrorPayload) => void) {
    const fail = (error: ErrorPayload): void => {
      if (this.#isOver) return;
      this.#isOver = true;
      onFailure(error);
    };
    this.#worker = new Worker(entryPath('bound-worker'), { workerData: task, name: 'bound' });
    this.#worker.on('message', (event: BoundEvent) => {
      if (this.#isOver) return;
      if (event.type === 'failed') fail(event.error);
      else onBound(event);
    });
    this.#worker.on('error', (error) => fail(errorPayloadOf(error)));
  }

  /** A schedule of `bestMs` was found. */
  tell(bestMs: number): void {
    if (!this.#isOver) this.#worker.postMessage({ bestMs } satisfies BestSoFarMessage);
  }

  end(): void {
    this.#isOver = true;
    void this.#worker.terminate();
  }
}
