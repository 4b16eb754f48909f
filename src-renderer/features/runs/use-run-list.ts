/** A list of runs as a source of table lines: only what is on the screen is fetched, and it stays current while runs go on. */
import {
  computed,
  onScopeDispose,
  shallowReactive,
  shallowRef,
  watch,
  type ComputedRef,
  type Ref,
  type ShallowRef,
} from 'vue';
import { useThrottleFn } from '@vueuse/core';
import type { RunGroup, RunListing, RunOverview } from '#shared/contract/run-list-shapes.ts';
import type { RunSummary } from '#shared/contract/shapes.ts';
import type { WorkbenchError } from '#shared/domain/errors.ts';
import { client } from '../../api/index.ts';
import type { Line, LineSource } from '../../components/table/data-table.ts';
import { asWorkbenchError } from '../../stores/notifications.ts';
import { onReconnect, onReturn } from '../../stores/on-return.ts';
import { useRunsStore } from '../../stores/runs.ts';
import { layOutLines } from './run-lines.ts';

/** Runs fetched in one go. */
const PAGE = 100;
/** Pages kept; those farthest from the screen go first. */
const MOST_PAGES = 30;
/** Between two looks at what has changed, and two fetches while scrolling, ms. */
const REFRESH_MS = 400;
const SCROLL_MS = 60;
const MOST_FETCHED = 1000;

export interface RunList {
  readonly overview: ShallowRef<RunOverview | undefined>;
  readonly error: ShallowRef<WorkbenchError | undefined>;
  readonly source: ComputedRef<LineSource<RunSummary>>;
  /** Ids of the runs between two lines, both included. */
  idsBetween(first: number, last: number): Promise<Uint32Array>;
  /** Ids of the runs under the head at `line`. */
  idsOfGroup(line: number): Promise<Uint32Array>;
  allIds(): Promise<Uint32Array>;
  /** The scenarios of some runs, each with those of the runs that have it. */
  scenariosOf(
    runIds: readonly number[],
  ): Promise<readonly { readonly id: string; readonly title: string; readonly runIds: Uint32Array }[]>;
  refresh(): Promise<void>;
}

export interface RunListOptions {
  readonly listing: Readonly<Ref<RunListing>>;
  /** How a head is called. */
  readonly titleOf: (group: RunGroup) => string;
  /** What is said of its runs together. */
  readonly noteOf: (group: RunGroup) => string | undefined;
  /** Another list is shown: from its top. */
  readonly onOther: () => void;
}

