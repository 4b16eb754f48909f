/**
 * Execution times from the cost models of a platform's processors. Those of MIDAP are in `midap/`; a roofline gives
 *
 *     time = overhead + max(MACs / (peak × efficiency × n / (n + n½)), bytes / bandwidth)      arithmetic classes
 *     time = overhead + bytes / (bandwidth × efficiency)                                       memory classes
 *
 * with n output elements, n½ the elements at which half the rate is reached, and bytes what is read, written and (weights) loaded
 * (memory-traffic.ts), in the data type the processor computes in. That is the fastest of those that hold the layer's own type
 * (data-type-rates.ts). The time is that of one core at nominal frequency: groups of cores and other frequencies are the business of
 * the simulation, as with measured times.
 */
import { LARGEST_QUANTITY } from './common.ts';
import {
  arithmeticClasses,
  bytesPerElement,
  type ArithmeticClass,
  type DataType,
  type MidapModel,
  type OperationClass,
  type RooflineModel,
} from './cost-model.ts';
import { computingTypes, type ComputingType, type ComputingTypes } from './data-type-rates.ts';
import { movedBytes } from './memory-traffic.ts';
import { midapCycles } from './midap/network-times.ts';
import { dataTypeOf, type Layer, type Network } from './network.ts';
import { operationClassOf } from './operation-classes.ts';
import { convertsTypes, givesAccumulators } from './operation-names.ts';
import { executionTimeKey, supportsOp, type Platform, type Processor } from './platform.ts';

/** Modelled times of one layer by executionTimeKey, ms. */
export type ModelledTimes = Readonly<Record<string, number>>;

/** Times are rounded to 1 ns: more digits would be noise in every document. */
const PER_MS = 1e6;

/** A layer as the model sees it. */
interface Work {
  readonly layer: Layer;
  /** Undefined where nobody knows its op. */
  readonly operationClass: OperationClass | 'view' | undefined;
  /** Undefined where neither the layer nor its network states one. */
  readonly dataType: DataType | undefined;
  readonly inputs: readonly Elements[];
  readonly output: Elements | undefined;
  readonly overwritesInput: boolean;
}

/** Bytes of elements of a type; undefined: of the type the processor computes in. */
interface Elements {
  readonly bytes: number;
  readonly dataType: DataType | undefined;
}

/**
 * The times that `platform`'s cost models give for each layer of `network`, in the order of its layers, whatever times it states
 * itself. A key is missing where the processor has no cost model, does not support the op, or its model cannot give
 * one: a class without an efficiency, or a layer that does not state its MACs or its output's size. For an op of no
 * known class see `isAssumed`.
 */
export function estimateTimes(network: Network, platform: Platform): ModelledTimes[] {
  const rooflines: { processor: Processor; model: RooflineModel; types: ComputingTypes }[] = [];
  const ofMidap: { key: string; times: readonly (number | undefined)[] }[] = [];
  for (const processor of platform.processors) {
    const { costModel: model } = processor;
    if (model === undefined) continue;
    if (model.kind === 'midap')
      ofMidap.push({ key: executionTimeKey(processor), times: midapTimesMs(network, model, processor) });
    else rooflines.push({ processor, model, types: computingTypes(model) });
  }
  return worksOf(network).map((work, index) => {
    const times: Record<string, number> = {};
    const isTimed = work.operationClass === undefined && hasTime(work.layer, platform);
    for (const { processor, model, types } of rooflines) {
      if (
        !supportsOp(processor, work.layer.op) ||
        (work.operationClass === undefined && (isTimed || processor.kind !== 'cpu'))
      )
        continue;
      const time = modelledTimeMs(model, types, work);
      if (time !== undefined) times[executionTimeKey(processor)] = time;
    }
    for (const { key, times: each } of ofMidap) {
      const time = each[index];
      if (time !== undefined) times[key] = time;
    }
    return times;
  });
}

