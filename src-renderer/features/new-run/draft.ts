/** The run that is being put together: kept while one looks elsewhere, and over a reload of the window. */
import { computed } from 'vue';
import { defineStore } from 'pinia';
import { useSessionStorage } from '@vueuse/core';

export interface LoadedScenario {
  readonly fileName: string;
  readonly document: Readonly<Record<string, unknown>>;
}

interface Draft {
  /** Id in the library; without meaning while `loaded` is there. */
  readonly scenarioId: string | null;
  readonly loaded: LoadedScenario | null;
  readonly scheduler: string;
  /** By scheduler, what differs from its defaults: going back and forth between schedulers loses nothing. */
  readonly options: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly seed: number;
  readonly name: string;
}

const fresh = (): Draft => ({ scenarioId: null, loaded: null, scheduler: 'ga', options: {}, seed: 1, name: '' });

export const useDraftStore = defineStore('newRun', () => {
  const draft = useSessionStorage<Draft>('tessera.newRun', fresh(), { mergeDefaults: true });
  const options = computed(() => draft.value.options[draft.value.scheduler] ?? {});
  const scenario = computed(() => draft.value.loaded?.document ?? draft.value.scenarioId ?? undefined);

  function change(changes: Partial<Draft>): void {
    draft.value = { ...draft.value, ...changes };
  }

  function setOptions(next: Readonly<Record<string, unknown>>): void {
    change({ options: { ...draft.value.options, [draft.value.scheduler]: next } });
  }

  /** Fills the form with what another run or a demo was started with. */
  function takeOver(from: { readonly scenario: string | LoadedScenario; readonly scheduler: string; readonly options: Readonly<Record<string, unknown>>; readonly seed: number; readonly name: string }): void {
    draft.value = {
      scenarioId: typeof from.scenario === 'string' ? from.scenario : null,
      loaded: typeof from.scenario === 'string' ? null : from.scenario,
      scheduler: from.scheduler,
      options: { ...draft.value.options, [from.scheduler]: from.options },
      seed: from.seed,
      name: from.name,
    };
  }

  return { draft, options, scenario, change, setOptions, takeOver, clear: () => (draft.value = fresh()) };
});
