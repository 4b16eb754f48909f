/** What has to be said of the front of a search that is no better than a simple schedule, or no choice at all. */
import {
  headlineMetricNames,
  metricOf,
  minimised,
  type HeadlineMetricName,
  type HeadlineMetrics,
} from '../domain/metrics.ts';
import { constraintDominates, type JudgedPoint } from './pareto.ts';

/** What the front was searched for. */
export interface FrontQuestion {
  /** As the scheduler's option has them; objectives that are not headline metrics are not compared. */
  readonly objectives: readonly unknown[];
  /** Whether constraint violations count before the objectives. */
  readonly isConstrained: boolean;
}

/** Read from a scheduler's options; undefined where there are no objectives, but a fitness. */
export function frontQuestion({
  objectives,
  constraints,
}: Readonly<Record<string, unknown>>): FrontQuestion | undefined {
  return Array.isArray(objectives) && objectives.length > 0
    ? { objectives, isConstrained: constraints !== 'ignore' }
    : undefined;
}

/**
 * Undefined where the front is a choice that no baseline makes idle. A baseline is compared only where headline metrics tell every
 * objective; one that is as good as a member, but no better in anything, does not dominate it.
 */
export function frontRemark(
  front: readonly HeadlineMetrics[],
  baselines: readonly { readonly name: string; readonly metrics: HeadlineMetrics }[],
  question: FrontQuestion,
): string | undefined {
  if (front.length === 0) return undefined;
  const advice = 'try the option heuristicSeeding, another seed, or more generations';
  const names = question.objectives.filter(isHeadline);
  const judged = (metrics: HeadlineMetrics): JudgedPoint => ({
    objectives: names.map((name) => minimised(metricOf(name).goal, metrics[name])),
    violation: question.isConstrained ? metrics.constraintViolation : 0,
  });
  const points = front.map(judged);
  const better =
    names.length < question.objectives.length
      ? []
      : baselines.filter(({ metrics }) => points.every((point) => constraintDominates(judged(metrics), point)));
  if (better.length > 0)
    return (
      `${better.map(({ name }) => name).join(' and ')} ${better.length === 1 ? 'is' : 'are'} better than every schedule ` +
      `on the front, in at least one objective and worse in none: ${advice}`
    );
  if (front.length === 1)
    return `the front has a single schedule: the search found no trade-off between the objectives; they may not be at odds here, or ${advice}`;
  return undefined;
}

function isHeadline(name: unknown): name is HeadlineMetricName {
  return headlineMetricNames.some((candidate) => candidate === name);
}
