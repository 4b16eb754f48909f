/**
 * Which layers of a network the rows of a profile are, by one rule for all tools: the exact name; the members of a fused name; the name
 * without what tools put around it; the place in the order of equal operations. What is left is for the person who imports it. Layers
 * without a row that a runtime makes part of a neighbour were executed with it.
 */
import type { Network } from '#shared/domain/network.ts';
import type { ProfileRow } from './profile-row.ts';
import { cleaned, folded, membersOf } from './row-names.ts';
import { isAbsorbable, operationGroup } from './row-operations.ts';

/** How a row was joined. */
export type JoinedBy = 'name' | 'members' | 'cleaned' | 'order';

/** Rows that are the same layers. */
export interface MatchedRows {
  /** Places in the network, ascending. */
  readonly layers: readonly number[];
  /** Places in the rows. */
  readonly rows: readonly number[];
  readonly by: JoinedBy;
  /** Of `layers`, those that had no row of their own and are taken to be part of these. */
  readonly absorbed: readonly number[];
}

export interface RowMatch {
  readonly matched: readonly MatchedRows[];
  /** Places of the rows that move data. */
  readonly transfers: readonly number[];
  /** Places of the rows that no layer was found for. */
  readonly leftovers: readonly number[];
  /** Places of the layers without a row. */
  readonly unmatched: readonly number[];
}

interface Join {
  readonly layers: readonly number[];
  readonly by: JoinedBy;
}

/** Joins `rows` to the layers of `network`. Takes time in proportion to both. */
export function matchRows(rows: readonly ProfileRow[], network: Network): RowMatch {
  const names = new LayerNames(network);
  const joins = new Map<number, Join>();
  const transfers: number[] = [];
  const open: number[] = [];
  rows.forEach((row, index) => {
    const join = joinByName(row.name, names, row.isTransfer === true);
    if (join !== undefined) joins.set(index, join);
    else if (row.isTransfer === true) transfers.push(index);
    else if (row.isFused !== true) open.push(index);
  });
  joinByOrder(rows, open, network, joins);
  const leftovers = open.filter((index) => !joins.has(index));
  const merged = merge(joins, rows);
  const unclaimed = network.layers.flatMap((_, index) => (merged.setOf.has(index) ? [] : [index]));
  const absorbed = merged.sets.length === 0 ? new Map<number, number>() : absorb(network, rows, merged, unclaimed);
  const matched = merged.sets.map(({ layers, rows: own, by }, set): MatchedRows => {
    const more = unclaimed.filter((index) => absorbed.get(index) === set);
    return { layers: [...layers, ...more].sort((a, b) => a - b), rows: own, by, absorbed: more };
  });
  return { matched, transfers, leftovers, unmatched: unclaimed.filter((index) => !absorbed.has(index)) };
}

/** Layers by what a runtime may call them: id, name, then other names of their file. A name that two layers share is that of neither. */
class LayerNames {
  readonly #exact = new Map<string, number>();
  /** Made when the first name is not found as it is. */
  #folded: Map<string, number | undefined> | undefined;
  readonly #prefixes: string[] | undefined;

  constructor({ layers }: Network) {
    for (const namesOf of [
      ({ name }: Network['layers'][number]) => [name],
      ({ id }: Network['layers'][number]) => [id],
      ({ aliases = [] }: Network['layers'][number]) => aliases,
    ]) {
      const own = new Map<string, number | undefined>();
      layers.forEach((layer, index) => {
        for (const name of namesOf(layer)) own.set(name, own.has(name) && own.get(name) !== index ? undefined : index);
      });
      for (const [name, index] of own) if (index !== undefined && !this.#exact.has(name)) this.#exact.set(name, index);
    }
    this.#prefixes = layers.length <= MOST_FOR_PREFIXES ? [...this.#exact.keys()] : undefined;
  }

  exact(name: string): number | undefined {
    return this.#exact.get(name);
  }

  #alike(key: string): number | undefined {
    this.#folded ??= foldedNames(this.#exact);
    return this.#folded.get(key);
  }

