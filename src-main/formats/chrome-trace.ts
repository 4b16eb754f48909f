/**
 * A schedule as a Chrome trace (Trace Event Format, Google 2016), which ui.perfetto.dev and chrome://tracing open: a process per
 * processor, a thread per unit, a slice per layer, an arrow along each dependency between units, and an instant where
 * an instance was dropped.
 */
import { isDropped } from '#shared/scheduling/metrics.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { ranJobs, type Timeline } from '#shared/scheduling/simulate.ts';
import { runFileName, type Format } from './format.ts';

/** One event; times in µs. */
interface TraceEvent {
  readonly name: string;
  /** M: name of a process or thread; X: a slice; s and f: start and end of an arrow; i: an instant. */
  readonly ph: 'M' | 'X' | 's' | 'f' | 'i';
  /** Of an instant: across all processes. */
  readonly s?: 'g';
  readonly pid: number;
  readonly tid?: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly id?: number;
  /** An arrow ends at the slice around its end. */
  readonly bp?: 'e';
  readonly args?: Readonly<Record<string, string | number>>;
}

export interface ChromeTrace {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit: 'ms';
}

/** `timeline` as a trace. Processes and threads are numbered from 1. */
export function chromeTrace(problem: Problem, timeline: Timeline): ChromeTrace {
  const events: TraceEvent[] = problem.processors.map((processor) => ({
    name: 'process_name',
    ph: 'M',
    pid: processor.index + 1,
    args: { name: problem.scenario.platform.processors[processor.index].name },
  }));
  for (const pe of problem.pes) {
    for (let unit = 0; unit < pe.units; unit++) {
      events.push({
        name: 'thread_name',
        ph: 'M',
        pid: pe.processor + 1,
        tid: threadOf(pe, unit),
        args: { name: pe.units === 1 ? pe.id : `${pe.id} unit ${unit}` },
      });
    }
  }
  const placeOf = (job: number): { pid: number; tid: number } => {
    const pe = problem.pes[timeline.pe[job]];
    return { pid: pe.processor + 1, tid: threadOf(pe, timeline.unit[job]) };
  };
  const ran = ranJobs(timeline);
  for (const job of ran) {
    const task = problem.tasks[problem.jobTask[job]];
    const application = problem.scenario.applications[task.application];
    const layer = application.network.layers[task.layer];
    events.push({
      name: layer.id,
      ph: 'X',
      cat: application.id,
      ...placeOf(job),
      ts: timeline.startMs[job] * 1000,
      dur: (timeline.endMs[job] - timeline.startMs[job]) * 1000,
      args: {
        application: application.id,
        instance: problem.jobInstance[job],
        op: layer.op,
        ...(task.members === undefined ? {} : { layers: task.members.map(({ id }) => id).join(', ') }),
        readyMs: timeline.readyMs[job],
      },
    });
  }
  problem.instanceApplication.forEach((index, instance) => {
    if (!isDropped(timeline, instance)) return;
    const application = problem.scenario.applications[index];
    events.push({
      name: `${application.id} ${problem.instanceNumber[instance]} dropped`,
      ph: 'i',
      pid: 1,
      s: 'g',
      cat: application.id,
      ts: timeline.droppedMs[instance] * 1000,
      args: { application: application.id, instance: problem.instanceNumber[instance] },
    });
  });
  let arrow = 0;
  for (const [producer, consumer] of dependenciesOf(problem, ran)) {
    const [from, to] = [placeOf(producer), placeOf(consumer)];
    if (from.pid === to.pid && from.tid === to.tid) continue;
    const both = { name: 'dependency', cat: 'dependency', id: ++arrow };
    events.push(
      { ...both, ph: 's', ...from, ts: timeline.endMs[producer] * 1000 },
      { ...both, ph: 'f', bp: 'e', ...to, ts: timeline.startMs[consumer] * 1000 },
    );
  }
  return { traceEvents: events, displayTimeUnit: 'ms' };
}

export const chromeTraceFormat: Format = {
  id: 'chrome-trace',
  name: 'Chrome trace',
  description: 'a schedule for ui.perfetto.dev or chrome://tracing',
  extensions: ['.trace.json', '.json'],
  mediaType: 'application/json',
  runWriter: {
    write: ({ detail, problem, timeline }) => ({
      files: [
        {
          name: runFileName(detail, 'schedule', '.trace.json'),
          content: `${JSON.stringify(chromeTrace(problem, timeline))}\n`,
          mediaType: 'application/json',
        },
      ],
      notes: [],
    }),
  },
};

/** Pairs of jobs, producer first. @param jobs the consumers */
function* dependenciesOf(problem: Problem, jobs: readonly number[]): Generator<readonly [number, number]> {
  for (const job of jobs) {
    const task = problem.jobTask[job];
    const firstTask = problem.applicationFirstTask[problem.tasks[task].application];
    for (let edge = problem.consumerFirstEdge[task]; edge < problem.consumerFirstEdge[task + 1]; edge++) {
      yield [problem.jobFirstOfInstance[job] + problem.edgeProducer[edge] - firstTask, job];
    }
  }
}

function threadOf(pe: { readonly indexInProcessor: number }, unit: number): number {
  return pe.indexInProcessor + unit + 1;
}
