/**
 * The part of a search that may run on several threads: starts and children are improved side by side, each by itself. A request says
 * everything that its result depends on, its random numbers included, so that no result depends on which thread improves it, or how many
 * there are.
 */
import type { HeadlineMetrics } from '#shared/domain/metrics.ts';
import type { FitnessWeights } from '#shared/scheduling/objectives.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { shopOf } from '../critical-path/shop.ts';
import { DescentImprover, type DescentRequest, type DescentResult } from './descent-improver.ts';
import { TabuImprover, type TabuRequest, type TabuResult } from './tabu-improver.ts';

/** Starts and children that a search improves side by side: its islands. More threads than these find nothing to do. */
export const ISLANDS = 4;

export type Improvement =
  | { readonly method: 'tabu'; readonly request: TabuRequest }
  | { readonly method: 'descent'; readonly request: DescentRequest };
export type Improved =
  | { readonly method: 'tabu'; readonly result: TabuResult }
  | { readonly method: 'descent'; readonly result: DescentResult };

/** Improves as many as it is given, on as many threads as it has. Results are in the order of the requests. */
export interface ImprovementPool {
  improve(improvements: readonly Improvement[]): readonly Improved[];
}

/** Improves one after the other, in its own thread. */
export class Improver implements ImprovementPool {
  private readonly problem: Problem;
  private readonly weights: FitnessWeights;
  private readonly reference: HeadlineMetrics;
  private tabu: TabuImprover | undefined;
  private descent: DescentImprover | undefined;

  constructor(problem: Problem, weights: FitnessWeights, reference: HeadlineMetrics) {
    this.problem = problem;
    this.weights = weights;
    this.reference = reference;
  }

  improve(improvements: readonly Improvement[]): readonly Improved[] {
    return improvements.map((improvement) => this.improveOne(improvement));
  }

  improveOne(improvement: Improvement): Improved {
    if (improvement.method === 'tabu') {
      this.tabu ??= new TabuImprover(shopOf(this.problem));
      return { method: 'tabu', result: this.tabu.improve(improvement.request) };
    }
    this.descent ??= new DescentImprover(this.problem, this.weights, this.reference);
    return { method: 'descent', result: this.descent.improve(improvement.request) };
  }
}

/** Tabu runs side by side. */
export function tabuRuns(pool: ImprovementPool, requests: readonly TabuRequest[]): TabuResult[] {
  return pool.improve(requests.map((request) => ({ method: 'tabu', request }))).map((improved) => {
    if (improved.method !== 'tabu') throw new Error('a tabu run was answered by a descent');
    return improved.result;
  });
}

/** Descents side by side. */
export function descents(pool: ImprovementPool, requests: readonly DescentRequest[]): DescentResult[] {
  return pool.improve(requests.map((request) => ({ method: 'descent', request }))).map((improved) => {
    if (improved.method !== 'descent') throw new Error('a descent was answered by a tabu run');
    return improved.result;
  });
}
