/** Builds a convolutional network layer by layer: infers shapes and counts multiply-accumulates, parameters and elements moved. */

/** Shape of one feature map. */
export interface Shape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** What the generator knows of a layer. Batch normalisation and activation are folded into the convolution before them. */
export interface ShapedLayer {
  readonly id: string;
  readonly op: string;
  readonly dependencies: readonly string[];
  readonly output: Shape;
  /** Height and width of the window, of convolutions and pooling. */
  readonly kernel?: readonly [number, number];
  /** Elements read from the layers before it. */
  readonly inputElements: number;
  readonly outputElements: number;
  /** Multiply-accumulates of convolutions and fully connected layers; 0 for the others. */
  readonly macs: number;
  /** Arithmetic operations of layers without multiply-accumulates, such as pooling and softmax. */
  readonly elementOperations: number;
  /** Weights and biases, as they are after folding. */
  readonly parameters: number;
  /**
   * Channels whose batch normalisation became the bias of this convolution. Publications count a scale and a shift for each of
   * them, so that the published number of parameters is `parameters` + `foldedChannels`.
   */
  readonly foldedChannels: number;
}

/** Height and width, or one number for both. */
export type Extent = number | readonly [number, number];

/** What a convolution adds: a bias that batch normalisation left, one of its own, or none. */
export type Bias = 'folded' | 'own' | 'none';

export interface Window {
  readonly kernel: Extent;
  readonly stride?: number;
  /** Rows and columns added on either side. */
  readonly padding?: Extent;
}

export interface Convolution extends Window {
  readonly channels: number;
  /** Each group of output channels reads only its own share of the input channels. */
  readonly groups?: number;
  /** Default: folded. */
  readonly bias?: Bias;
}

export interface Pooling extends Window {
  /** Whether a window that begins inside the input counts though it ends outside (Caffe's convention). */
  readonly roundsUp?: boolean;
}

/** A network under construction. Each method adds a layer and returns its id; `from` is the layer it reads, or undefined for the network's input. */
export class LayerGraph {
  readonly layers: ShapedLayer[] = [];
  readonly input: Shape;
  readonly #byId = new Map<string, ShapedLayer>();

  constructor(input: Shape) {
    this.input = input;
  }

  /** Padding: "same" for odd kernels unless given. */
  convolution(
    id: string,
    from: string | undefined,
    { channels, kernel, stride = 1, padding, groups = 1, bias = 'folded' }: Convolution,
  ): string {
    const input = this.shapeOf(from);
    const [rows, columns] = pair(kernel);
    const output = { channels, ...slide(input, { kernel, stride, padding: padding ?? half(kernel) }) };
    const weights = (rows * columns * input.channels * channels) / groups;
    return this.add(id, 'Conv', [from], output, {
      kernel: [rows, columns],
      macs: weights * output.height * output.width,
      ...weightsAndBias(weights, channels, bias),
    });
  }

  /** A convolution of each channel by itself; the padding is "same". */
  depthwiseConvolution(id: string, from: string, kernel: number, stride: number, bias: Bias = 'folded'): string {
    const input = this.shapeOf(from);
    const output = { channels: input.channels, ...slide(input, { kernel, stride, padding: half(kernel) }) };
    const weights = kernel * kernel * input.channels;
    return this.add(id, 'DepthwiseConv', [from], output, {
      kernel: [kernel, kernel],
      macs: weights * output.height * output.width,
      ...weightsAndBias(weights, input.channels, bias),
    });
  }

  maxPool(id: string, from: string, pooling: Pooling): string {
    return this.pool(id, 'MaxPool', from, pooling);
  }

  /** A maximum over windows that begin at every element; those at the lower and right border are cut off. */
  maxPoolSame(id: string, from: string, kernel: number): string {
    const output = this.shapeOf(from);
    return this.add(id, 'MaxPool', [from], output, {
      kernel: [kernel, kernel],
      elementOperations: kernel * kernel * elements(output),
    });
  }

  averagePool(id: string, from: string, pooling: Pooling): string {
    return this.pool(id, 'AveragePool', from, pooling);
  }

  globalAveragePool(id: string, from: string): string {
    const input = this.shapeOf(from);
    return this.add(
      id,
      'GlobalAveragePool',
      [from],
      { channels: input.channels, height: 1, width: 1 },
      { elementOperations: elements(input) },
    );
  }

  /** Element-wise sum of two layers of the same shape. */
  sum(id: string, left: string, right: string): string {
    const output = this.shapeOf(left);
    return this.add(id, 'Add', [left, right], output, { elementOperations: elements(output) });
  }

  /** Each channel of `from` multiplied by its one value in `factors`. */
  scale(id: string, from: string, factors: string): string {
    const output = this.shapeOf(from);
    return this.add(id, 'Mul', [from, factors], output, { elementOperations: elements(output) });
  }

