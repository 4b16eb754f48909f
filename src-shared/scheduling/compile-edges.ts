/** The dependencies of all tasks compiled: edges by consumer and by producer, and what a transfer along each takes over each link. */
import type { ResolvedScenario } from '../domain/scenario.ts';
import { compileRoutes } from './compile-routes.ts';
import type { ProcessorModel, TaskModel } from './problem-model.ts';

/** The edge arrays of a `Problem`, and the energy of its links. */
export function compileEdges(
  scenario: ResolvedScenario,
  tasks: readonly TaskModel[],
  applicationFirstTask: Int32Array,
  processors: readonly ProcessorModel[],
) {
  const processorCount = processors.length;
  const routes = compileRoutes(scenario.platform);
  const { firstHop, hopChannel, hopTimeMs } = routes;
  // The times of single hops matter only where those of a chain wait for others one by one.
  const hasHopTimes = routes.hasChains && scenario.platform.interconnect.model === 'contended';
  const consumerFirstEdge = new Int32Array(tasks.length + 1);
  const producers: number[] = [];
  const consumers: number[] = [];
  const bytes: number[] = [];
  const transfers: number[] = [];
  const hopTimes: number[] = [];
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
          const pair = p * processorCount + q;
          const [first, end] = [firstHop[pair], firstHop[pair + 1]];
          let modelled = 0;
          for (let hop = first; hop < end; hop++) modelled += hopTimeMs(hop, edgeBytes);
          const measured = dependency.transferMs?.[`${from.id}>${to.id}`];
          transfers.push(p === q ? 0 : (measured ?? modelled));
          if (!hasHopTimes) return;
          for (let hop = first; hop < end; hop++) {
            const time = hopTimeMs(hop, edgeBytes);
            // A measured time is of the whole way.
            const share = modelled > 0 ? time / modelled : 1 / (end - first);
            hopTimes.push(measured === undefined ? time : measured * share);
          }
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
    linkEnergyPJPerByte: routes.energyPJPerByte,
    channels: routes.channels,
    firstHop,
    hopChannel,
    ...(hasHopTimes ? { hopMs: Float64Array.from(hopTimes) } : {}),
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
