/**
 * When each job can start at the earliest and must end at the latest on each processor, if everything is to end by a horizon; and which
 * processors that rules out for a task. What heads and tails say, as far as it goes: an earlier end of one processor's tasks is an
 * earlier start of what needs them, over the transfers that their processors cost.
 *
 * It argues from what any schedule has in common, deliberate idling included: the least time of each task on each processor over all
 * frequencies and core arrangements that a genome can choose, transfers that wait for no other, starts at multiples of the tick only.
 * J jobs, T tasks, P processors; times in ms. Everything is only ever tightened, until `load` goes back.
 */
import type { Problem } from '../scheduling/problem.ts';
import { roundUpToTick } from '../scheduling/rounding.ts';
import { topologicalOrder } from '../scheduling/topological-order.ts';
import { mostUnits, shortestDurations } from './fastest-choices.ts';

/** Share by which times are given away, so that no sum rounded in another order is mistaken for a proof. */
export const MARGIN = 1e-10;
/** Share of a tick by which a time may exceed it and still start there. */
const TICK_MARGIN = 1e-6;

/** An application instance: its jobs are those of the application's tasks. */
export interface Instance {
  readonly application: number;
  /** When the first of its tasks can start, at a tick, ms. */
  readonly releaseMs: number;
}

/** Every instance of `problem`, as it is simulated. */
export function instancesOf({ instanceApplication, instanceReleaseMs, dispatchTickMs }: Problem): Instance[] {
  return Array.from(instanceApplication, (application, index) => ({
    application,
    releaseMs: roundUpToTick(instanceReleaseMs[index], dispatchTickMs),
  }));
}

/** What can be gone back to. */
export interface SavedWindows {
  readonly isAble: Uint8Array;
  readonly earliestStart: Float64Array;
  readonly latestEnd: Float64Array;
}

export class TimeWindows {
  readonly problem: Problem;
  readonly processors: number;
  /** [P] units that can be busy at once. */
  readonly units: readonly number[];
  /** [P] 1: all instances of a task run on one and the same unit. */
  readonly isPinned: readonly boolean[];
  /** Whether instances of one task may have to share a unit while others of its processor are free. */
  readonly hasSerialInstances: boolean;
  /** [J] instance by instance, the tasks of each in a topological order. */
  readonly jobTask: Int32Array;
  /** [J] */
  readonly releaseMs: Float64Array;
  /** [T × P] least duration, and for how long the unit is kept from others: up to a tick. Infinity where the task cannot run. */
  readonly duration: Float64Array;
  readonly occupied: Float64Array;
  /** [T × P] 0: the task cannot run there, or not by the horizon. */
  isAble: Uint8Array;
  /** [J × P] */
  earliestStart: Float64Array;
  latestEnd: Float64Array;
  private readonly tickMs: number;
  /** [T] place of the task in its instance's jobs. */
  private readonly placeOfTask: Int32Array;
  /** [J] first job of the job's instance. */
  private readonly firstOfInstance: Int32Array;

  constructor(problem: Problem, instances: readonly Instance[]) {
    this.problem = problem;
    this.tickMs = problem.dispatchTickMs;
    const count = problem.processors.length;
    this.processors = count;
    this.units = problem.processors.map((_, processor) => mostUnits(problem, processor));
    this.isPinned = problem.processors.map(({ dispatch }) => dispatch === 'pinned');
    const order = topologicalOrder(problem);
    const tasksOf = Map.groupBy(order, (task) => problem.tasks[task].application);
    this.placeOfTask = new Int32Array(problem.tasks.length);
    const jobTask: number[] = [];
    const firstOfInstance: number[] = [];
    const releaseMs: number[] = [];
    for (const instance of instances) {
      const first = jobTask.length;
      const own = tasksOf.get(instance.application) ?? [];
      own.forEach((task, place) => {
        this.placeOfTask[task] = place;
        jobTask.push(task);
        firstOfInstance.push(first);
        releaseMs.push(instance.releaseMs);
      });
    }
    this.jobTask = Int32Array.from(jobTask);
    this.releaseMs = Float64Array.from(releaseMs);
    this.hasSerialInstances =
      new Set(jobTask).size < jobTask.length &&
      this.units.some((units, processor) => units > 1 && this.isPinned[processor]);
    this.firstOfInstance = Int32Array.from(firstOfInstance);
    this.duration = Float64Array.from(shortestDurations(problem).flat());
    this.occupied = this.duration.map((time) =>
      Number.isFinite(time) ? Math.max(time, roundUpToTick(time * (1 - TICK_MARGIN), this.tickMs)) : time,
    );
    this.isAble = Uint8Array.from(this.duration, (time) => (Number.isFinite(time) ? 1 : 0));
    this.earliestStart = new Float64Array(jobTask.length * count);
    releaseMs.forEach((release, job) => this.earliestStart.fill(release, job * count, (job + 1) * count));
    this.latestEnd = new Float64Array(jobTask.length * count).fill(Number.POSITIVE_INFINITY);
  }

  save(): SavedWindows {
    return {
      isAble: this.isAble.slice(),
      earliestStart: this.earliestStart.slice(),
      latestEnd: this.latestEnd.slice(),
    };
  }

  load({ isAble, earliestStart, latestEnd }: SavedWindows): void {
    this.isAble.set(isAble);
    this.earliestStart.set(earliestStart);
    this.latestEnd.set(latestEnd);
  }

  /** Everything ends by `horizonMs`. */
  endBy(horizonMs: number): void {
    for (let i = 0; i < this.latestEnd.length; i++) this.latestEnd[i] = Math.min(this.latestEnd[i], horizonMs);
  }

