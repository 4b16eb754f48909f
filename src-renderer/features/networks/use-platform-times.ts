/** The platform against which a network is looked at: which processors there are, how they are called, and which times their cost models give. */
import { computed, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import { estimateTimes, type ModelledTimes } from '#shared/domain/modelled-times.ts';
import type { Network } from '#shared/domain/network.ts';
import { executionTimeKey, parsePlatform, supportsOp, type Platform, type Processor } from '#shared/domain/platform.ts';
import {
  keyedProcessor,
  processorsLike,
  timeOwnerOf,
  type TimeKeyHolder,
  type TimeOwner,
} from '#shared/domain/time-keys.ts';
import { client } from '../../api/index.ts';
import { useDocumentsStore } from '../../stores/documents.ts';
import { useNotificationsStore } from '../../stores/notifications.ts';
import { clusterOf } from '../../theme/palette.ts';
import type { TimedProcessor } from './layer-colors.ts';

export interface TimeColumn extends TimedProcessor {
  readonly title: string;
  /** Whose the times under its key are; undefined for a key that the platform does not have. */
  readonly owner: TimeOwner | undefined;
  readonly canRun: (op: string) => boolean;
}

export interface PlatformTimes {
  readonly options: ComputedRef<readonly { readonly value: string; readonly label: string }[]>;
  readonly chosen: ShallowRef<string | null>;
  /** The chosen platform, once it is read. */
  readonly platform: ComputedRef<Platform | undefined>;
  /** The processors of the platform, and keys of the network that none of them has. */
  readonly columns: ComputedRef<readonly TimeColumn[]>;
  /** By layer of the network that was given. */
  readonly modelled: ComputedRef<readonly ModelledTimes[]>;
}

/** How much a key counts for a platform, by whose its times are. */
const weights: Readonly<Record<TimeOwner['kind'], number>> = { own: 1, unclear: 0.5, foreign: 0 };

/**
 * @param network the last valid state of it
 * @param keys for which its layers have times
 * @param wanted id of the platform one came for; undefined: the one that fits best
 */
export function usePlatformTimes(
  network: Readonly<Ref<Network | undefined>>,
  keys: Readonly<Ref<readonly string[]>>,
  wanted: string | undefined,
): PlatformTimes {
  const documents = useDocumentsStore();
  const notifications = useNotificationsStore();
  const platforms = shallowRef<ReadonlyMap<string, Platform>>(new Map());
  const chosen = shallowRef<string | null>(null);

  async function load(): Promise<void> {
    if (!documents.isLoaded('platform')) await documents.load('platform');
    chosen.value ??= bestFitting();
  }
  void load().catch((error: unknown) => notifications.showError(error));

  /**
   * The platform that has the most of the network's keys as its own. Where nothing says whose the times are, a platform of the
   * person's comes before a preset; where no platform has a key, one with a processor that is called like it is shown;
   * times that are known to be of another platform do not count.
   */
  function bestFitting(): string | null {
    const holders = documents.timeKeyHolders;
    if (wanted !== undefined && holders.some(({ id }) => id === wanted)) return wanted;
    const known = network.value ?? {};
    const weightOf = (holder: TimeKeyHolder): number =>
      holder.processors
        .filter(({ key }) => keys.value.includes(key))
        .reduce((sum, processor) => sum + weights[timeOwnerOf(known, holder, processor, holders).kind], 0);
    const best = holders
      .map((holder) => ({ holder, weight: weightOf(holder) }))
      .toSorted((a, b) => b.weight - a.weight || Number(a.holder.isPreset) - Number(b.holder.isPreset))[0];
    return best === undefined || best.weight === 0
      ? (keys.value.flatMap((key) => processorsLike(key, holders))[0]?.platform.id ??
          holders.find(({ id }) => id === 'hikey970')?.id ??
          best?.holder.id ??
          null)
      : best.holder.id;
  }

  watch(
    chosen,
    async (id) => {
      if (id === null || platforms.value.has(id)) return;
      try {
        const { document } = await client.invoke('documents.get', { kind: 'platform', id });
        platforms.value = new Map(platforms.value).set(id, parsePlatform(document));
      } catch (error) {
        notifications.showError(error, 'The platform could not be read');
      }
    },
    { immediate: true },
  );

  const platform = computed(() => (chosen.value === null ? undefined : platforms.value.get(chosen.value)));
  const ownerOf = (processor: Processor): TimeOwner =>
    platform.value === undefined || !keys.value.includes(executionTimeKey(processor))
      ? { kind: 'own' }
      : timeOwnerOf(network.value ?? {}, platform.value, keyedProcessor(processor), documents.timeKeyHolders);
  const columns = computed<TimeColumn[]>(() => {
    const own = (platform.value?.processors ?? []).map((processor, index, all): TimeColumn => ({
      key: executionTimeKey(processor),
      name: processor.name,
      title: processor.name,
      kind: processor.kind,
      cluster: clusterOf(all, index),
      canRun: (op) => supportsOp(processor, op),
      owner: ownerOf(processor),
    }));
    const byKey = new Map(own.map((column) => [column.key, column]));
    for (const key of keys.value)
      if (!byKey.has(key))
        byKey.set(key, {
          key,
          name: key,
          title: key,
          kind: kindOfKey(key),
          cluster: 0,
          canRun: () => true,
          owner: undefined,
        });
    return [...byKey.values()];
  });

  return {
    chosen,
    columns,
    platform,
    options: computed(() =>
      documents.entries('platform').map(({ summary }) => ({ value: summary.id, label: summary.name })),
    ),
    modelled: computed(() =>
      network.value === undefined || platform.value === undefined ? [] : estimateTimes(network.value, platform.value),
    ),
  };
}

function kindOfKey(key: string): TimedProcessor['kind'] {
  return (['gpu', 'npu', 'dsp'] as const).find((kind) => key.toLowerCase().includes(kind)) ?? 'cpu';
}
