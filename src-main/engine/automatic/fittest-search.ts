/**
 * The search for the fittest schedule: by the problem it runs critical-path search, which is made for makespans of applications that run
 * once, or descents in a hierarchy of populations, which take every scenario and every goal; or the first for a while and the second
 * from there.
 */
import { z } from 'zod';
import { defaultsAreFastest } from '#shared/analysis/fastest-choices.ts';
import { distanceFrom, quickBound } from '#shared/analysis/makespan-bound.ts';
import { metricIndex } from '#shared/domain/metrics.ts';
import type { MakespanBound } from '#shared/domain/run.ts';
import type { FitnessWeights } from '#shared/scheduling/objectives.ts';
import { obstacleToShop, shopOf } from '../critical-path/shop.ts';
import { ShopSearch } from '../critical-path/shop-search.ts';
import { DescentSearch } from '../descent/descent-search.ts';
import { planOf } from '../descent/plan.ts';
import { laidOutFor, type Length } from '../horizon.ts';
import { Improver, type ImprovementPool } from '../improvement/improvement.ts';
import type { Random } from '../random.ts';
import type { SchedulingSpace } from '../scheduling-space.ts';
import type {
  Chromosome,
  ChromosomeLookup,
  Population,
  Proposal,
  Search,
  SearchMeans,
  SearchState,
  StopReason,
} from '../search.ts';

export interface FittestSearchOptions extends Length {
  readonly weights: FitnessWeights;
  /** Tabu runs of a generation, at most. */
  readonly tabuRuns: number;
  /** Changes that descents try in a generation; undefined: as many as take about as long as its tabu runs. */
  readonly changes?: number;
}

/** A tabu run ends after so many moves that brought nothing better. */
const PATIENCE = 150;
/** Moves after which a generation of tabu runs ends. */
const MOVES_PER_GENERATION = 8000;
/** Of the generations, those of the critical-path search where the goal is not the makespan alone. */
const MAKESPAN_SHARE = 0.15;
/** Schedules that descents take over from it. */
const HANDED_OVER = 8;

const stateSchema = z.strictObject({
  generation: z.int().min(0),
  stage: z.enum(['critical_path', 'descents']),
  search: z.record(z.string(), z.unknown()),
  /** Ids of the fittest so far, to hand over. */
  fittest: z.array(z.int().min(0)),
});

export class FittestSearch implements Search {
  private readonly space: SchedulingSpace;
  private readonly options: FittestSearchOptions;
  private readonly random: Random;
  private readonly pool: ImprovementPool;
  private readonly bound: MakespanBound | undefined;
  /** Whether the fitness says of feasible schedules what the makespan says. */
  private readonly isMakespan: boolean;
  private shopSearch: ShopSearch | undefined;
  private descents: DescentSearch | undefined;
  private generation = 0;
  /** By falling fitness. */
  private fittest: Chromosome[] = [];

  /** @param means `pool` improves for `space.problem` and these weights, `start` is a schedule to begin with, as a genome */
  constructor(
    space: SchedulingSpace,
    options: FittestSearchOptions,
    random: Random,
    { pool, start: given }: Pick<SearchMeans, 'pool' | 'start'> = {},
  ) {
    const { problem } = space;
    this.pool = pool ?? new Improver(problem, options.weights, space.reference);
    const { throughput, energy, latency } = options.weights;
    this.space = space;
    this.options = options;
    this.random = random;
    this.bound = quickBound(problem);
    this.isMakespan = throughput > 0 && energy === 0 && latency === 0;
    if (throughput > 0 && obstacleToShop(problem) === undefined)
      this.shopSearch = new ShopSearch(
        shopOf(problem),
        { patience: PATIENCE, children: options.tabuRuns, moves: MOVES_PER_GENERATION, given },
        random,
        this.pool,
      );
    else {
      this.descents = this.newDescents();
      if (given !== undefined) this.descents.give([planOf(problem, given)]);
    }
  }

  continueFrom(saved: SearchState, chromosomes: ChromosomeLookup): void {
    const { generation, stage, search, fittest } = stateSchema.parse(saved);
    this.generation = generation;
    this.fittest = fittest.map(chromosomes);
    if (stage === 'descents') {
      this.shopSearch = undefined;
      this.descents ??= this.newDescents();
    }
    (this.shopSearch ?? this.descents)?.restore(search, chromosomes);
  }

  get plannedGenerations(): number {
    return this.options.generations;
  }

  get stopReason(): StopReason | undefined {
    const [best] = this.fittest;
    if (best !== undefined && this.isMakespan && this.bound !== undefined && isFeasible(best)) {
      if (distanceFrom(this.bound, best.metrics[metricIndex.makespanMs]).isProven) return 'exhausted';
    }
    return this.generation >= this.options.generations ? 'generations' : undefined;
  }

  ask(): readonly Proposal[] {
    return this.active.ask();
  }

  tell(scored: readonly Chromosome[]): Population | undefined {
    for (const chromosome of scored) this.note(chromosome);
    const population = this.active.tell(scored);
    if (population === undefined) return undefined;
    this.generation++;
    if (this.shopSearch !== undefined && this.isShopDone()) this.handOver();
    return population;
  }

  saveState(): SearchState {
    return {
      generation: this.generation,
      stage: this.shopSearch === undefined ? 'descents' : 'critical_path',
      search: this.active.saveState(),
      fittest: this.fittest.map(({ id }) => id),
    } satisfies z.input<typeof stateSchema>;
  }

  private get active(): ShopSearch | DescentSearch {
    return this.shopSearch ?? (this.descents ??= this.newDescents());
  }

  private newDescents(): DescentSearch {
    const { space, options, random, pool } = this;
    const { weights, changes } = options;
    return new DescentSearch(space.problem, { weights, changes }, random, pool);
  }

  private note(chromosome: Chromosome): void {
    const { fittest } = this;
    if (fittest.some(({ id, fitness }) => id === chromosome.id || fitness === chromosome.fitness)) return;
    const at = fittest.findIndex(({ fitness }) => chromosome.fitness > fitness);
    fittest.splice(at < 0 ? fittest.length : at, 0, chromosome);
    fittest.length = Math.min(fittest.length, HANDED_OVER);
  }

  /** Whether the shortest schedule is not what is wanted: there are other goals, limits that it breaks, or other configurations. */
  private isShopDone(): boolean {
    if (this.generation < Math.ceil(MAKESPAN_SHARE * laidOutFor(this.options))) return false;
    const [best] = this.fittest;
    return (
      !this.isMakespan ||
      !defaultsAreFastest(this.space.problem) ||
      (!isFeasible(best) && this.options.weights.penalty > 0)
    );
  }

  private handOver(): void {
    this.shopSearch = undefined;
    this.descents = this.newDescents();
    this.descents.give(this.fittest.map(({ genes }) => planOf(this.space.problem, genes)));
  }
}

function isFeasible({ metrics }: Chromosome): boolean {
  return metrics[metricIndex.constraintViolation] === 0;
}
