/**
 * Where a task of a schedule could go instead, and about how long the schedule would then be: the insertion neighbourhood of
 * Mastrolilli & Gambardella, J. Scheduling 3 (2000), with transfers between processors.
 *
 * With r the earliest start of task v after its inputs and q the time that its consumers need after it, an element's chain falls into
 * tasks L that end after r and tasks R whose time from start to the end of everything exceeds q. v is best put after the last of
 * R∖L and before the first of L∖R. Heads and tails on v's own chain are taken as if v were not there; those of other tasks, which
 * could only become less, are taken as they are.
 */
import type { Random } from '../random.ts';
import { NONE, type ShopSchedule } from './shop-schedule.ts';

/** A place in a chain, and the estimated makespan with the task there, ms. */
export interface Insertion {
  task: number;
  element: number;
  after: number;
  estimateMs: number;
}

/** Whether the insertion of a task into an element counts, given the estimate. */
export type Admission = (task: number, element: number, estimateMs: number) => boolean;

export class InsertionFinder {
  private readonly schedule: ShopSchedule;
  /** [T] heads and tails without the task that is taken out, where `round` marks them as such. */
  private readonly headWithout: Float64Array;
  private readonly tailWithout: Float64Array;
  private readonly headRound: Int32Array;
  private readonly tailRound: Int32Array;
  private round = 0;
  /** The best insertion so far; `estimateMs` is infinite when there is none. */
  readonly best: Insertion = { task: NONE, element: 0, after: NONE, estimateMs: Number.POSITIVE_INFINITY };
  private ties = 0;

  constructor(schedule: ShopSchedule) {
    const { tasks } = schedule.shop;
    this.schedule = schedule;
    this.headWithout = new Float64Array(tasks);
    this.tailWithout = new Float64Array(tasks);
    this.headRound = new Int32Array(tasks);
    this.tailRound = new Int32Array(tasks);
  }

  /** Forgets the best. */
  reset(): void {
    this.best.task = NONE;
    this.best.estimateMs = Number.POSITIVE_INFINITY;
    this.ties = 0;
  }

  /** Looks at every place for `task` on `elements` but the one it has; equals are drawn among. */
  look(task: number, elements: ArrayLike<number>, random: Random, admits?: Admission): void {
    this.takeOut(task);
    for (let i = 0; i < elements.length; i++) this.lookAt(task, elements[i], random, admits);
  }

  private takeOut(task: number): void {
    const { schedule } = this;
    const { next, previous, head, tail, duration, element } = schedule;
    const round = ++this.round;
    let before = previous[task];
    let end = before === NONE ? 0 : head[before] + duration[before];
    for (let later = next[task]; later !== NONE; later = next[later]) {
      let value = Math.max(schedule.readyMs(later, element[later]), before === NONE ? 0 : end);
      if (value > head[later]) value = head[later];
      if (value === head[later]) break;
      this.headWithout[later] = value;
      this.headRound[later] = round;
      end = value + duration[later];
      before = later;
    }
    let after = next[task];
    let remaining = after === NONE ? 0 : duration[after] + tail[after];
    for (let earlier = previous[task]; earlier !== NONE; earlier = previous[earlier]) {
      let value = Math.max(schedule.remainingMs(earlier, element[earlier]), after === NONE ? 0 : remaining);
      if (value > tail[earlier]) value = tail[earlier];
      if (value === tail[earlier]) break;
      this.tailWithout[earlier] = value;
      this.tailRound[earlier] = round;
      remaining = value + duration[earlier];
      after = earlier;
    }
  }

  private lookAt(task: number, element: number, random: Random, admits: Admission | undefined): void {
    const { schedule, headWithout, tailWithout, headRound, tailRound, round, best } = this;
    const { next, head, tail, duration, shop, previous } = schedule;
    const ownDuration = shop.durationMs[task * shop.elements + element];
    const ready = schedule.readyMs(task, element);
    const remaining = schedule.remainingMs(task, element);
    const isOwn = schedule.element[task] === element;
    let left = NONE;
    let leftEnd = 0;
    let right = schedule.first[element];
    if (right === task) right = next[right];
    // Past those that are over before the task is ready and before which it would be in the way: R∖L.
    while (right !== NONE) {
      const rightEnd = (headRound[right] === round ? headWithout[right] : head[right]) + duration[right];
      const rightRest = duration[right] + (tailRound[right] === round ? tailWithout[right] : tail[right]);
      if (rightEnd > ready || !(rightRest > remaining)) break;
      left = right;
      leftEnd = rightEnd;
      right = next[right];
      if (right === task) right = next[right];
    }
    for (;;) {
      let rightEnd = 0;
      let rightRest = 0;
      if (right !== NONE) {
        rightEnd = (headRound[right] === round ? headWithout[right] : head[right]) + duration[right];
        rightRest = duration[right] + (tailRound[right] === round ? tailWithout[right] : tail[right]);
      }
      if (!(isOwn && previous[task] === left)) {
        const estimate = Math.max(ready, leftEnd) + ownDuration + Math.max(remaining, rightRest);
        if (estimate <= best.estimateMs && (admits === undefined || admits(task, element, estimate))) {
          this.ties = estimate < best.estimateMs ? 1 : this.ties + 1;
          if (this.ties === 1 || random.nextInt(this.ties) === 0) {
            best.task = task;
            best.element = element;
            best.after = left;
            best.estimateMs = estimate;
          }
        }
      }
      // Not after the first that ends later and would not be delayed for long: L∖R.
      if (right === NONE || (rightEnd > ready && !(rightRest > remaining))) return;
      left = right;
      leftEnd = rightEnd;
      right = next[right];
      if (right === task) right = next[right];
    }
  }
}
