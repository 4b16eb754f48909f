/** The times of layers executed as one that the profiles of a scenario have. */
import { nominalPlace, sourceOfKind, timesByProfiles } from '../domain/applied-profiles.ts';
import type { ProfiledTime } from '../domain/profile-times.ts';
import type { ResolvedScenario } from '../domain/scenario.ts';
import { noExactTimes, type ExactTime, type ExactTimes } from './subgraph-times.ts';

/**
 * Times of exactly a set of layers, on one core at nominal frequency, by the profiles of `scenario`. A layer by itself is among them only
 * where its measurement says that it includes the launch: what a profiler says of a layer within a longer call is no call of its own.
 */
export function exactTimesOf({ profiles }: Pick<ResolvedScenario, 'profiles'>): ExactTimes {
  if (profiles === undefined || profiles.length === 0) return noExactTimes;
  return {
    of(network, layers, processor) {
      const time = timesByProfiles(profiles, network).group(layers, nominalPlace(processor));
      const isOwnCall = layers.length > 1 || time?.includes?.includes('launch') === true;
      return time !== undefined && isOwnCall ? exactTime(time) : undefined;
    },
    sets: (network, processor) =>
      timesByProfiles(profiles, network)
        .groups(nominalPlace(processor))
        .map(({ layers }) => layers),
    whole(network, processor) {
      const time = timesByProfiles(profiles, network).whole(nominalPlace(processor));
      return time === undefined ? undefined : exactTime(time);
    },
  };
}

function exactTime({ timeMs, kind }: ProfiledTime): ExactTime {
  return { timeMs, source: sourceOfKind(kind) };
}
