/** The metrics of several runs as a table, a column each. */
import { figureOf, metrics, type Metric } from '#shared/domain/metrics.ts';
import type { Metrics } from '#shared/domain/run.ts';
import { change, number, table } from './table.ts';

export interface Side {
  readonly name: string;
  /** Undefined where the run has no schedule. */
  readonly metrics: Metrics | undefined;
}

/** @param withChanges each next to its change against the first */
export function renderSideBySide(sides: readonly Side[], withChanges = false): string {
  const baseline = sides[0]?.metrics;
  const valueOf =
    (side: Side) =>
    ({ name }: Metric): string =>
      number(side.metrics === undefined ? undefined : figureOf(side.metrics, name));
  const changeOf =
    (side: Side) =>
    ({ name }: Metric): string =>
      side.metrics === undefined || baseline === undefined
        ? '–'
        : change(figureOf(side.metrics, name), figureOf(baseline, name));
  return table(metrics, [
    { title: 'metric', value: ({ title }) => title.toLowerCase() },
    { title: 'unit', value: ({ unit }) => unit },
    ...sides.flatMap((side, index) => [
      { title: side.name, value: valueOf(side), align: 'right' as const },
      ...(withChanges && index > 0 ? [{ title: 'change', value: changeOf(side), align: 'right' as const }] : []),
    ]),
  ]);
}
