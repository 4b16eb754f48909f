/** Genome in, headline metrics out: what a search needs of the simulator. */
import { decodeGenome, encodeAssignment } from './decode.ts';
import { executedSchedule } from './executed-schedule.ts';
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
  if (problem.layout.offsetOf.partition !== undefined) return evaluatorOfCalls(problem, createEvaluator);
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

/**
 * An evaluator for genomes that cut the applications into subgraphs: each partition is another problem, with an evaluator of its own, which
 * `evaluatorOf` makes. Few partitions, each in many genomes, is what it is made for.
 */
export function evaluatorOfCalls(problem: Problem, evaluatorOf: (executed: Problem) => Evaluator): Evaluator {
  const evaluators = new WeakMap<Problem, Evaluator>();
  return {
    evaluate(genes) {
      const { problem: executed, assignment } = executedSchedule(problem, genes);
      const evaluator = evaluators.get(executed) ?? evaluatorOf(executed);
      evaluators.set(executed, evaluator);
      return evaluator.evaluate(encodeAssignment(executed, assignment));
    },
  };
}
