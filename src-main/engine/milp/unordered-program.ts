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
import { defaultGroupSize } from '../load.ts';
import { taskGraphOf, type TaskGraph } from '../list-scheduling/task-graph.ts';
import type { LinearProgram, Term } from './linear-program.ts';
import { MappingModel, type Place } from './mapping-model.ts';

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
  return programOn(graph, alikePlaces(problem, graph.peOfUnit), horizonMs);
}

/**
 * The same for every choice of frequencies and core arrangements that a genome has, not for the defaults alone: each processor has the
 * most units, and each task its least time there. Every schedule of at most `horizonMs` is a point of it.
 */
export function relaxedProgram(problem: Problem, horizonMs: number): UnorderedProgram {
  const processorOfUnit = problem.processors.flatMap(({ index }) =>
    Array.from({ length: mostUnits(problem, index) }, () => index),
  );
  const places = problem.processors.map(({ index }): Place => ({
    processor: index,
    units: [...processorOfUnit.keys()].filter((unit) => processorOfUnit[unit] === index),
  }));
  return programOn(fastestGraph(problem, processorOfUnit), places, horizonMs);
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

function programOn(graph: TaskGraph, places: readonly Place[], horizonMs: number): UnorderedProgram {
  const mapping = new MappingModel(graph, places, horizonMs);
  followDependencies(mapping);
  fitTheWork(mapping);
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

/** [application] release of the instance that `pick` picks. */
function releasesOf({ problem, timeUnitMs }: MappingModel, pick: (a: number, b: number) => number): number[] {
  const releases: number[] = [];
  problem.instanceApplication.forEach((application, instance) => {
    const release = problem.instanceReleaseMs[instance] / timeUnitMs;
    releases[application] = pick(releases[application] ?? release, release);
  });
  return releases;
}
