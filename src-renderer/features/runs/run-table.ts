/** The columns of the list of runs: what stands in them, what they are sorted by, and which are shown at first. */
import { runOrders, type BoundableFigure, type RunOrder, type ScenarioBests } from '#shared/contract/run-list-shapes.ts';
import type { RunSummary } from '#shared/contract/shapes.ts';
import type { Column } from '../../components/data-table.ts';
import { isWithoutFigures, NO_POWER_FIGURES } from '../../components/headline-metrics.ts';
import { statusLooks } from '../../components/run-status.ts';
import { formatBytes, formatCount, formatCounted, formatElapsed, formatExact, formatNumber } from '../../format.ts';

/** Said where runs are compared by their fitness. */
export const FITNESS_HINT = 'Fitness is comparable only between runs of the same scenario with the same weights.';

type RunColumn = Column<RunSummary>;

export function runColumns(schedulerName: (id: string) => string): RunColumn[] {
  return [
    { id: 'starred', title: '', csvTitle: 'Starred', width: 24, value: (run) => run.starred },
    { id: 'id', title: 'Run', width: 52, align: 'right', firstDirection: 'descending', value: (run) => run.id },
    { id: 'name', title: 'Name', width: 178, grow: 2, value: (run) => run.name, exact: (run) => [run.name, ...run.tags.map((tag) => `#${tag}`)].join('  ') },
    { id: 'status', title: 'Status', width: 98, value: (run) => statusLooks[run.status].title, exact: (run) => run.statusReason ?? '' },
    { id: 'scenario', title: 'Scenario', width: 104, grow: 1.4, importance: 9, value: (run) => run.scenarioName, exact: (run) => `${run.scenarioName} on ${run.platformName}` },
    { id: 'platform', title: 'Platform', width: 104, grow: 1, importance: 2.2, value: (run) => run.platformName },
    { id: 'scheduler', title: 'Scheduler', width: 120, grow: 0.8, importance: 7, value: (run) => schedulerName(run.scheduler), exact: (run) => schedulerName(run.scheduler) },
    { id: 'seed', title: 'Seed', width: 92, align: 'right', importance: 1, value: (run) => run.seed },
    { id: 'generations', title: 'Generations', width: 96, align: 'right', importance: 2, firstDirection: 'descending', value: (run) => run.generations, text: (run) => formatCount(run.generations), exact: (run) => `${formatCounted(run.generations, 'generation')}, ${formatCounted(run.evaluations, 'evaluation')}` },
    { id: 'evaluations', title: 'Evaluations', width: 96, align: 'right', importance: 1.5, firstDirection: 'descending', value: (run) => run.evaluations, text: (run) => formatCount(run.evaluations) },
    { id: 'elapsed', title: 'Search time', width: 96, align: 'right', importance: 1.6, firstDirection: 'descending', value: (run) => run.elapsedMs, text: (run) => formatElapsed(run.elapsedMs), exact: (run) => formatExact(run.elapsedMs, 'ms'), csvTitle: 'Search time (ms)' },
    { ...numeric('fitness', 'Fitness', 78, '', (run) => run.bestFitness, 'descending'), importance: 3, hint: FITNESS_HINT },
    { ...numeric('makespan', 'Makespan', 98, 'ms', (run) => run.bestMetrics?.makespanMs, 'ascending'), importance: 10 },
    { ...numeric('throughput', 'Throughput', 104, '1/s', (run) => run.bestMetrics?.throughputPerS, 'descending'), importance: 4 },
    { ...numeric('energy', 'Energy', 76, 'mJ', knownEnergy, 'ascending'), importance: 8, exact: (run) => (run.bestMetrics === undefined ? '–' : knownEnergy(run) === undefined ? NO_POWER_FIGURES : formatExact(run.bestMetrics.energyMJ, 'mJ')) },
    { ...numeric('latency', 'Latency', 78, 'ms', (run) => run.bestMetrics?.latencyMs, 'ascending'), importance: 5 },
    { ...numeric('violation', 'Violation', 82, '', (run) => run.bestMetrics?.constraintViolation, 'ascending'), importance: 1.8, hint: 'Constraint violation of the best schedule: 0 is feasible' },
    { id: 'created', title: 'Created', width: 126, align: 'right', importance: 3.5, firstDirection: 'descending', value: (run) => run.createdAt, csv: (run) => new Date(run.createdAt).toISOString() },
    { id: 'size', title: 'Size', width: 78, align: 'right', importance: 2.5, firstDirection: 'descending', hint: 'What its generations and chromosomes take in the database', value: (run) => run.recordedBytes, text: (run) => formatBytes(run.recordedBytes), exact: (run) => `${formatExact(run.recordedBytes)} bytes`, csvTitle: 'Size (bytes)' },
    { id: 'notes', title: 'Notes', width: 140, grow: 1, importance: 1.2, value: (run) => run.notes, exact: (run) => run.notes },
    { id: 'actions', title: '', width: 30, value: () => undefined, isControl: true },
  ];
}

