/**
 * The runs that every page refers to: the newest, the active, and those that were opened. Kept current by the host's
 * events; all others stay in the record and are asked for (`find`, and the list of runs by its own pages). Deleting can
 * be undone for a few seconds.
 */
import { computed, shallowReactive, shallowRef } from 'vue';
import { defineStore } from 'pinia';
import type { RouteInput } from '#shared/contract/routes.ts';
import type { RunProgress, RunSummary } from '#shared/contract/shapes.ts';
import { activeStatuses } from '#shared/domain/run.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { client } from '../api/index.ts';
import { formatCounted } from '../format.ts';
import { useDeferredDeletion } from './deferred-deletion.ts';
import { asWorkbenchError, useNotificationsStore } from './notifications.ts';
import { onReconnect, onReturn } from './on-return.ts';

/** How many of the newest runs are known without asking. */
export const NEWEST = 100;
const MOST_ASKED = 1000;

/** The fields of a progress event that the status bar and lists show. */
export type RunPulse = Omit<RunProgress, 'series'>;

export const useRunsStore = defineStore('runs', () => {
  const byId = shallowReactive(new Map<number, RunSummary>());
  const pulses = shallowReactive(new Map<number, RunPulse>());
  const recorded = shallowRef(0);
  const state = shallowRef<'new' | 'loading' | 'ready' | 'failed'>('new');
  const error = shallowRef<WorkbenchError>();
  const notifications = useNotificationsStore();
  const deletion = useDeferredDeletion(deleteForGood);
  const { doomed, restore } = deletion;
  let newestId = 0;

  /** Queued runs of this host, next first; undefined until the host has sent them. */
  const queue = shallowRef<readonly number[]>();
  /** The place of a queued run among those that wait, from 1; undefined where it is not known. */
  function queuePosition(run: RunSummary): number | undefined {
    if (run.status !== 'queued') return undefined;
    const place = queue.value?.indexOf(run.id) ?? -1;
    return place < 0 ? run.queuePosition : place + 1;
  }
  async function moveToFront(runId: number): Promise<void> {
    try {
      const { run } = await client.invoke('runs.moveToFront', { runId });
      byId.set(run.id, run);
    } catch (problem) {
      notifications.showError(problem, 'The run was not moved to the front');
    }
  }

  /** Those known, newest first, without those being deleted. */
  const recent = computed(() =>
    [...byId.values()].filter((run) => !doomed.value.has(run.id)).sort((a, b) => b.id - a.id),
  );
  const active = computed(() => recent.value.filter((run) => activeStatuses.includes(run.status)));
  /** How many runs there are. */
  const total = computed(() => recorded.value - doomed.value.size);

  client.on('run.changed', ({ run }) => {
    if (run.id > newestId) {
      newestId = run.id;
      recorded.value += 1;
      byId.set(run.id, run);
    } else if (byId.has(run.id) || activeStatuses.includes(run.status)) byId.set(run.id, run);
    if (run.status !== 'running') pulses.delete(run.id);
  });
  client.on('queue.changed', ({ runIds }) => (queue.value = runIds));
  client.on('run.deleted', ({ runId }) => {
    if (!doomed.value.has(runId)) recorded.value = Math.max(0, recorded.value - 1);
    forget(runId);
  });
  client.on('run.progress', (progress) => {
    const { series: _, ...pulse } = progress;
    pulses.set(progress.runId, pulse);
    const run = byId.get(progress.runId);
    if (run !== undefined) byId.set(run.id, withProgress(run, progress));
  });
  onReturn(() => {
    if (state.value === 'ready') void load();
  });
  onReconnect(() => {
    if (state.value !== 'new') void load();
  });

  function forget(runId: number): void {
    byId.delete(runId);
    pulses.delete(runId);
  }

  /** Reloads the newest runs, the active ones and those known so far. Problems are kept in `error`. */
  async function load(): Promise<void> {
    if (state.value === 'loading') return;
    if (state.value !== 'ready') state.value = 'loading';
    const older = [...byId.keys()].filter((id) => id <= newestId - NEWEST).slice(0, MOST_ASKED);
    try {
      const [newest, ...others] = await Promise.all([
        client.invoke('runs.list', { limit: NEWEST }),
        client.invoke('runs.list', { status: [...activeStatuses], limit: MOST_ASKED }),
        ...(older.length === 0 ? [] : [client.invoke('runs.list', { ids: older, limit: MOST_ASKED })]),
      ]);
      const loaded = new Map([newest, ...others].flatMap(({ runs }) => runs.map((run) => [run.id, run] as const)));
      for (const id of byId.keys()) if (!loaded.has(id)) forget(id);
      for (const run of loaded.values()) byId.set(run.id, run);
      recorded.value = newest.total;
      newestId = Math.max(newestId, newest.runs[0]?.id ?? 0);
      error.value = undefined;
      state.value = 'ready';
    } catch (problem) {
      error.value = asWorkbenchError(problem);
      if (byId.size === 0) state.value = 'failed';
    }
  }

  async function ensureLoaded(): Promise<void> {
    if (state.value === 'new' || state.value === 'failed') await load();
  }

  /** The first runs of a list, without those being deleted. */
  async function find(listing: RouteInput<'runs.list'>): Promise<RunSummary[]> {
    return (
      await client.invoke('runs.list', { ...listing, except: [...(listing.except ?? []), ...doomed.value.keys()] })
    ).runs;
  }

  async function update(
    runId: number,
    changes: { name?: string; notes?: string; tags?: string[]; starred?: boolean },
  ): Promise<void> {
    const { run } = await client.invoke('runs.update', { runId, ...changes });
    byId.set(run.id, run);
  }

  /** Hides the runs at once and deletes them when the time for undoing is over. `name`: of the first, where it may not be known. */
  function remove(runIds: readonly number[], name?: string): void {
    const [first] = runIds;
    if (first === undefined) return;
    deletion.remove(
      runIds,
      runIds.length === 1
        ? `Deleted “${name ?? byId.get(first)?.name ?? `run ${first}`}”`
        : `Deleted ${formatCounted(runIds.length, 'run')}`,
    );
  }

  async function deleteForGood(runIds: readonly number[]): Promise<void> {
    try {
      const { active: kept } = await client.invoke('runs.deleteTogether', { runIds: [...runIds] });
      const gone = runIds.filter((id) => !kept.includes(id));
      for (const id of gone) forget(id);
      recorded.value = Math.max(0, recorded.value - gone.length);
      if (kept.length > 0) {
        const which = kept.length === 1 ? `Run ${kept[0]} is` : `${kept.length} runs are`;
        notifications.showError(
          new WorkbenchError('run.active', `${which} still active`, { hint: 'cancel it first, then delete it' }),
          runIds.length === kept.length ? 'Nothing was deleted' : 'Not all runs were deleted',
        );
      }
    } catch (problem) {
      notifications.showError(problem, 'The runs were not deleted');
    }
  }

  return {
    byId,
    pulses,
    recent,
    active,
    total,
    doomed,
    state,
    error,
    load,
    ensureLoaded,
    find,
    update,
    remove,
    restore,
    queuePosition,
    moveToFront,
    isDoomed: (id: number) => doomed.value.has(id),
  };
});

function withProgress(run: RunSummary, progress: RunProgress): RunSummary {
  return {
    ...run,
    generations: progress.generation + 1,
    plannedGenerations: progress.plannedGenerations,
    evaluations: progress.evaluations,
    elapsedMs: progress.elapsedMs,
    ...(progress.best === undefined ? {} : { bestFitness: progress.best.fitness, bestMetrics: progress.best.metrics }),
  };
}
