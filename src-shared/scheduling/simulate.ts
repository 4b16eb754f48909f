/**
 * The reference simulator: event-driven, non-preemptive, work-conserving list scheduling of every task instance ("job") of a
 * problem by one execution plan (DESIGN §6, "Dispatch"). It returns the whole timeline as typed arrays.
 *
 * At each instant all events are handled first (jobs that end, units that become free, jobs that become ready), in the order
 * (time, kind, job); then every processing element starts what it can. A job of zero duration ends at the instant it starts and
 * opens a further round of the same instant.
 *
 * In streams (compile-streams.ts) an instance may be released by the end of another, and dropped when the next is released before any of its
 * jobs has started: both happen with the events of an instant, so before anything is started at it.
 */
import type { Assignment } from './decode.ts';
import { EventQueue } from './event-queue.ts';
import type { Streams } from './compile-streams.ts';
import { ExecutionPlanner, type ExecutionPlan } from './execution-plan.ts';
import type { Problem } from './problem.ts';
import { roundUpToTick, timePasses } from './rounding.ts';

/** What happened to each job of a problem, J entries in job order: NaN for the times of jobs that were dropped, −1 for their unit. */
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
  /** [I] when each instance was released, ms; NaN: never, because the one that would have released it was dropped. */
  readonly releaseMs: Float64Array;
  /** [I] when it was dropped, ms; NaN: it ran. */
  readonly droppedMs: Float64Array;
  /** Highest total power at any time before the last end, mW; 0 when no time passes. */
  readonly peakPowerMW: number;
}

