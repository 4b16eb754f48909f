/**
 * The metrics of a schedule as one table: name, title, unit, which direction is better, and the place in the vector that is kept with
 * each chromosome. Engine, record, command line, lists, charts and exports read them here; a new metric is a new entry.
 */
import { z } from 'zod';

/** Which values of a quantity are better. */
export type Goal = 'lower' | 'higher';

/** What people read of a quantity. */
export interface Quantity {
  /** As a heading has it: "Makespan". */
  readonly title: string;
  /** "ms"; empty where it has none. */
  readonly unit: string;
  /** Undefined: neither direction is better. */
  readonly goal: Goal | undefined;
  /** What it measures, one sentence without a full stop. */
  readonly meaning: string;
}

interface MetricEntry extends Quantity {
  readonly goal: Goal;
  /** Place in the vector of a chromosome's metrics; none: computed for single schedules only. Recorded: append only. */
  readonly index?: number;
  /** Computed from power figures: 0 says only that the platform has none. */
  readonly needsPower?: true;
}

const table = {
  makespanMs: {
    title: 'Makespan',
    unit: 'ms',
    goal: 'lower',
    meaning: 'Time from the start until the last task ends',
    index: 0,
  },
  throughputPerS: {
    title: 'Throughput',
    unit: 'instances/s',
    goal: 'higher',
    meaning: 'Finished application instances per second of makespan',
    index: 1,
  },
  energyMJ: {
    title: 'Energy',
    unit: 'mJ',
    goal: 'lower',
    meaning: 'Energy of all processors and transfers over the makespan',
    index: 2,
    needsPower: true,
  },
  latencyMs: {
    title: 'Latency',
    unit: 'ms',
    goal: 'lower',
    meaning: 'Mean response time: last finish − release, over application instances',
    index: 3,
  },
  peakPowerMW: {
    title: 'Peak power',
    unit: 'mW',
    goal: 'lower',
    meaning: 'Highest power at any moment',
    needsPower: true,
  },
  constraintViolation: {
    title: 'Constraint violation',
    unit: '',
    goal: 'lower',
    meaning: 'Utilisation above the accepted maximum, and deadline overrun; 0 is feasible',
    index: 4,
  },
  deadlineMisses: {
    title: 'Deadline misses',
    unit: '',
    goal: 'lower',
    meaning: 'Application instances that end after their deadline',
  },
} as const satisfies Readonly<Record<string, MetricEntry>>;

/** Every single figure of a schedule. */
export type MetricName = keyof typeof table;
/** The metrics kept with every recorded chromosome. */
export type HeadlineMetricName = {
  [Name in MetricName]: (typeof table)[Name] extends { readonly index: number } ? Name : never;
}[MetricName];
/** Of these, the ones that people compare schedules by: a violation only says whether one counts. */
export type ShownMetricName = Exclude<HeadlineMetricName, 'constraintViolation'>;

export interface Metric<Name extends MetricName = MetricName> extends MetricEntry {
  readonly name: Name;
}

/** All metrics in the order in which they are listed. */
export const metrics: readonly Metric[] = Object.entries(table).map(([name, entry]) => ({
  name: name as MetricName, // the keys of `table`
  ...entry,
}));

/** A metric kept with every recorded chromosome. */
export type HeadlineMetric = Metric<HeadlineMetricName>;

export function metricOf<Name extends MetricName>(name: Name): Metric<Name> {
  return { name, ...table[name] };
}

/** In the order of the vector. */
export const headlineMetrics: readonly HeadlineMetric[] = metrics
  .filter((metric): metric is HeadlineMetric => metric.index !== undefined)
  .sort((a, b) => (a.index ?? 0) - (b.index ?? 0));
export const headlineMetricNames: readonly HeadlineMetricName[] = headlineMetrics.map(({ name }) => name);
/** Number of metrics kept with each chromosome. */
export const HEADLINE_METRIC_COUNT = headlineMetricNames.length;

