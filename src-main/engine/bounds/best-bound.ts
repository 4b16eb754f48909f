/**
 * The best lower bound of the makespan that is known for a problem, method by method: first what is there at once, then intervals of work
 * (`EnergeticBound`), then the integer program without an order. A generator: it works in slices, says after each what it has proven so
 * far, and can be left at any time. Given the same answers to `bestMs`, it always proves the same.
 */
import { certainProblem } from '#shared/analysis/certain-problem.ts';
import { EnergeticBound } from '#shared/analysis/energetic-bound.ts';
import { bestKnownBound, distanceFrom, hasBounds, quickBound } from '#shared/analysis/makespan-bound.ts';
import type { BoundMethod, MakespanBound } from '#shared/domain/run.ts';
import { referenceMetrics } from '#shared/scheduling/npu-first.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { canRelax, relaxationBoundMs } from './relaxation-bound.ts';

/** Raised when the same problem would be given another bound than before: what is kept from earlier no longer counts then. */
export const BOUND_VERSION = 3;

/** How far the work is. */
export interface BoundSoFar {
  /** Undefined where nothing is proven, because no layer takes any time. */
  readonly bound: MakespanBound | undefined;
  /** Nothing more would come, unless a better schedule is found. */
  readonly isComplete: boolean;
}

export class BoundSearch {
  private readonly problem: Problem;
  private readonly bestMs: () => number;
  private readonly energetic: EnergeticBound;
  private bound: MakespanBound | undefined;
  private hasRelaxed = false;

  /**
   * @param bestMs makespan of the best schedule that is known by now, Infinity before the first; asked again and again
   * @param known a bound of the problem from before
   */
  constructor(problem: Problem, bestMs: () => number, known?: MakespanBound) {
    this.problem = certainProblem(problem);
    this.bestMs = bestMs;
    this.bound = bestKnownBound(quickBound(problem), known);
    this.energetic = new EnergeticBound(problem, undefined, this.bound?.makespanMs);
    if (hasBounds(problem)) this.raise('energetic', this.energetic.makespanMs);
  }

  /** Whether `work` has nothing left to do for the schedules known by now. */
  get isComplete(): boolean {
    return this.bound === undefined || this.isProven || (this.hasRelaxed && this.energetic.isDone(this.bestMs()));
  }

  get soFar(): BoundSoFar {
    return { bound: this.bound, isComplete: this.isComplete };
  }

  /** Yields every few milliseconds, but for the integer program, which takes seconds at a time; `loadSolver` comes first. */
  *work(): Generator<BoundSoFar, BoundSoFar> {
    while (!this.isComplete) {
      for (const makespanMs of this.energetic.narrow(this.bestMs)) {
        this.raise('energetic', makespanMs);
        yield { bound: this.bound, isComplete: false };
        if (this.isProven) return this.soFar;
      }
      this.raise('energetic', this.energetic.makespanMs);
      if (!this.hasRelaxed && !this.isProven) this.relax();
    }
    return this.soFar;
  }

  private relax(): void {
    this.hasRelaxed = true;
    if (!canRelax(this.problem)) return;
    const horizonMs = Math.min(this.bestMs(), referenceMetrics(this.problem).makespanMs);
    const makespanMs = relaxationBoundMs(this.problem, horizonMs);
    this.raise('relaxation', makespanMs);
    this.energetic.raise(makespanMs);
  }

  private get isProven(): boolean {
    return this.bound !== undefined && distanceFrom(this.bound, this.bestMs()).isProven;
  }

  private raise(method: BoundMethod, makespanMs: number): void {
    if (this.bound !== undefined && makespanMs > this.bound.makespanMs * (1 + WORTH_SAYING))
      this.bound = { ...this.bound, makespanMs, method };
  }
}

/** Share by which a method must be better than another to be named in its place. */
const WORTH_SAYING = 1e-9;

/** The bound that all methods together prove, at one go: for seconds. @param bestMs as of `BoundSearch`; `loadSolver` comes first */
export function thoroughBound(problem: Problem, bestMs = Number.POSITIVE_INFINITY): MakespanBound | undefined {
  const search = new BoundSearch(problem, () => bestMs);
  const steps = search.work();
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value.bound;
}
