/** The fronts of several runs in the chosen objectives, loaded from everything each run recorded. */
import { onScopeDispose, shallowRef, watch } from 'vue';
import type { HeadlineMetricName } from '#shared/domain/run.ts';
import type { WorkbenchError } from '#shared/domain/errors.ts';
import type { RunDetail } from '#shared/contract/shapes.ts';
import type { ChromosomeColumns } from '#shared/contract/replay-shapes.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { client } from '../../api/index.ts';
import { asWorkbenchError } from '../../stores/notifications.ts';
import { problemOfRun } from '../run/run-problem.ts';

export interface RunFront {
  readonly detail: RunDetail;
  readonly problem: Problem;
  readonly columns: ChromosomeColumns;
}

export function useFronts(runIds: () => readonly number[], objectives: () => readonly HeadlineMetricName[]) {
  const fronts = shallowRef<readonly RunFront[]>([]);
  const isLoading = shallowRef(false);
  const error = shallowRef<WorkbenchError>();
  let latest = 0;

  async function load(): Promise<void> {
    const own = ++latest;
    const wanted = [...objectives()];
    isLoading.value = true;
    error.value = undefined;
    try {
      const loaded: RunFront[] = [];
      for (const runId of runIds()) {
        const known = fronts.value.find((front) => front.detail.run.id === runId);
        const [detail, columns] = await Promise.all([known?.detail ?? client.invoke('runs.get', { runId }), client.invoke('pareto.front', { runId, objectives: wanted })]);
        if (own !== latest) return;
        loaded.push({ detail, problem: known?.problem ?? problemOfRun(detail), columns });
      }
      fronts.value = loaded;
    } catch (problem) {
      if (own === latest) error.value = asWorkbenchError(problem);
    } finally {
      if (own === latest) isLoading.value = false;
    }
  }

  watch(() => `${runIds().join(',')} ${objectives().join(',')}`, () => void load(), { immediate: true });
  onScopeDispose(() => latest++);
  return { fronts, isLoading, error, reload: load };
}
