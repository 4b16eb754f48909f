/** The dependencies of all tasks compiled: edges by consumer and by producer, and what a transfer along each takes over each link. */
import type { Platform } from '../domain/platform.ts';
import type { ResolvedScenario } from '../domain/scenario.ts';
import type { ProcessorModel, TaskModel } from './problem-model.ts';

interface LinkModel {
  latencyMs: number;
  bandwidthMBps: number;
  energyPJPerByte: number;
}

/** [P × P] links, what a link leaves out taken from the default. */
function compileLinks(platform: Platform): LinkModel[] {
  const { default: fallback, links } = platform.interconnect;
  return platform.processors.flatMap((from) =>
    platform.processors.map((to) => {
      const link = links.find((candidate) => candidate.from === from.id && candidate.to === to.id);
      return {
        latencyMs: link?.latencyMs ?? fallback.latencyMs,
        bandwidthMBps: link?.bandwidthMBps ?? fallback.bandwidthMBps ?? Number.POSITIVE_INFINITY,
        energyPJPerByte: link?.energyPJPerByte ?? fallback.energyPJPerByte,
      };
    }),
  );
}

/** The edge arrays of a `Problem`, and the energy of its links. */
export function compileEdges(
  scenario: ResolvedScenario,
  tasks: readonly TaskModel[],
  applicationFirstTask: Int32Array,
  processors: readonly ProcessorModel[],
) {
  const processorCount = processors.length;
  const links = compileLinks(scenario.platform);
  const consumerFirstEdge = new Int32Array(tasks.length + 1);
  const producers: number[] = [];
  const consumers: number[] = [];
  const bytes: number[] = [];
  const transfers: number[] = [];
  tasks.forEach((task) => {
    consumerFirstEdge[task.index] = producers.length;
    const network = scenario.applications[task.application].network;
    const layerIndex = layerIndexes(network);
    for (const dependency of network.layers[task.layer].dependencies) {
      const producerLayer = layerIndex.get(dependency.layer);
      if (producerLayer === undefined) continue;
      const edgeBytes = dependency.bytes ?? network.layers[producerLayer].outputBytes ?? 0;
      producers.push(applicationFirstTask[task.application] + producerLayer);
      consumers.push(task.index);
      bytes.push(edgeBytes);
      processors.forEach((from, p) => {
        processors.forEach((to, q) => {
          const link = links[p * processorCount + q];
          const measured = dependency.transferMs?.[`${from.id}>${to.id}`];
          // bytes / (MB/s × 10⁶ bytes/MB) s = bytes / (MB/s × 1000) ms
          transfers.push(p === q ? 0 : (measured ?? link.latencyMs + edgeBytes / (link.bandwidthMBps * 1000)));
        });
      });
    }
  });
  consumerFirstEdge[tasks.length] = producers.length;

  const producerFirstEdge = new Int32Array(tasks.length + 1);
  for (const producer of producers) producerFirstEdge[producer + 1]++;
  for (let t = 0; t < tasks.length; t++) producerFirstEdge[t + 1] += producerFirstEdge[t];
  const cursor = producerFirstEdge.slice();
  const outgoingEdge = new Int32Array(producers.length);
  producers.forEach((producer, edge) => {
    outgoingEdge[cursor[producer]++] = edge;
  });

  return {
    consumerFirstEdge,
    edgeProducer: Int32Array.from(producers),
    edgeConsumer: Int32Array.from(consumers),
    edgeBytes: Float64Array.from(bytes),
    transferMs: Float64Array.from(transfers),
    producerFirstEdge,
    outgoingEdge,
    linkEnergyPJPerByte: Float64Array.from(links, (link) => link.energyPJPerByte),
  };
}

const layerIndexCache = new WeakMap<object, ReadonlyMap<string, number>>();
function layerIndexes(network: ResolvedScenario['applications'][number]['network']): ReadonlyMap<string, number> {
  let indexes = layerIndexCache.get(network);
  if (indexes === undefined) {
    indexes = new Map(network.layers.map((layer, index) => [layer.id, index]));
    layerIndexCache.set(network, indexes);
  }
  return indexes;
}
