/**
 * The least that each layer can add to the work of a processor, however layers are executed as one: what bounds over all partitions into
 * subgraphs argue from. Ours.
 */
import type { Network } from '../domain/network.ts';
import type { Platform } from '../domain/platform.ts';
import { baseTimeMs } from '../domain/scenario.ts';
import { subgraphTimer, type ExactTimes } from '../scheduling/subgraph-times.ts';

/**
 * [L] base times, ms; Infinity for a layer that runs there neither alone nor with others. Those of any layers that are executed as one add up
 * to at most the time of that call: within it a layer counts κ·t, launches and borders come on top; where the time of a set was
 * measured, each of its layers has a share of it by its own time, or an equal one where some have none.
 */
export function leastLayerTimes(
  network: Network,
  processor: Platform['processors'][number],
  exact: ExactTimes,
): Float64Array {
  const timer = subgraphTimer(network, processor, exact);
  const ownMs = network.layers.map((layer) => baseTimeMs(processor, layer));
  const least = Float64Array.from(ownMs, (own, layer) =>
    Math.min((own ?? Number.POSITIVE_INFINITY) * timer.factor, aloneMs(layer)),
  );
  const indexOf = new Map(network.layers.map(({ id }, layer) => [id, layer]));
  const all = [...network.layers.keys()];
  const measured = exact
    .sets(network, processor)
    .map((ids) => ids.flatMap((id) => indexOf.get(id) ?? []).sort((a, b) => a - b));
  for (const layers of [all, ...measured]) {
    const call = timer.timeOf(layers, 0);
    if (call === undefined) continue;
    const times = layers.map((layer) => ownMs[layer]);
    const sum = times.reduce<number>((total, time) => total + (time ?? Number.NaN), 0);
    layers.forEach((layer, place) => {
      const share = sum > 0 ? (times[place] ?? 0) / sum : 1 / layers.length;
      least[layer] = Math.min(least[layer], call.timeMs * share);
    });
  }
  return least;

  function aloneMs(layer: number): number {
    return timer.timeOf([layer], 0)?.timeMs ?? Number.POSITIVE_INFINITY;
  }
}
