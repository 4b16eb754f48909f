/** Genome in, headline metrics out: what a search needs of the simulator. */
import { decodeGenome } from './decode.ts';
import { ExecutionPlanner } from './execution-plan.ts';
import { computeHeadlineMetrics } from './metrics.ts';
import { HEADLINE_METRIC_COUNT } from '../domain/metrics.ts';
import type { Problem } from './problem.ts';
import { Simulator } from './simulate.ts';

export interface Evaluator {
  /** One number per entry of `headlineMetricNames`, a new array. @throws WorkbenchError `genome.invalid` */
  evaluate(genes: Uint8Array): Float64Array;
  /**
   * Writes the same numbers for `genomes[first … first + count − 1]` to `out`, from index 0, where evaluating many at
   * once is faster.
   * @throws WorkbenchError `genome.invalid`
   */
  evaluateBatch?(genomes: readonly Uint8Array[], first: number, count: number, out: Float64Array): void;
}

export function createEvaluator(problem: Problem): Evaluator {
  const planner = new ExecutionPlanner(problem);
  const simulator = new Simulator(problem);
  return {
    evaluate(genes) {
      const assignment = decodeGenome(problem, genes);
      const metrics = new Float64Array(HEADLINE_METRIC_COUNT);
      computeHeadlineMetrics(problem, assignment, simulator.run(planner.plan(assignment)), metrics);
      return metrics;
    },
  };
}
