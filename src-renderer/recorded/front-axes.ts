/** What fronts are drawn in: the metrics of every chromosome, and what a run traded off beside them, for which schedules are simulated. */
import { frontQuestion } from '#shared/analysis/front-remark.ts';
import type { RunDetail } from '#shared/contract/shapes.ts';
import { metricOf, metrics, minimised, type Goal, type Quantity } from '#shared/domain/metrics.ts';
import type { Metrics } from '#shared/domain/run.ts';
import { decodeGenome } from '#shared/scheduling/decode.ts';
import { ExecutionPlanner } from '#shared/scheduling/execution-plan.ts';
import { computeMetrics } from '#shared/scheduling/metrics.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { Simulator } from '#shared/scheduling/simulate.ts';
import { scheduleOf } from './schedule-of.ts';

/** Values of a schedule by the name of an axis. */
export type AxisValues = Readonly<Record<string, number>>;

export interface FrontAxis extends Quantity {
  readonly name: string;
  readonly goal: Goal;
}

/** An objective that the metrics of a chromosome do not tell; less of it is better. */
export interface DetailAxis extends FrontAxis {
  valueOf(metrics: Metrics): number;
}

/** The objectives of `detail`'s run that the metrics of its chromosomes do not tell. */
export function detailAxes(
  { configuration }: Pick<RunDetail, 'configuration'>,
  { scenario }: Pick<Problem, 'scenario'>,
): DetailAxis[] {
  const { unit, goal } = metricOf('latencyMs');
  return (frontQuestion(configuration.options)?.objectives ?? []).flatMap((objective): DetailAxis[] => {
    if (objective === 'maxResponseMs')
      return [
        {
          name: objective,
          title: 'Max response',
          unit,
          goal,
          meaning: 'Longest response of an instance of any application',
          valueOf: ({ applications }) => Math.max(0, ...Object.values(applications).map((each) => each.maxResponseMs)),
        },
      ];
    if (objective === 'deadlineMisses')
      return [{ ...metricOf(objective), valueOf: ({ deadlineMisses }) => deadlineMisses }];
    if (objective === 'applicationResponseMs')
      return scenario.applications.map(({ id, name }) => ({
        name: `${objective}/${id}`,
        title: `Latency of ${name}`,
        unit,
        goal,
        meaning: `Mean response time of ${name}`,
        valueOf: ({ applications }) => applications[id]?.meanResponseMs ?? Number.NaN,
      }));
    return [];
  });
}

/** The axes of `runs` together, each once; of the responses of applications those that every run has. */
export function commonDetailAxes(
  runs: readonly { readonly detail: Pick<RunDetail, 'configuration'>; readonly problem: Pick<Problem, 'scenario'> }[],
): DetailAxis[] {
  const all = new Map(
    runs.flatMap(({ detail, problem }) => detailAxes(detail, problem).map((axis) => [axis.name, axis] as const)),
  );
  return [...all.values()].filter(({ name }) => {
    const [, application] = /^applicationResponseMs\/(.*)$/s.exec(name) ?? [];
    return (
      application === undefined ||
      runs.every(({ problem }) => problem.scenario.applications.some(({ id }) => id === application))
    );
  });
}

/** Reads axes off genomes of `problem`, which it simulates. */
export function detailReader(problem: Problem, axes: readonly DetailAxis[]): (genes: Uint8Array) => AxisValues {
  if (problem.layout.offsetOf.partition !== undefined)
    return (genes) => detailsOf(axes, scheduleOf(problem, genes).metrics);
  const [planner, simulator] = [new ExecutionPlanner(problem), new Simulator(problem)];
  return (genes) => {
    const assignment = decodeGenome(problem, genes);
    return detailsOf(axes, computeMetrics(problem, assignment, simulator.run(planner.plan(assignment))));
  };
}

export function detailsOf(axes: readonly DetailAxis[], own: Metrics): AxisValues {
  return Object.fromEntries(axes.map((axis) => [axis.name, axis.valueOf(own)]));
}

/** A value on the axis of that name, turned so that less is better. */
export function minimisedOn(name: string, value: number): number {
  return minimised(metrics.find((metric) => metric.name === name)?.goal ?? 'lower', value);
}
