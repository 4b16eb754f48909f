/** Tasks that hang together in the graph: what crossovers and kicks move as a whole. */
import type { Problem } from '#shared/scheduling/problem.ts';
import type { Random } from './random.ts';

/** Up to `size` tasks around `seed`, along dependencies in both directions in a random order; `seed` first. */
export function regionAround(problem: Problem, seed: number, size: number, random: Random): number[] {
  const isSeen = new Uint8Array(problem.tasks.length);
  const region: number[] = [];
  const border = [seed];
  isSeen[seed] = 1;
  const join = (other: number): void => {
    if (isSeen[other] === 1) return;
    isSeen[other] = 1;
    border.push(other);
  };
  while (region.length < size && border.length > 0) {
    const at = random.nextInt(border.length);
    const task = border[at];
    border[at] = border[border.length - 1];
    border.pop();
    region.push(task);
    for (let edge = problem.consumerFirstEdge[task]; edge < problem.consumerFirstEdge[task + 1]; edge++)
      join(problem.edgeProducer[edge]);
    for (let i = problem.producerFirstEdge[task]; i < problem.producerFirstEdge[task + 1]; i++)
      join(problem.edgeConsumer[problem.outgoingEdge[i]]);
  }
  return region;
}
