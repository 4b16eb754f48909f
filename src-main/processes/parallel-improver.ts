/**
 * Improves the starts and children of a search on several threads where that is faster. Which thread improves one changes no bit of it, and so
 * nothing in the course of the search.
 */
import {
  ISLANDS,
  type Improved,
  type Improvement,
  type ImprovementPool,
  type Improver,
} from '../engine/improvement/improvement.ts';
import {
  allocateSharedImprovements,
  SharedImprovements,
  type SharedImprovementsMemory,
} from './shared-improvements.ts';

/** Helpers are called once rounds of several have taken this long: starting one takes as much. */
const WORTH_HELPERS_MS = 30;

export interface ParallelImproverOptions {
  readonly improver: Improver;
  /** Of the problem. */
  readonly tasks: number;
  /** How many threads may improve, this one included. */
  readonly threads: number;
  /** Starts `threads − 1` threads that help with the work in this memory, sooner or later; called at most once. */
  readonly callHelpers: (memory: SharedImprovementsMemory, threads: number) => void;
  /** Monotonic clock, ms. */
  readonly now: () => number;
  readonly worthHelpersMs?: number;
}

export class ParallelImprover implements ImprovementPool {
  readonly #options: ParallelImproverOptions;
  #shared: SharedImprovements | undefined;
  #aloneMs = 0;

  constructor(options: ParallelImproverOptions) {
    this.#options = options;
  }

  /** Threads that help at present. */
  get helpers(): number {
    return this.#shared?.helpers ?? 0;
  }

  improve(improvements: readonly Improvement[]): readonly Improved[] {
    const { improver, now } = this.#options;
    if (this.#shared !== undefined && this.helpers > 0 && improvements.length > 1)
      return this.#shared.improve(improvements);
    const started = now();
    const improved = improver.improve(improvements);
    if (improvements.length > 1) this.#aloneMs += now() - started;
    this.#callHelpers();
    return improved;
  }

  #callHelpers(): void {
    const { tasks, threads, improver, callHelpers, worthHelpersMs = WORTH_HELPERS_MS } = this.#options;
    const most = Math.min(threads, ISLANDS);
    if (this.#shared !== undefined || most < 2 || this.#aloneMs <= worthHelpersMs) return;
    const memory = allocateSharedImprovements(tasks, ISLANDS);
    this.#shared = new SharedImprovements(memory, improver);
    callHelpers(memory, most);
  }
}
