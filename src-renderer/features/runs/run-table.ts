/** The columns of the list of runs: what they contain, what they are sorted by, and which are shown at first. */
import { gapPercentOf, isProvenGap } from '#shared/analysis/makespan-bound.ts';
import {
  runOrders,
  type BoundableFigure,
  type OptionOrder,
  type RunOrder,
  type ScenarioBests,
} from '#shared/contract/run-list-shapes.ts';
import type { RunSummary } from '#shared/contract/shapes.ts';
import type { Column } from '../../components/table/data-table.ts';
import {
  figureOf,
  fitnessQuantity,
  metricOf,
  NO_POWER_FIGURES,
  quantityOf,
  shownMetrics,
  type Goal,
  type HeadlineMetricName,
} from '#shared/domain/metrics.ts';
import { fullTitleOf, valueAt, words, type LeafField } from '../../components/options-schema.ts';
import { statusLooks } from '../../components/marks/run-status.ts';
import { formatBytes, formatCount, formatCounted, formatElapsed, formatExact, formatNumber } from '../../format.ts';

/** Said where runs are compared by their fitness. */
export const FITNESS_HINT =
  'Fitness is comparable only between runs of the same scenario with the same weights: such runs are grouped and ranked among themselves.';

type RunColumn = Column<RunSummary>;

/** The columns of fitness and metrics: width in pixels, and how long each is kept where there is little room. */
const figureLooks = {
  fitness: { figure: 'fitness', width: 78, importance: 3, hint: FITNESS_HINT },
  makespan: { figure: 'makespanMs', width: 98, importance: 10 },
  throughput: { figure: 'throughputPerS', width: 100, importance: 4 },
  energy: { figure: 'energyMJ', width: 76, importance: 8 },
  latency: { figure: 'latencyMs', width: 78, importance: 5 },
  violation: {
    figure: 'constraintViolation',
    title: 'Violation',
    width: 82,
    importance: 1.8,
    hint: 'Constraint violation of the best schedule: 0 is feasible',
  },
} as const satisfies Readonly<
  Record<
    string,
    {
      readonly figure: 'fitness' | HeadlineMetricName;
      readonly title?: string;
      readonly width: number;
      readonly importance: number;
      readonly hint?: string;
    }
  >
>;
type FigureColumn = keyof typeof figureLooks;

const figureColumns: readonly RunColumn[] = Object.entries(figureLooks).map(([id, { figure, width, ...look }]) => {
  const { title, unit, goal } = quantityOf(figure);
  const column = numeric(id, title, width, unit, (run) => figureOfRun(run, figure), goal);
  return {
    ...column,
    ...look,
    exact: (run) =>
      figure !== 'fitness' && run.bestMetrics !== undefined && figureOfRun(run, figure) === undefined
        ? NO_POWER_FIGURES
        : (column.exact?.(run) ?? '–'),
  };
});

/** Undefined before a best is found, and where the metric says nothing. */
function figureOfRun(
  { bestFitness, bestMetrics }: RunSummary,
  figure: 'fitness' | HeadlineMetricName,
): number | undefined {
  if (figure === 'fitness') return bestFitness;
  return bestMetrics === undefined ? undefined : figureOf(bestMetrics, figure);
}

