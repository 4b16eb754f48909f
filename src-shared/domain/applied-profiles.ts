/**
 * Profiles put into the networks of a scenario, before cost models fill what is left: the time of each layer on each processor of the
 * platform, on one core at nominal frequency. A profile's time replaces one of the network's own that is no more certain; what it
 * found unsupported is taken away, and no cost model brings it back.
 */
import { timeSourceOf, type Layer, type Network, type TimeSourceKind } from './network.ts';
import { executionTimeKey, supportsOp, type Platform, type Processor } from './platform.ts';
import { profileTimes, type ExecutionPlace, type NetworkTimes, type ProfiledTime } from './profile-times.ts';
import type { MeasurementKind, Profile } from './profile.ts';

/** A network with the times of profiles. */
export interface ProfiledNetwork {
  readonly network: Network;
  /** Whether a profile says that the layer at `index` cannot run under `key`. */
  isUnsupported(index: number, key: string): boolean;
}

/** Where the time of `processor` on one core is asked for, at its nominal frequency. */
export function nominalPlace(
  processor: Pick<Processor, 'id' | 'executionTimeKey' | 'nominalFrequencyMHz' | 'operatingPoints'>,
): ExecutionPlace {
  const { nominalFrequencyMHz, operatingPoints } = processor;
  return {
    key: executionTimeKey(processor),
    nominalFrequencyMHz:
      nominalFrequencyMHz ??
      (operatingPoints.length === 0 ? undefined : Math.max(...operatingPoints.map(({ frequencyMHz }) => frequencyMHz))),
  };
}

/** The same answers again for the same profiles and network, which are parsed documents and do not change. */
const known = new WeakMap<readonly Profile[], WeakMap<Network, NetworkTimes>>();

/** `profileTimes`, worked out once for each list of profiles and network. */
export function timesByProfiles(profiles: readonly Profile[], network: Network): NetworkTimes {
  const ofProfiles = known.get(profiles) ?? new WeakMap<Network, NetworkTimes>();
  known.set(profiles, ofProfiles);
  const times = ofProfiles.get(network) ?? profileTimes(profiles, network);
  ofProfiles.set(network, times);
  return times;
}

/** `network` with the times that `profiles` have of it on `platform`; the same object where they have none. */
export function applyProfiles(network: Network, platform: Platform, profiles: readonly Profile[]): ProfiledNetwork {
  if (profiles.length === 0) return { network, isUnsupported: () => false };
  const times = timesByProfiles(profiles, network);
  const unsupported = new Set<string>();
  let changed = false;
  const layers = network.layers.map((layer, index) => {
    let filled = layer;
    for (const processor of platform.processors) {
      if (!supportsOp(processor, layer.op)) continue;
      const key = executionTimeKey(processor);
      const time = times.layer(layer.id, nominalPlace(processor));
      if (time === undefined || !winsOver(time.kind, timeSourceOf(network, filled, key))) continue;
      if (time.timeMs === undefined) unsupported.add(`${index}/${key}`);
      filled = withTime(filled, key, time);
    }
    changed ||= filled !== layer;
    return filled;
  });
  return {
    network: changed ? { ...network, layers } : network,
    isUnsupported: (index, key) => unsupported.has(`${index}/${key}`),
  };
}

/** Where a time of a profile comes from, in the words of a network. */
export function sourceOfKind(kind: MeasurementKind): TimeSourceKind {
  return kind === 'estimated' ? 'modelled' : 'measured';
}

/** Measured wins over everything, estimated over what is modelled or assumed. */
function winsOver(kind: MeasurementKind, own: TimeSourceKind | 'given' | undefined): boolean {
  return kind !== 'estimated' || own === undefined || own === 'modelled' || own === 'assumed';
}

function withTime(layer: Layer, key: string, { timeMs, kind }: ProfiledTime): Layer {
  if (timeMs === undefined) {
    const { [key]: _time, ...executionTimeMs } = layer.executionTimeMs;
    const { [key]: _source, ...timeSources } = layer.timeSources ?? {};
    return Object.hasOwn(layer.executionTimeMs, key) ? { ...layer, executionTimeMs, timeSources } : layer;
  }
  const source = sourceOfKind(kind);
  return layer.executionTimeMs[key] === timeMs && layer.timeSources?.[key] === source
    ? layer
    : {
        ...layer,
        executionTimeMs: { ...layer.executionTimeMs, [key]: timeMs },
        timeSources: { ...layer.timeSources, [key]: source },
      };
}

/**
 * The part of `profiles` that times of these networks on `platform` can rest on: what a run keeps. A profile with nothing of
 * that stays, empty, since the scenario names it; one of which all is needed is the same object.
 */
export function neededProfiles(
  profiles: readonly Profile[],
  platform: Platform,
  networks: readonly Network[],
): Profile[] {
  const keys = new Set(platform.processors.map(executionTimeKey));
  const layersOf = networks.map(({ id, layers }) => ({ id, layers: new Set(layers.map((layer) => layer.id)) }));
  return profiles.map((profile) => {
    const own = layersOf.filter(({ id }) => profile.network === undefined || profile.network === id);
    const measurements = profile.measurements.filter(
      ({ on, layers }) =>
        keys.has(on.key) &&
        (layers === undefined || own.some((network) => layers.every((layer) => network.layers.has(layer)))),
    );
    const wholes = own.length === 0 ? [] : profile.wholes.filter(({ on }) => keys.has(on.key));
    if (
      measurements.length === profile.measurements.length &&
      wholes.length === profile.wholes.length &&
      profile.leftovers === undefined
    )
      return profile;
    const { leftovers: _left, ...rest } = profile;
    return { ...rest, measurements, wholes };
  });
}
