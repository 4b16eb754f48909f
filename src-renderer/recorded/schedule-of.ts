/** The schedule that a genome encodes, simulated here: the main process is not asked. */
import { computed, type ComputedRef } from 'vue';
import type { Metrics } from '#shared/domain/run.ts';
import type { Assignment } from '#shared/scheduling/decode.ts';
import { executedSchedule } from '#shared/scheduling/executed-schedule.ts';
import { computeMetrics } from '#shared/scheduling/metrics.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { simulate, type Timeline } from '#shared/scheduling/simulate.ts';

export interface Schedule {
  /** Its tasks are what is executed, layers or subgraphs: where genes cut these, another one than that of the genome. */
  readonly problem: Problem;
  readonly assignment: Assignment;
  readonly timeline: Timeline;
  readonly metrics: Metrics;
}

/** Simulates `genes`. @throws WorkbenchError `genome.invalid` where they belong to another scenario */
export function scheduleOf(problem: Problem, genes: Uint8Array): Schedule {
  const executed = executedSchedule(problem, genes);
  const timeline = simulate(executed.problem, executed.assignment);
  return { ...executed, timeline, metrics: computeMetrics(executed.problem, executed.assignment, timeline) };
}

export function useSchedule(
  source: () => { readonly problem: Problem; readonly genes: Uint8Array } | undefined,
): ComputedRef<Schedule | undefined> {
  return computed(() => {
    const given = source();
    return given === undefined ? undefined : scheduleOf(given.problem, given.genes);
  });
}
