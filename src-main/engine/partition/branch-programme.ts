/**
 * A dynamic programme over each branch, after PartitionTuner as NEST-C of 2022 has it, in our own words. Ours are: groups of any number of layers as
 * steps, so that they never overlap; transfers by the interconnect; and what earlier branches decided is carried into later ones.
 */
import { branchesOf, type Branch } from './branches.ts';
import type { Placement } from './greedy.ts';
import { mayJoin, type GroupRule, type OperatorGraph } from './operator-graph.ts';
import type { TransferCosts } from './transfer-costs.ts';

export interface BranchProgramme {
  readonly graph: OperatorGraph;
  readonly transfers: TransferCosts;
  /** Added wherever a branch changes its processor, ms. */
  readonly switchPenaltyMs: number;
  /** Undefined: every layer alone. */
  readonly rule: GroupRule | undefined;
}

/** The best end of a branch's first layers whose last one is on a certain processor. */
interface State {
  readonly costMs: number;
  /** Layers of its last call, and the processor of the call before; −1: none. */
  readonly size: number;
  readonly before: number;
}

/** Every branch in turn, the first executed first, each where it ends soonest in sum. @throws Error where a layer can run nowhere */
export function placeByBranches(programme: BranchProgramme): Placement {
  const { graph } = programme;
  const processorOf: number[] = graph.ids.map(() => -1);
  const groups: (readonly number[])[] = [];
  let costMs = 0;
  for (const branch of branchesOf(graph)) {
    const { calls, costMs: branchMs } = placeBranch(programme, branch, processorOf);
    costMs += branchMs;
    for (const { layers, processor } of calls) {
      for (const layer of layers) processorOf[layer] = processor;
      if (layers.length > 1) groups.push(layers);
    }
  }
  return { processorOf, groups, costMs };
}

interface PlacedCall {
  readonly layers: readonly number[];
  readonly processor: number;
}

function placeBranch(
  { graph, transfers, switchPenaltyMs, rule }: BranchProgramme,
  { layers }: Branch,
  processorOf: readonly number[],
): { readonly calls: readonly PlacedCall[]; readonly costMs: number } {
  const longest = rule?.maxLayers ?? 1;
  const processors = Array.from({ length: graph.processorCount }, (_, processor) => processor);
  const placeIn = new Map(layers.map((layer, place) => [layer, place]));
  /** What arrives last of what a call reads, where the layers before it in the branch were on `before`. */
  const arrivalMs = (call: readonly number[], first: number, before: number, processor: number): number => {
    let latestMs = 0;
    for (const layer of call)
      for (const producer of graph.producers[layer]) {
        const place = placeIn.get(producer);
        if (place !== undefined && place >= first) continue;
        const from = place === undefined ? processorOf[producer] : before;
        if (from >= 0) latestMs = Math.max(latestMs, transfers(producer, layer, from, processor));
      }
    return latestMs;
  };
  const states: (State | undefined)[][] = [];
  for (let end = 1; end <= layers.length; end++) {
    states.push(
      processors.map((processor) => {
        let best: State | undefined;
        for (let size = 1; size <= Math.min(longest, end); size++) {
          const first = end - size;
          const call = layers.slice(first, end);
          if (size > 1 && (rule === undefined || !mayJoin(graph, rule, call))) continue;
          const callMs = graph.callMs(
            processor,
            call.toSorted((a, b) => a - b),
          );
          if (callMs === Number.POSITIVE_INFINITY) continue;
          for (const before of first === 0 ? [-1] : processors) {
            const earlier = first === 0 ? 0 : states[first - 1][before]?.costMs;
            if (earlier === undefined) continue;
            const switchMs = before >= 0 && before !== processor ? switchPenaltyMs : 0;
            const costMs = earlier + arrivalMs(call, first, before, processor) + switchMs + callMs;
            if (best === undefined || costMs < best.costMs) best = { costMs, size, before };
          }
        }
        return best;
      }),
    );
  }
  let processor = leastOf(states[layers.length - 1]);
  const costMs = states[layers.length - 1][processor]?.costMs;
  if (costMs === undefined) throw new Error(`no processor can run "${graph.ids[layers[0]]}" and what follows it`);
  const calls: PlacedCall[] = [];
  for (let end = layers.length; end > 0;) {
    const state = states[end - 1][processor];
    if (state === undefined) throw new Error('a branch has a step that nothing leads to');
    calls.unshift({ layers: layers.slice(end - state.size, end), processor });
    end -= state.size;
    processor = state.before;
  }
  return { calls, costMs };
}

function leastOf(states: readonly (State | undefined)[]): number {
  let least = 0;
  states.forEach((state, processor) => {
    if (state !== undefined && (states[least] === undefined || state.costMs < (states[least]?.costMs ?? 0)))
      least = processor;
  });
  return least;
}