/** The jobs that ran, in job order: all but those of instances that were dropped. */
export function ranJobs({ startMs }: Pick<Timeline, 'startMs'>): number[] {
  return Array.from(startMs.keys()).filter((job) => !Number.isNaN(startMs[job]));
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
  /** [channels] when the last transfer of each link and bus ends. */
  private readonly channelFreeMs: Float64Array;
  /** [P] cores now running a job. */
  private readonly busyCores: Int32Array;
  // Instances, where there are streams.
  private readonly releaseMs: Float64Array;
  private readonly droppedMs: Float64Array;
  /** [I] jobs that have not ended; 1: known as released, some job has started; [A] the last release so far. */
  private readonly jobsToEnd: Int32Array;
  private readonly isReleased: Uint8Array;
  private readonly hasStarted: Uint8Array;
  private readonly lastRelease: Int32Array;

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
    this.channelFreeMs = new Float64Array(problem.channels);
    this.busyCores = new Int32Array(processors);
    const instances = problem.instanceApplication.length;
    this.releaseMs = problem.instanceReleaseMs.slice();
    this.droppedMs = new Float64Array(instances).fill(Number.NaN);
    this.jobsToEnd = new Int32Array(instances);
    this.isReleased = new Uint8Array(instances);
    this.hasStarted = new Uint8Array(instances);
    this.lastRelease = new Int32Array(problem.applicationInstances.length);
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
      releaseMs: this.releaseMs,
      droppedMs: this.droppedMs,
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
    this.channelFreeMs.fill(0);
    this.busyCores.fill(0);
    this.events.clear();
    this.unfinishedJobs = jobTask.length;
    if (problem.streams !== undefined) this.resetStreams(problem.streams);
    for (let job = 0; job < jobTask.length; job++) {
      const task = jobTask[job];
      this.pending[job] = problem.consumerFirstEdge[task + 1] - problem.consumerFirstEdge[task];
      this.readyMs[job] = problem.jobReleaseMs[job];
      if (this.pending[job] === 0 && this.isClocked(job)) {
        this.readyMs[job] = roundUpToTick(this.readyMs[job], problem.dispatchTickMs);
        this.pushEvent(this.readyMs[job], JOB_READY, job);
      }
    }
  }

  private resetStreams({ instanceJobs, triggerOf }: Streams): void {
    this.jobsToEnd.set(instanceJobs);
    this.isReleased.fill(0);
    this.hasStarted.fill(0);
    this.lastRelease.fill(-1);
    this.droppedMs.fill(Number.NaN);
    this.startMs.fill(Number.NaN);
    this.endMs.fill(Number.NaN);
    this.unit.fill(-1);
    triggerOf.forEach((trigger, instance) => {
      if (trigger >= 0) this.releaseMs[instance] = Number.NaN;
    });
  }

  /** Whether the clock releases the instance of `job`, not another instance. */
  private isClocked(job: number): boolean {
    const { streams } = this.problem;
    return streams === undefined || streams.triggerOf[streams.instanceOfJob[job]] < 0;
  }

  /** The first of its jobs is ready: older instances that have not started, or it itself, may be too late now. */
  private noteRelease(instance: number, now: number, streams: Streams): void {
    if (this.isReleased[instance] === 1) return;
    this.isReleased[instance] = 1;
    const application = this.problem.instanceApplication[instance];
    if (streams.dropsLate[application] === 0) return;
    const own = streams.releaseNumber[instance];
    if (own < this.lastRelease[application]) {
      this.drop(instance, now, streams);
      return;
    }
    if (own === this.lastRelease[application]) return;
    const before = this.lastRelease[application];
    this.lastRelease[application] = own;
    const { previousOfApplication, releaseNumber } = streams;
    for (let other = previousOfApplication[instance]; other >= 0; other = previousOfApplication[other]) {
      // Of releases before the last one all are settled by now, or will be when they are released.
      if (releaseNumber[other] < before) return;
      if (releaseNumber[other] < own && this.isReleased[other] === 1 && this.hasStarted[other] === 0)
        this.drop(other, now, streams);
    }
  }

  /** `instance`, of which nothing has started, never runs, and neither does what it would have released. */
  private drop(instance: number, now: number, streams: Streams): void {
    if (this.droppedMs[instance] === this.droppedMs[instance]) return;
    this.droppedMs[instance] = now;
    this.unfinishedJobs -= streams.instanceJobs[instance];
    for (let i = streams.firstDependent[instance]; i < streams.firstDependent[instance + 1]; i++)
      this.drop(streams.dependents[i], now, streams);
  }

  private isDropped(job: number): boolean {
    const { streams } = this.problem;
    if (streams === undefined) return false;
    const droppedMs = this.droppedMs[streams.instanceOfJob[job]];
    return droppedMs === droppedMs;
  }

  /** One job fewer of the instance of `job`: after the last one it releases others. */
  private noteEnd(job: number, { instanceOfJob, firstDependent, dependents, instanceJobs }: Streams): void {
    const { problem } = this;
    const instance = instanceOfJob[job];
    if (--this.jobsToEnd[instance] > 0) return;
    for (let i = firstDependent[instance]; i < firstDependent[instance + 1]; i++) {
      const dependent = dependents[i];
      this.releaseMs[dependent] = this.endMs[job];
      const readyMs = roundUpToTick(this.endMs[job], problem.dispatchTickMs);
      const first = problem.instanceFirstJob[dependent];
      for (let own = first; own < first + instanceJobs[dependent]; own++) {
        if (this.pending[own] > 0) continue;
        this.readyMs[own] = readyMs;
        this.pushEvent(readyMs, JOB_READY, own);
      }
    }
  }

  private handleNextEvent(now: number, plan: ExecutionPlan): void {
    const jobs = this.problem.jobTask.length;
    const code = this.events.pop();
    const kind = Math.floor(code / jobs);
    const job = code - kind * jobs;
    const { streams } = this.problem;
    if (kind === JOB_READY) {
      if (streams !== undefined) this.noteRelease(streams.instanceOfJob[job], now, streams);
      if (!this.isDropped(job)) this.pushReady(job);
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
    if (streams !== undefined) this.noteEnd(job, streams);
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
        const pair = from * processorCount + to;
        arrivalMs = problem.contendedLinks
          ? this.takeTurns(edge, pair, endMs)
          : endMs + problem.transferMs[edge * processorCount * processorCount + pair];
      }
      this.readyMs[consumer] = Math.max(this.readyMs[consumer], arrivalMs);
      if (--this.pending[consumer] === 0) {
        this.readyMs[consumer] = roundUpToTick(this.readyMs[consumer], problem.dispatchTickMs);
        this.pushEvent(this.readyMs[consumer], JOB_READY, consumer);
      }
    }
  }

  /** Sends the output of `edge` over every hop of its way, each as soon as its link or bus is free. @returns when it arrives, ms */
  private takeTurns(edge: number, pair: number, endMs: number): number {
    const { firstHop, hopChannel, hopMs, transferMs, processors } = this.problem;
    let atMs = endMs;
    for (let hop = firstHop[pair]; hop < firstHop[pair + 1]; hop++) {
      const channel = hopChannel[hop];
      const timeMs =
        hopMs === undefined ? transferMs[edge * processors.length ** 2 + pair] : hopMs[edge * hopChannel.length + hop];
      atMs = Math.max(atMs, this.channelFreeMs[channel]) + timeMs;
      this.channelFreeMs[channel] = atMs;
    }
    return atMs;
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
    const { streams } = this.problem;
    for (let pe = 0; pe < this.idleUnits.length; pe++) {
      while (this.idleUnits[pe] > 0 && this.readySize[pe] > 0) {
        const job = this.popReady(pe);
        if (this.isDropped(job)) continue;
        if (streams !== undefined) this.hasStarted[streams.instanceOfJob[job]] = 1;
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
