/**
 * Fits the cost models of the Kirin 970 to the latencies of whole networks: `node src-main/presets/fit/kirin970.ts` writes
 * resources/data/cost-model/kirin970.json, which the platform presets take their cost models from. How well it fits is in
 * resources/docs/cost-model.md.
 *
 * Whole networks do not determine every parameter (nine latencies, seven parameters), so each starts from an
 * assumption, and the fit weighs both: it minimises Σ (ln(modelled / measured) / 0.1)² + Σ (ln(parameter / assumption)
 * / ln 2)², that is, latencies are trusted to 10 %, assumptions to a factor of 2. Bandwidths and peaks stay as assumed.
 * The rate of the A73 in int8 is no part of the fit: it follows from how much faster the same networks ran in int8.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { RooflineModelInput, DataType, Reference } from '#shared/domain/cost-model.ts';
import { modelledNetworkMs } from '#shared/domain/modelled-times.ts';
import { parseNetwork, type Network } from '#shared/domain/network.ts';
import { parsePlatform, type Platform } from '#shared/domain/platform.ts';
import { networkDocuments } from '../network-documents.ts';
import { int8Speedup, kirin970Measurements } from './measurements.ts';
import { minimise } from './minimise.ts';

const LATENCY_DEVIATION = 0.1;
const ASSUMPTION_DEVIATION = Math.LN2;

/** What the fit may change of a processor; the efficiencies of the memory classes keep their proportions to "memory". */
const parameterNames = [
  'conv',
  'pointwiseConv',
  'depthwiseConv',
  'fullyConnected',
  'memory',
  'overheadMs',
  'halfRateElements',
] as const;
type Parameters = Readonly<Partial<Record<(typeof parameterNames)[number], number>>>;

interface Assumption {
  readonly dataType: DataType;
  readonly peakGMACPerS: number;
  readonly bandwidthMBps: number;
  readonly parameters: Parameters;
}

/** For each processor what is not fitted, and where the fit starts. Sources are in platforms/kirin970.ts and cost-model.md. */
const assumptions = {
  a73: {
    dataType: 'fp32',
    peakGMACPerS: 9.448,
    bandwidthMBps: 8000,
    parameters: {
      conv: 0.8,
      pointwiseConv: 0.6,
      depthwiseConv: 0.2,
      fullyConnected: 0.15,
      memory: 0.5,
      overheadMs: 0.02,
    },
  },
  gpu: {
    dataType: 'fp16',
    peakGMACPerS: 220.9,
    bandwidthMBps: 14000,
    parameters: {
      conv: 0.2,
      pointwiseConv: 0.15,
      depthwiseConv: 0.05,
      fullyConnected: 0.01,
      memory: 0.5,
      overheadMs: 0.2,
      halfRateElements: 15000,
    },
  },
  npu: {
    dataType: 'fp16',
    peakGMACPerS: 960,
    bandwidthMBps: 14000,
    parameters: {
      conv: 0.3,
      pointwiseConv: 0.2,
      fullyConnected: 0.01,
      memory: 0.5,
      overheadMs: 0.1,
      halfRateElements: 20000,
    },
  },
} as const satisfies Readonly<Record<string, Assumption>>;

export type FittedProcessor = 'a73' | 'a53' | 'gpu' | 'npu';

export interface Fit {
  readonly costModel: RooflineModelInput;
  /** Share of the modelled time of the measured networks that is not bound by memory: what scales with the frequency. */
  readonly frequencyScaling: number;
  /** Only of clusters. */
  readonly groupSpeedup?: Readonly<Record<string, number>>;
  /** What the model says of each network when fitted to the others, ms. */
  readonly leaveOneOut: readonly { readonly network: string; readonly modelledMs: number }[];
}

const networks = new Map(networkDocuments.map((document) => [document.id, parseNetwork(document)]));

