/**
 * Branch analysis, after NEST-C of July 2022 in our own words: a graph as branches without forks or joins of their own, found backwards from
 * its outputs.
 */
import type { OperatorGraph } from './operator-graph.ts';

export interface Branch {
  /** Layers in the order in which they read each other. */
  readonly layers: readonly number[];
  /** Longest way in branches to an output: higher ones come first. */
  readonly level: number;
  /** Branches whose output it reads, by their place in the list. */
  readonly feeders: readonly number[];
}

/**
 * The branches of `graph`, the first to be executed first. From a layer, backwards: where exactly one of the layers it reads is read by
 * nobody else, the branch goes on with that one; where several are, each begins a branch; where none is, each layer it reads begins one.
 * A layer belongs to the first branch that reaches it.
 */
export function branchesOf(graph: Pick<OperatorGraph, 'producers' | 'consumers'>): Branch[] {
  const { producers, consumers } = graph;
  const owner = new Int32Array(producers.length).fill(-1);
  const found: { layers: number[]; level: number }[] = [];
  const begin = (start: number, startLevel: number): void => {
    const waiting: (readonly [layer: number, level: number])[] = [[start, startLevel]];
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [first, level] = next;
      if (owner[first] >= 0) continue;
      const branch = { layers: [] as number[], level };
      found.push(branch);
      for (let layer: number | undefined = first; layer !== undefined;) {
        owner[layer] = found.length - 1;
        branch.layers.push(layer);
        const own: readonly number[] = producers[layer];
        const exclusive: readonly number[] = own.filter((producer) => consumers[producer].length === 1);
        const following: number | undefined =
          exclusive.length === 1 && owner[exclusive[0]] < 0 ? exclusive[0] : undefined;
        if (following === undefined)
          for (const producer of exclusive.length > 1 ? exclusive : own) waiting.push([producer, level + 1]);
        layer = following;
      }
    }
  };
  for (let layer = 0; layer < producers.length; layer++) if (consumers[layer].length === 0) begin(layer, 0);
  // What only forks lead to, and was not reached: those that are read last first.
  for (let layer = producers.length - 1; layer >= 0; layer--) if (owner[layer] < 0) begin(layer, 0);
  const order = found.map((_, index) => index).toReversed();
  order.sort((a, b) => found[b].level - found[a].level || b - a);
  const placeOf = new Int32Array(found.length);
  order.forEach((branch, place) => (placeOf[branch] = place));
  return order.map((branch) => {
    const layers = found[branch].layers.toReversed();
    const feeders = new Set(layers.flatMap((layer) => producers[layer].map((producer) => placeOf[owner[producer]])));
    feeders.delete(placeOf[branch]);
    return { layers, level: found[branch].level, feeders: [...feeders].sort((a, b) => a - b) };
  });
}
