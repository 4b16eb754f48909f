/** The runs of a sweep gathered by all they have in common but the seed, and what each group came to. */
import { figureOf as metricFigure, shownMetricNames, type HeadlineMetrics } from '../domain/metrics.ts';
import type { VariedValue } from '../domain/sweep.ts';
import { spreadOf, type Spread } from './statistics.ts';

/** What is gathered from a run of a sweep. */
export interface SweptRun {
  readonly run: {
    readonly id: number;
    readonly scenarioId: string;
    readonly scenarioName: string;
    readonly scheduler: string;
    readonly seed: number;
    readonly bestFitness?: number | undefined;
    readonly bestMetrics?: HeadlineMetrics | undefined;
  };
  /** Values of the varied options, by path. */
  readonly varied: Readonly<Record<string, VariedValue>>;
}

/** What a group is measured by: fitness, or a metric of the best. */
export const sweepFigures = ['fitness', ...shownMetricNames] as const;
export type SweepFigure = (typeof sweepFigures)[number];

/** Runs that differ by their seed only. */
export interface SweepGroup<Run extends SweptRun> {
  readonly scenario: string;
  readonly scheduler: string;
  readonly varied: Readonly<Record<string, VariedValue>>;
  readonly runs: readonly Run[];
  /** Median over the runs that have a best; NaN where none has. */
  readonly medians: Readonly<Record<SweepFigure, number>>;
}

/** The groups in the order of their first runs. */
export function sweepGroups<Run extends SweptRun>(runs: readonly Run[]): SweepGroup<Run>[] {
  const gathered = new Map<string, Run[]>();
  for (const entry of runs) {
    const key = JSON.stringify([
      entry.run.scenarioId,
      entry.run.scenarioName,
      entry.run.scheduler,
      Object.entries(entry.varied).sort(([a], [b]) => (a < b ? -1 : 1)),
    ]);
    gathered.set(key, [...(gathered.get(key) ?? []), entry]);
  }
  return [...gathered.values()].map((own) => ({
    scenario: own[0].run.scenarioName,
    scheduler: own[0].run.scheduler,
    varied: own[0].varied,
    runs: own,
    medians: Object.fromEntries(sweepFigures.map((figure) => [figure, spreadOfFigure(own, figure).median])) as Record<
      SweepFigure,
      number
    >,
  }));
}

/** The spread of a figure over those of `runs` that have a best. */
export function spreadOfFigure(runs: readonly SweptRun[], figure: SweepFigure): Spread {
  return spreadOf(runs.map(({ run }) => figureOf(run, figure)).filter((value) => value !== undefined));
}

/** Undefined before a best is found, and for the energy of a platform without power figures. */
export function figureOf({ bestFitness, bestMetrics }: SweptRun['run'], figure: SweepFigure): number | undefined {
  if (figure === 'fitness') return bestFitness;
  return bestMetrics === undefined ? undefined : metricFigure(bestMetrics, figure);
}

/** What distinguishes the groups of a sweep: the dimensions along which they can be laid out, each with its values in order of appearance. */
export interface SweepDimension {
  /** "scenario", "scheduler", or the path of a varied option. */
  readonly name: string;
  readonly values: readonly string[];
}

/** The value of `group` along the dimension called `name`; "–" where the scheduler does not vary it. */
export function valueAlong(
  group: Pick<SweepGroup<SweptRun>, 'scenario' | 'scheduler' | 'varied'>,
  name: string,
): string {
  if (name === 'scenario') return group.scenario;
  if (name === 'scheduler') return group.scheduler;
  const value = group.varied[name];
  return value === undefined ? '–' : String(value);
}

/** The dimensions along which there is more than one value, else the scheduler alone. */
export function sweepDimensions(groups: readonly SweepGroup<SweptRun>[]): SweepDimension[] {
  const names = ['scenario', 'scheduler', ...new Set(groups.flatMap((group) => Object.keys(group.varied)))];
  const all = names.map((name) => ({ name, values: [...new Set(groups.map((group) => valueAlong(group, name)))] }));
  const varied = all.filter(({ values }) => values.length > 1);
  return varied.length > 0 ? varied : all.filter(({ name }) => name === 'scheduler');
}
