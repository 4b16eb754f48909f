/** Saying in a network whose its times are, as one step. */
import type { Network } from '#shared/domain/network.ts';
import { withMovedKeys } from '#shared/domain/imported-times.ts';
import { isContent, listAt, valueAt, type Change, type Content } from '../../editing/json-path.ts';
import { timeKeysOf } from './read-graph.ts';

/** The times under `keys` are those of `platform`, and of nobody else who uses the same keys. */
export function withOwner(content: Content, keys: readonly string[], platform: string): Change[] {
  const stated = isContent(content['timePlatforms']) ? content['timePlatforms'] : {};
  return [
    { path: ['timePlatforms'], value: { ...stated, ...Object.fromEntries(keys.map((key) => [key, [platform]])) } },
  ];
}

/** What is to be stated with the first time under a key that several platforms use: it was entered for `platform`. */
export function withFirstOwner(content: Content, key: string, platform: string | null, isShared: boolean): Change[] {
  return platform === null ||
    !isShared ||
    timeKeysOf(content).includes(key) ||
    valueAt(content, ['timePlatforms', key]) !== undefined
    ? []
    : withOwner(content, [key], platform);
}

/** The times under keys move to others: those of the processors of a platform that they were measured on. */
export function withTimesUnder(content: Content, network: Network, keys: ReadonlyMap<string, string>): Change[] {
  const moved = withMovedKeys(network, keys);
  const layers = listAt(content, ['layers']).map((layer, index): Content => {
    const { executionTimeMs, timeSources } = moved.layers[index] ?? {};
    return { ...layer, executionTimeMs, ...(timeSources === undefined ? {} : { timeSources }) };
  });
  const stated = isContent(content['timePlatforms'])
    ? Object.fromEntries(Object.entries(content['timePlatforms']).filter(([key]) => !keys.has(key)))
    : {};
  return [
    { path: ['layers'], value: layers },
    { path: ['timeSources'], value: moved.timeSources },
    { path: ['timePlatforms'], value: Object.keys(stated).length === 0 ? undefined : stated },
  ];
}
