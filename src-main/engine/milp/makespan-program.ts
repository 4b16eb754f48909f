/**
 * The makespan problem as a mixed-integer linear program: mapping shared by all instances of a task, start times, and for each two
 * jobs that meet on a unit which of them comes first (disjunctive formulation; Manne, "On the job-shop scheduling problem", Oper.
 * Res. 8, 1960; with unrelated machines and transfers as in Tompkins, "Optimization techniques for task allocation and scheduling
 * in distributed multi-agent operations", MIT 2003). Idle time may be inserted anywhere, so every schedule of the simulator is a
 * point of it, and its optimum bounds them all.
 *
 * J jobs, U units (cores, and each unit of a pool by itself). Core arrangements and frequencies are the defaults.
 */
import { canRun, type Problem } from '#shared/scheduling/problem.ts';
import { taskGraphOf, transferBetween, type TaskGraph } from '../list-scheduling/task-graph.ts';
import { LinearProgramBuilder, type LinearProgram, type Term, type Variable } from './linear-program.ts';

export interface MakespanProgram {
  readonly program: LinearProgram;
  /** ms per unit of time of the program, which is scaled so that the horizon is 100. */
  readonly timeUnitMs: number;
  /** Binary variables that order two jobs; what makes a program hard. */
  readonly orderings: number;
  /** [T] the processing element that a point of the program gives each task. */
  peOfTask(values: Float64Array): number[];
  /** [J] start times of a point, ms. */
  startMs(values: Float64Array): number[];
}

/** Share by which the horizon may be exceeded: a schedule that attains it must not be cut off by rounding. */
const HORIZON_SLACK = 1e-6;

/** @param horizonMs makespan of a schedule that is known to exist */
export function makespanProgram(problem: Problem, horizonMs: number): MakespanProgram {
  const timeUnitMs = horizonMs > 0 ? horizonMs / 100 : 1;
  const model = new MakespanModel(problem, taskGraphOf(problem), timeUnitMs, (horizonMs / timeUnitMs) * (1 + HORIZON_SLACK));
  return model.program();
}

class MakespanModel {
  private readonly problem: Problem;
  private readonly graph: TaskGraph;
  private readonly timeUnitMs: number;
  private readonly horizon: number;
  private readonly lp = new LinearProgramBuilder();
  private readonly makespan: Variable;
  /** [T] for each element that can run the task: whether it does. */
  private readonly chosen: readonly ReadonlyMap<number, Variable>[];
  /** [J] for each unit that can run the job: whether it does. */
  private readonly onUnit: readonly ReadonlyMap<number, Variable>[];
  private readonly start: readonly Variable[];
  /** [J] earliest start, and least time from the start to the end of everything that follows. */
  private readonly head: Float64Array;
  private readonly tail: Float64Array;
  private orderings = 0;

  constructor(problem: Problem, graph: TaskGraph, timeUnitMs: number, horizon: number) {
    this.problem = problem;
    this.graph = graph;
    this.timeUnitMs = timeUnitMs;
    this.horizon = horizon;
    this.head = this.heads();
    this.tail = this.tails();
    const jobs = problem.jobTask.length;
    let bound = 0;
    for (let job = 0; job < jobs; job++) bound = Math.max(bound, this.head[job] + this.tail[job]);
    this.makespan = this.lp.continuous(bound, horizon, 1);
    this.chosen = problem.tasks.map(({ index }) => this.chooseElement(index));
    this.onUnit = Array.from(problem.jobTask, (task) => this.chooseUnit(task));
    this.start = Array.from(problem.jobTask, (_, job) => this.lp.continuous(this.head[job], this.latestStart(job)));
  }

  program(): MakespanProgram {
    this.endByTheMakespan();
    this.respectDependencies();
    this.keepUnitsDisjoint();
    this.fitTheWork();
    return {
      program: this.lp.build(),
      timeUnitMs: this.timeUnitMs,
      orderings: this.orderings,
      peOfTask: (values) => this.chosen.map((elements) => [...elements].reduce((best, other) => (values[other[1]] > values[best[1]] ? other : best))[0]),
      startMs: (values) => this.start.map((variable) => values[variable] * this.timeUnitMs),
    };
  }

  /** Time of `task` on `unit`, in the program's units. */
  private cost(task: number, unit: number): number {
    return this.graph.costMs[task * this.graph.peOfUnit.length + unit] / this.timeUnitMs;
  }

  private leastCost(task: number): number {
    return this.graph.unitsOf[task].reduce((least, unit) => Math.min(least, this.cost(task, unit)), Number.POSITIVE_INFINITY);
  }

  private largestCost(task: number): number {
    return this.graph.unitsOf[task].reduce((largest, unit) => Math.max(largest, this.cost(task, unit)), 0);
  }

