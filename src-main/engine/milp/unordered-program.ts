/**
 * The makespan problem without the order of layers, for scenarios too large for it: mapping, start times along dependencies, and the
 * work on each kind of unit, as in the assignment formulation of scheduling on unrelated machines (Lenstra, Shmoys & Tardos,
 * "Approximation algorithms for scheduling unrelated parallel machines", Math. Programming 46, 1990). Every schedule of the simulator
 * is a point of it, whatever ticks and contended links add, so its optimum bounds them all; its mapping still needs an order.
 *
 * Cores of a cluster that are alike count as one place with several units: which of them runs what is decided when
 * tasks are ordered.
 */
import type { Problem } from '#shared/scheduling/problem.ts';
import { mostUnits, shortestDurations } from '#shared/analysis/fastest-choices.ts';
import { instancesOf, TimeWindows } from '#shared/analysis/time-windows.ts';
import { defaultGroupSize } from '../load.ts';
import { taskGraphOf, type TaskGraph } from '../list-scheduling/task-graph.ts';
import type { LinearProgram, Term } from './linear-program.ts';
import { MappingModel, type Place } from './mapping-model.ts';

/** A job with its window on a processor: its earliest start, and what is left to do after its latest end. */
interface WindowedJob {
  readonly task: number;
  readonly head: number;
  readonly rest: number;
}

/** Share by which the horizon of windows exceeds that of the known schedule, which must not be cut off by rounding. */
const WINDOW_SLACK = 1e-6;
/** Begins, and as many ends, of the intervals on a processor. */
const MOST_ENDS = 32;

export interface UnorderedProgram {
  readonly program: LinearProgram;
  /** ms per unit of time of the program. */
  readonly timeUnitMs: number;
  /** [T] the units (of the task graph) among which a point of the program puts each task. */
  unitsOfTask(values: Float64Array): (readonly number[])[];
}

/** @param horizonMs makespan of a schedule that is known to exist */
export function unorderedProgram(problem: Problem, horizonMs: number): UnorderedProgram {
  const graph = taskGraphOf(problem);
  return programOf(unorderedModel(graph, alikePlaces(problem, graph.peOfUnit), horizonMs));
}

/**
 * The same for every choice of frequencies and core arrangements that a genome has, not for the defaults alone: each processor has the
 * most units, and each task its least time there. Every schedule of at most `horizonMs` is a point of it.
 * @param hasIntervals whether the work also has to fit into intervals of time: a higher optimum, of a program that takes longer
 */
export function relaxedProgram(problem: Problem, horizonMs: number, hasIntervals: boolean): UnorderedProgram {
  const processorOfUnit = problem.processors.flatMap(({ index }) =>
    Array.from({ length: mostUnits(problem, index) }, () => index),
  );
  const places = problem.processors.map(({ index }): Place => ({
    processor: index,
    units: [...processorOfUnit.keys()].filter((unit) => processorOfUnit[unit] === index),
  }));
  const mapping = unorderedModel(fastestGraph(problem, processorOfUnit), places, horizonMs);
  if (hasIntervals) fitTheWorkInside(mapping, horizonMs);
  return programOf(mapping);
}

/** The task graph on the most units there can be, with the least times; its means, which only list schedules read, are of the defaults. */
function fastestGraph(problem: Problem, processorOfUnit: readonly number[]): TaskGraph {
  const costMs = shortestDurations(problem).flatMap((byProcessor) =>
    processorOfUnit.map((processor) => (Number.isFinite(byProcessor[processor]) ? byProcessor[processor] : Number.NaN)),
  );
  return {
    ...taskGraphOf(problem),
    peOfUnit: processorOfUnit.map((processor) => problem.processors[processor].firstPe),
    processorOfUnit,
    costMs: Float64Array.from(costMs),
    unitsOf: problem.tasks.map(({ index }) =>
      [...processorOfUnit.keys()].filter((unit) => !Number.isNaN(costMs[index * processorOfUnit.length + unit])),
    ),
  };
}

function unorderedModel(graph: TaskGraph, places: readonly Place[], horizonMs: number): MappingModel {
  const mapping = new MappingModel(graph, places, horizonMs);
  followDependencies(mapping);
  fitTheWork(mapping);
  return mapping;
}

function programOf(mapping: MappingModel): UnorderedProgram {
  return {
    program: mapping.lp.build(),
    timeUnitMs: mapping.timeUnitMs,
    unitsOfTask: (values) => mapping.placeOfTask(values).map((place) => mapping.places[place].units),
  };
}

/** One place for all units of a processor whose core groups are equally large. */
function alikePlaces(problem: Problem, peOfUnit: readonly number[]): Place[] {
  const units = Map.groupBy(peOfUnit.keys(), (unit) => {
    const pe = problem.pes[peOfUnit[unit]];
    return `${pe.processor} ${defaultGroupSize(problem, pe)}`;
  });
  return [...units.values()].map((own) => ({ processor: problem.pes[peOfUnit[own[0]]].processor, units: own }));
}

