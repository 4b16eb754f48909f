/**
 * Partitions: which layers of an application are executed as one. A subgraph is a connected set of layers; it starts when every input of
 * every layer has arrived, and its outputs appear at its end, so no two subgraphs may wait for each other (DESIGN §14).
 */
import { describeValue, suggest, type Issue, type Path } from '../domain/errors.ts';
import type { Network } from '../domain/network.ts';
import { invalid } from '../domain/parse.ts';
import type { ResolvedScenario } from '../domain/scenario.ts';

/** [A][L] for each layer of each application the lowest-numbered layer of its subgraph: of one that runs alone, itself. */
export type Partition = readonly Int32Array[];

/** Layers that a message names. */
const MOST_NAMED = 8;

const producersCache = new WeakMap<Network, readonly (readonly number[])[]>();

/** [L] the layers whose output each layer of `network` reads, by number, in the order of its dependencies. */
export function producersOf(network: Network): readonly (readonly number[])[] {
  let producers = producersCache.get(network);
  if (producers === undefined) {
    const indexOf = new Map(network.layers.map((layer, index) => [layer.id, index]));
    producers = network.layers.map(({ dependencies }) =>
      dependencies.flatMap(({ layer }) => {
        const index = indexOf.get(layer);
        return index === undefined ? [] : [index];
      }),
    );
    producersCache.set(network, producers);
  }
  return producers;
}

/** Every layer alone. */
export function layersAlone(scenario: Pick<ResolvedScenario, 'applications'>): Partition {
  return scenario.applications.map(({ network }) => Int32Array.from(network.layers, (_, index) => index));
}

/** Whether every layer runs alone. */
export function isLayerwise(partition: Partition): boolean {
  return partition.every((leaderOf) => leaderOf.every((leader, layer) => leader === layer));
}

/** The sets of one application, in order of their lowest layer; the layers of each ascending. */
export function setsOf(leaderOf: Int32Array): number[][] {
  const sets: number[][] = [];
  const placeOf = new Int32Array(leaderOf.length);
  leaderOf.forEach((leader, layer) => {
    if (leader === layer) {
      placeOf[layer] = sets.length;
      sets.push([layer]);
    } else sets[placeOf[leader]].push(layer);
  });
  return sets;
}

/** The parts of `layers` (ascending) that are connected by dependencies among them, each ascending, in order of their lowest layer. */
export function connectedParts(network: Network, layers: readonly number[]): number[][] {
  const producers = producersOf(network);
  const root = new Map(layers.map((layer) => [layer, layer]));
  const find = (layer: number): number => {
    let at = layer;
    for (let next = root.get(at) ?? at; next !== at; next = root.get(at) ?? at) at = next;
    root.set(layer, at);
    return at;
  };
  for (const layer of layers)
    for (const producer of producers[layer]) {
      if (!root.has(producer)) continue;
      const [a, b] = [find(layer), find(producer)];
      root.set(Math.max(a, b), Math.min(a, b));
    }
  return [...Map.groupBy(layers, find).values()];
}

/**
 * Subgraphs that wait for each other, as layers of `network`, one where each of them is entered; undefined where there are none.
 * O(layers + dependencies).
 */
export function cycleOf(network: Network, leaderOf: Int32Array): readonly number[] | undefined {
  const producers = producersOf(network);
  const members = setsOf(leaderOf);
  const setOf = new Int32Array(leaderOf.length);
  members.forEach((layers, set) => layers.forEach((layer) => (setOf[layer] = set)));
  const waiting = new Int32Array(members.length);
  const consumers: number[][] = members.map(() => []);
  leaderOf.forEach((_, layer) =>
    producers[layer].forEach((producer) => {
      if (setOf[producer] === setOf[layer]) return;
      waiting[setOf[layer]]++;
      consumers[setOf[producer]].push(setOf[layer]);
    }),
  );
  const ready = members.flatMap((_, set) => (waiting[set] === 0 ? [set] : []));
  let done = 0;
  for (; done < ready.length; done++)
    for (const consumer of consumers[ready[done]]) if (--waiting[consumer] === 0) ready.push(consumer);
  if (done === members.length) return undefined;
  // Every set that still waits has a producer that does: going back from any of them comes round.
  const path: number[] = [];
  const placeInPath = new Map<number, number>();
  let set = members.findIndex((_, index) => waiting[index] > 0);
  while (!placeInPath.has(set)) {
    placeInPath.set(set, path.length);
    const entry = entryFromWaiting(members[set], set);
    path.push(entry.layer);
    set = entry.from;
  }
  return path.slice(placeInPath.get(set)).toReversed();

  function entryFromWaiting(layers: readonly number[], own: number): { layer: number; from: number } {
    for (const layer of layers)
      for (const producer of producers[layer])
        if (setOf[producer] !== own && waiting[setOf[producer]] > 0) return { layer, from: setOf[producer] };
    throw new Error('a subgraph that waits has no producer that does');
  }
}