/** The fitted cost models. The same on every machine: numbers are rounded to three digits. */
export function fitKirin970(): Readonly<Record<FittedProcessor, Fit>> {
  const measured = kirin970Measurements();
  const oneCore = measured.a73.filter(({ cores }) => cores === 1);
  const groupSpeedup = amdahl(
    geometricMean(oneCore.map(({ network, latencyMs }) => latencyMs / latencyOf(measured.a73, network, 4))),
  );
  const a73 = { ...fit(assumptions.a73, oneCore, measured.a73), groupSpeedup };
  // One factor for all of the A53: five unverified ratios do not justify more.
  const slower = geometricMean(
    measured.a53.map(({ network, latencyMs }) => latencyMs / latencyOf(measured.a73, network, 4)),
  );
  return {
    a73: inInt8Too(a73),
    a53: { ...slowedDown(a73, slower, measured.a53), groupSpeedup },
    gpu: fit(assumptions.gpu, measured.gpu, measured.gpu),
    npu: fit(assumptions.npu, measured.npu, measured.npu),
  };
}

function fit(assumption: Assumption, fittedTo: readonly Reference[], references: readonly Reference[]): Fit {
  const costModel = { ...fittedModel(assumption, fittedTo), references: [...references] };
  const leaveOneOut = fittedTo.map(({ network }) => ({
    network,
    modelledMs: Number(
      latency(
        fittedModel(
          assumption,
          fittedTo.filter((other) => other.network !== network),
        ),
        network,
      ).toPrecision(4),
    ),
  }));
  return { costModel, frequencyScaling: frequencyScaling(costModel, fittedTo), leaveOneOut };
}

function fittedModel(assumption: Assumption, references: readonly Reference[]): RooflineModelInput {
  const names = parameterNames.filter((name) => assumption.parameters[name] !== undefined);
  const start = names.map((name) => assumption.parameters[name] ?? 0);
  const model = (values: readonly number[]): RooflineModelInput =>
    costModelOf(assumption, Object.fromEntries(names.map((name, index) => [name, values[index]])));
  const found = minimise(start, (values) => {
    const candidate = platformOf(model(values));
    const misfit = references.reduce(
      (total, { network, latencyMs }) =>
        total + (Math.log(latencyOn(candidate, network) / latencyMs) / LATENCY_DEVIATION) ** 2,
      0,
    );
    return values.reduce(
      (total, value, index) => total + (Math.log(value / start[index]) / ASSUMPTION_DEVIATION) ** 2,
      misfit,
    );
  });
  return model(found.map((value) => Number(value.toPrecision(3))));
}

function costModelOf(
  { dataType, peakGMACPerS, bandwidthMBps }: Assumption,
  { memory = 1, overheadMs = 0, halfRateElements = 0, ...arithmetic }: Parameters,
): RooflineModelInput {
  const share = (part: number): number => Number((memory * part).toPrecision(3));
  const efficiency = {
    ...arithmetic,
    pooling: share(0.5),
    elementwise: share(1),
    normalization: share(0.1),
    dataMovement: share(1),
  };
  return { overheadMs, bandwidthMBps, halfRateElements, rates: [{ dataType, peakGMACPerS, efficiency }] };
}

/** Everything `factor` times slower, at the A53's own peak. */
function slowedDown(fast: Fit, factor: number, references: readonly Reference[]): Fit {
  const { costModel } = fast;
  const peakGMACPerS = 3.688;
  const rates = costModel.rates.map((rate) => ({
    ...rate,
    peakGMACPerS,
    efficiency: Object.fromEntries(
      Object.entries(rate.efficiency).map(([name, value]) => [
        name,
        isMemoryClass(name) ? value : Number(((value * rate.peakGMACPerS) / factor / peakGMACPerS).toPrecision(3)),
      ]),
    ),
  }));
  const slow = {
    overheadMs: Number(((costModel.overheadMs ?? 0) * factor).toPrecision(3)),
    bandwidthMBps: Number((costModel.bandwidthMBps / factor).toPrecision(3)),
    halfRateElements: 0,
    rates,
    references: [...references],
  };
  return { costModel: slow, frequencyScaling: fast.frequencyScaling, leaveOneOut: [] };
}

