/**
 * What the palette finds in addition to commands: documents, runs and sweeps, by name, id, tag or number; each opens
 * its page.
 */
import { computed, shallowRef, watch, type ComputedRef, type Ref } from 'vue';
import { useRouter } from 'vue-router';
import { watchDebounced } from '@vueuse/core';
import type { RunSummary } from '#shared/contract/shapes.ts';
import type { SweepSummary } from '#shared/contract/sweep-shapes.ts';
import { client } from '../api/index.ts';
import type { Command } from '../commands/registry.ts';
import { useDocumentsStore } from '../stores/documents.ts';
import { useNotificationsStore } from '../stores/notifications.ts';
import { useRunsStore } from '../stores/runs.ts';

const kinds = [
  ['platform', 'Platform', 'platforms'],
  ['network', 'Network', 'networks'],
  ['profile', 'Profile', 'profiles'],
  ['scenario', 'Scenario', 'scenarios'],
] as const;
/** Runs that the record is asked for, in addition to the newest, which are known. */
const MOST_ASKED = 30;
const PAUSE_MS = 120;

export interface Findables {
  readonly runs: ComputedRef<readonly Command[]>;
  readonly others: ComputedRef<readonly Command[]>;
}

/** @param isOpen whether the palette is shown; what there is to find is read again each time */
export function useFindable(isOpen: Readonly<Ref<boolean>>, query: Readonly<Ref<string>>): Findables {
  const router = useRouter();
  const documents = useDocumentsStore();
  const notifications = useNotificationsStore();
  const runs = useRunsStore();
  const sweeps = shallowRef<readonly SweepSummary[]>([]);
  const asked = shallowRef<readonly RunSummary[]>([]);

  async function load(): Promise<void> {
    try {
      const [list] = await Promise.all([
        client.invoke('sweeps.list', {}),
        ...kinds.map(([kind]) => documents.load(kind)),
      ]);
      sweeps.value = list.sweeps;
    } catch (problem) {
      notifications.showError(problem, 'Not everything can be found');
    }
  }
  watch(isOpen, (isShown) => {
    if (isShown) void load();
  });
  // The record knows more runs than the newest, which are found at once.
  watchDebounced(
    query,
    async (text) => {
      if (!isOpen.value || text.trim() === '') return;
      try {
        const found = await runs.find({ text: text.trim(), limit: MOST_ASKED });
        if (query.value === text) asked.value = found;
      } catch (problem) {
        notifications.showError(problem, 'Older runs could not be searched');
      }
    },
    { debounce: PAUSE_MS },
  );

  return {
    runs: computed(() =>
      [...new Map([...runs.recent, ...asked.value].map((run) => [run.id, run])).values()].map((run) => ({
        id: `run.open.${run.id}`,
        title: run.name,
        section: `Run ${run.id}`,
        keywords: `#${run.id} ${run.scenarioName} ${run.scheduler} ${run.tags.join(' ')} ${run.status}`,
        run: () => router.push(`/runs/${run.id}`),
      })),
    ),
    others: computed(() => [
      ...kinds.flatMap(([kind, section, path]) =>
        documents.entries(kind).map(({ summary, tags }) => ({
          id: `${kind}.open.${summary.id}`,
          title: summary.name,
          section,
          keywords: `${summary.id} ${tags.join(' ')}`,
          run: () => router.push(`/${path}/${summary.id}`),
        })),
      ),
      ...sweeps.value.map((sweep) => ({
        id: `sweep.open.${sweep.id}`,
        title: sweep.name,
        section: `Sweep ${sweep.id}`,
        keywords: `#${sweep.id}`,
        run: () => router.push(`/sweeps/${sweep.id}`),
      })),
    ]),
  };
}
