/** A static schedule under construction: tasks go into the earliest gap of a unit that is long enough (insertion-based policy of Topcuoglu et al. 2002). */
import { incomingEdges, transferBetween, type TaskGraph } from './task-graph.ts';

interface Slot {
  readonly startMs: number;
  readonly endMs: number;
}

export class InsertionSchedule {
  private readonly graph: TaskGraph;
  /** [U] by start. */
  private readonly slots: Slot[][];
  /** [T] */
  readonly unitOfTask: Int32Array;
  readonly startMs: Float64Array;
  readonly endMs: Float64Array;

  constructor(graph: TaskGraph) {
    const tasks = graph.problem.tasks.length;
    this.graph = graph;
    this.slots = graph.peOfUnit.map(() => []);
    this.unitOfTask = new Int32Array(tasks).fill(-1);
    this.startMs = new Float64Array(tasks);
    this.endMs = new Float64Array(tasks);
  }

  /** Finish time `task` would have on `unit`, ms; its producers are placed. */
  earliestFinishMs(task: number, unit: number): number {
    return this.earliestStartMs(task, unit) + this.costMs(task, unit);
  }

  /** Puts `task` into the earliest gap of `unit`. */
  place(task: number, unit: number): void {
    const startMs = this.earliestStartMs(task, unit);
    const slot = { startMs, endMs: startMs + this.costMs(task, unit) };
    const slots = this.slots[unit];
    const after = slots.findIndex((other) => other.startMs >= slot.endMs && other.endMs > slot.startMs);
    slots.splice(after < 0 ? slots.length : after, 0, slot);
    this.unitOfTask[task] = unit;
    this.startMs[task] = slot.startMs;
    this.endMs[task] = slot.endMs;
  }

  /** Finish time of the last task, ms. */
  get lengthMs(): number {
    return this.endMs.reduce((latest, end) => Math.max(latest, end), 0);
  }

  /** [T] processing element of each task. */
  get peOfTask(): number[] {
    return Array.from(this.unitOfTask, (unit) => this.graph.peOfUnit[unit]);
  }

  private costMs(task: number, unit: number): number {
    return this.graph.costMs[task * this.graph.peOfUnit.length + unit];
  }

  private earliestStartMs(task: number, unit: number): number {
    const { problem } = this.graph;
    let readyMs = problem.scenario.applications[problem.tasks[task].application].startTimeMs;
    for (const edge of incomingEdges(this.graph, task)) {
      const producer = problem.edgeProducer[edge];
      readyMs = Math.max(
        readyMs,
        this.endMs[producer] + transferBetween(this.graph, edge, this.unitOfTask[producer], unit),
      );
    }
    const cost = this.costMs(task, unit);
    let start = readyMs;
    for (const slot of this.slots[unit]) {
      if (start + cost <= slot.startMs) break;
      start = Math.max(start, slot.endMs);
    }
    return start;
  }
}
