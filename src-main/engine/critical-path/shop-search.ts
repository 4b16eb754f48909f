/**
 * Critical-path search: a hierarchy of populations whose members are each improved by a tabu run on their critical paths. Several starts or
 * children are made of the population as it is, and improved side by side (`improvement/`); what comes of them is taken in one after the other.
 */
import { z } from 'zod';
import { ISLANDS, tabuRuns, type ImprovementPool } from '../improvement/improvement.ts';
import type { TabuRequest, TabuResult } from '../improvement/tabu-improver.ts';
import { differingLoci } from '../operators/differing-loci.ts';
import { hierarchySchemaOf, PopulationHierarchy } from '../population-hierarchy.ts';
import type { Random } from '../random.ts';
import type { Chromosome, ChromosomeLookup, OperatorName, Population, Proposal, SearchState } from '../search.ts';
import type { Shop } from './shop.ts';
import { planOfGenome } from './starts.ts';
import type { Plan } from './tabu-search.ts';
import { distanceBetween } from './variation.ts';

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
  /** … and moves after which it ends with the runs under way. */
  readonly moves: number;
  /** A schedule that the first tabu run begins with, as a genome. */
  readonly given?: Uint8Array | undefined;
}

/** A start or child that is being made, and from what. */
interface Begun {
  readonly operator: OperatorName;
  readonly parents: readonly Chromosome[];
  readonly request: TabuRequest;
}

export class ShopSearch {
  private readonly shop: Shop;
  private readonly setting: ShopSearchSetting;
  private readonly random: Random;
  private readonly pool: ImprovementPool;
  private readonly hierarchy: PopulationHierarchy<Plan, SavedPlan>;
  /** The shortest dispatched schedule of the run, ms. */
  bestMs = Number.POSITIVE_INFINITY;
  /** Of the generation under way. */
  private simulations = 0;
  private moves = 0;
  private fresh: Chromosome[] = [];
  /** Of the proposals under way: what they are for, and how they came out. */
  private isStart = false;
  private population = 0;
  private results: readonly TabuResult[] = [];
  private given: Uint8Array | undefined;

  constructor(shop: Shop, setting: ShopSearchSetting, random: Random, pool: ImprovementPool) {
    this.shop = shop;
    this.setting = setting;
    this.given = setting.given;
    this.random = random;
    this.pool = pool;
    this.hierarchy = new PopulationHierarchy<Plan, SavedPlan>({
      distance: (a, b) => distanceBetween(shop, a.element, b.element),
      save: ({ element, order, makespanMs }) => ({ element: [...element], order: [...order], makespanMs }),
      restore: ({ element, order, makespanMs }) => ({
        element: Int32Array.from(element),
        order: Int32Array.from(order),
        makespanMs,
      }),
    });
  }

  /** One for each island: a start, a crossover or a kick, and the tabu run from it. */
  ask(): readonly Proposal[] {
    const { hierarchy, pool, setting, fresh } = this;
    const starts = hierarchy.startsLeft;
    this.isStart = starts > 0;
    this.population = hierarchy.populations;
    const count = Math.min(ISLANDS, setting.children - fresh.length, starts > 0 ? starts : ISLANDS);
    const begun = Array.from({ length: count }, (_, island) => this.begin(island));
    this.results = tabuRuns(
      pool,
      begun.map(({ request }) => request),
    );
    return begun.map((each, island) => this.proposalOf(each, this.results[island]));
  }

  tell(scored: readonly Chromosome[]): Population | undefined {
    const { hierarchy, setting, fresh } = this;
    scored.forEach((chromosome, island) => {
      const { plan, dispatchedMs, moves, simulations } = this.results[island];
      // The population may be grown with the child before it.
      if (hierarchy.populations === this.population)
        hierarchy.add({ chromosome, cost: plan.makespanMs, plan }, this.isStart);
      this.bestMs = Math.min(this.bestMs, dispatchedMs);
      this.moves += moves;
      this.simulations += simulations;
      fresh.push(chromosome);
    });
    this.results = [];
    if (fresh.length < setting.children && this.moves < setting.moves) return undefined;
    const population = hierarchy.generation(fresh, this.simulations);
    this.moves = 0;
    this.simulations = 0;
    this.fresh = [];
    return population;
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

  /** @param island how many come before it */
  private begin(island: number): Begun {
    const { hierarchy, random, setting, bestMs } = this;
    const { members, nextStart } = hierarchy;
    const seed = random.nextUint32();
    if (nextStart !== undefined) {
      const start = this.given === undefined ? nextStart + island : planOfGenome(this.shop, this.given);
      this.given = undefined;
      const request = { start, parents: [], patience: START_PATIENCE, bestMs, seed };
      return { operator: 'heuristic', parents: [], request };
    }
    const a = members[random.nextInt(members.length)];
    const b = members[random.nextInt(members.length)];
    const patience = setting.patience * (random.chance(LONG_RUN_RATE) ? LONG_RUN : 1);
    const parents = a !== b && random.chance(CROSSOVER_RATE) ? [a, b] : [a];
    return {
      operator: parents.length > 1 ? 'crossover' : 'mutation',
      parents: parents.map(({ chromosome }) => chromosome),
      request: { start: undefined, parents: parents.map(({ plan }) => plan), patience, bestMs, seed },
    };
  }

  private proposalOf({ operator, parents }: Begun, { genes }: TabuResult): Proposal {
    const { mapping } = this.shop.problem.layout.offsetOf;
    const mutatedLoci =
      operator === 'mutation' ? differingLoci(parents[0].genes, genes, mapping, mapping + this.shop.tasks) : [];
    return { genes, parents: parents.map(({ id }) => id), operator, mutatedLoci };
  }
}
