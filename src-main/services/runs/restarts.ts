/** Starting runs again whose process died: after growing waits, and so many times only (DESIGN §4). */

/**
 * Before the first, second and third restart, ms. A process killed for lack of memory gets a longer pause each time.
 */
export const RESTART_WAITS_MS: readonly number[] = [2000, 4000, 8000];

interface Planned {
  readonly timer: NodeJS.Timeout;
  /** Unix time, ms. */
  readonly at: number;
}

export class Restarts {
  readonly #waitsMs: readonly number[];
  readonly #now: () => number;
  /** By run: restarts since a person started or resumed it. */
  readonly #used = new Map<number, number>();
  readonly #planned = new Map<number, Planned>();

  /** @param waitsMs one for each restart that a run gets. @param now Unix time, ms */
  constructor(waitsMs: readonly number[], now: () => number) {
    this.#waitsMs = waitsMs;
    this.#now = now;
  }

  /** Whether the run gets another one. */
  areLeft(runId: number): boolean {
    return this.used(runId) < this.#waitsMs.length;
  }

  /** Calls `restart` after the wait that is next for this run. One must be left. */
  plan(runId: number, restart: () => void): void {
    const used = this.used(runId);
    const waitMs = this.#waitsMs[used] ?? 0;
    this.#used.set(runId, used + 1);
    const timer = setTimeout(() => {
      this.#planned.delete(runId);
      restart();
    }, waitMs);
    this.#planned.set(runId, { timer, at: this.#now() + waitMs });
  }

  /** When the run is started again, Unix time in ms; undefined when that is not planned. */
  plannedAt(runId: number): number | undefined {
    return this.#planned.get(runId)?.at;
  }

  /** Restarts since a person started or resumed the run. */
  used(runId: number): number {
    return this.#used.get(runId) ?? 0;
  }

  /** Drops what is planned for the run; false when nothing was. */
  drop(runId: number): boolean {
    clearTimeout(this.#planned.get(runId)?.timer);
    return this.#planned.delete(runId);
  }

  /** A person has taken the run in hand, or it has ended: it has all its restarts again. */
  forget(runId: number): void {
    this.drop(runId);
    this.#used.delete(runId);
  }

  /** Returns the runs that would have been started again. */
  dropAll(): number[] {
    return [...this.#planned.keys()].filter((runId) => this.drop(runId));
  }
}
