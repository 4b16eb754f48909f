/** The front of a search as a table. */
import type { RunResult } from './run-result.ts';
import { number, table } from './table.ts';

/** Schedules of a front that are listed; the rest lies between them. */
const MOST_LISTED = 12;

/** The front of a search in makespan and energy, from the fastest schedule to the thriftiest; long ones thinned out evenly. */
export function renderFront(front: NonNullable<RunResult['front']>): string {
  const sorted = front.toSorted((a, b) => a.metrics.makespanMs - b.metrics.makespanMs);
  const listed = sorted.length <= MOST_LISTED ? sorted : Array.from({ length: MOST_LISTED }, (_, index) => sorted[Math.round((index * (sorted.length - 1)) / (MOST_LISTED - 1))]);
  const head = `${sorted.length} schedules that no other found beats in every objective${listed.length < sorted.length ? `, ${listed.length} of them` : ''}`;
  return `${head}\n${table(listed, [
    { title: 'chromosome', value: ({ chromosomeId }) => String(chromosomeId), align: 'right' },
    { title: 'makespan ms', value: ({ metrics }) => number(metrics.makespanMs), align: 'right' },
    { title: 'energy mJ', value: ({ metrics }) => number(metrics.energyMJ), align: 'right' },
  ])}`;
}