  private leastTransfer(edge: number): number {
    let least = Number.POSITIVE_INFINITY;
    for (const from of this.graph.unitsOf[this.problem.edgeProducer[edge]]) {
      for (const to of this.graph.unitsOf[this.problem.edgeConsumer[edge]]) least = Math.min(least, transferBetween(this.graph, edge, from, to));
    }
    return least / this.timeUnitMs;
  }

  private jobOf(job: number, task: number): number {
    return this.problem.jobFirstOfInstance[job] + task - this.problem.jobTask[this.problem.jobFirstOfInstance[job]];
  }

  private jobsOf(task: number): number[] {
    return Array.from(this.problem.jobTask.keys()).filter((job) => this.problem.jobTask[job] === task);
  }

  private heads(): Float64Array {
    const { problem, graph } = this;
    const heads = Float64Array.from(problem.jobReleaseMs, (release) => release / this.timeUnitMs);
    for (const task of graph.order) {
      for (const job of this.jobsOf(task)) {
        for (let edge = problem.consumerFirstEdge[task]; edge < problem.consumerFirstEdge[task + 1]; edge++) {
          const producer = problem.edgeProducer[edge];
          heads[job] = Math.max(heads[job], heads[this.jobOf(job, producer)] + this.leastCost(producer) + this.leastTransfer(edge));
        }
      }
    }
    return heads;
  }

  private tails(): Float64Array {
    const { problem, graph } = this;
    const tails = new Float64Array(problem.jobTask.length);
    for (const task of graph.order.toReversed()) {
      for (const job of this.jobsOf(task)) {
        let longest = 0;
        for (let i = problem.producerFirstEdge[task]; i < problem.producerFirstEdge[task + 1]; i++) {
          const edge = problem.outgoingEdge[i];
          longest = Math.max(longest, this.leastTransfer(edge) + tails[this.jobOf(job, problem.edgeConsumer[edge])]);
        }
        tails[job] = this.leastCost(task) + longest;
      }
    }
    return tails;
  }

  private latestStart(job: number): number {
    return Math.max(this.head[job], this.horizon - this.tail[job]);
  }

  /** One element for the task. */
  private chooseElement(task: number): Map<number, Variable> {
    const elements = [...new Set(this.graph.unitsOf[task].map((unit) => this.graph.peOfUnit[unit]))];
    const choice = new Map(elements.map((pe) => [pe, this.lp.binary(elements.length === 1 ? 1 : 0)]));
    this.lp.constrain([...choice.values()].map((variable): Term => [1, variable]), 1, 1);
    return choice;
  }

  /** One unit of the task's element for a job of it; where the element has a single unit, the element's own variable. */
  private chooseUnit(task: number): Map<number, Variable> {
    const units = new Map<number, Variable>();
    for (const [pe, isChosen] of this.chosen[task]) {
      const own = this.graph.unitsOf[task].filter((unit) => this.graph.peOfUnit[unit] === pe);
      if (own.length === 1) units.set(own[0], isChosen);
      else {
        for (const unit of own) units.set(unit, this.lp.binary());
        this.lp.constrain([...own.map((unit): Term => [1, units.get(unit) ?? 0]), [-1, isChosen]], 0, 0);
      }
    }
    return units;
  }

  /** −duration of `task` as terms: it depends on the element. */
  private minusDuration(task: number): Term[] {
    return [...this.chosen[task]].map(([pe, isChosen]): Term => [-this.cost(task, this.graph.peOfUnit.indexOf(pe)), isChosen]);
  }

  private endByTheMakespan(): void {
    this.problem.jobTask.forEach((task, job) => {
      const after = this.tail[job] - this.leastCost(task);
      this.lp.atLeast([[1, this.makespan], [-1, this.start[job]], ...this.minusDuration(task)], after);
    });
  }

  private respectDependencies(): void {
    const { problem } = this;
    for (let edge = 0; edge < problem.edgeProducer.length; edge++) {
      const producer = problem.edgeProducer[edge];
      const consumer = problem.edgeConsumer[edge];
      const transfer = this.transferTerms(edge);
      for (const job of this.jobsOf(producer)) {
        this.lp.atLeast([[1, this.start[this.jobOf(job, consumer)]], [-1, this.start[job]], ...this.minusDuration(producer), ...transfer], 0);
      }
    }
  }

