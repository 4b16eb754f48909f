/** The layers of one application as a partitioner sees them: who reads whom, and what layers executed as one take on each processor. */
import { exactTimesOf } from '#shared/scheduling/exact-times.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { subgraphTimer } from '#shared/scheduling/subgraph-times.ts';
import { connectedParts, cycleOf, producersOf } from '#shared/scheduling/subgraphs.ts';
import { defaultElements, defaultGroupSize, defaultPoint } from '../load.ts';

/** L layers, P processors. */
export interface OperatorGraph {
  readonly ids: readonly string[];
  readonly ops: readonly string[];
  /** [L] layers whose output each reads, in the order of its dependencies; and those that read its own, ascending. */
  readonly producers: readonly (readonly number[])[];
  readonly consumers: readonly (readonly number[])[];
  readonly processorCount: number;
  /** Time of `layers` (ascending) executed as one on `processor`, ms; Infinity where they cannot run there. */
  callMs(processor: number, layers: readonly number[]): number;
  /** Whether exactly these layers were measured together on any processor. */
  isMeasured(layers: readonly number[]): boolean;
  /** Whether these layers can be a subgraph: connected, and without a way out of them that leads back. */
  canJoin(layers: readonly number[]): boolean;
}

/**
 * The graph of application `application` of a layer by layer `problem`, with times in the default core arrangement and operating point.
 * @param isMissingFree whether a time that is missing counts 0 where the operation is supported, as in NEST-C of 2022
 */
export function operatorGraph(problem: Problem, application: number, isMissingFree: boolean): OperatorGraph {
  const { layerwise } = problem;
  const { network } = layerwise.applications[application];
  const exact = exactTimesOf(layerwise);
  const { processors } = layerwise.platform;
  const producers = producersOf(network);
  const consumers: number[][] = network.layers.map(() => []);
  producers.forEach((own, layer) => own.forEach((producer) => consumers[producer].push(layer)));
  const timers = processors.map((processor) => subgraphTimer(network, processor, exact));
  const scale = problem.processors.map((model, index) => {
    const element = defaultElements(problem).find((pe) => pe.processor === index) ?? problem.pes[model.firstPe];
    const factor = model.operatingPoints[defaultPoint(problem, index)].timeFactor;
    return factor / model.basePerformance / model.groupSpeedup[defaultGroupSize(problem, element)];
  });
  const indexOf = new Map(network.layers.map(({ id }, index) => [id, index]));
  const megabytes = (layers: readonly number[]): number => {
    const own = new Set(layers);
    let bytes = 0;
    network.layers.forEach((layer, consumer) =>
      layer.dependencies.forEach((dependency) => {
        const producer = indexOf.get(dependency.layer) ?? -1;
        if (own.has(producer) !== own.has(consumer))
          bytes += dependency.bytes ?? network.layers[producer].outputBytes ?? 0;
      }),
    );
    return bytes / 1e6;
  };
  const hasBorders = processors.some(({ borderMsPerMB = 0 }) => borderMsPerMB > 0);
  const known = new Map<string, number>();
  return {
    ids: network.layers.map(({ id }) => id),
    ops: network.layers.map(({ op }) => op),
    producers,
    consumers,
    processorCount: processors.length,
    callMs(processor, layers) {
      const key = `${processor}:${layers.join()}`;
      let callMs = known.get(key);
      if (callMs === undefined) {
        const baseMs = timers[processor].timeOf(layers, hasBorders ? megabytes(layers) : 0)?.timeMs;
        const { supportedOps } = processors[processor];
        const isFree =
          isMissingFree &&
          layers.length === 1 &&
          (supportedOps === 'all' || supportedOps.includes(network.layers[layers[0]].op));
        callMs = baseMs === undefined ? (isFree ? 0 : Number.POSITIVE_INFINITY) : baseMs * scale[processor];
        known.set(key, callMs);
      }
      return callMs;
    },
    isMeasured(layers) {
      const ids = layers.map((layer) => network.layers[layer].id);
      return processors.some((processor) => exact.of(network, ids, processor)?.timeMs !== undefined);
    },
    canJoin(layers) {
      if (connectedParts(network, layers).length !== 1) return false;
      const leaderOf = Int32Array.from(network.layers, (_, layer) => layer);
      for (const layer of layers) leaderOf[layer] = layers[0];
      return cycleOf(network, leaderOf) === undefined;
    },
  };
}

/** Which sets of layers may be joined: measured ones, or those whose operations are listed, "Conv-Relu". */
export interface GroupRule {
  readonly maxLayers: number;
  /** Operations joined by "-"; undefined: every set that was measured. */
  readonly types: ReadonlySet<string> | undefined;
}

/** Whether `layers`, in the order in which they read each other, may be joined by `rule`. */
export function mayJoin(graph: OperatorGraph, rule: GroupRule, layers: readonly number[]): boolean {
  if (layers.length > rule.maxLayers) return false;
  const ascending = layers.toSorted((a, b) => a - b);
  const isListed =
    rule.types === undefined
      ? graph.isMeasured(ascending)
      : rule.types.has(layers.map((layer) => graph.ops[layer]).join('-'));
  return isListed && graph.canJoin(ascending);
}
