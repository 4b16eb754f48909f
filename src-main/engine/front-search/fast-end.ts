/**
 * The seam to the searches for a single objective: one of them gives the schedule at the end of the front from which a search for
 * trade-offs hardly ever gets that far by itself.
 */
import { headlineMetricNames } from '#shared/domain/metrics.ts';
import type { Evaluator } from '#shared/scheduling/evaluate.ts';
import { isSearched } from '#shared/scheduling/genome-layout.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { obstacleToShop } from '../critical-path/shop.ts';
import type { ObjectiveName } from '../objectives.ts';
import type { Random } from '../random.ts';
import { schedulingSpace } from '../scheduling-space.ts';
import type { ChromosomeLookup, Search, SearchState } from '../search.ts';
import { criticalPath } from '../schedulers/critical-path.ts';

/**
 * A search whose best schedule, by `metric`, begins one end of a front. Its genomes are those of the front's problem. A generation of its
 * should take about as long as the `generationEvaluations` of the front search.
 */
export interface FastEnd {
  /** Index of the headline metric that it minimises. */
  readonly metric: number;
  create(random: Random, evaluator: Evaluator): Search;
  restore(random: Random, evaluator: Evaluator, state: SearchState, chromosomes: ChromosomeLookup): Search;
}

/** They take about as long as scoring 1,280 schedules. */
export const TABU_RUNS_PER_GENERATION = 3;

/**
 * The critical-path search at the highest operating points, where the makespan is an objective (or throughput, its inverse where every
 * application runs once) and the scenario is one that it takes; else undefined.
 */
export function criticalPathEnd(problem: Problem, objectives: readonly ObjectiveName[]): FastEnd | undefined {
  if (!objectives.some((name) => name === 'makespanMs' || name === 'throughputPerS')) return undefined;
  if (obstacleToShop(problem) !== undefined) return undefined;
  const fastest = schedulingSpace(atHighestPoints(problem));
  const options = {
    ...criticalPath.optionsSchema.parse({}),
    generations: 1_000_000,
    children: TABU_RUNS_PER_GENERATION,
  };
  return {
    metric: headlineMetricNames.indexOf('makespanMs'),
    create: (random, evaluator) => criticalPath.create(fastest, options, random, evaluator),
    restore: (random, evaluator, state, chromosomes) =>
      criticalPath.restore(fastest, options, random, state, chromosomes, evaluator),
  };
}

/** `problem` with the highest point as the default, where frequencies are searched. */
export function atHighestPoints(problem: Problem): Problem {
  if (!isSearched(problem.layout, 'operatingPoint')) return problem;
  return {
    ...problem,
    processors: problem.processors.map((processor) => ({
      ...processor,
      nominalPoint: processor.operatingPoints.length - 1,
    })),
  };
}