/** Time of each layer on MIDAP when all are executed one after the other, ms; undefined where it cannot execute the layer. */
function midapTimesMs(network: Network, model: MidapModel, processor: Processor): (number | undefined)[] {
  return midapCycles(network, model, (op) => supportsOp(processor, op)).map((layer) =>
    layer === undefined ? undefined : round(layer.cycles / (model.clockMHz * 1000)),
  );
}

/**
 * Whether the time of `layer` is a guess: its op is of no known class, so that its stated MACs and output's size are all there is to go
 * by. CPUs run it, at their slowest class of arithmetic, or as an elementwise layer where it multiplies nothing, unless a time is stated
 * for some processor.
 */
function isAssumed(layer: Pick<Layer, 'op' | 'kernelShape'>): boolean {
  return operationClassOf(layer) === undefined;
}

/**
 * `network` with the times it lacks on `platform` filled by the cost models, each marked as modelled, or as assumed where the op is not
 * known; the same object where nothing is to be filled. A time that is there, measured or not, is never touched.
 * @param isUnsupported whether a layer is known not to run under a key, so that no model gives it a time there
 */
export function fillTimes(
  network: Network,
  platform: Platform,
  isUnsupported: (index: number, key: string) => boolean = () => false,
): Network {
  if (platform.processors.every((processor) => processor.costModel === undefined)) return network;
  const estimates = estimateTimes(network, platform);
  let filled = false;
  const layers = network.layers.map((layer, index) => {
    const missing = Object.entries(estimates[index] ?? {}).filter(
      ([key]) => !Object.hasOwn(layer.executionTimeMs, key) && !isUnsupported(index, key),
    );
    if (missing.length === 0) return layer;
    filled = true;
    const source = isAssumed(layer) ? ('assumed' as const) : ('modelled' as const);
    return {
      ...layer,
      executionTimeMs: { ...layer.executionTimeMs, ...Object.fromEntries(missing) },
      timeSources: { ...layer.timeSources, ...Object.fromEntries(missing.map(([key]) => [key, source])) },
    };
  });
  return filled ? { ...network, layers } : network;
}

/**
 * Modelled time of all layers of `network` one after the other on one core of `processor`, ms; undefined where the
 * model cannot give one of them.
 */
export function modelledNetworkMs(network: Network, platform: Platform, processor: Processor): number | undefined {
  const key = executionTimeKey(processor);
  return estimateTimes(network, { ...platform, processors: [processor] }).reduce<number | undefined>((total, times) => {
    const time = times[key];
    return total === undefined || time === undefined ? undefined : total + time;
  }, 0);
}

/** By network, since parsed documents do not change: a fit models each of them thousands of times. */
const knownWorks = new WeakMap<Network, readonly Work[]>();

function worksOf(network: Network): readonly Work[] {
  const known = knownWorks.get(network) ?? findWorks(network);
  knownWorks.set(network, known);
  return known;
}

function findWorks(network: Network): Work[] {
  const layers = new Map(network.layers.map((layer) => [layer.id, layer]));
  const readers = new Map<string, number>();
  for (const { dependencies } of network.layers)
    for (const { layer } of dependencies) readers.set(layer, (readers.get(layer) ?? 0) + 1);
  const outputOf = (layer: Layer, bytes: number): Elements => ({
    bytes,
    dataType: givesAccumulators(layer.op) ? 'fp32' : dataTypeOf(network, layer),
  });
  return network.layers.map((layer): Work => {
    const inputs = layer.dependencies.flatMap(({ layer: id, bytes }) => {
      const producer = layers.get(id);
      return producer === undefined ? [] : [outputOf(producer, bytes ?? producer.outputBytes ?? 0)];
    });
    return {
      layer,
      inputs,
      operationClass: operationClassOf(layer),
      dataType: dataTypeOf(network, layer),
      output: layer.outputBytes === undefined ? undefined : outputOf(layer, layer.outputBytes),
      overwritesInput: layer.dependencies.some(
        ({ layer: id, bytes }) => readers.get(id) === 1 && (bytes ?? layers.get(id)?.outputBytes) === layer.outputBytes,
      ),
    };
  });
}

