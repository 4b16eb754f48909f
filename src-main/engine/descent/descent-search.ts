/**
 * Search by descents in a hierarchy of populations: every start, child of two members, or kicked member is the beginning of a descent,
 * and what comes of it is what the population takes in.
 */
import { z } from 'zod';
import type { HeadlineMetrics } from '#shared/domain/metrics.ts';
import type { FitnessWeights } from '#shared/scheduling/objectives.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { createKernel } from '../kernel/kernel.ts';
import { differingLoci } from '../operators/differing-loci.ts';
import { hierarchySchemaOf, PopulationHierarchy } from '../population-hierarchy.ts';
import type { Random } from '../random.ts';
import type { Chromosome, ChromosomeLookup, OperatorName, Population, Proposal, SearchState } from '../search.ts';
import { Descent, descentStateSchema } from './descent.ts';
import type { MoveShares } from './neighbourhood.ts';
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
/** Jobs that ten seconds of simulation dispatch, about: what descents are laid out for. */
const NOMINAL_JOBS = 200_000_000;
/** A budget of fewer changes per task than this is spent on few long descents: a population would see too few of them. */
const LEAST_PER_TASK = 1500;
/** Of such a budget, the share of one long descent; a first one of an eighth gives an early answer. */
const LONG_DESCENT = 0.55;
const EARLY_DESCENT = 1 / 8;
/** From so many instances of a task on, order matters more than mapping, … */
const MANY_INSTANCES = 8;
/**
 * … the end of a descent depends much on its start, and there is time for few: descents are longer, starts fewer. prism-xception after 10 s of
 * CPU, ten seeds: 1004.2 in the median, 1006.0 at worst; with few long descents (three seeds) 1004.7 and 1006.3, with one 1004.9 and 1005.7.
 */
const MANY_INSTANCES_LENGTH = 40;
const MANY_INSTANCES_STARTS = 6;
const MANY_INSTANCES_LEAST_PER_TASK = 500;

/** One instance's path says little about a mean of responses. */
const RESPONSE_SHARES: MoveShares = { critical: 0.1, runs: 0.1, regions: 0, mapping: 0.5 };
const MAKESPAN_SHARES: MoveShares = { critical: 0.7, runs: 0.5, regions: 0.05, mapping: 0.5 };
const ORDER_SHARES: MoveShares = { critical: 0.7, runs: 0.8, regions: 0, mapping: 0.1 };

export const descentSearchSchema = z.strictObject({
  hierarchy: hierarchySchemaOf(savedPlanSchema),
  /** The descent under way, and from which chromosomes it began. */
  descent: descentStateSchema.nullable(),
  /** Where the next descent begins to cool. */
  temperature: z.number().min(0),
  parents: z.array(z.int().min(0)),
  operator: z.string(),
  /** Of the last report of the descent under way; null before. */
  reportedId: z.int().min(0).nullable(),
  begun: z.int().min(0),
  given: z.array(savedPlanSchema),
});

export interface DescentSearchSetting {
  readonly weights: FitnessWeights;
  readonly reference: HeadlineMetrics;
  /** Changes tried in a generation; undefined: as many as dispatch `JOBS_PER_GENERATION` jobs. */
  readonly changes?: number | undefined;
}

export class DescentSearch {
  private readonly problem: Problem;
  private readonly random: Random;
  private readonly hierarchy: PopulationHierarchy<Plan, SavedPlan>;
  private readonly starts: StartMaker;
  private readonly descent: Descent;
  /** Plans handed in by others that the next starts use first. */
  private readonly given: Plan[] = [];
  private readonly sliceChanges: number;
  private readonly lengthPerTask: number;
  /** Changes of a start's descent where the budget is too small for a population; 0: it is not. */
  private readonly longChanges: number;
  private begun = 0;
  private isUnderWay = false;
  private parents: Chromosome[] = [];
  private operator: OperatorName = 'heuristic';
  private reported: Chromosome | undefined;
  private changesLeft = 0;
  private fresh: Chromosome[] = [];

  constructor(problem: Problem, { weights, reference, changes }: DescentSearchSetting, random: Random) {
    this.problem = problem;
    this.random = random;
    const tasks = problem.tasks.length;
    const jobs = problem.jobTask.length;
    const hasManyInstances = weights.latency === 0 && jobs >= MANY_INSTANCES * tasks;
    this.hierarchy = new PopulationHierarchy<Plan, SavedPlan>({
      distance: (a, b) => distanceBetween(problem, a, b),
      save: savePlan,
      restore: restorePlan,
      ...(hasManyInstances ? { starts: MANY_INSTANCES_STARTS } : {}),
    });
    this.starts = new StartMaker(problem);
    const budget = NOMINAL_JOBS / jobs;
    const leastPerTask = hasManyInstances ? MANY_INSTANCES_LEAST_PER_TASK : LEAST_PER_TASK;
    this.longChanges = budget < leastPerTask * tasks ? Math.round(LONG_DESCENT * budget) : 0;
    this.lengthPerTask = hasManyInstances ? MANY_INSTANCES_LENGTH : LENGTH_PER_TASK;
    const shares = weights.latency > 0 ? RESPONSE_SHARES : hasManyInstances ? ORDER_SHARES : MAKESPAN_SHARES;
    this.descent = new Descent(problem, createKernel(problem).bench, weights, reference, shares, random);
    this.sliceChanges = changes ?? Math.max(50, Math.round(JOBS_PER_GENERATION / jobs));
    this.changesLeft = this.sliceChanges;
  }

