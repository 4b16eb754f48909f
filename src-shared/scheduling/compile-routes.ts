/**
 * The ways that data take between processors: over the link that the two have, over a bus that both are on, or, where the platform lists
 * its buses and the two share none, over several of them one after the other.
 */
import type { Platform } from '../domain/platform.ts';

/** What one transfer at a time can occupy: a link, or a bus in both directions. */
interface Channel {
  readonly index: number;
  readonly latencyMs: number;
  readonly bandwidthMBps: number;
  readonly energyPJPerByte: number;
}

/** P processors, H hops over all ways. */
export interface Routes {
  /** Number of channels: that of the link from p to q is p × P + q, buses come after the links. */
  readonly channels: number;
  /** The hops from p to q are numbers `firstHop[p × P + q] … firstHop[p × P + q + 1] − 1`; none for p = q. [P × P + 1] */
  readonly firstHop: Int32Array;
  /** [H] */
  readonly hopChannel: Int32Array;
  /** [H] ms; bytes / (MB/s × 10⁶ bytes/MB) s = bytes / (MB/s × 1000) ms */
  readonly hopTimeMs: (hop: number, bytes: number) => number;
  /** [P × P] energy per byte over all hops, pJ. */
  readonly energyPJPerByte: Float64Array;
  /** Whether some way has several hops. */
  readonly hasChains: boolean;
}

/** The ways of `platform`, whose processors all reach each other. */
export function compileRoutes({ processors, interconnect }: Platform): Routes {
  const count = processors.length;
  const { default: fallback, links, buses } = interconnect;
  const complete = (index: number, given: (typeof links)[number] | NonNullable<typeof buses>[number] | undefined) => ({
    index,
    latencyMs: given?.latencyMs ?? fallback.latencyMs,
    bandwidthMBps: given?.bandwidthMBps ?? fallback.bandwidthMBps ?? Number.POSITIVE_INFINITY,
    energyPJPerByte: given?.energyPJPerByte ?? fallback.energyPJPerByte,
  });
  const placeOf = new Map(processors.map(({ id }, index) => [id, index]));
  const place = (id: string): number => placeOf.get(id) ?? 0; // ids are those of processors: `platformSchema`
  const direct: (Channel | undefined)[] = Array.from({ length: count * count });
  if (buses === undefined) for (let pair = 0; pair < count * count; pair++) direct[pair] = complete(pair, undefined);
  const seen = new Set<number>();
  for (const link of links) {
    const pair = place(link.from) * count + place(link.to);
    if (!seen.has(pair)) direct[pair] = complete(pair, link);
    seen.add(pair);
  }
  buses?.forEach((bus, index) => {
    const channel = complete(count * count + index, bus);
    const members = bus.processors.map(place);
    for (const from of members) for (const to of members) direct[from * count + to] ??= channel;
  });

  const firstHop = new Int32Array(count * count + 1);
  const hops: Channel[] = [];
  const energyPJPerByte = new Float64Array(count * count);
  let hasChains = false;
  for (let from = 0; from < count; from++) {
    const previous = buses === undefined ? undefined : previousOnWays(direct, count, from);
    for (let to = 0; to < count; to++) {
      const pair = from * count + to;
      const way = from === to ? [] : wayTo(direct, count, previous, from, to);
      hops.push(...way);
      firstHop[pair + 1] = hops.length;
      hasChains ||= way.length > 1;
      energyPJPerByte[pair] =
        from === to ? (direct[pair]?.energyPJPerByte ?? 0) : way.reduce((sum, hop) => sum + hop.energyPJPerByte, 0);
    }
  }
  return {
    channels: count * count + (buses?.length ?? 0),
    firstHop,
    hopChannel: Int32Array.from(hops, ({ index }) => index),
    hopTimeMs: (hop, bytes) => hops[hop].latencyMs + bytes / (hops[hop].bandwidthMBps * 1000),
    energyPJPerByte,
    hasChains,
  };
}

/**
 * [P] the processor before each one on the way with the fewest hops from `start`; among equal ones, that over the processor that was
 * reached first, in the order of the platform.
 */
function previousOnWays(direct: readonly (Channel | undefined)[], count: number, start: number): Int32Array {
  const previous = new Int32Array(count).fill(-1);
  previous[start] = start;
  const reached = [start];
  for (const at of reached)
    for (let to = 0; to < count; to++) {
      if (previous[to] >= 0 || direct[at * count + to] === undefined) continue;
      previous[to] = at;
      reached.push(to);
    }
  return previous;
}

function wayTo(
  direct: readonly (Channel | undefined)[],
  count: number,
  previous: Int32Array | undefined,
  from: number,
  to: number,
): Channel[] {
  const way: Channel[] = [];
  for (let at = to; at !== from;) {
    const before = previous === undefined ? from : previous[at];
    const channel = before < 0 ? undefined : direct[before * count + at];
    if (channel === undefined) throw new Error('no way between two processors of a platform');
    way.unshift(channel);
    at = before;
  }
  return way;
}
