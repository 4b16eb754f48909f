/**
 * Search by descents in a hierarchy of populations: every start, child of two members, or kicked member is the beginning of a descent,
 * and what comes of it is what the population takes in.
 *
 * The first descent is alone, for an early answer. Then several islands have one each, carried on side by side (`improvement/`), with random
 * numbers and a temperature of their own; they share the population. Which thread carries one on changes nothing.
 */
import { z } from 'zod';
import type { FitnessWeights } from '#shared/scheduling/objectives.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import type { DescentRequest, DescentResult } from '../improvement/descent-improver.ts';
import { descents, ISLANDS, type ImprovementPool } from '../improvement/improvement.ts';
import { differingLoci } from '../operators/differing-loci.ts';
import { hierarchySchemaOf, PopulationHierarchy } from '../population-hierarchy.ts';
import { Random, randomStateSchema } from '../random.ts';
import type { Chromosome, ChromosomeLookup, OperatorName, Population, Proposal, SearchState } from '../search.ts';
import { descentStateSchema, type DescentState } from './descent.ts';
import { isAboutOrder } from './neighbourhood.ts';
import { restorePlan, savedPlanSchema, savePlan, type Plan, type SavedPlan } from './plan.ts';
import { StartMaker } from './starts.ts';
import { crossPlans, distanceBetween } from './variation.ts';

/** Changes per task in a descent of level 0, and how much longer those of the next level are. */
const LENGTH_PER_TASK = 20;
const LENGTH_GROWTH = 1.5;
const START_LENGTH = 2;
const LONG_SHARE = 0.1;
const LONG_LENGTH = 8;
const CROSSOVER_RATE = 0.8;
const START_ACCEPTANCE = 0.1;
const CHILD_ACCEPTANCE = 0.03;
/** Jobs dispatched in a generation, about: a few hundredths of a second. */
const JOBS_PER_GENERATION = 400_000;
/** Changes of a generation, at least. */
const LEAST_CHANGES = 50;
/** Of the changes of a generation, those that the islands are given at a time at least: taking descents up again costs a schedule each. */
const LEAST_SLICE = 0.1;
/** Jobs that ten seconds of simulation dispatch, about: what descents are laid out for. */
const NOMINAL_JOBS = 200_000_000;
/** A budget of fewer changes per task than this is spent on few long descents: a population would see too few of them. */
const LEAST_PER_TASK = 1500;
/** Of such a budget, the share of one long descent; a first one of an eighth gives an early answer. */
const LONG_DESCENT = 0.55;
const EARLY_DESCENT = 1 / 8;
/**
 * Where order matters more than mapping, the end of a descent depends much on its start, and there is time for few: descents are longer, starts
 * fewer. prism-xception after 10 s of CPU, ten seeds, one descent at a time: 1004.2 in the median, 1006.0 at worst; with few long descents (three
 * seeds) 1004.7 and 1006.3, with one 1004.9 and 1005.7.
 */
const ORDER_LENGTH_PER_TASK = 40;
const ORDER_STARTS = 6;
const ORDER_LEAST_PER_TASK = 500;

const islandSchema = z.strictObject({
  /** The descent under way, null between two. */
  descent: descentStateSchema.nullable(),
  /** Where the next descent begins to cool. */
  temperature: z.number().min(0),
  random: randomStateSchema,
  /** From which chromosomes the descent began. */
  parents: z.array(z.int().min(0)),
  operator: z.string(),
  /** The population that the descent is for. */
  population: z.int().min(0),
  /** Of the last report of the descent under way; null before. */
  reportedId: z.int().min(0).nullable(),
});

export const descentSearchSchema = z.strictObject({
  hierarchy: hierarchySchemaOf(savedPlanSchema),
  islands: z.array(islandSchema),
  begun: z.int().min(0),
  given: z.array(savedPlanSchema),
});

export interface DescentSearchSetting {
  readonly weights: FitnessWeights;
  /** Changes tried in a generation; undefined: as many as dispatch `JOBS_PER_GENERATION` jobs. */
  readonly changes?: number | undefined;
}