/** Place of each metric in a chromosome's vector. */
export const metricIndex = Object.fromEntries(headlineMetricNames.map((name, index) => [name, index])) as Readonly<
  Record<HeadlineMetricName, number>
>;

export const shownMetrics: readonly Metric<ShownMetricName>[] = headlineMetrics.filter(
  (metric): metric is Metric<ShownMetricName> => metric.name !== 'constraintViolation',
);
export const shownMetricNames: readonly ShownMetricName[] = shownMetrics.map(({ name }) => name);

/** What single-objective searches maximise; runs are comparable by it only where they weigh it alike. */
export const fitnessQuantity = {
  title: 'Fitness',
  unit: '',
  goal: 'higher',
  meaning: 'What the searches maximise',
} as const satisfies Quantity;

/** What a run or a group of runs is compared by: fitness, or a metric of its best schedule. */
export type ComparedFigure = 'fitness' | MetricName;

export function quantityOf(name: ComparedFigure): Quantity & { readonly goal: Goal } {
  return name === 'fitness' ? fitnessQuantity : table[name];
}

/** An object schema's shape: `schema` under each of `names`, in their order. */
export function shapeOf<Name extends string, Schema extends z.ZodType>(
  names: readonly Name[],
  schema: Schema,
): Record<Name, Schema> {
  return Object.fromEntries(names.map((name) => [name, schema])) as Record<Name, Schema>;
}

export const metricShape = shapeOf(Object.keys(table) as MetricName[], z.number());
export const headlineMetricsSchema = z.object(shapeOf(headlineMetricNames, z.number()));
export type HeadlineMetrics = z.output<typeof headlineMetricsSchema>;

/** A vector of headline metrics as a record. @param at where the vector begins in `vectors` */
export function headlineRecord(vectors: ArrayLike<number>, at = 0): HeadlineMetrics {
  return Object.fromEntries(headlineMetricNames.map((name, index) => [name, vectors[at + index]])) as HeadlineMetrics;
}

/** The headline metrics of full metrics as a vector. */
export function headlineVector(metricsByName: HeadlineMetrics): Float64Array {
  return Float64Array.from(headlineMetricNames, (name) => metricsByName[name]);
}

/** "Makespan (ms)"; the title alone where there is no unit. */
export function titleWithUnit({ title, unit }: Pick<Quantity, 'title' | 'unit'>): string {
  return unit === '' ? title : `${title} (${unit})`;
}

/** "makespan ms", as the tables of a terminal have it. */
export function plainTitle({ title, unit }: Pick<Quantity, 'title' | 'unit'>): string {
  const lower = title.toLowerCase();
  return unit === '' ? lower : `${lower} ${unit}`;
}

/** A value turned so that less is better; its own inverse. */
export function minimised(goal: Goal, value: number): number {
  return goal === 'higher' ? -value : value;
}

/** Whether `value` is better than `other`, equal ones not. */
export function isBetter(goal: Goal, value: number, other: number): boolean {
  return goal === 'higher' ? value > other : value < other;
}

/** The best of `values`; ±∞ of none. */
export function bestOf(goal: Goal, values: readonly number[]): number {
  const worst = minimised(goal, Number.POSITIVE_INFINITY);
  return values.reduce((best, value) => (isBetter(goal, value, best) ? value : best), worst);
}

/** Shown in place of an energy of 0: with any power figure at all, a schedule that takes time takes energy. */
export const NO_POWER_FIGURES = 'no power figures';

/** Whether a metric's value says nothing, because the platform lacks what it is computed from. */
export function isWithoutFigures(name: MetricName, value: number): boolean {
  return value === 0 && needsPower(name);
}

/** Whether only a platform with power figures has the metric. */
export function needsPower(name: MetricName): boolean {
  const entry: MetricEntry = table[name];
  return entry.needsPower === true;
}

/** The value of a metric; undefined where it says nothing. */
export function figureOf<Name extends MetricName>(
  values: Readonly<Record<Name, number>>,
  name: Name,
): number | undefined {
  const value = values[name];
  return isWithoutFigures(name, value) ? undefined : value;
}