/** @param options leaf options of the schedulers in the list, each of which may be a column */
export function runColumns(schedulerName: (id: string) => string, options: readonly LeafField[] = []): RunColumn[] {
  return [
    { id: 'starred', title: '', csvTitle: 'Starred', width: 24, value: (run) => run.starred },
    { id: 'id', title: 'Run', width: 52, align: 'right', firstDirection: 'descending', value: (run) => run.id },
    {
      id: 'name',
      title: 'Name',
      width: 196,
      grow: 4,
      value: (run) => run.name,
      exact: (run) => [run.name, ...run.tags.map((tag) => `#${tag}`)].join('  '),
    },
    {
      id: 'status',
      title: 'Status',
      width: 98,
      value: (run) => statusLooks[run.status].title,
      exact: (run) => run.statusReason ?? '',
    },
    {
      id: 'scenario',
      title: 'Scenario',
      width: 104,
      grow: 1.8,
      importance: 9,
      value: (run) => run.scenarioName,
      exact: (run) => `${run.scenarioName} on ${run.platformName}`,
    },
    { id: 'platform', title: 'Platform', width: 104, grow: 1, importance: 2.2, value: (run) => run.platformName },
    {
      id: 'scheduler',
      title: 'Scheduler',
      width: 120,
      grow: 1.1,
      importance: 7,
      value: (run) => schedulerName(run.scheduler),
      exact: (run) => schedulerName(run.scheduler),
    },
    { id: 'seed', title: 'Seed', width: 92, align: 'right', importance: 1, value: (run) => run.seed },
    {
      id: 'generations',
      title: 'Generations',
      width: 96,
      align: 'right',
      importance: 2,
      firstDirection: 'descending',
      value: (run) => run.generations,
      text: (run) => formatCount(run.generations),
      exact: (run) =>
        `${formatCounted(run.generations, 'generation')}, ${formatCounted(run.evaluations, 'evaluation')}`,
    },
    {
      id: 'evaluations',
      title: 'Evaluations',
      width: 96,
      align: 'right',
      importance: 1.5,
      firstDirection: 'descending',
      value: (run) => run.evaluations,
      text: (run) => formatCount(run.evaluations),
    },
    {
      id: 'elapsed',
      title: 'Search time',
      width: 96,
      align: 'right',
      importance: 1.6,
      firstDirection: 'descending',
      value: (run) => run.elapsedMs,
      text: (run) => formatElapsed(run.elapsedMs),
      exact: (run) => formatExact(run.elapsedMs, 'ms'),
      csvTitle: 'Search time (ms)',
    },
    {
      id: 'deadlines',
      title: 'Missed',
      csvTitle: 'Deadlines missed',
      width: 78,
      align: 'right',
      importance: 9.5,
      hint: 'Instances of the best schedule that end after their deadline, of those that have one',
      value: (run) => run.deadlines?.missed,
      text: deadlinesText,
      exact: deadlinesText,
      csv: deadlinesText,
    },
    {
      ...gapColumn(),
      importance: 6,
      hint: 'How far the makespan is above the optimum at most, by a bound that no schedule can beat; optimal: proven',
    },
    ...figureColumns,
    {
      id: 'created',
      title: 'Created',
      width: 126,
      align: 'right',
      importance: 3.5,
      firstDirection: 'descending',
      value: (run) => run.createdAt,
      csv: (run) => new Date(run.createdAt).toISOString(),
    },
    {
      id: 'size',
      title: 'Size',
      width: 78,
      align: 'right',
      importance: 2.5,
      firstDirection: 'descending',
      hint: 'What its generations and chromosomes take in the database',
      value: (run) => run.recordedBytes,
      text: (run) => formatBytes(run.recordedBytes),
      exact: (run) => `${formatExact(run.recordedBytes)} bytes`,
      csvTitle: 'Size (bytes)',
    },
    {
      id: 'tags',
      title: 'Tags',
      width: 120,
      grow: 0.6,
      importance: 1.9,
      value: (run) => run.tags.join(', '),
      exact: (run) => run.tags.join(', '),
    },
    ...options.map(optionColumn),
    {
      id: 'notes',
      title: 'Notes',
      width: 140,
      grow: 1,
      importance: 1.2,
      value: (run) => run.notes,
      exact: (run) => run.notes,
    },
    { id: 'actions', title: '', width: 30, value: () => undefined, isControl: true },
  ];
}

/** "0 of 12"; "? of 12" while it is not known. */
function deadlinesText({ deadlines, bestMetrics }: RunSummary): string {
  return deadlines === undefined
    ? 'none set'
    : bestMetrics === undefined
      ? '–'
      : `${deadlines.missed ?? '?'} of ${deadlines.ofInstances}`;
}

/** What the column of an option is called in choices, addresses and the order of the list. */
export function optionColumnId({ path }: Pick<LeafField, 'path'>): OptionOrder {
  return `options.${path.join('.')}`;
}

function optionColumn(field: LeafField): RunColumn {
  const read = (run: RunSummary): string | number | boolean | undefined => {
    const value = valueAt(run.options ?? {}, field.path);
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? value
      : value === undefined
        ? undefined
        : JSON.stringify(value);
  };
  const write = (run: RunSummary): string => {
    const value = read(run);
    return value === undefined
      ? '–'
      : typeof value === 'number'
        ? formatNumber(value)
        : typeof value === 'boolean'
          ? value
            ? 'on'
            : 'off'
          : words(value);
  };
  const title = fullTitleOf(field);
  return {
    id: optionColumnId(field),
    title,
    width: 124,
    align: field.kind === 'number' ? 'right' : 'left',
    importance: 9.2,
    hint: field.description,
    value: read,
    text: write,
    exact: write,
  };
}

