/** The instances of all applications compiled: which tasks they have as jobs, and when each is released. */
import { WorkbenchError } from '../domain/errors.ts';
import type { ResolvedScenario } from '../domain/scenario.ts';
import { isBeforeHorizon } from './rounding.ts';

/** Jobs (task instances) a problem may have; beyond this a scenario is surely a mistake. */
const MAX_JOBS = 2_000_000;

/**
 * [A] how many instances each application has: its `instances`, less those that would be released at or after the horizon; of one that
 * comes after another, no more than that one's instances release.
 */
export function instanceCounts({
  applications,
  simulation: { horizonMs },
}: Pick<ResolvedScenario, 'simulation'> & {
  readonly applications: readonly Pick<
    ResolvedScenario['applications'][number],
    'id' | 'instances' | 'periodMs' | 'startTimeMs' | 'after' | 'instancesPerRelease'
  >[];
}): number[] {
  const placeOf = new Map(applications.map(({ id }, index) => [id, index]));
  const counts = new Map<number, number>();
  const countOf = (index: number): number => {
    const known = counts.get(index);
    if (known !== undefined) return known;
    const { instances, periodMs, startTimeMs, after, instancesPerRelease = 1 } = applications[index];
    const wanted = instances ?? Number.POSITIVE_INFINITY;
    let released = Number.POSITIVE_INFINITY;
    if (after !== undefined) {
      const other = placeOf.get(after.application);
      released = other === undefined ? 0 : Math.ceil(countOf(other) / after.every) * instancesPerRelease;
    } else if (horizonMs !== null && periodMs !== null)
      released = releasesBefore(startTimeMs, periodMs, horizonMs) * instancesPerRelease;
    counts.set(index, Math.min(wanted, released));
    return Math.min(wanted, released);
  };
  return applications.map((_, index) => countOf(index));
}

/** How many releases come before `horizonMs`: the first, at `startTimeMs`, counts in any case. All in ms. */
export function releasesBefore(startTimeMs: number, periodMs: number, horizonMs: number): number {
  let released = Math.max(1, Math.ceil((horizonMs - startTimeMs) / periodMs));
  if (released > MAX_JOBS) return released;
  // The division may round either way: settle by the releases themselves.
  while (isBeforeHorizon(startTimeMs + released * periodMs, horizonMs)) released++;
  while (released > 1 && !isBeforeHorizon(startTimeMs + (released - 1) * periodMs, horizonMs)) released--;
  return released;
}

/** How many task instances a scenario has: what a schedule has to place. */
export function taskInstanceCount(scenario: ResolvedScenario): number {
  const counts = instanceCounts(scenario);
  return scenario.applications.reduce((sum, { network }, index) => sum + counts[index] * network.layers.length, 0);
}

/** The job and instance arrays of a `Problem`, in dispatch order of ties. @throws WorkbenchError `problem.tooLarge` */
export function compileJobs(scenario: ResolvedScenario, applicationFirstTask: Int32Array) {
  const counts = instanceCounts(scenario);
  const jobCount = taskInstanceCount(scenario);
  if (jobCount > MAX_JOBS) {
    throw new WorkbenchError(
      'problem.tooLarge',
      `scenario "${scenario.id}" has ${jobCount} task instances, at most ${MAX_JOBS} can be simulated`,
      { hint: 'reduce instances or horizonMs', path: ['applications'] },
    );
  }
  const jobTask = new Int32Array(jobCount);
  const jobInstance = new Int32Array(jobCount);
  const jobReleaseMs = new Float64Array(jobCount);
  const jobFirstOfInstance = new Int32Array(jobCount);
  const instanceApplication: number[] = [];
  const instanceNumber: number[] = [];
  const instanceReleaseMs: number[] = [];
  const instanceFirstJob: number[] = [];
  const placeOf = new Map(scenario.applications.map(({ id }, index) => [id, index]));
  /** The earliest release: of what comes after another, as if that one took no time. */
  const earliestMs = (application: number, instance: number): number => {
    const { startTimeMs, periodMs, after, instancesPerRelease = 1 } = scenario.applications[application];
    const release = Math.floor(instance / instancesPerRelease);
    if (after === undefined) return startTimeMs + release * (periodMs ?? 0);
    return earliestMs(placeOf.get(after.application) ?? 0, release * after.every);
  };
  let job = 0;
  const rounds = Math.max(...counts);
  for (let instance = 0; instance < rounds; instance++) {
    scenario.applications.forEach((_, index) => {
      if (instance >= counts[index]) return;
      const release = earliestMs(index, instance);
      const first = job;
      instanceApplication.push(index);
      instanceNumber.push(instance);
      instanceReleaseMs.push(release);
      instanceFirstJob.push(first);
      for (let task = applicationFirstTask[index]; task < applicationFirstTask[index + 1]; task++, job++) {
        jobTask[job] = task;
        jobInstance[job] = instance;
        jobReleaseMs[job] = release;
        jobFirstOfInstance[job] = first;
      }
    });
  }
  return {
    jobTask,
    jobInstance,
    jobReleaseMs,
    jobFirstOfInstance,
    applicationInstances: Int32Array.from(counts),
    instanceApplication: Int32Array.from(instanceApplication),
    instanceNumber: Int32Array.from(instanceNumber),
    instanceReleaseMs: Float64Array.from(instanceReleaseMs),
    instanceFirstJob: Int32Array.from(instanceFirstJob),
  };
}