  /** By the cleaned name, with the characters that tools exchange left out, or by what is left of a name that was cut: "fire2/relu_expa...". */
  like(name: string): number | undefined {
    const plain = cleaned(name);
    const found = this.#exact.get(plain) ?? this.#alike(folded(plain));
    if (found !== undefined || !/(?:\.\.\.|…)$/.test(plain)) return found;
    const start = plain.replace(/(?:\.\.\.|…)$/, '');
    if (start.length < SHORTEST_CUT) return undefined;
    const begun = new Set(
      (this.#prefixes ?? []).filter((each) => each.startsWith(start)).map((each) => this.#exact.get(each)),
    );
    return begun.size === 1 ? [...begun][0] : undefined;
  }
}

/** The names by their letters and digits; undefined where two layers have the same. */
function foldedNames(names: ReadonlyMap<string, number>): Map<string, number | undefined> {
  const all = new Map<string, number | undefined>();
  for (const [name, index] of names) {
    const key = folded(name);
    if (key === '') continue;
    const other = all.get(key);
    all.set(key, all.has(key) && other !== index ? undefined : index);
  }
  return all;
}

/** Of larger networks no cut names are looked for. */
const MOST_FOR_PREFIXES = 5000;
const SHORTEST_CUT = 4;

/** @param isTransfer it is joined only where a layer is called exactly so */
function joinByName(name: string, names: LayerNames, isTransfer: boolean): Join | undefined {
  if (name === '') return undefined;
  const exact = names.exact(name);
  if (exact !== undefined) return { layers: [exact], by: 'name' };
  if (isTransfer) return undefined;
  const members = membersOf(name);
  if (members.length > 1) {
    // Weights and other constants that a fused name lists are no layers.
    const found = members.flatMap((member) => names.exact(member) ?? names.like(member) ?? []);
    if (found.length > 0) return { layers: [...new Set(found)], by: 'members' };
  }
  const like =
    names.like(name) ?? (members.length === 1 && members[0] !== name ? names.like(members[0] ?? '') : undefined);
  return like === undefined ? undefined : { layers: [like], by: 'cleaned' };
}

/**
 * Rows and layers that are left and equal in number in a group of operations, with equal sizes where both are known, are the same in order:
 * first of the whole network, then between neighbours that were joined by name.
 */
function joinByOrder(
  rows: readonly ProfileRow[],
  open: readonly number[],
  network: Network,
  joins: Map<number, Join>,
): void {
  if (open.length === 0) return;
  const claimed = new Set([...joins.values()].flatMap(({ layers }) => layers));
  const free = network.layers.flatMap((_, index) => (claimed.has(index) ? [] : [index]));
  const pairUp = (ownRows: readonly number[], ownLayers: readonly number[]): void => {
    for (const isSized of [true, false]) {
      const rowsBy = Map.groupBy(
        ownRows.filter((index) => !joins.has(index)),
        (index) => groupOfRow(rows[index], isSized),
      );
      const layersBy = Map.groupBy(
        ownLayers.filter((index) => !claimed.has(index)),
        (index) => groupOfLayer(network, index, isSized),
      );
      for (const [group, members] of rowsBy) {
        const layers = layersBy.get(group) ?? [];
        if (group === '' || layers.length !== members.length) continue;
        members.forEach((index, place) => {
          const layer = layers[place] ?? 0;
          if (!sizesAgree(rows[index], network, layer)) return;
          joins.set(index, { layers: [layer], by: 'order' });
          claimed.add(layer);
        });
      }
    }
  };
  pairUp(open, free);
  for (const { rows: own, layers } of segments(rows.length, open, joins, free, network.layers.length))
    pairUp(own, layers);
}

function groupOfRow(row: ProfileRow | undefined, isSized: boolean): string {
  if (row?.op === undefined || row.op === '') return '';
  const group = operationGroup(row.op);
  return isSized ? (row.outputShape === undefined ? '' : `${group} ${row.outputShape.join('×')}`) : group;
}

function groupOfLayer(network: Network, index: number, isSized: boolean): string {
  const layer = network.layers[index];
  if (layer === undefined) return '';
  const group = operationGroup(layer.op);
  return isSized ? (layer.outputShape === undefined ? '' : `${group} ${layer.outputShape.join('×')}`) : group;
}

function sizesAgree(row: ProfileRow | undefined, network: Network, layer: number): boolean {
  const [measured, stated] = [row?.outputShape, network.layers[layer]?.outputShape];
  if (measured === undefined || stated === undefined) return true;
  const elements = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
  return elements(measured) === elements(stated);
}

/** What is left between two joined rows that follow each other, and between their layers. */
function segments(
  rowCount: number,
  open: readonly number[],
  joins: ReadonlyMap<number, Join>,
  free: readonly number[],
  layerCount: number,
): { readonly rows: number[]; readonly layers: number[] }[] {
  const anchors = [...joins].sort(([a], [b]) => a - b).map(([row, { layers }]) => [row, Math.min(...layers)] as const);
  const found: { rows: number[]; layers: number[] }[] = [];
  let [openAt, freeAt] = [0, 0];
  let [lastRow, lastLayer] = [-1, -1];
  for (const [row, layer] of [...anchors, [rowCount, layerCount] as const]) {
    if (layer <= lastLayer) continue; // out of order: no bound to go by
    const own: number[] = [];
    const layers: number[] = [];
    for (; openAt < open.length && (open[openAt] ?? 0) < row; openAt++)
      if ((open[openAt] ?? 0) > lastRow) own.push(open[openAt] ?? 0);
    for (; freeAt < free.length && (free[freeAt] ?? 0) < layer; freeAt++) layers.push(free[freeAt] ?? 0);
    if (own.length > 0 && layers.length > 0) found.push({ rows: own, layers });
    [lastRow, lastLayer] = [row, layer];
  }
  return found;
}

interface Merged {
  readonly sets: readonly {
    readonly layers: readonly number[];
    readonly rows: readonly number[];
    readonly by: JoinedBy;
  }[];
  /** By layer, its set. */
  readonly setOf: ReadonlyMap<number, number>;
}

/** Rows that share a layer are parts of one execution: their layers are joined, and their times are summed. */
function merge(joins: ReadonlyMap<number, Join>, rows: readonly ProfileRow[]): Merged {
  const parent = new Map<number, number>();
  const rootOf = (layer: number): number => {
    let root = layer;
    while ((parent.get(root) ?? root) !== root) root = parent.get(root) ?? root;
    for (let at = layer; at !== root;) {
      const next = parent.get(at) ?? root;
      parent.set(at, root);
      at = next;
    }
    return root;
  };
  for (const { layers } of joins.values())
    for (const layer of layers) parent.set(rootOf(layer), rootOf(layers[0] ?? layer));
  const sets = new Map<number, { layers: Set<number>; rows: number[]; by: JoinedBy }>();
  for (const [index, { layers, by }] of [...joins].sort(([a], [b]) => a - b)) {
    const root = rootOf(layers[0] ?? 0);
    const set = sets.get(root) ?? { layers: new Set<number>(), rows: [], by };
    sets.set(root, set);
    for (const layer of layers) set.layers.add(layer);
    if (rows[index]?.isFused !== true) set.rows.push(index);
  }
  // A layer whose only row says that it became part of another has no time of its own.
  const kept = [...sets.values()].filter((set) => set.rows.length > 0);
  const setOf = new Map(kept.flatMap(({ layers }, set) => [...layers].map((layer) => [layer, set] as const)));
  return { sets: kept.map((set) => ({ ...set, layers: [...set.layers].sort((a, b) => a - b) })), setOf };
}

/**
 * Where layers without a row went: into the set of the only layer they read, or of the only layer that reads them, where one of the two
 * is an operation that runtimes fuse. Repeated until nothing changes, so that chains follow.
 */
function absorb(
  { layers }: Network,
  rows: readonly ProfileRow[],
  { sets, setOf }: Merged,
  unclaimed: readonly number[],
): Map<number, number> {
  const indexOf = new Map(layers.map(({ id }, index) => [id, index]));
  const readers = new Map<number, number[]>();
  layers.forEach(({ dependencies }, index) => {
    for (const { layer } of dependencies) {
      const producer = indexOf.get(layer) ?? -1;
      readers.set(producer, [...(readers.get(producer) ?? []), index]);
    }
  });
  const absorbed = new Map<number, number>();
  const ownerOf = (index: number): number | undefined => setOf.get(index) ?? absorbed.get(index);
  const runsAs = (set: number): string => operationGroup(rows[sets[set]?.rows[0] ?? 0]?.op ?? '');
  // Forwards and backwards by turns, so that a chain follows in one pass, whichever way it goes.
  let order = unclaimed;
  for (let changed = true; changed; order = order.toReversed()) {
    changed = false;
    for (const index of order) {
      if (absorbed.has(index)) continue;
      const layer = layers[index];
      if (layer === undefined) continue;
      const [only, ...others] = readers.get(index) ?? [];
      const next = only === undefined || others.length > 0 ? undefined : ownerOf(only);
      // A row that runs as this layer's operation but has the name of what the layer's reader gives: the reader was fused into it.
      const intoReader =
        next !== undefined &&
        (isAbsorbable(layers[only ?? 0]?.op ?? '') || isAbsorbable(layer.op)) &&
        (runsAs(next) === operationGroup(layer.op) || (isAbsorbable(layer.op) && layer.dependencies.length === 0))
          ? next
          : undefined;
      const before = layer.dependencies.flatMap(({ layer: id }) => {
        const producer = indexOf.get(id) ?? -1;
        return (readers.get(producer) ?? []).length === 1 ? (ownerOf(producer) ?? []) : [];
      });
      const intoProducer = isAbsorbable(layer.op) ? before.at(-1) : undefined;
      const owner = intoReader ?? intoProducer;
      if (owner === undefined) continue;
      absorbed.set(index, owner);
      changed = true;
    }
  }
  return absorbed;
}
