/** The front of a search as a table. */
import { SHOWN_TOLERANCE, thinned } from '#shared/analysis/front-thinning.ts';
import { metricOf, plainTitle } from '#shared/domain/metrics.ts';
import type { RunResult } from './run-result.ts';
import { number, table } from './table.ts';

/** Schedules of a front that are listed; the rest lies between them. */
const MOST_LISTED = 12;

/**
 * The front of a search in makespan and energy, from the fastest schedule to the thriftiest: how many schedules it has, how many of them
 * can be told apart, and some of these, evenly.
 */
export function renderFront(front: NonNullable<RunResult['front']>): string {
  const sorted = front.toSorted((a, b) => a.metrics.makespanMs - b.metrics.makespanMs);
  const apart = thinned(sorted.map(({ metrics }) => [metrics.makespanMs, metrics.energyMJ]));
  const listed =
    apart.length <= MOST_LISTED
      ? apart
      : Array.from(
          { length: MOST_LISTED },
          (_, index) => apart[Math.round((index * (apart.length - 1)) / (MOST_LISTED - 1))],
        );
  const some = [
    ...(apart.length < sorted.length ? [`${apart.length} of them ${100 * SHOWN_TOLERANCE} % or more apart`] : []),
    ...(listed.length < apart.length ? [`${listed.length} listed`] : []),
  ];
  const head = [`${sorted.length} schedules that no other found beats in every objective`, ...some].join(', ');
  const rows = listed.map((index) => sorted[index]);
  return `${head}\n${table(rows, [
    { title: 'chromosome', value: ({ chromosomeId }) => String(chromosomeId), align: 'right' },
    { title: plainTitle(metricOf('makespanMs')), value: ({ metrics }) => number(metrics.makespanMs), align: 'right' },
    { title: plainTitle(metricOf('energyMJ')), value: ({ metrics }) => number(metrics.energyMJ), align: 'right' },
  ])}`;
}
