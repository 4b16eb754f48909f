/** The figures of a comparison's sides, each against the baseline: one value for a run, median and quartiles with a test for a group. */
import { differingFields } from '#shared/analysis/differing-fields.ts';
import {
  holmCorrected,
  mannWhitney,
  spreadOf,
  type MannWhitneyResult,
  type Spread,
} from '#shared/analysis/statistics.ts';
import { bestOf, figureOf, fitnessQuantity, metricOf, shownMetrics, type Quantity } from '#shared/domain/metrics.ts';
import type { ComparedRun, ComparedSide } from './use-comparison.ts';

export interface ComparedQuantity extends Quantity {
  readonly valueOf: (run: ComparedRun) => number | undefined;
}

export interface SideFigure {
  /** The median over the side's runs; NaN where none has the figure. */
  readonly value: number;
  readonly spread: Spread;
  /** Against the baseline's runs; undefined for the baseline itself and where a side is a single run. */
  readonly test: MannWhitneyResult | undefined;
  /** The test's p, corrected for all tests of the table (Holm); undefined without a test. */
  readonly correctedP: number | undefined;
  /** Whether a difference from the baseline may be called better or worse: between single runs as it is, between groups where the test says so. */
  readonly isCertain: boolean;
}

/** A corrected p below this is called significant. */
export const SIGNIFICANCE_LEVEL = 0.05;

export interface FigureRow {
  readonly figure: ComparedQuantity;
  readonly sides: readonly SideFigure[];
}

/** All figures there are, most important first. */
export const comparedFigures: readonly ComparedQuantity[] = [
  ...[...shownMetrics, metricOf('peakPowerMW'), metricOf('deadlineMisses'), metricOf('constraintViolation')].map(
    (metric): ComparedQuantity => ({
      ...metric,
      meaning: `${metric.meaning}, of the best schedule`,
      valueOf: ({ detail: { best } }) => (best === undefined ? undefined : figureOf(best.metrics, metric.name)),
    }),
  ),
  {
    title: 'Evaluations',
    unit: '',
    goal: undefined,
    meaning: 'Schedules that were evaluated',
    valueOf: ({ detail }) => detail.run.evaluations,
  },
  {
    title: 'Generations',
    unit: '',
    goal: undefined,
    meaning: 'Generations that were recorded',
    valueOf: ({ detail }) => detail.run.generations,
  },
  {
    title: 'Time searching',
    unit: 's',
    goal: 'lower',
    meaning: 'Time spent searching, pauses not counted',
    valueOf: ({ detail }) => detail.run.elapsedMs / 1000,
  },
];

/** Spans of each group of applications that any side has. */
function groupFigures(sides: readonly ComparedSide[]): ComparedQuantity[] {
  const ids = new Set(
    sides.flatMap(({ runs }) => runs.flatMap(({ detail }) => Object.keys(detail.best?.metrics.groups ?? {}))),
  );
  return [...ids].flatMap((id) =>
    (
      [
        ['worstSpanMs', 'worst span', 'ms', 'Longest time from a release of the group to the end of its last member'],
        ['p90SpanMs', 'p90 span', 'ms', '90th percentile of the spans of the group'],
        ['deadlineMisses', 'missed spans', '', 'Spans of the group that end after its deadline'],
      ] as const
    ).map(([name, title, unit, meaning]): ComparedQuantity => ({
      title: `${id}: ${title}`,
      unit,
      goal: 'lower',
      meaning: `${meaning}, of the best schedule`,
      valueOf: ({ detail }) => detail.best?.metrics.groups?.[id]?.[name],
    })),
  );
}

/** The rows worth showing: those that any side has, and that are not zero everywhere. Their tests are one family: each p is corrected for all of them. */
export function figureRows(
  sides: readonly ComparedSide[],
  baseline: number,
  hasComparableFitness: boolean,
): FigureRow[] {
  const fitness: ComparedQuantity = {
    ...fitnessQuantity,
    meaning: `${fitnessQuantity.meaning}, the same formula on every side`,
    valueOf: ({ detail }) => detail.run.bestFitness,
  };
  const figures = [...(hasComparableFitness ? [fitness] : []), ...comparedFigures, ...groupFigures(sides)];
  const rows = figures
    .map((figure) => {
      const values = sides.map((side) => side.runs.map(figure.valueOf).filter((value) => value !== undefined));
      return {
        figure,
        sides: values.map((own, index) => {
          const spread = spreadOf(own);
          const isTested =
            figure.goal !== undefined && index !== baseline && own.length > 1 && values[baseline].length > 1;
          return { value: spread.median, spread, test: isTested ? mannWhitney(own, values[baseline]) : undefined };
        }),
      };
    })
    .filter((row) => row.sides.some(({ value }) => !Number.isNaN(value) && value !== 0));
  const corrected = holmCorrected(
    rows.flatMap((row) => row.sides.flatMap(({ test }) => (test === undefined ? [] : [test.p]))),
  );
  let next = 0;
  const areSingle = sides.every((side) => side.runs.length === 1);
  return rows.map(({ figure, sides: own }) => ({
    figure,
    sides: own.map((side): SideFigure => {
      const correctedP = side.test === undefined ? undefined : corrected[next++];
      return { ...side, correctedP, isCertain: correctedP === undefined ? areSingle : correctedP < SIGNIFICANCE_LEVEL };
    }),
  }));
}

/** How many tests a table has: each p is corrected for that many. */
export function countTests(rows: readonly FigureRow[]): number {
  return rows.reduce((count, row) => count + row.sides.filter(({ test }) => test !== undefined).length, 0);
}

/**
 * Whether side `index` may be called the best of `row`: no other has a better value, some have a worse one, and where
 * it is tested the difference from the baseline is significant.
 */
export function isBestOfRow({ figure: { goal }, sides }: FigureRow, index: number, baseline: number): boolean {
  if (goal === undefined || sides.length < 2) return false;
  const values = sides.map(({ value }) => value).filter((value) => !Number.isNaN(value));
  const best = bestOf(goal, values);
  if (sides[index].value !== best || values.every((value) => value === best)) return false;
  return index === baseline
    ? sides.every((side, other) => other === baseline || side.value === best || side.isCertain)
    : sides[index].isCertain;
}

/** Vargha & Delaney's words for an effect size A: below 0.56 (from either side) negligible, below 0.64 small, below 0.71 medium, else large. */
export function effectWord(effect: number): 'negligible' | 'small' | 'medium' | 'large' {
  const distance = Math.abs(effect - 0.5);
  return distance < 0.06 ? 'negligible' : distance < 0.14 ? 'small' : distance < 0.21 ? 'medium' : 'large';
}

/** "p = 0.012", "p < 0.001". */
export function pText(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toPrecision(2)}`;
}

/** Fitness means the same only for the same scenario under the same weights. */
export function haveComparableFitness(sides: readonly ComparedSide[]): boolean {
  return (
    differingFields(
      sides.map(({ leader }) => ({
        scenario: leader.detail.scenario,
        weights: leader.detail.configuration.options['weights'],
      })),
    ).length === 0
  );
}

export function haveOneScenario(sides: readonly ComparedSide[]): boolean {
  return differingFields(sides.map(({ leader }) => leader.detail.scenario)).length === 0;
}

/** Whether any side's platform has power figures. */
export function hasEnergyFigures(sides: readonly ComparedSide[]): boolean {
  return sides.some((side) => (side.leader.detail.best?.metrics.energyMJ ?? 0) > 0);
}
