/**
 * A tabu run: from one schedule, move after move of critical tasks to the best place by estimate that is not forbidden, until nothing
 * better has come for a while. What was left is forbidden for some moves, unless it promises the best of the run.
 */
import type { Random } from '../random.ts';
import { InsertionFinder, type Admission } from './insertion.ts';
import { NONE, type ShopSchedule } from './shop-schedule.ts';
import type { Shop } from './shop.ts';

/** A schedule put aside: mapping and topological order; its chains follow from both. */
export interface Plan {
  readonly element: Int32Array;
  readonly order: Int32Array;
  readonly makespanMs: number;
}

/** What a run asks of a schedule now and then: how long it is when it is dispatched, ms. */
export type Dispatch = (schedule: ShopSchedule) => number;

/** Critical tasks looked at per move; 2 and 12 are worse. */
const CANDIDATES = 5;
/** A task must not return to an element for 6 to 13 moves, and 4 more where it stayed on it. */
const SHORTEST_TENURE = 6;
const TENURE_SPREAD = 8;
const OWN_TENURE = 4;
const CYCLE_TENURE = 5;
/** A schedule is dispatched when it is the run's best and not longer than the best dispatched one by more than this share, … */
const DISPATCH_MARGIN = 0.01;
/** … and every so many moves while it is shorter than that. */
const DISPATCH_INTERVAL = 8;

export class TabuSearch {
  readonly schedule: ShopSchedule;
  readonly finder: InsertionFinder;
  private readonly shop: Shop;
  private readonly random: Random;
  /** [T × M] the move until which the task may not go to the element. */
  private readonly forbiddenUntil: Float64Array;
  private readonly critical: Int32Array;
  private readonly bestElement: Int32Array;
  private readonly bestOrder: Int32Array;
  private bestMs = 0;
  /** Moves of the run under way, and of all before it. */
  private moves = 0;
  private movesBefore = 0;
  private readonly admits: Admission;

  constructor(schedule: ShopSchedule, random: Random) {
    const { shop } = schedule;
    this.schedule = schedule;
    this.finder = new InsertionFinder(schedule);
    this.shop = shop;
    this.random = random;
    this.forbiddenUntil = new Float64Array(shop.tasks * shop.elements);
    this.critical = new Int32Array(shop.tasks);
    this.bestElement = new Int32Array(shop.tasks);
    this.bestOrder = new Int32Array(shop.tasks);
    this.admits = (task, element, estimateMs) =>
      this.forbiddenUntil[task * shop.elements + element] <= this.moves || estimateMs < this.bestMs;
  }

  /** Moves of all runs. */
  get movesInAll(): number {
    return this.movesBefore + this.moves;
  }

  /**
   * Runs from the schedule as it is now until `patience` moves in a row have brought nothing better.
   * @param dispatch is given every schedule worth dispatching; returns the shortest dispatched makespan so far, ms
   */
  run(patience: number, dispatch: Dispatch): Plan {
    const { schedule, shop, random, finder, forbiddenUntil } = this;
    forbiddenUntil.fill(0);
    this.movesBefore += this.moves;
    this.moves = 0;
    this.keepBest();
    let dispatchedMs = dispatch(schedule);
    for (let stale = 0; stale < patience;) {
      const criticals = this.collectCritical();
      finder.reset();
      for (let drawn = Math.min(CANDIDATES, criticals), left = criticals; drawn > 0; drawn--) {
        const at = random.nextInt(left--);
        const task = this.critical[at];
        this.critical[at] = this.critical[left];
        this.critical[left] = task;
        finder.look(task, shop.able[task], random, this.admits);
      }
      this.moves++;
      stale++;
      const { task, element, after } = finder.best;
      if (task === NONE) continue;
      const own = schedule.element[task];
      if (!schedule.move(task, element, after)) {
        forbiddenUntil[task * shop.elements + element] = this.moves + CYCLE_TENURE;
        continue;
      }
      forbiddenUntil[task * shop.elements + own] =
        this.moves + SHORTEST_TENURE + random.nextInt(TENURE_SPREAD) + (own === element ? OWN_TENURE : 0);
      if (schedule.makespanMs < this.bestMs * (1 - 1e-12)) {
        this.keepBest();
        stale = 0;
        if (this.bestMs <= dispatchedMs * (1 + DISPATCH_MARGIN)) dispatchedMs = dispatch(schedule);
      } else if (this.moves % DISPATCH_INTERVAL === 0 && schedule.makespanMs < dispatchedMs)
        dispatchedMs = dispatch(schedule);
    }
    return { element: this.bestElement.slice(), order: this.bestOrder.slice(), makespanMs: this.bestMs };
  }

  private keepBest(): void {
    this.bestElement.set(this.schedule.element);
    this.bestOrder.set(this.schedule.order);
    this.bestMs = this.schedule.makespanMs;
  }

  private collectCritical(): number {
    const { schedule, critical, shop } = this;
    let count = 0;
    for (let task = 0; task < shop.tasks; task++) if (schedule.isCritical(task)) critical[count++] = task;
    return count;
  }
}
