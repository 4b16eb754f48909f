/**
 * The least response of each application, and what bounds of the makespan share with it: when each task can end at the earliest, and the work
 * that has to fit on the units there are (see lower-bound.ts for the arguments).
 */
import type { Problem } from '../scheduling/problem.ts';
import { roundUpToTick } from '../scheduling/rounding.ts';
import { topologicalOrder } from '../scheduling/topological-order.ts';
import { mostUnits, shortestDurations } from './fastest-choices.ts';

const WEIGHT_ROUNDS = 300;
/** What sums in another order than the simulator's may differ by, relatively: far less than `TOLERANCE`, within which a bound counts as attained. */
export const ROUNDING = 1e-10;
/** What the simulator's tolerance for decimal ticks may differ by, relatively. */
const TICK_ROUNDING = 1e-6;

/** Share of a release time by which the sums of a simulation that late may be off: a response is the difference of two of them. */
const RELEASE_ROUNDING = 1e-12;

/**
 * [A] the least response of any instance of each application, ms: no schedule that a genome of `problem` can encode
 * answers sooner. The longer of its critical path, transfers included, and the work of one instance over all units,
 * after what passes between the release and the next tick; what other instances and applications take comes on top.
 */
export function responseBounds(problem: Problem): Float64Array {
  // A subgraph may take less than its layers.
  if (problem.layout.offsetOf.partition !== undefined) return new Float64Array(problem.applicationInstances.length);
  const durationMs = shortestDurations(problem);
  const atOnce = new Float64Array(problem.applicationInstances.length);
  // Time from a tick on is the same after every tick, but for what a rounding at a late one forgives.
  const finish = finishTimes(problem, durationMs, atOnce, problem.dispatchTickMs > 0 ? TICK_ROUNDING : 0);
  const load = new LoadBound(
    problem,
    durationMs,
    problem.processors.map((_, processor) => mostUnits(problem, processor)),
    finish,
    () => 1,
  );
  const waits = shortestWaits(problem);
  return Float64Array.from(problem.applicationInstances, (_, application) => {
    const tasks = problem.tasks.filter((task) => task.application === application).map((task) => task.index);
    const pathMs = highest(tasks, (task) => Math.min(...finish[task]));
    return Math.max(0, Math.max(pathMs, load.of(tasks)) * (1 - ROUNDING) + waits[application]);
  });
}

/** [A] the least time between the release of an instance and the next tick, ms, less what the sums of a simulation may be off by. */
export function shortestWaits({
  applicationInstances,
  instanceApplication,
  instanceReleaseMs,
  dispatchTickMs,
  streams,
}: Problem): Float64Array {
  const waits = new Float64Array(applicationInstances.length).fill(Number.POSITIVE_INFINITY);
  instanceApplication.forEach((application, instance) => {
    const releaseMs = instanceReleaseMs[instance];
    // When another instance ends is not known: it may be at a tick.
    if (streams !== undefined && streams.triggerOf[instance] >= 0) {
      waits[application] = 0;
      return;
    }
    waits[application] = Math.min(
      waits[application],
      roundUpToTick(releaseMs, dispatchTickMs) - releaseMs * (1 + RELEASE_ROUNDING),
    );
  });
  return waits;
}

/** The highest value of `items`, at least 0. */
export function highest<Item>(items: readonly Item[], valueOf: (item: Item, index: number) => number): number {
  return items.reduce((most, item, index) => Math.max(most, valueOf(item, index)), 0);
}

/**
 * [T][P] when each task ends at the earliest on each processor if its application is released at `releaseMs`, ms.
 * @param forgiven share by which a time may exceed a tick without waiting for the next, besides what the simulator forgives
 */
export function finishTimes(
  problem: Problem,
  durationMs: readonly (readonly number[])[],
  releaseMs: Float64Array,
  forgiven = 0,
): number[][] {
  const count = problem.processors.length;
  const finish: number[][] = problem.tasks.map(() => []);
  for (const task of topologicalOrder(problem)) {
    finish[task] = durationMs[task].map((time, to) => {
      let readyMs = releaseMs[problem.tasks[task].application];
      for (let edge = problem.consumerFirstEdge[task]; edge < problem.consumerFirstEdge[task + 1]; edge++) {
        const producer = finish[problem.edgeProducer[edge]];
        const arrivals = producer.map((end, from) => end + problem.transferMs[(edge * count + from) * count + to]);
        readyMs = Math.max(readyMs, Math.min(...arrivals));
      }
      return roundUpToTick(readyMs * (1 - forgiven), problem.dispatchTickMs) + time;
    });
  }
  return finish;
}

