/**
 * How often a schedule can be asked for (DESIGN §16): α multiplies all periods and the deadlines that follow them; the least α at which every
 * instance is still in time is α*, and 1/α* its request frequency, as a multiple of that of the scenario. After the saturation
 * multiplier of Puzzle (arXiv 2508.17764), of which only the abstract could be read: the grid, the check of the next points and the
 * rule for deadlines are ours.
 */
import type { ResolvedScenario } from '../domain/scenario.ts';
import type { Assignment } from '../scheduling/decode.ts';
import { compileJobs, instanceCounts } from '../scheduling/compile-jobs.ts';
import { ExecutionPlanner, type ExecutionPlan } from '../scheduling/execution-plan.ts';
import { responseTimes } from '../scheduling/metrics.ts';
import type { Problem } from '../scheduling/problem.ts';
import { isLate, TOLERANCE } from '../scheduling/rounding.ts';
import { Simulator } from '../scheduling/simulate.ts';
import { topologicalOrder } from '../scheduling/topological-order.ts';
import { frequencyGrid } from './frequency-grid.ts';
import { exp2 } from './portable-math.ts';

/** Points of the grid after the least one that have to be in time, too: scores do not always rise with α (Graham's anomalies). */
export const CHECKED_AFTER = 3;

/** Slope of XRBench's real-time score (Kwon et al., MLSys 2023), there per unit of its clock; here per deadline. */
export const REAL_TIME_SLOPE = 15;
/** A delay from which on the score is 0 or 1 to the last digit anybody reads. */
const MOST_EXPONENT = 60;

/** An application, or a group, as far as its releases and deadline go. */
interface Releases {
  readonly periodMs: number | null;
  readonly deadlineMs: number | null;
}

/** The deadline at α, ms: one that is the period, or none for what has a period, follows it; any other stays as it is. */
function deadlineAt({ periodMs, deadlineMs }: Releases, alpha: number): number | null {
  const follows = periodMs !== null && (deadlineMs === null || deadlineMs === periodMs);
  return follows ? periodMs * alpha : deadlineMs;
}

/**
 * `scenario` with all periods multiplied by `alpha`, and its number of instances fixed: a shorter period before a horizon would bring
 * more of them.
 */
export function scenarioAtFrequency(scenario: ResolvedScenario, alpha: number): ResolvedScenario {
  const { applications, groups, simulation } = scenario;
  const counts = instanceCounts(scenario);
  const scaled = <Scaled extends Releases>(of: Scaled): Scaled => ({
    ...of,
    periodMs: of.periodMs === null ? null : of.periodMs * alpha,
    deadlineMs: deadlineAt(of, alpha),
  });
  return {
    ...scenario,
    applications: applications.map((application, index) => ({
      ...scaled(application),
      instances: counts[index],
    })),
    ...(groups === undefined ? {} : { groups: groups.map(scaled) }),
    simulation: { ...simulation, horizonMs: null },
  };
}

/** The same problem with other releases and deadlines: `compileProblem` of `scenarioAtFrequency`, without compiling again. */
export function atFrequency(problem: Problem, alpha: number): Problem {
  const scenario = scenarioAtFrequency(problem.scenario, alpha);
  return {
    ...problem,
    scenario,
    layerwise: problem.layerwise === problem.scenario ? scenario : scenarioAtFrequency(problem.layerwise, alpha),
    ...compileJobs(scenario, problem.applicationFirstTask),
    deadlineMs: Float64Array.from(scenario.applications, ({ deadlineMs }) => deadlineMs ?? Number.NaN),
  };
}

/** Whether anything in a scenario is released again and again: else there is no frequency. */
export function hasFrequency({ applications }: ResolvedScenario): boolean {
  return applications.some(({ periodMs }) => periodMs !== null);
}

