/** The platform against which a network is looked at: which processors there are, how they are called, and which times their cost models give. */
import { computed, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import { estimateTimes, type ModelledTimes } from '#shared/domain/modelled-times.ts';
import type { Network } from '#shared/domain/network.ts';
import { executionTimeKey, parsePlatform, supportsOp, type Platform } from '#shared/domain/platform.ts';
import { client } from '../../api/index.ts';
import { useDocumentsStore } from '../../stores/documents.ts';
import { useNotificationsStore } from '../../stores/notifications.ts';
import { clusterOf } from '../../theme/palette.ts';
import type { TimedProcessor } from './layer-colors.ts';

export interface TimeColumn extends TimedProcessor {
  readonly title: string;
  readonly canRun: (op: string) => boolean;
}

export interface PlatformTimes {
  readonly options: ComputedRef<readonly { readonly value: string; readonly label: string }[]>;
  readonly chosen: ShallowRef<string | null>;
  /** The processors of the platform, and keys of the network that none of them has. */
  readonly columns: ComputedRef<readonly TimeColumn[]>;
  /** By layer of the network that was given. */
  readonly modelled: ComputedRef<readonly ModelledTimes[]>;
}

/** @param network the last valid state of it; @param keys for which its layers have times */
export function usePlatformTimes(network: Readonly<Ref<Network | undefined>>, keys: Readonly<Ref<readonly string[]>>): PlatformTimes {
  const documents = useDocumentsStore();
  const notifications = useNotificationsStore();
  const platforms = shallowRef<ReadonlyMap<string, Platform>>(new Map());
  const chosen = shallowRef<string | null>(null);

  async function load(): Promise<void> {
    if (!documents.isLoaded('platform')) await documents.load('platform');
    chosen.value ??= bestFitting();
  }
  void load().catch((error: unknown) => notifications.showError(error));

  /** The platform whose processors cover the most of the network's keys. */
  function bestFitting(): string | null {
    const covered = documents.entries('platform').map(({ summary, facts }) => ({ id: summary.id, count: facts?.kind === 'platform' ? facts.processors.filter(({ timeKey }) => keys.value.includes(timeKey)).length : 0 }));
    const best = covered.toSorted((a, b) => b.count - a.count)[0];
    return best === undefined || best.count === 0 ? (documents.entries('platform').find(({ summary }) => summary.id === 'hikey970')?.summary.id ?? best?.id ?? null) : best.id;
  }

  watch(chosen, async (id) => {
    if (id === null || platforms.value.has(id)) return;
    try {
      const { document } = await client.invoke('documents.get', { kind: 'platform', id });
      platforms.value = new Map(platforms.value).set(id, parsePlatform(document));
    } catch (error) {
      notifications.showError(error, 'The platform could not be read');
    }
  }, { immediate: true });

  const platform = computed(() => (chosen.value === null ? undefined : platforms.value.get(chosen.value)));
  const columns = computed<TimeColumn[]>(() => {
    const own = (platform.value?.processors ?? []).map((processor, index, all): TimeColumn => ({ key: executionTimeKey(processor), name: processor.name, title: processor.name, kind: processor.kind, cluster: clusterOf(all, index), canRun: (op) => supportsOp(processor, op) }));
    const byKey = new Map(own.map((column) => [column.key, column]));
    for (const key of keys.value) if (!byKey.has(key)) byKey.set(key, { key, name: key, title: key, kind: kindOfKey(key), cluster: 0, canRun: () => true });
    return [...byKey.values()];
  });

  return {
    chosen, columns,
    options: computed(() => documents.entries('platform').map(({ summary }) => ({ value: summary.id, label: summary.name }))),
    modelled: computed(() => (network.value === undefined || platform.value === undefined ? [] : estimateTimes(network.value, platform.value))),
  };
}

function kindOfKey(key: string): TimedProcessor['kind'] {
  return (['gpu', 'npu', 'dsp'] as const).find((kind) => key.toLowerCase().includes(kind)) ?? 'cpu';
}