/** One instance of each application is followed, the one released last: it ends last. */
function followDependencies(mapping: MappingModel): void {
  const { problem, lp } = mapping;
  const release = releasesOf(mapping, Math.max);
  const start = problem.tasks.map(({ index, application }) =>
    lp.continuous(release[application] + mapping.head[index], mapping.latestStart(index, release[application])),
  );
  problem.tasks.forEach(({ index }) => mapping.endByTheMakespan(index, start[index]));
  problem.edgeProducer.forEach((producer, edge) =>
    lp.atLeast(
      [
        [1, start[problem.edgeConsumer[edge]]],
        [-1, start[producer]],
        ...mapping.minusDuration(producer),
        ...mapping.minusTransfer(edge),
      ],
      0,
    ),
  );
}

/** The work of all instances on the units of each place, between the earliest start and the least remainder there. */
function fitTheWork(mapping: MappingModel): void {
  const { problem, places, chosen, lp } = mapping;
  const release = releasesOf(mapping, Math.min);
  places.forEach((place, index) => {
    const tasks = problem.tasks.filter((task) => chosen[task.index].has(index));
    if (tasks.length === 0) return;
    const head = Math.min(...tasks.map((task) => release[task.application] + mapping.head[task.index]));
    const remainder = Math.min(...tasks.map((task) => mapping.tail[task.index] - mapping.leastCost(task.index)));
    const work = tasks.map((task): Term => [
      -mapping.cost(task.index, place) * problem.applicationInstances[task.application],
      chosen[task.index].get(index) ?? 0,
    ]);
    lp.atLeast([[place.units.length, mapping.makespan], ...work], place.units.length * (head + remainder));
  });
}

/**
 * The work of some jobs on a processor whose earliest starts there are not before a, and after whose ends at least c is left to do: it fits
 * between a and makespan − c. Windows as `TimeWindows` has them for the horizon: they hold for every schedule that is no longer, and rule
 * processors out. Place and processor are the same here. Ours.
 */
function fitTheWorkInside(mapping: MappingModel, horizonMs: number): void {
  const { problem, places, chosen, lp, timeUnitMs } = mapping;
  // A latest start at a tick says what is left until this horizon, not until an earlier one.
  if (problem.dispatchTickMs > 0) return;
  const latestMs = horizonMs * (1 + WINDOW_SLACK);
  const windows = new TimeWindows(problem, instancesOf(problem));
  windows.endBy(latestMs);
  if (!windows.propagate()) return;
  places.forEach((place, index) => {
    const jobs = Array.from(windows.jobTask, (task, job): WindowedJob => {
      const at = job * windows.processors + index;
      return {
        task,
        head: windows.earliestStart[at] / timeUnitMs,
        rest: (latestMs - windows.latestEnd[at]) / timeUnitMs,
      };
    }).filter(({ task }) => chosen[task].has(index) && windows.isAble[task * windows.processors + index] === 1);
    const seen = new Set<string>();
    for (const from of spread(jobs.map(({ head }) => head))) {
      for (const until of spread(jobs.map(({ rest }) => rest))) {
        const inside = jobs.filter(({ head, rest }) => head >= from && rest >= until);
        if (inside.length < 2) continue;
        const head = Math.min(...inside.map((job) => job.head));
        const rest = Math.min(...inside.map((job) => job.rest));
        if (seen.has(`${head} ${rest}`)) continue;
        seen.add(`${head} ${rest}`);
        const work = inside.map(({ task }): Term => [-mapping.cost(task, place), chosen[task].get(index) ?? 0]);
        lp.atLeast([[place.units.length, mapping.makespan], ...work], place.units.length * (head + rest));
      }
    }
    for (const { index: task } of problem.tasks) {
      const variable = chosen[task].get(index);
      if (variable !== undefined && windows.isAble[task * windows.processors + index] === 0)
        lp.constrain([[1, variable]], 0, 0);
    }
  });
}

/** The different values, of many an even choice with the least. */
function spread(values: readonly number[]): number[] {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  if (sorted.length <= MOST_ENDS) return sorted;
  return Array.from({ length: MOST_ENDS }, (_, i) => sorted[Math.round((i * (sorted.length - 1)) / MOST_ENDS)]);
}

/** [application] release of the instance that `pick` picks. */
function releasesOf({ problem, timeUnitMs }: MappingModel, pick: (a: number, b: number) => number): number[] {
  const releases: number[] = [];
  problem.instanceApplication.forEach((application, instance) => {
    const release = problem.instanceReleaseMs[instance] / timeUnitMs;
    releases[application] = pick(releases[application] ?? release, release);
  });
  return releases;
}
