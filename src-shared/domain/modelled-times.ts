/**
 * Execution times from the cost models of a platform's processors:
 *
 *     time = overhead + max(MACs / (peak × efficiency × n / (n + n½)), bytes / bandwidth)      arithmetic classes
 *     time = overhead + bytes / (bandwidth × efficiency)                                       memory classes
 *
 * with n output elements, n½ the elements at which half the rate is reached, and bytes what is read, written and (weights) loaded,
 * in the data type the processor computes in. The time is that of one core at nominal frequency: groups of cores and other
 * frequencies are the business of the simulation, as with measured times.
 */
import { LARGEST_QUANTITY } from './common.ts';
import { arithmeticClasses, bytesPerElement, type ArithmeticClass, type CostModel, type DataType } from './cost-model.ts';
import type { Layer, Network } from './network.ts';
import { operationClassOf } from './operation-classes.ts';
import { executionTimeKey, supportsOp, type Platform, type Processor } from './platform.ts';

/** Modelled times of one layer by executionTimeKey, ms. */
export type ModelledTimes = Readonly<Record<string, number>>;

/** Times are rounded to 1 ns: more digits would be noise in every document. */
const PER_MS = 1e6;

/**
 * The times that `platform`'s cost models give for each layer of `network`, in the order of its layers, whatever times it states
 * itself. A key is missing where the processor has no cost model, does not support the op, or its model cannot tell: a class
 * without an efficiency, an op of no known class, or a layer that does not state its MACs or its output's size.
 */
export function estimateTimes(network: Network, platform: Platform): ModelledTimes[] {
  const models = platform.processors.filter((processor) => processor.costModel !== undefined);
  const bytesOf = new Map(network.layers.map((layer) => [layer.id, layer.outputBytes]));
  return network.layers.map((layer) => {
    const inputBytes = layer.dependencies.reduce((total, dependency) => total + (dependency.bytes ?? bytesOf.get(dependency.layer) ?? 0), 0);
    const times: Record<string, number> = {};
    for (const processor of models) {
      const time = modelledTimeMs(processor, layer, inputBytes, network.dataType);
      if (time !== undefined) times[executionTimeKey(processor)] = time;
    }
    return times;
  });
}

/**
 * `network` with the times it lacks on `platform` filled by the cost models, each marked as modelled; the same object where nothing
 * is to be filled. A time that is there, measured or not, is never touched.
 */
export function fillTimes(network: Network, platform: Platform): Network {
  if (platform.processors.every((processor) => processor.costModel === undefined)) return network;
  const estimates = estimateTimes(network, platform);
  let filled = false;
  const layers = network.layers.map((layer, index) => {
    const missing = Object.entries(estimates[index] ?? {}).filter(([key]) => !Object.hasOwn(layer.executionTimeMs, key));
    if (missing.length === 0) return layer;
    filled = true;
    return {
      ...layer,
      executionTimeMs: { ...layer.executionTimeMs, ...Object.fromEntries(missing) },
      timeSources: { ...layer.timeSources, ...Object.fromEntries(missing.map(([key]) => [key, 'modelled' as const])) },
    };
  });
  return filled ? { ...network, layers } : network;
}

/** Modelled time of all layers of `network` one after the other on one core of `processor`, ms; undefined where the model cannot tell one of them. */
export function modelledNetworkMs(network: Network, platform: Platform, processor: Processor): number | undefined {
  const key = executionTimeKey(processor);
  return estimateTimes(network, { ...platform, processors: [processor] }).reduce<number | undefined>((total, times) => {
    const time = times[key];
    return total === undefined || time === undefined ? undefined : total + time;
  }, 0);
}

/**
 * Time of `layer` on one core of `processor` at nominal frequency by its cost model, ms; undefined where the model cannot tell.
 * @param inputBytes bytes read from the layers before it, as the network counts them
 * @param dataType what the bytes of the network count; undefined: the processor's own
 */
export function modelledTimeMs(processor: Processor, layer: Layer, inputBytes: number, dataType: DataType | undefined): number | undefined {
  const { costModel } = processor;
  const operationClass = operationClassOf(layer);
  if (costModel === undefined || operationClass === undefined || !supportsOp(processor, layer.op)) return undefined;
  if (operationClass === 'view') return 0;
  const rate = rateFor(costModel, dataType);
  const efficiency = rate?.efficiency[operationClass];
  if (rate === undefined || efficiency === undefined || layer.outputBytes === undefined) return undefined;
  const elementBytes = bytesPerElement[rate.dataType];
  const networkBytes = bytesPerElement[dataType ?? rate.dataType];
  const bytes = ((inputBytes + layer.outputBytes) / networkBytes + (layer.parameters ?? 0)) * elementBytes;
  // MB/s = 10³ bytes/ms, GMAC/s = 10⁶ MACs/ms
  const bytesPerMs = costModel.bandwidthMBps * 1000;
  if (!isArithmetic(operationClass)) return round(costModel.overheadMs + bytes / (bytesPerMs * efficiency));
  if (layer.macs === undefined) return undefined;
  const elements = Math.max(1, layer.outputBytes / networkBytes);
  const macsPerMs = rate.peakGMACPerS * 1e6 * efficiency * (elements / (elements + costModel.halfRateElements));
  return round(costModel.overheadMs + Math.max(layer.macs / macsPerMs, bytes / bytesPerMs));
}

function rateFor({ rates }: CostModel, dataType: DataType | undefined): CostModel['rates'][number] | undefined {
  return rates.find((rate) => rate.dataType === dataType) ?? rates[0];
}

function isArithmetic(operationClass: string): operationClass is ArithmeticClass {
  return (arithmeticClasses as readonly string[]).includes(operationClass);
}

/** Undefined beyond what a document may state, which only absurd numbers reach. */
function round(ms: number): number | undefined {
  const rounded = Math.round(ms * PER_MS) / PER_MS;
  return rounded <= LARGEST_QUANTITY ? rounded : undefined;
}
