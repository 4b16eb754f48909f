/** Objectives of the searches with several of them: which headline metrics, all turned so that less is better. */
import type { JudgedPoint } from '#shared/analysis/pareto.ts';
import { headlineMetricNames, type HeadlineMetricName } from '#shared/domain/run.ts';
import type { Chromosome } from './search.ts';

const VIOLATION = headlineMetricNames.indexOf('constraintViolation');

/** How a chromosome is judged. */
export type Judge = (chromosome: Chromosome) => JudgedPoint;

/**
 * Judges by `names`; throughput counts negative, because more of it is better.
 * @param isConstrained whether constraint violations count before the objectives
 */
export function judgeBy(names: readonly HeadlineMetricName[], isConstrained: boolean): Judge {
  const columns = names.map((name) => headlineMetricNames.indexOf(name));
  const signs = names.map((name) => (name === 'throughputPerS' ? -1 : 1));
  return ({ metrics }) => ({
    objectives: columns.map((column, m) => signs[m] * metrics[column]),
    violation: isConstrained ? metrics[VIOLATION] : 0,
  });
}
