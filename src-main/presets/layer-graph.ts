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
  /** Elements read from the layers before it. */
  readonly inputElements: number;
  readonly outputElements: number;
  /** Multiply-accumulates of convolutions and fully connected layers; 0 for the others. */
  readonly macs: number;
  /** Arithmetic operations of layers without multiply-accumulates, such as pooling and softmax. */
  readonly elementOperations: number;
  /** Weights and biases. */
  readonly parameters: number;
}

export interface Convolution {
  readonly channels: number;
  readonly kernel: number;
  readonly stride?: number;
  /** Default: "same" for odd kernels. */
  readonly padding?: number;
}

/** A network under construction. Each method adds a layer and returns its id; `from` is the layer it reads, or undefined for the network's input. */
export class LayerGraph {
  readonly layers: ShapedLayer[] = [];
  readonly input: Shape;

  constructor(input: Shape) {
    this.input = input;
  }

  convolution(id: string, from: string | undefined, { channels, kernel, stride = 1, padding = (kernel - 1) >> 1 }: Convolution): string {
    const input = this.shapeOf(from);
    const output = { channels, height: windows(input.height, kernel, stride, padding), width: windows(input.width, kernel, stride, padding) };
    const weights = kernel * kernel * input.channels * channels;
    return this.add(id, 'Conv', [from], output, { macs: weights * output.height * output.width, parameters: weights + channels });
  }

  /** A convolution of each channel by itself. */
  depthwiseConvolution(id: string, from: string, kernel: number, stride: number): string {
    const { channels, height, width } = this.shapeOf(from);
    const padding = (kernel - 1) >> 1;
    const output = { channels, height: windows(height, kernel, stride, padding), width: windows(width, kernel, stride, padding) };
    const weights = kernel * kernel * channels;
    return this.add(id, 'DepthwiseConv', [from], output, { macs: weights * output.height * output.width, parameters: weights + channels });
  }

  maxPool(id: string, from: string, kernel: number, stride: number, padding = 0): string {
    const { channels, height, width } = this.shapeOf(from);
    const output = { channels, height: windows(height, kernel, stride, padding), width: windows(width, kernel, stride, padding) };
    return this.add(id, 'MaxPool', [from], output, { elementOperations: kernel * kernel * elements(output) });
  }

  globalAveragePool(id: string, from: string): string {
    const input = this.shapeOf(from);
    return this.add(id, 'GlobalAveragePool', [from], { channels: input.channels, height: 1, width: 1 }, { elementOperations: elements(input) });
  }

  /** Element-wise sum of two layers of the same shape. */
  sum(id: string, left: string, right: string): string {
    const output = this.shapeOf(left);
    return this.add(id, 'Add', [left, right], output, { elementOperations: elements(output) });
  }

  fullyConnected(id: string, from: string, outputs: number): string {
    const inputs = elements(this.shapeOf(from));
    return this.add(id, 'Gemm', [from], { channels: outputs, height: 1, width: 1 }, { macs: inputs * outputs, parameters: inputs * outputs + outputs });
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

  private add(id: string, op: string, from: readonly (string | undefined)[], output: Shape, work: Partial<Pick<ShapedLayer, 'macs' | 'parameters' | 'elementOperations'>>): string {
    this.layers.push({
      id,
      op,
      dependencies: from.filter((producer) => producer !== undefined),
      output,
      inputElements: from.reduce((total, producer) => total + elements(this.shapeOf(producer)), 0),
      outputElements: elements(output),
      macs: 0,
      parameters: 0,
      elementOperations: 0,
      ...work,
    });
    return id;
  }

  private shapeOf(id: string | undefined): Shape {
    if (id === undefined) return this.input;
    const layer = this.layers.find((candidate) => candidate.id === id);
    if (layer === undefined) throw new Error(`layer "${id}" is not in the graph yet`);
    return layer.output;
  }
}

function elements({ channels, height, width }: Shape): number {
  return channels * height * width;
}

/** Number of positions of a sliding window along one axis. */
function windows(size: number, kernel: number, stride: number, padding: number): number {
  return Math.floor((size + 2 * padding - kernel) / stride) + 1;
}
