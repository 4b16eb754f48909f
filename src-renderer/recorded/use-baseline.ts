/**
 * What a run's figures are compared with: as its address says, else as this machine remembers, else as its platform
 * suggests.
 */
import { computed, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import type { RunDetail } from '#shared/contract/shapes.ts';
import type { WorkbenchError } from '#shared/domain/errors.ts';
import { baselineIds, type Baseline, type BaselineId } from '#shared/domain/run.ts';
import { baselineNames, baselineOfRun, defaultBaselineId, simpleBaseline } from '#shared/scheduling/baselines.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { client } from '../api/index.ts';
import { useLatest } from '../api/use-latest.ts';
import { asWorkbenchError } from '../stores/notifications.ts';
import { useSettingsStore } from '../stores/settings.ts';

/** One of the simple schedules, or the id of a recorded run of the same scenario. */
export type BaselineChoice = BaselineId | number;

export interface BaselineView {
  /** Undefined before the run is loaded. */
  readonly choice: ComputedRef<BaselineChoice | undefined>;
  /** What the platform suggests. */
  readonly suggested: ComputedRef<BaselineId | undefined>;
  /** Undefined while it is made, and where there is an `error`. */
  readonly baseline: ShallowRef<Baseline | undefined>;
  readonly error: ShallowRef<WorkbenchError | undefined>;
  choose(choice: BaselineChoice): void;
}

export function useBaseline(
  source: () => { readonly detail: RunDetail; readonly problem: Problem } | undefined,
): BaselineView {
  const route = useRoute();
  const router = useRouter();
  const settings = useSettingsStore();
  const baseline = shallowRef<Baseline>();
  const error = shallowRef<WorkbenchError>();
  const problem = computed(() => source()?.problem);
  const runId = computed(() => source()?.detail.run.id);
  const suggested = computed(() => (problem.value === undefined ? undefined : defaultBaselineId(problem.value)));
  /** A run may be shown while its page is left: its address is then another's. */
  const asked = computed<BaselineChoice | undefined>((before) =>
    route.name === 'run' || route.name === 'report' ? parseChoice(route.query['baseline']) : before,
  );
  const choice = computed(() => asked.value ?? settings.baseline ?? suggested.value);

  const begin = useLatest();
  watch(
    [choice, problem],
    async () => {
      const isLatest = begin();
      error.value = undefined;
      if (choice.value === undefined || problem.value === undefined || runId.value === undefined) return;
      const simple = typeof choice.value === 'number' ? undefined : simpleBaseline(problem.value, choice.value);
      baseline.value = simple;
      if (simple !== undefined) return;
      try {
        const found = await baselineFrom(choice.value, runId.value, problem.value);
        if (isLatest()) baseline.value = found;
      } catch (problemWithIt) {
        if (isLatest()) error.value = asWorkbenchError(problemWithIt);
      }
    },
    { immediate: true },
  );

  return {
    choice,
    suggested,
    baseline,
    error,
    choose(next) {
      void router.replace({
        ...(route.name === undefined || route.name === null ? {} : { name: route.name }),
        params: route.params,
        query: { ...route.query, baseline: String(next) },
      });
      if (typeof next !== 'number') void settings.changeBaseline(next === suggested.value ? undefined : next);
    },
  };
}

async function baselineFrom(choice: BaselineChoice, runId: number, problem: Problem): Promise<Baseline> {
  if (typeof choice !== 'number') return (await client.invoke('runs.baseline', { runId, baseline: choice })).baseline;
  return baselineOfRun(await client.invoke('runs.get', { runId: choice }), problem);
}

/** "heft", "12"; anything else is not a choice. */
export function parseChoice(text: unknown): BaselineChoice | undefined {
  if (typeof text !== 'string') return undefined;
  return baselineIds.find((id) => id === text) ?? (/^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined);
}

export function choiceName(choice: BaselineChoice): string {
  return typeof choice === 'number' ? `Run ${choice}` : baselineNames[choice];
}
