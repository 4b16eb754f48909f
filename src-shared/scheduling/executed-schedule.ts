/**
 * What a genome executes: the problem whose tasks are its calls, and the assignment of these. Where genes cut the applications into
 * subgraphs (segment `partition`), that is another problem than the one whose genes they are; else it is the same.
 */
import { decodeGenome, placeOf, type Assignment } from './decode.ts';
import { exactTimesOf } from './exact-times.ts';
import { cutCount, cutsOfPartition, partitionOfCuts } from './partition-cuts.ts';
import { canRun, compileProblem, type Problem } from './problem.ts';
import { subgraphTimer } from './subgraph-times.ts';
import { setsOf, type Partition } from './subgraphs.ts';

export interface ExecutedSchedule {
  readonly problem: Problem;
  readonly assignment: Assignment;
}

/** Problems of other partitions that are kept for each problem. */
const MOST_KEPT = 64;
const compiled = new WeakMap<Problem, Map<string, Problem>>();

/** The calls that `genes` encode and where they run. @throws WorkbenchError `genome.invalid` */
export function executedSchedule(problem: Problem, genes: Uint8Array): ExecutedSchedule {
  const assignment = decodeGenome(problem, genes);
  const { cut } = assignment;
  if (cut === undefined) return { problem, assignment };
  const executed = problemOfPartition(problem, runnablePartition(problem, cut));
  return { problem: executed, assignment: assignmentOfCalls(problem, executed, assignment) };
}

/** The cuts of `partition`, [E] of `problem`, in the order of its dependencies. */
export function cutsOf({ layerwise }: Problem, partition: Partition): Uint8Array {
  return Uint8Array.from(
    layerwise.applications.flatMap(({ network }, application) => [...cutsOfPartition(network, partition[application])]),
  );
}

/** `problem` with the calls of `partition`; the same object again for the same one, as long as it is kept. */
export function problemOfPartition(problem: Problem, partition: Partition): Problem {
  const kept = compiled.get(problem) ?? new Map<string, Problem>();
  compiled.set(problem, kept);
  const key = partition.map((leaders) => leaders.join()).join(';');
  const known = kept.get(key);
  if (known !== undefined) return known;
  const [oldest] = kept.keys();
  if (oldest !== undefined && kept.size >= MOST_KEPT) kept.delete(oldest);
  const { subgraphs: _, ...genes } = problem.genes;
  const found = compileProblem(problem.layerwise, genes, partition);
  kept.set(key, found);
  return found;
}

/** The partition of `cut` in which every subgraph can run somewhere: the layers of one that cannot run alone. */
function runnablePartition({ layerwise }: Problem, cut: Uint8Array): Partition {
  const exact = exactTimesOf(layerwise);
  let first = 0;
  return layerwise.applications.map(({ network }) => {
    const end = first + cutCount(network);
    const leaderOf = partitionOfCuts(network, cut.subarray(first, end));
    first = end;
    const joined = setsOf(leaderOf).filter(({ length }) => length > 1);
    if (joined.length === 0) return leaderOf;
    const timers = layerwise.platform.processors.map((processor) => subgraphTimer(network, processor, exact));
    for (const layers of joined) {
      if (timers.some((timer) => timer.timeOf(layers, 0) !== undefined)) continue;
      for (const layer of layers) leaderOf[layer] = layer;
    }
    return leaderOf;
  });
}

/**
 * Each call on the element that most of its layers are on, of those that can run it; the lowest among equals. Where none of them can, on
 * the next that can, cyclically. Its priority is the highest of its layers'.
 */
function assignmentOfCalls(problem: Problem, executed: Problem, assignment: Assignment): Assignment {
  const { peOfTask, taskPriority, arrangement, operatingPoint } = assignment;
  const layersOf = layersOfCalls(problem, executed);
  const votedPe = layersOf.map((layers, call) => {
    const votes = new Map<number, number>();
    for (const layer of layers) votes.set(peOfTask[layer], (votes.get(peOfTask[layer]) ?? 0) + 1);
    const able = [...votes].filter(([pe]) => canRun(executed, call, executed.pes[pe].processor));
    const [first = [peOfTask[layers[0]], 0]] = able.sort(([a, before], [b, after]) => after - before || a - b);
    return first[0];
  });
  const settled = {
    peOfTask: Int32Array.from(votedPe, (pe, call) => placeOf(executed, call, pe, arrangement)),
    arrangement,
    operatingPoint,
  };
  return taskPriority === undefined
    ? settled
    : {
        ...settled,
        taskPriority: Uint8Array.from(layersOf, (layers) => Math.max(...layers.map((layer) => taskPriority[layer]))),
      };
}

/** [calls] the tasks of `problem`, layers, that each task of `executed` is made of. */
function layersOfCalls(problem: Problem, executed: Problem): number[][] {
  return executed.partition.flatMap((leaderOf, application) =>
    setsOf(leaderOf).map((layers) => layers.map((layer) => problem.applicationFirstTask[application] + layer)),
  );
}
