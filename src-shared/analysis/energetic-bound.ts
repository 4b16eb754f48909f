/**
 * The highest horizon that heads, tails and the work in intervals refute, by bisection: a lower bound of the makespan, and of the response
 * of an application by itself. It is a generator: it works in slices of a few milliseconds, says what it has proven so far after each,
 * and can be left at any time. The same calls always give the same values.
 */
import { mayDrop } from '../scheduling/compile-streams.ts';
import type { Problem } from '../scheduling/problem.ts';
import { EnergeticTest } from './energetic-test.ts';
import { certainProblem } from './certain-problem.ts';
import { possibleDurations } from './fastest-choices.ts';
import { responseBounds, shortestWaits } from './response-bounds.ts';
import { instancesOf, MARGIN, TimeWindows, type Instance, type SavedWindows } from './time-windows.ts';

/** Share of the bound to which bisection goes on. */
const PRECISION = 1e-4;
/** Share by which a horizon that is to prove a schedule optimal lies below it: half of what counts as none (`PROVEN_TOLERANCE`). */
const JUST_BELOW = 5e-10;
/** First step above the bound where no schedule is known. */
const FIRST_STEP = 0.01;

/** Everything that is known between two tests. */
export class EnergeticBound {
  private readonly windows: TimeWindows;
  private readonly test: EnergeticTest;
  private readonly quantumMs: number | undefined;
  /** Hold for every horizon up to `openMs`. */
  private base: SavedWindows;
  private lowMs: number;
  /** The lowest horizon that could not be refuted. */
  private openMs = Number.POSITIVE_INFINITY;

  /** @param instances default: those that run in every schedule of the problem @param fromMs a bound that is known already */
  constructor(given: Problem, instances?: readonly Instance[], fromMs = 0) {
    const problem = instances === undefined ? certainProblem(given) : given;
    this.windows = new TimeWindows(problem, instances ?? instancesOf(problem));
    this.test = new EnergeticTest(this.windows);
    // Of what runs besides, too: it decides when others end.
    this.quantumMs = quantumOf(given);
    this.windows.propagate();
    this.base = this.windows.save();
    this.lowMs = Math.max(fromMs, this.windows.earliestFinish() * (1 - MARGIN));
  }

  /** No schedule ends earlier, ms; a little below the truth, for rounding. */
  get makespanMs(): number {
    const { quantumMs, lowMs } = this;
    if (quantumMs === undefined) return lowMs;
    return Math.max(lowMs, Math.ceil(lowMs / quantumMs - QUANTUM_MARGIN) * quantumMs * (1 - MARGIN));
  }

  /** What another method has proven, ms. */
  raise(makespanMs: number): void {
    this.lowMs = Math.max(this.lowMs, makespanMs);
  }

  /** Whether `narrow` has nothing left to find below a schedule of `bestMs`. */
  isDone(bestMs: number): boolean {
    return this.nextHorizon(bestMs) === undefined;
  }

  /**
   * Raises the bound as far as it goes. Yields the bound so far, ms.
   * @param bestMs makespan of the best schedule that is known, asked before each test; Infinity: none is
   */
  *narrow(bestMs: () => number): Generator<number, number> {
    for (let horizonMs = this.nextHorizon(bestMs()); horizonMs !== undefined; horizonMs = this.nextHorizon(bestMs()))
      yield* this.tryOut(horizonMs);
    return this.makespanMs;
  }

  /** First what would prove the best schedule optimal, then halfway between what is refuted and what is not. */
  private nextHorizon(bestMs: number): number | undefined {
    const goalMs = this.horizonBelow(bestMs);
    if (goalMs >= this.openMs) return this.horizonBetween(this.makespanMs, this.openMs);
    return goalMs > this.makespanMs ? goalMs : undefined;
  }

  private *tryOut(horizonMs: number): Generator<number, void> {
    this.windows.load(this.base);
    const test = this.test.refutes(horizonMs);
    for (let step = test.next(); ; step = test.next()) {
      if (step.done === true) {
        if (step.value) this.lowMs = Math.max(this.lowMs, horizonMs);
        else {
          this.openMs = horizonMs;
          this.base = this.windows.save();
        }
        yield this.makespanMs;
        return;
      }
      yield this.makespanMs;
    }
  }

