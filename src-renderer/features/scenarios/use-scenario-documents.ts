/** The platform, networks and profiles that a scenario names, read when they are needed, and the scenario with all of them inline. */
import { computed, shallowRef, watch, type ComputedRef } from 'vue';
import { applyProfiles } from '#shared/domain/applied-profiles.ts';
import { WorkbenchError, type Issue } from '#shared/domain/errors.ts';
import { parseNetwork, type Network } from '#shared/domain/network.ts';
import { parseProfile, type Profile } from '#shared/domain/profile.ts';
import { parsePlatform, type Platform } from '#shared/domain/platform.ts';
import {
  resolveScenario,
  scenarioTimeRemarks,
  type DocumentLibrary,
  type ResolvedScenario,
  type Scenario,
} from '#shared/domain/scenario.ts';
import { timeCoverage } from '#shared/domain/time-coverage.ts';
import { nowhereMessage } from '#shared/domain/time-remarks.ts';
import { client } from '../../api/index.ts';
import { measuredRemarks, modelledRemarks } from '../../components/notices/modelled-remarks.ts';
import type { ShownRemark } from '../../components/notices/TimeRemarks.vue';
import type { Draft } from '../../editing/draft.ts';
import { listAt } from '../../editing/json-path.ts';
import { useDocumentsStore } from '../../stores/documents.ts';
import { asWorkbenchError, useNotificationsStore } from '../../stores/notifications.ts';

export interface ScenarioDocuments {
  /** Undefined while the documents are still being read or do not fit; while the scenario itself is not right, as it last was. */
  readonly resolved: ComputedRef<ResolvedScenario | undefined>;
  /** Why it is not the scenario as it is written now: what has to be put right first, in words. */
  readonly obstacle: ComputedRef<string | undefined>;
  /** What is to be said of the times it is computed with, and of those it lacks. */
  readonly remarks: ComputedRef<readonly ShownRemark[]>;
}

