/** The schedulers there are, loaded once. */
import { computed, shallowRef } from 'vue';
import { defineStore } from 'pinia';
import type { SchedulerSummary } from '#shared/contract/shapes.ts';
import { client } from '../api/index.ts';

export const useSchedulersStore = defineStore('schedulers', () => {
  const schedulers = shallowRef<readonly SchedulerSummary[]>([]);
  const byId = computed(() => new Map(schedulers.value.map((scheduler) => [scheduler.id, scheduler])));
  let loading: Promise<void> | undefined;

  /** Loads them unless they are there. Rejects with a WorkbenchError; asking again tries again. */
  function ensureLoaded(): Promise<void> {
    loading ??= load();
    return loading;
  }

  async function load(): Promise<void> {
    try {
      schedulers.value = (await client.invoke('schedulers.list', {})).schedulers;
    } catch (error) {
      loading = undefined;
      throw error;
    }
  }

  /** Its name for people, or the id while that is not known. */
  const nameOf = (id: string): string => byId.value.get(id)?.name ?? id;

  return { schedulers, byId, ensureLoaded, nameOf };
});
