/** Fronts of runs as points with all their metrics, filtered by limits, with the knee in two metrics. */
import { headlineMetricNames, type HeadlineMetricName } from '#shared/domain/run.ts';
import { kneeOf, type FrontPoint } from '#shared/analysis/attainment.ts';
import type { ChromosomeColumns } from '#shared/contract/replay-shapes.ts';
import { shownMetrics } from '../../components/headline-metrics.ts';

/** One schedule on the front of a run. */
export interface ParetoPoint {
  /** Index of the run among those shown. */
  readonly side: number;
  readonly chromosomeId: number;
  /** Row in the run's columns. */
  readonly row: number;
  readonly values: Readonly<Record<HeadlineMetricName, number>>;
}

/** Accepted values of a metric, both ends included. */
export interface Limits {
  readonly low: number;
  readonly high: number;
}
export type LimitsByMetric = ReadonlyMap<HeadlineMetricName, Limits>;

export function pointsOfFront(columns: ChromosomeColumns, side: number): ParetoPoint[] {
  const count = headlineMetricNames.length;
  return Array.from(columns.ids, (chromosomeId, row) => ({
    side, chromosomeId, row,
    values: {
      makespanMs: columns.metrics[row * count], throughputPerS: columns.metrics[row * count + 1], energyMJ: columns.metrics[row * count + 2],
      latencyMs: columns.metrics[row * count + 3], constraintViolation: columns.metrics[row * count + 4],
    },
  }));
}

/** The metrics of the two axes: those asked for, else makespan and energy. Without power figures latency stands in for energy. */
export function axesOf(asked: { readonly x?: unknown; readonly y?: unknown }, hasPower: boolean): { readonly x: HeadlineMetricName; readonly y: HeadlineMetricName } {
  const offered = shownMetrics.filter(({ name }) => hasPower || name !== 'energyMJ');
  const axis = (name: unknown, usual: HeadlineMetricName): HeadlineMetricName => offered.find((metric) => metric.name === name)?.name ?? usual;
  return { x: axis(asked.x, 'makespanMs'), y: axis(asked.y, hasPower ? 'energyMJ' : 'latencyMs') };
}

/** Least and greatest value of a metric; undefined for no points. */
export function extentOf(points: readonly ParetoPoint[], name: HeadlineMetricName): Limits | undefined {
  if (points.length === 0) return undefined;
  return points.reduce((range, { values }) => ({ low: Math.min(range.low, values[name]), high: Math.max(range.high, values[name]) }), { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY });
}

export function isWithin(point: ParetoPoint, limits: LimitsByMetric): boolean {
  for (const [name, { low, high }] of limits) if (point.values[name] < low || point.values[name] > high) return false;
  return true;
}

/** Two metrics of a schedule, those of which more is better turned round. */
export function minimised(values: Readonly<Record<HeadlineMetricName, number>>, x: HeadlineMetricName, y: HeadlineMetricName): FrontPoint {
  const sign = (name: HeadlineMetricName): number => (shownMetrics.find((metric) => metric.name === name)?.goal === 'higher' ? -1 : 1);
  return { x: sign(x) * values[x], y: sign(y) * values[y] };
}

/** The knee among `points` in two metrics, those of which more is better turned round. */
export function kneeAmong(points: readonly ParetoPoint[], x: HeadlineMetricName, y: HeadlineMetricName): ParetoPoint | undefined {
  const knee = kneeOf(points.map(({ values }) => minimised(values, x, y)));
  return knee === undefined ? undefined : points[knee];
}
