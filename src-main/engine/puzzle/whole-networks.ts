/** Rules that place whole networks, and what they give as genomes that cut applications into subgraphs. */
import { cutsOf, executedSchedule } from '#shared/scheduling/executed-schedule.ts';
import { defaultAssignment, encodeAssignment, type Assignment } from '#shared/scheduling/decode.ts';
import { PRIORITY_LEVELS } from '#shared/scheduling/genome-segments.ts';
import { canRun, type ProcessingElement, type Problem } from '#shared/scheduling/problem.ts';
import { setsOf } from '#shared/scheduling/subgraphs.ts';
import { heftSchedule } from '../list-scheduling/heft.ts';
import { taskGraphOf } from '../list-scheduling/task-graph.ts';
import { defaultElements, workMs } from '../load.ts';

/** Chooses one of `able` (at least one) for a piece whose work on an element is `workOn`, ms. */
type Choice = (
  able: readonly ProcessingElement[],
  workOn: (pe: ProcessingElement) => number,
  loadMs: Float64Array,
) => ProcessingElement;

/** [T] each network on its fastest processor, whatever else is there; of several elements of that processor the one with the least work. */
export function fastestMapping(problem: Problem): Int32Array {
  return placeNetworks(problem, (able, workOn, loadMs) => {
    const least = able.reduce((leastMs, pe) => Math.min(leastMs, workOn(pe)), Number.POSITIVE_INFINITY);
    const shortest = able.filter((pe) => workOn(pe) === least);
    return shortest
      .filter((pe) => pe.processor === shortest[0].processor)
      .reduce((idlest, pe) => (loadMs[pe.index] < loadMs[idlest.index] ? pe : idlest));
  });
}

/** [T] networks by falling work (longest processing time first, Graham 1969), each where it would be done first by the work placed so far. */
export function balancedMapping(problem: Problem): Int32Array {
  return placeNetworks(problem, (able, workOn, loadMs) =>
    able.reduce((best, pe) => (loadMs[pe.index] + workOn(pe) < loadMs[best.index] + workOn(best) ? pe : best)),
  );
}

/** Networks by falling least work, each in one place; one that no element can run as a whole task by task. */
function placeNetworks(problem: Problem, choose: Choice): Int32Array {
  const elements = defaultElements(problem);
  const loadMs = new Float64Array(problem.pes.length);
  const peOfTask = new Int32Array(problem.tasks.length);
  const ableFor = (tasks: readonly number[]): ProcessingElement[] =>
    elements.filter((pe) => tasks.every((task) => canRun(problem, task, pe.processor)));
  const workOf = (tasks: readonly number[], pe: ProcessingElement): number =>
    tasks.reduce((sum, task) => sum + workMs(problem, task, pe), 0);
  const leastWork = (tasks: readonly number[]): number =>
    ableFor(tasks).reduce((least, pe) => Math.min(least, workOf(tasks, pe)), Number.POSITIVE_INFINITY);
  const pieces = problem.scenario.applications
    .flatMap((_, application) => {
      const first = problem.applicationFirstTask[application];
      const tasks = Array.from({ length: problem.applicationFirstTask[application + 1] - first }, (__, i) => first + i);
      return ableFor(tasks).length > 0 ? [tasks] : tasks.map((task) => [task]);
    })
    .map((tasks) => ({ tasks, leastMs: leastWork(tasks) }))
    .sort((a, b) => b.leastMs - a.leastMs);
  for (const { tasks } of pieces) {
    const chosen = choose(ableFor(tasks), (pe) => workOf(tasks, pe), loadMs);
    loadMs[chosen.index] += workOf(tasks, chosen);
    for (const task of tasks) peOfTask[task] = chosen.index;
  }
  return peOfTask;
}

/** Whether the genomes of `problem` decide what is executed as one. */
export function decidesSubgraphs({ layout }: Problem): boolean {
  return layout.offsetOf.partition !== undefined;
}

/**
 * The problem whose tasks are the applications of `problem` as calls: all layers of a network as one, and where no processor can run all of
 * them, what the repairs of decoding leave. @param cut [E] dependencies that are cut in any case
 */
export function wholeNetworks(problem: Problem, cut?: Uint8Array): Problem {
  const assignment = defaultAssignment(problem, new Int32Array(problem.tasks.length));
  const genes = encodeAssignment(problem, { ...assignment, cut: cut ?? new Uint8Array(problem.edgeProducer.length) });
  return executedSchedule(problem, genes).problem;
}

/**
 * The genome of a mapping of `calls`, a problem of a partition of `problem`.
 * @param priority [calls] instead of the layers' own
 * @param choices of cores and clocks, default: those without genes
 */
export function genomeOfCalls(
  problem: Problem,
  calls: Problem,
  peOfCall: ArrayLike<number>,
  priority?: Uint8Array,
  choices: Pick<Assignment, 'arrangement' | 'operatingPoint'> = defaultAssignment(
    problem,
    new Int32Array(problem.tasks.length),
  ),
): Uint8Array {
  const peOfTask = new Int32Array(problem.tasks.length);
  const taskPriority = new Uint8Array(problem.tasks.length);
  let call = 0;
  calls.partition.forEach((leaderOf, application) => {
    for (const layers of setsOf(leaderOf)) {
      for (const layer of layers) {
        const task = problem.applicationFirstTask[application] + layer;
        peOfTask[task] = peOfCall[call];
        taskPriority[task] = priority?.[call] ?? 0;
      }
      call++;
    }
  });
  return encodeAssignment(problem, {
    arrangement: choices.arrangement,
    operatingPoint: choices.operatingPoint,
    peOfTask,
    ...(priority === undefined ? {} : { taskPriority }),
    cut: cutsOf(problem, calls.partition),
  });
}

/** HEFT over whole networks: its mapping, with priorities that fall in the order of its starts where there are genes for them. */
export function heftGenome(problem: Problem): Uint8Array {
  const whole = wholeNetworks(problem);
  const { peOfTask, startMs } = heftSchedule(taskGraphOf(whole));
  const { offsetOf } = problem.layout;
  if (offsetOf.priority === undefined && offsetOf.applicationPriority === undefined)
    return genomeOfCalls(problem, whole, peOfTask);
  const order = whole.tasks.map(({ index }) => index).sort((a, b) => startMs[a] - startMs[b] || a - b);
  const priority = new Uint8Array(order.length);
  order.forEach((call, place) => {
    priority[call] = PRIORITY_LEVELS - 1 - Math.floor((place * PRIORITY_LEVELS) / order.length);
  });
  return genomeOfCalls(problem, whole, peOfTask, priority);
}
