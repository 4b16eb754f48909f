/**
 * Partitions as cuts: a bit for each dependency, 1 where it is between two subgraphs. Any bits are a partition without subgraphs that wait
 * for each other, and every such partition is the one of its own bits.
 */
import type { Network } from '../domain/network.ts';
import { cycleOf, producersOf } from './subgraphs.ts';

/** Number of dependencies of `network`. */
export function cutCount(network: Network): number {
  return producersOf(network).reduce((sum, producers) => sum + producers.length, 0);
}

/**
 * [L] the lowest layer of each layer's subgraph: layers that uncut dependencies join. Where these would wait for each other, a layer's stage
 * is the number of cuts on a way to it, at most, and only layers of one stage are joined: then every cut leads to a higher stage.
 * @param cuts [dependencies] of the layers in order, of each in the order of its list
 */
export function partitionOfCuts(network: Network, cuts: ArrayLike<number>): Int32Array {
  const joined = componentsOf(network, (edge) => cuts[edge] === 0);
  if (cycleOf(network, joined) === undefined) return joined;
  const stage = stagesOf(network, cuts);
  return componentsOf(network, (edge, producer, consumer) => cuts[edge] === 0 && stage[producer] === stage[consumer]);
}

/** The bits of a partition of one network, see `partitionOfCuts`. */
export function cutsOfPartition(network: Network, leaderOf: Int32Array): Uint8Array {
  return Uint8Array.from(
    producersOf(network).flatMap((producers, layer) =>
      producers.map((producer) => (leaderOf[producer] === leaderOf[layer] ? 0 : 1)),
    ),
  );
}

/** [L] lowest layer of the component of each layer under the dependencies that `joins`. */
function componentsOf(
  network: Network,
  joins: (edge: number, producer: number, consumer: number) => boolean,
): Int32Array {
  const root = Int32Array.from(network.layers, (_, layer) => layer);
  const find = (layer: number): number => {
    let at = layer;
    while (root[at] !== at) {
      root[at] = root[root[at]];
      at = root[at];
    }
    return at;
  };
  let edge = 0;
  producersOf(network).forEach((producers, consumer) =>
    producers.forEach((producer) => {
      if (!joins(edge++, producer, consumer)) return;
      const [a, b] = [find(producer), find(consumer)];
      // The lower one stays the root, so that it is the lowest of all.
      root[Math.max(a, b)] = Math.min(a, b);
    }),
  );
  return root.map((_, layer) => find(layer));
}

/** [L] the largest number of cuts on a way to each layer. */
function stagesOf(network: Network, cuts: ArrayLike<number>): Int32Array {
  const producers = producersOf(network);
  const firstEdge = new Int32Array(producers.length + 1);
  producers.forEach((own, layer) => (firstEdge[layer + 1] = firstEdge[layer] + own.length));
  const stage = new Int32Array(producers.length).fill(-1);
  for (let start = 0; start < producers.length; start++) {
    const path = [start];
    while (path.length > 0) {
      const layer = path[path.length - 1];
      const unknown = stage[layer] >= 0 ? undefined : producers[layer].find((producer) => stage[producer] < 0);
      if (unknown !== undefined) {
        path.push(unknown);
        continue;
      }
      stage[layer] = producers[layer].reduce(
        (highest, producer, place) => Math.max(highest, stage[producer] + cuts[firstEdge[layer] + place]),
        0,
      );
      path.pop();
    }
  }
  return stage;
}
