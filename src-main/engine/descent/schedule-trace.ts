/**
 * What a descent wants to know of its current schedule: when tasks start, what they wait for, and which of them are
 * critical.
 */
import type { Problem } from '#shared/scheduling/problem.ts';
import type { EvaluationBench } from '../kernel/kernel.ts';

const NONE = -1;
/** Jobs that started before on a pool, among which the one is looked for that freed the unit. */
const MOST_LOOKED_BACK = 32;
/** Steps back along the critical path: with many instances it goes through the same tasks again and again. */
const LONGEST_PATH = 400;

export class ScheduleTrace {
  /** [T] start of each task's first instance, ms. */
  readonly startMs: Float64Array;
  /** [T] the task that made it wait for its element, at the first instance or on the critical path; −1: none. */
  readonly blocker: Int32Array;
  /** The first `criticalCount` are the tasks on one critical path, from the end. */
  readonly critical: Int32Array;
  criticalCount = 0;

  private readonly problem: Problem;
  private readonly firstJob: Int32Array;
  private readonly isSeen: Uint8Array;
  private readonly isPool: Uint8Array;

  constructor(problem: Problem) {
    const tasks = problem.tasks.length;
    this.problem = problem;
    this.startMs = new Float64Array(tasks);
    this.blocker = new Int32Array(tasks);
    this.critical = new Int32Array(tasks);
    this.isSeen = new Uint8Array(tasks);
    this.firstJob = new Int32Array(tasks).fill(NONE);
    problem.jobTask.forEach((task, job) => {
      if (this.firstJob[task] === NONE) this.firstJob[task] = job;
    });
    this.isPool = Uint8Array.from(problem.pes, ({ units }) => (units > 1 ? 1 : 0));
  }

  /** Reads the schedule that `bench` evaluated last. @param mapping [T] its mapping genes */
  read(bench: EvaluationBench, mapping: Uint8Array): void {
    const { jobs, previousJobs } = bench;
    const { problem, firstJob, startMs, blocker, critical, isSeen, isPool } = this;
    const { jobTask } = problem;
    for (let task = 0; task < startMs.length; task++) {
      const job = firstJob[task];
      startMs[task] = jobs[4 * job] - jobs[4 * job + 2];
      const previous = previousJobs[job];
      blocker[task] = previous === NONE ? NONE : jobTask[previous];
    }
    let job = 0;
    for (let other = 1; other < jobTask.length; other++) if (jobs[4 * other] > jobs[4 * job]) job = other;
    isSeen.fill(0);
    let count = 0;
    // A path never visits a job twice; zero times could go round.
    for (let steps = Math.min(jobTask.length, LONGEST_PATH); steps > 0; steps--) {
      const task = jobTask[job];
      if (isSeen[task] === 0) {
        isSeen[task] = 1;
        critical[count++] = task;
      }
      const start = jobs[4 * job] - jobs[4 * job + 2];
      const input = this.lastInput(jobs, job, mapping);
      const previous = isPool[mapping[task]] === 1 ? this.lastOfPool(bench, job, start) : previousJobs[job];
      const previousEnd = previous === NONE ? NONE : jobs[4 * previous];
      if (previous !== NONE && previousEnd >= this.inputMs) {
        // Only what ends just before the start made it wait.
        if (previousEnd < start - problem.dispatchTickMs - 1e-9 * start) break;
        blocker[task] = jobTask[previous];
        job = previous;
      } else if (input === NONE || this.inputMs < start - problem.dispatchTickMs - 1e-9 * start) break;
      else job = input;
    }
    this.criticalCount = count;
  }

  /** When the input of the last `lastInput` arrived, ms. */
  private inputMs = NONE;

  /** The producer whose output reached `job` last. */
  private lastInput(jobs: Float64Array, job: number, mapping: Uint8Array): number {
    const { problem } = this;
    const { jobTask, jobFirstOfInstance, consumerFirstEdge, edgeProducer, transferMs, pes } = problem;
    const processors = problem.processors.length;
    const task = jobTask[job];
    const to = pes[mapping[task]].processor;
    const offset = jobFirstOfInstance[job] - jobTask[jobFirstOfInstance[job]];
    this.inputMs = NONE;
    let last = NONE;
    for (let edge = consumerFirstEdge[task]; edge < consumerFirstEdge[task + 1]; edge++) {
      const producer = edgeProducer[edge];
      const from = pes[mapping[producer]].processor;
      const arrival = jobs[4 * (offset + producer)] + transferMs[(edge * processors + from) * processors + to];
      if (arrival <= this.inputMs) continue;
      this.inputMs = arrival;
      last = offset + producer;
    }
    return last;
  }

  /** The job on the same pool that ended last before `start`, of those that started last before. */
  private lastOfPool({ jobs, previousJobs }: EvaluationBench, job: number, start: number): number {
    let last = NONE;
    let other = previousJobs[job];
    for (let steps = 0; steps < MOST_LOOKED_BACK && other !== NONE; steps++) {
      const end = jobs[4 * other];
      if (end <= start * (1 + 1e-12) && (last === NONE || end > jobs[4 * last])) last = other;
      other = previousJobs[other];
    }
    return last;
  }
}
