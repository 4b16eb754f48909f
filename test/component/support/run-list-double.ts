/** Answers to the routes of lists from runs in memory: filters, orders and groups as far as component tests use them. */
import type { RunFilter, RunGroup, RunListing } from '#shared/contract/run-list-shapes.ts';
import type { RunSummary } from '#shared/contract/shapes.ts';
import type { HostDouble } from './host-double.ts';

const asList = <Value>(value: Value | readonly Value[] | undefined): readonly Value[] | undefined =>
  value === undefined ? undefined : Array.isArray(value) ? value : [value as Value];

function fits(run: RunSummary, filter: RunFilter): boolean {
  const text = [run.name, run.scenarioName, run.platformName, run.scheduler, ...run.tags, run.notes, `#${run.id}`]
    .join(' ')
    .toLowerCase();
  return (
    (filter.text ?? '')
      .toLowerCase()
      .split(/\s+/)
      .every((word) => text.includes(word)) &&
    asList(filter.status)?.includes(run.status) !== false &&
    asList(filter.scheduler)?.includes(run.scheduler) !== false &&
    asList(filter.scenario)?.includes(run.scenarioId) !== false &&
    (filter.starred !== true || run.starred) &&
    (filter.tags ?? []).every((tag) => run.tags.includes(tag)) &&
    filter.ids?.includes(run.id) !== false &&
    filter.except?.includes(run.id) !== true
  );
}

function groupOf(run: RunSummary, by: RunListing['groupBy']): Omit<RunGroup, 'count'> {
  return by === 'tag'
    ? { key: run.tags[0] ?? null, title: run.tags[0] ?? '' }
    : by === 'fitness'
      ? { key: run.fitnessDefinition ?? '', title: run.scenarioName }
      : by === 'scheduler'
        ? { key: run.scheduler, title: run.scheduler }
        : { key: run.scenarioId, title: run.scenarioName };
}

function listed(runs: readonly RunSummary[], listing: RunListing): RunSummary[] {
  const valueOf = (run: RunSummary): number =>
    listing.sort?.by === 'fitness'
      ? (run.bestFitness ?? -Infinity)
      : listing.sort?.by === 'makespanMs'
        ? (run.bestMetrics?.makespanMs ?? Infinity)
        : run.id;
  const sign = listing.sort?.direction === 'ascending' ? 1 : -1;
  const key = (run: RunSummary): string =>
    listing.groupBy === undefined ? '' : (groupOf(run, listing.groupBy).key ?? '\uffff');
  return runs
    .filter((run) => fits(run, listing))
    .sort((a, b) => key(a).localeCompare(key(b)) || sign * (valueOf(a) - valueOf(b)) || b.id - a.id);
}

/** @param runs as they are at the time of each question */
export function answerLists(runs: () => readonly RunSummary[]): HostDouble['handlers'] {
  return {
    'runs.list': ({ limit = 200, offset = 0, ...listing }) => {
      const all = listed(runs(), listing);
      return { runs: all.slice(offset, offset + limit), total: all.length };
    },
    'runs.ids': ({ limit = 20_000, offset = 0, ...listing }) => ({
      ids: Uint32Array.from(listed(runs(), listing).slice(offset, offset + limit), ({ id }) => id),
    }),
    'runs.overview': (listing) => {
      const all = listed(runs(), listing);
      const groups: RunGroup[] = [];
      for (const run of listing.groupBy === undefined ? [] : all) {
        const group = groupOf(run, listing.groupBy);
        if (groups.at(-1)?.key === group.key)
          groups[groups.length - 1] = { ...groups.at(-1)!, count: groups.at(-1)!.count + 1 };
        else groups.push({ ...group, count: 1 });
      }
      return {
        total: all.length,
        recordedBytes: all.reduce((sum, run) => sum + run.recordedBytes, 0),
        groups,
        bests: [],
        hasDeadlines: all.some(({ deadlines }) => deadlines !== undefined),
      };
    },
    'runs.facets': () => ({
      total: runs().length,
      scenarios: [],
      schedulers: [],
      statuses: [],
      tags: [{ id: 'figure-4', title: 'figure-4', count: 1 }],
      sweeps: [],
    }),
  };
}
