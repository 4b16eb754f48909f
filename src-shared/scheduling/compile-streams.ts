/** Streams of frames compiled: which instance releases which others when it ends, and which are dropped when they are late. */
import type { ResolvedScenario } from '../domain/scenario.ts';
import type { compileJobs } from './compile-jobs.ts';

/** I instances in job order, J jobs, A applications. */
export interface Streams {
  /** [J] */
  readonly instanceOfJob: Int32Array;
  /** [I] number of jobs. */
  readonly instanceJobs: Int32Array;
  /** [I] the instance at whose end it is released, −1: released by the clock. */
  readonly triggerOf: Int32Array;
  /** What instance i releases: `dependents[firstDependent[i] … firstDependent[i + 1] − 1]`, ascending. [I + 1] */
  readonly firstDependent: Int32Array;
  readonly dependents: Int32Array;
  /** [I] which release of its application it belongs to: instances of a burst have the same. */
  readonly releaseNumber: Int32Array;
  /** [I] the instance of the same application before it, −1: none. */
  readonly previousOfApplication: Int32Array;
  /** [A] 1: an instance that has not started when the next is released is dropped. */
  readonly dropsLate: Uint8Array;
  /** [A] 1: its instances may be dropped, because they are late or because the one that would release them is dropped. */
  readonly isDroppable: Uint8Array;
}

/** The streams of `scenario`; undefined where the clock releases every instance and all of them run. */
export function compileStreams(
  { applications }: ResolvedScenario,
  jobs: ReturnType<typeof compileJobs>,
): Streams | undefined {
  if (applications.every(({ after, late }) => after === undefined && late !== 'drop')) return undefined;
  const { instanceApplication, instanceNumber, instanceFirstJob, jobTask } = jobs;
  const instances = instanceApplication.length;
  const placeOf = new Map(applications.map(({ id }, index) => [id, index]));
  const ofApplication: number[][] = applications.map(() => []);
  instanceApplication.forEach((application, instance) => ofApplication[application].push(instance));

  const releaseNumber = Int32Array.from(instanceNumber, (number, instance) =>
    Math.floor(number / (applications[instanceApplication[instance]].instancesPerRelease ?? 1)),
  );
  const triggerOf = Int32Array.from(instanceApplication, (application, instance) => {
    const { after } = applications[application];
    if (after === undefined) return -1;
    return ofApplication[placeOf.get(after.application) ?? 0][releaseNumber[instance] * after.every];
  });
  const firstDependent = new Int32Array(instances + 1);
  for (const trigger of triggerOf) if (trigger >= 0) firstDependent[trigger + 1]++;
  for (let instance = 0; instance < instances; instance++) firstDependent[instance + 1] += firstDependent[instance];
  const cursor = firstDependent.slice();
  const dependents = new Int32Array(firstDependent[instances]);
  triggerOf.forEach((trigger, instance) => {
    if (trigger >= 0) dependents[cursor[trigger]++] = instance;
  });

  const instanceJobs = Int32Array.from(
    instanceFirstJob,
    (first, instance) => (instance + 1 < instances ? instanceFirstJob[instance + 1] : jobTask.length) - first,
  );
  const instanceOfJob = new Int32Array(jobTask.length);
  instanceFirstJob.forEach((first, instance) => instanceOfJob.fill(instance, first, first + instanceJobs[instance]));
  const previousOfApplication = new Int32Array(instances).fill(-1);
  for (const own of ofApplication)
    own.forEach((instance, position) => (previousOfApplication[instance] = position === 0 ? -1 : own[position - 1]));
  const isDroppable = (application: number): boolean => {
    const { after, late } = applications[application];
    return late === 'drop' || (after !== undefined && isDroppable(placeOf.get(after.application) ?? 0));
  };
  return {
    instanceOfJob,
    instanceJobs,
    triggerOf,
    firstDependent,
    dependents,
    releaseNumber,
    previousOfApplication,
    dropsLate: Uint8Array.from(applications, ({ late }) => (late === 'drop' ? 1 : 0)),
    isDroppable: Uint8Array.from(applications, (_, application) => (isDroppable(application) ? 1 : 0)),
  };
}

/** Whether some instance of `problem` may be dropped: then not all jobs need run. */
export function mayDrop({ streams }: { readonly streams: Streams | undefined }): boolean {
  return streams?.isDroppable.includes(1) ?? false;
}
