/** How the groups of a sweep are laid out: as a table over what was varied, as ranked rows, and how strong each cell's colour is. */
import type { Goal } from '#shared/domain/metrics.ts';
import {
  figureOf,
  spreadOfFigure,
  valueAlong,
  type SweepDimension,
  type SweepFigure,
  type SweepGroup,
  type SweptRun,
} from '#shared/analysis/sweep-groups.ts';
import { quantile } from '#shared/scheduling/metrics.ts';

export interface MapRow<Run extends SweptRun> {
  readonly key: string;
  /** Its values along the dimensions that are not the columns. */
  readonly heads: readonly string[];
  /** One per column; undefined where nothing was run. */
  readonly cells: readonly (SweepGroup<Run> | undefined)[];
}

/** The groups as a table: `column` along the columns, every combination of the other dimensions a row. */
export function mapRows<Run extends SweptRun>(
  groups: readonly SweepGroup<Run>[],
  column: SweepDimension,
  rowDimensions: readonly SweepDimension[],
): MapRow<Run>[] {
  const byKey = new Map<string, { heads: string[]; cells: (SweepGroup<Run> | undefined)[] }>();
  for (const group of groups) {
    const heads = rowDimensions.map(({ name }) => valueAlong(group, name));
    const key = JSON.stringify(heads);
    const row = byKey.get(key) ?? { heads, cells: column.values.map(() => undefined) };
    row.cells[column.values.indexOf(valueAlong(group, column.name))] = group;
    byKey.set(key, row);
  }
  return [...byKey].map(([key, row]) => ({ key, ...row }));
}

/** What the colours of one scenario reach from and to: different scenarios cannot be measured against each other. */
export interface ColorScale {
  readonly scenario: string;
  readonly best: number;
  /** Of the colours: the worst median, but no farther from the others than Tukey's inner fence, so that one bad cell leaves the others apart. */
  readonly weakest: number;
  /** Whether medians lie beyond `weakest`. */
  readonly isCut: boolean;
  readonly count: number;
}

/** The scales of all scenarios that have a result, in order of appearance. */
export function colorScales(groups: readonly SweepGroup<SweptRun>[], figure: SweepFigure, goal: Goal): ColorScale[] {
  return [...Map.groupBy(groups, ({ scenario }) => scenario)].flatMap(([scenario, own]) => {
    const medians = Float64Array.from(
      own.map((group) => group.medians[figure]).filter((value) => !Number.isNaN(value)),
    ).sort();
    if (medians.length === 0) return [];
    const [lower, upper] = [quantile(medians, 0.25), quantile(medians, 0.75)];
    const fence = 1.5 * (upper - lower);
    const best = goal === 'higher' ? medians[medians.length - 1] : medians[0];
    const worst = goal === 'higher' ? medians[0] : medians[medians.length - 1];
    const weakest = goal === 'higher' ? Math.max(worst, lower - fence) : Math.min(worst, upper + fence);
    return [{ scenario, best, weakest, isCut: weakest !== worst, count: medians.length }];
  });
}

/** 0 for the weakest colour … 1 for the best median; undefined without a result. */
export function strengthOf(
  group: SweepGroup<SweptRun>,
  figure: SweepFigure,
  scale: ColorScale | undefined,
): number | undefined {
  const value = group.medians[figure];
  if (scale === undefined || Number.isNaN(value)) return undefined;
  if (scale.best === scale.weakest) return 1;
  return Math.min(1, Math.max(0, (value - scale.weakest) / (scale.best - scale.weakest)));
}

export interface SpreadRow<Run extends SweptRun> {
  readonly group: SweepGroup<Run>;
  readonly points: readonly { readonly run: Run['run']; readonly value: number }[];
  readonly median: number;
  readonly lowerQuartile: number;
  readonly upperQuartile: number;
}

/** The groups of one scenario with the value of each of their runs, the best median first; those without a result are left out. */
export function spreadRows<Run extends SweptRun>(
  groups: readonly SweepGroup<Run>[],
  figure: SweepFigure,
  goal: Goal,
): SpreadRow<Run>[] {
  return groups
    .map((group) => {
      const { median, lowerQuartile, upperQuartile } = spreadOfFigure(group.runs, figure);
      const points = group.runs.flatMap(({ run }: Run) => {
        const value = figureOf(run, figure);
        return value === undefined ? [] : [{ run, value }];
      });
      return { group, points, median, lowerQuartile, upperQuartile };
    })
    .filter(({ points }) => points.length > 0)
    .sort((a, b) => (goal === 'higher' ? b.median - a.median : a.median - b.median));
}