/**
 * A name in two parts, of which the first may be cut short: of "Multi-application scenario, Genetic algorithm, seed 7" the seed is what
 * tells it from its neighbours. Names without a short last part have only the first.
 */
export function partsOfName(name: string): readonly [start: string, end: string] {
  const comma = name.lastIndexOf(', ');
  return comma > 0 && name.length - comma <= LONGEST_END ? [name.slice(0, comma + 1), name.slice(comma + 1)] : [name, ''];
}
const LONGEST_END = 18;

/** Columns a person can do without; the others are always there. */
export const choosable: readonly string[] = ['status', 'scenario', 'platform', 'scheduler', 'seed', 'generations', 'evaluations', 'elapsed', 'fitness', 'makespan', 'throughput', 'energy', 'latency', 'violation', 'created', 'size', 'notes'];
/** Of these, the ones shown until a person chooses. */
export const shownAtFirst: readonly string[] = ['status', 'scenario', 'scheduler', 'seed', 'generations', 'fitness', 'makespan', 'throughput', 'energy', 'latency', 'created', 'size'];

const orderByColumn: Readonly<Record<string, RunOrder>> = { makespan: 'makespanMs', throughput: 'throughputPerS', energy: 'energyMJ', latency: 'latencyMs', violation: 'constraintViolation', elapsed: 'elapsedMs', size: 'recordedBytes' };

/** What the host sorts by for a column; an unknown one: by number. */
export function orderOf(column: string): RunOrder {
  return orderByColumn[column] ?? runOrders.find((order) => order === column) ?? 'id';
}

/** Figures that a list can be limited by, as people call them. */
export const boundTitles: readonly { readonly figure: BoundableFigure; readonly title: string; readonly unit: string }[] = [
  { figure: 'makespanMs', title: 'Makespan', unit: 'ms' },
  { figure: 'throughputPerS', title: 'Throughput', unit: '1/s' },
  { figure: 'energyMJ', title: 'Energy', unit: 'mJ' },
  { figure: 'latencyMs', title: 'Latency', unit: 'ms' },
  { figure: 'constraintViolation', title: 'Violation', unit: '' },
  { figure: 'fitness', title: 'Fitness', unit: '' },
  { figure: 'generations', title: 'Generations', unit: '' },
  { figure: 'evaluations', title: 'Evaluations', unit: '' },
  { figure: 'elapsedMs', title: 'Search time', unit: 'ms' },
  { figure: 'recordedBytes', title: 'Size', unit: 'bytes' },
];

const bestColumns = { makespan: 'makespanMs', throughput: 'throughputPerS', energy: 'energyMJ', latency: 'latencyMs' } as const;
export const columnsWithBests = Object.keys(bestColumns) as readonly (keyof typeof bestColumns)[];

/** Whether a run has the best figure of a column among the feasible runs of its scenario that are listed. */
export function isBest(run: RunSummary, column: keyof typeof bestColumns, bests: ReadonlyMap<string, ScenarioBests>): boolean {
  const { bestMetrics } = run;
  const figure = bestColumns[column];
  return bestMetrics !== undefined && bestMetrics.constraintViolation === 0 && bestMetrics[figure] === bests.get(run.scenarioId)?.[figure];
}

/** Undefined where the platform has no power figures. */
function knownEnergy({ bestMetrics }: RunSummary): number | undefined {
  return bestMetrics === undefined || isWithoutFigures('energyMJ', bestMetrics.energyMJ) ? undefined : bestMetrics.energyMJ;
}

function numeric(id: string, title: string, width: number, unit: string, value: (run: RunSummary) => number | undefined, firstDirection: 'ascending' | 'descending'): RunColumn {
  const written = (write: (number: number) => string) => (run: RunSummary): string => {
    const number = value(run);
    return number === undefined ? '–' : write(number);
  };
  return { id, title, ...(unit === '' ? {} : { unit }), width, align: 'right', firstDirection, value, text: written((number) => formatNumber(number)), exact: written((number) => formatExact(number, unit)) };
}
