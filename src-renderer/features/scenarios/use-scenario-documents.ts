/** The platform and networks that a scenario names, read when they are needed, and the scenario with all of them inline. */
import { computed, shallowRef, watch, type ComputedRef } from 'vue';
import { WorkbenchError, type Issue } from '#shared/domain/errors.ts';
import { parseNetwork, type Network } from '#shared/domain/network.ts';
import { parsePlatform, type Platform } from '#shared/domain/platform.ts';
import { resolveScenario, type ResolvedScenario, type Scenario } from '#shared/domain/scenario.ts';
import { client } from '../../api/index.ts';
import type { Draft } from '../../editing/draft.ts';
import { listAt } from '../../editing/json-path.ts';
import { useDocumentsStore } from '../../stores/documents.ts';
import { asWorkbenchError, useNotificationsStore } from '../../stores/notifications.ts';

export interface ScenarioDocuments {
  /** Undefined while something is wrong or still being read. */
  readonly resolved: ComputedRef<ResolvedScenario | undefined>;
}

/** Also tells the draft what is wrong with the scenario as a whole: names without a document, layers that can run nowhere. */
export function useScenarioDocuments(draft: Draft): ScenarioDocuments {
  const documents = useDocumentsStore();
  const notifications = useNotificationsStore();
  const platforms = shallowRef<ReadonlyMap<string, Platform>>(new Map());
  const networks = shallowRef<ReadonlyMap<string, Network>>(new Map());
  const asked = new Set<string>();

  void Promise.all((['platform', 'network'] as const).map((kind) => (documents.isLoaded(kind) ? undefined : documents.load(kind)))).catch((error: unknown) => notifications.showError(error));

  const named = computed(() => ({
    platform: draft.value(['platform']),
    networks: listAt(draft.content.value, ['applications']).map((application) => application['network']),
  }));
  watch(named, ({ platform, networks: used }) => {
    if (typeof platform === 'string') void read('platform', platform);
    for (const network of used) if (typeof network === 'string') void read('network', network);
  }, { immediate: true });

  async function read(kind: 'platform' | 'network', id: string): Promise<void> {
    if (asked.has(`${kind}/${id}`)) return;
    asked.add(`${kind}/${id}`);
    try {
      const { document } = await client.invoke('documents.get', { kind, id });
      if (kind === 'platform') platforms.value = new Map(platforms.value).set(id, parsePlatform(document));
      else networks.value = new Map(networks.value).set(id, parseNetwork(document));
    } catch (error) {
      // One that does not exist is told with the scenario's problems.
      if (asWorkbenchError(error).code !== 'document.unknown') notifications.showError(error, `${kind} "${id}" could not be read`);
    }
  }

  const outcome = computed<{ readonly resolved?: ResolvedScenario; readonly issues: readonly Issue[] }>(() => {
    const scenario = draft.document.value;
    if (scenario === undefined || !isScenario(scenario) || !draft.isValid.value) return { issues: NONE };
    const isReading = (kind: 'platform' | 'network', id: unknown, known: ReadonlyMap<string, unknown>): boolean => typeof id === 'string' && !known.has(id) && documents.takenIds(kind).has(id);
    if (isReading('platform', scenario.platform, platforms.value) || scenario.applications.some(({ network }) => isReading('network', network, networks.value))) return { issues: NONE };
    const lookup = <Document>(kind: 'platform' | 'network', known: ReadonlyMap<string, Document>) => ({ get: (id: string) => known.get(id), keys: () => documents.takenIds(kind) });
    try {
      return { resolved: resolveScenario(scenario, { platforms: lookup('platform', platforms.value), networks: lookup('network', networks.value) }), issues: NONE };
    } catch (error) {
      if (!(error instanceof WorkbenchError)) throw error;
      return { issues: gathered(error) };
    }
  });
  // Each edit clears them, so they are told anew after each, even the same ones.
  watch([outcome, draft.content], ([{ issues }]) => draft.setFurtherIssues(issues), { immediate: true });

  return { resolved: computed(() => outcome.value.resolved) };
}

const NONE: readonly Issue[] = [];

function isScenario(document: object): document is Scenario {
  return 'applications' in document;
}

/** The layers of a network that can run nowhere as one problem of the application, where it can be solved here: by another network or platform. */
function gathered(error: WorkbenchError): Issue[] {
  if (error.details.length === 0) return [{ path: error.path, message: error.message, expected: 'one that exists', hint: error.hint }];
  const byPlace = new Map<string, Issue & { count: number }>();
  for (const issue of error.details) {
    const path = issue.path[0] === 'applications' ? issue.path.slice(0, 3) : issue.path;
    const known = byPlace.get(path.join());
    if (known === undefined) byPlace.set(path.join(), { ...issue, path, count: 1 });
    else known.count++;
  }
  return [...byPlace.values()].map(({ count, ...issue }) => (count === 1 ? issue : { ...issue, message: `${issue.message}, and ${count - 1} more of its layers` }));
}
