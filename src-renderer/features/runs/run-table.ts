/** The columns and the filters of the list of runs. */
import type { RunSummary } from '#shared/contract/shapes.ts';
import { runStatuses, type RunStatus } from '#shared/domain/run.ts';
import type { Column, Sorting } from '../../components/data-table.ts';
import { statusLooks } from '../../components/run-status.ts';
import { formatCount, formatExact, formatNumber } from '../../format.ts';

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

export function runColumns(schedulerName: (id: string) => string): Column<RunSummary>[] {
  return [
    { id: 'starred', title: '', width: 32, value: (run) => run.starred },
    { id: 'id', title: 'Run', width: 60, align: 'right', firstDirection: 'descending', value: (run) => run.id },
    { id: 'name', title: 'Name', width: 146, grow: 2, value: (run) => run.name, exact: (run) => [run.name, ...run.tags.map((tag) => `#${tag}`)].join('  ') },
    { id: 'status', title: 'Status', width: 100, value: (run) => statusLooks[run.status].title, exact: (run) => run.statusReason ?? '' },
    { id: 'scenario', title: 'Scenario', width: 130, grow: 1.4, fromTableWidth: 1180, value: (run) => run.scenarioName, exact: (run) => `${run.scenarioName} on ${run.platformName}` },
    { id: 'scheduler', title: 'Scheduler', width: 126, grow: 0.8, value: (run) => schedulerName(run.scheduler) },
    { id: 'seed', title: 'Seed', width: 84, align: 'right', fromTableWidth: 1240, value: (run) => run.seed },
    { id: 'generations', title: 'Generations', width: 92, align: 'right', firstDirection: 'descending', value: (run) => run.generations, text: (run) => formatCount(run.generations), exact: (run) => `${formatCount(run.generations)} generations, ${formatCount(run.evaluations)} evaluations` },
    { ...numeric('fitness', 'Fitness', 64, '', (run) => run.bestFitness, 'descending'), fromTableWidth: 1060 },
    numeric('makespan', 'Makespan (ms)', 106, 'ms', (run) => run.bestMetrics?.makespanMs, 'ascending'),
    { ...numeric('throughput', 'Throughput (1/s)', 114, '1/s', (run) => run.bestMetrics?.throughputPerS, 'descending'), fromTableWidth: 1360 },
    numeric('energy', 'Energy (mJ)', 92, 'mJ', (run) => run.bestMetrics?.energyMJ, 'ascending'),
    { ...numeric('latency', 'Latency (ms)', 92, 'ms', (run) => run.bestMetrics?.latencyMs, 'ascending'), fromTableWidth: 1460 },
    { id: 'created', title: 'Created', width: 112, align: 'right', firstDirection: 'descending', value: (run) => run.createdAt },
    { id: 'actions', title: '', width: 32, value: () => undefined, isControl: true },
  ];
}

function numeric(id: string, title: string, width: number, unit: string, value: (run: RunSummary) => number | undefined, firstDirection: 'ascending' | 'descending'): Column<RunSummary> {
  const written = (write: (number: number) => string) => (run: RunSummary): string => {
    const number = value(run);
    return number === undefined ? '–' : write(number);
  };
  return { id, title, width, align: 'right', firstDirection, value, text: written((number) => formatNumber(number)), exact: written((number) => formatExact(number, unit)) };
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