/** How well the deadlines are kept at one α. */
export interface Satisfaction {
  readonly alpha: number;
  /** Share of the instances with a deadline that are in time; exact. */
  readonly satisfied: number;
  /**
   * XRBench's real-time score: 1 / (1 + e^(k·delay)) with k = 15, delay = (response − deadline) / deadline, the mean over the instances of
   * each application, and then over applications. For reports: the search goes by `satisfied`.
   */
  readonly realTimeScore: number;
}

/** Of [I] responses, ms, of a problem at `alpha`; NaN: of an instance that was dropped. */
export function satisfactionOf(
  { instanceApplication, deadlineMs, applicationInstances }: Problem,
  alpha: number,
  responseMs: Float64Array,
): Satisfaction {
  let inTime = 0;
  let counted = 0;
  const score = new Float64Array(deadlineMs.length);
  responseMs.forEach((response, instance) => {
    const application = instanceApplication[instance];
    const deadline = deadlineMs[application];
    if (Number.isNaN(deadline)) return;
    counted++;
    // A dropped instance is never in time.
    if (Number.isNaN(response)) return;
    if (!isLate(response, deadline)) inTime++;
    score[application] += realTimeScore((response - deadline) / deadline);
  });
  const scored = Array.from(deadlineMs.keys()).filter((application) => !Number.isNaN(deadlineMs[application]));
  const total = scored.reduce((sum, application) => sum + score[application] / applicationInstances[application], 0);
  return { alpha, satisfied: inTime / counted, realTimeScore: total / scored.length };
}

/** @param delay in deadlines; negative: before it */
export function realTimeScore(delay: number): number {
  const exponent = Math.max(-MOST_EXPONENT, Math.min(MOST_EXPONENT, REAL_TIME_SLOPE * delay));
  return 1 / (1 + exp2(exponent / Math.LN2));
}

/** What one schedule does at any frequency. A pure function of the problem and the assignment: the same answers whenever it is asked. */
export class FrequencyProbe {
  private readonly problem: Problem;
  private readonly plan: ExecutionPlan;
  /** [A] least response with the plan's times, were it alone, ms. */
  private readonly leastResponseMs: Float64Array;
  /** Instances with a deadline that may miss it. */
  private readonly allowedMisses: number;

  /** @param share of the instances that have to be in time, 0 … 1 */
  constructor(problem: Problem, assignment: Assignment, share = 1) {
    this.problem = problem;
    this.plan = new ExecutionPlanner(problem).plan(assignment);
    this.leastResponseMs = leastResponses(problem, this.plan);
    let counted = 0;
    scenarioAtFrequency(problem.scenario, 1).applications.forEach(({ deadlineMs }, application) => {
      if (deadlineMs !== null) counted += problem.applicationInstances[application];
    });
    this.allowedMisses = counted - Math.ceil(counted * share * (1 - TOLERANCE));
  }

  /** The whole simulation at `alpha`. */
  satisfactionAt(alpha: number): Satisfaction {
    const scaled = atFrequency(this.problem, alpha);
    return satisfactionOf(scaled, alpha, responseTimes(scaled, new Simulator(scaled).run(this.plan)));
  }

  /** Whether at most the allowed number of instances is late at `alpha`; gives up when one more is. */
  passes(alpha: number): boolean {
    const { problem, allowedMisses } = this;
    if (!this.canPass(alpha)) return false;
    const scaled = atFrequency(problem, alpha);
    // When others release an instance, or drop it, is known at the end only.
    if (scaled.streams !== undefined) return this.missesAt(scaled) <= allowedMisses;
    const isCounted = new Uint8Array(scaled.instanceApplication.length);
    const instanceOfJob = instancesOfJobs(scaled);
    let misses = 0;
    const isHopeless = (job: number, endMs: number): boolean => {
      const instance = instanceOfJob[job];
      if (isCounted[instance] === 1) return false;
      const deadline = scaled.deadlineMs[scaled.instanceApplication[instance]];
      if (!isLate(endMs - scaled.instanceReleaseMs[instance], deadline)) return false;
      isCounted[instance] = 1;
      return ++misses > allowedMisses;
    };
    return new Simulator(scaled).runWhile(this.plan, isHopeless) !== undefined;
  }

