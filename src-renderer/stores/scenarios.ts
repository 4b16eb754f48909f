/** Scenarios ready to be compiled and drawn, and the demos. */
import { shallowRef } from 'vue';
import { defineStore } from 'pinia';
import type { Demo } from '#shared/contract/shapes.ts';
import { parseResolvedScenario, type ResolvedScenario } from '#shared/domain/scenario.ts';
import type { TimeRemark } from '#shared/domain/time-remarks.ts';
import { client } from '../api/index.ts';
import { useDocumentsStore } from './documents.ts';

export interface ExaminedScenario {
  readonly scenario: ResolvedScenario;
  readonly remarks: readonly TimeRemark[];
}

export const useScenariosStore = defineStore('scenarios', () => {
  const documents = useDocumentsStore();
  const demos = shallowRef<readonly Demo[]>([]);
  /** By id; a stored document may change, so only presets are kept. */
  const resolved = new Map<string, Promise<ExaminedScenario>>();

  async function loadDemos(): Promise<void> {
    demos.value = (await client.invoke('demos.list', {})).demos;
  }

  /** A scenario with its platform and networks inline. Rejects with a WorkbenchError that says what is wrong where. */
  async function resolve(scenario: string | Record<string, unknown>): Promise<ResolvedScenario> {
    return (await examine(scenario)).scenario;
  }

  /** The same with what is to be said of its times. */
  async function examine(scenario: string | Record<string, unknown>): Promise<ExaminedScenario> {
    if (typeof scenario !== 'string') return ask(scenario);
    const known = resolved.get(scenario);
    if (known !== undefined) return known;
    const asked = ask(scenario);
    const isPreset = documents
      .entries('scenario')
      .some(({ summary }) => summary.id === scenario && summary.origin === 'preset');
    if (isPreset) {
      resolved.set(scenario, asked);
      asked.catch(() => resolved.delete(scenario));
    }
    return asked;
  }

  async function ask(scenario: string | Record<string, unknown>): Promise<ExaminedScenario> {
    const { scenario: document, remarks } = await client.invoke('scenarios.resolve', { scenario });
    return { scenario: parseResolvedScenario(document), remarks };
  }

  return { demos, loadDemos, resolve, examine };
});