/** [T] the least time from a task's end to the end of everything that needs it, ms. */
function tailTimes(problem: Problem, durationMs: readonly (readonly number[])[]): number[] {
  const count = problem.processors.length;
  const tail: number[][] = problem.tasks.map(() => []);
  for (const task of topologicalOrder(problem).toReversed()) {
    tail[task] = problem.processors.map((_, from) => {
      let longestMs = 0;
      for (let i = problem.producerFirstEdge[task]; i < problem.producerFirstEdge[task + 1]; i++) {
        const edge = problem.outgoingEdge[i];
        const consumer = problem.edgeConsumer[edge];
        const ways = durationMs[consumer].map(
          (time, to) => problem.transferMs[(edge * count + from) * count + to] + time + tail[consumer][to],
        );
        longestMs = Math.max(longestMs, Math.min(...ways));
      }
      return longestMs;
    });
  }
  return tail.map((byProcessor, task) =>
    Math.min(...byProcessor.filter((_, processor) => Number.isFinite(durationMs[task][processor]))),
  );
}

/** What the work of some jobs says. */
export class LoadBound {
  private readonly units: readonly number[];
  /** [T] instances. */
  private readonly instances: readonly number[];
  /** [T] least time before the first job can start, and after its end. */
  private readonly heads: readonly number[];
  private readonly tails: readonly number[];
  /** [T][P] for how long a job keeps its unit from others: up to a tick. */
  private readonly occupiedMs: readonly (readonly number[])[];
  /** [P] how much longer than the job itself, at most: the last job of a unit keeps nobody waiting. */
  private readonly slackMs: readonly number[];

  /** @param finish as of `finishTimes`; @param instancesOf how many jobs a task stands for */
  constructor(
    problem: Problem,
    durationMs: readonly (readonly number[])[],
    units: readonly number[],
    finish: readonly (readonly number[])[],
    instancesOf: (task: Problem['tasks'][number]) => number,
  ) {
    this.units = units;
    this.instances = problem.tasks.map(instancesOf);
    this.heads = finish.map((byProcessor, task) =>
      Math.min(
        ...byProcessor.map((end, processor) => (Number.isFinite(end) ? end - durationMs[task][processor] : end)),
      ),
    );
    this.tails = tailTimes(problem, durationMs);
    this.occupiedMs = durationMs.map((times) =>
      times.map((time) =>
        Number.isFinite(time)
          ? Math.max(time, roundUpToTick(time * (1 - TICK_ROUNDING), problem.dispatchTickMs))
          : time,
      ),
    );
    this.slackMs = units.map((_, processor) =>
      highest(durationMs, (times, task) =>
        Number.isFinite(times[processor]) ? this.occupiedMs[task][processor] - times[processor] : 0,
      ),
    );
  }

  /** The bound from all jobs of `tasks`, ms; 0 without any. */
  of(tasks: readonly number[]): number {
    if (tasks.length === 0) return 0;
    const least = (times: readonly number[]): number =>
      tasks.reduce((shortest, task) => Math.min(shortest, times[task]), Number.POSITIVE_INFINITY);
    return least(this.heads) + this.workMs(tasks) + least(this.tails);
  }

  /** The highest bound among those of some weights. */
  private workMs(tasks: readonly number[]): number {
    const { units, slackMs } = this;
    let weights = units.map(() => 1);
    let best = 0;
    for (let round = 1; round <= WEIGHT_ROUNDS; round++) {
      const sum = weights.reduce((total, weight, processor) => total + weight * units[processor], 0);
      weights = weights.map((weight) => weight / sum);
      const load = units.map(() => 0);
      let bound = -weights.reduce(
        (total, weight, processor) => total + weight * units[processor] * slackMs[processor],
        0,
      );
      for (const task of tasks) {
        const cheapest = this.cheapest(task, weights);
        load[cheapest] += (this.instances[task] * this.occupiedMs[task][cheapest]) / units[cheapest];
        bound += this.instances[task] * this.occupiedMs[task][cheapest] * weights[cheapest];
      }
      best = Math.max(best, bound);
      const heaviest = Math.max(...load);
      if (heaviest === 0) break;
      weights = weights.map(
        (weight, processor) => weight * (1 + (load[processor] / heaviest - 0.5) / Math.sqrt(round)),
      );
    }
    return best;
  }

  /** The processor where a unit of the task's time costs the least by `weights`. */
  private cheapest(task: number, weights: readonly number[]): number {
    let cheapest = -1;
    let cost = Number.POSITIVE_INFINITY;
    this.occupiedMs[task].forEach((time, processor) => {
      if (time * weights[processor] < cost) {
        cheapest = processor;
        cost = time * weights[processor];
      }
    });
    return cheapest;
  }
}
