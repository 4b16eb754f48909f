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
    { id: 'starred', title: '', width: '36px', value: (run) => run.starred },
    { id: 'id', title: 'Run', width: '52px', align: 'right', firstDirection: 'descending', value: (run) => run.id },
    { id: 'name', title: 'Name', width: 'minmax(180px, 2fr)', value: (run) => run.name, exact: (run) => [run.name, ...run.tags.map((tag) => `#${tag}`)].join('  ') },
    { id: 'status', title: 'Status', width: '112px', value: (run) => statusLooks[run.status].title, exact: (run) => run.statusReason ?? '' },
    { id: 'scenario', title: 'Scenario', width: 'minmax(110px, 1fr)', value: (run) => run.scenarioName, exact: (run) => `${run.scenarioName} on ${run.platformName}` },
    { id: 'scheduler', title: 'Scheduler', width: 'minmax(90px, 0.8fr)', value: (run) => schedulerName(run.scheduler) },
    { id: 'seed', title: 'Seed', width: '72px', align: 'right', value: (run) => run.seed },
    { id: 'generations', title: 'Gener.', width: '68px', align: 'right', firstDirection: 'descending', value: (run) => run.generations, text: (run) => formatCount(run.generations), exact: (run) => `${formatCount(run.generations)} generations, ${formatCount(run.evaluations)} evaluations` },
    numeric('fitness', 'Fitness', '70px', '', (run) => run.bestFitness, 'descending'),
    numeric('makespan', 'Makespan (ms)', '108px', 'ms', (run) => run.bestMetrics?.makespanMs, 'ascending'),
    numeric('throughput', 'Thr. (1/s)', '80px', '1/s', (run) => run.bestMetrics?.throughputPerS, 'descending'),
    numeric('energy', 'Energy (mJ)', '92px', 'mJ', (run) => run.bestMetrics?.energyMJ, 'ascending'),
    { id: 'created', title: 'Created', width: '118px', align: 'right', firstDirection: 'descending', value: (run) => run.createdAt },
    { id: 'actions', title: '', width: '36px', value: () => undefined, isControl: true },
  ];
}

function numeric(id: string, title: string, width: string, unit: string, value: (run: RunSummary) => number | undefined, firstDirection: 'ascending' | 'descending'): Column<RunSummary> {
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
