/**
 * The search for a front of trade-offs: archive search, whose end of shortest makespans, or else of shortest responses, comes from the
 * search for the fittest.
 */
import { headlineMetricNames } from '#shared/domain/metrics.ts';
import type { Evaluator } from '#shared/scheduling/evaluate.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { obstacleToShop } from '../critical-path/shop.ts';
import { atHighestPoints, type FastEnd } from '../front-search/fast-end.ts';
import {
  frontSearch,
  generationEvaluations,
  restoreFrontSearch,
  type FrontSearchOptions,
} from '../front-search/front-search.ts';
import { laidOutFor, type Length } from '../horizon.ts';
import type { ObjectiveName } from '../objectives.ts';
import type { Random } from '../random.ts';
import { schedulingSpace, type SchedulingSpace } from '../scheduling-space.ts';
import type { ChromosomeLookup, Search, SearchState } from '../search.ts';
import { FittestSearch } from './fittest-search.ts';

export interface TradeOffSearchOptions extends Length {
  readonly objectives: readonly ObjectiveName[];
  readonly constraints: 'domination' | 'ignore';
}

/**
 * Batches in a generation, and in how many of them the archive search's own batch is divided: a generation takes about as long as one of the
 * search for the fittest, and parents are fresh. After 1 s of CPU, 4 seeds each, galaxy-s9's fronts have 0.941 of the best known hypervolume in the
 * mean; with batches four times as large 0.903, with smaller ones no more.
 */
const BATCHES = 12;
const BATCH_DIVISOR = 4;
const ISLANDS = 4;
/**
 * Shares of the fast end: descents, which cost the islands more than they bring where they take long, have the smaller one. With 60
 * batches, 3 seeds each: 0.954 and 0.932 of the best known fronts of galaxy-s9 with 0.06, 0.932 and 0.916 with 0.15; hikey970 as good.
 */
const CRITICAL_PATH_SHARE = 0.15;
const DESCENT_SHARE = 0.06;
/** Tabu runs of a batch: about as long as scoring its children. */
const TABU_RUNS = 1;
/** Weight of the violation against that of the metric, where constraints count. */
const PENALTY = 2;

/** A search before its first generation. */
export function tradeOffSearch(
  space: SchedulingSpace,
  options: TradeOffSearchOptions,
  random: Random,
  evaluator: Evaluator,
): Search {
  const parts = { evaluator, fastEnd: fastEndOf(space, options) };
  return frontSearch(space.problem, frontOptions(space.problem, options), random, parts);
}

/** The search that saved `state`. */
export function restoreTradeOffSearch(
  space: SchedulingSpace,
  options: TradeOffSearchOptions,
  random: Random,
  state: SearchState,
  chromosomes: ChromosomeLookup,
  evaluator: Evaluator,
): Search {
  const parts = { evaluator, fastEnd: fastEndOf(space, options) };
  return restoreFrontSearch(space.problem, frontOptions(space.problem, options), random, parts, state, chromosomes);
}

function frontOptions(problem: Problem, options: TradeOffSearchOptions): FrontSearchOptions {
  const { objectives, constraints, generations, horizon } = options;
  return {
    objectives,
    constraints,
    batch: batchOf(problem),
    batchesPerGeneration: BATCHES,
    generations: generations * BATCHES,
    horizon: horizon * BATCHES,
    islands: ISLANDS,
    fastEndShare: fastEndShare(problem, objectives),
  };
}

function batchOf(problem: Problem): number {
  return Math.ceil(generationEvaluations(problem) / BATCH_DIVISOR);
}

function isForMakespan(objectives: readonly ObjectiveName[]): boolean {
  return objectives.some((name) => name === 'makespanMs' || name === 'throughputPerS');
}

function fastEndShare(problem: Problem, objectives: readonly ObjectiveName[]): number {
  return isForMakespan(objectives) && obstacleToShop(problem) === undefined ? CRITICAL_PATH_SHARE : DESCENT_SHARE;
}

/** The search for the fittest by makespan, or by mean response, beginning at the highest operating points; undefined where neither counts. */
function fastEndOf(space: SchedulingSpace, options: TradeOffSearchOptions): FastEnd | undefined {
  const { objectives, constraints } = options;
  const isMakespan = isForMakespan(objectives);
  const isResponse = objectives.some((name) => name === 'latencyMs' || name === 'applicationResponseMs');
  if (!isMakespan && !isResponse) return undefined;
  const fastest = schedulingSpace(atHighestPoints(space.problem));
  const settings = {
    generations: Math.ceil(fastEndShare(space.problem, objectives) * BATCHES * laidOutFor(options)),
    horizon: 0,
    tabuRuns: TABU_RUNS,
    changes: batchOf(space.problem),
    weights: {
      throughput: isMakespan ? 1 : 0,
      energy: 0,
      latency: isMakespan ? 0 : 1,
      penalty: constraints === 'ignore' ? 0 : PENALTY,
      normalise: true,
    },
  };
  return {
    metric: headlineMetricNames.indexOf(isMakespan ? 'makespanMs' : 'latencyMs'),
    create: (random) => new FittestSearch(fastest, settings, random),
    restore(random, _evaluator, state, chromosomes) {
      const search = new FittestSearch(fastest, settings, random);
      search.continueFrom(state, chromosomes);
      return search;
    },
  };
}
