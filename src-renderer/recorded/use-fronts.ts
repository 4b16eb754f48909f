/** The fronts of several runs in the chosen objectives, loaded from everything each run recorded, and kept up while a run goes on. */
import { onScopeDispose, shallowRef, watch } from 'vue';
import type { Baseline } from '#shared/domain/run.ts';
import { headlineVector, HEADLINE_METRIC_COUNT, type HeadlineMetricName } from '#shared/domain/metrics.ts';
import type { WorkbenchError } from '#shared/domain/errors.ts';
import type { RunDetail } from '#shared/contract/shapes.ts';
import type { ChromosomeColumns } from '#shared/contract/replay-shapes.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { problemOfSnapshot } from '#shared/scheduling/problem-of-snapshot.ts';
import { client } from '../api/index.ts';
import { useLatest } from '../api/use-latest.ts';
import { asWorkbenchError } from '../stores/notifications.ts';
import { frontBaselines } from './front-baselines.ts';
import type { FrontColumns } from './front-points.ts';

export interface RunFront {
  readonly detail: RunDetail;
  readonly problem: Problem;
  readonly columns: FrontColumns;
  /** Members of its last generation. */
  readonly members: ChromosomeColumns | undefined;
  /** The simple schedules that its front is compared with. */
  readonly baselines: readonly Baseline[];
}

/** Between two looks at a run that goes on, ms: weighing all it recorded takes its time. */
const REFRESH_MS = 1000;

/** The trade-offs that a search itself names, in its own objectives. */
function searchedFront(front: NonNullable<RunDetail['front']>): FrontColumns {
  const loci = front[0]?.genome.length ?? 0;
  const columns = {
    ids: Uint32Array.from(front, ({ chromosomeId }) => chromosomeId),
    loci,
    genes: new Uint8Array(front.length * loci),
    fitness: Float64Array.from(front, ({ fitness }) => fitness),
    metrics: new Float64Array(front.length * HEADLINE_METRIC_COUNT),
  };
  front.forEach(({ genome, metrics }, row) => {
    columns.genes.set(genome, row * loci);
    columns.metrics.set(headlineVector(metrics), row * HEADLINE_METRIC_COUNT);
  });
  return columns;
}

/** @param isSearched whether the trade-offs of a run are those that its search names, where it searched for some */
export function useFronts(
  runIds: () => readonly number[],
  objectives: () => readonly HeadlineMetricName[],
  isSearched: () => boolean,
) {
  const fronts = shallowRef<readonly RunFront[]>([]);
  const isLoading = shallowRef(false);
  /** Runs that were asked for and do not exist. */
  const gone = shallowRef<readonly number[]>([]);
  const error = shallowRef<WorkbenchError>();
  const begin = useLatest();

  /** @param isAgain the same runs and objectives, of which only those that go on have changed */
  async function load(isAgain = false): Promise<void> {
    const isLatest = begin();
    const wanted = [...objectives()];
    isLoading.value = !isAgain;
    error.value = undefined;
    try {
      const loaded: RunFront[] = [];
      const missing: number[] = [];
      let firstProblem: unknown;
      for (const runId of runIds()) {
        const known = fronts.value.find((front) => front.detail.run.id === runId);
        const isOver = known !== undefined && known.detail.run.endedAt !== undefined;
        if (isAgain && isOver) {
          loaded.push(known);
          continue;
        }
        try {
          const detail = isOver ? known.detail : await client.invoke('runs.get', { runId });
          const columns =
            isSearched() && detail.front !== undefined
              ? searchedFront(detail.front)
              : await client.invoke('pareto.front', { runId, objectives: wanted });
          const { generations } = detail.run;
          const problem = known?.problem ?? problemOfSnapshot(detail);
          const baselines = known?.baselines ?? (await frontBaselines(detail, problem));
          const window = isOver
            ? known.members
            : generations === 0
              ? undefined
              : (await client.invoke('replay.window', { runId, from: generations - 1, length: 1 })).chromosomes;
          loaded.push({ detail, problem, columns, members: window, baselines });
        } catch (fault) {
          // One that was deleted does not keep the others from being seen; any other fault does.
          if (asWorkbenchError(fault).code !== 'run.unknown') throw fault;
          firstProblem ??= fault;
          missing.push(runId);
        }
        if (!isLatest()) return;
      }
      if (loaded.length === 0 && missing.length > 0) throw firstProblem;
      gone.value = missing;
      fronts.value = loaded;
    } catch (problem) {
      if (isLatest()) error.value = asWorkbenchError(problem);
    } finally {
      if (isLatest()) isLoading.value = false;
    }
  }

  let timer: ReturnType<typeof setTimeout> | undefined;
  function refreshSoon(runId: number): void {
    if (!runIds().includes(runId)) return;
    timer ??= setTimeout(async () => {
      if (!isLoading.value) await load(true);
      timer = undefined; // only now: the next look waits for the end of this one
    }, REFRESH_MS);
  }
  const stops = [
    client.on('run.progress', ({ runId }) => refreshSoon(runId)),
    client.on('run.changed', ({ run }) => refreshSoon(run.id)),
  ];
  onScopeDispose(() => {
    for (const stop of stops) stop();
    clearTimeout(timer);
  });
  watch(
    () => `${runIds().join(',')} ${objectives().join(',')} ${isSearched()}`,
    () => void load(),
    { immediate: true },
  );
  return { fronts, gone, isLoading, error, reload: () => load() };
}
