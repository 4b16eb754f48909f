/** PEFT: Arabnejad & Barbosa, "List scheduling algorithm for heterogeneous systems by an optimistic cost table", IEEE TPDS 25(3), 2014. */
import { InsertionSchedule } from './insertion.ts';
import { incomingEdges, outgoingEdges, type TaskGraph } from './task-graph.ts';

/**
 * [T × U] optimistic cost table, ms: the longest of the shortest paths from the task's successors to the exit when the task is on
 * that unit, ignoring that units are busy; equation 4. NaN where the task cannot run. The mean transfer counts between units of
 * different processors; within one, transfers take no time.
 */
export function optimisticCostTable(graph: TaskGraph): Float64Array {
  const units = graph.peOfUnit.length;
  const table = new Float64Array(graph.problem.tasks.length * units).fill(Number.NaN);
  for (const task of graph.order.toReversed()) {
    for (const unit of graph.unitsOf[task]) {
      let longest = 0;
      for (const edge of outgoingEdges(graph, task)) {
        const consumer = graph.problem.edgeConsumer[edge];
        let shortest = Number.POSITIVE_INFINITY;
        for (const other of graph.unitsOf[consumer]) {
          const transfer =
            graph.processorOfUnit[other] === graph.processorOfUnit[unit] ? 0 : graph.meanTransferMs[edge];
          shortest = Math.min(
            shortest,
            table[consumer * units + other] + graph.costMs[consumer * units + other] + transfer,
          );
        }
        longest = Math.max(longest, shortest);
      }
      table[task * units + unit] = longest;
    }
  }
  return table;
}

/** [T] rank_oct: mean of the task's row of the optimistic cost table over the units that can run it, ms; equation 5. */
export function optimisticRanks(graph: TaskGraph, table: Float64Array): Float64Array {
  const units = graph.peOfUnit.length;
  return Float64Array.from(
    graph.unitsOf,
    (able, task) => able.reduce((sum, unit) => sum + table[task * units + unit], 0) / able.length,
  );
}

/** The ready task of highest rank_oct (lowest index among equals) goes where finish + optimistic cost is least (the first among equals). */
export function peftSchedule(graph: TaskGraph): InsertionSchedule {
  const units = graph.peOfUnit.length;
  const table = optimisticCostTable(graph);
  const ranks = optimisticRanks(graph, table);
  const schedule = new InsertionSchedule(graph);
  const waiting = graph.problem.tasks.map((task) => incomingEdges(graph, task.index).length);
  const ready = new Set(graph.problem.tasks.map((task) => task.index).filter((task) => waiting[task] === 0));
  while (ready.size > 0) {
    let next = -1;
    for (const task of ready)
      if (next < 0 || ranks[task] > ranks[next] || (ranks[task] === ranks[next] && task < next)) next = task;
    let [best] = graph.unitsOf[next];
    let least = Number.POSITIVE_INFINITY;
    for (const unit of graph.unitsOf[next]) {
      const optimisticFinish = schedule.earliestFinishMs(next, unit) + table[next * units + unit];
      if (optimisticFinish < least) {
        least = optimisticFinish;
        best = unit;
      }
    }
    schedule.place(next, best);
    ready.delete(next);
    for (const edge of outgoingEdges(graph, next)) {
      const consumer = graph.problem.edgeConsumer[edge];
      if (--waiting[consumer] === 0) ready.add(consumer);
    }
  }
  return schedule;
}
