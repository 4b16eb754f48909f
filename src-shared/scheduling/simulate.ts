/**
 * The reference simulator: event-driven, non-preemptive, work-conserving list scheduling of every task instance ("job") of a
 * problem under one assignment (DESIGN §6, "Dispatch"). It returns the whole timeline as typed arrays.
 *
 * At each instant all events are handled first (jobs that end, units that become free, jobs that become ready), in the order
 * (time, kind, job); then every processing element starts what it can. A job of zero duration ends at the instant it starts and
 * opens a further round of the same instant.
 */
import { arrangementOf, type Assignment } from './decode.ts';
import { EventQueue } from './event-queue.ts';
import { PRIORITY_LEVELS } from './genome-layout.ts';
import { taskDurationMs, type Problem } from './problem.ts';

/** What happened to each job of a problem, J entries in job order. */
export interface Timeline {
  /** When the job became ready (at a multiple of the tick, where there is one), ms. */
  readonly readyMs: Float64Array;
  readonly startMs: Float64Array;
  /** Exact end, not rounded to a tick, ms. */
  readonly endMs: Float64Array;
  /** Processing element. */
  readonly pe: Int32Array;
  /** Unit within the processing element. */
  readonly unit: Int32Array;
  /** Highest total power at any time before the last end, mW; 0 when no time passes. */
  readonly peakPowerMW: number;
}

/** Share of a tick, and of the time itself, by which a time may exceed a multiple and still count as that multiple: decimal ticks are not exact in binary. */
const TICK_TOLERANCE = 1e-9;
const ROUNDING_TOLERANCE = 1e-15;

/**
 * The first multiple of `tickMs` at or after `timeMs`, always the same double for the same multiple, so that everything that
 * happens at one tick happens at one instant; it may lie below `timeMs` by the tolerance. `timeMs` itself without a tick.
 */
export function roundUpToTick(timeMs: number, tickMs: number): number {
  if (!(tickMs > 0)) return timeMs;
  const ticks = timeMs / tickMs;
  return Math.max(0, Math.ceil(ticks - ticks * ROUNDING_TOLERANCE - TICK_TOLERANCE)) * tickMs;
}

/** Simulates `assignment` once. For many assignments of one problem, keep a `Simulator`. */
export function simulate(problem: Problem, assignment: Assignment): Timeline {
  return new Simulator(problem).run(assignment);
}

// Event kinds, in the order they are handled within an instant; an event's code is kind × jobs + job.
const JOB_ENDS = 0;
const UNIT_FREE = 1;
const JOB_READY = 2;

/** Simulates assignments of one problem, reusing its buffers: a timeline is valid until the next `run`. */
export class Simulator {
  private readonly problem: Problem;
  // The timeline, per job.
  private readonly readyMs: Float64Array;
  private readonly startMs: Float64Array;
  private readonly endMs: Float64Array;
  private readonly pe: Int32Array;
  private readonly unit: Int32Array;
  /** Dependencies of the job that have not arrived yet. */
  private readonly pending: Int32Array;
  /** [T] the same for every instance. */
  private readonly durationMs: Float64Array;
  /** [T] rank by (application priority, layer priority), 0 first; and by application priority with room for priority genes. */
  private readonly layerRank: Int32Array;
  private readonly lowestGeneRank: Int32Array;
  /** [T] the rank that holds in this run. */
  private readonly priorityRank: Int32Array;
  // Ready jobs: a binary heap per processing element, all in one array; a heap has room for every job of its element.
  private readonly readyHeap: Int32Array;
  private readonly readyFirst: Int32Array;
  private readonly readySize: Int32Array;
  // Units, per processing element.
  private readonly unitFirst: Int32Array;
  private readonly idleUnits: Int32Array;
  private readonly unitBusy: Uint8Array;
  /** What happens next, ordered by (time, kind, job): at most one end, one freed unit and one readiness per job. */
  private readonly events: EventQueue;
  private unfinishedJobs = 0;
  /** [P × P] when the link's last transfer ends. */
  private readonly linkFreeMs: Float64Array;
  /** [P] cores now running a job. */
  private readonly busyCores: Int32Array;

