/**
 * What the constraint model and its exact arithmetic share: jobs, the places where they run, and what lies between two of them. A place is
 * a set of units that are alike to every task (four equal cores are one place of capacity 4), so that interchangeable units are not told
 * apart. Core arrangements and frequencies are the defaults; ticks and contended links are left out, which can only make schedules shorter.
 */
import type { Problem } from '#shared/scheduling/problem.ts';
import { taskGraphOf } from '../list-scheduling/task-graph.ts';

/** Units of one processor on which every task takes the same time. */
export interface Place {
  readonly processor: number;
  /** Processing element of each of its units. */
  readonly pes: readonly number[];
}

/** T tasks, P places, J jobs, E edges. */
export interface JobModel {
  readonly problem: Problem;
  readonly places: readonly Place[];
  /** [T × P] ms; NaN where the task cannot run. */
  readonly durationMs: Float64Array;
  /** [T] places that can run the task, ascending. */
  readonly able: readonly (readonly number[])[];
  /** Tasks, producers before consumers. */
  readonly order: readonly number[];
  /** [T] edges into and out of the task. */
  readonly incoming: readonly (readonly number[])[];
  readonly outgoing: readonly (readonly number[])[];
  /** [J × …] the job of `task` in the same instance as `job`. */
  readonly jobOf: (task: number, instance: number) => number;
  /** [T] jobs of the task. */
  readonly jobsOf: readonly (readonly number[])[];
  /** Whether `before` is an ancestor of `after` in the graph of tasks. */
  readonly precedes: (before: number, after: number) => boolean;
}

export function jobModelOf(problem: Problem): JobModel {
  const graph = taskGraphOf(problem);
  const units = graph.peOfUnit.length;
  const count = problem.tasks.length;
  const unitsOfPlace: number[][] = [];
  for (let unit = 0; unit < units; unit++) {
    const place = unitsOfPlace.find(
      ([own]) =>
        graph.processorOfUnit[own] === graph.processorOfUnit[unit] &&
        problem.tasks.every(({ index }) =>
          Object.is(graph.costMs[index * units + own], graph.costMs[index * units + unit]),
        ),
    );
    if (place === undefined) unitsOfPlace.push([unit]);
    else place.push(unit);
  }
  const durationMs = Float64Array.from({ length: count * unitsOfPlace.length }, (_, at) => {
    const task = Math.floor(at / unitsOfPlace.length);
    return graph.costMs[task * units + unitsOfPlace[at % unitsOfPlace.length][0]];
  });
  const incoming = problem.tasks.map((): number[] => []);
  const outgoing = problem.tasks.map((): number[] => []);
  problem.edgeProducer.forEach((producer, edge) => {
    outgoing[producer].push(edge);
    incoming[problem.edgeConsumer[edge]].push(edge);
  });
  const jobsOf = problem.tasks.map((): number[] => []);
  const jobs = new Map<number, number>();
  const mostInstances = 1 + problem.jobInstance.reduce((most, instance) => Math.max(most, instance), 0);
  problem.jobTask.forEach((task, job) => {
    jobsOf[task].push(job);
    jobs.set(task * mostInstances + problem.jobInstance[job], job);
  });
  const successors = problem.tasks.map(() => new Set<number>());
  for (const task of graph.order.toReversed())
    for (const edge of outgoing[task]) {
      const consumer = problem.edgeConsumer[edge];
      successors[task].add(consumer);
      for (const later of successors[consumer]) successors[task].add(later);
    }
  return {
    problem,
    places: unitsOfPlace.map((own) => ({
      processor: graph.processorOfUnit[own[0]],
      pes: own.map((unit) => graph.peOfUnit[unit]),
    })),
    durationMs,
    able: problem.tasks.map(({ index }) =>
      [...unitsOfPlace.keys()].filter((place) => !Number.isNaN(durationMs[index * unitsOfPlace.length + place])),
    ),
    order: graph.order,
    incoming,
    outgoing,
    jobOf(task, instance) {
      const job = jobs.get(task * mostInstances + instance);
      if (job === undefined) throw new Error(`there is no instance ${instance} of task ${task}`);
      return job;
    },
    jobsOf,
    precedes: (before, after) => successors[before].has(after),
  };
}

/** Time of `task` on `place`, ms. */
export function durationOn({ durationMs, places }: JobModel, task: number, place: number): number {
  return durationMs[task * places.length + place];
}

/** Time from the start of the edge's producer on `from` to the earliest start of its consumer on `to`, ms. */
export function lagMs(model: JobModel, edge: number, from: number, to: number): number {
  const { problem, places } = model;
  const count = problem.processors.length;
  const transfer = problem.transferMs[(edge * count + places[from].processor) * count + places[to].processor];
  return durationOn(model, problem.edgeProducer[edge], from) + transfer;
}
