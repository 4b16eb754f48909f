/**
 * The layers of a network as a graph, read from a document that need not be valid: what does not exist, or closes a
 * cycle, is not an edge.
 */
import { isContent, listAt, numberOf, textOf, valueAt, type Content } from '../../editing/json-path.ts';
import type { GraphLayer, NetworkGraph } from '../../plots/network/network-graph.ts';

/** The ids of the layers that a layer reads. */
export function dependencyIds(layer: Content): string[] {
  const given = layer['dependencies'];
  return Array.isArray(given)
    ? given.map((dependency) => (isContent(dependency) ? textOf(dependency['layer']) : textOf(dependency)))
    : [];
}

export function readGraph(content: Content): NetworkGraph {
  const contents = listAt(content, ['layers']);
  const indexOf = new Map<string, number>();
  contents.forEach((layer, index) => {
    const id = textOf(layer['id']);
    if (!indexOf.has(id)) indexOf.set(id, index);
  });
  const wanted = contents.map((layer, index) =>
    [...new Set(dependencyIds(layer).flatMap((id) => indexOf.get(id) ?? []))].filter((producer) => producer !== index),
  );
  const { order, isBack } = topologicalOrder(wanted);
  const layers = contents.map((layer, index): GraphLayer => ({
    index,
    id: textOf(layer['id']),
    op: textOf(layer['op']),
    producers: wanted[index].filter((producer) => !isBack(producer, index)),
  }));
  const consumers = layers.map((): number[] => []);
  for (const layer of layers) for (const producer of layer.producers) consumers[producer].push(layer.index);
  return { layers, consumers, order };
}

/** Depth first along what is read, in the order of the document; an edge to a layer that is still open closes a cycle. O(V + E). */
function topologicalOrder(producers: readonly (readonly number[])[]): {
  order: number[];
  isBack: (producer: number, consumer: number) => boolean;
} {
  const state = new Uint8Array(producers.length); // 0 new, 1 open, 2 done
  const order: number[] = [];
  const back = new Set<string>();
  for (let root = 0; root < producers.length; root++) {
    if (state[root] !== 0) continue;
    const stack: { readonly node: number; next: number }[] = [{ node: root, next: 0 }];
    state[root] = 1;
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const producer = producers[top.node][top.next++];
      if (producer === undefined) {
        state[top.node] = 2;
        order.push(top.node);
        stack.pop();
      } else if (state[producer] === 1) back.add(`${producer} ${top.node}`);
      else if (state[producer] === 0) {
        state[producer] = 1;
        stack.push({ node: producer, next: 0 });
      }
    }
  }
  return { order, isBack: (producer, consumer) => back.has(`${producer} ${consumer}`) };
}

/** What decides how the graph looks: it is laid out again only when this changes, not when times do. */
export function structureOf(content: Content): string {
  return listAt(content, ['layers'])
    .map((layer) => `${textOf(layer['id'])}\u0001${textOf(layer['op'])}\u0001${dependencyIds(layer).join('\u0002')}`)
    .join('\u0003');
}

/** The keys for which any layer has a time, in the order in which they first occur. */
export function timeKeysOf(content: Content): string[] {
  return [
    ...new Set(
      listAt(content, ['layers']).flatMap((layer) =>
        Object.keys(isContent(layer['executionTimeMs']) ? layer['executionTimeMs'] : {}),
      ),
    ),
  ];
}

/** The time of a layer for a key, ms; undefined where there is none, or none that is a number. */
export function timeOf(layer: Content, key: string): number | undefined {
  return numberOf(valueAt(layer, ['executionTimeMs', key]));
}

/** The layers on the longest path, in order, when each takes `lengthOf` (ms): no schedule is shorter. */
export function criticalPath(
  graph: NetworkGraph,
  lengthOf: (index: number) => number,
): { readonly layers: readonly number[]; readonly length: number } {
  const finish = new Float64Array(graph.layers.length);
  const before = new Int32Array(graph.layers.length).fill(-1);
  let last = -1;
  for (const index of graph.order) {
    let start = 0;
    for (const producer of graph.layers[index].producers) {
      if (finish[producer] > start) {
        start = finish[producer];
        before[index] = producer;
      }
    }
    finish[index] = start + lengthOf(index);
    if (last < 0 || finish[index] > finish[last]) last = index;
  }
  const layers: number[] = [];
  for (let index = last; index >= 0; index = before[index]) layers.unshift(index);
  return { layers, length: last < 0 ? 0 : finish[last] };
}