/**
 * The partition that joins the named sets of layers, "application/layer"; layers that are not named run alone.
 * @param path of `sets` in what a person gave
 * @throws WorkbenchError `mapping.invalid` with one issue per set that is not connected, is of several applications, names a layer
 * that does not exist or is in another set, or closes a cycle
 */
export function partitionOfNames(
  scenario: Pick<ResolvedScenario, 'applications'>,
  sets: readonly (readonly string[])[],
  path: Path = ['subgraphs'],
): Partition {
  const places = new Map<string, { readonly application: number; readonly layer: number }>(
    scenario.applications.flatMap(({ id, network }, application) =>
      network.layers.map((layer, index) => [`${id}/${layer.id}`, { application, layer: index }] as const),
    ),
  );
  const partition = layersAlone(scenario);
  const issues: Issue[] = [];
  const ownerOf = new Map<string, number>();
  sets.forEach((names, index) => {
    const before = issues.length;
    const at = [...path, index];
    names.forEach((name, position) => {
      const owner = ownerOf.get(name);
      if (owner !== undefined)
        issues.push({
          path: [...at, position],
          message: `layer "${name}" is already in subgraph ${owner}`,
          value: describeValue(name),
          expected: 'each layer in one subgraph',
          hint: 'remove one of the two',
        });
      ownerOf.set(name, index);
      if (!places.has(name))
        issues.push({
          path: [...at, position],
          message: `there is no layer "${name}"`,
          value: describeValue(name),
          expected: '"application/layer" of the scenario',
          hint: suggest(name, [...places.keys()]),
        });
    });
    if (issues.length > before) return;
    const own = names.flatMap((name) => places.get(name) ?? []);
    const application = own[0]?.application;
    if (application === undefined) return;
    const stranger = own.findIndex((place) => place.application !== application);
    if (stranger >= 0) {
      issues.push({
        path: [...at, stranger],
        message: `"${names[0]}" and "${names[stranger]}" are layers of different applications`,
        value: describeValue(names[stranger]),
        expected: 'layers of one application',
        hint: 'make a subgraph for each application',
      });
      return;
    }
    const layers = own.map(({ layer }) => layer).sort((a, b) => a - b);
    const { id, network } = scenario.applications[application];
    const parts = connectedParts(network, layers);
    if (parts.length > 1) {
      issues.push({
        path: at,
        message: `the subgraph is not connected: no dependency joins ${parts.map((part) => namesOf(id, network, part)).join(' and ')}`,
        expected: 'layers that are joined by dependencies among them',
        hint: `make ${parts.length} subgraphs of it`,
      });
      return;
    }
    for (const layer of layers) partition[application][layer] = layers[0];
  });
  if (issues.length === 0)
    scenario.applications.forEach(({ id, network }, application) => {
      const cycle = cycleOf(network, partition[application]);
      if (cycle === undefined) return;
      const closing = sets.findIndex((names) =>
        cycle.some((layer) => {
          const leader = partition[application][layer];
          return names.some((name) => {
            const place = places.get(name);
            return place?.application === application && partition[application][place.layer] === leader;
          });
        }),
      );
      issues.push({
        path: [...path, Math.max(0, closing)],
        message: `subgraphs wait for each other: ${[...cycle.slice(0, MOST_NAMED), cycle[0]]
          .map((layer) => subgraphName(id, network, partition[application], layer))
          .join(' → ')}`,
        expected: 'subgraphs of which each can start after others have ended',
        hint: 'add the layers between them to the subgraph, or split it',
      });
    });
  if (issues.length > 0) throw invalid('mapping', issues);
  return partition;
}

/** The sets of two layers or more by names, in the order of applications and layers: what mapping files keep of a partition. */
export function namesOfPartition(
  { applications }: Pick<ResolvedScenario, 'applications'>,
  partition: Partition,
): string[][] {
  return applications.flatMap(({ id, network }, application) =>
    setsOf(partition[application])
      .filter((layers) => layers.length > 1)
      .map((layers) => layers.map((layer) => `${id}/${network.layers[layer].id}`)),
  );
}

function namesOf(application: string, network: Network, layers: readonly number[]): string {
  const names = layers.slice(0, MOST_NAMED).map((layer) => `"${application}/${network.layers[layer].id}"`);
  return `${names.join(', ')}${layers.length > MOST_NAMED ? ` and ${layers.length - MOST_NAMED} more` : ''}`;
}

function subgraphName(application: string, network: Network, leaderOf: Int32Array, layer: number): string {
  const own = Array.from(leaderOf.keys()).filter((other) => leaderOf[other] === leaderOf[layer]);
  return own.length === 1 ? namesOf(application, network, own) : `(${namesOf(application, network, own)})`;
}