  constructor(problem: Problem) {
    this.problem = problem;
    const jobs = problem.jobTask.length;
    const processors = problem.processors.length;
    this.readyMs = new Float64Array(jobs);
    this.startMs = new Float64Array(jobs);
    this.endMs = new Float64Array(jobs);
    this.pe = new Int32Array(jobs);
    this.unit = new Int32Array(jobs);
    this.pending = new Int32Array(jobs);
    this.durationMs = new Float64Array(problem.tasks.length);
    this.layerRank = priorityRanks(problem);
    this.lowestGeneRank = lowestGeneRanks(problem);
    this.priorityRank = new Int32Array(problem.tasks.length);
    this.readyHeap = new Int32Array(jobs);
    this.readyFirst = new Int32Array(problem.pes.length + 1);
    this.readySize = new Int32Array(problem.pes.length);
    this.unitFirst = new Int32Array(problem.pes.length + 1);
    problem.pes.forEach((pe) => {
      this.unitFirst[pe.index + 1] = this.unitFirst[pe.index] + pe.units;
    });
    this.idleUnits = new Int32Array(problem.pes.length);
    this.unitBusy = new Uint8Array(this.unitFirst[problem.pes.length]);
    this.events = new EventQueue(3 * jobs);
    this.linkFreeMs = new Float64Array(processors * processors);
    this.busyCores = new Int32Array(processors);
  }

  run(assignment: Assignment): Timeline {
    this.reset(assignment);
    const groupSizes = this.problem.pes.map((pe) => groupSizeOf(this.problem, assignment, pe.index));
    const standingPowerMW = this.standingPowerMW(assignment);
    // An end that misses its tick by a rounding error is at that tick: no time passes between the two.
    const shortestMs = this.problem.dispatchTickMs * TICK_TOLERANCE;
    let peakPowerMW = this.events.nextMs > 0 ? standingPowerMW : 0;
    while (this.events.size > 0) {
      const now = this.events.nextMs;
      while (this.events.nextMs === now) this.handleNextEvent(now, assignment, groupSizes);
      this.dispatch(now, groupSizes);
      const timePasses = this.unfinishedJobs > 0 && this.events.nextMs - now > shortestMs;
      if (timePasses) peakPowerMW = Math.max(peakPowerMW, standingPowerMW + this.busyPowerMW(assignment));
    }
    return { readyMs: this.readyMs, startMs: this.startMs, endMs: this.endMs, pe: this.pe, unit: this.unit, peakPowerMW };
  }

  private reset(assignment: Assignment): void {
    const { problem } = this;
    const { tasks, pes, jobTask } = problem;
    for (let task = 0; task < tasks.length; task++) {
      const pe = assignment.peOfTask[task];
      const { processor } = pes[pe];
      this.durationMs[task] = taskDurationMs(problem, task, processor, assignment.operatingPoint[processor], groupSizeOf(problem, assignment, pe));
      this.priorityRank[task] = assignment.taskPriority === undefined ? this.layerRank[task] : this.lowestGeneRank[task] - assignment.taskPriority[task];
    }
    this.readyFirst.fill(0);
    for (let job = 0; job < jobTask.length; job++) {
      this.pe[job] = assignment.peOfTask[jobTask[job]];
      this.readyFirst[this.pe[job] + 1]++;
    }
    for (const pe of pes) {
      this.readyFirst[pe.index + 1] += this.readyFirst[pe.index];
      this.idleUnits[pe.index] = pe.units;
    }
    this.readySize.fill(0);
    this.unitBusy.fill(0);
    this.linkFreeMs.fill(0);
    this.busyCores.fill(0);
    this.events.clear();
    this.unfinishedJobs = jobTask.length;
    for (let job = 0; job < jobTask.length; job++) {
      const task = jobTask[job];
      this.pending[job] = problem.consumerFirstEdge[task + 1] - problem.consumerFirstEdge[task];
      this.readyMs[job] = problem.jobReleaseMs[job];
      if (this.pending[job] === 0) {
        this.readyMs[job] = roundUpToTick(this.readyMs[job], problem.dispatchTickMs);
        this.pushEvent(this.readyMs[job], JOB_READY, job);
      }
    }
  }

