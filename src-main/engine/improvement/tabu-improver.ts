/**
 * Makes a start or child of a critical-path search and improves it by a tabu run; a request says everything that its result depends on.
 *
 * The tabu run works on schedules that may leave an element idle on purpose; what is scored and recorded is what dispatch makes of them, with
 * priorities that fall in the order of their starts. A run therefore dispatches its schedules now and then, and the result's genome is the
 * shortest of these.
 */
import { metricIndex } from '#shared/domain/metrics.ts';
import { defaultAssignment, encodeAssignment } from '#shared/scheduling/decode.ts';
import { PRIORITY_LEVELS } from '#shared/scheduling/genome-segments.ts';
import type { Shop } from '../critical-path/shop.ts';
import { ShopSchedule } from '../critical-path/shop-schedule.ts';
import { startPlan } from '../critical-path/starts.ts';
import { TabuSearch, type Plan } from '../critical-path/tabu-search.ts';
import { crossPlans, kick } from '../critical-path/variation.ts';
import { createKernel, type EvaluationBench } from '../kernel/kernel.ts';
import { Random } from '../random.ts';

export interface TabuRequest {
  /** Where the run begins: the start of this number, or this one; else the parents. */
  readonly start: number | Plan | undefined;
  /** One is kicked, two are crossed. */
  readonly parents: readonly Plan[];
  /** The run ends after so many moves that brought nothing better. */
  readonly patience: number;
  /** Shortest dispatched schedule of the search so far, ms; Infinity: none. */
  readonly bestMs: number;
  readonly seed: number;
}

export interface TabuResult {
  /** The shortest schedule of the run, idling included. */
  readonly plan: Plan;
  /** The shortest dispatched one, … */
  readonly genes: Uint8Array;
  /** … and its makespan, ms. */
  readonly dispatchedMs: number;
  readonly moves: number;
  readonly simulations: number;
}

export class TabuImprover {
  private readonly shop: Shop;
  private readonly bench: EvaluationBench;
  private readonly random = new Random(0);
  private readonly tabu: TabuSearch;
  private readonly byHead: Int32Array;
  private readonly rankOnElement: Int32Array;
  private readonly genes: Uint8Array;
  private bestGenes: Uint8Array;
  private bestMs = 0;
  private dispatchedMs = 0;
  private simulations = 0;

  constructor(shop: Shop) {
    const { problem } = shop;
    this.shop = shop;
    this.bench = createKernel(problem).bench;
    const elements = Array.from(shop.able, ([element]) => shop.peOfElement[element]);
    this.genes = encodeAssignment(problem, defaultAssignment(problem, elements));
    this.bestGenes = this.genes;
    this.tabu = new TabuSearch(new ShopSchedule(shop), this.random);
    this.byHead = new Int32Array(shop.tasks);
    this.rankOnElement = new Int32Array(shop.elements);
  }

  improve({ start, parents, patience, bestMs, seed }: TabuRequest): TabuResult {
    const { shop, tabu, random } = this;
    random.seed(seed);
    const [a, b] = parents;
    if (start !== undefined) {
      const plan = typeof start === 'number' ? startPlan(shop, start, random) : start;
      tabu.schedule.load(plan.element, plan.order);
    } else if (b !== undefined) {
      const child = crossPlans(shop, a, b, random);
      tabu.schedule.load(child.element, child.order);
    } else {
      tabu.schedule.load(a.element, a.order);
      kick(tabu, shop, random);
    }
    this.bestMs = bestMs;
    this.dispatchedMs = Number.POSITIVE_INFINITY;
    this.simulations = 0;
    const movesBefore = tabu.movesInAll;
    const plan = tabu.run(patience, (schedule) => this.dispatch(schedule));
    return {
      plan,
      genes: this.bestGenes,
      dispatchedMs: this.dispatchedMs,
      moves: tabu.movesInAll - movesBefore,
      simulations: this.simulations,
    };
  }

  /** Simulates the schedule's mapping with priorities by start, and keeps it where it is the run's best. @returns the search's shortest makespan, ms */
  private dispatch({ element, head, order }: ShopSchedule): number {
    const { shop, genes, byHead, rankOnElement, bench } = this;
    const { layout } = shop.problem;
    byHead.set(order);
    byHead.sort((a, b) => head[a] - head[b]);
    rankOnElement.fill(0);
    for (const task of byHead) {
      const own = element[task];
      genes[layout.offsetOf.mapping + task] = shop.peOfElement[own];
      if (layout.offsetOf.priority !== undefined)
        genes[layout.offsetOf.priority + task] = Math.max(0, PRIORITY_LEVELS - 1 - rankOnElement[own]++);
    }
    this.simulations++;
    bench.genes.set(genes);
    // The first dispatch of a run is whole, so that every result has a genome.
    if (!bench.evaluateUntil(this.dispatchedMs === Number.POSITIVE_INFINITY ? Number.MAX_VALUE : this.dispatchedMs))
      return this.bestMs;
    const makespanMs = bench.metrics[metricIndex.makespanMs];
    if (makespanMs < this.dispatchedMs) {
      this.dispatchedMs = makespanMs;
      this.bestGenes = genes.slice();
    }
    if (makespanMs < this.bestMs) this.bestMs = makespanMs;
    return this.bestMs;
  }
}
