/**
 * The greedy method of NEST-C 20.11 (ETRI, December 2020, Apache-2.0), in our own words: each operator on the processor with the least
 * time, then groups where they gain, then parallel branches. A partition of its plans is a run of operators on one processor.
 */
import { mayJoin, type GroupRule, type OperatorGraph } from './operator-graph.ts';

/** [L] where each layer runs, the groups among them, and what it adds up to. */
export interface Placement {
  readonly processorOf: readonly number[];
  /** Sets of two layers or more that are executed as one, each in the order in which they read each other. */
  readonly groups: readonly (readonly number[])[];
  /** Sum over all calls, ms; of parallel branches the longest. */
  readonly costMs: number;
}

/** A run of operators on one processor, as a plan lists it. */
export interface PlanPartition {
  readonly processor: number;
  /** In the order of the plan. */
  readonly layers: readonly number[];
  /** Partitions of one number run at the same time; undefined: alone. */
  readonly parallel?: number;
}

/**
 * Layers in the order of a plan: by falling longest way to an output, those that are found later, from the outputs on, before those that
 * are found sooner.
 */
export function planOrder({ producers, consumers }: Pick<OperatorGraph, 'producers' | 'consumers'>): number[] {
  const level = new Int32Array(producers.length);
  const found: number[] = producers.flatMap((_, layer) => (consumers[layer].length === 0 ? [layer] : []));
  const left = Int32Array.from(consumers, (own) => own.length);
  const known = new Set(found);
  const discovered = [...found];
  // A layer is settled once all that read it are, so that its level is the longest way.
  for (let layer = found.shift(); layer !== undefined; layer = found.shift())
    for (const producer of producers[layer]) {
      level[producer] = Math.max(level[producer], level[layer] + 1);
      if (!known.has(producer)) discovered.push(producer);
      known.add(producer);
      if (--left[producer] === 0) found.push(producer);
    }
  const place = new Map(discovered.map((layer, index) => [layer, index]));
  return discovered.sort((a, b) => level[b] - level[a] || (place.get(b) ?? 0) - (place.get(a) ?? 0));
}

/** Each layer where it takes least, the first processor among equals. */
export function fastestEach(graph: OperatorGraph): Placement {
  const processorOf = graph.ids.map((_, layer) => fastestFor(graph, [layer]));
  return {
    processorOf,
    groups: [],
    costMs: planOrder(graph).reduce((sum, layer) => sum + graph.callMs(processorOf[layer], [layer]), 0),
  };
}

function fastestFor(graph: OperatorGraph, layers: readonly number[]): number {
  let fastest = 0;
  for (let processor = 1; processor < graph.processorCount; processor++)
    if (graph.callMs(processor, layers) < graph.callMs(fastest, layers)) fastest = processor;
  return fastest;
}

/**
 * Joins a layer to the one it reads, and both to the one before, where that one is read by nobody else, `rule` allows it, and the group
 * takes less on some processor than its members do where they are.
 */
export function joinGroups(graph: OperatorGraph, { processorOf: before }: Placement, rule: GroupRule): Placement {
  const processorOf = [...before];
  const costMs = processorOf.map((processor, layer) => graph.callMs(processor, [layer]));
  const groupOf = new Map<number, readonly number[]>();
  const order = planOrder(graph);
  for (const layer of order) {
    for (let size = 2; size <= rule.maxLayers; size++) {
      const chain = chainTo(graph, layer, size);
      if (chain === undefined) break;
      const parts = new Set(chain.map((member) => groupOf.get(member)).filter((group) => group !== undefined));
      // Groups do not overlap: one within the chain may grow.
      if ([...parts].some((group) => group.some((member) => !chain.includes(member)))) continue;
      if (!mayJoin(graph, rule, chain)) continue;
      const members = chain.toSorted((a, b) => a - b);
      const processor = fastestFor(graph, members);
      const joinedMs = graph.callMs(processor, members);
      if (!(joinedMs < chain.reduce((sum, member) => sum + costMs[member], 0))) continue;
      chain.forEach((member, place) => {
        costMs[member] = place === 0 ? joinedMs : 0;
        processorOf[member] = processor;
        groupOf.set(member, chain);
      });
    }
  }
  return {
    processorOf,
    groups: [...new Set(groupOf.values())],
    costMs: order.reduce((sum, layer) => sum + costMs[layer], 0),
  };
}

/** `size` layers that end in `layer`, each but the first reading only the one before, which is read by nobody else; undefined where there are none. */
function chainTo({ producers, consumers }: OperatorGraph, layer: number, size: number): readonly number[] | undefined {
  const chain = [layer];
  while (chain.length < size) {
    const own = producers[chain[0]];
    if (own.length !== 1 || consumers[own[0]].length !== 1 || producers[own[0]].length > 1) return undefined;
    chain.unshift(own[0]);
  }
  return chain;
}