export function useRunList({ listing, titleOf, noteOf, onOther }: RunListOptions): RunList {
  const runs = useRunsStore();
  const overview = shallowRef<RunOverview>();
  const error = shallowRef<WorkbenchError>();
  const pages = shallowReactive(new Map<number, readonly RunSummary[]>());
  const closed = shallowRef<ReadonlySet<string>>(new Set());
  /** Those that are being deleted are left out by the host, so that counts and pages are right. */
  const asked = computed<RunListing>(() =>
    runs.doomed.size === 0 ? listing.value : { ...listing.value, except: [...runs.doomed.keys()] },
  );
  const groups = computed(() => overview.value?.groups ?? []);
  const lines = computed(() =>
    layOutLines(overview.value?.total ?? 0, groups.value, (group) => closed.value.has(String(group.key))),
  );
  /** Lines on the screen. */
  let window = { first: 0, last: PAGE / 2 };
  /** Answers to earlier questions are dropped. */
  let latest = 0;
  const fetching = new Set<number>();

  function toggle(group: RunGroup): void {
    const key = String(group.key);
    closed.value = closed.value.has(key)
      ? new Set([...closed.value].filter((other) => other !== key))
      : new Set([...closed.value, key]);
  }

  function runAt(position: number): RunSummary | undefined {
    const run = pages.get(Math.floor(position / PAGE))?.[position % PAGE];
    return run === undefined ? undefined : (runs.byId.get(run.id) ?? run);
  }

  function lineAt(index: number): Line<RunSummary> {
    const place = lines.value.at(index);
    if (place.kind === 'head') {
      const group = groups.value[place.group];
      const note = noteOf(group);
      return {
        kind: 'head',
        key: `group ${group.key}`,
        title: titleOf(group),
        count: group.count,
        ...(note === undefined ? {} : { note }),
        isClosed: closed.value.has(String(group.key)),
        toggle: () => toggle(group),
      };
    }
    const run = runAt(place.position);
    if (run === undefined) return { kind: 'pending', key: `position ${place.position}` };
    return {
      kind: 'row',
      key: place.group === undefined ? run.id : `${run.id} in ${groups.value[place.group].key}`,
      row: run,
    };
  }

  /** Pages that the lines on the screen need. */
  function pagesInWindow(): number[] {
    const { count } = lines.value;
    const needed = new Set<number>();
    for (let line = window.first; line <= Math.min(window.last, count - 1); line++) {
      const place = lines.value.at(line);
      if (place.kind === 'row') needed.add(Math.floor(place.position / PAGE));
    }
    return [...needed];
  }

  async function fetchPage(page: number): Promise<readonly RunSummary[]> {
    return (await client.invoke('runs.list', { ...asked.value, limit: PAGE, offset: page * PAGE })).runs;
  }

  const fetchMissing = useThrottleFn(
    async (): Promise<void> => {
      const own = latest;
      const missing = pagesInWindow().filter((page) => !pages.has(page) && !fetching.has(page));
      await Promise.all(
        missing.map(async (page) => {
          fetching.add(page);
          try {
            const fetched = await fetchPage(page);
            if (own === latest) pages.set(page, fetched);
          } catch (problem) {
            if (own === latest) error.value = asWorkbenchError(problem);
          } finally {
            fetching.delete(page);
            if (own !== latest) void fetchMissing(); // the list was reloaded meanwhile, and this page may still be needed
          }
        }),
      );
      forgetFarPages();
    },
    SCROLL_MS,
    true,
  );

  function forgetFarPages(): void {
    if (pages.size <= MOST_PAGES) return;
    const needed = pagesInWindow();
    const middle = needed[Math.floor(needed.length / 2)] ?? 0;
    const far = [...pages.keys()].sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle));
    for (const page of far.slice(0, pages.size - MOST_PAGES)) pages.delete(page);
  }

  /** Reloads counts, heads and what is on the screen, in one step, so that nothing flickers. */
  async function refresh(isOther = false): Promise<void> {
    const own = ++latest;
    const { sort: _, ...rest } = asked.value;
    const wanted = isOther || overview.value === undefined ? [0] : pagesInWindow();
    try {
      const [fresh, ...fetched] = await Promise.all([client.invoke('runs.overview', rest), ...wanted.map(fetchPage)]);
      if (own !== latest) return;
      pages.clear();
      wanted.forEach((page, index) => pages.set(page, fetched[index] ?? []));
      overview.value = fresh;
      error.value = undefined;
      if (isOther) onOther();
      else void fetchMissing();
    } catch (problem) {
      if (own === latest) error.value = asWorkbenchError(problem);
    }
  }

  let soon: ReturnType<typeof setTimeout> | undefined;
  function refreshSoon(): void {
    soon ??= setTimeout(() => {
      soon = undefined;
      void refresh();
    }, REFRESH_MS);
  }
  let shownListing = '';
  watch(
    asked,
    (next) => {
      const { except: _, ...rest } = next;
      const text = JSON.stringify(rest);
      const isOther = text !== shownListing;
      shownListing = text;
      void refresh(isOther);
    },
    { immediate: true },
  );
  function lookAgain(): void {
    if (overview.value !== undefined) void refresh();
  }
  onReconnect(lookAgain);
  onReturn(lookAgain);

  /** The row at once; its place in the list soon. */
  const stops = [
    client.on('run.changed', ({ run }) => {
      for (const [page, fetched] of pages)
        if (fetched.some(({ id }) => id === run.id))
          pages.set(
            page,
            fetched.map((known) => (known.id === run.id ? run : known)),
          );
      refreshSoon();
    }),
    client.on('run.deleted', ({ runId }) => {
      if (!runs.isDoomed(runId)) refreshSoon();
    }),
  ];
  onScopeDispose(() => {
    for (const stop of stops) stop();
    clearTimeout(soon);
    latest++;
  });

  const source = computed<LineSource<RunSummary>>(() => {
    // A new source for whatever changes a line: heads, pages, and active runs.
    void [lines.value, [...pages.values()], runs.recent];
    return {
      count: lines.value.count,
      at: lineAt,
      show(first, last) {
        window = { first, last };
        if (pagesInWindow().some((page) => !pages.has(page))) void fetchMissing();
      },
      async all() {
        const all: RunSummary[] = [];
        for (let total = Infinity; all.length < total;) {
          const stretch = await client.invoke('runs.list', {
            ...asked.value,
            groupBy: undefined,
            limit: MOST_FETCHED,
            offset: all.length,
          });
          all.push(...stretch.runs);
          total = stretch.runs.length < MOST_FETCHED ? 0 : stretch.total;
        }
        return all;
      },
    };
  });

  const ids = async (offset: number, limit: number): Promise<Uint32Array> =>
    limit < 1 ? new Uint32Array(0) : (await client.invoke('runs.ids', { ...asked.value, offset, limit })).ids;
  return {
    overview,
    error,
    source,
    async idsBetween(first, last) {
      const places = [lines.value.at(Math.min(first, last)), lines.value.at(Math.max(first, last))].map((place) =>
        place.kind === 'row' ? place.position : lines.value.firstOf(place.group),
      );
      return ids(places[0], places[1] - places[0] + 1);
    },
    async idsOfGroup(line) {
      const place = lines.value.at(line);
      return place.kind === 'head'
        ? ids(lines.value.firstOf(place.group), groups.value[place.group].count)
        : new Uint32Array(0);
    },
    async allIds() {
      return (await client.invoke('runs.ids', { ...asked.value, groupBy: undefined })).ids;
    },
    async scenariosOf(runIds) {
      if (runIds.length === 0) return [];
      const { groups: scenarios } = await client.invoke('runs.overview', { ids: [...runIds], groupBy: 'scenario' });
      return Promise.all(
        scenarios.map(async ({ key, title }) => {
          const id = key ?? '';
          return {
            id,
            title,
            runIds:
              scenarios.length === 1
                ? Uint32Array.from(runIds)
                : (await client.invoke('runs.ids', { ids: [...runIds], scenario: id })).ids,
          };
        }),
      );
    },
    refresh: () => refresh(),
  };
}
