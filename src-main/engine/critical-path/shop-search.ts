/**
 * Critical-path search: a hierarchy of populations whose members are each improved by a tabu run on their critical paths.
 *
 * The tabu runs work on schedules that may leave an element idle on purpose; what is scored and recorded is what dispatch makes of them,
 * with priorities that fall in the order of their starts. A run therefore dispatches its schedules now and then, and a child's genome is
 * the shortest of these.
 */
import { z } from 'zod';
import { metricIndex } from '#shared/domain/metrics.ts';
import { defaultAssignment, encodeAssignment } from '#shared/scheduling/decode.ts';
import { PRIORITY_LEVELS } from '#shared/scheduling/genome-segments.ts';
import { createKernel, type EvaluationBench } from '../kernel/kernel.ts';
import { differingLoci } from '../operators/differing-loci.ts';
import { hierarchySchemaOf, PopulationHierarchy } from '../population-hierarchy.ts';
import type { Random } from '../random.ts';
import type { Chromosome, ChromosomeLookup, OperatorName, Population, Proposal, SearchState } from '../search.ts';
import type { Shop } from './shop.ts';
import { ShopSchedule } from './shop-schedule.ts';
import { planOfGenome, startPlan } from './starts.ts';
import { TabuSearch, type Plan } from './tabu-search.ts';
import { crossPlans, distanceBetween, kick } from './variation.ts';

const CROSSOVER_RATE = 0.8;
const START_PATIENCE = 300;
const LONG_RUN_RATE = 0.1;
const LONG_RUN = 8;

const planSchema = z.strictObject({ element: z.array(z.int()), order: z.array(z.int()), makespanMs: z.number() });
type SavedPlan = z.output<typeof planSchema>;

const stateSchema = z.strictObject({
  hierarchy: hierarchySchemaOf(planSchema),
  bestMs: z.number().nullable(),
});

export interface ShopSearchSetting {
  /** A tabu run ends after so many moves that brought nothing better. */
  readonly patience: number;
  /** Tabu runs in a generation at most, … */
  readonly children: number;
  /** … and moves after which it ends with the run under way. */
  readonly moves: number;
  /** A schedule that the first tabu run begins with, as a genome. */
  readonly given?: Uint8Array | undefined;
}

export class ShopSearch {
  private readonly shop: Shop;
  private readonly setting: ShopSearchSetting;
  private readonly random: Random;
  private readonly bench: EvaluationBench;
  private readonly tabu: TabuSearch;
  private readonly hierarchy: PopulationHierarchy<Plan, SavedPlan>;
  private readonly byHead: Int32Array;
  private readonly rankOnElement: Int32Array;
  private readonly genes: Uint8Array;
  /** The shortest dispatched schedule of the run, ms. */
  bestMs = Number.POSITIVE_INFINITY;
  /** Schedules dispatched since the last generation. */
  private simulations = 0;
  /** Of the tabu run under way: its end, and its shortest dispatched schedule. */
  private plan: Plan | undefined;
  private childGenes: Uint8Array;
  private childMs = 0;
  private fresh: Chromosome[] = [];
  private movesAtStart = 0;
  private given: Uint8Array | undefined;

  constructor(shop: Shop, setting: ShopSearchSetting, random: Random) {
    const { problem } = shop;
    this.shop = shop;
    this.setting = setting;
    this.given = setting.given;
    this.random = random;
    this.bench = createKernel(problem).bench;
    this.genes = encodeAssignment(
      problem,
      defaultAssignment(
        problem,
        Array.from(shop.able, ([element]) => shop.peOfElement[element]),
      ),
    );
    this.childGenes = this.genes;
    this.tabu = new TabuSearch(new ShopSchedule(shop), random);
    this.hierarchy = new PopulationHierarchy<Plan, SavedPlan>({
      distance: (a, b) => distanceBetween(shop, a.element, b.element),
      save: ({ element, order, makespanMs }) => ({ element: [...element], order: [...order], makespanMs }),
      restore: ({ element, order, makespanMs }) => ({
        element: Int32Array.from(element),
        order: Int32Array.from(order),
        makespanMs,
      }),
    });
    this.byHead = new Int32Array(shop.tasks);
    this.rankOnElement = new Int32Array(shop.elements);
  }