  /** The latest start of `job` on `processor`, at a tick. */
  latestStart(job: number, processor: number): number {
    const at =
      this.latestEnd[job * this.processors + processor] -
      this.duration[this.jobTask[job] * this.processors + processor];
    return this.tickMs > 0 ? Math.floor(at / this.tickMs + TICK_MARGIN) * this.tickMs : at;
  }

  /** The job starts on `processor` no earlier than `atMs`. Whether that is news. */
  startAfter(job: number, processor: number, atMs: number): boolean {
    const at = job * this.processors + processor;
    const startMs = this.tickMs > 0 ? Math.ceil(atMs / this.tickMs - TICK_MARGIN) * this.tickMs : atMs;
    if (!(startMs > this.earliestStart[at] + MARGIN * Math.abs(startMs))) return false;
    this.earliestStart[at] = startMs;
    return true;
  }

  /** The job ends on `processor` no later than `atMs`. Whether that is news. */
  finishBefore(job: number, processor: number, atMs: number): boolean {
    const at = job * this.processors + processor;
    if (!(atMs < this.latestEnd[at] - MARGIN * Math.abs(atMs))) return false;
    this.latestEnd[at] = atMs;
    return true;
  }

  /** The task cannot run on `processor`. Whether it can run anywhere then. */
  strikeOut(task: number, processor: number): boolean {
    this.isAble[task * this.processors + processor] = 0;
    for (let p = 0; p < this.processors; p++) if (this.isAble[task * this.processors + p] === 1) return true;
    return false;
  }

  /** Carries heads, tails and what they strike out to a fixpoint. Whether some schedule may be left. */
  propagate(): boolean {
    for (let struck: number | undefined = 1; struck !== 0;) {
      this.pushForward();
      this.pushBackward();
      struck = this.strikeOutLate();
      if (struck === undefined) return false;
    }
    return true;
  }

  /** The earliest that everything can have ended, by heads alone. */
  earliestFinish(): number {
    let latest = 0;
    for (let job = 0; job < this.jobTask.length; job++) {
      let end = Number.POSITIVE_INFINITY;
      for (let p = 0; p < this.processors; p++) {
        if (this.isAble[this.jobTask[job] * this.processors + p] === 1)
          end = Math.min(
            end,
            this.earliestStart[job * this.processors + p] + this.duration[this.jobTask[job] * this.processors + p],
          );
      }
      latest = Math.max(latest, end);
    }
    return latest;
  }

  private pushForward(): void {
    const { problem, processors: count, jobTask, isAble, earliestStart, duration } = this;
    const { consumerFirstEdge, edgeProducer, transferMs } = problem;
    for (let job = 0; job < jobTask.length; job++) {
      const task = jobTask[job];
      for (let to = 0; to < count; to++) {
        if (isAble[task * count + to] === 0) continue;
        let ready = Number.NEGATIVE_INFINITY;
        for (let edge = consumerFirstEdge[task]; edge < consumerFirstEdge[task + 1]; edge++) {
          const producer = edgeProducer[edge];
          const at = (this.firstOfInstance[job] + this.placeOfTask[producer]) * count;
          let arrival = Number.POSITIVE_INFINITY;
          for (let from = 0; from < count; from++) {
            if (isAble[producer * count + from] === 0) continue;
            const end =
              earliestStart[at + from] +
              duration[producer * count + from] +
              transferMs[(edge * count + from) * count + to];
            if (end < arrival) arrival = end;
          }
          if (arrival > ready) ready = arrival;
        }
        this.startAfter(job, to, ready);
      }
    }
  }

  private pushBackward(): void {
    const { problem, processors: count, jobTask, isAble } = this;
    const { producerFirstEdge, outgoingEdge, edgeConsumer, transferMs } = problem;
    const forgiven = this.tickMs * TICK_MARGIN;
    for (let job = jobTask.length - 1; job >= 0; job--) {
      const task = jobTask[job];
      for (let from = 0; from < count; from++) {
        if (isAble[task * count + from] === 0) continue;
        let due = Number.POSITIVE_INFINITY;
        for (let i = producerFirstEdge[task]; i < producerFirstEdge[task + 1]; i++) {
          const edge = outgoingEdge[i];
          const consumer = edgeConsumer[edge];
          const other = this.firstOfInstance[job] + this.placeOfTask[consumer];
          let latest = Number.NEGATIVE_INFINITY;
          for (let to = 0; to < count; to++) {
            if (isAble[consumer * count + to] === 0) continue;
            const at = this.latestStart(other, to) + forgiven - transferMs[(edge * count + from) * count + to];
            if (at > latest) latest = at;
          }
          if (latest < due) due = latest;
        }
        this.finishBefore(job, from, due);
      }
    }
  }

  /** How many processors were struck out; undefined when a task has none left. */
  private strikeOutLate(): number | undefined {
    const { processors: count, jobTask, isAble, earliestStart, latestEnd, duration } = this;
    let struck = 0;
    for (let job = 0; job < jobTask.length; job++) {
      const task = jobTask[job];
      for (let p = 0; p < count; p++) {
        if (isAble[task * count + p] === 0) continue;
        const end = earliestStart[job * count + p] + duration[task * count + p];
        if (end <= latestEnd[job * count + p] + MARGIN * end + this.tickMs * TICK_MARGIN) continue;
        if (!this.strikeOut(task, p)) return undefined;
        struck++;
      }
    }
    return struck;
  }
}
