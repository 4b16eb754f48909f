/** The metrics of several runs as a table, a column each. */
import type { Metrics } from '#shared/domain/run.ts';
import { figureOf, renderedUnits } from './run-result.ts';
import { change, number, table } from './table.ts';

export interface Side {
  readonly name: string;
  /** Undefined where the run has no schedule. */
  readonly metrics: Metrics | undefined;
}

/** @param withChanges each beside its change against the first */
export function renderSideBySide(sides: readonly Side[], withChanges = false): string {
  const baseline = sides[0]?.metrics;
  type Row = (typeof renderedUnits)[number];
  const valueOf = ({ metrics }: Side) => ([key]: Row): string => number(metrics === undefined ? undefined : figureOf(metrics, key));
  const changeOf = ({ metrics }: Side) => ([key]: Row): string => (metrics === undefined || baseline === undefined ? '–' : change(figureOf(metrics, key), figureOf(baseline, key)));
  return table(renderedUnits, [
    { title: 'metric', value: ([, name]) => name },
    { title: 'unit', value: ([, , unit]) => unit },
    ...sides.flatMap((side, index) => [
      { title: side.name, value: valueOf(side), align: 'right' as const },
      ...(withChanges && index > 0 ? [{ title: 'change', value: changeOf(side), align: 'right' as const }] : []),
    ]),
  ]);
}