  /** The channels of all of `from`, one after the other. */
  concatenate(id: string, from: readonly string[]): string {
    const shapes = from.map((producer) => this.shapeOf(producer));
    const output = { ...shapes[0], channels: shapes.reduce((total, { channels }) => total + channels, 0) };
    return this.add(id, 'Concat', from, output, { elementOperations: elements(output) });
  }

  /** The first or last `channels` channels of a layer: a copy. */
  slice(id: string, from: string, channels: number): string {
    const output = { ...this.shapeOf(from), channels };
    return this.add(id, 'Slice', [from], output, { elementOperations: elements(output) });
  }

  /** Nearest-neighbour enlargement by a whole factor. */
  upsample(id: string, from: string, factor: number): string {
    const { channels, height, width } = this.shapeOf(from);
    const output = { channels, height: height * factor, width: width * factor };
    return this.add(id, 'Resize', [from], output, { elementOperations: elements(output) });
  }

  /** A batch normalisation that no convolution before it can take in: a scale and a shift for each channel. */
  batchNormalization(id: string, from: string): string {
    const output = this.shapeOf(from);
    return this.add(id, 'BatchNormalization', [from], output, {
      elementOperations: 2 * elements(output),
      parameters: 2 * output.channels,
    });
  }

  fullyConnected(id: string, from: string, outputs: number): string {
    const inputs = elements(this.shapeOf(from));
    return this.add(
      id,
      'Gemm',
      [from],
      { channels: outputs, height: 1, width: 1 },
      { macs: inputs * outputs, parameters: inputs * outputs + outputs },
    );
  }

  /** Local response normalisation across `size` channels: a square and a sum for each, then a power and a division. */
  localResponseNormalization(id: string, from: string, size: number): string {
    const output = this.shapeOf(from);
    return this.add(id, 'LRN', [from], output, { elementOperations: (2 * size + 20) * elements(output) });
  }

  /** Maximum, exponential, sum and division for each element. */
  softmax(id: string, from: string): string {
    const output = this.shapeOf(from);
    return this.add(id, 'Softmax', [from], output, { elementOperations: 20 * elements(output) });
  }

  channelsOf(id: string): number {
    return this.shapeOf(id).channels;
  }

  private pool(id: string, op: string, from: string, pooling: Pooling): string {
    const input = this.shapeOf(from);
    const [rows, columns] = pair(pooling.kernel);
    const output = { channels: input.channels, ...slide(input, pooling) };
    return this.add(id, op, [from], output, {
      kernel: [rows, columns],
      elementOperations: rows * columns * elements(output),
    });
  }

  private add(
    id: string,
    op: string,
    from: readonly (string | undefined)[],
    output: Shape,
    work: Partial<Pick<ShapedLayer, 'kernel' | 'macs' | 'parameters' | 'foldedChannels' | 'elementOperations'>>,
  ): string {
    if (this.#byId.has(id)) throw new Error(`there is already a layer "${id}"`);
    const layer = {
      id,
      op,
      dependencies: from.filter((producer) => producer !== undefined),
      output,
      inputElements: from.reduce((total, producer) => total + elements(this.shapeOf(producer)), 0),
      outputElements: elements(output),
      macs: 0,
      parameters: 0,
      foldedChannels: 0,
      elementOperations: 0,
      ...work,
    };
    this.layers.push(layer);
    this.#byId.set(id, layer);
    return id;
  }

  private shapeOf(id: string | undefined): Shape {
    if (id === undefined) return this.input;
    const layer = this.#byId.get(id);
    if (layer === undefined) throw new Error(`layer "${id}" is not in the graph yet`);
    return layer.output;
  }
}

function elements({ channels, height, width }: Shape): number {
  return channels * height * width;
}

function pair(extent: Extent): readonly [number, number] {
  return typeof extent === 'number' ? [extent, extent] : extent;
}

/** The padding that keeps the size, for odd kernels. */
function half(kernel: Extent): readonly [number, number] {
  const [rows, columns] = pair(kernel);
  return [(rows - 1) >> 1, (columns - 1) >> 1];
}

/** Number of positions of a sliding window. */
function slide(
  input: Shape,
  { kernel, stride = 1, padding = 0, roundsUp = false }: Pooling,
): { height: number; width: number } {
  const [rows, columns] = pair(kernel);
  const [above, beside] = pair(padding);
  const positions = (size: number, window: number, added: number): number => {
    const steps = (size + 2 * added - window) / stride;
    return (roundsUp ? Math.ceil(steps) : Math.floor(steps)) + 1;
  };
  return { height: positions(input.height, rows, above), width: positions(input.width, columns, beside) };
}

function weightsAndBias(
  weights: number,
  channels: number,
  bias: Bias,
): Pick<ShapedLayer, 'parameters' | 'foldedChannels'> {
  return {
    parameters: bias === 'none' ? weights : weights + channels,
    foldedChannels: bias === 'folded' ? channels : 0,
  };
}
