/** What the times of a network's layers on a platform say: the fastest processor of each, the longest path, and the colours of either. */
import { computed } from 'vue';
import { useLocalStorage } from '@vueuse/core';
import { textOf, type Content } from '../../editing/json-path.ts';
import { formatCounted, formatDuration } from '../../format.ts';
import type { NetworkGraph } from '../../plots/network/network-graph.ts';
import { useSettingsStore } from '../../stores/settings.ts';
import { fastestColors, operationColors } from './layer-colors.ts';
import { criticalPath, timeOf } from './read-graph.ts';
import type { usePlatformTimes } from './use-platform-times.ts';

export function useLayerTimes(
  layers: () => readonly Content[],
  graph: () => NetworkGraph,
  platform: ReturnType<typeof usePlatformTimes>,
) {
  const settings = useSettingsStore();
  const coloring = useLocalStorage<'operation' | 'processor'>('tessera.network.colours', 'operation');
  const ops = computed(() => layers().map((layer) => textOf(layer['op'])));
  /** For each layer the processor of the platform that is fastest, and its time. */
  const fastest = computed(() =>
    layers().map((layer, index) => {
      let best: { readonly column: number; readonly ms: number } | undefined;
      for (const [column, { key, canRun, owner }] of platform.columns.value.entries()) {
        // Times under keys that the platform does not have, or that are another one's, are not times on it.
        if (owner === undefined || owner.kind === 'foreign') continue;
        const ms = canRun(textOf(layer['op']))
          ? (timeOf(layer, key) ?? platform.modelled.value[index]?.[key])
          : undefined;
        if (ms !== undefined && (best === undefined || ms < best.ms)) best = { column, ms };
      }
      return best;
    }),
  );
  const hasTimes = computed(() => fastest.value.some((each) => each !== undefined));
  /** Places of the layers that can run nowhere on the platform because they have no time there, while others have one. */
  const untimed = computed(() =>
    hasTimes.value ? fastest.value.flatMap((each, index) => (each === undefined ? [index] : [])) : [],
  );
  /** A sum that leaves layers out is a lower bound. */
  const boundText = (ms: number): string => `${untimed.value.length > 0 ? '≥ ' : ''}${formatDuration(ms)}`;
  /** Without any time each layer counts alike. */
  const path = computed(() => criticalPath(graph(), (index) => (hasTimes.value ? (fastest.value[index]?.ms ?? 0) : 1)));

  return {
    coloring,
    ops,
    hasTimes,
    untimed,
    /** By layer, ms; undefined where it has none. */
    times: computed(() => fastest.value.map((each) => each?.ms)),
    palette: computed(() =>
      coloring.value === 'operation'
        ? operationColors(ops.value, settings.theme)
        : fastestColors(
            fastest.value.map((each) => each?.column),
            platform.columns.value,
            settings.theme,
          ),
    ),
    path,
    pathText: computed(() =>
      hasTimes.value ? boundText(path.value.length) : formatCounted(path.value.length, 'layer'),
    ),
    totalText: computed(() => boundText(fastest.value.reduce((sum, each) => sum + (each?.ms ?? 0), 0))),
  };
}
