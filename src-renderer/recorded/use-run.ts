/** One run as its page needs it: loaded, followed by events while it is active, read again after a lost connection. */
import { computed, onScopeDispose, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';
import type { HeadlineMetrics } from '#shared/domain/metrics.ts';
import { activeStatuses, endedStatuses } from '#shared/domain/run.ts';
import type { WorkbenchError } from '#shared/domain/errors.ts';
import type { RunDetail, RunSummary } from '#shared/contract/shapes.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { problemOfSnapshot } from '#shared/scheduling/problem-of-snapshot.ts';
import { client } from '../api/index.ts';
import { useLatest } from '../api/use-latest.ts';
import { asWorkbenchError } from '../stores/notifications.ts';
import { onReconnect, onReturn } from '../stores/on-return.ts';
import { useRunsStore } from '../stores/runs.ts';
import { GenerationColumns, type GenerationView } from './generation-columns.ts';

/** The best schedule so far. */
export interface BestSoFar {
  readonly chromosomeId: number | undefined;
  readonly fitness: number;
  readonly genes: Uint8Array;
  readonly metrics: HeadlineMetrics;
}

export type RunPageState =
  | { readonly status: 'loading' }
  | { readonly status: 'missing' }
  | { readonly status: 'deleted' }
  | { readonly status: 'failed'; readonly error: WorkbenchError }
  | { readonly status: 'ready'; readonly detail: RunDetail; readonly problem: Problem };

export interface RunView {
  readonly state: ShallowRef<RunPageState>;
  /** The newest summary: from events where there were any. */
  readonly run: ComputedRef<RunSummary | undefined>;
  readonly generations: ShallowRef<GenerationView>;
  readonly best: ShallowRef<BestSoFar | undefined>;
  reload(): Promise<void>;
}

export function useRun(runId: number): RunView {
  const runs = useRunsStore();
  const columns = new GenerationColumns();
  const state = shallowRef<RunPageState>({ status: 'loading' });
  const generations = shallowRef<GenerationView>(columns.view());
  const best = shallowRef<BestSoFar>();
  const run = computed(() =>
    state.value.status === 'ready' ? (runs.byId.get(runId) ?? state.value.detail.run) : undefined,
  );
  const begin = useLatest();
  let isFillingGap = false;

  async function reload(): Promise<void> {
    const isLatest = begin();
    try {
      const [detail, series] = await Promise.all([
        client.invoke('runs.get', { runId }),
        client.invoke('runs.generations', { runId, from: columns.length }),
      ]);
      if (!isLatest()) return;
      columns.append(series);
      generations.value = columns.view();
      runs.byId.set(runId, detail.run);
      if (detail.best !== undefined)
        best.value = {
          chromosomeId: detail.bestChromosomeId,
          fitness: detail.best.fitness,
          genes: Uint8Array.from(detail.best.genome),
          metrics: detail.best.metrics,
        };
      const problem = state.value.status === 'ready' ? state.value.problem : problemOfSnapshot(detail);
      state.value = { status: 'ready', detail, problem };
    } catch (problem) {
      if (!isLatest()) return;
      const error = asWorkbenchError(problem);
      if (state.value.status === 'deleted' || (state.value.status === 'ready' && error.code.startsWith('connection.')))
        return;
      state.value = isNotFound(error) ? { status: 'missing' } : { status: 'failed', error };
    }
  }

  /** Loads the generations that an event left out, because it came before the first answer or after a loss. */
  async function fillGap(): Promise<void> {
    if (isFillingGap) return;
    isFillingGap = true;
    try {
      columns.append(await client.invoke('runs.generations', { runId, from: columns.length }));
      generations.value = columns.view();
    } finally {
      isFillingGap = false;
    }
  }

  const stops = [
    client.on('run.progress', (progress) => {
      if (progress.runId !== runId || state.value.status !== 'ready') return;
      if (columns.append(progress.series)) generations.value = columns.view();
      else void fillGap();
      if (progress.best !== undefined && progress.best.chromosomeId !== best.value?.chromosomeId)
        best.value = progress.best;
    }),
    client.on('run.changed', (event) => {
      if (event.run.id !== runId) return;
      const known = state.value.status === 'ready' ? state.value.detail.bound?.makespanMs : undefined;
      const isRaised = known !== undefined && event.run.boundMs !== undefined && event.run.boundMs > known;
      if (isRaised || endedStatuses.includes(event.run.status)) void reload();
    }),
    client.on('run.deleted', (event) => {
      if (event.runId === runId) state.value = { status: 'deleted' };
    }),
    // A list that was loaded meanwhile has put its own shorter entry in the place of this one's.
    watch(
      () => run.value?.areNotesCut,
      (areCut) => {
        if (areCut === true) void reload();
      },
    ),
  ];
  onReconnect(() => void reload());
  onReturn(() => {
    if (run.value !== undefined && activeStatuses.includes(run.value.status)) void reload();
  });
  onScopeDispose(() => {
    for (const stop of stops) stop();
  });
  void reload();
  return { state, run, generations, best, reload };
}

function isNotFound(error: WorkbenchError): boolean {
  return error.code === 'run.unknown';
}