  /** One child: a start, a crossover or a kick, and the tabu run from it. */
  ask(): readonly Proposal[] {
    const { hierarchy, random, shop, tabu, setting } = this;
    const { members, nextStart } = hierarchy;
    let parents: Chromosome[] = [];
    let operator: OperatorName = 'heuristic';
    let patience = START_PATIENCE;
    if (nextStart !== undefined) {
      const start = this.given === undefined ? startPlan(shop, nextStart, random) : planOfGenome(shop, this.given);
      this.given = undefined;
      tabu.schedule.load(start.element, start.order);
    } else {
      const a = members[random.nextInt(members.length)];
      const b = members[random.nextInt(members.length)];
      patience = setting.patience * (random.chance(LONG_RUN_RATE) ? LONG_RUN : 1);
      if (a !== b && random.chance(CROSSOVER_RATE)) {
        const child = crossPlans(shop, a.plan, b.plan, random);
        tabu.schedule.load(child.element, child.order);
        parents = [a.chromosome, b.chromosome];
        operator = 'crossover';
      } else {
        tabu.schedule.load(a.plan.element, a.plan.order);
        kick(tabu, shop, random);
        parents = [a.chromosome];
        operator = 'mutation';
      }
    }
    this.childMs = Number.POSITIVE_INFINITY;
    this.plan = tabu.run(patience, (schedule) => this.dispatch(schedule));
    const genes = this.childGenes;
    const { mapping: mappingOffset } = shop.problem.layout.offsetOf;
    const mutatedLoci =
      operator === 'mutation' ? differingLoci(parents[0].genes, genes, mappingOffset, mappingOffset + shop.tasks) : [];
    return [{ genes, parents: parents.map(({ id }) => id), operator, mutatedLoci }];
  }

  tell([child]: readonly Chromosome[]): Population | undefined {
    const { hierarchy, tabu, setting, fresh } = this;
    if (this.plan !== undefined) hierarchy.add({ chromosome: child, cost: this.plan.makespanMs, plan: this.plan });
    fresh.push(child);
    if (fresh.length < setting.children && tabu.movesInAll - this.movesAtStart < setting.moves) return undefined;
    this.movesAtStart = tabu.movesInAll;
    this.fresh = [];
    const { simulations } = this;
    this.simulations = 0;
    return hierarchy.generation(fresh, simulations);
  }

  saveState(): SearchState {
    return {
      hierarchy: this.hierarchy.saveState(),
      bestMs: Number.isFinite(this.bestMs) ? this.bestMs : null,
    } satisfies z.input<typeof stateSchema>;
  }

  restore(saved: SearchState, chromosomes: ChromosomeLookup): void {
    const { hierarchy, bestMs } = stateSchema.parse(saved);
    this.hierarchy.restore(hierarchy, chromosomes);
    this.bestMs = bestMs ?? Number.POSITIVE_INFINITY;
  }

  /** Simulates the schedule's mapping with priorities by start, and keeps it where it is the child's best. @returns the run's shortest makespan, ms */
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
    // The first dispatch of a run is whole, so that every child has a genome.
    if (!bench.evaluateUntil(this.childMs === Number.POSITIVE_INFINITY ? Number.MAX_VALUE : this.childMs))
      return this.bestMs;
    const makespanMs = bench.metrics[metricIndex.makespanMs];
    if (makespanMs < this.childMs) {
      this.childMs = makespanMs;
      this.childGenes = genes.slice();
    }
    if (makespanMs < this.bestMs) this.bestMs = makespanMs;
    return this.bestMs;
  }
}
