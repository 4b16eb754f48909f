/**
 * A schedule of the model in exact times: what becomes of given places and an order of starts when every job starts as early as it can.
 * Unlike the simulator's, it may leave a unit idle although a job is ready.
 */
import { durationOn, lagMs, type JobModel } from './job-model.ts';

/** An order of two jobs on a place, `before` ends before `after` starts. */
export interface Sequence {
  readonly before: number;
  readonly after: number;
}

/** Jobs and sequences that make a schedule as long as it is, whatever else is changed. */
export interface CriticalPath {
  readonly jobs: readonly number[];
  /** [T] */
  readonly placeOf: readonly number[];
  readonly sequences: readonly Sequence[];
}

export interface ExactSchedule {
  readonly makespanMs: number;
  /** [J] */
  readonly startMs: Float64Array;
  /** [J] unit of the job's place. */
  readonly unit: Int32Array;
  /** A longest path that no order on a place with several units is part of; undefined where every longest path has one. */
  readonly path: CriticalPath | undefined;
}

/** Difference that the rounding of sums may make between the end of one job and the start of the next, ms per ms. */
const ROUNDING = 1e-12;

/**
 * @param placeOfTask [T] place of each task
 * @param startOf [J] anything that rises with the starts that are wanted
 */
export function exactSchedule(
  model: JobModel,
  placeOfTask: readonly number[],
  startOf: ArrayLike<number>,
): ExactSchedule {
  const { problem, places, incoming, jobOf } = model;
  const jobs = problem.jobTask.length;
  const position = new Int32Array(problem.tasks.length);
  model.order.forEach((task, at) => {
    position[task] = at;
  });
  const sequence = Array.from({ length: jobs }, (_, job) => job).sort(
    (a, b) => startOf[a] - startOf[b] || position[problem.jobTask[a]] - position[problem.jobTask[b]] || a - b,
  );
  const freeMs = places.map(({ pes }) => new Float64Array(pes.length));
  const lastOn = places.map(({ pes }) => new Int32Array(pes.length).fill(-1));
  const startMs = new Float64Array(jobs);
  const endMs = new Float64Array(jobs);
  const unit = new Int32Array(jobs);
  const previousOnUnit = new Int32Array(jobs).fill(-1);
  let makespanMs = 0;
  for (const job of sequence) {
    const task = problem.jobTask[job];
    const place = placeOfTask[task];
    let earliest = problem.jobReleaseMs[job];
    for (const edge of incoming[task]) {
      const producer = problem.edgeProducer[edge];
      const before = jobOf(producer, problem.jobInstance[job]);
      earliest = Math.max(earliest, startMs[before] + lagMs(model, edge, placeOfTask[producer], place));
    }
    const free = freeMs[place];
    // The unit that was left last of those that are free by then, else the one that is free first.
    let chosen = 0;
    for (let other = 1; other < free.length; other++) {
      const isBetter =
        free[other] <= earliest ? free[chosen] > earliest || free[other] > free[chosen] : free[other] < free[chosen];
      if (isBetter) chosen = other;
    }
    startMs[job] = Math.max(earliest, free[chosen]);
    endMs[job] = startMs[job] + durationOn(model, task, place);
    unit[job] = chosen;
    previousOnUnit[job] = lastOn[place][chosen];
    lastOn[place][chosen] = job;
    free[chosen] = endMs[job];
    makespanMs = Math.max(makespanMs, endMs[job]);
  }
  const pathFrom = pathFinder(model, placeOfTask, startMs, endMs, previousOnUnit);
  const last = sequence.filter((job) => endMs[job] === makespanMs);
  let path: CriticalPath | undefined;
  for (const job of last) path ??= pathFrom(job);
  return { makespanMs, startMs, unit, path };
}

/** Walks back from a job over what it waited for, to a release. */
function pathFinder(
  model: JobModel,
  placeOfTask: readonly number[],
  startMs: Float64Array,
  endMs: Float64Array,
  previousOnUnit: Int32Array,
): (job: number) => CriticalPath | undefined {
  const { problem, places, incoming, jobOf } = model;
  const known = new Map<number, CriticalPath | undefined>();
  const isTight = (earlier: number, start: number): boolean => earlier >= start - start * ROUNDING;
  const pathTo = (job: number): CriticalPath | undefined => {
    const task = problem.jobTask[job];
    const start = startMs[job];
    if (isTight(problem.jobReleaseMs[job], start)) return { jobs: [job], placeOf: placeOfTask, sequences: [] };
    for (const edge of incoming[task]) {
      const producer = problem.edgeProducer[edge];
      const before = jobOf(producer, problem.jobInstance[job]);
      if (!isTight(startMs[before] + lagMs(model, edge, placeOfTask[producer], placeOfTask[task]), start)) continue;
      const path = pathOf(before);
      if (path !== undefined) return { ...path, jobs: [...path.jobs, job] };
    }
    const before = previousOnUnit[job];
    if (before < 0 || places[placeOfTask[task]].pes.length > 1 || !isTight(endMs[before], start)) return undefined;
    const path = pathOf(before);
    if (path === undefined) return undefined;
    return { ...path, jobs: [...path.jobs, job], sequences: [...path.sequences, { before, after: job }] };
  };
  const pathOf = (job: number): CriticalPath | undefined => {
    if (!known.has(job)) {
      known.set(job, undefined);
      known.set(job, pathTo(job));
    }
    return known.get(job);
  };
  return pathOf;
}
