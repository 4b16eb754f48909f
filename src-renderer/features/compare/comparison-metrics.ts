/** The figures of a comparison's sides, each against the baseline: one value for a run, median and quartiles with a test for a group. */
import type { Metrics } from '#shared/domain/run.ts';
import { differingFields } from '#shared/analysis/differing-fields.ts';
import { mannWhitney, spreadOf, type MannWhitneyResult, type Spread } from '#shared/analysis/statistics.ts';
import { isWithoutFigures, shownMetrics } from '../../components/headline-metrics.ts';
import type { ComparedRun, ComparedSide } from './use-comparison.ts';

export interface ComparedFigure {
  readonly title: string;
  readonly unit: string;
  /** Undefined: neither direction is better. */
  readonly goal: 'lower' | 'higher' | undefined;
  readonly valueOf: (run: ComparedRun) => number | undefined;
  /** What it measures, on hover. */
  readonly meaning: string;
}

export interface SideFigure {
  /** The median over the side's runs; NaN where none has the figure. */
  readonly value: number;
  readonly spread: Spread;
  /** Against the baseline's runs; undefined for the baseline itself and where a side is a single run. */
  readonly test: MannWhitneyResult | undefined;
}

export interface FigureRow {
  readonly figure: ComparedFigure;
  readonly sides: readonly SideFigure[];
}

const best = (read: (metrics: Metrics) => number | undefined) => ({ detail }: ComparedRun): number | undefined => (detail.best === undefined ? undefined : read(detail.best.metrics));

/** All figures there are, most important first. */
export const comparedFigures: readonly ComparedFigure[] = [
  ...shownMetrics.map((metric): ComparedFigure => ({ title: metric.title, unit: metric.unit, goal: metric.goal, meaning: `${metric.meaning}, of the best schedule`, valueOf: best((metrics) => (isWithoutFigures(metric.name, metrics[metric.name]) ? undefined : metrics[metric.name])) })),
  { title: 'Peak power', unit: 'mW', goal: 'lower', meaning: 'Highest power at any moment of the best schedule', valueOf: best((metrics) => (metrics.peakPowerMW === 0 ? undefined : metrics.peakPowerMW)) },
  { title: 'Deadline misses', unit: '', goal: 'lower', meaning: 'Application instances that end after their deadline', valueOf: best((metrics) => metrics.deadlineMisses) },
  { title: 'Constraint violation', unit: '', goal: 'lower', meaning: 'Utilisation above the accepted maximum, and deadline overrun', valueOf: best((metrics) => metrics.constraintViolation) },
  { title: 'Evaluations', unit: '', goal: undefined, meaning: 'Schedules that were evaluated', valueOf: ({ detail }) => detail.run.evaluations },
  { title: 'Generations', unit: '', goal: undefined, meaning: 'Generations that were recorded', valueOf: ({ detail }) => detail.run.generations },
  { title: 'Time searching', unit: 's', goal: 'lower', meaning: 'Time spent searching, pauses not counted', valueOf: ({ detail }) => detail.run.elapsedMs / 1000 },
];

/** The rows worth showing: those that any side has, and that are not zero everywhere. */
export function figureRows(sides: readonly ComparedSide[], baseline: number, hasComparableFitness: boolean): FigureRow[] {
  const fitness: ComparedFigure = { title: 'Fitness', unit: '', goal: 'higher', meaning: 'What the searches maximise, the same formula on every side', valueOf: ({ detail }) => detail.run.bestFitness };
  const figures = hasComparableFitness ? [fitness, ...comparedFigures] : comparedFigures;
  return figures
    .map((figure) => {
      const values = sides.map((side) => side.runs.map(figure.valueOf).filter((value) => value !== undefined));
      return {
        figure,
        sides: values.map((own, index): SideFigure => {
          const spread = spreadOf(own);
          const isTested = index !== baseline && own.length > 1 && values[baseline].length > 1;
          return { value: spread.median, spread, test: isTested ? mannWhitney(own, values[baseline]) : undefined };
        }),
      };
    })
    .filter((row) => row.sides.some(({ value }) => !Number.isNaN(value) && value !== 0));
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
  return differingFields(sides.map(({ leader }) => ({ scenario: leader.detail.scenario, weights: leader.detail.configuration.options['weights'] }))).length === 0;
}

export function haveOneScenario(sides: readonly ComparedSide[]): boolean {
  return differingFields(sides.map(({ leader }) => leader.detail.scenario)).length === 0;
}

/** Whether any side's platform has power figures. */
export function hasEnergyFigures(sides: readonly ComparedSide[]): boolean {
  return sides.some((side) => (side.leader.detail.best?.metrics.energyMJ ?? 0) > 0);
}
