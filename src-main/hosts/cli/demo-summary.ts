/** What a demo of several runs, or of a front, shows at its end. */
import { renderedUnits, type RunResult } from './run-result.ts';
import type { SearchReport } from './search.ts';
import { number, table } from './table.ts';

/** Metrics, one a line, of several runs side by side. */
export function renderSideBySide(names: readonly string[], reports: readonly SearchReport[]): string {
  return table(renderedUnits, [
    { title: 'metric', value: ([, name]) => name },
    { title: 'unit', value: ([, , unit]) => unit },
    ...reports.map(({ result }, index) => ({ title: names[index] ?? '', value: ([key]: (typeof renderedUnits)[number]) => number(result.best?.metrics[key]), align: 'right' as const })),
  ]);
}

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