/** A line of descents, one after the other. */
interface Island {
  readonly random: Random;
  descent: DescentState | undefined;
  temperature: number;
  parents: readonly Chromosome[];
  operator: OperatorName;
  population: number;
  reported: Chromosome | undefined;
}

export class DescentSearch {
  private readonly problem: Problem;
  private readonly random: Random;
  private readonly pool: ImprovementPool;
  private readonly hierarchy: PopulationHierarchy<Plan, SavedPlan>;
  private readonly starts: StartMaker;
  /** Plans handed in by others that the next starts use first. */
  private readonly given: Plan[] = [];
  private readonly changes: number;
  private readonly lengthPerTask: number;
  /** Changes of a start's descent where the budget is too small for a population; 0: it is not. */
  private readonly longChanges: number;
  /** None before the first descent: a search that is restored must draw nothing before. */
  private islands: Island[] = [];
  private begun = 0;
  /** Of the generation under way. */
  private changesLeft: number;
  private simulations = 0;
  private fresh: Chromosome[] = [];
  /** Of the proposals under way. */
  private results: readonly DescentResult[] = [];

  constructor(problem: Problem, { weights, changes }: DescentSearchSetting, random: Random, pool: ImprovementPool) {
    this.problem = problem;
    this.random = random;
    this.pool = pool;
    const tasks = problem.tasks.length;
    const jobs = problem.jobTask.length;
    const isOrdered = isAboutOrder(problem, weights);
    this.hierarchy = new PopulationHierarchy<Plan, SavedPlan>({
      distance: (a, b) => distanceBetween(problem, a, b),
      save: savePlan,
      restore: restorePlan,
      ...(isOrdered ? { starts: ORDER_STARTS } : {}),
    });
    this.starts = new StartMaker(problem);
    const budget = NOMINAL_JOBS / jobs;
    const leastPerTask = isOrdered ? ORDER_LEAST_PER_TASK : LEAST_PER_TASK;
    this.longChanges = budget < leastPerTask * tasks ? Math.round(LONG_DESCENT * budget) : 0;
    this.lengthPerTask = isOrdered ? ORDER_LENGTH_PER_TASK : LENGTH_PER_TASK;
    this.changes = changes ?? Math.max(LEAST_CHANGES, Math.round(JOBS_PER_GENERATION / jobs));
    this.changesLeft = this.changes;
  }

  /** The next starts are these, before any of its own. */
  give(plans: readonly Plan[]): void {
    this.given.push(...plans);
  }

  /** Of each island, what its descent has come to. */
  ask(): readonly Proposal[] {
    const { islands, pool } = this;
    if (islands.length === 0) islands.push(this.newIsland(0));
    const changes = Math.ceil(Math.max(this.changesLeft, this.changes * LEAST_SLICE) / islands.length);
    const requests = islands.map((island): DescentRequest => ({
      begin: island.descent === undefined ? this.beginNext(island) : undefined,
      state: island.descent,
      temperature: island.temperature,
      random: island.random.saveState(),
      changes,
    }));
    this.results = descents(pool, requests);
    return islands.map((island, index) => this.proposalOf(island, this.results[index]));
  }

  tell(scored: readonly Chromosome[]): Population | undefined {
    const { hierarchy, islands, results, fresh } = this;
    let isFirstOver = false;
    fresh.push(...scored);
    islands.forEach((island, index) => {
      const result = results[index];
      this.simulations += result.simulations;
      this.changesLeft -= Math.max(1, result.simulations);
      island.random.load(result.random);
      island.temperature = result.temperature;
      island.descent = result.isOver ? undefined : result.state;
      island.reported = result.isOver ? undefined : scored[index];
      if (!result.isOver) return;
      const chromosome = scored[index];
      isFirstOver = islands.length === 1;
      // What was begun for a population that is grown by now would tie the next one to it.
      if (island.population !== hierarchy.populations) return;
      const plan = restorePlan(result.state.best);
      hierarchy.add({ chromosome, cost: -chromosome.fitness, plan }, island.operator === 'heuristic');
    });
    this.results = [];
    if (isFirstOver)
      for (let more = 1; more < ISLANDS; more++) this.islands.push(this.newIsland(islands[0].temperature));
    if (this.changesLeft > 0) return undefined;
    const population = hierarchy.generation(fresh, this.simulations);
    this.changesLeft = this.changes;
    this.simulations = 0;
    this.fresh = [];
    return population;
  }

