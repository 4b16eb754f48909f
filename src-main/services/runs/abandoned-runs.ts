/** Marks the runs of instances that have died as interrupted: at once, and again and again while this one lives. */
import type { Logger } from 'pino';
import { isQueueOwner } from '../../store/remote-repository.ts';
import { isOwnerAlive } from '../../store/owner-lock.ts';
import type { RunRecord } from '../../store/record.ts';

/** How often other instances are looked for, ms. */
const LOOK_MS = 2000;

export interface AbandonedRunsOptions {
  readonly record: Pick<RunRecord, 'path' | 'runs'>;
  /** This instance's name in the `owner` column. */
  readonly owner: string;
  readonly onInterrupted: (runId: number) => void;
  /** Whether the database is still where it was. */
  readonly isRecordThere: () => boolean;
  readonly log: Logger;
  /** Unix time, ms. */
  readonly now: () => number;
}

export class AbandonedRuns {
  readonly #options: AbandonedRunsOptions;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: AbandonedRunsOptions) {
    this.#options = options;
  }

  /** Interrupts those there are, and goes on looking until it is stopped. */
  watch(): void {
    this.interrupt();
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Interrupts the runs of dead instances. */
  interrupt(): void {
    const { record, owner: own, onInterrupted, now } = this.#options;
    for (const owner of record.runs.activeOwners()) {
      if (owner === own || isQueueOwner(owner) || (owner !== undefined && isOwnerAlive(record.path, owner))) continue;
      const ids = record.runs.interruptRunsOf(owner, 'the application ended while it was under way', now());
      for (const id of ids) onInterrupted(id);
    }
  }

  /** Nobody waits for what a timer does: a failure is logged, and the next look is another try. */
  #look(): void {
    if (!this.#options.isRecordThere()) return;
    try {
      this.interrupt();
    } catch (error) {
      this.#options.log.error({ err: error }, 'could not look for runs of instances that are gone');
    }
  }
}