/** Also tells the draft what is wrong with the scenario as a whole: names without a document, layers that can run nowhere. */
export function useScenarioDocuments(draft: Draft): ScenarioDocuments {
  const documents = useDocumentsStore();
  const notifications = useNotificationsStore();
  const platforms = shallowRef<ReadonlyMap<string, Platform>>(new Map());
  const networks = shallowRef<ReadonlyMap<string, Network>>(new Map());
  const profiles = shallowRef<ReadonlyMap<string, Profile>>(new Map());
  const asked = new Set<string>();

  void Promise.all(
    (['platform', 'network', 'profile'] as const).map((kind) =>
      documents.isLoaded(kind) ? undefined : documents.load(kind),
    ),
  ).catch((error: unknown) => notifications.showError(error));

  const named = computed(() => ({
    platform: draft.value(['platform']),
    networks: listAt(draft.content.value, ['applications']).map((application) => application['network']),
    profiles: profileReferences(draft),
  }));
  watch(
    named,
    ({ platform, networks: used, profiles: measured }) => {
      if (typeof platform === 'string') void read('platform', platform);
      for (const network of used) if (typeof network === 'string') void read('network', network);
      for (const profile of measured) if (typeof profile === 'string') void read('profile', profile);
    },
    { immediate: true },
  );

  async function read(kind: 'platform' | 'network' | 'profile', id: string): Promise<void> {
    if (asked.has(`${kind}/${id}`)) return;
    asked.add(`${kind}/${id}`);
    try {
      const { document } = await client.invoke('documents.get', { kind, id });
      if (kind === 'platform') platforms.value = new Map(platforms.value).set(id, parsePlatform(document));
      else if (kind === 'network') networks.value = new Map(networks.value).set(id, parseNetwork(document));
      else profiles.value = new Map(profiles.value).set(id, parseProfile(document));
    } catch (error) {
      // One that does not exist is reported with the scenario's problems.
      if (asWorkbenchError(error).code !== 'document.unknown')
        notifications.showError(error, `${kind} "${id}" could not be read`);
    }
  }

  const lookup = <Document>(kind: 'platform' | 'network' | 'profile', known: ReadonlyMap<string, Document>) => ({
    get: (id: string) => known.get(id),
    keys: () => documents.takenIds(kind),
  });
  const library = computed((): DocumentLibrary => ({
    platforms: lookup('platform', platforms.value),
    networks: lookup('network', networks.value),
    profiles: lookup('profile', profiles.value),
    timeKeyHolders: () => documents.timeKeyHolders,
  }));
  const outcome = computed<{
    readonly scenario?: Scenario;
    readonly resolved?: ResolvedScenario;
    readonly issues: readonly Issue[];
  }>(() => {
    const scenario = draft.document.value;
    if (scenario === undefined || !isScenario(scenario)) return { issues: NONE };
    const isReading = (
      kind: 'platform' | 'network' | 'profile',
      id: unknown,
      known: ReadonlyMap<string, unknown>,
    ): boolean => typeof id === 'string' && !known.has(id) && documents.takenIds(kind).has(id);
    if (
      isReading('platform', scenario.platform, platforms.value) ||
      scenario.applications.some(({ network }) => isReading('network', network, networks.value)) ||
      scenario.profiles?.some((profile) => isReading('profile', profile, profiles.value)) === true
    )
      return { issues: NONE };
    try {
      return { scenario, resolved: resolveScenario(scenario, library.value), issues: NONE };
    } catch (error) {
      if (!(error instanceof WorkbenchError)) throw error;
      // What is wrong with the last valid state is not what is wrong with this one.
      if (!draft.isValid.value) return { scenario, issues: NONE };
      return {
        scenario,
        issues:
          error.details.length === 0
            ? [{ path: error.path, message: error.message, expected: 'one that exists', hint: error.hint }]
            : error.details,
      };
    }
  });
  // Each edit clears them, so they are reported again after each, even the same ones.
  watch([outcome, draft.content], ([{ issues }]) => draft.setFurtherIssues(issues), { immediate: true });

  const remarks = computed((): readonly ShownRemark[] => {
    const { scenario, resolved } = outcome.value;
    if (scenario === undefined) return [];
    const platformId = typeof scenario.platform === 'string' ? scenario.platform : undefined;
    const pageOf = (network: string): string | undefined =>
      scenario.applications.some((application) => application.network === network) ? network : undefined;
    if (resolved !== undefined)
      return [
        ...scenarioTimeRemarks(scenario, resolved, library.value).map((remark) => ({
          severity: 'warning' as const,
          message: remark.message,
          remedies: remark.remedies,
          network: pageOf(remark.network),
          platform: platformId,
        })),
        ...measuredRemarks(resolved),
        ...modelledRemarks(resolved),
      ];
    const platform = typeof scenario.platform === 'string' ? platforms.value.get(scenario.platform) : scenario.platform;
    if (platform === undefined) return [];
    const used = new Set(scenario.applications.map(({ network }) => network));
    return [...used].flatMap((reference): ShownRemark[] => {
      const network = typeof reference === 'string' ? networks.value.get(reference) : reference;
      if (network === undefined) return [];
      const measured = (scenario.profiles ?? []).flatMap((profile) =>
        typeof profile === 'string' ? (profiles.value.get(profile) ?? []) : profile,
      );
      const profiled = applyProfiles(network, platform, measured).network;
      const coverage = timeCoverage(profiled, platform, documents.timeKeyHolders);
      return coverage.nowhere.length === 0
        ? []
        : [{ severity: 'problem', ...nowhereMessage(coverage), network: pageOf(network.id), platform: platformId }];
    });
  });

  const obstacle = computed(() => {
    const [first] = draft.isValid.value ? [] : draft.issues.value;
    return first === undefined
      ? undefined
      : `${first.message}${first.hint === undefined || first.hint === '' ? '' : `; ${first.hint}`}`;
  });
  return { resolved: computed(() => outcome.value.resolved), obstacle, remarks };
}

const NONE: readonly Issue[] = [];

/** The profiles that the scenario names, as it is written. */
function profileReferences(draft: Draft): readonly unknown[] {
  const named = draft.value(['profiles']);
  return Array.isArray(named) ? named : [];
}

function isScenario(document: object): document is Scenario {
  return 'applications' in document;
}
