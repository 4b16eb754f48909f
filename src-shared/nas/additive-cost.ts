/** Costs of candidates as the sum of what their parts cost: stem, blocks, head. Each different part is asked for once. */
import type { Network } from '../domain/network.ts';
import { LAYER_BEFORE, networkOfBlock, networkOfHead, networkOfStem } from './block-network.ts';
import { blockText } from './blocks.ts';
import type { ChoiceGroup, NetworkSpace, PlacedBlock } from './space.ts';

/** A part of a network as a document of its own, behind a 1 × 1 layer that does not count (except the stem, which has nothing before it). */
export interface Part {
  /** For people: `stem`, `head`, or the block and its input size. */
  readonly name: string;
  readonly network: Network;
  readonly placed: PlacedBlock | undefined;
}

export class AdditiveCost {
  readonly #ofPart: (part: Part) => number;
  readonly #space: NetworkSpace;
  readonly #known = new Map<string, number>();
  /** The same by the objects of the space, which are quicker to find. */
  readonly #ofObject = new Map<PlacedBlock, number>();
  /** Of stem and head. */
  readonly base: number;

  /** @param ofPart its cost; what it throws is thrown to what asks for a candidate with that part */
  constructor(space: NetworkSpace, ofPart: (part: Part) => number) {
    this.#space = space;
    this.#ofPart = ofPart;
    const { document, outputSize } = space;
    const { input, stem, head, stages } = document;
    const frame = { inputSize: input.size, inputChannels: input.channels, stem };
    const channels = stages.at(-1)?.channels ?? stem.channels;
    const headNetwork = networkOfHead({ headChannels: head.channels, classes: head.classes }, outputSize, channels);
    this.base =
      ofPart({ name: 'stem', network: networkOfStem(frame), placed: undefined }) +
      ofPart({ name: 'head', network: headNetwork, placed: undefined });
  }

  of(genes: ArrayLike<number>): number {
    let sum = this.base;
    for (const stage of this.#space.placedBlocks(genes)) for (const placed of stage) sum += this.ofBlock(placed);
    return sum;
  }

  ofItem({ blocks }: ChoiceGroup['items'][number]): number {
    return blocks.reduce((sum, placed) => sum + this.ofBlock(placed), 0);
  }

  ofBlock(placed: PlacedBlock): number {
    const found = this.#ofObject.get(placed);
    if (found !== undefined) return found;
    const key = partKey(placed);
    const cost =
      this.#known.get(key) ??
      this.#ofPart({ name: key, network: networkOfBlock(placed.block, placed.inputSize), placed });
    this.#known.set(key, cost);
    this.#ofObject.set(placed, cost);
    return cost;
  }
}

/** Equal blocks at different places of a network cost the same. */
function partKey({ block, inputSize }: PlacedBlock): string {
  return `${blockText(block)}_imgsize${inputSize}`;
}

/** The sum of a quantity over the layers of a part. */
export function partSum({ network }: Part, quantity: 'macs' | 'parameters'): number {
  return network.layers.reduce((sum, layer) => (layer.id === LAYER_BEFORE ? sum : sum + (layer[quantity] ?? 0)), 0);
}