  private handleNextEvent(now: number, assignment: Assignment, groupSizes: readonly number[]): void {
    const jobs = this.problem.jobTask.length;
    const code = this.events.pop();
    const kind = Math.floor(code / jobs);
    const job = code - kind * jobs;
    if (kind === JOB_READY) {
      this.pushReady(job);
      return;
    }
    if (kind === UNIT_FREE) {
      this.freeUnit(job);
      return;
    }
    const { processor } = this.problem.pes[this.pe[job]];
    this.unfinishedJobs--;
    this.busyCores[processor] -= groupSizes[this.pe[job]];
    const freeMs = roundUpToTick(this.endMs[job], this.problem.dispatchTickMs);
    if (freeMs > now) this.pushEvent(freeMs, UNIT_FREE, job);
    else this.freeUnit(job);
    this.sendOutputs(job, assignment);
  }

  /** Starts the transfers of an ended job to its consumers, in ascending order of consumer. */
  private sendOutputs(job: number, assignment: Assignment): void {
    const { problem } = this;
    const endMs = this.endMs[job];
    const processorCount = problem.processors.length;
    const task = problem.jobTask[job];
    const from = problem.pes[this.pe[job]].processor;
    const firstTask = problem.jobTask[problem.jobFirstOfInstance[job]];
    for (let i = problem.producerFirstEdge[task]; i < problem.producerFirstEdge[task + 1]; i++) {
      const edge = problem.outgoingEdge[i];
      const consumerTask = problem.edgeConsumer[edge];
      const consumer = problem.jobFirstOfInstance[job] + consumerTask - firstTask;
      const to = problem.pes[assignment.peOfTask[consumerTask]].processor;
      let arrivalMs = endMs;
      if (from !== to) {
        const link = from * processorCount + to;
        const transferMs = problem.transferMs[edge * processorCount * processorCount + link];
        if (problem.contendedLinks) {
          arrivalMs = Math.max(endMs, this.linkFreeMs[link]) + transferMs;
          this.linkFreeMs[link] = arrivalMs;
        } else arrivalMs = endMs + transferMs;
      }
      this.readyMs[consumer] = Math.max(this.readyMs[consumer], arrivalMs);
      if (--this.pending[consumer] === 0) {
        this.readyMs[consumer] = roundUpToTick(this.readyMs[consumer], problem.dispatchTickMs);
        this.pushEvent(this.readyMs[consumer], JOB_READY, consumer);
      }
    }
  }

  private pushEvent(timeMs: number, kind: number, job: number): void {
    this.events.push(timeMs, kind * this.problem.jobTask.length + job);
  }

  private freeUnit(job: number): void {
    const pe = this.pe[job];
    this.unitBusy[this.unitFirst[pe] + this.unit[job]] = 0;
    this.idleUnits[pe]++;
  }

  /** Starts ready jobs on idle units. */
  private dispatch(now: number, groupSizes: readonly number[]): void {
    for (let pe = 0; pe < this.idleUnits.length; pe++) {
      while (this.idleUnits[pe] > 0 && this.readySize[pe] > 0) {
        const job = this.popReady(pe);
        let unit = 0;
        while (this.unitBusy[this.unitFirst[pe] + unit] === 1) unit++;
        this.unitBusy[this.unitFirst[pe] + unit] = 1;
        this.idleUnits[pe]--;
        this.busyCores[this.problem.pes[pe].processor] += groupSizes[pe];
        this.unit[job] = unit;
        this.startMs[job] = now;
        this.endMs[job] = now + this.durationMs[this.problem.jobTask[job]];
        // An end that counts as a tick is handled before that tick's dispatch.
        this.pushEvent(Math.min(this.endMs[job], roundUpToTick(this.endMs[job], this.problem.dispatchTickMs)), JOB_ENDS, job);
      }
    }
  }

