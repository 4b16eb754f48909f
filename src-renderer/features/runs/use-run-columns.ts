/** The columns of the list of runs: those chosen, an option of a scheduler in each that has any, and what is shown as the name. */
import { computed, shallowRef, watch } from 'vue';
import { useLocalStorage } from '@vueuse/core';
import type { RunFacets, RunGrouping, RunOverview } from '#shared/contract/run-list-shapes.ts';
import type { RunSummary } from '#shared/contract/shapes.ts';
import { client } from '../../api/index.ts';
import { ownName } from '../../components/facts/name-parts.ts';
import { fieldsOf, leavesOf } from '../../components/options-schema.ts';
import { useSchedulersStore } from '../../stores/schedulers.ts';
import { choosable, isOptionColumn, optionColumnId, runColumns, shownAtFirst } from './run-table.ts';

/** @param overview of the list as it is shown; undefined while it is not there */
export function useRunColumns(overview: () => RunOverview | undefined, groupBy: () => RunGrouping | undefined) {
  const schedulers = useSchedulersStore();
  const facets = shallowRef<RunFacets>();
  /** What there is to filter by changes with the runs. Until it is known, nothing is offered. */
  watch(
    () => [overview()?.total, overview()] as const,
    async () => {
      const loaded = await client.invoke('runs.facets', {}).catch(() => undefined);
      if (loaded !== undefined) facets.value = loaded;
    },
  );

  const chosen = useLocalStorage<readonly string[]>('tessera.runs.shownColumns', [...shownAtFirst]);
  /** Options of the schedulers that runs were made with, each once. */
  const optionFields = computed(() => {
    const fields = (facets.value?.schedulers ?? []).flatMap(({ id }) =>
      leavesOf(fieldsOf(schedulers.byId.get(id)?.optionsSchema ?? {})),
    );
    return fields.filter(
      (field, index) => fields.findIndex((other) => optionColumnId(other) === optionColumnId(field)) === index,
    );
  });
  const all = computed(() => runColumns(schedulers.nameOf, optionFields.value));
  /** What the heads of groups say needs no column. */
  const shown = computed(() =>
    all.value.filter(
      ({ id }) =>
        (!choosable.includes(id) && !isOptionColumn(id)) ||
        (chosen.value.includes(id) && id !== groupBy() && (id !== 'deadlines' || overview()?.hasDeadlines === true)),
    ),
  );

  return {
    facets,
    chosen,
    all,
    shown,
    /** What column `id` says of `run`. */
    textOf: (id: string, run: RunSummary): string | undefined =>
      all.value.find((column) => column.id === id)?.text?.(run),
    /** The name without what a neighbouring column shows. */
    shownName({ name, scenarioName, scheduler }: RunSummary): string {
      const beside = [
        ...(chosen.value.includes('scenario') ? [scenarioName] : []),
        ...(chosen.value.includes('scheduler') ? [schedulers.nameOf(scheduler)] : []),
      ];
      return ownName(name, beside);
    },
  };
}
