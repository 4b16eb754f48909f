/**
 * How long a network, or a block of one, takes on one core of a processor at its nominal frequency, layer after layer. Several estimators
 * answer the same question, each with its source and its error; none answers what it does not know.
 */
import type { MidapModel } from '../domain/cost-model.ts';
import { midapCycles } from '../domain/midap/network-times.ts';
import { estimateTimes } from '../domain/modelled-times.ts';
import { timeSourceOf, type Layer, type Network } from '../domain/network.ts';
import { executionTimeKey, supportsOp, type Platform, type Processor } from '../domain/platform.ts';
import { profileTimes, type ExecutionPlace } from '../domain/profile-times.ts';
import type { Profile } from '../domain/profile.ts';
import { costModelResiduals } from '../domain/residuals.ts';
import { LAYER_BEFORE } from './block-network.ts';
import { cyclesInTable, type BlockTable } from './block-table.ts';
import { repeatsOf, type Block } from './blocks.ts';
import { hasPublishedParameters, MIDAP_BLOCK_ERROR, MIDAP_NETWORK_ERROR } from './midap-error.ts';

export const estimatorIds = ['profile', 'block-table', 'network', 'midap', 'roofline'] as const;
export type EstimatorId = (typeof estimatorIds)[number];

/** What is asked. */
export interface LatencyQuestion {
  readonly network: Network;
  /** Where it is about a block: `network` is that of the block (block-network.ts), and the layer before it does not count. */
  readonly block?: { readonly block: Block; readonly inputSize: number } | undefined;
  /** A layer that does not count; default: the one before the block. */
  readonly without?: string | undefined;
  readonly platform: Platform;
  readonly processor: Processor;
  readonly profiles?: readonly Profile[];
  /** Latencies of blocks on MIDAP with its published parameters. */
  readonly table?: BlockTable | undefined;
  /** Networks that a cost model was measured with. */
  readonly networkOf?: (id: string) => Network | undefined;
}

export interface LatencyEstimate {
  readonly estimator: EstimatorId;
  readonly latencyMs: number;
  /** Of the NPU, where they are what was counted. */
  readonly cycles?: number;
  /** Where it comes from, for people. */
  readonly source: string;
  /** Mean absolute relative error of such estimates; null: not known. */
  readonly relativeError: number | null;
  /** Layers that it has no time for, and that the latency is without. */
  readonly missing: readonly { readonly layer: string; readonly op: string }[];
}

/** Answers a question, or has no answer. */
export type LatencyEstimator = (question: LatencyQuestion) => LatencyEstimate | undefined;

/** The estimators, the most certain first. */
export const latencyEstimators: Readonly<Record<EstimatorId, LatencyEstimator>> = {
  profile: byProfile,
  'block-table': byBlockTable,
  network: byStatedTimes,
  midap: byMidap,
  roofline: byRoofline,
};

/** The answer without missing layers of the most certain estimator that has one, else that with the fewest missing; undefined: none knows a time. */
export function estimateLatency(question: LatencyQuestion): LatencyEstimate | undefined {
  let best: LatencyEstimate | undefined;
  for (const id of estimatorIds) {
    const answer = latencyEstimators[id](question);
    if (answer !== undefined && (best === undefined || answer.missing.length < best.missing.length)) best = answer;
  }
  return best;
}

/** Measured times of profiles: of the whole network, else of its layers. */
function byProfile(question: LatencyQuestion): LatencyEstimate | undefined {
  const { network, profiles = [], processor } = question;
  if (profiles.length === 0) return undefined;
  const times = profileTimes(profiles, network);
  const nominal =
    processor.nominalFrequencyMHz ?? Math.max(...processor.operatingPoints.map((point) => point.frequencyMHz));
  const place: ExecutionPlace = {
    key: executionTimeKey(processor),
    ...(Number.isFinite(nominal) ? { nominalFrequencyMHz: nominal } : {}),
  };
  const whole = question.block === undefined ? times.whole(place) : undefined;
  if (whole?.timeMs !== undefined) {
    const { stdMs } = whole.spread ?? {};
    return {
      estimator: 'profile',
      latencyMs: whole.timeMs,
      source: `measured: whole network, profile ${whole.profile.name}`,
      relativeError: stdMs === undefined || whole.timeMs === 0 ? null : stdMs / whole.timeMs,
      missing: [],
    };
  }
  return summed(question, 'profile', ({ id }) => times.layer(id, place)?.timeMs, {
    source: `measured layer by layer, ${profiles.map(({ name }) => name).join(', ')}`,
    relativeError: null,
  });
}

/** The sum of the repeats of a block in a table; where one is not in it there is no answer. */
function byBlockTable({ block: asked, processor, table }: LatencyQuestion): LatencyEstimate | undefined {
  const { costModel: model } = processor;
  if (asked === undefined || table === undefined || model?.kind !== 'midap' || !hasPublishedParameters(model))
    return undefined;
  let cycles = 0;
  let size = asked.inputSize;
  for (const block of repeatsOf(asked.block)) {
    const each = cyclesInTable(table, block, size);
    if (each === undefined) return undefined;
    cycles += each;
    size = Math.ceil(size / block.stride);
  }
  return {
    estimator: 'block-table',
    latencyMs: milliseconds(cycles, model, processor),
    cycles,
    source: 'latency table of S3NAS: cycles of the simulator cap-lab/MidapSim, each block behind one 1 × 1 layer',
    relativeError: 0,
    missing: [],
  };
}

