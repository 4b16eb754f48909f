/** Where the times that a network has on a platform come from, counted layer by layer from the documents themselves, and in words. */
import { nominalPlace, sourceOfKind, timesByProfiles } from './applied-profiles.ts';
import { estimateTimes } from './modelled-times.ts';
import { timeSourceOf, type Network, type TimeSourceKind } from './network.ts';
import { executionTimeKey, supportsOp, type Platform, type Processor } from './platform.ts';
import type { ProfiledTime } from './profile-times.ts';
import type { Profile } from './profile.ts';
import type { ResolvedScenario } from './scenario.ts';
import type { TimeKeyHolder } from './time-keys.ts';
import { countOf, listed } from './words.ts';

/** given: the document does not say where from; costModel: modelled by the platform's own cost model. */
export type TimeOrigin = TimeSourceKind | 'given' | 'costModel';

export interface ProcessorTimes {
  readonly network: Network;
  readonly platform: Platform;
  readonly processor: Processor;
  /** Layers by the origin of their time there. */
  readonly layers: Readonly<Record<TimeOrigin, number>>;
  /** Layers whose time there is one of a profile, which are in none of `layers`, by its name; in the order of the profiles. */
  readonly profiled: readonly { readonly profile: string; readonly measured: number; readonly estimated: number }[];
  /** Layers that it supports, but has no time for. */
  readonly untimed: number;
  /** Layers whose operation it does not support. */
  readonly unsupported: number;
}

/** Whose times, and how many layers have which: "ResNet-18 on Cortex-A76", "30 layers measured". */
export interface OriginRow {
  readonly of: string;
  readonly text: string;
}

/** In the order in which they are listed. */
const origins = ['measured', 'given', 'assumed', 'modelled', 'costModel'] as const satisfies readonly TimeOrigin[];

/**
 * The origins of the times of `network` on each processor of `platform`, those its cost models give or gave included.
 * @param profiles those that its times were taken from
 */
export function timeOrigins(
  network: Network,
  platform: Platform,
  profiles: readonly Profile[] = NONE,
): ProcessorTimes[] {
  const estimates = estimateTimes(network, platform);
  return platform.processors.map((processor): ProcessorTimes => {
    const key = executionTimeKey(processor);
    const layers = { measured: 0, given: 0, assumed: 0, modelled: 0, costModel: 0 };
    const counts = new Map(profiles.map(({ id, name }) => [id, { profile: name, measured: 0, estimated: 0 }]));
    let [untimed, unsupported] = [0, 0];
    network.layers.forEach((layer, index) => {
      const estimate = estimates[index]?.[key];
      const source = timeSourceOf(network, layer, key);
      const profiled = profiledTimeOf(network, layer, processor, profiles);
      const count = profiled === undefined ? undefined : counts.get(profiled.profile.id);
      if (!supportsOp(processor, layer.op) || (profiled !== undefined && profiled.timeMs === undefined)) unsupported++;
      else if (count !== undefined && profiled !== undefined)
        count[profiled.kind === 'estimated' ? 'estimated' : 'measured']++;
      else if (source === undefined && estimate === undefined) untimed++;
      else if (source === undefined || (source === 'modelled' && layer.executionTimeMs[key] === estimate))
        layers.costModel++;
      else layers[source]++;
    });
    const profiled = [...counts.values()].filter(({ measured, estimated }) => measured + estimated > 0);
    return { network, platform, processor, layers, profiled, untimed, unsupported };
  });
}

const NONE: readonly Profile[] = [];

/**
 * The time of a profile that `layer` has on `processor`; undefined where its time is from elsewhere. One without `timeMs` says that it
 * cannot run there.
 */
export function profiledTimeOf(
  network: Network,
  layer: Network['layers'][number],
  processor: Processor,
  profiles: readonly Profile[],
): ProfiledTime | undefined {
  if (profiles.length === 0) return undefined;
  const time = timesByProfiles(profiles, network).layer(layer.id, nominalPlace(processor));
  if (time === undefined) return undefined;
  const key = executionTimeKey(processor);
  const has = Object.hasOwn(layer.executionTimeMs, key) ? layer.executionTimeMs[key] : undefined;
  return has === time.timeMs && (has === undefined || timeSourceOf(network, layer, key) === sourceOfKind(time.kind))
    ? time
    : undefined;
}

