/**
 * The simple schedules that a run's front of trade-offs is compared with, wherever it is shown: what its platform
 * suggests, and HEFT.
 */
import { shallowRef, watch, type ShallowRef } from 'vue';
import { frontQuestion, frontRemark } from '#shared/analysis/front-remark.ts';
import type { RunDetail } from '#shared/contract/shapes.ts';
import { activeStatuses, type Baseline } from '#shared/domain/run.ts';
import { frontBaselineIds, simpleBaseline } from '#shared/scheduling/baselines.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { client } from '../api/index.ts';
import { useLatest } from '../api/use-latest.ts';

export function frontBaselines({ run }: RunDetail, problem: Problem): Promise<Baseline[]> {
  return Promise.all(
    frontBaselineIds(problem).map(
      async (id) =>
        simpleBaseline(problem, id) ?? (await client.invoke('runs.baseline', { runId: run.id, baseline: id })).baseline,
    ),
  );
}

/** What has to be said of the front of a run that is over; undefined while that is worked out, and where there is nothing to say. */
export function useFrontRemark(
  source: () => { readonly detail: RunDetail; readonly problem: Problem } | undefined,
  chosen: () => Baseline | undefined,
): ShallowRef<string | undefined> {
  const remark = shallowRef<string>();
  const begin = useLatest();
  watch(
    [source, chosen],
    async () => {
      const isLatest = begin();
      const { detail, problem } = source() ?? {};
      const question = detail === undefined ? undefined : frontQuestion(detail.configuration.options);
      remark.value = undefined;
      if (detail?.front === undefined || problem === undefined || question === undefined) return;
      if (activeStatuses.includes(detail.run.status)) return;
      const simple = await frontBaselines(detail, problem).catch(() => undefined); // the page says itself when its host is gone
      if (!isLatest() || simple === undefined) return;
      const more = chosen();
      remark.value = frontRemark(
        detail.front.map(({ metrics }) => metrics),
        more === undefined || simple.some(({ name }) => name === more.name) ? simple : [...simple, more],
        question,
      );
    },
    { immediate: true },
  );
  return remark;
}
