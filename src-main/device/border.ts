/** What a border between subgraphs costs on a device: one number for each processor, fitted to the sets of layers that were measured as one. */
import { nominalPlace, timesByProfiles } from '#shared/domain/applied-profiles.ts';
import type { Network } from '#shared/domain/network.ts';
import type { Platform } from '#shared/domain/platform.ts';
import type { Profile } from '#shared/domain/profile.ts';
import { cutMegabytes, cutsOf } from '#shared/scheduling/subgraph-times.ts';
import { setsOf } from '#shared/scheduling/subgraphs.ts';

/**
 * Least squares through the origin of what measured sets take beyond κ · Σ of their layers (DESIGN §14), over the megabytes that enter and
 * leave them. Never below 0, where only noise is left.
 * @returns ms per MB; undefined where no set was measured whose layers have times
 */
export function fitBorder(
  networks: readonly Network[],
  profiles: readonly Profile[],
  processor: Platform['processors'][number],
): number | undefined {
  const place = nominalPlace(processor);
  let products = 0;
  let squares = 0;
  for (const network of networks) {
    const times = timesByProfiles(profiles, network);
    const layerMs = new Map(network.layers.map(({ id }) => [id, times.layer(id, place)?.timeMs]));
    const sumMs = sumOf([...layerMs.values()]);
    if (sumMs === undefined || sumMs <= 0) continue;
    const factor = (times.whole(place)?.timeMs ?? sumMs) / sumMs;
    for (const { layers, time } of times.groups(place)) {
      const kernelsMs = sumOf(layers.map((id) => layerMs.get(id)));
      if (time.timeMs === undefined || kernelsMs === undefined || layers.length === network.layers.length) continue;
      const megabytes = megabytesAround(network, layers);
      products += (time.timeMs - factor * kernelsMs) * megabytes;
      squares += megabytes ** 2;
    }
  }
  return squares > 0 ? Math.max(0, products / squares) : undefined;
}

/** Undefined where one is missing. */
function sumOf(values: readonly (number | undefined)[]): number | undefined {
  let sum = 0;
  for (const value of values) {
    if (value === undefined) return undefined;
    sum += value;
  }
  return sum;
}

/** Over the cuts of `layers` executed as one, every other layer alone. */
function megabytesAround(network: Network, layers: readonly string[]): number {
  const leaderOf = Int32Array.from(network.layers, (_, layer) => layer);
  const own = network.layers.flatMap(({ id }, layer) => (layers.includes(id) ? [layer] : []));
  for (const layer of own) leaderOf[layer] = own[0];
  const sets = setsOf(leaderOf);
  const setOf = new Int32Array(network.layers.length);
  sets.forEach((each, set) => each.forEach((layer) => (setOf[layer] = set)));
  return cutMegabytes(cutsOf(network, sets, setOf), setOf)[setOf[own[0]]];
}
