/**
 * The sets of layers of one network whose time as one call is known, by two hash keys of their layers (Zobrist 1970: the exclusive or of a
 * random number for each), of which a match is then compared layer by layer.
 */
import type { Network } from '#shared/domain/network.ts';
import type { Platform } from '#shared/domain/platform.ts';
import type { ExactTimes, SubgraphTimer } from '#shared/scheduling/subgraph-times.ts';

export class MeasuredSets {
  readonly isEmpty: boolean;
  /** [set] bits of the processors where it has a time, and where it was found not to run. */
  readonly ableOf: Int32Array;
  readonly unableOf: Int32Array;
  /** [sets × P] ms. */
  readonly timeMs: Float64Array;
  readonly #firstTask: number;
  /** [L] */
  readonly #keys: Uint32Array;
  readonly #otherKeys: Uint32Array;
  /** [set] */
  readonly #layers: readonly Int32Array[];
  readonly #hashes: Uint32Array;
  readonly #otherHashes: Uint32Array;
  /** A table of sets by the low bits of their first key, −1: none. */
  readonly #table: Int32Array;

  /** @param firstTask of the network's application: sets are looked up by tasks */
  constructor(
    network: Network,
    processors: Platform['processors'],
    timers: readonly SubgraphTimer[],
    exact: ExactTimes,
    firstTask: number,
  ) {
    const indexOf = new Map(network.layers.map(({ id }, index) => [id, index]));
    const candidates = new Map<string, number[]>();
    const add = (layers: number[]): unknown => candidates.set(layers.join(), layers);
    for (const processor of processors)
      for (const ids of exact.sets(network, processor))
        add(ids.flatMap((id) => indexOf.get(id) ?? []).sort((a, b) => a - b));
    network.layers.forEach((_, layer) => add([layer]));
    add(network.layers.map((_, layer) => layer));
    const known = [...candidates.values()].flatMap((layers) => {
      const times = timers.map((timer) => timer.exactOf(layers));
      return times.every((time) => time === undefined) ? [] : [{ layers, times }];
    });
    this.isEmpty = known.length === 0;
    this.#firstTask = firstTask;
    this.#keys = Uint32Array.from(network.layers, (_, layer) => scattered(2 * layer + 1));
    this.#otherKeys = Uint32Array.from(network.layers, (_, layer) => scattered(2 * layer + 2));
    this.#layers = known.map(({ layers }) => Int32Array.from(layers));
    const masks = (isSo: (timeMs: number | undefined) => boolean): Int32Array =>
      Int32Array.from(known, ({ times }) =>
        times.reduce((mask, time, p) => (time !== undefined && isSo(time.timeMs) ? mask | (1 << p) : mask), 0),
      );
    this.ableOf = masks((timeMs) => timeMs !== undefined);
    this.unableOf = masks((timeMs) => timeMs === undefined);
    this.timeMs = Float64Array.from(known.flatMap(({ times }) => times.map((time) => time?.timeMs ?? Number.NaN)));
    const hashOf = (layers: readonly number[], keys: Uint32Array): number =>
      layers.reduce((hash, layer) => hash ^ keys[layer], 0);
    this.#hashes = Uint32Array.from(known, ({ layers }) => hashOf(layers, this.#keys));
    this.#otherHashes = Uint32Array.from(known, ({ layers }) => hashOf(layers, this.#otherKeys));
    let size = 4;
    while (size < 2 * known.length) size *= 2;
    this.#table = new Int32Array(size).fill(-1);
    this.#hashes.forEach((hash, set) => {
      let slot = hash & (size - 1);
      while (this.#table[slot] >= 0) slot = (slot + 1) & (size - 1);
      this.#table[slot] = set;
    });
  }

  /** The set that is exactly tasks `members[first … end − 1]` (ascending), −1 where none is. */
  find(members: Int32Array, first: number, end: number): number {
    let hash = 0;
    let other = 0;
    for (let member = first; member < end; member++) {
      const layer = members[member] - this.#firstTask;
      hash ^= this.#keys[layer];
      other ^= this.#otherKeys[layer];
    }
    const mask = this.#table.length - 1;
    for (let slot = hash & mask; this.#table[slot] >= 0; slot = (slot + 1) & mask) {
      const set = this.#table[slot];
      if (this.#hashes[set] !== hash >>> 0 || this.#otherHashes[set] !== other >>> 0) continue;
      const layers = this.#layers[set];
      if (layers.length !== end - first) continue;
      let isSame = true;
      for (let at = 0; isSame && at < layers.length; at++)
        isSame = members[first + at] === layers[at] + this.#firstTask;
      if (isSame) return set;
    }
    return -1;
  }
}

/** A number that looks random for each `index` from 1: the finaliser of MurmurHash3. */
function scattered(index: number): number {
  let hash = Math.imul(index, 0x9e37_79b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
