/** Every recorded run as a summary, kept current by the host's events; deleting can be undone for a few seconds. */
import { computed, shallowReactive, shallowRef, watch } from 'vue';
import { defineStore } from 'pinia';
import type { RunProgress, RunSummary } from '#shared/contract/shapes.ts';
import { activeStatuses } from '#shared/domain/run.ts';
import type { WorkbenchError } from '#shared/domain/errors.ts';
import { client, connectionState } from '../api/index.ts';
import { asWorkbenchError, useNotificationsStore } from './notifications.ts';

/** How long a deletion can be undone, ms. */
export const UNDO_MS = 8000;
const PAGE_SIZE = 1000;

/** What of a progress event the status bar and lists show. */
export type RunPulse = Omit<RunProgress, 'series'>;

export const useRunsStore = defineStore('runs', () => {
  const byId = shallowReactive(new Map<number, RunSummary>());
  const pulses = shallowReactive(new Map<number, RunPulse>());
  /** Runs that are shown no more, but can still be brought back. */
  const doomed = shallowReactive(new Map<number, ReturnType<typeof setTimeout>>());
  const state = shallowRef<'new' | 'loading' | 'ready' | 'failed'>('new');
  const error = shallowRef<WorkbenchError>();
  const notifications = useNotificationsStore();

  /** Newest first, without those being deleted. */
  const runs = computed(() => [...byId.values()].filter((run) => !doomed.has(run.id)).sort((a, b) => b.id - a.id));
  const active = computed(() => runs.value.filter((run) => activeStatuses.includes(run.status)));

  client.on('run.changed', ({ run }) => {
    byId.set(run.id, run);
    if (run.status !== 'running') pulses.delete(run.id);
  });
  client.on('run.deleted', ({ runId }) => forget(runId));
  client.on('run.progress', (progress) => {
    const { series: _, ...pulse } = progress;
    pulses.set(progress.runId, pulse);
    const run = byId.get(progress.runId);
    if (run !== undefined) byId.set(run.id, withProgress(run, progress));
  });
  // Events were missed while the connection was lost.
  watch(() => connectionState.value.status, (status) => {
    if (status === 'open' && state.value !== 'new') void load();
  });

  function forget(runId: number): void {
    byId.delete(runId);
    pulses.delete(runId);
    clearTimeout(doomed.get(runId));
    doomed.delete(runId);
  }

  /** Reads the whole list anew. Problems are kept in `error`. */
  async function load(): Promise<void> {
    if (state.value === 'loading') return;
    if (state.value !== 'ready') state.value = 'loading';
    try {
      const loaded: RunSummary[] = [];
      for (;;) {
        const page = await client.invoke('runs.list', { limit: PAGE_SIZE, offset: loaded.length });
        loaded.push(...page.runs);
        if (page.runs.length < PAGE_SIZE || loaded.length >= page.total) break;
      }
      const ids = new Set(loaded.map((run) => run.id));
      for (const id of byId.keys()) if (!ids.has(id)) forget(id);
      for (const run of loaded) byId.set(run.id, run);
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

  async function update(runId: number, changes: { name?: string; notes?: string; tags?: string[]; starred?: boolean }): Promise<void> {
    const { run } = await client.invoke('runs.update', { runId, ...changes });
    byId.set(run.id, run);
  }

  /** Hides the runs at once and deletes them when the time for undoing is over. */
  function remove(runIds: readonly number[]): void {
    if (runIds.length === 0) return;
    for (const id of runIds) doomed.set(id, setTimeout(() => void deleteForGood(id), UNDO_MS));
    const [first] = runIds;
    const title = runIds.length === 1 ? `Deleted “${byId.get(first)?.name ?? `run ${first}`}”` : `Deleted ${runIds.length} runs`;
    notifications.show({ kind: 'info', title, durationMs: UNDO_MS, action: { label: 'Undo', run: () => restore(runIds) } });
  }

  function restore(runIds: readonly number[]): void {
    for (const id of runIds) {
      clearTimeout(doomed.get(id));
      doomed.delete(id);
    }
  }

  async function deleteForGood(runId: number): Promise<void> {
    try {
      await client.invoke('runs.delete', { runId });
      forget(runId);
    } catch (problem) {
      doomed.delete(runId);
      notifications.showError(problem, 'The run was not deleted');
    }
  }

  return { byId, pulses, runs, active, state, error, load, ensureLoaded, update, remove, restore, isDoomed: (id: number) => doomed.has(id) };
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
