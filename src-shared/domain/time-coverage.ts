/** How far the times of a network reach on a platform: per processor what is stated, modelled and missing, and which layers can run nowhere. */
import { estimateTimes } from './modelled-times.ts';
import type { Layer, Network } from './network.ts';
import { executionTimeKey, supportsOp, type Platform, type Processor } from './platform.ts';
import { keyedProcessor, timeOwnerOf, type NamedPlatform, type TimeKeyHolder, type TimeOwner } from './time-keys.ts';

export interface ProcessorCoverage {
  readonly processor: Processor;
  readonly key: string;
  /** Whose the stated times are; "own" where there are none. */
  readonly owner: TimeOwner;
  /** Layers that it can run with a time that the network states. */
  readonly timed: number;
  /** Layers that it can run with a time by a cost model. */
  readonly modelled: number;
  /** Layers whose operation it supports, but for which it has no time. */
  readonly untimed: number;
}

export interface TimeCoverage {
  readonly network: Network;
  readonly platform: Platform;
  readonly processors: readonly ProcessorCoverage[];
  /** Layers with a stated time on a processor that can run them. */
  readonly timed: number;
  /** Layers with modelled times only. */
  readonly modelled: number;
  readonly nowhere: readonly Layer[];
  /** Other platforms that the network has times for, those with the most layers first. */
  readonly otherPlatforms: readonly TimedPlatform[];
  /** Keys with times that neither this platform nor a known one uses. */
  readonly unusedKeys: readonly string[];
}

export interface TimedPlatform extends NamedPlatform {
  /** Kinds of the processors that the times are of; none where the platform is not in the library. */
  readonly kinds: readonly Processor['kind'][];
}

/**
 * The coverage of `network`, with the times it states, on `platform`.
 * @param holders the platforms of the library, to tell whose times a key has
 */
export function timeCoverage(network: Network, platform: Platform, holders: readonly TimeKeyHolder[]): TimeCoverage {
  const estimates = estimateTimes(network, platform);
  const counts = platform.processors.map(() => ({ timed: 0, modelled: 0, untimed: 0 }));
  const nowhere: Layer[] = [];
  const layersOfKey = new Map<string, number>();
  let [timed, modelled] = [0, 0];
  network.layers.forEach((layer, index) => {
    for (const key of Object.keys(layer.executionTimeMs)) layersOfKey.set(key, (layersOfKey.get(key) ?? 0) + 1);
    let [isTimed, isModelled] = [false, false];
    platform.processors.forEach((processor, place) => {
      const count = counts[place];
      if (count === undefined || !supportsOp(processor, layer.op)) return;
      const key = executionTimeKey(processor);
      if (Object.hasOwn(layer.executionTimeMs, key)) {
        isTimed = true;
        count.timed++;
      } else if (Object.hasOwn(estimates[index] ?? {}, key)) {
        isModelled = true;
        count.modelled++;
      } else count.untimed++;
    });
    if (isTimed) timed++;
    else if (isModelled) modelled++;
    else nowhere.push(layer);
  });
  const processors = platform.processors.map((processor, place): ProcessorCoverage => {
    const count = counts[place] ?? { timed: 0, modelled: 0, untimed: 0 };
    return {
      processor,
      key: executionTimeKey(processor),
      ...count,
      owner: count.timed === 0 ? { kind: 'own' } : timeOwnerOf(network, platform, keyedProcessor(processor), holders),
    };
  });
  const used = new Set([
    ...processors.map(({ key }) => key),
    ...holders.flatMap((holder) => holder.processors.map(({ key }) => key)),
  ]);
  return {
    network,
    platform,
    processors,
    timed,
    modelled,
    nowhere,
    otherPlatforms: platformsWithTimes(network, layersOfKey, holders).filter(({ id }) => id !== platform.id),
    unusedKeys: [...layersOfKey.keys()].filter((key) => !used.has(key)),
  };
}

/** The platforms that times of `network` are known, or may be taken, to hold for; those with the most layers first. */
function platformsWithTimes(
  network: Network,
  layersOfKey: ReadonlyMap<string, number>,
  holders: readonly TimeKeyHolder[],
): TimedPlatform[] {
  const layers = new Map<string, number>();
  for (const [key, count] of layersOfKey) {
    const stated =
      network.timePlatforms !== undefined && Object.hasOwn(network.timePlatforms, key)
        ? network.timePlatforms[key]
        : undefined;
    const ids =
      stated ??
      holders.filter(({ processors }) => processors.some((processor) => processor.key === key)).map(({ id }) => id);
    for (const id of ids) layers.set(id, (layers.get(id) ?? 0) + count);
  }
  return [...layers]
    .sort((a, b) => b[1] - a[1])
    .map(([id]) => {
      const holder = holders.find((each) => each.id === id);
      return {
        id,
        name: holder?.name ?? id,
        kinds: holder?.processors.filter(({ key }) => layersOfKey.has(key)).map(({ kind }) => kind) ?? [],
      };
    });
}
