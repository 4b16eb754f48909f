/** What a list of runs shows, as written in its address: filters, order and groups. */
import type { LocationQuery, LocationQueryRaw, LocationQueryValue } from 'vue-router';
import {
  boundableFigures,
  runGroupings,
  type BoundableFigure,
  type RunFilter,
  type RunGrouping,
  type RunListing,
} from '#shared/contract/run-list-shapes.ts';
import { runStatuses, type RunStatus } from '#shared/domain/run.ts';
import type { Sorting } from '../../components/table/data-table.ts';
import { orderOf } from './run-table.ts';

export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/** Days are "2026-11-21" in the person's own time zone. */
export interface ListAddress {
  readonly text: string;
  readonly statuses: readonly RunStatus[];
  readonly schedulers: readonly string[];
  readonly scenarios: readonly string[];
  readonly tags: readonly string[];
  readonly sweep: number | undefined;
  readonly isStarredOnly: boolean;
  readonly from: string;
  /** The last day that belongs to it. */
  readonly to: string;
  readonly bounds: Readonly<Partial<Record<BoundableFigure, Bounds>>>;
  readonly groupBy: RunGrouping | undefined;
  readonly sorting: Sorting;
}

export const newestFirst: Sorting = { column: 'id', direction: 'descending' };

export function parseListAddress(query: LocationQuery): ListAddress {
  const sweep = Number(one(query['sweep']));
  return {
    text: one(query['q']),
    statuses: many(query['status']).filter((text): text is RunStatus => runStatuses.some((status) => status === text)),
    schedulers: many(query['scheduler']),
    scenarios: many(query['scenario']),
    tags: many(query['tag']),
    sweep: Number.isInteger(sweep) && sweep > 0 ? sweep : undefined,
    isStarredOnly: one(query['starred']) === 'yes',
    from: dayOf(query['from']),
    to: dayOf(query['to']),
    bounds: Object.fromEntries(
      boundableFigures.flatMap((figure) => {
        const bounds = parseBounds(one(query[figure]));
        return bounds === undefined ? [] : [[figure, bounds]];
      }),
    ),
    groupBy: runGroupings.find((grouping) => grouping === one(query['group'])),
    sorting: sortingOf(one(query['sort'])) ?? newestFirst,
  };
}

/** The query of an address; what is as usual is left out. */
export function formatListAddress(address: ListAddress): LocationQueryRaw {
  const { text, statuses, schedulers, scenarios, tags, sweep, isStarredOnly, from, to, bounds, groupBy, sorting } =
    address;
  const isUsualOrder = sorting.column === newestFirst.column && sorting.direction === newestFirst.direction;
  const query: Record<string, string | readonly string[] | undefined> = {
    q: text,
    status: statuses,
    scheduler: schedulers,
    scenario: scenarios,
    tag: tags,
    sweep: sweep?.toString(),
    starred: isStarredOnly ? 'yes' : undefined,
    from,
    to,
    ...Object.fromEntries(
      Object.entries(bounds).map(([figure, { min, max }]) => [figure, `${min ?? ''}..${max ?? ''}`]),
    ),
    group: groupBy,
    sort: isUsualOrder ? undefined : `${sorting.column}-${sorting.direction}`,
  };
  return Object.fromEntries(
    Object.entries(query)
      .filter(([, value]) => value !== undefined && value.length > 0)
      .map(([name, value]) => [name, typeof value === 'string' ? value : [...(value ?? [])]]),
  );
}

/** What the host is asked for. */
export function listingOf({
  text,
  statuses,
  schedulers,
  scenarios,
  tags,
  sweep,
  isStarredOnly,
  from,
  to,
  bounds,
  groupBy,
  sorting,
}: ListAddress): RunListing {
  const filter: RunFilter = {
    ...(text.trim() === '' ? {} : { text }),
    ...(statuses.length === 0 ? {} : { status: [...statuses] }),
    ...(schedulers.length === 0 ? {} : { scheduler: [...schedulers] }),
    ...(scenarios.length === 0 ? {} : { scenario: [...scenarios] }),
    ...(tags.length === 0 ? {} : { tags: [...tags] }),
    ...(sweep === undefined ? {} : { sweepId: sweep }),
    ...(isStarredOnly ? { starred: true as const } : {}),
    ...(from === '' ? {} : { createdFrom: startOfDay(from, 0) }),
    ...(to === '' ? {} : { createdBefore: startOfDay(to, 1) }),
    ...(Object.keys(bounds).length === 0 ? {} : { bounds }),
  };
  return {
    ...filter,
    sort: { by: orderOf(sorting.column), direction: sorting.direction },
    ...(groupBy === undefined ? (sorting.column === 'fitness' ? { groupBy: 'fitness' as const } : {}) : { groupBy }),
  };
}

export function isFiltered(address: ListAddress): boolean {
  const { groupBy: _, sorting: __, ...filters } = parseListAddress({});
  return (
    JSON.stringify({ ...address, groupBy: undefined, sorting: undefined }) !==
    JSON.stringify({ ...filters, groupBy: undefined, sorting: undefined })
  );
}

function startOfDay(day: string, later: number): number {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later).getTime();
}

function one(value: LocationQueryValue | LocationQueryValue[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? '';
}

function many(value: LocationQueryValue | LocationQueryValue[] | undefined): string[] {
  return [value ?? []].flat().filter((text): text is string => text !== null && text !== '');
}

/** "2026-11-21", or nothing where there is no such day. */
function dayOf(value: LocationQueryValue | LocationQueryValue[] | undefined): string {
  const text = one(value);
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  return day !== undefined && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text) ? text : '';
}

/** "10..20", "..20", "10..", or undefined. */
function parseBounds(text: string): Bounds | undefined {
  const ends = text.split('..');
  if (ends.length !== 2) return undefined;
  const [min, max] = ends.map((end) => (end.trim() === '' || !Number.isFinite(Number(end)) ? undefined : Number(end)));
  if (min === undefined && max === undefined) return undefined;
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

/** A sorting out of an address ("energy-ascending"), or undefined. */
function sortingOf(text: string): Sorting | undefined {
  const match = /^([\w.]+)-(ascending|descending)$/.exec(text);
  return match === null
    ? undefined
    : { column: match[1], direction: match[2] === 'ascending' ? 'ascending' : 'descending' };
}