  /** The next starts are these, before any of its own. */
  give(plans: readonly Plan[]): void {
    this.given.push(...plans);
  }

  ask(): readonly Proposal[] {
    const { descent } = this;
    if (!this.isUnderWay) this.beginNext();
    const before = descent.simulations;
    descent.advance(this.changesLeft);
    this.changesLeft -= Math.max(1, descent.simulations - before);
    const parents = this.reported === undefined ? this.parents : [this.reported];
    const operator = this.reported === undefined ? this.operator : 'local_search';
    const genes = descent.bestGenes.slice();
    const loci = this.problem.layout.offsetOf.mapping + this.problem.tasks.length;
    const mutatedLoci =
      operator === 'crossover' || parents.length === 0 ? [] : differingLoci(genes, parents[0].genes, 0, loci);
    return [{ genes, parents: parents.map(({ id }) => id), operator, mutatedLoci }];
  }

  tell([child]: readonly Chromosome[]): Population | undefined {
    const { hierarchy, descent, fresh } = this;
    fresh.push(child);
    this.reported = child;
    if (descent.isOver) {
      hierarchy.add({ chromosome: child, cost: -child.fitness, plan: descent.bestPlan });
      this.isUnderWay = false;
      this.reported = undefined;
    }
    if (this.changesLeft > 0) return undefined;
    this.changesLeft = this.sliceChanges;
    this.fresh = [];
    const { simulations } = descent;
    descent.simulations = 0;
    return hierarchy.generation(fresh, simulations);
  }

  saveState(): SearchState {
    return {
      hierarchy: this.hierarchy.saveState(),
      descent: this.isUnderWay ? this.descent.saveState() : null,
      temperature: this.descent.nextTemperature,
      parents: this.parents.map(({ id }) => id),
      operator: this.operator,
      reportedId: this.reported?.id ?? null,
      begun: this.begun,
      given: this.given.map(savePlan),
    } satisfies z.input<typeof descentSearchSchema>;
  }

  restore(saved: SearchState, chromosomes: ChromosomeLookup): void {
    const state = descentSearchSchema.parse(saved);
    this.hierarchy.restore(state.hierarchy, chromosomes);
    this.descent.nextTemperature = state.temperature;
    this.isUnderWay = state.descent !== null;
    if (state.descent !== null) this.descent.restore(state.descent);
    // What it takes to find its place again was counted before.
    this.descent.simulations = 0;
    this.begun = state.begun;
    this.given.push(...state.given.map(restorePlan));
    this.parents = state.parents.map(chromosomes);
    this.operator = state.operator as OperatorName;
    this.reported = state.reportedId === null ? undefined : chromosomes(state.reportedId);
  }

  private beginNext(): void {
    const { hierarchy, random, problem, descent } = this;
    const { members, nextStart, level } = hierarchy;
    const base = Math.max(100, Math.round(this.lengthPerTask * problem.tasks.length * LENGTH_GROWTH ** level));
    this.isUnderWay = true;
    this.reported = undefined;
    this.parents = [];
    if (nextStart !== undefined) {
      this.operator = 'heuristic';
      const plan = this.given.shift() ?? this.starts.make(nextStart, random);
      const long = this.longChanges * (this.begun++ === 0 ? EARLY_DESCENT : 1);
      descent.begin(plan, { length: Math.max(START_LENGTH * base, Math.round(long)), acceptance: START_ACCEPTANCE });
      return;
    }
    const a = members[random.nextInt(members.length)];
    const b = members[random.nextInt(members.length)];
    const length = Math.max(base, this.longChanges) * (random.chance(LONG_SHARE) ? LONG_LENGTH : 1);
    const isCrossed = a !== b && random.chance(CROSSOVER_RATE);
    const plan = isCrossed ? crossPlans(problem, a.plan, b.plan, random) : a.plan;
    this.operator = isCrossed ? 'crossover' : 'mutation';
    this.parents = isCrossed ? [a.chromosome, b.chromosome] : [a.chromosome];
    descent.begin(plan, { length, acceptance: CHILD_ACCEPTANCE });
    if (!isCrossed) descent.kick(1 + random.nextInt(4));
  }
}
