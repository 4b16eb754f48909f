/** What a chart's legend says: on the page as its head, in an exported picture drawn. */
import type { Problem } from '#shared/scheduling/problem.ts';
import { applicationColor, type ThemeName } from '../theme/palette.ts';

export interface LegendEntry {
  readonly name: string;
  readonly color: string;
  /** How it is drawn in the chart; "square": as points or areas. */
  readonly dash: 'solid' | 'dashed' | 'dotted' | 'square';
  /** The latest value, already written. */
  readonly value?: string | undefined;
  /** Switched off: the chart does not draw it. */
  readonly isHidden?: boolean | undefined;
}

/** The colours of the applications, each name once under its colour. */
export function applicationLegend(problems: readonly Problem[], theme: ThemeName): LegendEntry[] {
  const entries = problems.flatMap(({ scenario }) =>
    scenario.applications.map(({ name }, index): LegendEntry => ({
      name,
      color: applicationColor(index, theme),
      dash: 'square',
    })),
  );
  return entries.filter(
    ({ name, color }, at) => entries.findIndex((other) => other.name === name && other.color === color) === at,
  );
}