/** "30 layers measured (Pi 5, quiet), 2 modelled by the cost model of Raspberry Pi 5". */
export function originsInWords({ platform, layers, profiled, untimed, unsupported }: ProcessorTimes): string {
  return layersInWords([
    ...profiled.map(({ profile, measured }) => ({ count: measured, text: `measured (profile ${profile})` })),
    ...profiled.map(({ profile, estimated }) => ({ count: estimated, text: `estimated (profile ${profile})` })),
    ...origins.map((origin) => ({
      count: layers[origin],
      text: origin === 'costModel' ? `modelled by the cost model of ${platform.name}` : originWords[origin],
    })),
    { count: untimed, text: 'without a time' },
    { count: unsupported, text: 'not supported' },
  ]);
}

/** The times that `network` itself states, by key: "Cortex-A76 of Raspberry Pi 5" or, where no processor is known by it, the key. */
export function statedTimeOrigins(network: Network, holders: readonly TimeKeyHolder[]): readonly OriginRow[] {
  const keys = new Set(network.layers.flatMap(({ executionTimeMs }) => Object.keys(executionTimeMs)));
  return [...keys].map((key): OriginRow => {
    const sources = network.layers.map((layer) => timeSourceOf(network, layer, key));
    const processors = holders
      .filter(({ id }) => ownersOf(network, key)?.includes(id) ?? true)
      .flatMap(({ name, processors: own }) =>
        own.filter((processor) => processor.key === key).map((processor) => `${processor.name} of ${name}`),
      );
    return {
      of: processors.length === 0 ? `Key "${key}"` : listed(processors),
      text: layersInWords(
        (['measured', 'given', 'assumed', 'modelled'] as const).map((origin) => ({
          count: sources.filter((source) => source === origin).length,
          text: originWords[origin],
        })),
      ),
    };
  });
}

const originWords: Readonly<Record<Exclude<TimeOrigin, 'costModel'>, string>> = {
  measured: 'measured',
  given: 'given, where from is not stated',
  assumed: 'assumed',
  modelled: 'modelled',
};

function ownersOf({ timePlatforms }: Network, key: string): readonly string[] | undefined {
  return timePlatforms !== undefined && Object.hasOwn(timePlatforms, key) ? timePlatforms[key] : undefined;
}

/** "30 layers measured, 2 assumed" of the parts that have any. */
function layersInWords(parts: readonly { readonly count: number; readonly text: string }[]): string {
  return parts
    .filter(({ count }) => count > 0)
    .map(({ count, text }, index) => `${index === 0 ? countOf(count, 'layer') : String(count)} ${text}`)
    .join(', ');
}

/** What a scenario's times are, per network and processor; a network that several applications run is listed once. */
export function scenarioTimeOrigins({
  platform,
  applications,
  profiles,
}: Pick<ResolvedScenario, 'platform' | 'applications' | 'profiles'>): readonly OriginRow[] {
  const rows = applications.flatMap(({ network }) =>
    timeOrigins(network, platform, profiles).map((times) => ({
      of: `${network.name} on ${times.processor.name}`,
      text: originsInWords(times),
    })),
  );
  return [...new Map(rows.map((row) => [`${row.of}: ${row.text}`, row])).values()];
}

/** "2 of 32 layers of ResNet-18 have modelled times on Cortex-A76", a sentence for each network with such times. */
export function modelledTimesInWords({
  platform,
  applications,
  profiles,
}: Pick<ResolvedScenario, 'platform' | 'applications' | 'profiles'>): readonly string[] {
  const sentences = applications.flatMap(({ network }) => {
    const processorsByCount = new Map<number, string[]>();
    for (const { processor, layers } of timeOrigins(network, platform, profiles)) {
      const count = layers.modelled + layers.costModel;
      if (count > 0) processorsByCount.set(count, [...(processorsByCount.get(count) ?? []), processor.name]);
    }
    const all = network.layers.length;
    return [...processorsByCount].map(([count, processors]) => {
      const layers = count === all && all > 1 ? `all ${all} layers` : `${count} of ${countOf(all, 'layer')}`;
      const times = count === 1 ? 'has a modelled time' : 'have modelled times';
      return `${layers} of ${network.name} ${times} on ${listed(processors)}`;
    });
  });
  return [...new Set(sentences)];
}

/**
 * How the time of a layer on a processor came about, as a word next to it: "modelled", "assumed"; undefined for what is
 * measured or given.
 */
export function doubtfulTime(
  network: Network,
  layer: Pick<Network['layers'][number], 'executionTimeMs' | 'timeSources'>,
  processor: Pick<Processor, 'id' | 'executionTimeKey'>,
): 'modelled' | 'assumed' | undefined {
  const source = timeSourceOf(network, layer, executionTimeKey(processor));
  return source === 'modelled' || source === 'assumed' ? source : undefined;
}
