/** The tasks of a problem in an order that respects its dependencies. */
import type { Problem } from './problem.ts';

/** Tasks in an order in which producers come before consumers, the lowest index first among those ready. Kahn's algorithm. */
export function topologicalOrder(problem: Problem): number[] {
  const waiting = problem.tasks.map(
    (task) => problem.consumerFirstEdge[task.index + 1] - problem.consumerFirstEdge[task.index],
  );
  const order: number[] = problem.tasks.map((task) => task.index).filter((task) => waiting[task] === 0);
  for (let next = 0; next < order.length; next++) {
    for (let edge = problem.producerFirstEdge[order[next]]; edge < problem.producerFirstEdge[order[next] + 1]; edge++) {
      const consumer = problem.edgeConsumer[problem.outgoingEdge[edge]];
      if (--waiting[consumer] === 0) order.push(consumer);
    }
  }
  return order;
}
