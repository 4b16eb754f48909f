/** What it takes to move a layer's output between processors, as a partitioner reckons with it: the schedule itself is simulated with the interconnect. */
import { executionTimeKey } from '#shared/domain/platform.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { cutCount } from '#shared/scheduling/partition-cuts.ts';

export const transferSources = ['interconnect', 'profile', 'none'] as const;
export type TransferSource = (typeof transferSources)[number];

/** ms to move the output of `producer` for `consumer` from one processor to another; 0 on the same. */
export type TransferCosts = (producer: number, consumer: number, from: number, to: number) => number;

/**
 * The transfers of application `application`. profile: measured ones of the scenario's profiles, that of the layer itself, else the one of
 * the nearest size between the two keys; where there is none, and with `interconnect`, what the simulation computes with.
 */
export function transferCosts(problem: Problem, application: number, source: TransferSource): TransferCosts {
  if (source === 'none') return () => 0;
  const { layerwise, processors, edgeProducer, edgeConsumer, transferMs, edgeBytes } = problem;
  const count = processors.length;
  const firstTask = problem.applicationFirstTask[application];
  const { network } = layerwise.applications[application];
  const firstEdge = layerwise.applications
    .slice(0, application)
    .reduce((sum, before) => sum + cutCount(before.network), 0);
  const edgeOf = new Map<string, number>();
  for (let edge = firstEdge; edge < firstEdge + cutCount(network); edge++)
    edgeOf.set(`${edgeProducer[edge] - firstTask} ${edgeConsumer[edge] - firstTask}`, edge);
  const keys = layerwise.platform.processors.map(executionTimeKey);
  const measured = (layerwise.profiles ?? [])
    .filter((profile) => profile.network === undefined || profile.network === network.id)
    .flatMap(({ transfers }) => transfers);
  return (producer, consumer, from, to) => {
    if (from === to) return 0;
    const edge = edgeOf.get(`${producer} ${consumer}`);
    if (edge === undefined) return 0;
    const known =
      source === 'profile'
        ? measured.filter((transfer) => transfer.from === keys[from] && transfer.to === keys[to])
        : [];
    const own = known.findLast(({ layer }) => layer === network.layers[producer].id);
    if (own !== undefined) return own.timeMs;
    const distance = (bytes: number | undefined): number =>
      Math.abs((bytes ?? Number.POSITIVE_INFINITY) - edgeBytes[edge]);
    const sized = known.filter(({ bytes }) => bytes !== undefined);
    if (sized.length > 0)
      return sized.reduce((nearest, other) => (distance(other.bytes) < distance(nearest.bytes) ? other : nearest))
        .timeMs;
    return transferMs[(edge * count + from) * count + to];
  };
}
