/**
 * What a genome executes: the problem whose tasks are its calls, and the assignment of these. Where genes cut the applications into
 * subgraphs (segment `partition`), that is another problem than the one whose genes they are; else it is the same.
 */
import { decodeGenome, encodeAssignment, placeOf, presentElement, type Assignment } from './decode.ts';
import { exactTimesOf } from './exact-times.ts';
import { cutCount, cutsOfPartition, partitionOfCuts } from './partition-cuts.ts';
import { canRun, compileProblem, type Problem } from './problem.ts';
import { subgraphTimer } from './subgraph-times.ts';
import { producersOf, setsOf, type Partition } from './subgraphs.ts';

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
  const { mapping } = problem.layout.offsetOf;
  const mappingGenes = genes.subarray(mapping, mapping + problem.tasks.length);
  return { problem: executed, assignment: assignmentOfCalls(problem, executed, assignment, mappingGenes) };
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

/**
 * The partition of `cut` in which every subgraph can run somewhere. Where one of an application cannot, dependencies between layers that
 * different processors can run are cut in addition, in all of that application; what cannot run even then (because it was found not to) is
 * executed layer by layer.
 */
function runnablePartition(problem: Problem, cut: Uint8Array): Partition {
  const { layerwise } = problem;
  const exact = exactTimesOf(layerwise);
  let first = 0;
  return layerwise.applications.map(({ network }, application) => {
    const cuts = cut.slice(first, first + cutCount(network));
    first += cuts.length;
    const timers = layerwise.platform.processors.map((processor) => subgraphTimer(network, processor, exact));
    const isStuck = (layers: readonly number[]): boolean =>
      layers.length > 1 && timers.every((timer) => timer.timeOf(layers, 0) === undefined);
    const leaderOf = partitionOfCuts(network, cuts);
    if (!setsOf(leaderOf).some(isStuck)) return leaderOf;
    const processorsOf = network.layers.map((_, layer) => {
      const task = problem.applicationFirstTask[application] + layer;
      return problem.processors.map(({ index }) => (canRun(problem, task, index) ? '1' : '0')).join('');
    });
    let edge = 0;
    producersOf(network).forEach((producers, layer) => {
      for (const producer of producers) {
        if (processorsOf[producer] !== processorsOf[layer]) cuts[edge] = 1;
        edge++;
      }
    });
    const narrower = partitionOfCuts(network, cuts);
    for (const layers of setsOf(narrower).filter(isStuck)) for (const layer of layers) narrower[layer] = layer;
    return narrower;
  });
}

/**
 * Each call on the element that most of its layers' genes choose, of those that can run it; the lowest among equals. Where none of them can,
 * on the next that can, cyclically. Its priority is the highest of its layers'.
 */
function assignmentOfCalls(
  problem: Problem,
  executed: Problem,
  assignment: Assignment,
  mappingGenes: Uint8Array,
): Assignment {
  const { taskPriority, arrangement, operatingPoint } = assignment;
  const layersOf = layersOfCalls(problem, executed);
  const votedPe = layersOf.map((layers, call) => {
    const votes = new Map<number, number>();
    for (const layer of layers) {
      const pe = presentElement(executed, mappingGenes[layer], arrangement);
      votes.set(pe, (votes.get(pe) ?? 0) + 1);
    }
    const able = [...votes].filter(([pe]) => canRun(executed, call, executed.pes[pe].processor));
    const [first = [mappingGenes[layers[0]], 0]] = able.sort(([a, before], [b, after]) => after - before || a - b);
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

/**
 * The canonical genome of the schedule that `genes` encode: the cuts that are executed, each layer on the element of its call and with its
 * priority, cores and clocks as they are repaired. It encodes the same schedule and is its own canonical genome, so genomes that differ in
 * nothing that matters become one. @throws WorkbenchError `genome.invalid`
 */
export function canonicalGenome(problem: Problem, genes: Uint8Array): Uint8Array {
  const { problem: executed, assignment } = executedSchedule(problem, genes);
  const layerwise = decodeGenome(problem, genes);
  if (layerwise.cut === undefined) return encodeAssignment(problem, assignment);
  const peOfTask = new Int32Array(problem.tasks.length);
  const taskPriority = new Uint8Array(problem.tasks.length);
  layersOfCalls(problem, executed).forEach((layers, call) => {
    for (const layer of layers) {
      peOfTask[layer] = assignment.peOfTask[call];
      taskPriority[layer] = assignment.taskPriority?.[call] ?? 0;
    }
  });
  return encodeAssignment(problem, {
    ...layerwise,
    peOfTask,
    ...(assignment.taskPriority === undefined ? {} : { taskPriority }),
    cut: cutsOf(problem, executed.partition),
  });
}

/** [calls] the tasks of `problem`, layers, that each task of `executed` is made of. */
function layersOfCalls(problem: Problem, executed: Problem): number[][] {
  return executed.partition.flatMap((leaderOf, application) =>
    setsOf(leaderOf).map((layers) => layers.map((layer) => problem.applicationFirstTask[application] + layer)),
  );
}
