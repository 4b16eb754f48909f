/**
 * The parts a network is made of, one after the other: a single layer, or layers between a fork and the layer in which everything
 * comes together again. Parts, or short sequences of them, that repeat are found whatever the layers are called, and can be shown as one.
 */
import type { NetworkGraph } from './network-graph.ts';

export interface Part {
  /** Places of its layers in topological order; what comes after reads only the last one (or, at the end of the network, whatever is left). */
  readonly layers: readonly number[];
  /** Equal for parts of the same operations in the same structure. */
  readonly shape: string;
}

/** Parts in a row that can be shown as one. */
export interface Block {
  /** Known by its first layer. */
  readonly id: string;
  readonly title: string;
  /** Index of its first part, and how many parts it has. */
  readonly first: number;
  readonly length: number;
  /** How many times the same sequence of parts comes in a row. */
  readonly repeats: number;
  readonly layers: readonly number[];
  /** The operations of one repetition, in order. */
  readonly ops: readonly string[];
}

/** Longest sequence of parts that is looked for again. */
const LONGEST_PERIOD = 12;
/** Fewer layers are not worth hiding. */
const FEWEST_LAYERS = 6;

/** Cuts the network where exactly one layer is passed by everything. O(V + E). */
export function partsOf(graph: NetworkGraph): Part[] {
  const position = new Int32Array(graph.layers.length);
  graph.order.forEach((index, place) => (position[index] = place));
  // How many edges pass over each place without ending or starting there.
  const passing = new Int32Array(graph.order.length + 1);
  for (const layer of graph.layers) {
    for (const producer of layer.producers) {
      passing[position[producer] + 1]++;
      passing[position[layer.index]]--;
    }
  }
  const parts: Part[] = [];
  let open: number[] = [];
  let over = 0;
  graph.order.forEach((index, place) => {
    over += passing[place];
    open.push(index);
    if (over === 0) {
      parts.push({ layers: open, shape: shapeOf(graph, open) });
      open = [];
    }
  });
  if (open.length > 0) parts.push({ layers: open, shape: shapeOf(graph, open) });
  return parts;
}

function shapeOf(graph: NetworkGraph, layers: readonly number[]): string {
  const placeOf = new Map(layers.map((index, place) => [index, place]));
  return layers
    .map(
      (index) =>
        `${graph.layers[index].op}(${graph.layers[index].producers.map((producer) => placeOf.get(producer) ?? -1).join(' ')})`,
    )
    .join(';');
}

/** What can be shown as one: sequences that repeat, and forks with many layers. Blocks do not overlap. */
export function blocksOf(graph: NetworkGraph, parts: readonly Part[]): Block[] {
  const shapes = parts.map((part) => part.shape);
  const blocks: Block[] = [];
  for (let first = 0; first < parts.length;) {
    const { period, repeats } = bestRepeat(shapes, parts, first);
    const length = period * repeats;
    const layers = parts.slice(first, first + length).flatMap((part) => part.layers);
    if ((repeats > 1 && layers.length >= FEWEST_LAYERS) || (repeats === 1 && layers.length >= FEWEST_LAYERS)) {
      const ops = parts
        .slice(first, first + period)
        .flatMap((part) => part.layers.map((index) => graph.layers[index].op));
      blocks.push({
        id: graph.layers[layers[0]].id,
        title: titleOf(
          layers.map((index) => graph.layers[index].id),
          ops,
          repeats,
        ),
        first,
        length,
        repeats,
        layers,
        ops,
      });
      first += length;
    } else first++;
  }
  return blocks;
}

/** Of the sequences that start here, the one that covers the most layers by repeating; the shortest of equals. One part by itself where nothing repeats. */
function bestRepeat(
  shapes: readonly string[],
  parts: readonly Part[],
  first: number,
): { period: number; repeats: number } {
  let best = { period: 1, repeats: 1 };
  let covered = 0;
  for (let period = 1; period <= Math.min(LONGEST_PERIOD, (shapes.length - first) / 2); period++) {
    let length = period;
    while (first + length < shapes.length && shapes[first + length] === shapes[first + length - period]) length++;
    const repeats = Math.floor(length / period);
    if (repeats < 2) continue;
    let layers = 0;
    for (let part = first; part < first + period * repeats; part++) layers += parts[part].layers.length;
    if (layers > covered) {
      best = { period, repeats };
      covered = layers;
    }
  }
  return best;
}

/** What the names have in common at their start, of the first and the last repetition; else the operations. */
function titleOf(ids: readonly string[], ops: readonly string[], repeats: number): string {
  const length = ids.length / repeats;
  const [first, last] = [commonStart(ids.slice(0, length)), commonStart(ids.slice(-length))];
  if (first.length >= 2 && last.length >= 2) return spanOf(first, last);
  const all = commonStart(ids);
  return all.length >= 3 ? all : [...new Set(ops)].slice(0, 3).join(' ');
}

/** From one name to another, of which only what differs: "block3.1 … 12" for "block3.1" and "block3.12". */
function spanOf(first: string, last: string): string {
  const words = (text: string): string[] => text.match(/\d+|\p{L}+|[^\p{L}\d]+/gu) ?? [];
  const [from, to] = [words(first), words(last)];
  const differs = to.findIndex((word, index) => word !== from[index]);
  return differs < 0 || differs === from.length ? first : `${first} … ${to.slice(differs).join('')}`;
}

/** Up to a separator, and no part of a number: of "block3.conv" and "block3.add" it is "block3", of "n14" and "n15" "n". */
function commonStart(ids: readonly string[]): string {
  let common = ids[0];
  for (const id of ids) while (!id.startsWith(common)) common = common.slice(0, -1);
  const whole = ids.some((id) => /\d/.test(id.charAt(common.length))) ? common.replace(/\d+$/, '') : common;
  return whole.replace(/[^\p{L}\p{N}]+$/u, '');
}
