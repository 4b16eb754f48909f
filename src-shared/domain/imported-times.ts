/**
 * Documents that are imported together: a platform that states no key for a processor gets one of its own where another platform has
 * that key, and the times of networks that came with it follow, so that nothing is computed with times of another device.
 */
import type { Network } from './network.ts';
import type { Platform } from './platform.ts';
import type { Profile } from './profile.ts';
import type { Scenario } from './scenario.ts';
import { holdersOfKey, keysInUse, nearestKeys, ownTimeKey, timeKeyHolder, type TimeKeyHolder } from './time-keys.ts';
import { listed } from './words.ts';

/** A parsed document with its kind. */
type ImportedDocument =
  | { readonly kind: 'platform'; readonly document: Platform }
  | { readonly kind: 'network'; readonly document: Network }
  | { readonly kind: 'profile'; readonly document: Profile }
  | { readonly kind: 'scenario'; readonly document: Scenario };

export interface KeyedImport {
  readonly documents: readonly ImportedDocument[];
  /** What was changed, and what may not be as it is meant. */
  readonly notes: readonly KeyNote[];
}

export interface KeyNote {
  readonly message: string;
  readonly hint?: string;
}

/** A key that a platform had by its processor's id, and the one it has now. */
interface NewKey {
  readonly platform: Platform;
  readonly processor: string;
  readonly to: string;
}

/**
 * @param groups documents as they were read, by the files they came from
 * @param holders the platforms of the library
 * @returns the groups in the same order; documents that do not change are the same objects
 */
export function withImportedKeys(
  groups: readonly (readonly ImportedDocument[])[],
  holders: readonly TimeKeyHolder[],
): KeyedImport[] {
  const all = groups.flat();
  const platforms = all.flatMap((each) => (each.kind === 'platform' ? [each.document] : []));
  const known = [
    ...holders.filter(({ id }) => platforms.every((each) => each.id !== id)),
    ...platforms.map((each) => timeKeyHolder(each, false)),
  ];
  const newKeys = platforms.flatMap((platform) =>
    newKeysOf(
      platform,
      known,
      holders.find(({ id }) => id === platform.id),
    ),
  );
  return groups.map((group) => {
    const notes: KeyNote[] = [];
    const documents = group.map((each): ImportedDocument => {
      if (each.kind === 'platform') {
        const own = newKeys.filter(({ platform }) => platform === each.document);
        if (own.length === 0) return each;
        notes.push({
          message:
            `${each.document.name}: ${listed(own.map(({ processor, to }) => `"${to}" instead of "${processor}"`))} ` +
            `${own.length === 1 ? 'is the key of its times' : 'are the keys of its times'}, because another platform ` +
            `uses ${own.length === 1 ? 'that key' : 'those keys'}`,
        });
        return {
          ...each,
          document: {
            ...each.document,
            processors: each.document.processors.map((processor) => ({ ...processor, ...keyOf(own, processor.id) })),
          },
        };
      }
      if (each.kind !== 'network') return each;
      const moved = movedKeys(each.document, newKeys);
      notes.push(...strangeKeyNotes(each.document, moved, known), ...sharedKeyNotes(each.document, moved, known));
      if (moved.length === 0) return each;
      notes.push({
        message:
          `${each.document.name}: its times under ${listed(moved.map(({ processor }) => `"${processor}"`))} are taken ` +
          `as those of ${listed([...new Set(moved.map(({ platform }) => platform.name))])}, which came with it`,
      });
      return {
        ...each,
        document: withMovedKeys(each.document, new Map(moved.map(({ processor, to }) => [processor, to]))),
      };
    });
    return { documents, notes };
  });
}

/** `network` with its times under other keys, with their sources. A key that is there already keeps its times. */
export function withMovedKeys(network: Network, keys: ReadonlyMap<string, string>): Network {
  const moved = <Value>(record: Readonly<Record<string, Value>>): Record<string, Value> => ({
    ...Object.fromEntries(Object.entries(record).map(([key, value]) => [keys.get(key) ?? key, value])),
    ...Object.fromEntries(Object.entries(record).filter(([key]) => !keys.has(key))),
  });
  const sources = ({ timeSources }: Pick<Network, 'timeSources'>): Pick<Network, 'timeSources'> =>
    timeSources === undefined ? {} : { timeSources: moved(timeSources) };
  return {
    ...network,
    ...sources(network),
    layers: network.layers.map((layer) => ({
      ...layer,
      executionTimeMs: moved(layer.executionTimeMs),
      ...sources(layer),
    })),
  };
}

