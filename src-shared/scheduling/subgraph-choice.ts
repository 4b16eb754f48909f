/** Which layers of a scenario a run executes as one, by its option `subgraphs` (DESIGN §14). The same for every schedule of the run. */
import { WorkbenchError } from '../domain/errors.ts';
import type { Network } from '../domain/network.ts';
import { baseTimeMs, type ResolvedScenario } from '../domain/scenario.ts';
import type { SubgraphMode } from '../domain/scheduler.ts';
import { cutMegabytes, cutsOf, subgraphTimer, type ExactTimes } from './subgraph-times.ts';
import { connectedParts, cycleOf, layersAlone, setsOf, type Partition } from './subgraphs.ts';

/** @throws WorkbenchError `problem.subgraphs` where an application cannot be executed in the chosen way */
export function partitionByMode(scenario: ResolvedScenario, exact: ExactTimes, mode: SubgraphMode): Partition {
  if (mode === 'off') return layersAlone(scenario);
  return scenario.applications.map(({ id, network }) =>
    mode === 'network' ? wholeNetwork(scenario, id, network, exact) : gainfulGroups(scenario, network, exact),
  );
}

/** All layers as one; of a network whose parts no dependency joins, each part. */
function wholeNetwork(
  { platform }: ResolvedScenario,
  application: string,
  network: Network,
  exact: ExactTimes,
): Int32Array {
  const all = network.layers.map((_, layer) => layer);
  const leaderOf = Int32Array.from(all);
  for (const part of connectedParts(network, all)) {
    const isRunnable = platform.processors.some(
      (processor) => subgraphTimer(network, processor, exact).timeOf(part, 0) !== undefined,
    );
    if (!isRunnable) throw noProcessorForAll(platform, application, network, part);
    for (const layer of part) leaderOf[layer] = part[0];
  }
  return leaderOf;
}

function noProcessorForAll(
  { name, processors }: ResolvedScenario['platform'],
  application: string,
  network: Network,
  part: readonly number[],
): WorkbenchError {
  const reasons = processors.map((processor) => {
    const missing = part.filter((layer) => baseTimeMs(processor, network.layers[layer]) === undefined);
    const [first] = missing;
    const more = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
    return `${processor.name} cannot run "${network.layers[first ?? part[0]].id}"${more}`;
  });
  return new WorkbenchError(
    'problem.subgraphs',
    `application "${application}" cannot be executed as one: no processor of ${name} can run all of its layers (${reasons.join('; ')})`,
    {
      hint: 'set subgraphs to "groups" or "off", or give a processor times for all layers',
      path: ['options', 'subgraphs'],
    },
  );
}

/**
 * The sets of layers that were measured together and gain by it: whose least time on any processor is less than the sum of the least
 * times of their layers alone. The largest gain first, among equals the set of lowest layers; a set that shares a layer with an earlier
 * one, or would make subgraphs wait for each other, is left out.
 */
function gainfulGroups({ platform }: ResolvedScenario, network: Network, exact: ExactTimes): Int32Array {
  const indexOf = new Map(network.layers.map((layer, index) => [layer.id, index]));
  const timers = platform.processors.map((processor) => subgraphTimer(network, processor, exact));
  const known = new Map<string, readonly number[]>();
  for (const processor of platform.processors)
    for (const ids of exact.sets(network, processor)) {
      const layers = ids.flatMap((id) => indexOf.get(id) ?? []).sort((a, b) => a - b);
      if (layers.length > 1 && connectedParts(network, layers).length === 1) known.set(layers.join(), layers);
    }
  const alone = Int32Array.from(network.layers, (_, layer) => layer);
  const least = (layers: readonly number[], megabytes: number): number =>
    timers.reduce(
      (shortest, timer) => Math.min(shortest, timer.timeOf(layers, megabytes)?.timeMs ?? Number.POSITIVE_INFINITY),
      Number.POSITIVE_INFINITY,
    );
  const aloneMegabytes = megabytesOf(network, alone);
  const gains = [...known.values()].map((layers) => {
    const joined = alone.slice();
    for (const layer of layers) joined[layer] = layers[0];
    const place = setsOf(joined).findIndex(([first]) => first === layers[0]);
    const apartMs = layers.reduce((sum, layer) => sum + least([layer], aloneMegabytes[layer]), 0);
    return { layers, gainMs: apartMs - least(layers, megabytesOf(network, joined)[place]) };
  });
  const leaderOf = alone.slice();
  for (const { layers } of gains
    .filter(({ gainMs }) => gainMs > 0)
    .sort((a, b) => b.gainMs - a.gainMs || compareLayers(a.layers, b.layers))) {
    if (layers.some((layer) => leaderOf[layer] !== layer || isLeaderOfOthers(leaderOf, layer))) continue;
    const tried = leaderOf.slice();
    for (const layer of layers) tried[layer] = layers[0];
    if (cycleOf(network, tried) === undefined) leaderOf.set(tried);
  }
  return leaderOf;
}

/** [set] megabytes over the cuts of each set. */
function megabytesOf(network: Network, leaderOf: Int32Array): number[] {
  const sets = setsOf(leaderOf);
  const setOf = new Int32Array(leaderOf.length);
  sets.forEach((layers, set) => layers.forEach((layer) => (setOf[layer] = set)));
  return cutMegabytes(cutsOf(network, sets, setOf), setOf);
}

function isLeaderOfOthers(leaderOf: Int32Array, layer: number): boolean {
  return leaderOf.some((leader, other) => leader === layer && other !== layer);
}

function compareLayers(a: readonly number[], b: readonly number[]): number {
  const place = a.findIndex((layer, index) => layer !== b[index]);
  return place < 0 ? a.length - b.length : a[place] - (b[place] ?? Number.NEGATIVE_INFINITY);
}
