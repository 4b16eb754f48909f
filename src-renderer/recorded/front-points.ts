/** Fronts of runs as points with all their metrics, filtered by limits, with the knee in two metrics. */
import {
  HEADLINE_METRIC_COUNT,
  headlineRecord,
  needsPower,
  shownMetrics,
  type HeadlineMetrics,
} from '#shared/domain/metrics.ts';
import { thinned } from '#shared/analysis/front-thinning.ts';
import { kneeOf, type FrontPoint } from '#shared/analysis/attainment.ts';
import type { ChromosomeColumns } from '#shared/contract/replay-shapes.ts';
import { minimisedOn, type AxisValues } from './front-axes.ts';

/** One schedule on the front of a run. */
export interface ParetoPoint {
  /** Index of the run among those shown. */
  readonly side: number;
  readonly chromosomeId: number;
  /** Row in the run's columns. */
  readonly row: number;
  readonly values: HeadlineMetrics & AxisValues;
}

/** What is needed of chromosomes to show them as a front. */
export type FrontColumns = Pick<ChromosomeColumns, 'ids' | 'loci' | 'genes' | 'fitness' | 'metrics'>;

/** Accepted values of a metric, both ends included. */
export interface Limits {
  readonly low: number;
  readonly high: number;
}
export type LimitsByMetric = ReadonlyMap<string, Limits>;

/** @param detailsOf values on further axes, read off the genes of a schedule */
export function pointsOfFront(
  { ids, loci, genes, metrics }: FrontColumns,
  side: number,
  detailsOf?: (genes: Uint8Array) => AxisValues,
): ParetoPoint[] {
  return Array.from(ids, (chromosomeId, row) => ({
    side,
    chromosomeId,
    row,
    values: {
      ...headlineRecord(metrics, row * HEADLINE_METRIC_COUNT),
      ...detailsOf?.(genes.slice(row * loci, (row + 1) * loci)),
    },
  }));
}

/**
 * The names of the two axes: those asked for, else the first two of `preferred`, else makespan and energy. Without power figures
 * latency replaces energy.
 * @param further axes that are offered beside the metrics
 */
export function axesOf(
  asked: { readonly x?: unknown; readonly y?: unknown },
  hasPower: boolean,
  further: readonly string[] = [],
  preferred: readonly unknown[] = [],
): { readonly x: string; readonly y: string } {
  const offered = [
    ...shownMetrics.filter(({ name }) => hasPower || !needsPower(name)).map(({ name }): string => name),
    ...further,
  ];
  const [first, second] = preferred.filter((name) => offered.some((each) => each === name));
  const axis = (names: readonly unknown[], usual: string): string =>
    names.map((name) => offered.find((each) => each === name)).find((name) => name !== undefined) ?? usual;
  return {
    x: axis([asked.x, first], 'makespanMs'),
    y: axis([asked.y, second], hasPower ? 'energyMJ' : 'latencyMs'),
  };
}

/** Least and greatest value of a metric; undefined for no points. */
export function extentOf(points: readonly ParetoPoint[], name: string): Limits | undefined {
  if (points.length === 0) return undefined;
  return points.reduce(
    (range, { values }) => ({ low: Math.min(range.low, values[name]), high: Math.max(range.high, values[name]) }),
    { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY },
  );
}

export function isWithin(point: ParetoPoint, limits: LimitsByMetric): boolean {
  for (const [name, { low, high }] of limits) if (point.values[name] < low || point.values[name] > high) return false;
  return true;
}

/** Two metrics of a schedule, those of which more is better turned round. */
export function bothMinimised(values: AxisValues, x: string, y: string): FrontPoint {
  return { x: minimisedOn(x, values[x]), y: minimisedOn(y, values[y]) };
}

/**
 * Of `points`, all of one run, those to be shown: each that differs by more than `tolerance` from the one before it in some of `names`,
 * along the first of them.
 */
export function apartIn(points: readonly ParetoPoint[], names: readonly string[], tolerance: number): ParetoPoint[] {
  const valuesOf = ({ values }: ParetoPoint): number[] => names.map((name) => minimisedOn(name, values[name]));
  const sorted = points.toSorted((a, b) => valuesOf(a)[0] - valuesOf(b)[0]);
  return thinned(sorted.map(valuesOf), tolerance).map((index) => sorted[index]);
}

/** The knee among `points` in two metrics, those of which more is better turned round. */
export function kneeAmong(points: readonly ParetoPoint[], x: string, y: string): ParetoPoint | undefined {
  const knee = kneeOf(points.map(({ values }) => bothMinimised(values, x, y)));
  return knee === undefined ? undefined : points[knee];
}
