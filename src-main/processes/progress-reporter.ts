/** Turns recorded generations into progress events: coalesced to at most ten a second, with a rate and an estimate. */
import { seriesOf } from '#shared/contract/generation-series.ts';
import type { RunProgress } from '#shared/contract/shapes.ts';
import type { StopConditions } from '#shared/domain/scheduler.ts';
import type { TimedGeneration } from '../store/recorder.ts';

/** Between two progress events, ms. */
const INTERVAL_MS = 100;
/** The rate is an average over this much search time, ms. */
const WINDOW_MS = 3000;

export type BestSoFar = NonNullable<RunProgress['best']>;

interface Point {
  readonly elapsedMs: number;
  readonly evaluations: number;
  readonly generations: number;
}

export class ProgressReporter {
  readonly #runId: number;
  readonly #report: (progress: RunProgress) => void;
  /** Monotonic clock, ms. */
  readonly #now: () => number;
  #plannedGenerations = 0;
  readonly #stop: StopConditions;
  #paceGenerationsPerS: number | undefined;
  #unreported: TimedGeneration[] = [];
  /** Whether there is something to report. */
  #isStale = false;
  #best: BestSoFar | undefined;
  /** What the search itself says of how far it is. */
  #note: { readonly text: string; readonly done: number | undefined } | undefined;
  #window: Point[];
  #reportedAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param from where the search is: all zero for a new run
   * @param paceGenerationsPerS the most generations a second; undefined: full speed
   * @param stop limits that may end the run before its plan does
   */
  constructor(
    runId: number,
    from: Point,
    report: (progress: RunProgress) => void,
    now: () => number,
    paceGenerationsPerS?: number,
    stop: StopConditions = {},
  ) {
    this.#stop = stop;
    this.#paceGenerationsPerS = paceGenerationsPerS;
    this.#runId = runId;
    this.#window = [from];
    this.#report = report;
    this.#now = now;
  }

  plan(generations: number): void {
    this.#plannedGenerations = generations;
  }

  /** The rate of before says nothing of what comes. */
  pace(generationsPerS: number | undefined): void {
    this.#paceGenerationsPerS = generationsPerS;
    this.#window = this.#window.slice(-1);
  }

  /** What the search says of how far it is; a share takes the place of what is expected otherwise. @param done share, 0…1 */
  note(text: string, done: number | undefined): void {
    this.#note = { text, done };
    this.#reportSoon();
  }

  /** Takes the generations of a batch; reports them now or soon. */
  add(generations: readonly TimedGeneration[], best: BestSoFar | undefined): void {
    this.#best = best;
    for (const generation of generations) {
      this.#unreported.push(generation);
      this.#window.push({
        elapsedMs: generation.elapsedMs,
        evaluations: generation.record.evaluations,
        generations: generation.record.index + 1,
      });
    }
    this.#trimWindow();
    if (this.#unreported.length > 0) this.#reportSoon();
  }

  #reportSoon(): void {
    this.#isStale = true;
    if (this.#timer !== undefined) return;
    const waitMs = this.#reportedAt + INTERVAL_MS - this.#now();
    if (waitMs <= 0) this.flush();
    else this.#timer = setTimeout(() => this.flush(), waitMs);
  }

  /** The least time from one generation to the next at this pace, ms. */
  get #shortestMs(): number {
    return this.#paceGenerationsPerS === undefined ? 0 : 1000 / this.#paceGenerationsPerS;
  }

  /** Reports whatever is not reported yet. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#isStale) return;
    this.#isStale = false;
    this.#reportedAt = this.#now();
    const first = this.#window[0];
    const last = this.#window[this.#window.length - 1];
    const doneInWindow = last.generations - first.generations;
    // Waiting for the pace is not search time, but a person who watches waits as well.
    const windowMs = Math.max(last.elapsedMs - first.elapsedMs, doneInWindow * this.#shortestMs);
    const expected = this.#expectedGenerations(last);
    const remaining = Math.max(0, expected - last.generations);
    this.#report({
      runId: this.#runId,
      generation: last.generations - 1,
      ...(Number.isFinite(expected) ? { plannedGenerations: expected } : {}),
      evaluations: last.evaluations,
      elapsedMs: last.elapsedMs,
      evaluationsPerS: windowMs > 0 ? ((last.evaluations - first.evaluations) / windowMs) * 1000 : 0,
      ...(Number.isFinite(expected) && windowMs > 0 && doneInWindow > 0
        ? { etaMs: (remaining * windowMs) / doneInWindow }
        : {}),
      ...(this.#paceGenerationsPerS === undefined ? {} : { paceGenerationsPerS: this.#paceGenerationsPerS }),
      ...(this.#best === undefined ? {} : { best: this.#best }),
      ...(this.#note === undefined ? {} : { note: this.#note.text }),
      series: seriesOf(last.generations - this.#unreported.length, this.#unreported),
    });
    this.#unreported = [];
  }

  /** As many as are planned, or as a limit of time or evaluations allows at the speed so far. */
  #expectedGenerations({ elapsedMs, evaluations, generations }: Point): number {
    const { timeMs = Infinity, evaluations: most = Infinity } = this.#stop;
    const share = this.#note?.done ?? Math.max(elapsedMs / timeMs, evaluations / most);
    const allowed = share > 0 ? Math.ceil(generations / Math.min(1, share)) : Infinity;
    return Math.min(this.#plannedGenerations, allowed);
  }

  /** Keeps the last point before the window, so that the window is never empty. */
  #trimWindow(): void {
    const start = this.#window[this.#window.length - 1].elapsedMs - WINDOW_MS;
    const firstInside = this.#window.findIndex((point) => point.elapsedMs >= start);
    if (firstInside > 1) this.#window.splice(0, firstInside - 1);
  }
}