/** Multiply-accumulates of 8 bits that an A73 starts per second, 10⁹/s: 8 per cycle at 2362 MHz. */
const INT8_PEAK_GMAC_PER_S = 18.896;

/**
 * With a rate in int8 for the classes of which it is known. Not of depthwise convolutions, which took longer in int8 (MobileNet v1), nor
 * of the memory classes, which nobody timed: they are computed in fp32.
 */
function inInt8Too(measured: Fit): Fit {
  const [fp32] = measured.costModel.rates;
  const factor = (int8Speedup() * fp32.peakGMACPerS) / INT8_PEAK_GMAC_PER_S;
  const efficiency = Object.fromEntries(
    (['conv', 'pointwiseConv', 'fullyConnected'] as const).map((name) => [
      name,
      Number(((fp32.efficiency[name] ?? 0) * factor).toPrecision(3)),
    ]),
  );
  return {
    ...measured,
    costModel: {
      ...measured.costModel,
      rates: [fp32, { dataType: 'int8', peakGMACPerS: INT8_PEAK_GMAC_PER_S, efficiency }],
    },
  };
}

function isMemoryClass(name: string): boolean {
  return ['pooling', 'elementwise', 'normalization', 'dataMovement'].includes(name);
}

/** Modelled latency of a network on one core, ms. */
function latency(costModel: RooflineModelInput, id: string): number {
  return latencyOn(platformOf(costModel), id);
}

function latencyOn(platform: Platform, id: string): number {
  const network = networkOf(id);
  const [processor] = platform.processors;
  const ms = processor === undefined ? undefined : modelledNetworkMs(network, platform, processor);
  if (ms === undefined) throw new Error(`the cost model cannot tell the time of network "${id}"`);
  return ms;
}

function frequencyScaling(costModel: RooflineModelInput, references: readonly Reference[]): number {
  const total = (model: RooflineModelInput): number =>
    references.reduce((sum, { network }) => sum + latency(model, network), 0);
  return Number((total({ ...costModel, bandwidthMBps: 1e12 }) / total(costModel)).toPrecision(2));
}

/** Speed-up of 2, 3 and 4 cores by Amdahl's law with the serial share that explains the one of 4. */
function amdahl(speedupOf4: number): Record<string, number> {
  const parallel = (1 - 1 / speedupOf4) / (1 - 1 / 4);
  return Object.fromEntries(
    [1, 2, 3, 4].map((cores) => [String(cores), Number((1 / (1 - parallel + parallel / cores)).toPrecision(3))]),
  );
}

function latencyOf(references: readonly Reference[], network: string, cores: number): number {
  const found = references.find((reference) => reference.network === network && reference.cores === cores);
  if (found === undefined) throw new Error(`network "${network}" was not measured on ${cores} cores`);
  return found.latencyMs;
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((total, value) => total + Math.log(value), 0) / values.length);
}

function networkOf(id: string): Network {
  const network = networks.get(id);
  if (network === undefined) throw new Error(`there is no preset network "${id}"`);
  return network;
}

function platformOf(costModel: RooflineModelInput): Platform {
  return parsePlatform({ schemaVersion: 1, id: 'fit', processors: [{ id: 'fitted', kind: 'cpu', costModel }] });
}

/** Where the fit is kept, below resources. */
export const fitFile = resolve(import.meta.dirname, '../../../resources/data/cost-model/kirin970.json');

export function fitText(): string {
  return `${JSON.stringify(fitKirin970(), undefined, 2)}\n`;
}

if (import.meta.main) {
  mkdirSync(dirname(fitFile), { recursive: true });
  writeFileSync(fitFile, fitText());
}
