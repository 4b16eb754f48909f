/**
 * A schedule of a job shop under change: a chain of tasks per element, with the head (earliest start) and the tail (least time from the
 * end to the end of everything) of each task, kept up to date move by move.
 *
 * In memory: per task its element, neighbours in the chain, head, tail, and its position in one topological order of precedence and
 * chains together. A move reorders only the region between the two positions (Pearce & Kelly, ACM J. Exp. Algorithmics 11, 2006),
 * which is also where a cycle shows; then heads spread forwards and tails backwards in order of position, as far as anything changes.
 */
import type { Shop } from './shop.ts';

/** No task: the beginning or the end of a chain. */
export const NONE = -1;

export class ShopSchedule {
  readonly shop: Shop;
  /** [T] */
  readonly element: Int32Array;
  readonly previous: Int32Array;
  readonly next: Int32Array;
  readonly head: Float64Array;
  readonly tail: Float64Array;
  readonly duration: Float64Array;
  /** [T] tasks in topological order, and the place of each in it. */
  readonly order: Int32Array;
  readonly position: Int32Array;
  /** [M] ends of each chain. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  makespanMs = 0;

  private readonly isDirty: Uint8Array;
  private readonly isSeen: Uint8Array;
  private readonly stack: Int32Array;
  private readonly forward: Int32Array;
  private readonly backward: Int32Array;
  private readonly slots: Int32Array;

  constructor(shop: Shop) {
    const { tasks, elements } = shop;
    this.shop = shop;
    this.element = new Int32Array(tasks);
    this.previous = new Int32Array(tasks);
    this.next = new Int32Array(tasks);
    this.head = new Float64Array(tasks);
    this.tail = new Float64Array(tasks);
    this.duration = new Float64Array(tasks);
    this.order = new Int32Array(tasks);
    this.position = new Int32Array(tasks);
    this.first = new Int32Array(elements);
    this.last = new Int32Array(elements);
    this.isDirty = new Uint8Array(tasks);
    this.isSeen = new Uint8Array(tasks);
    this.stack = new Int32Array(tasks);
    this.forward = new Int32Array(tasks);
    this.backward = new Int32Array(tasks);
    this.slots = new Int32Array(tasks);
  }

  /** Takes over a mapping, with chains in the given order. @param order a topological order of the precedence */
  load(element: ArrayLike<number>, order: ArrayLike<number>): void {
    const { shop } = this;
    this.element.set(element);
    this.order.set(order);
    this.first.fill(NONE);
    this.last.fill(NONE);
    for (let at = 0; at < shop.tasks; at++) {
      const task = this.order[at];
      const own = this.element[task];
      const before = this.last[own];
      this.position[task] = at;
      this.duration[task] = shop.durationMs[task * shop.elements + own];
      this.previous[task] = before;
      this.next[task] = NONE;
      if (before === NONE) this.first[own] = task;
      else this.next[before] = task;
      this.last[own] = task;
    }
    for (let at = 0; at < shop.tasks; at++) this.head[this.order[at]] = this.headOf(this.order[at]);
    for (let at = shop.tasks - 1; at >= 0; at--) this.tail[this.order[at]] = this.tailOf(this.order[at]);
    this.measure();
  }

  /** Whether nothing could start later without the schedule becoming longer, but for rounding. */
  isCritical(task: number): boolean {
    return this.head[task] + this.duration[task] + this.tail[task] >= this.makespanMs * (1 - 1e-12);
  }

  /**
   * Moves `task` to `element`, there to follow `after` (`NONE`: to be first).
   * @returns false where that would be a cycle; the schedule is then as before, but for its topological order
   */
  move(task: number, element: number, after: number): boolean {
    const { shop, previous, next } = this;
    const own = this.element[task];
    const [oldPrevious, oldNext] = [previous[task], next[task]];
    this.unlink(task);
    if (!this.link(task, element, after)) {
      this.unlink(task);
      if (!this.link(task, own, oldPrevious)) throw new Error('a schedule without cycles cannot be restored');
      return false;
    }
    this.duration[task] = shop.durationMs[task * shop.elements + element];
    this.spreadHeads(task, oldNext);
    this.spreadTails(task, oldPrevious);
    this.measure();
    return true;
  }

