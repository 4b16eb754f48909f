/** Export of a schedule with the fields of PRISM's `schedule` objects (drexel-DISCO, MEMOCODE 2022), for the tools that read those. */
import type { Problem } from '#shared/scheduling/problem.ts';
import { ranJobs, type Timeline } from '#shared/scheduling/simulate.ts';
import { runFileName, type Format } from './format.ts';

/**
 * One entry per operation of each instance: instance 0 first, operations in their order (with several applications, one
 * after the other within an instance); those of dropped instances are left out.
 */
export interface PrismSchedule {
  /** µs */
  readonly start_times: readonly number[];
  /** µs */
  readonly end_times: readonly number[];
  /** Unit type: the processor. */
  readonly computing_cores: readonly string[];
  /** Number of the unit within its type, from 0. */
  readonly computing_ids: readonly number[];
  /** Unit type by operation number. */
  readonly map: Readonly<Record<string, string>>;
}

/** `timeline` in PRISM's terms. Times have 15 significant digits, so that whole ticks are whole. */
export function prismSchedule(problem: Problem, timeline: Timeline): PrismSchedule {
  const jobs = ranJobs(timeline);
  const peOf = (job: number): Problem['pes'][number] => problem.pes[timeline.pe[job]];
  const cores = jobs.map((job) => problem.processors[peOf(job).processor].id);
  return {
    start_times: jobs.map((job) => microseconds(timeline.startMs[job])),
    end_times: jobs.map((job) => microseconds(timeline.endMs[job])),
    computing_cores: cores,
    computing_ids: jobs.map((job) => peOf(job).indexInProcessor + timeline.unit[job]),
    map: Object.fromEntries(cores.map((core, job) => [String(job), core])),
  };
}

export const prismScheduleFormat: Format = {
  id: 'prism-schedule',
  name: 'PRISM schedule',
  description: "a schedule as PRISM's JSON: start_times, end_times, computing_cores, computing_ids, map",
  extensions: ['.json'],
  mediaType: 'application/json',
  runWriter: {
    write: ({ detail, problem, timeline }) => ({
      files: [
        {
          name: runFileName(detail, 'prism-schedule', '.json'),
          content: `${JSON.stringify(prismSchedule(problem, timeline))}\n`,
          mediaType: 'application/json',
        },
      ],
      notes: [],
    }),
  },
};

function microseconds(ms: number): number {
  return Number((ms * 1000).toPrecision(15));
}
