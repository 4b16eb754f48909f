/** What is said of an exported schedule first, in sentences. */
import { deadlineResults, impossibleTexts, missedOf } from '#shared/analysis/deadlines.ts';
import { responseBounds } from '#shared/analysis/response-bounds.ts';
import { distanceFrom, distanceText } from '#shared/analysis/makespan-bound.ts';
import type { MakespanBound, Metrics } from '#shared/domain/run.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { formatCounted, formatPercent, formatQuantity } from '../../../format.ts';

/** Whether deadlines are met, and which of those missed no schedule can meet; "equal": none are set. */
export function deadlinesText(
  problem: Problem,
  metrics: Metrics,
): { readonly text: string; readonly verdict: 'better' | 'worse' | 'equal' } {
  const { scenario } = problem;
  const all = missedOf(deadlineResults(scenario, metrics));
  if (all === undefined) return { text: 'No deadlines are set', verdict: 'equal' };
  const dropped = `${all.dropped} of ${formatCounted(all.ofInstances, 'instance')} dropped because they were late`;
  if (all.missed === 0 && all.dropped > 0) return { text: `No deadline is missed, but ${dropped}`, verdict: 'worse' };
  if (all.missed === 0)
    return { text: `All deadlines are met (${formatCounted(all.ofInstances, 'instance')})`, verdict: 'better' };
  const impossible = impossibleTexts(
    deadlineResults(scenario, metrics, responseBounds(problem)),
    (application) => scenario.applications.find(({ id }) => id === application)?.name ?? application,
    (value) => formatQuantity(value, 'ms', 4),
  ).map((text) => `; ${text}`);
  return {
    text: `Deadlines are missed by ${all.missed} of ${formatCounted(all.ofInstances, 'instance')}${impossible.join('')}${all.dropped > 0 ? `; ${dropped}` : ''}`,
    verdict: 'worse',
  };
}

/** How far `makespanMs` is from the bound, in words. */
export function boundText(makespanMs: number, bound: MakespanBound | undefined): string {
  if (bound === undefined) return 'No lower bound of the makespan is known';
  const distance = distanceFrom(bound, makespanMs);
  return `The makespan is ${distanceText(distance, (value) => formatQuantity(value, 'ms', 4), formatPercent)}`;
}
