/** The columns and the filters of the list of runs. */
import type { RunSummary } from '#shared/contract/shapes.ts';
import { runStatuses, type RunStatus } from '#shared/domain/run.ts';
import type { Column, Sorting } from '../../components/data-table.ts';
import { isWithoutFigures, NO_POWER_FIGURES } from '../../components/headline-metrics.ts';
import { statusLooks } from '../../components/run-status.ts';
import { formatCount, formatCounted, formatExact, formatNumber } from '../../format.ts';

export interface RunFilter {
  readonly text: string;
  readonly status: RunStatus | undefined;
  readonly scheduler: string | undefined;
  readonly starredOnly: boolean;
}

/** Every word of the text must appear in a run's name, scenario, platform, scheduler, tags, notes or number. */
export function filterRuns(runs: readonly RunSummary[], filter: RunFilter): RunSummary[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter((word) => word !== '');
  return runs.filter((run) => {
    if (filter.status !== undefined && run.status !== filter.status) return false;
    if (filter.scheduler !== undefined && run.scheduler !== filter.scheduler) return false;
    if (filter.starredOnly && !run.starred) return false;
    const text = [run.name, run.scenarioName, run.platformName, run.scheduler, ...run.tags, run.notes, `#${run.id}`].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Said where runs are compared by their fitness. */
export const FITNESS_HINT = 'Fitness is comparable only between runs of the same scenario with the same weights.';

export function runColumns(schedulerName: (id: string) => string): Column<RunSummary>[] {
  return [
    { id: 'starred', title: '', csvTitle: 'Starred', width: 28, value: (run) => run.starred },
    { id: 'id', title: 'Run', width: 54, align: 'right', firstDirection: 'descending', value: (run) => run.id },
    { id: 'name', title: 'Name', width: 172, grow: 2, value: (run) => run.name, exact: (run) => [run.name, ...run.tags.map((tag) => `#${tag}`)].join('  ') },
    { id: 'status', title: 'Status', width: 98, value: (run) => statusLooks[run.status].title, exact: (run) => run.statusReason ?? '' },
    { id: 'scenario', title: 'Scenario', width: 104, grow: 1.4, importance: 9, value: (run) => run.scenarioName, exact: (run) => `${run.scenarioName} on ${run.platformName}` },
    { id: 'scheduler', title: 'Scheduler', width: 120, grow: 0.8, importance: 7, value: (run) => schedulerName(run.scheduler), exact: (run) => schedulerName(run.scheduler) },
    { id: 'seed', title: 'Seed', width: 92, align: 'right', importance: 1, value: (run) => run.seed },
    { id: 'generations', title: 'Generations', width: 96, align: 'right', importance: 2, firstDirection: 'descending', value: (run) => run.generations, text: (run) => formatCount(run.generations), exact: (run) => `${formatCounted(run.generations, 'generation')}, ${formatCounted(run.evaluations, 'evaluation')}` },
    { ...numeric('fitness', 'Fitness', 78, '', (run) => run.bestFitness, 'descending'), importance: 3, hint: FITNESS_HINT },
    { ...numeric('makespan', 'Makespan', 86, 'ms', (run) => run.bestMetrics?.makespanMs, 'ascending'), importance: 10 },
    { ...numeric('throughput', 'Throughput', 96, '1/s', (run) => run.bestMetrics?.throughputPerS, 'descending'), importance: 4 },
    { ...numeric('energy', 'Energy', 76, 'mJ', knownEnergy, 'ascending'), importance: 8, exact: (run) => (run.bestMetrics === undefined ? '–' : knownEnergy(run) === undefined ? NO_POWER_FIGURES : formatExact(run.bestMetrics.energyMJ, 'mJ')) },
    { ...numeric('latency', 'Latency', 78, 'ms', (run) => run.bestMetrics?.latencyMs, 'ascending'), importance: 5 },
    { id: 'created', title: 'Created', width: 110, align: 'right', importance: 3.5, firstDirection: 'descending', value: (run) => run.createdAt, csv: (run) => new Date(run.createdAt).toISOString() },
    { id: 'actions', title: '', width: 30, value: () => undefined, isControl: true },
  ];
}

/** Undefined where the platform has no power figures. */
function knownEnergy({ bestMetrics }: RunSummary): number | undefined {
  return bestMetrics === undefined || isWithoutFigures('energyMJ', bestMetrics.energyMJ) ? undefined : bestMetrics.energyMJ;
}

function numeric(id: string, title: string, width: number, unit: string, value: (run: RunSummary) => number | undefined, firstDirection: 'ascending' | 'descending'): Column<RunSummary> {
  const written = (write: (number: number) => string) => (run: RunSummary): string => {
    const number = value(run);
    return number === undefined ? '–' : write(number);
  };
  return { id, title, ...(unit === '' ? {} : { unit }), width, align: 'right', firstDirection, value, text: written((number) => formatNumber(number)), exact: written((number) => formatExact(number, unit)) };
}

/** A status out of an address, or undefined. */
export function statusOf(text: unknown): RunStatus | undefined {
  return runStatuses.find((status) => status === text);
}

/** A sorting out of an address ("energy-ascending"), or undefined. */
export function sortingOf(text: string): Sorting | undefined {
  const match = /^(\w+)-(ascending|descending)$/.exec(text);
  return match === null ? undefined : { column: match[1], direction: match[2] === 'ascending' ? 'ascending' : 'descending' };
}
