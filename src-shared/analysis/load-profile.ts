/** What a schedule's processors do over time: busy cores and power as step functions. */
import { arrangementOf, type Assignment } from '../scheduling/decode.ts';
import type { Problem } from '../scheduling/problem.ts';
import { groupSizeOf, type Timeline } from '../scheduling/simulate.ts';

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
export function loadProfile(problem: Problem, assignment: Assignment, timeline: Pick<Timeline, 'pe' | 'startMs' | 'endMs'>): LoadProfile {
  const makespanMs = timeline.endMs.reduce((latest, end) => Math.max(latest, end), 0);
  const times = new Set<number>([0]);
  for (const at of [...timeline.startMs, ...timeline.endMs]) if (at < makespanMs) times.add(at);
  const timeMs = Float64Array.from(times).sort();
  const stepAt = new Map(Array.from(timeMs, (at, step) => [at, step]));
  const busyCores = problem.processors.map(() => new Float64Array(timeMs.length));
  for (let job = 0; job < timeline.endMs.length; job++) {
    const { processor } = problem.pes[timeline.pe[job]];
    const from = stepAt.get(timeline.startMs[job]) ?? timeMs.length;
    const to = stepAt.get(timeline.endMs[job]) ?? timeMs.length;
    const cores = groupSizeOf(problem, assignment, timeline.pe[job]);
    for (let step = from; step < to; step++) busyCores[processor][step] += cores;
  }
  const powerMW = problem.processors.map((processor, index) => {
    const point = processor.operatingPoints[assignment.operatingPoint[index]];
    const { activeCores } = arrangementOf(problem, assignment, index);
    const standing = point.clusterPowerMW + processor.offPowerMW * (processor.coreCount - activeCores);
    return busyCores[index].map((busy) => standing + point.activePowerMW * busy + processor.idlePowerMW * (activeCores - busy));
  });
  return { timeMs, busyCores, powerMW, makespanMs };
}
