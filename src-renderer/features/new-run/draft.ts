/** The run that is being put together: kept while one looks elsewhere, and over a reload of the window. */
import { computed } from 'vue';
import { defineStore } from 'pinia';
import { useSessionStorage } from '@vueuse/core';
import type { Start, StopConditions } from '#shared/domain/scheduler.ts';

export interface LoadedScenario {
  /** Of the file, or what else it is called by. */
  readonly fileName: string;
  /** Whether it comes from an earlier run, not from a file. */
  readonly isOfRun?: boolean;
  readonly document: Readonly<Record<string, unknown>>;
}

interface Draft {
  /** Id in the library; without meaning while `loaded` is there. */
  readonly scenarioId: string | null;
  readonly loaded: LoadedScenario | null;
  readonly scheduler: string;
  /** By scheduler, what differs from its defaults: going back and forth between schedulers loses nothing. */
  readonly options: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly stop: StopConditions;
  /** What the search begins with; it belongs to the scenario. */
  readonly start: Start | null;
  /** As typed: it may be out of range, and null while nothing is written. */
  readonly seed: number | null;
  readonly name: string;
  /** Whether the name came with the run or demo taken over: it no longer fits once something else is chosen. */
  readonly isNameInherited: boolean;
  /** Whether the seed came with it: it belongs to that run, not to the next one. */
  readonly isSeedInherited: boolean;
}

type Choice = Partial<Pick<Draft, 'scenarioId' | 'loaded' | 'scheduler'>>;

const FIRST_SEED = 1;
const fresh = (): Draft => ({
  scenarioId: null,
  loaded: null,
  scheduler: 'auto',
  options: {},
  stop: {},
  start: null,
  seed: FIRST_SEED,
  name: '',
  isNameInherited: false,
  isSeedInherited: false,
});

export const useDraftStore = defineStore('newRun', () => {
  const draft = useSessionStorage<Draft>('tessera.newRun', fresh(), { mergeDefaults: true });
  const options = computed(() => draft.value.options[draft.value.scheduler] ?? {});
  const scenario = computed(() => draft.value.loaded?.document ?? draft.value.scenarioId ?? undefined);

  /** Chooses another scenario or scheduler; an inherited name goes with the old one. */
  function choose(choice: Choice): void {
    const next = { ...draft.value, ...choice };
    const isOther =
      next.scenarioId !== draft.value.scenarioId ||
      next.loaded !== draft.value.loaded ||
      next.scheduler !== draft.value.scheduler;
    const hasOtherScenario = next.scenarioId !== draft.value.scenarioId || next.loaded !== draft.value.loaded;
    draft.value = {
      ...next,
      ...(isOther && next.isNameInherited ? { name: '', isNameInherited: false } : {}),
      ...(hasOtherScenario ? { start: null } : {}),
    };
  }

  function setName(name: string): void {
    draft.value = { ...draft.value, name, isNameInherited: false };
  }

  function setSeed(seed: number | null): void {
    draft.value = { ...draft.value, seed, isSeedInherited: false };
  }

  function setOptions(next: Readonly<Record<string, unknown>>): void {
    draft.value = { ...draft.value, options: { ...draft.value.options, [draft.value.scheduler]: next } };
  }

  function setStop(stop: StopConditions): void {
    draft.value = { ...draft.value, stop };
  }

  function setStart(start: Start): void {
    draft.value = { ...draft.value, start };
  }

  function dropStart(): void {
    draft.value = { ...draft.value, start: null };
  }

  /** Fills the form with what another run or a demo was started with. */
  function takeOver(from: {
    readonly scenario: string | LoadedScenario;
    readonly scheduler: string;
    readonly options: Readonly<Record<string, unknown>>;
    readonly stop?: StopConditions | undefined;
    readonly start?: Start | undefined;
    readonly seed: number;
    readonly name: string;
  }): void {
    draft.value = {
      scenarioId: typeof from.scenario === 'string' ? from.scenario : null,
      loaded: typeof from.scenario === 'string' ? null : from.scenario,
      scheduler: from.scheduler,
      options: { ...draft.value.options, [from.scheduler]: from.options },
      stop: from.stop ?? {},
      start: from.start ?? null,
      seed: from.seed,
      name: from.name,
      isNameInherited: true,
      isSeedInherited: true,
    };
  }

  /** After a start: the next run needs another name, and a seed that came with a prefill is not meant for it. */
  function finish(): void {
    const { seed, isSeedInherited } = draft.value;
    draft.value = {
      ...draft.value,
      name: '',
      isNameInherited: false,
      seed: isSeedInherited ? FIRST_SEED : seed,
      isSeedInherited: false,
    };
  }

  return {
    draft,
    options,
    scenario,
    choose,
    setName,
    setSeed,
    setOptions,
    setStop,
    setStart,
    dropStart,
    takeOver,
    finish,
    clear: () => (draft.value = fresh()),
  };
});
