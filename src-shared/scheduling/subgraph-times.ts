/**
 * Time of a subgraph executed as one call (DESIGN §14). Where exactly these layers were measured together, that is it; else
 *
 *     launch(p) + κ(network, p) × Σ t(layer, p) + border(p) × MB over its cuts,   at least launch(p) + the longest t(layer, p)
 *
 * with κ = (whole − launch) / Σ of all layers where the time of the whole network is known on p, else 1. Sums in ascending layer index.
 * All of these are base times: at nominal frequency, of one core, at base performance 1; what scales the time of a layer scales that of a
 * subgraph.
 */
import type { Network, TimeSourceKind } from '../domain/network.ts';
import { executionTimeKey, type Platform } from '../domain/platform.ts';
import { baseTimeMs } from '../domain/scenario.ts';

type Processor = Platform['processors'][number];

/** A time of layers that were executed as one. */
export interface ExactTime {
  /** Undefined: it was found that they cannot run there. */
  readonly timeMs: number | undefined;
  /** Undefined: given, where from is not stated. */
  readonly source: TimeSourceKind | undefined;
}

/** What is known of layers executed as one, from profiles. A missing time is missing. */
export interface ExactTimes {
  /** Time of exactly `layers` (ids in the network's order) on `processor`. */
  of(network: Network, layers: readonly string[], processor: Processor): ExactTime | undefined;
  /** Every set of two layers or more that has a time there; ids in the network's order. */
  sets(network: Network, processor: Processor): readonly (readonly string[])[];
  /** Time of the whole network there. */
  whole(network: Network, processor: Processor): ExactTime | undefined;
}

export const noExactTimes: ExactTimes = { of: () => undefined, sets: () => [], whole: () => undefined };

/** A dependency that leaves one subgraph and enters another: what is sent once, however many layers of the other read it. */
export interface Cut {
  /** The layer that reads it, the first of those of its subgraph. */
  readonly consumer: number;
  readonly producer: number;
  readonly bytes: number;
  readonly transferMs: Readonly<Record<string, number>> | undefined;
}

const BYTES_PER_MB = 1e6;

/**
 * [set] the cuts that enter each set, in the order of its layers and their dependencies. Of several layers of a set that read the
 * output of one layer, the dependency of most bytes counts, the first among equals.
 * @param sets of layers, ascending @param setOf [L]
 */
export function cutsOf(network: Network, sets: readonly (readonly number[])[], setOf: Int32Array): Cut[][] {
  const indexOf = new Map(network.layers.map((layer, index) => [layer.id, index]));
  return sets.map((layers, set) => {
    const byProducer = new Map<number, Cut>();
    for (const consumer of layers)
      for (const { layer, bytes: own, transferMs } of network.layers[consumer].dependencies) {
        const producer = indexOf.get(layer);
        if (producer === undefined || setOf[producer] === set) continue;
        const bytes = own ?? network.layers[producer].outputBytes ?? 0;
        const known = byProducer.get(producer);
        if (known === undefined) byProducer.set(producer, { consumer, producer, bytes, transferMs });
        else if (bytes > known.bytes) byProducer.set(producer, { ...known, bytes, transferMs });
      }
    return [...byProducer.values()];
  });
}

/** [set] megabytes over the cuts of each set, those that enter before those that leave. */
export function cutMegabytes(cuts: readonly (readonly Cut[])[], setOf: Int32Array): number[] {
  const bytes = cuts.map((entering) => entering.reduce((sum, cut) => sum + cut.bytes, 0));
  for (const cut of cuts.flat()) bytes[setOf[cut.producer]] += cut.bytes;
  return bytes.map((sum) => sum / BYTES_PER_MB);
}

/** The times of the subgraphs of one network on one processor. */
export interface SubgraphTimer {
  /** κ: by how much the times of layers count within a subgraph. */
  readonly factor: number;
  /** [L] time of each layer, ms; undefined where it cannot run there. */
  readonly layerMs: readonly (number | undefined)[];
  /** What is known of exactly `layers` (ascending) executed as one; undefined: their time is modelled. */
  exactOf(layers: readonly number[]): ExactTime | undefined;
  /** Base time of `layers` (ascending) executed as one, whose cuts move `megabytes`; undefined where they cannot run there. */
  timeOf(layers: readonly number[], megabytes: number): SubgraphTime | undefined;
}

export interface SubgraphTime {
  readonly timeMs: number;
  readonly source: TimeSourceKind | undefined;
}

export function subgraphTimer(network: Network, processor: Processor, exact: ExactTimes): SubgraphTimer {
  const { launchMs = 0, borderMsPerMB = 0 } = processor;
  const layerMs = network.layers.map((layer) => baseTimeMs(processor, layer));
  const whole = wholeTime(network, processor, exact);
  const factor = whole?.timeMs === undefined ? 1 : wholeFactor(whole.timeMs, launchMs, layerMs);
  const key = executionTimeKey(processor);
  const timeSourceOfLayer = (layer: number): TimeSourceKind | undefined =>
    network.layers[layer].timeSources?.[key] ?? network.timeSources?.[key];
  const exactOf = (layers: readonly number[]): ExactTime | undefined =>
    exact.of(
      network,
      layers.map((layer) => network.layers[layer].id),
      processor,
    ) ?? (layers.length === network.layers.length ? whole : undefined);
  return {
    factor,
    layerMs,
    exactOf,
    timeOf(layers, megabytes) {
      const measured = exactOf(layers);
      if (measured !== undefined) {
        const { timeMs, source } = measured;
        return timeMs === undefined ? undefined : { timeMs, source };
      }
      let sumMs = 0;
      let longestMs = 0;
      for (const layer of layers) {
        const timeMs = layerMs[layer];
        if (timeMs === undefined) return undefined;
        sumMs += timeMs;
        if (timeMs > longestMs) longestMs = timeMs;
      }
      const timeMs = Math.max(launchMs + factor * sumMs + borderMsPerMB * megabytes, launchMs + longestMs);
      const isOfTable = layers.length === 1 && timeMs === sumMs;
      return { timeMs, source: isOfTable ? timeSourceOfLayer(layers[0]) : 'modelled' };
    },
  };
}

function wholeTime(network: Network, processor: Processor, exact: ExactTimes): ExactTime | undefined {
  const profiled = exact.whole(network, processor);
  if (profiled !== undefined) return profiled;
  const { wholeTimeMs = {} } = network;
  const key = executionTimeKey(processor);
  return Object.hasOwn(wholeTimeMs, key) ? { timeMs: wholeTimeMs[key], source: network.timeSources?.[key] } : undefined;
}

/** κ; 1 where a layer has no time there, or none takes any. */
function wholeFactor(wholeMs: number, launchMs: number, layerMs: readonly (number | undefined)[]): number {
  let sumMs = 0;
  for (const timeMs of layerMs) {
    if (timeMs === undefined) return 1;
    sumMs += timeMs;
  }
  return sumMs > 0 ? Math.max(0, wholeMs - launchMs) / sumMs : 1;
}
