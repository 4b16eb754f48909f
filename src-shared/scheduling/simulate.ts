/**
 * The reference simulator: event-driven, non-preemptive, work-conserving list scheduling of every task instance ("job") of a
 * problem by one execution plan (DESIGN §6, "Dispatch"). It returns the whole timeline as typed arrays.
 *
 * At each instant all events are handled first (jobs that end, units that become free, jobs that become ready), in the order
 * (time, kind, job); then every processing element starts what it can. A job of zero duration ends at the instant it starts and
 * opens a further round of the same instant.
 */
import type { Assignment } from './decode.ts';
import { EventQueue } from './event-queue.ts';
import { ExecutionPlanner, type ExecutionPlan } from './execution-plan.ts';
import type { Problem } from './problem.ts';
import { roundUpToTick, timePasses } from './rounding.ts';

/** What happened to each job of a problem, J entries in job order. */
export interface Timeline {
  /** When the job became ready (at a multiple of the tick, where there is one), ms. */
  readonly readyMs: Float64Array;
  readonly startMs: Float64Array;
  /** End, ms: not rounded up to a tick, but an end that counts as a tick is that tick. */
  readonly endMs: Float64Array;
  /** Processing element. */
  readonly pe: Int32Array;
  /** Unit within the processing element. */
  readonly unit: Int32Array;
  /** Highest total power at any time before the last end, mW; 0 when no time passes. */
  readonly peakPowerMW: number;
}

/** Plans and simulates `assignment` once. For many assignments of one problem, keep an `ExecutionPlanner` and a `Simulator`. */
export function simulate(problem: Problem, assignment: Assignment): Timeline {
  return new Simulator(problem).run(new ExecutionPlanner(problem).plan(assignment));
}

// Event kinds, in the order they are handled within an instant; an event's code is kind × jobs + job.
const JOB_ENDS = 0;
const UNIT_FREE = 1;
const JOB_READY = 2;

/** Simulates execution plans of one problem, reusing its buffers: a timeline is valid until the next `run`. */
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
  /** [J] rank of the job's task in the plan that is run. */
  private readonly rank: Int32Array;
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
  /** Asked of every job that ends, where somebody only wants to know whether it is worth going on. */
  private isHopeless: ((job: number, endMs: number) => boolean) | undefined;
  private isGivenUp = false;
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
    this.rank = new Int32Array(jobs);
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

  run(plan: ExecutionPlan): Timeline {
    this.isHopeless = undefined;
    return this.simulate(plan);
  }

  /**
   * The same, given up as soon as `isHopeless` says so of a job that ends at `endMs`; then undefined, and there is no timeline. For those
   * who only ask whether a schedule keeps something.
   */
  runWhile(plan: ExecutionPlan, isHopeless: (job: number, endMs: number) => boolean): Timeline | undefined {
    this.isHopeless = isHopeless;
    this.isGivenUp = false;
    const timeline = this.simulate(plan);
    return this.isGivenUp ? undefined : timeline;
  }

  private simulate(plan: ExecutionPlan): Timeline {
    this.reset(plan);
    const { standingPowerMW } = plan;
    let peakPowerMW = this.events.nextMs > 0 ? standingPowerMW : 0;
    while (this.events.size > 0) {
      const now = this.events.nextMs;
      while (this.events.nextMs === now) this.handleNextEvent(now, plan);
      if (this.isHopeless !== undefined && this.isGivenUp) break;
      this.dispatch(now, plan);
      const lasts = this.unfinishedJobs > 0 && timePasses(now, this.events.nextMs, this.problem.dispatchTickMs);
      if (lasts) peakPowerMW = Math.max(peakPowerMW, standingPowerMW + this.busyPowerMW(plan));
    }
    return {
      readyMs: this.readyMs,
      startMs: this.startMs,
      endMs: this.endMs,
      pe: this.pe,
      unit: this.unit,
      peakPowerMW,
    };
  }

  private reset(plan: ExecutionPlan): void {
    const { problem } = this;
    const { pes, jobTask } = problem;
    this.readyFirst.fill(0);
    for (let job = 0; job < jobTask.length; job++) {
      this.pe[job] = plan.peOf[jobTask[job]];
      this.rank[job] = plan.rank[jobTask[job]];
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

  private handleNextEvent(now: number, plan: ExecutionPlan): void {
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
    if (this.isHopeless?.(job, this.endMs[job]) === true) this.isGivenUp = true;
    this.busyCores[processor] -= plan.coresOf[this.pe[job]];
    const freeMs = roundUpToTick(this.endMs[job], this.problem.dispatchTickMs);
    if (freeMs > now) this.pushEvent(freeMs, UNIT_FREE, job);
    else this.freeUnit(job);
    this.sendOutputs(job, plan);
  }

  /** Starts the transfers of an ended job to its consumers, in ascending order of consumer. */
  private sendOutputs(job: number, plan: ExecutionPlan): void {
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
      const to = problem.pes[plan.peOf[consumerTask]].processor;
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
  private dispatch(now: number, plan: ExecutionPlan): void {
    for (let pe = 0; pe < this.idleUnits.length; pe++) {
      while (this.idleUnits[pe] > 0 && this.readySize[pe] > 0) {
        const job = this.popReady(pe);
        let unit = 0;
        while (this.unitBusy[this.unitFirst[pe] + unit] === 1) unit++;
        this.unitBusy[this.unitFirst[pe] + unit] = 1;
        this.idleUnits[pe]--;
        this.busyCores[this.problem.pes[pe].processor] += plan.coresOf[pe];
        this.unit[job] = unit;
        this.startMs[job] = now;
        const endMs = now + plan.durationMs[this.problem.jobTask[job]];
        // An end that counts as a tick is that tick: what starts on the unit then does not overlap it.
        this.endMs[job] = Math.min(endMs, roundUpToTick(endMs, this.problem.dispatchTickMs));
        this.pushEvent(this.endMs[job], JOB_ENDS, job);
      }
    }
  }

  /** What the busy cores draw beyond idle, mW. */
  private busyPowerMW({ busyCoreMW }: ExecutionPlan): number {
    let power = 0;
    for (let processor = 0; processor < busyCoreMW.length; processor++)
      power += this.busyCores[processor] * busyCoreMW[processor];
    return power;
  }

  /** Whether ready job `a` starts before `b`: priority, then earliest ready, then lowest (instance, application, layer). */
  private startsBefore(a: number, b: number): boolean {
    const rankA = this.rank[a];
    const rankB = this.rank[b];
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
      if (child + 1 < size && this.startsBefore(this.readyHeap[first + child + 1], this.readyHeap[first + child]))
        child++;
      if (!this.startsBefore(this.readyHeap[first + child], last)) break;
      this.readyHeap[first + hole] = this.readyHeap[first + child];
      hole = child;
    }
    this.readyHeap[first + hole] = last;
    return top;
  }
}