/** Columns a person can do without; the others are always there. */
export const choosable: readonly string[] = [
  'status',
  'scenario',
  'platform',
  'scheduler',
  'seed',
  'generations',
  'evaluations',
  'elapsed',
  'deadlines',
  'gap',
  'fitness',
  'makespan',
  'throughput',
  'energy',
  'latency',
  'violation',
  'created',
  'size',
  'tags',
  'notes',
];
/** Of these, the ones shown until a person chooses. */
export const shownAtFirst: readonly string[] = [
  'status',
  'scenario',
  'scheduler',
  'seed',
  'generations',
  'deadlines',
  'gap',
  'fitness',
  'makespan',
  'throughput',
  'energy',
  'latency',
  'created',
  'size',
];

const orderByColumn: Readonly<Record<string, RunOrder>> = {
  ...Object.fromEntries(Object.entries(figureLooks).map(([id, { figure }]) => [id, figure])),
  deadlines: 'deadlineMisses',
  elapsed: 'elapsedMs',
  size: 'recordedBytes',
};

/** Whether a column shows an option of the scheduler. */
export function isOptionColumn(column: string): column is OptionOrder {
  return /^options(\.\w+)+$/.test(column);
}

/** What the host sorts by for a column; an unknown one: by number. */
export function orderOf(column: string): RunOrder | OptionOrder {
  if (isOptionColumn(column)) return column;
  return orderByColumn[column] ?? runOrders.find((order) => order === column) ?? 'id';
}

/** Figures that a list can be limited by, as people call them. */
export const boundTitles: readonly {
  readonly figure: BoundableFigure;
  readonly title: string;
  readonly unit: string;
}[] = [
  ...shownMetrics.map(({ name, title, unit }) => ({ figure: name, title, unit })),
  { figure: 'deadlineMisses', title: 'Deadlines missed', unit: '' },
  { figure: 'gap', title: 'Gap (0.05: 5 %)', unit: '' },
  { figure: 'constraintViolation', title: figureLooks.violation.title, unit: '' },
  { figure: 'fitness', title: fitnessQuantity.title, unit: fitnessQuantity.unit },
  { figure: 'generations', title: 'Generations', unit: '' },
  { figure: 'evaluations', title: 'Evaluations', unit: '' },
  { figure: 'elapsedMs', title: 'Search time', unit: 'ms' },
  { figure: 'recordedBytes', title: 'Size', unit: 'bytes' },
];

const bestColumns = ['makespan', 'throughput', 'energy', 'latency'] as const satisfies readonly FigureColumn[];
type BestColumn = (typeof bestColumns)[number];
export const columnsWithBests: readonly BestColumn[] = bestColumns;

/** Whether a run has the best figure of a column among the feasible runs of its scenario that are listed. */
export function isBest(run: RunSummary, column: BestColumn, bests: ReadonlyMap<string, ScenarioBests>): boolean {
  const { bestMetrics } = run;
  const { figure } = figureLooks[column];
  return (
    bestMetrics !== undefined &&
    bestMetrics.constraintViolation === 0 &&
    bestMetrics[figure] === bests.get(run.scenarioId)?.[figure]
  );
}

/** "optimal" where nothing but rounding is between the makespan and its bound. */
function gapColumn(): RunColumn {
  const { text, exact, ...percent } = numeric('gap', 'Gap', 72, '%', gapPercentOf, metricOf('makespanMs').goal);
  const unlessOptimal =
    (optimal: string, write: RunColumn['text']) =>
    (run: RunSummary): string => {
      const gap = gapPercentOf(run);
      return gap !== undefined && isProvenGap(gap / 100) ? optimal : (write?.(run) ?? '–');
    };
  return {
    ...percent,
    text: unlessOptimal('optimal', text),
    exact: unlessOptimal('makespan optimal (proven): equal to its lower bound', exact),
  };
}

function numeric(
  id: string,
  title: string,
  width: number,
  unit: string,
  value: (run: RunSummary) => number | undefined,
  goal: Goal,
): RunColumn {
  const written =
    (write: (number: number) => string) =>
    (run: RunSummary): string => {
      const number = value(run);
      return number === undefined ? '–' : write(number);
    };
  return {
    id,
    title,
    ...(unit === '' ? {} : { unit }),
    width,
    align: 'right',
    firstDirection: goal === 'higher' ? 'descending' : 'ascending',
    value,
    text: written((number) => formatNumber(number)),
    exact: written((number) => formatExact(number, unit)),
  };
}
