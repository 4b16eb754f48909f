/** A problem as static list scheduling sees it: one instance of each application as a task graph on units of known cost. */
import { canRun, type Problem } from '#shared/scheduling/problem.ts';
import { topologicalOrder } from '#shared/scheduling/topological-order.ts';
import { defaultDurationMs, defaultElements } from '../load.ts';

/** T tasks, U units (cores, and each unit of a pool by itself), E edges. */
export interface TaskGraph {
  readonly problem: Problem;
  /** [U] processing element and processor of each unit. */
  readonly peOfUnit: readonly number[];
  readonly processorOfUnit: readonly number[];
  /** [T × U] execution time, ms; NaN where the task cannot run. */
  readonly costMs: Float64Array;
  /** [T] units that can run the task, ascending. */
  readonly unitsOf: readonly (readonly number[])[];
  /** [T] mean execution time over these units, ms. */
  readonly meanCostMs: Float64Array;
  /** [E] mean transfer time over all pairs of different units that can run producer and consumer, ms. */
  readonly meanTransferMs: Float64Array;
  /** Producers before consumers. */
  readonly order: readonly number[];
}

/** The task graph of `problem` in the default core arrangements at default frequencies. */
export function taskGraphOf(problem: Problem): TaskGraph {
  const units = defaultElements(problem).flatMap((pe) => Array.from({ length: pe.units }, () => pe));
  const costMs = new Float64Array(problem.tasks.length * units.length);
  const meanCostMs = new Float64Array(problem.tasks.length);
  const unitsOf = problem.tasks.map(({ index }) => {
    const able: number[] = [];
    let sum = 0;
    units.forEach((pe, unit) => {
      const cost = canRun(problem, index, pe.processor) ? defaultDurationMs(problem, index, pe) : Number.NaN;
      costMs[index * units.length + unit] = cost;
      if (Number.isNaN(cost)) return;
      able.push(unit);
      sum += cost;
    });
    meanCostMs[index] = sum / able.length;
    return able;
  });
  const processorOfUnit = units.map((pe) => pe.processor);
  return {
    problem,
    peOfUnit: units.map((pe) => pe.index),
    processorOfUnit,
    costMs,
    unitsOf,
    meanCostMs,
    meanTransferMs: meanTransfers(problem, processorOfUnit),
    order: topologicalOrder(problem),
  };
}

/** Time of `edge` from unit `from` to unit `to`, ms. */
export function transferBetween(
  { problem, processorOfUnit }: TaskGraph,
  edge: number,
  from: number,
  to: number,
): number {
  const count = problem.processors.length;
  return problem.transferMs[(edge * count + processorOfUnit[from]) * count + processorOfUnit[to]];
}

/** Edges into `task`. */
export function incomingEdges({ problem }: TaskGraph, task: number): Int32Array {
  const edges = new Int32Array(problem.consumerFirstEdge[task + 1] - problem.consumerFirstEdge[task]);
  for (let i = 0; i < edges.length; i++) edges[i] = problem.consumerFirstEdge[task] + i;
  return edges;
}

/** Edges out of `task`. */
export function outgoingEdges({ problem }: TaskGraph, task: number): Int32Array {
  return problem.outgoingEdge.subarray(problem.producerFirstEdge[task], problem.producerFirstEdge[task + 1]);
}

/** Counts pairs of units by their processors: within one processor transfers take no time, between two all pairs take the same. */
function meanTransfers(problem: Problem, processorOfUnit: readonly number[]): Float64Array {
  const count = problem.processors.length;
  const unitCount = Array.from(
    { length: count },
    (_, processor) => processorOfUnit.filter((own) => own === processor).length,
  );
  return Float64Array.from(problem.edgeProducer, (producer, edge) => {
    let pairs = 0;
    let sum = 0;
    for (let p = 0; p < count; p++) {
      if (!canRun(problem, producer, p)) continue;
      for (let q = 0; q < count; q++) {
        if (!canRun(problem, problem.edgeConsumer[edge], q)) continue;
        const own = unitCount[p] * (p === q ? unitCount[q] - 1 : unitCount[q]);
        pairs += own;
        sum += own * problem.transferMs[(edge * count + p) * count + q];
      }
    }
    return pairs > 0 ? sum / pairs : 0;
  });
}