  /** Power of everything idle, mW. */
  private standingPowerMW(assignment: Assignment): number {
    let power = 0;
    for (const processor of this.problem.processors) {
      const { activeCores } = arrangementOf(this.problem, assignment, processor.index);
      const point = processor.operatingPoints[assignment.operatingPoint[processor.index]];
      power += activeCores * processor.idlePowerMW + (processor.coreCount - activeCores) * processor.offPowerMW + point.clusterPowerMW;
    }
    return power;
  }

  /** What the busy cores draw beyond idle, mW. */
  private busyPowerMW(assignment: Assignment): number {
    let power = 0;
    for (const processor of this.problem.processors) {
      const point = processor.operatingPoints[assignment.operatingPoint[processor.index]];
      power += this.busyCores[processor.index] * (point.activePowerMW - processor.idlePowerMW);
    }
    return power;
  }

  /** Whether ready job `a` starts before `b`: priority, then earliest ready, then lowest (instance, application, layer). */
  private startsBefore(a: number, b: number): boolean {
    const rankA = this.priorityRank[this.problem.jobTask[a]];
    const rankB = this.priorityRank[this.problem.jobTask[b]];
    if (rankA !== rankB) return rankA < rankB;
    if (this.readyMs[a] !== this.readyMs[b]) return this.readyMs[a] < this.readyMs[b];
    return a < b;
  }

  private pushReady(job: number): void {
    const pe = this.pe[job];
    const first = this.readyFirst[pe];
    let hole = this.readySize[pe]++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const other = this.readyHeap[first + parent];
      if (!this.startsBefore(job, other)) break;
      this.readyHeap[first + hole] = other;
      hole = parent;
    }
    this.readyHeap[first + hole] = job;
  }

  private popReady(pe: number): number {
    const first = this.readyFirst[pe];
    const top = this.readyHeap[first];
    const size = --this.readySize[pe];
    const last = this.readyHeap[first + size];
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= size) break;
      if (child + 1 < size && this.startsBefore(this.readyHeap[first + child + 1], this.readyHeap[first + child])) child++;
      if (!this.startsBefore(this.readyHeap[first + child], last)) break;
      this.readyHeap[first + hole] = this.readyHeap[first + child];
      hole = child;
    }
    this.readyHeap[first + hole] = last;
    return top;
  }
}

/** Cores that work together in processing element `pe`: its group's size, 1 outside core groups. */
export function groupSizeOf(problem: Problem, assignment: Assignment, pe: number): number {
  const { processor, indexInProcessor } = problem.pes[pe];
  if (problem.processors[processor].dispatch === 'pooled') return 1;
  return arrangementOf(problem, assignment, processor).groups[indexInProcessor] ?? 1;
}

/** [T] dense rank of each task by application priority, then layer priority; 0 is the highest. */
export function priorityRanks(problem: Problem): Int32Array {
  return denseRanks(problem, (a, b) => applicationOrder(problem, a, b) || problem.layerPriority[b] - problem.layerPriority[a]);
}

/** [T] rank of each task by application priority if its priority gene were 0; a gene g > 0 lowers it by g, and the lowest rank starts first. */
export function lowestGeneRanks(problem: Problem): Int32Array {
  return denseRanks(problem, (a, b) => applicationOrder(problem, a, b)).map((rank) => rank * PRIORITY_LEVELS + PRIORITY_LEVELS - 1);
}

function applicationOrder({ applicationPriority, tasks }: Problem, a: number, b: number): number {
  return applicationPriority[tasks[b].application] - applicationPriority[tasks[a].application];
}

/** [T] 0 for the first tasks in the order of `compare`, 1 for those after them, … */
function denseRanks(problem: Problem, compare: (a: number, b: number) => number): Int32Array {
  const order = problem.tasks.map((task) => task.index).sort((a, b) => compare(a, b) || a - b);
  const rank = new Int32Array(order.length);
  order.forEach((task, position) => {
    if (position > 0) rank[task] = rank[order[position - 1]] + (compare(order[position - 1], task) === 0 ? 0 : 1);
  });
  return rank;
}
