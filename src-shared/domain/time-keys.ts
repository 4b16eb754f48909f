/**
 * Whose the times of a network are. A layer has its times by key, and a key is only a word: several platforms may use the same one.
 * A network can say whose a key's times are (`timePlatforms`), a processor that it uses another platform's on purpose
 * (`sharesTimesWith`). Where neither is said, a key that several platforms use does not say whose times it has.
 */
import { closest } from './errors.ts';
import type { Network } from './network.ts';
import { executionTimeKey, type Platform, type Processor } from './platform.ts';
import { listed } from './words.ts';

/** A platform of the library, as far as it uses keys of times. */
export interface TimeKeyHolder {
  readonly id: string;
  readonly name: string;
  readonly isPreset: boolean;
  readonly processors: readonly KeyedProcessor[];
}

export interface KeyedProcessor {
  readonly id: string;
  readonly name: string;
  readonly kind: Processor['kind'];
  readonly key: string;
  readonly sharesTimesWith: readonly string[];
}

export interface NamedPlatform {
  readonly id: string;
  readonly name: string;
}

/**
 * Whose the times of a network under the key of a processor are: of its own platform, of others by what the network says, or
 * possibly of others that use the same key.
 */
export type TimeOwner =
  | { readonly kind: 'own' }
  | { readonly kind: 'foreign' | 'unclear'; readonly platforms: readonly NamedPlatform[] };

const OWN: TimeOwner = { kind: 'own' };

export function timeKeyHolder({ id, name, processors }: Platform, isPreset: boolean): TimeKeyHolder {
  return { id, name, isPreset, processors: processors.map(keyedProcessor) };
}

export function keyedProcessor(
  processor: Pick<Processor, 'id' | 'name' | 'kind' | 'executionTimeKey' | 'sharesTimesWith'>,
): KeyedProcessor {
  return {
    id: processor.id,
    name: processor.name,
    kind: processor.kind,
    key: executionTimeKey(processor),
    sharesTimesWith: processor.sharesTimesWith ?? [],
  };
}

/**
 * Whose the times of `network` under the key of `processor` are.
 * @param platform that has the processor
 * @param holders the platforms of the library; `platform` itself may be among them
 */
export function timeOwnerOf(
  network: Pick<Network, 'timePlatforms'>,
  platform: NamedPlatform,
  processor: Pick<KeyedProcessor, 'key' | 'sharesTimesWith'>,
  holders: readonly TimeKeyHolder[],
): TimeOwner {
  const accepted = new Set([platform.id, ...processor.sharesTimesWith]);
  const stated = ownValue(network.timePlatforms, processor.key);
  if (stated !== undefined) {
    return stated.some((id) => accepted.has(id))
      ? OWN
      : {
          kind: 'foreign',
          platforms: stated.map((id) => ({ id, name: holders.find((holder) => holder.id === id)?.name ?? id })),
        };
  }
  const others = holdersOfKey(processor.key, accepted, holders);
  return others.length === 0 ? OWN : { kind: 'unclear', platforms: others };
}

/**
 * The platforms that use `key` although they are not among `accepted` and do not share times with one of these. Presets that use
 * the same key are not in each other's way: their networks say whose their times are.
 */
export function holdersOfKey(
  key: string,
  accepted: ReadonlySet<string>,
  holders: readonly TimeKeyHolder[],
): readonly TimeKeyHolder[] {
  const isOfPreset = holders.some(({ id, isPreset }) => isPreset && accepted.has(id));
  const sharesWith = ({ processors }: TimeKeyHolder, isOne: (id: string) => boolean): boolean =>
    processors.some((processor) => processor.key === key && processor.sharesTimesWith.some(isOne));
  const others = holders.filter(
    (holder) =>
      !accepted.has(holder.id) &&
      !(isOfPreset && holder.isPreset) &&
      holder.processors.some((processor) => processor.key === key) &&
      !sharesWith(holder, (id) => accepted.has(id)),
  );
  // Of those that share their times, only the one that owns them is listed.
  const ids = new Set(others.map(({ id }) => id));
  const origins = others.filter((holder) => !sharesWith(holder, (id) => id !== holder.id && ids.has(id)));
  return origins.length === 0 ? others : origins; // none: they share with each other
}

/**
 * A key that no platform of the library uses: "<platform>-<processor>", with a number where that is taken.
 * @param taken keys that others use
 */
export function ownTimeKey(platform: string, processor: string, taken: ReadonlySet<string>): string {
  const wanted = `${platform}-${processor}`;
  if (!taken.has(wanted)) return wanted;
  for (let number = 2; ; number++) if (!taken.has(`${wanted}-${number}`)) return `${wanted}-${number}`;
}

/** Every key that a platform other than `except` uses. */
export function keysInUse(holders: readonly TimeKeyHolder[], except?: string): Set<string> {
  return new Set(
    holders.filter(({ id }) => id !== except).flatMap(({ processors }) => processors.map(({ key }) => key)),
  );
}

/** A processor of the library with its platform. */
export interface KnownProcessor {
  readonly platform: TimeKeyHolder;
  readonly processor: KeyedProcessor;
}

/** The processors that may be meant by `key`, which is the key of none: those called so first, then those that are called like it, then those of that kind. */
export function processorsLike(key: string, holders: readonly TimeKeyHolder[]): readonly KnownProcessor[] {
  const wanted = folded(key);
  const rankOf = ({ platform, processor }: KnownProcessor): number => {
    const names = [processor.key, processor.id, processor.name].map(folded);
    if (names.includes(wanted)) return 0;
    const all = [...names, folded(platform.name), folded(`${platform.name} ${processor.name}`)].filter(
      (name) => Math.min(name.length, wanted.length) >= SHORTEST_PART,
    );
    if (processor.kind === wanted) return 3;
    if (all.some((name) => name.includes(wanted) || wanted.includes(name))) return 1;
    return closest(wanted, names) === undefined ? Number.POSITIVE_INFINITY : 2;
  };
  const ranked = holders
    .flatMap((platform) => platform.processors.map((processor) => ({ platform, processor })))
    .map((known) => ({ known, rank: rankOf(known) }));
  const best = Math.min(...ranked.map(({ rank }) => rank));
  return Number.isFinite(best) ? ranked.filter(({ rank }) => rank === best).map(({ known }) => known) : [];
}

/** Shorter names are parts of too many. */
const SHORTEST_PART = 3;

function folded(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** What `processorsLike` found, as "key "npu" of Board"; empty where it found nothing. */
export function nearestKeys(key: string, holders: readonly TimeKeyHolder[]): string {
  return listed(
    [
      ...new Set(
        processorsLike(key, holders).map(({ platform, processor }) => `"${processor.key}" of ${platform.name}`),
      ),
    ],
    4,
    'or',
  );
}

/** What `record` itself has under `key`, never what every object has. */
function ownValue<Value>(record: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
