/**
 * Network documents made of blocks, layer for layer. Batch normalisation and activation are folded into the convolution before them, as in
 * every preset; elements are one byte (int8), as on the NPU that S3NAS searched for.
 */
import { parseNetwork, type Network, type NetworkInput } from '../domain/network.ts';
import { isResidual, repeatsOf, type Block } from './blocks.ts';

/** A network between its blocks. */
export interface BlockNetwork {
  readonly id: string;
  readonly name?: string;
  readonly provenance?: readonly string[];
  /** Height and width of the input. */
  readonly inputSize: number;
  /** Default: 3. */
  readonly inputChannels?: number;
  readonly stem: { readonly kernel: number; readonly stride: number; readonly channels: number };
  readonly blocks: readonly Block[];
  /** Channels of the 1 × 1 convolution behind the blocks, before global pooling. */
  readonly headChannels: number;
  readonly classes: number;
}

type LayerInput = NetworkInput['layers'][number];
interface Output {
  readonly layer: string | undefined;
  readonly channels: number;
  readonly size: number;
}

/** @returns the document of a whole network. */
export function networkOfBlocks({
  id,
  name,
  provenance = [],
  inputSize,
  inputChannels = 3,
  stem,
  blocks,
  headChannels,
  classes,
}: BlockNetwork): Network {
  const builder = new LayerList();
  let at = builder.convolution(
    'stem',
    { layer: undefined, channels: inputChannels, size: inputSize },
    stem.channels,
    stem.kernel,
    stem.stride,
  );
  blocks.flatMap(repeatsOf).forEach((block, index) => {
    at = builder.block(`block${index + 1}`, at, block);
  });
  at = builder.convolution('head', at, headChannels, 1, 1);
  at = builder.globalPooling('pool', at);
  builder.fullyConnected('classifier', at, classes);
  return parseNetwork({
    schemaVersion: 1,
    id,
    ...(name === undefined ? {} : { name }),
    provenance: [...provenance],
    dataType: 'int8',
    layers: builder.layers,
  });
}

/** Layer before a block on its own, which is no part of it. */
export const LAYER_BEFORE = 'before';

/** @returns the document of what comes before the blocks, alone */
export function networkOfStem({
  inputSize,
  inputChannels = 3,
  stem,
}: Pick<BlockNetwork, 'inputSize' | 'inputChannels' | 'stem'>): Network {
  const builder = new LayerList();
  const image = { layer: undefined, channels: inputChannels, size: inputSize };
  builder.convolution('stem', image, stem.channels, stem.kernel, stem.stride);
  return parseNetwork({ schemaVersion: 1, id: 'stem', dataType: 'int8', layers: builder.layers });
}

/** @returns the document of what comes behind the blocks, behind a 1 × 1 convolution; `size`, `channels`: of the last block's output */
export function networkOfHead(
  { headChannels, classes }: Pick<BlockNetwork, 'headChannels' | 'classes'>,
  size: number,
  channels: number,
): Network {
  const builder = new LayerList();
  const before = builder.convolution(LAYER_BEFORE, { layer: undefined, channels, size }, channels, 1, 1);
  const mixed = builder.convolution('head', before, headChannels, 1, 1);
  builder.fullyConnected('classifier', builder.globalPooling('pool', mixed), classes);
  return parseNetwork({ schemaVersion: 1, id: 'head', dataType: 'int8', layers: builder.layers });
}

/** @returns the document of `block` behind a 1 × 1 convolution, as the latency table of S3NAS was made; `inputSize`: height and width of the block's input */
export function networkOfBlock(block: Block, inputSize: number): Network {
  const builder = new LayerList();
  const channels = block.inputChannels;
  let at = builder.convolution(LAYER_BEFORE, { layer: undefined, channels, size: inputSize }, channels, 1, 1);
  repeatsOf(block).forEach((each, index) => {
    at = builder.block(`block${index + 1}`, at, each);
  });
  return parseNetwork({ schemaVersion: 1, id: 'block', dataType: 'int8', layers: builder.layers });
}

class LayerList {
  readonly layers: LayerInput[] = [];

  /** "Same" padding. */
  convolution(id: string, from: Output, channels: number, kernel: number, stride: number): Output {
    const size = Math.ceil(from.size / stride);
    const weights = kernel * kernel * from.channels * channels;
    return this.#add(id, 'Conv', [from], { channels, size }, kernel, weights);
  }

  block(id: string, from: Output, block: Block): Output {
    const { stride, inputChannels, outputChannels, seRatio } = block;
    if (block.kind === 'pointwise') return this.convolution(`${id}.project`, from, outputChannels, 1, stride);
    const branches = block.branches.map(({ kernel, expansion }, index) => {
      const name = block.branches.length === 1 ? id : `${id}.${index + 1}`;
      const channels = inputChannels * expansion;
      if (block.kind === 'conv') return this.convolution(`${name}.conv`, from, channels, kernel, stride);
      const expanded = expansion === 1 ? from : this.convolution(`${name}.expand`, from, channels, 1, 1);
      return this.#depthwise(`${name}.dw`, expanded, kernel, stride);
    });
    const [first = from] = branches;
    let at = branches.length === 1 ? first : this.#concatenation(`${id}.concat`, branches);
    if (seRatio > 0) at = this.#excitation(`${id}.se`, at, Math.max(1, Math.floor(inputChannels * seRatio)));
    at = this.convolution(`${id}.project`, at, outputChannels, 1, 1);
    return isResidual(block) ? this.#add(`${id}.add`, 'Add', [at, from], at) : at;
  }

  globalPooling(id: string, from: Output): Output {
    return this.#add(id, 'GlobalAveragePool', [from], { channels: from.channels, size: 1 });
  }

  fullyConnected(id: string, from: Output, channels: number): Output {
    return this.#add(id, 'Gemm', [from], { channels, size: 1 }, undefined, from.channels * channels);
  }

  #depthwise(id: string, from: Output, kernel: number, stride: number): Output {
    const size = Math.ceil(from.size / stride);
    return this.#add(
      id,
      'DepthwiseConv',
      [from],
      { channels: from.channels, size },
      kernel,
      kernel * kernel * from.channels,
    );
  }

  #concatenation(id: string, from: readonly Output[]): Output {
    const channels = from.reduce((sum, branch) => sum + branch.channels, 0);
    return this.#add(id, 'Concat', from, { channels, size: from[0]?.size ?? 1 });
  }

  /** Squeeze and excitation: global pooling, two 1 × 1 convolutions, a factor for each channel. */
  #excitation(id: string, from: Output, reduced: number): Output {
    const pooled = this.globalPooling(`${id}.pool`, from);
    const factors = this.convolution(
      `${id}.expand`,
      this.convolution(`${id}.reduce`, pooled, reduced, 1, 1),
      from.channels,
      1,
      1,
    );
    return this.#add(`${id}.scale`, 'Mul', [from, factors], from);
  }

  #add(
    id: string,
    op: string,
    from: readonly Output[],
    { channels, size }: Pick<Output, 'channels' | 'size'>,
    kernel?: number,
    weights?: number,
  ): Output {
    this.layers.push({
      id,
      op,
      dependencies: from.flatMap(({ layer }) => layer ?? []),
      outputShape: [channels, size, size],
      outputBytes: channels * size * size,
      ...(kernel === undefined ? {} : { kernelShape: [kernel, kernel] }),
      ...(weights === undefined ? {} : { macs: weights * size * size, parameters: weights + channels }),
    });
    return { layer: id, channels, size };
  }
}
