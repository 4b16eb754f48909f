/**
 * A makespan that no schedule of a problem can beat, to judge how good one is: the longer of the critical path and the load.
 *
 * Critical path: each task on any processor, as early as its producers allow, transfers included, as if every task had a unit of its
 * own (the optimistic finish times that HEFT and PEFT rank by, but with the least instead of the mean).
 *
 * Load: all work has to fit on the units there are. By linear programming duality, for any weights w ≥ 0 of the processors with
 * Σ units·w = 1, no schedule ends before Σ over jobs of min over processors of w·time (the relaxation of R||Cmax; Lenstra, Shmoys &
 * Tardos, Math. Program. 46, 1990); good weights are found by raising those of overloaded processors. Before the first of these jobs
 * can start and after the last ends passes at least the shortest head and tail among them. The same holds for the jobs that only one
 * processor can run.
 */
import type { Problem } from '../scheduling/problem.ts';
import { certainProblem } from './certain-problem.ts';
import { mostUnits, shortestDurations } from './fastest-choices.ts';
import { finishTimes, highest, LoadBound, ROUNDING } from './response-bounds.ts';

export interface LowerBound {
  readonly criticalPathMs: number;
  readonly loadMs: number;
  /** The higher of the two. */
  readonly makespanMs: number;
}

/** The bound over every schedule that a genome of the problem can encode. */
export function lowerBound(given: Problem): LowerBound {
  const problem = certainProblem(given);
  const units = problem.processors.map((_, processor) => mostUnits(problem, processor));
  const durationMs = shortestDurations(problem);
  const releases = releasesOf(problem);
  const criticalPathMs = highest(finishTimes(problem, durationMs, releases.last), (byProcessor) =>
    Math.min(...byProcessor),
  );
  const load = new LoadBound(
    problem,
    durationMs,
    units,
    finishTimes(problem, durationMs, releases.first),
    (task) => problem.applicationInstances[task.application],
  );
  const all = problem.tasks.map((task) => task.index);
  const onlyOn = problem.processors.map((_, processor) =>
    all.filter((task) => durationMs[task].every((time, other) => Number.isFinite(time) === (other === processor))),
  );
  const loadMs = highest([all, ...onlyOn], (tasks) => load.of(tasks));
  const [pathMs, workMs] = [criticalPathMs * (1 - ROUNDING), loadMs * (1 - ROUNDING)];
  return { criticalPathMs: pathMs, loadMs: workMs, makespanMs: Math.max(pathMs, workMs) };
}

/** [A] when the first and the last instance of each application is released, ms. */
function releasesOf({ applicationInstances, instanceApplication, instanceReleaseMs }: Problem): {
  first: Float64Array;
  last: Float64Array;
} {
  const first = new Float64Array(applicationInstances.length).fill(Number.POSITIVE_INFINITY);
  const last = new Float64Array(applicationInstances.length);
  instanceApplication.forEach((application, instance) => {
    first[application] = Math.min(first[application], instanceReleaseMs[instance]);
    last[application] = Math.max(last[application], instanceReleaseMs[instance]);
  });
  return { first, last };
}
