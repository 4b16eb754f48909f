/**
 * A scenario whose applications are executed in subgraphs, as a scenario whose layers are the subgraphs: with their times on each
 * processor, and their cuts as dependencies. What compiles, simulates and searches layers then does so with subgraphs, unchanged.
 */
import type { Layer, Network } from '../domain/network.ts';
import { baseTimeMs, type ResolvedScenario } from '../domain/scenario.ts';
import { cutMegabytes, cutsOf, subgraphTimer, type Cut, type ExactTimes } from './subgraph-times.ts';
import { setsOf, type Partition } from './subgraphs.ts';

/** A layer within a subgraph. */
export interface MemberLayer {
  readonly id: string;
  readonly name: string;
  readonly op: string;
  /** [P] base time by itself, ms; NaN where it has none. */
  readonly timeMs: readonly number[];
}

export interface CoarseScenario {
  readonly scenario: ResolvedScenario;
  /** [A][layer of the coarse network] its layers in their order; one for a layer that runs alone. */
  readonly members: readonly (readonly (readonly MemberLayer[])[])[];
}

/** Whether anything in `scenario` makes the time of a layer that runs alone another than that of its table. */
export function hasCallTimes({ platform, applications }: ResolvedScenario): boolean {
  return (
    platform.processors.some(({ launchMs = 0, borderMsPerMB = 0 }) => launchMs > 0 || borderMsPerMB > 0) ||
    applications.some(({ network }) => Object.keys(network.wholeTimeMs ?? {}).length > 0)
  );
}

/**
 * The coarse scenario of `partition`. Its layers are the subgraphs in order of their lowest layer; of several dependencies that lead
 * from one layer into one subgraph it keeps one. The times stand under the processors' own ids.
 */
export function coarsen(scenario: ResolvedScenario, partition: Partition, exact: ExactTimes): CoarseScenario {
  const { platform } = scenario;
  const coarse = scenario.applications.map(({ network }, application) =>
    coarsenNetwork(network, partition[application], platform, exact),
  );
  return {
    scenario: {
      ...withoutProfiles(scenario),
      platform: {
        ...platform,
        // All of what is left out is in the times by now, and must not count again.
        processors: platform.processors.map(
          ({ executionTimeKey: _key, costModel: _model, launchMs: _launch, borderMsPerMB: _border, ...processor }) => ({
            ...processor,
            supportedOps: 'all' as const,
          }),
        ),
      },
      applications: scenario.applications.map((application, index) => ({
        ...application,
        network: coarse[index].network,
      })),
    },
    members: coarse.map(({ members }) => members),
  };
}

function withoutProfiles(scenario: ResolvedScenario): ResolvedScenario {
  const { profiles: _profiles, ...rest } = scenario;
  return rest;
}

function coarsenNetwork(
  network: Network,
  leaderOf: Int32Array,
  platform: ResolvedScenario['platform'],
  exact: ExactTimes,
): { readonly network: Network; readonly members: readonly (readonly MemberLayer[])[] } {
  const sets = setsOf(leaderOf);
  const setOf = new Int32Array(leaderOf.length);
  sets.forEach((layers, set) => layers.forEach((layer) => (setOf[layer] = set)));
  const cuts = cutsOf(network, sets, setOf);
  const megabytes = cutMegabytes(cuts, setOf);
  const timers = platform.processors.map((processor) => ({
    id: processor.id,
    timer: subgraphTimer(network, processor, exact),
  }));
  const ids = idsOf(network, sets);
  const layers = sets.map((members, set): Layer => {
    const times = timers.flatMap(({ id, timer }) => {
      const time = timer.timeOf(members, megabytes[set]);
      return time === undefined ? [] : [{ id, ...time }];
    });
    return {
      ...describedAs(network, members),
      id: ids[set],
      executionTimeMs: Object.fromEntries(times.map(({ id, timeMs }) => [id, timeMs])),
      timeSources: Object.fromEntries(times.flatMap(({ id, source }) => (source === undefined ? [] : [[id, source]]))),
      dependencies: cuts[set].map(({ producer, bytes, transferMs }: Cut) => ({
        layer: ids[setOf[producer]],
        bytes,
        ...(transferMs === undefined ? {} : { transferMs }),
      })),
    };
  });
  const { timeSources: _sources, timePlatforms: _platforms, wholeTimeMs: _whole, ...rest } = network;
  const timesOf = memberTimes(network, platform);
  return {
    network: { ...rest, layers },
    members: sets.map((members) =>
      members.map((layer) => {
        const { id, name, op } = network.layers[layer];
        return { id, name, op, timeMs: timesOf(layer) };
      }),
    ),
  };
}

function memberTimes(network: Network, { processors }: ResolvedScenario['platform']) {
  return (layer: number): readonly number[] =>
    processors.map((processor) => baseTimeMs(processor, network.layers[layer]) ?? Number.NaN);
}

/** Layers of a subgraph whose names are all shown. */
const MOST_NAMED = 3;

/** Everything about a subgraph's layer but its id, times and dependencies. */
function describedAs(
  network: Network,
  members: readonly number[],
): Omit<Layer, 'id' | 'executionTimeMs' | 'dependencies'> {
  const layers = members.map((member) => network.layers[member]);
  const [first] = layers;
  if (layers.length === 1) return first;
  const total = (field: 'macs' | 'parameters'): Partial<Record<typeof field, number>> =>
    layers.every((layer) => layer[field] !== undefined)
      ? { [field]: layers.reduce((sum, layer) => sum + (layer[field] ?? 0), 0) }
      : {};
  return {
    name: joined(layers.map(({ name }) => name)),
    op: layers.length <= MOST_NAMED ? layers.map(({ op }) => op).join('+') : 'Subgraph',
    priority: Math.max(...layers.map(({ priority }) => priority)),
    ...total('macs'),
    ...total('parameters'),
  };
}

function idsOf(network: Network, sets: readonly (readonly number[])[]): string[] {
  const taken = new Set(sets.filter(({ length }) => length === 1).map(([layer]) => network.layers[layer].id));
  return sets.map((layers) => {
    if (layers.length === 1) return network.layers[layers[0]].id;
    let id = joined(layers.map((layer) => network.layers[layer].id));
    while (taken.has(id)) id += "'";
    taken.add(id);
    return id;
  });
}

/** "conv1+relu1", "conv1 … fc (21 layers)". */
function joined(names: readonly string[]): string {
  return names.length <= MOST_NAMED ? names.join('+') : `${names[0]} … ${names.at(-1)} (${names.length} layers)`;
}
