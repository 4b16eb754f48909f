/** What a schedule's processors do over time: busy cores and power as step functions. */
import { arrangementOf, groupSizeOf, type Assignment } from '../scheduling/decode.ts';
import { makespanOf } from '../scheduling/metrics.ts';
import type { Problem } from '../scheduling/problem.ts';
import { timePasses } from '../scheduling/rounding.ts';
import { ranJobs, type Timeline } from '../scheduling/simulate.ts';

/** S steps; value i holds from `timeMs[i]` to `timeMs[i + 1]`, the last one to the makespan. */
export interface LoadProfile {
  /** [S] ascending, from 0. */
  readonly timeMs: Float64Array;
  /** By processor, [S] cores that are busy. */
  readonly busyCores: readonly Float64Array[];
  /** By processor, [S] power of its cores and cluster, mW; transfers have no power, only energy. */
  readonly powerMW: readonly Float64Array[];
  readonly makespanMs: number;
}

/** The profile of `timeline`, which `assignment` came to; powers as in the energy of the metrics. */
export function loadProfile(
  problem: Problem,
  assignment: Assignment,
  timeline: Pick<Timeline, 'pe' | 'startMs' | 'endMs'>,
): LoadProfile {
  const makespanMs = makespanOf(timeline);
  const ran = ranJobs(timeline);
  const { timeMs, stepAt } = stepsOf(problem, timeline, ran, makespanMs);
  const busyCores = problem.processors.map(() => new Float64Array(timeMs.length));
  for (const job of ran) {
    const { processor } = problem.pes[timeline.pe[job]];
    const from = stepAt.get(timeline.startMs[job]) ?? 0;
    const to = stepAt.get(timeline.endMs[job]) ?? 0;
    const cores = groupSizeOf(problem, assignment, timeline.pe[job]);
    for (let step = from; step < to; step++) busyCores[processor][step] += cores;
  }
  const powerMW = problem.processors.map((processor, index) => {
    const point = processor.operatingPoints[assignment.operatingPoint[index]];
    const { activeCores } = arrangementOf(problem, assignment, index);
    const standing = point.clusterPowerMW + processor.offPowerMW * (processor.coreCount - activeCores);
    return busyCores[index].map(
      (busy) => standing + point.activePowerMW * busy + processor.idlePowerMW * (activeCores - busy),
    );
  });
  return { timeMs, busyCores, powerMW, makespanMs };
}

/**
 * [S] when each step begins, and the step that each start and end belongs to; those between which no time passes share
 * one, those at the makespan have step S.
 */
function stepsOf(
  problem: Problem,
  { startMs, endMs }: Pick<Timeline, 'startMs' | 'endMs'>,
  jobs: readonly number[],
  makespanMs: number,
): { timeMs: Float64Array; stepAt: Map<number, number> } {
  const times = new Set([0, makespanMs]);
  for (const job of jobs) times.add(startMs[job]).add(endMs[job]);
  const ascending = Float64Array.from(times).sort();
  const beginnings: number[] = [];
  const stepAt = new Map<number, number>();
  ascending.forEach((at, index) => {
    if (index === 0 || timePasses(ascending[index - 1], at, problem.dispatchTickMs)) beginnings.push(at);
    stepAt.set(at, beginnings.length - 1);
  });
  // What begins at the makespan lasts no time, unless nothing does.
  return { timeMs: Float64Array.from(beginnings.slice(0, Math.max(1, beginnings.length - 1))), stepAt };
}