  /** The earliest start of `task` after its inputs alone, on `element`, ms. */
  readyMs(task: number, element: number): number {
    const { problem, releaseMs, processorOfElement } = this.shop;
    const count = problem.processors.length;
    let ready = releaseMs[task];
    for (let edge = problem.consumerFirstEdge[task], end = problem.consumerFirstEdge[task + 1]; edge < end; edge++) {
      const producer = problem.edgeProducer[edge];
      const arrival =
        this.head[producer] +
        this.duration[producer] +
        problem.transferMs[
          (edge * count + processorOfElement[this.element[producer]]) * count + processorOfElement[element]
        ];
      if (arrival > ready) ready = arrival;
    }
    return ready;
  }

  /** The least time from the end of `task` on `element` to the end of everything, for its consumers alone, ms. */
  remainingMs(task: number, element: number): number {
    const { problem, processorOfElement } = this.shop;
    const count = problem.processors.length;
    let remaining = 0;
    for (let at = problem.producerFirstEdge[task], end = problem.producerFirstEdge[task + 1]; at < end; at++) {
      const edge = problem.outgoingEdge[at];
      const consumer = problem.edgeConsumer[edge];
      const after =
        problem.transferMs[
          (edge * count + processorOfElement[element]) * count + processorOfElement[this.element[consumer]]
        ] +
        this.duration[consumer] +
        this.tail[consumer];
      if (after > remaining) remaining = after;
    }
    return remaining;
  }

  private headOf(task: number): number {
    const ready = this.readyMs(task, this.element[task]);
    const before = this.previous[task];
    return before === NONE ? ready : Math.max(ready, this.head[before] + this.duration[before]);
  }

  private tailOf(task: number): number {
    const remaining = this.remainingMs(task, this.element[task]);
    const after = this.next[task];
    return after === NONE ? remaining : Math.max(remaining, this.duration[after] + this.tail[after]);
  }

  private measure(): void {
    let makespan = 0;
    for (const task of this.last)
      if (task !== NONE && this.head[task] + this.duration[task] > makespan)
        makespan = this.head[task] + this.duration[task];
    this.makespanMs = makespan;
  }

  private unlink(task: number): void {
    const { previous, next } = this;
    const own = this.element[task];
    if (previous[task] === NONE) this.first[own] = next[task];
    else next[previous[task]] = next[task];
    if (next[task] === NONE) this.last[own] = previous[task];
    else previous[next[task]] = previous[task];
  }

  /** Puts `task` into a chain, one edge after the other, since an order can be mended for one edge at a time. @returns false at a cycle */
  private link(task: number, element: number, after: number): boolean {
    const { previous, next } = this;
    const follower = after === NONE ? this.first[element] : next[after];
    this.element[task] = element;
    previous[task] = after;
    next[task] = NONE;
    if (after === NONE) this.first[element] = task;
    else next[after] = task;
    const isAfter = this.putBefore(after, task);
    next[task] = follower;
    if (follower === NONE) this.last[element] = task;
    else previous[follower] = task;
    return isAfter && this.putBefore(task, follower);
  }

