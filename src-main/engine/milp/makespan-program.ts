/**
 * The makespan problem as a mixed-integer linear program: mapping shared by all instances of a task, start times, and for each two
 * jobs that meet on a unit which of them comes first (disjunctive formulation; Manne, "On the job-shop scheduling problem", Oper.
 * Res. 8, 1960; with unrelated machines and transfers as in Tompkins, "Optimization techniques for task allocation and scheduling
 * in distributed multi-agent operations", MIT 2003). Idle time may be inserted anywhere, so every schedule of the simulator is a
 * point of it, and its optimum bounds them all.
 *
 * T tasks, J jobs, U units (cores, and each unit of a pool by itself).
 */
import type { Problem } from '#shared/scheduling/problem.ts';
import { taskGraphOf } from '../list-scheduling/task-graph.ts';
import type { LinearProgram, Term, Variable } from './linear-program.ts';
import { MappingModel, type Place } from './mapping-model.ts';

export interface MakespanProgram {
  readonly program: LinearProgram;
  /** ms per unit of time of the program. */
  readonly timeUnitMs: number;
  /** Binary variables that order two jobs; what makes a program hard. */
  readonly orderings: number;
  /** [T] the processing element that a point of the program gives each task. */
  peOfTask(values: Float64Array): number[];
  /** [T] start times of the tasks' first instances in a point, ms. */
  startMs(values: Float64Array): number[];
}

/** @param horizonMs makespan of a schedule that is known to exist */
export function makespanProgram(problem: Problem, horizonMs: number): MakespanProgram {
  const graph = taskGraphOf(problem);
  const elements = [...new Set(graph.peOfUnit)];
  const places = elements.map((pe): Place => ({
    processor: problem.pes[pe].processor,
    units: [...graph.peOfUnit.keys()].filter((unit) => graph.peOfUnit[unit] === pe),
  }));
  const model = new OrderedModel(new MappingModel(graph, places, horizonMs));
  const { mapping, orderings } = model;
  return {
    program: mapping.lp.build(),
    timeUnitMs: mapping.timeUnitMs,
    orderings,
    peOfTask: (values) => mapping.placeOfTask(values).map((place) => elements[place]),
    startMs: (values) =>
      problem.tasks.map(({ index }) => values[model.start[problem.jobTask.indexOf(index)]] * mapping.timeUnitMs),
  };
}

class OrderedModel {
  readonly mapping: MappingModel;
  /** [J] */
  readonly start: readonly Variable[];
  orderings = 0;
  private readonly problem: Problem;
  /** [J] for each unit that can run the job: whether it does. */
  private readonly onUnit: readonly ReadonlyMap<number, Variable>[];
  /** [J] */
  private readonly head: Float64Array;

  constructor(mapping: MappingModel) {
    this.mapping = mapping;
    this.problem = mapping.problem;
    const { jobTask } = this.problem;
    this.head = Float64Array.from(jobTask, (task, job) => mapping.releaseOf(job) + mapping.head[task]);
    this.onUnit = Array.from(jobTask, (task) => this.chooseUnit(task));
    this.start = Array.from(jobTask, (_, job) => mapping.lp.continuous(this.head[job], this.latestStart(job)));
    jobTask.forEach((task, job) => mapping.endByTheMakespan(task, this.start[job]));
    this.respectDependencies();
    this.keepUnitsDisjoint();
    this.fitTheWork();
  }

  private latestStart(job: number): number {
    return this.mapping.latestStart(this.problem.jobTask[job], this.mapping.releaseOf(job));
  }

  private jobOf(job: number, task: number): number {
    return this.problem.jobFirstOfInstance[job] + task - this.problem.jobTask[this.problem.jobFirstOfInstance[job]];
  }

  /** One unit of the task's place for a job of it; where the place has a single unit, the place's own variable. */
  private chooseUnit(task: number): Map<number, Variable> {
    const { lp, places, chosen } = this.mapping;
    const onUnit = new Map<number, Variable>();
    for (const [place, isChosen] of chosen[task]) {
      const { units } = places[place];
      if (units.length === 1) onUnit.set(units[0], isChosen);
      else {
        for (const unit of units) onUnit.set(unit, lp.binary());
        lp.constrain([...units.map((unit): Term => [1, onUnit.get(unit) ?? 0]), [-1, isChosen]], 0, 0);
      }
    }
    return onUnit;
  }

