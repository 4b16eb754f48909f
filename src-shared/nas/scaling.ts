/**
 * Scaling of a network of blocks in depth, width and size, by the rules of S3NAS's code: a stage of n blocks gets round(n·depth), the extra
 * ones repeat blocks there are, whole rounds first, then those with the most parameters (the first counted with stride 1; of equals the
 * last); channels are rounded to multiples of a step, up where that would lose more than a tenth.
 */
import type { BlockNetwork } from './block-network.ts';
import type { Block } from './blocks.ts';

/** A network whose blocks are in stages; all but the first block of a stage have its output channels and stride 1. */
export interface StagedNetwork extends Omit<BlockNetwork, 'blocks'> {
  readonly stages: readonly (readonly Block[])[];
}

export interface Scaling {
  readonly depth: number;
  readonly width: number;
  /** Height and width of the input. */
  readonly size: number;
  /** Step that channels are rounded to. */
  readonly widthStep: number;
}

export function scaleNetwork(network: StagedNetwork, { depth, width, size, widthStep }: Scaling): StagedNetwork {
  const wider = (channels: number): number => scaledChannels(channels, width, widthStep);
  const stem = { ...network.stem, channels: wider(network.stem.channels) };
  let inputChannels = stem.channels;
  const stages = network.stages.map((stage) => {
    const [first] = stage;
    if (first === undefined) return stage;
    const outputChannels = wider(first.outputChannels);
    const scaled = deepened(stage, depth).map((block, index) => ({
      ...block,
      stride: index === 0 ? first.stride : 1,
      inputChannels: index === 0 ? inputChannels : outputChannels,
      outputChannels,
    }));
    inputChannels = outputChannels;
    return scaled;
  });
  return { ...network, inputSize: size, stem, stages, headChannels: wider(network.headChannels) };
}

/** The network that its stages make. */
export function unstaged({ stages, ...network }: StagedNetwork): BlockNetwork {
  return { ...network, blocks: stages.flat() };
}

/** Input size for a factor, in steps of `step` (S3NAS: 4). */
export function scaledSize(size: number, factor: number, step: number): number {
  return Math.max(step, Math.floor((factor * size + step / 2) / step) * step);
}

function scaledChannels(channels: number, factor: number, step: number): number {
  if (factor === 1) return channels;
  const rounded = Math.max(step, Math.floor((channels * factor + step / 2) / step) * step);
  return rounded < 0.9 * channels * factor ? rounded + step : rounded;
}

/** Each repeat follows the block that it repeats. */
function deepened(stage: readonly Block[], factor: number): Block[] {
  const wanted = Math.max(1, Math.round(stage.length * factor));
  if (wanted <= stage.length) return stage.slice(0, wanted);
  const rounds = Math.floor(wanted / stage.length);
  const extra = new Set(
    stage
      .map((block, index) => ({ index, parameters: parametersOf(block) }))
      .toSorted((a, b) => b.parameters - a.parameters || b.index - a.index)
      .slice(0, wanted % stage.length)
      .map(({ index }) => index),
  );
  return stage.flatMap((block, index) => Array.from({ length: rounds + (extra.has(index) ? 1 : 0) }, () => block));
}

/** Weights of a block as it is behind the first one of its stage. */
function parametersOf({ kind, branches, outputChannels: channels, seRatio }: Block): number {
  const reduced = Math.max(1, Math.floor(channels * seRatio));
  const total = branches.reduce((sum, { expansion }) => sum + expansion, 0) * channels;
  const ofBranches = branches.reduce((sum, { kernel, expansion }) => {
    const expanded = channels * expansion;
    return kind === 'conv'
      ? sum + kernel * kernel * channels * expanded
      : sum + (expansion > 1 ? channels * expanded : 0) + kernel * kernel * expanded;
  }, 0);
  return ofBranches + total * channels + (seRatio > 0 ? 2 * total * reduced : 0);
}