  /** Instances with a deadline that are late, or dropped. */
  private missesAt(scaled: Problem): number {
    let misses = 0;
    responseTimes(scaled, new Simulator(scaled).run(this.plan)).forEach((response, instance) => {
      const deadline = scaled.deadlineMs[scaled.instanceApplication[instance]];
      if (!Number.isNaN(deadline) && (Number.isNaN(response) || isLate(response, deadline))) misses++;
    });
    return misses;
  }

  /**
   * α*: the least point of the grid at which, and at the next three, it passes; undefined where there is none. Exactly that, not what a
   * bisection meets: the points are taken in steps of four from the first that could pass, the last of each four first, so that most are
   * never simulated.
   */
  *leastAlpha(): Generator<number, number | undefined> {
    let first = frequencyGrid.findIndex((alpha) => this.canPass(alpha));
    if (first < 0) return undefined;
    /** Up to here, from `first` on, nothing needs to be tried again. */
    let passedFrom = Number.POSITIVE_INFINITY;
    let passedUntil = -1;
    while (first < frequencyGrid.length) {
      yield first / frequencyGrid.length;
      const last = Math.min(first + CHECKED_AFTER, frequencyGrid.length - 1);
      let point = last;
      for (; point >= first; point--) {
        if (point >= passedFrom && point <= passedUntil) continue;
        if (!this.passes(frequencyGrid[point])) break;
      }
      if (point < first) return frequencyGrid[first];
      passedFrom = point + 1;
      passedUntil = last;
      first = point + 1;
    }
    return undefined;
  }

  /** Whether not too many instances are late for sure: those of an application that takes longer than its deadline even alone. */
  private canPass(alpha: number): boolean {
    let hopeless = 0;
    this.problem.scenario.applications.forEach((application, index) => {
      const deadline = deadlineAt(application, alpha) ?? Number.NaN;
      if (isLate(this.leastResponseMs[index], deadline)) hopeless += this.problem.applicationInstances[index];
    });
    return hopeless <= this.allowedMisses;
  }
}

/** α* of one schedule, at once. */
export function leastAlphaOf(problem: Problem, assignment: Assignment, share = 1): number | undefined {
  return finish(new FrequencyProbe(problem, assignment, share).leastAlpha());
}

/** Runs a computation in steps to its end. */
export function finish<Result>(steps: Generator<unknown, Result>): Result {
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

function instancesOfJobs({ instanceFirstJob, jobTask }: Problem): Int32Array {
  const instanceOfJob = new Int32Array(jobTask.length);
  instanceFirstJob.forEach((first, instance) => instanceOfJob.fill(instance, first, instanceFirstJob[instance + 1]));
  return instanceOfJob;
}

/** [A] longest path of each application by the times and transfers of `plan`, less what rounding may hide, ms. */
function leastResponses(problem: Problem, plan: ExecutionPlan): Float64Array {
  const processors = problem.processors.length;
  const finishMs = new Float64Array(problem.tasks.length);
  const longestMs = new Float64Array(problem.scenario.applications.length);
  for (const task of topologicalOrder(problem)) {
    const to = problem.pes[plan.peOf[task]].processor;
    let start = 0;
    for (let edge = problem.consumerFirstEdge[task]; edge < problem.consumerFirstEdge[task + 1]; edge++) {
      const producer = problem.edgeProducer[edge];
      const from = problem.pes[plan.peOf[producer]].processor;
      start = Math.max(start, finishMs[producer] + problem.transferMs[(edge * processors + from) * processors + to]);
    }
    finishMs[task] = start + plan.durationMs[task];
    const { application } = problem.tasks[task];
    longestMs[application] = Math.max(longestMs[application], finishMs[task] * (1 - TOLERANCE));
  }
  return longestMs;
}
