/**
 * What bounds may argue from where instances release others or may be dropped: a problem of the instances that run in every schedule, each
 * released no later than in any.
 */
import type { ResolvedScenario } from '../domain/scenario.ts';
import { mayDrop } from '../scheduling/compile-streams.ts';
import { exactTimesOf } from '../scheduling/exact-times.ts';
import { compileProblem, type Problem } from '../scheduling/problem.ts';
import { responseBounds } from './response-bounds.ts';

/** Share by which a release that is a sum of bounds is given away for its rounding. */
const ROUNDING = 1e-12;

const known = new WeakMap<Problem, Problem>();

/**
 * `problem` without instances that may be dropped, and with the releases of those that others release as early as they can be. A schedule of
 * `problem` is one of this, so no bound of this is above it; `problem` itself where the clock releases all instances and all run.
 */
export function certainProblem(problem: Problem): Problem {
  if (problem.streams === undefined) return problem;
  let certain = known.get(problem);
  if (certain === undefined) {
    certain = withEarliestReleases(mayDrop(problem) ? withoutDroppable(problem) : problem);
    known.set(problem, certain);
    known.set(certain, certain);
  }
  return certain;
}

/**
 * Applications of which every instance runs, and of those that drop late instances the last release: nothing comes after it. What is
 * released by an instance that may be dropped is left out.
 */
function withoutDroppable(problem: Problem): Problem {
  const { layerwise, streams, partition, genes, applicationInstances } = problem;
  const kept: number[] = [];
  const applications = layerwise.applications.flatMap((application, index): ResolvedScenario['applications'] => {
    const { late: _late, instancesPerRelease = 1, ...rest } = application;
    if (streams?.isDroppable[index] !== 1) {
      kept.push(index);
      return [application];
    }
    if (application.after !== undefined) return [];
    kept.push(index);
    const lastRelease = Math.ceil(applicationInstances[index] / instancesPerRelease) - 1;
    return [
      {
        ...rest,
        startTimeMs: application.startTimeMs + lastRelease * (application.periodMs ?? 0),
        periodMs: null,
        instances: applicationInstances[index] - lastRelease * instancesPerRelease,
      },
    ];
  });
  return compileProblem(
    { ...layerwise, applications },
    genes,
    kept.map((index) => partition[index]),
    exactTimesOf(layerwise),
  );
}

/** Every instance that another one releases as if that one had answered as soon as it ever could. */
function withEarliestReleases(problem: Problem): Problem {
  const { streams, instanceApplication, instanceFirstJob, instanceReleaseMs } = problem;
  if (streams === undefined) return problem;
  const responseMs = responseBounds(problem);
  const releaseMs = instanceReleaseMs.slice();
  const isKnown = new Uint8Array(releaseMs.length);
  const earliest = (instance: number): number => {
    const trigger = streams.triggerOf[instance];
    if (trigger >= 0 && isKnown[instance] === 0)
      releaseMs[instance] = (earliest(trigger) + responseMs[instanceApplication[trigger]]) * (1 - ROUNDING);
    isKnown[instance] = 1;
    return releaseMs[instance];
  };
  const jobReleaseMs = problem.jobReleaseMs.slice();
  instanceFirstJob.forEach((first, instance) =>
    jobReleaseMs.fill(earliest(instance), first, first + streams.instanceJobs[instance]),
  );
  return { ...problem, instanceReleaseMs: releaseMs, jobReleaseMs };
}
