/** The instances of all applications compiled: which tasks they have as jobs, and when each is released. */
import { WorkbenchError } from '../domain/errors.ts';
import type { ResolvedScenario } from '../domain/scenario.ts';
import { isBeforeHorizon } from './rounding.ts';

/** Jobs (task instances) a problem may have; beyond this a scenario is surely a mistake. */
const MAX_JOBS = 2_000_000;

/** Number of instances of an application: its `instances`, less those that would be released at or after the horizon. */
export function instanceCount(
  application: Pick<ResolvedScenario['applications'][number], 'instances' | 'periodMs' | 'startTimeMs'>,
  horizonMs: number | null,
): number {
  const wanted = application.instances ?? Number.POSITIVE_INFINITY;
  if (horizonMs === null || application.periodMs === null) return wanted;
  return Math.min(wanted, releasesBefore(application.startTimeMs, application.periodMs, horizonMs));
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
export function taskInstanceCount({ applications, simulation }: ResolvedScenario): number {
  return applications.reduce(
    (sum, application) => sum + instanceCount(application, simulation.horizonMs) * application.network.layers.length,
    0,
  );
}

/** The job and instance arrays of a `Problem`, in dispatch order of ties. @throws WorkbenchError `problem.tooLarge` */
export function compileJobs(scenario: ResolvedScenario, applicationFirstTask: Int32Array) {
  const counts = scenario.applications.map((application) => instanceCount(application, scenario.simulation.horizonMs));
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
  let job = 0;
  const rounds = Math.max(...counts);
  for (let instance = 0; instance < rounds; instance++) {
    scenario.applications.forEach((application, index) => {
      if (instance >= counts[index]) return;
      const release = application.startTimeMs + instance * (application.periodMs ?? 0);
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