/** The times that the network states itself, where they are this platform's. */
function byStatedTimes(question: LatencyQuestion): LatencyEstimate | undefined {
  const { network, platform, processor } = question;
  const key = executionTimeKey(processor);
  const owners = network.timePlatforms?.[key];
  const own = new Set([platform.id, ...(processor.sharesTimesWith ?? [])]);
  if (owners !== undefined && !owners.some((owner) => own.has(owner))) return undefined;
  const kinds = new Set(network.layers.flatMap((layer) => timeSourceOf(network, layer, key) ?? []));
  return summed(question, 'network', ({ executionTimeMs }) => executionTimeMs[key], {
    source: `times of the network document: ${[...kinds].join(', ')}`,
    relativeError: null,
  });
}

function byMidap(question: LatencyQuestion): LatencyEstimate | undefined {
  const { network, processor, block } = question;
  const { costModel: model } = processor;
  if (model?.kind !== 'midap') return undefined;
  const layers = midapCycles(network, model, (op) => supportsOp(processor, op));
  const counted = network.layers.map(({ id }, index) => (id === ignoredLayer(question) ? 0 : layers[index]?.cycles));
  const cycles = counted.reduce<number>((sum, each) => sum + (each ?? 0), 0);
  const { relativeError, against } = midapError(model, block?.block);
  const result = summed(question, 'midap', (_, index) => toMs(layers[index]?.cycles, model, processor), {
    source: `MIDAP as a cost model; ${against}`,
    relativeError,
  });
  return result === undefined ? undefined : { ...result, latencyMs: milliseconds(cycles, model, processor), cycles };
}

function midapError(model: MidapModel, block: Block | undefined): { relativeError: number | null; against: string } {
  if (!hasPublishedParameters(model))
    return { relativeError: null, against: 'its error with these parameters is not known' };
  if (block === undefined)
    return { relativeError: MIDAP_NETWORK_ERROR, against: 'mean error over twelve published networks' };
  return block.seRatio > 0
    ? { relativeError: null, against: 'its error for blocks with squeeze and excitation is not known' }
    : { relativeError: MIDAP_BLOCK_ERROR, against: 'mean error over the 222 blocks that its rules were inferred from' };
}

function byRoofline(question: LatencyQuestion): LatencyEstimate | undefined {
  const { network, platform, processor, networkOf = () => undefined } = question;
  const { costModel: model } = processor;
  if (model === undefined || model.kind === 'midap') return undefined;
  const key = executionTimeKey(processor);
  const times = estimateTimes(network, { ...platform, processors: [processor] });
  const residuals = costModelResiduals(platform, processor, networkOf).filter(({ reference }) => reference.cores === 1);
  const sum = residuals.reduce((total, { error }) => total + Math.abs(error), 0);
  const hasError = residuals.length > 0;
  return summed(
    question,
    'roofline',
    (_, index) => {
      const time = times[index]?.[key];
      return time === undefined ? undefined : time / processor.basePerformance;
    },
    {
      source: `roofline; ${hasError ? `mean error of the ${residuals.length} whole networks it was fitted to or compared with` : 'its error is not known'}`,
      relativeError: hasError ? sum / residuals.length : null,
    },
  );
}

/** The sum of the layers' times; undefined where no layer has one. */
function summed(
  question: LatencyQuestion,
  estimator: EstimatorId,
  timeOf: (layer: Layer, index: number) => number | undefined,
  { source, relativeError }: Pick<LatencyEstimate, 'source' | 'relativeError'>,
): LatencyEstimate | undefined {
  const { network, processor } = question;
  const ignored = ignoredLayer(question);
  let latencyMs = 0;
  const missing: { layer: string; op: string }[] = [];
  const layers = network.layers.filter(({ id }) => id !== ignored);
  network.layers.forEach((layer, index) => {
    if (layer.id === ignored) return;
    const time = supportsOp(processor, layer.op) ? timeOf(layer, index) : undefined;
    if (time === undefined) missing.push({ layer: layer.id, op: layer.op });
    else latencyMs += time;
  });
  return missing.length === layers.length ? undefined : { estimator, latencyMs, source, relativeError, missing };
}

function ignoredLayer({ block, without }: LatencyQuestion): string | undefined {
  return without ?? (block === undefined ? undefined : LAYER_BEFORE);
}

function toMs(cycles: number | undefined, model: MidapModel, processor: Processor): number | undefined {
  return cycles === undefined ? undefined : milliseconds(cycles, model, processor);
}

function milliseconds(cycles: number, { clockMHz }: MidapModel, { basePerformance }: Processor): number {
  return cycles / (clockMHz * 1000) / basePerformance;
}
