/** The scheduling problem as a space to search: its genome, the simple rules to start from, the fitness and the objectives. */
import type { Metrics } from '#shared/domain/run.ts';
import type { GenomeLayout } from '#shared/scheduling/genome-layout.ts';
import { HEADLINE_METRIC_COUNT } from '#shared/domain/metrics.ts';
import { referenceMetrics } from '#shared/scheduling/npu-first.ts';
import { fitnessOf } from '#shared/scheduling/objectives.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { greedyGenomes } from './greedy-starts.ts';
import { heuristicGenomes } from './heuristics.ts';
import { Objectives, type ObjectiveName } from './objectives.ts';
import { RunMoves } from './operators/run-moves.ts';
import { windowCrossover } from './operators/window-crossover.ts';
import type { SearchSpace } from './search-space.ts';

export interface SchedulingSpace extends SearchSpace {
  readonly layout: GenomeLayout;
  readonly problem: Problem;
  /** Metrics of the NPU-first schedule, the reference of the fitness. */
  readonly reference: Metrics;
  /** NPU first before the others. */
  seeds(): readonly Uint8Array[];
  objectives(names: readonly ObjectiveName[], isConstrained: boolean): Objectives;
}

export function schedulingSpace(problem: Problem): SchedulingSpace {
  const reference = referenceMetrics(problem);
  return {
    layout: problem.layout,
    metricCount: HEADLINE_METRIC_COUNT,
    problem,
    reference,
    seeds: () => heuristicGenomes(problem),
    tradeOffSeeds: (count) => greedyGenomes(problem, count),
    structure() {
      const moves = new RunMoves(problem);
      return {
        move: (genes, random) => moves.apply(genes, random),
        exchangeWindow: (a, b, random) => windowCrossover(a, b, problem.layout, random),
      };
    },
    fitnessOf: (metrics, weights) => fitnessOf(metrics, reference, weights),
    objectives: (names, isConstrained) => new Objectives(problem, names, isConstrained),
  };
}