  private respectDependencies(): void {
    const { problem, mapping } = this;
    for (let edge = 0; edge < problem.edgeProducer.length; edge++) {
      const producer = problem.edgeProducer[edge];
      const consumer = problem.edgeConsumer[edge];
      const transfer = mapping.minusTransfer(edge);
      problem.jobTask.forEach((task, job) => {
        if (task === producer)
          mapping.lp.atLeast(
            [
              [1, this.start[this.jobOf(job, consumer)]],
              [-1, this.start[job]],
              ...mapping.minusDuration(producer),
              ...transfer,
            ],
            0,
          );
      });
    }
  }

  /** Two jobs on one unit do not overlap. Instances of a task start in their order, which costs nothing: they are alike. */
  private keepUnitsDisjoint(): void {
    const { lp } = this.mapping;
    const { jobTask } = this.problem;
    const follows = this.reachability();
    for (let a = 0; a < jobTask.length; a++) {
      for (let b = a + 1; b < jobTask.length; b++) {
        if (this.isOrdered(a, b, follows)) continue;
        const shared = [...this.onUnit[a].keys()].filter((unit) => this.onUnit[b].has(unit));
        if (shared.length === 0) continue;
        const isAlike = jobTask[a] === jobTask[b] && this.problem.jobReleaseMs[a] <= this.problem.jobReleaseMs[b];
        const aFirst = lp.binary();
        const bFirst = lp.binary(0, isAlike ? 0 : 1);
        this.orderings += isAlike ? 1 : 2;
        if (isAlike)
          lp.atLeast(
            [
              [1, this.start[b]],
              [-1, this.start[a]],
            ],
            0,
          );
        else
          lp.constrain(
            [
              [1, aFirst],
              [1, bFirst],
            ],
            0,
            1,
          );
        for (const unit of shared) {
          const onBoth: Term[] = [
            [-1, this.onUnit[a].get(unit) ?? 0],
            [-1, this.onUnit[b].get(unit) ?? 0],
          ];
          lp.atLeast([[1, aFirst], [1, bFirst], ...onBoth], -1);
        }
        this.precede(a, b, aFirst);
        if (!isAlike) this.precede(b, a, bFirst);
      }
    }
  }

  /** `second` starts after the end of `first` if `isFirst` is 1. */
  private precede(first: number, second: number, isFirst: Variable): void {
    const task = this.problem.jobTask[first];
    const slack = Math.max(0, this.latestStart(first) + this.mapping.largestCost(task) - this.head[second]);
    this.mapping.lp.atLeast(
      [[1, this.start[second]], [-1, this.start[first]], ...this.mapping.minusDuration(task), [-slack, isFirst]],
      -slack,
    );
  }

  /** Whether dependencies or time windows order two jobs anyway. */
  private isOrdered(a: number, b: number, follows: readonly ReadonlySet<number>[]): boolean {
    const { jobTask, jobFirstOfInstance } = this.problem;
    if (
      jobFirstOfInstance[a] === jobFirstOfInstance[b] &&
      (follows[jobTask[a]].has(jobTask[b]) || follows[jobTask[b]].has(jobTask[a]))
    )
      return true;
    return this.isBeforeByWindow(a, b) || this.isBeforeByWindow(b, a);
  }

  private isBeforeByWindow(a: number, b: number): boolean {
    return this.latestStart(a) + this.mapping.largestCost(this.problem.jobTask[a]) <= this.head[b];
  }

  /** [T] tasks that depend on the task, directly or not. */
  private reachability(): ReadonlySet<number>[] {
    const { problem } = this;
    const follows = problem.tasks.map(() => new Set<number>());
    for (const task of this.mapping.graph.order.toReversed()) {
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
    const { mapping } = this;
    const { jobTask } = this.problem;
    mapping.places.forEach((place) =>
      place.units.forEach((unit) => {
        const jobs = [...jobTask.keys()].filter((job) => this.onUnit[job].has(unit));
        if (jobs.length === 0) return;
        const head = Math.min(...jobs.map((job) => this.head[job]));
        const remainder = Math.min(...jobs.map((job) => mapping.tail[jobTask[job]] - mapping.leastCost(jobTask[job])));
        const work = jobs.map((job): Term => [-mapping.cost(jobTask[job], place), this.onUnit[job].get(unit) ?? 0]);
        // Of an empty unit it says no more than that each of its jobs has a head and a tail.
        mapping.lp.atLeast([[1, mapping.makespan], ...work], head + remainder);
      }),
    );
  }
}