/** The keys that processors of `platform` without one get. @param stored the platform as the library has it, whose keys stay */
function newKeysOf(platform: Platform, holders: readonly TimeKeyHolder[], stored: TimeKeyHolder | undefined): NewKey[] {
  const taken = keysInUse(holders, platform.id);
  const used = new Set([...taken, ...platform.processors.map(({ id, executionTimeKey }) => executionTimeKey ?? id)]);
  return platform.processors.flatMap(({ id, executionTimeKey, sharesTimesWith }): NewKey[] => {
    if (executionTimeKey !== undefined || sharesTimesWith !== undefined) return [];
    const known = stored?.processors.find((processor) => processor.id === id)?.key;
    if (known === id || (known === undefined && !taken.has(id))) return [];
    const to = known ?? ownTimeKey(platform.id, id, used);
    used.add(to);
    return [{ platform, processor: id, to }];
  });
}

/** The keys of `network` that exactly one imported platform had, and of which the network does not say whose they are. */
function movedKeys(network: Network, newKeys: readonly NewKey[]): NewKey[] {
  const keys = new Set(network.layers.flatMap(({ executionTimeMs }) => Object.keys(executionTimeMs)));
  return [...keys].flatMap((key) => {
    const candidates = newKeys.filter(({ processor }) => processor === key);
    const isStated = network.timePlatforms !== undefined && Object.hasOwn(network.timePlatforms, key);
    return candidates.length === 1 && !isStated ? candidates : [];
  });
}

/** Keys of `network` that no processor has: nothing would be computed with its times, in silence. */
function strangeKeyNotes(network: Network, moved: readonly NewKey[], known: readonly TimeKeyHolder[]): KeyNote[] {
  const used = new Set([...keysInUse(known), ...moved.map(({ processor }) => processor)]);
  const strange = [...new Set(network.layers.flatMap(({ executionTimeMs }) => Object.keys(executionTimeMs)))].filter(
    (key) => !used.has(key),
  );
  if (strange.length === 0) return [];
  const near = strange.flatMap((key) => {
    const keys = nearestKeys(key, known);
    return keys === '' ? [] : [`for "${key}" nearest is ${keys}`];
  });
  return [
    {
      message:
        `${network.name}: no platform of the library has a processor with the time ` +
        `${strange.length === 1 ? 'key' : 'keys'} ${listed(strange.map((key) => `"${key}"`))}, so nothing runs with ` +
        'these times',
      hint:
        `${near.length === 0 ? '' : `${near.slice(0, 4).join('; ')}: `}call the times by the key of the processor that ` +
        'they are of, or give a processor this key',
    },
  ];
}

/** Keys of `network` that several devices use, while it does not say whose times they are: it would have them on all of them. */
function sharedKeyNotes(network: Network, moved: readonly NewKey[], known: readonly TimeKeyHolder[]): KeyNote[] {
  const keys = new Set(network.layers.flatMap(({ executionTimeMs }) => Object.keys(executionTimeMs)));
  const shared = [...keys].flatMap((key) => {
    const isStated = Object.hasOwn(network.timePlatforms ?? {}, key);
    const devices =
      isStated || moved.some(({ processor }) => processor === key) ? [] : holdersOfKey(key, new Set(), known);
    return devices.length > 1 ? [{ key, devices }] : [];
  });
  if (shared.length === 0) return [];
  const names = [...new Set(shared.flatMap(({ devices }) => devices.map(({ name }) => name)))];
  return [
    {
      message:
        `${network.name} does not say whose its times under ${listed(shared.map(({ key }) => `"${key}"`))} are: ` +
        `${listed(names)} use the same ${shared.length === 1 ? 'key' : 'keys'}, and each would take them for its own`,
      hint:
        'call the times by the key of the processor that they are of, which its platform’s page shows, ' +
        'or say in the network’s editor whose they are',
    },
  ];
}

function keyOf(own: readonly NewKey[], processor: string): { readonly executionTimeKey?: string } {
  const found = own.find((each) => each.processor === processor);
  return found === undefined ? {} : { executionTimeKey: found.to };
}
