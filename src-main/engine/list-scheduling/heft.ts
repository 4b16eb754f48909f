/** HEFT: Topcuoglu, Hariri & Wu, "Performance-effective and low-complexity task scheduling for heterogeneous computing", IEEE TPDS 13(3), 2002. */
import { InsertionSchedule } from './insertion.ts';
import { outgoingEdges, type TaskGraph } from './task-graph.ts';

/** [T] rank_u: mean cost + max over successors (mean transfer + their rank), ms; equation 8. */
export function upwardRanks(graph: TaskGraph): Float64Array {
  const ranks = new Float64Array(graph.problem.tasks.length);
  for (const task of graph.order.toReversed()) {
    let longest = 0;
    for (const edge of outgoingEdges(graph, task))
      longest = Math.max(longest, graph.meanTransferMs[edge] + ranks[graph.problem.edgeConsumer[edge]]);
    ranks[task] = graph.meanCostMs[task] + longest;
  }
  return ranks;
}

/** Tasks by falling upward rank (producers first among equals), each on the unit where it finishes first (the first among equals). */
export function heftSchedule(graph: TaskGraph): InsertionSchedule {
  const ranks = upwardRanks(graph);
  const schedule = new InsertionSchedule(graph);
  // The sort is stable and starts from a topological order.
  for (const task of [...graph.order].sort((a, b) => ranks[b] - ranks[a])) {
    let [best] = graph.unitsOf[task];
    let earliest = Number.POSITIVE_INFINITY;
    for (const unit of graph.unitsOf[task]) {
      const finish = schedule.earliestFinishMs(task, unit);
      if (finish < earliest) {
        earliest = finish;
        best = unit;
      }
    }
    schedule.place(task, best);
  }
  return schedule;
}
