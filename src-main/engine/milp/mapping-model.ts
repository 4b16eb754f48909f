/**
 * What the programs of this folder share: which place runs each task, how long it takes there, how long its results travel, and how
 * early and how late it can be. Times are in units that make the horizon 100. Core arrangements and frequencies are the defaults.
 */
import type { Problem } from '#shared/scheduling/problem.ts';
import { incomingEdges, outgoingEdges, transferBetween, type TaskGraph } from '../list-scheduling/task-graph.ts';
import { LinearProgramBuilder, type Term, type Variable } from './linear-program.ts';

/** Units of one processor, alike to each other, of which a program chooses one place or another for a task. */
export interface Place {
  readonly processor: number;
  /** Of the task graph; never empty. */
  readonly units: readonly number[];
}

/** Makespan of the schedule that is known to exist, in the units of the program. */
const HORIZON = 100;
/** Share by which the horizon may be exceeded: a schedule that attains it must not be cut off by rounding. */
const HORIZON_SLACK = 1e-6;

export class MappingModel {
  readonly lp = new LinearProgramBuilder();
  readonly problem: Problem;
  readonly graph: TaskGraph;
  readonly places: readonly Place[];
  /** ms per unit of time of the program. */
  readonly timeUnitMs: number;
  readonly horizon: number;
  readonly makespan: Variable;
  /** [T] for each place (index) that can run the task: whether it does. */
  readonly chosen: readonly ReadonlyMap<number, Variable>[];
  /** [T] earliest start after the release, and least time from the start to the end of everything that follows. */
  readonly head: Float64Array;
  readonly tail: Float64Array;

  /** @param horizonMs makespan of a schedule that is known to exist */
  constructor(graph: TaskGraph, places: readonly Place[], horizonMs: number) {
    this.problem = graph.problem;
    this.graph = graph;
    this.places = places;
    this.timeUnitMs = horizonMs > 0 ? horizonMs / HORIZON : 1;
    this.horizon = (horizonMs / this.timeUnitMs) * (1 + HORIZON_SLACK);
    this.head = this.heads();
    this.tail = this.tails();
    const jobs = Array.from(
      this.problem.jobTask,
      (task, job) => this.releaseOf(job) + this.head[task] + this.tail[task],
    );
    this.makespan = this.lp.continuous(
      jobs.reduce((longest, length) => Math.max(longest, length), 0),
      this.horizon,
      1,
    );
    this.chosen = this.problem.tasks.map(({ index }) => this.choosePlace(index));
  }

  releaseOf(job: number): number {
    return this.problem.jobReleaseMs[job] / this.timeUnitMs;
  }

  /** Time of `task` on a unit of `place`. */
  cost(task: number, { units }: Place): number {
    return this.graph.costMs[task * this.graph.peOfUnit.length + units[0]] / this.timeUnitMs;
  }

  leastCost(task: number): number {
    return this.able(task).reduce((least, place) => Math.min(least, this.cost(task, place)), Number.POSITIVE_INFINITY);
  }

  largestCost(task: number): number {
    return this.able(task).reduce((largest, place) => Math.max(largest, this.cost(task, place)), 0);
  }

  /** Latest start of `task` in an instance released at `release`. */
  latestStart(task: number, release: number): number {
    return Math.max(release + this.head[task], this.horizon - this.tail[task]);
  }

  /** The makespan is at least the end of `task`, which starts at `start`, and of what follows it. */
  endByTheMakespan(task: number, start: Variable): void {
    this.lp.atLeast(
      [[1, this.makespan], [-1, start], ...this.minusDuration(task)],
      this.tail[task] - this.leastCost(task),
    );
  }

  /** −duration of `task` as terms: it depends on the place. */
  minusDuration(task: number): Term[] {
    return [...this.chosen[task]].map(([place, isChosen]): Term => [-this.cost(task, this.places[place]), isChosen]);
  }

  /** −transfer time of `edge` as terms: a flow of 1 from the producer's processor to the consumer's. To be asked for once per edge. */
  minusTransfer(edge: number): Term[] {
    const { problem } = this;
    const count = problem.processors.length;
    const producer = problem.edgeProducer[edge];
    const consumer = problem.edgeConsumer[edge];
    const processorsOf = (task: number): number[] => [...new Set(this.able(task).map(({ processor }) => processor))];
    const timeOf = (from: number, to: number): number =>
      problem.transferMs[(edge * count + from) * count + to] / this.timeUnitMs;
    const from = processorsOf(producer);
    const to = processorsOf(consumer);
    if (from.every((p) => to.every((q) => timeOf(p, q) === 0))) return [];
    const flow = from.map((p) => to.map((q) => ({ p, q, variable: this.lp.continuous(0, 1) })));
    const isOn = (task: number, processor: number): Term[] =>
      [...this.chosen[task]]
        .filter(([place]) => this.places[place].processor === processor)
        .map(([, variable]): Term => [-1, variable]);
    from.forEach((p, row) =>
      this.lp.constrain([...flow[row].map(({ variable }): Term => [1, variable]), ...isOn(producer, p)], 0, 0),
    );
    to.forEach((q, column) =>
      this.lp.constrain([...flow.map((row): Term => [1, row[column].variable]), ...isOn(consumer, q)], 0, 0),
    );
    return flow.flat().map(({ p, q, variable }): Term => [-timeOf(p, q), variable]);
  }

  /** [T] the place (index) that a point of the program gives each task. */
  placeOfTask(values: Float64Array): number[] {
    return this.chosen.map(
      (places) => [...places].reduce((best, other) => (values[other[1]] > values[best[1]] ? other : best))[0],
    );
  }

  private able(task: number): Place[] {
    const { unitsOf } = this.graph;
    return this.places.filter(({ units }) => unitsOf[task].includes(units[0]));
  }

  /** One place for the task. */
  private choosePlace(task: number): Map<number, Variable> {
    const able = this.able(task);
    const choice = new Map(
      able.map((place) => [this.places.indexOf(place), this.lp.binary(able.length === 1 ? 1 : 0)]),
    );
    this.lp.constrain(
      [...choice.values()].map((variable): Term => [1, variable]),
      1,
      1,
    );
    return choice;
  }

  private leastTransfer(edge: number): number {
    let least = Number.POSITIVE_INFINITY;
    for (const from of this.able(this.problem.edgeProducer[edge])) {
      for (const to of this.able(this.problem.edgeConsumer[edge]))
        least = Math.min(least, transferBetween(this.graph, edge, from.units[0], to.units[0]));
    }
    return least / this.timeUnitMs;
  }

  private heads(): Float64Array {
    const heads = new Float64Array(this.problem.tasks.length);
    for (const task of this.graph.order) {
      for (const edge of incomingEdges(this.graph, task)) {
        const producer = this.problem.edgeProducer[edge];
        heads[task] = Math.max(heads[task], heads[producer] + this.leastCost(producer) + this.leastTransfer(edge));
      }
    }
    return heads;
  }

  private tails(): Float64Array {
    const tails = new Float64Array(this.problem.tasks.length);
    for (const task of this.graph.order.toReversed()) {
      let longest = 0;
      for (const edge of outgoingEdges(this.graph, task))
        longest = Math.max(longest, this.leastTransfer(edge) + tails[this.problem.edgeConsumer[edge]]);
      tails[task] = this.leastCost(task) + longest;
    }
    return tails;
  }
}
