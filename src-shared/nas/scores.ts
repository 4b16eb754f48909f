/**
 * Scores of untrained networks: what sorts candidates, roughly, without any training. They have no unit, and none of them is an accuracy.
 * log-synflow is the closed form, ours, of synflow (Tanaka et al. 2020) at the default initialisation of PyTorch, where a weight has the
 * mean magnitude 1/(2·√n) for n inputs: the gain of a convolution is √n/2, that of a block the product, R = Π (1 + gain) over blocks with a
 * residual and Π gain over the others; a layer's share of synflow is R·gain/(1 + gain) inside a residual, else R.
 */
import { isResidual, type Block } from './blocks.ts';
import type { BlockNetwork } from './block-network.ts';

export const scoreIds = ['parameters', 'macs', 'log-synflow'] as const;
export type ScoreId = (typeof scoreIds)[number];

export const scoreTitles: Readonly<Record<ScoreId, string>> = {
  parameters: 'Parameters',
  macs: 'Multiply-accumulates',
  'log-synflow': 'log-synflow',
};

/** ln synflow of a network between `stem` and head. */
export function logSynflow({
  inputChannels = 3,
  stem,
  blocks,
  headChannels,
}: Pick<BlockNetwork, 'inputChannels' | 'stem' | 'blocks' | 'headChannels'>): number {
  const lastChannels = blocks.at(-1)?.outputChannels ?? stem.channels;
  let logR =
    Math.log((stem.kernel * Math.sqrt(inputChannels)) / 2) +
    Math.log(Math.sqrt(lastChannels) / 2) +
    Math.log(Math.sqrt(headChannels) / 2);
  let shares = 3; // stem, head and classifier
  for (const block of blocks) {
    const { gain, layers } = gainOf(block);
    const hasResidual = isResidual(block);
    logR += Math.log(hasResidual ? 1 + gain : gain);
    shares += layers * (hasResidual ? gain / (1 + gain) : 1);
  }
  return logR + Math.log(shares);
}

function gainOf({ kind, branches, inputChannels }: Block): { gain: number; layers: number } {
  if (kind === 'pointwise') return { gain: Math.sqrt(inputChannels) / 2, layers: 1 };
  let layers = 1;
  let channels = 0;
  let flow = 0;
  for (const { kernel, expansion } of branches) {
    const isExpanded = kind !== 'conv' && expansion > 1;
    const first = kind === 'conv' ? (kernel * Math.sqrt(inputChannels)) / 2 : kernel / 2;
    const gain = first * (isExpanded ? Math.sqrt(inputChannels) / 2 : 1);
    layers += isExpanded ? 2 : 1;
    channels += inputChannels * expansion;
    flow += inputChannels * expansion * gain;
  }
  return { gain: flow / (2 * Math.sqrt(channels)), layers };
}