/** A time is stated for a processor of `platform` that can run `layer`. */
function hasTime(layer: Layer, platform: Platform): boolean {
  return platform.processors.some(
    (processor) => supportsOp(processor, layer.op) && Object.hasOwn(layer.executionTimeMs, executionTimeKey(processor)),
  );
}

/** Time on one core at nominal frequency in the fastest type, ms; undefined where the model gives none. */
function modelledTimeMs(model: RooflineModel, types: ComputingTypes, work: Work): number | undefined {
  const { operationClass, dataType = 'unstated' } = work;
  if (operationClass === 'view') return 0;
  let fastest: number | undefined;
  for (const type of types[dataType]) {
    const time =
      operationClass === undefined ? assumedTimeMs(model, type, work) : classTimeMs(model, type, work, operationClass);
    if (time !== undefined && (fastest === undefined || time < fastest)) fastest = time;
  }
  return fastest === undefined ? undefined : round(fastest);
}

/** Of an op that nobody knows: as the slowest arithmetic that the processor has, or as elementwise where it multiplies nothing. */
function assumedTimeMs(model: RooflineModel, type: ComputingType, work: Work): number | undefined {
  if (work.layer.macs === undefined) return undefined;
  const times = (work.layer.macs === 0 ? (['elementwise'] as const) : arithmeticClasses).flatMap(
    (each) => classTimeMs(model, type, work, each) ?? [],
  );
  return times.length === 0 ? undefined : Math.max(...times);
}

/** Time of `work` as a layer of `operationClass`, ms; undefined where the class has no efficiency or the layer lacks a size. */
function classTimeMs(
  model: RooflineModel,
  { rate, heldBytes, restingBytes }: ComputingType,
  { layer, inputs, output, overwritesInput }: Work,
  operationClass: OperationClass,
): number | undefined {
  const efficiency = rate.efficiency[operationClass];
  if (efficiency === undefined || output === undefined) return undefined;
  const elementBytes = bytesPerElement[rate.dataType];
  const bytesOf = convertsTypes(layer.op) ? restingBytes : heldBytes;
  const held = ({ bytes, dataType }: Elements): number =>
    dataType === undefined ? bytes : (bytes / bytesPerElement[dataType]) * bytesOf[dataType];
  const given = {
    inputs: inputs.reduce((total, input) => total + held(input), 0),
    parameters: (layer.parameters ?? 0) * elementBytes,
    output: held(output),
  };
  const bytes = movedBytes(
    layer.op,
    given,
    layer.macs === undefined ? undefined : layer.macs * elementBytes,
    overwritesInput,
  );
  // MB/s = 10³ bytes/ms, GMAC/s = 10⁶ MACs/ms
  const bytesPerMs = model.bandwidthMBps * 1000;
  if (!isArithmetic(operationClass)) return model.overheadMs + bytes / (bytesPerMs * efficiency);
  if (layer.macs === undefined) return undefined;
  const elements = Math.max(1, output.bytes / bytesPerElement[output.dataType ?? rate.dataType]);
  const macsPerMs = rate.peakGMACPerS * 1e6 * efficiency * (elements / (elements + model.halfRateElements));
  return model.overheadMs + Math.max(layer.macs / macsPerMs, bytes / bytesPerMs);
}

function isArithmetic(operationClass: string): operationClass is ArithmeticClass {
  return (arithmeticClasses as readonly string[]).includes(operationClass);
}

/** Undefined beyond what a document may state, which only absurd numbers reach. */
function round(ms: number): number | undefined {
  const rounded = Math.round(ms * PER_MS) / PER_MS;
  return rounded <= LARGEST_QUANTITY ? rounded : undefined;
}