  /** −transfer time of `edge` as terms: a flow of 1 from the producer's processor to the consumer's. */
  private transferTerms(edge: number): Term[] {
    const { problem } = this;
    const count = problem.processors.length;
    const producer = problem.edgeProducer[edge];
    const consumer = problem.edgeConsumer[edge];
    const able = (task: number): number[] => [...new Set([...this.chosen[task].keys()].map((pe) => problem.pes[pe].processor))].filter((processor) => canRun(problem, task, processor));
    const timeOf = (from: number, to: number): number => problem.transferMs[(edge * count + from) * count + to] / this.timeUnitMs;
    const from = able(producer);
    const to = able(consumer);
    if (from.every((p) => to.every((q) => timeOf(p, q) === 0))) return [];
    const flow = from.map((p) => to.map((q) => ({ p, q, variable: this.lp.continuous(0, 1) })));
    const isOn = (task: number, processor: number): Term[] => [...this.chosen[task]].filter(([pe]) => problem.pes[pe].processor === processor).map(([, variable]): Term => [-1, variable]);
    from.forEach((p, row) => this.lp.constrain([...flow[row].map(({ variable }): Term => [1, variable]), ...isOn(producer, p)], 0, 0));
    to.forEach((q, column) => this.lp.constrain([...flow.map((row): Term => [1, row[column].variable]), ...isOn(consumer, q)], 0, 0));
    return flow.flat().map(({ p, q, variable }): Term => [-timeOf(p, q), variable]);
  }

  /** Two jobs on one unit do not overlap. Instances of a task start in their order, which costs nothing: they are alike. */
  private keepUnitsDisjoint(): void {
    const { jobTask } = this.problem;
    const follows = this.reachability();
    for (let a = 0; a < jobTask.length; a++) {
      for (let b = a + 1; b < jobTask.length; b++) {
        if (this.isOrdered(a, b, follows)) continue;
        const shared = [...this.onUnit[a].keys()].filter((unit) => this.onUnit[b].has(unit));
        if (shared.length === 0) continue;
        const isAlike = jobTask[a] === jobTask[b] && this.problem.jobReleaseMs[a] <= this.problem.jobReleaseMs[b];
        const aFirst = this.lp.binary();
        const bFirst = this.lp.binary(0, isAlike ? 0 : 1);
        this.orderings += isAlike ? 1 : 2;
        if (isAlike) this.lp.atLeast([[1, this.start[b]], [-1, this.start[a]]], 0);
        else this.lp.constrain([[1, aFirst], [1, bFirst]], 0, 1);
        for (const unit of shared) {
          const onBoth: Term[] = [[-1, this.onUnit[a].get(unit) ?? 0], [-1, this.onUnit[b].get(unit) ?? 0]];
          this.lp.atLeast([[1, aFirst], [1, bFirst], ...onBoth], -1);
        }
        this.precede(a, b, aFirst);
        if (!isAlike) this.precede(b, a, bFirst);
      }
    }
  }

  /** `second` starts after the end of `first` if `isFirst` is 1. */
  private precede(first: number, second: number, isFirst: Variable): void {
    const task = this.problem.jobTask[first];
    const slack = Math.max(0, this.latestStart(first) + this.largestCost(task) - this.head[second]);
    this.lp.atLeast([[1, this.start[second]], [-1, this.start[first]], ...this.minusDuration(task), [-slack, isFirst]], -slack);
  }

  /** Whether dependencies or time windows order two jobs anyway. */
  private isOrdered(a: number, b: number, follows: readonly ReadonlySet<number>[]): boolean {
    const { jobTask, jobFirstOfInstance } = this.problem;
    if (jobFirstOfInstance[a] === jobFirstOfInstance[b] && (follows[jobTask[a]].has(jobTask[b]) || follows[jobTask[b]].has(jobTask[a]))) return true;
    return this.isBeforeByWindow(a, b) || this.isBeforeByWindow(b, a);
  }

  private isBeforeByWindow(a: number, b: number): boolean {
    return this.latestStart(a) + this.largestCost(this.problem.jobTask[a]) <= this.head[b];
  }

  /** [T] tasks that depend on the task, directly or not. */
  private reachability(): ReadonlySet<number>[] {
    const { problem } = this;
    const follows = problem.tasks.map(() => new Set<number>());
    for (const task of this.graph.order.toReversed()) {
      for (let i = problem.producerFirstEdge[task]; i < problem.producerFirstEdge[task + 1]; i++) {
        const consumer = problem.edgeConsumer[problem.outgoingEdge[i]];
        follows[task].add(consumer);
        for (const later of follows[consumer]) follows[task].add(later);
      }
    }
    return follows;
  }

  /** Redundant, but they tighten the relaxation: the work on each unit, between the earliest start and the least remainder there. */
  private fitTheWork(): void {
    this.graph.peOfUnit.forEach((_, unit) => {
      const jobs = Array.from(this.problem.jobTask.keys()).filter((job) => this.onUnit[job].has(unit));
      if (jobs.length === 0) return;
      const head = Math.min(...jobs.map((job) => this.head[job]));
      const remainder = Math.min(...jobs.map((job) => this.tail[job] - this.leastCost(this.problem.jobTask[job])));
      // Of an empty unit it says no more than that each of its jobs has a head and a tail.
      this.lp.atLeast([[1, this.makespan], ...this.workOn(unit, jobs)], head + remainder);
    });
  }

  private workOn(unit: number, jobs: readonly number[]): Term[] {
    return jobs.map((job): Term => [-this.cost(this.problem.jobTask[job], unit), this.onUnit[job].get(unit) ?? 0]);
  }
}