/** The partitions of a plan: maximal runs of layers of one processor, in the order of the plan. */
export function planPartitions(graph: OperatorGraph, { processorOf }: Placement): PlanPartition[] {
  const partitions: { processor: number; layers: number[] }[] = [];
  for (const layer of planOrder(graph)) {
    const last = partitions.at(-1);
    if (last?.processor === processorOf[layer]) last.layers.push(layer);
    else partitions.push({ processor: processorOf[layer], layers: [layer] });
  }
  return partitions;
}

/**
 * Parallel branches: of a partition of which the next one reads several layers, the branch with the least time goes to processor `cpu`,
 * where it then takes less than the partition did, and the branches run at the same time.
 * @param isFaithful as in NEST-C 20.11: what the branch takes on the CPU is what its first layer takes, also where branches share layers
 */
export function parallelBranches(
  graph: OperatorGraph,
  placement: Placement,
  cpu: number,
  isFaithful: boolean,
): { readonly placement: Placement; readonly partitions: readonly PlanPartition[] } {
  const partitions = planPartitions(graph, placement);
  const processorOf = [...placement.processorOf];
  const memberMs = memberTimes(graph, placement);
  const sumMs = (layers: readonly number[]): number => layers.reduce((sum, layer) => sum + memberMs[layer], 0);
  const result: PlanPartition[] = [];
  let costMs = 0;
  let groups = 0;
  partitions.forEach((partition, index) => {
    const wholeMs = sumMs(partition.layers);
    const branches = branchesWithin(graph, partition, partitions[index + 1]);
    const lowest = branches.reduce<readonly number[] | undefined>(
      (least, branch) => (least === undefined || sumMs(branch) < sumMs(least) ? branch : least),
      undefined,
    );
    const isApart = branches.every((branch, place) =>
      branches.every((other, at) => at === place || other.every((layer) => !branch.includes(layer))),
    );
    const movedMs = (layers: readonly number[]): number =>
      isFaithful
        ? graph.callMs(cpu, layers.slice(-1))
        : layers.reduce((sum, layer) => sum + graph.callMs(cpu, [layer]), 0);
    const isMoved =
      lowest !== undefined &&
      branches.length > 1 &&
      partition.processor !== cpu &&
      (isFaithful || isApart) &&
      movedMs(lowest) < wholeMs;
    if (!isMoved) {
      result.push(partition);
      costMs += wholeMs;
      return;
    }
    let longestMs = 0;
    for (const branch of branches) {
      const processor = branch === lowest ? cpu : partition.processor;
      const layers = partition.layers.filter((layer) => branch.includes(layer));
      for (const layer of layers) processorOf[layer] = processor;
      result.push({ processor, layers, parallel: groups });
      longestMs = Math.max(longestMs, branch === lowest ? movedMs(branch) : sumMs(branch));
    }
    groups++;
    costMs += longestMs;
  });
  const isWhole = (group: readonly number[]): boolean =>
    group.every((layer) => processorOf[layer] === processorOf[group[0]]);
  return {
    placement: { processorOf, groups: placement.groups.filter(isWhole), costMs },
    partitions: result,
  };
}

/** [L] time of each layer; of a group the first has all of it. */
function memberTimes(graph: OperatorGraph, { processorOf, groups }: Placement): number[] {
  const times = processorOf.map((processor, layer) => graph.callMs(processor, [layer]));
  for (const group of groups)
    group.forEach((layer, place) => {
      times[layer] =
        place === 0
          ? graph.callMs(
              processorOf[layer],
              group.toSorted((a, b) => a - b),
            )
          : 0;
    });
  return times;
}

/** The ways back within `partition` from each of its layers that `next` reads, in the order of the plan; each from its end to its first layer. */
function branchesWithin(
  { producers }: OperatorGraph,
  partition: PlanPartition,
  next: PlanPartition | undefined,
): readonly (readonly number[])[] {
  const inside = new Set(partition.layers);
  const read = new Set(next?.layers.flatMap((layer) => producers[layer]).filter((layer) => inside.has(layer)));
  return partition.layers
    .filter((layer) => read.has(layer))
    .map((end) => {
      const branch = [end];
      const seen = new Set(branch);
      for (let at = 0; at < branch.length; at++)
        for (const producer of producers[branch[at]])
          if (inside.has(producer) && !seen.has(producer)) {
            seen.add(producer);
            branch.push(producer);
          }
      return branch;
    });
}