  /** Mends the order for a new edge from `earlier` to `later`. @returns false at a cycle, with the order as before */
  private putBefore(earlier: number, later: number): boolean {
    if (earlier === NONE || later === NONE) return true;
    const { problem } = this.shop;
    const { position, order, isSeen, stack, forward, backward, slots, next, previous } = this;
    const [low, high] = [position[later], position[earlier]];
    if (high < low) return true;
    let forwards = 0;
    let backwards = 0;
    let top = 0;
    let isCycle = false;
    const visit = (task: number): void => {
      if (isSeen[task] === 1) return;
      isSeen[task] = 1;
      stack[top++] = task;
    };
    visit(later);
    while (top > 0) {
      const task = stack[--top];
      forward[forwards++] = task;
      if (task === earlier) {
        isCycle = true;
        break;
      }
      for (let at = problem.producerFirstEdge[task], end = problem.producerFirstEdge[task + 1]; at < end; at++) {
        const consumer = problem.edgeConsumer[problem.outgoingEdge[at]];
        if (position[consumer] <= high) visit(consumer);
      }
      if (next[task] !== NONE && position[next[task]] <= high) visit(next[task]);
    }
    while (top > 0) isSeen[stack[--top]] = 0;
    for (let i = 0; i < forwards; i++) isSeen[forward[i]] = 0;
    if (isCycle) return false;
    visit(earlier);
    while (top > 0) {
      const task = stack[--top];
      backward[backwards++] = task;
      for (let edge = problem.consumerFirstEdge[task], end = problem.consumerFirstEdge[task + 1]; edge < end; edge++) {
        const producer = problem.edgeProducer[edge];
        if (position[producer] >= low) visit(producer);
      }
      if (previous[task] !== NONE && position[previous[task]] >= low) visit(previous[task]);
    }
    for (let i = 0; i < backwards; i++) isSeen[backward[i]] = 0;
    // Those before `earlier`, then those after `later`, each in the order they had, share the places of both.
    const byPosition = (a: number, b: number): number => position[a] - position[b];
    const before = backward.subarray(0, backwards).sort(byPosition);
    const after = forward.subarray(0, forwards).sort(byPosition);
    const places = slots.subarray(0, backwards + forwards);
    for (let i = 0; i < backwards; i++) places[i] = position[before[i]];
    for (let i = 0; i < forwards; i++) places[backwards + i] = position[after[i]];
    places.sort();
    for (let i = 0; i < places.length; i++) {
      const task = i < backwards ? before[i] : after[i - backwards];
      order[places[i]] = task;
      position[task] = places[i];
    }
    return true;
  }

  private spreadHeads(moved: number, oldNext: number): void {
    const { problem } = this.shop;
    const { isDirty, position, order, head, next } = this;
    let open = 0;
    let at = position[moved];
    const mark = (task: number): void => {
      if (task === NONE || isDirty[task] === 1) return;
      isDirty[task] = 1;
      open++;
      if (position[task] < at) at = position[task];
    };
    mark(moved);
    mark(oldNext);
    for (; open > 0; at++) {
      const task = order[at];
      if (isDirty[task] === 0) continue;
      isDirty[task] = 0;
      open--;
      const value = this.headOf(task);
      if (value === head[task] && task !== moved) continue;
      head[task] = value;
      for (let i = problem.producerFirstEdge[task], end = problem.producerFirstEdge[task + 1]; i < end; i++)
        mark(problem.edgeConsumer[problem.outgoingEdge[i]]);
      mark(next[task]);
    }
  }

  private spreadTails(moved: number, oldPrevious: number): void {
    const { problem } = this.shop;
    const { isDirty, position, order, tail, previous } = this;
    let open = 0;
    let at = position[moved];
    const mark = (task: number): void => {
      if (task === NONE || isDirty[task] === 1) return;
      isDirty[task] = 1;
      open++;
      if (position[task] > at) at = position[task];
    };
    mark(moved);
    mark(oldPrevious);
    for (; open > 0; at--) {
      const task = order[at];
      if (isDirty[task] === 0) continue;
      isDirty[task] = 0;
      open--;
      const value = this.tailOf(task);
      if (value === tail[task] && task !== moved) continue;
      tail[task] = value;
      for (let edge = problem.consumerFirstEdge[task], end = problem.consumerFirstEdge[task + 1]; edge < end; edge++)
        mark(problem.edgeProducer[edge]);
      mark(previous[task]);
    }
  }
}