  /** The horizon whose refutation proves a schedule of `bestMs` optimal. */
  private horizonBelow(bestMs: number): number {
    const { quantumMs } = this;
    return quantumMs === undefined
      ? bestMs * (1 - JUST_BELOW)
      : Math.min(bestMs * (1 - JUST_BELOW), bestMs - quantumMs / 2);
  }

  /** The next horizon worth a test between a bound and one that could not be refuted; undefined: they are close enough. */
  private horizonBetween(lowMs: number, openMs: number): number | undefined {
    const width = Math.max(lowMs * PRECISION, this.quantumMs ?? 0);
    if (openMs - lowMs <= width || !(lowMs > 0)) return undefined;
    return Number.isFinite(openMs) ? (lowMs + openMs) / 2 : lowMs * (1 + FIRST_STEP) + width;
  }
}

/**
 * [A] the least response of any instance of each application, ms: as `responseBounds`, and by the work of the instance in intervals.
 * For seconds with hundreds of tasks: not in a window's own thread.
 */
export function leastResponses(problem: Problem): Float64Array {
  const waits = shortestWaits(problem);
  return responseBounds(problem).map((quickMs, application) => {
    const alone = new EnergeticBound(
      problem,
      [{ application, releaseMs: 0 }],
      Math.max(0, quickMs - waits[application]),
    );
    for (const steps = alone.narrow(() => Number.POSITIVE_INFINITY); steps.next().done !== true;);
    return Math.max(quickMs, alone.makespanMs * (1 - MARGIN) + waits[application]);
  });
}

/** The mean response over all instances that none can beat, ms. @param leastMs [A] of each application */
export function leastMeanResponse(problem: Problem, leastMs: ArrayLike<number>): number {
  const { instanceApplication } = problem;
  // Which instances run, and so how many of each application, depends on the schedule.
  if (mayDrop(problem))
    return instanceApplication.reduce(
      (least, application) => Math.min(least, leastMs[application]),
      Number.POSITIVE_INFINITY,
    );
  return instanceApplication.reduce((sum, application) => sum + leastMs[application], 0) / instanceApplication.length;
}

/** Share of a quantum by which a sum may be off. */
const QUANTUM_MARGIN = 1e-6;
/** Times are looked at in millionths of a millisecond; with finer ones there is no quantum. */
const GRAINS_PER_MS = 1e6;

/**
 * The largest time of which every duration, transfer, release and tick is a multiple, ms: so is every makespan, because what is dispatched
 * starts when something ends, arrives or is released. Undefined where there is none that would say anything.
 */
export function quantumOf(problem: Problem): number | undefined {
  const { processors, edgeProducer, edgeConsumer, transferMs, instanceReleaseMs, dispatchTickMs } = problem;
  const durations = possibleDurations(problem);
  let grains = 0;
  const divide = (timeMs: number): boolean => {
    const exact = timeMs * GRAINS_PER_MS;
    const whole = Math.round(exact);
    if (Math.abs(exact - whole) > 1e-9 * Math.max(1, exact) || whole > Number.MAX_SAFE_INTEGER) return false;
    grains = greatestCommonDivisor(grains, whole);
    return true;
  };
  // The hops of a chain are waited for one by one.
  if (problem.hopMs !== undefined || !divide(dispatchTickMs)) return undefined;
  for (const releaseMs of instanceReleaseMs) if (!divide(releaseMs)) return undefined;
  for (const byProcessor of durations) {
    for (const times of byProcessor) for (const time of times) if (!divide(time)) return undefined;
  }
  const count = processors.length;
  for (let edge = 0; edge < edgeProducer.length; edge++) {
    for (let from = 0; from < count; from++) {
      if (durations[edgeProducer[edge]][from].length === 0) continue;
      for (let to = 0; to < count; to++) {
        if (durations[edgeConsumer[edge]][to].length === 0) continue;
        if (!divide(transferMs[(edge * count + from) * count + to])) return undefined;
      }
    }
  }
  return grains > 0 ? grains / GRAINS_PER_MS : undefined;
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b > 0) [a, b] = [b, a % b];
  return a;
}