  saveState(): SearchState {
    return {
      hierarchy: this.hierarchy.saveState(),
      islands: this.islands.map(({ descent, temperature, random, parents, operator, population, reported }) => ({
        descent: descent ?? null,
        temperature,
        random: random.saveState(),
        parents: parents.map(({ id }) => id),
        operator,
        population,
        reportedId: reported?.id ?? null,
      })),
      begun: this.begun,
      given: this.given.map(savePlan),
    } satisfies z.input<typeof descentSearchSchema>;
  }

  restore(saved: SearchState, chromosomes: ChromosomeLookup): void {
    const { hierarchy, islands, begun, given } = descentSearchSchema.parse(saved);
    this.hierarchy.restore(hierarchy, chromosomes);
    this.islands = islands.map(({ descent, temperature, random, parents, operator, population, reportedId }) => ({
      random: Random.restore(random),
      descent: descent ?? undefined,
      temperature,
      parents: parents.map(chromosomes),
      operator: operator as OperatorName,
      population,
      reported: reportedId === null ? undefined : chromosomes(reportedId),
    }));
    this.begun = begun;
    this.given.push(...given.map(restorePlan));
  }

  private newIsland(temperature: number): Island {
    return {
      random: new Random(this.random.nextUint32()),
      descent: undefined,
      temperature,
      parents: [],
      operator: 'heuristic',
      population: 0,
      reported: undefined,
    };
  }

  private proposalOf({ reported, parents, operator }: Island, { genes }: DescentResult): Proposal {
    const from = reported === undefined ? parents : [reported];
    const by = reported === undefined ? operator : 'local_search';
    const loci = this.problem.layout.offsetOf.mapping + this.problem.tasks.length;
    const mutatedLoci = by === 'crossover' || from.length === 0 ? [] : differingLoci(genes, from[0].genes, 0, loci);
    return { genes, parents: from.map(({ id }) => id), operator: by, mutatedLoci };
  }

  /** How the next descent of an island begins. Starts are counted as they begin, so that no two islands begin with the same. */
  private beginNext(island: Island): NonNullable<DescentRequest['begin']> {
    const { hierarchy, problem } = this;
    const { random } = island;
    const { members, level } = hierarchy;
    const base = Math.max(100, Math.round(this.lengthPerTask * problem.tasks.length * LENGTH_GROWTH ** level));
    island.parents = [];
    island.reported = undefined;
    island.population = hierarchy.populations;
    const underWay = this.islands.filter(({ descent, operator }) => descent !== undefined && operator === 'heuristic');
    if (hierarchy.startsLeft > underWay.length || members.length === 0) {
      island.operator = 'heuristic';
      const plan = this.given.shift() ?? this.starts.make(this.begun, random);
      const long = this.longChanges * (this.begun++ === 0 ? EARLY_DESCENT : 1);
      const length = Math.max(START_LENGTH * base, Math.round(long));
      return { plan: savePlan(plan), length, acceptance: START_ACCEPTANCE, kicks: 0 };
    }
    const a = members[random.nextInt(members.length)];
    const b = members[random.nextInt(members.length)];
    const length = Math.max(base, this.longChanges) * (random.chance(LONG_SHARE) ? LONG_LENGTH : 1);
    const isCrossed = a !== b && random.chance(CROSSOVER_RATE);
    const plan = isCrossed ? crossPlans(problem, a.plan, b.plan, random) : a.plan;
    island.operator = isCrossed ? 'crossover' : 'mutation';
    island.parents = isCrossed ? [a.chromosome, b.chromosome] : [a.chromosome];
    const kicks = isCrossed ? 0 : 1 + random.nextInt(4);
    return { plan: savePlan(plan), length, acceptance: CHILD_ACCEPTANCE, kicks };
  }
}
