/**
 * Cycles of the layers of a network document on MIDAP, executed one after the other in the order of the document (a layer that is listed
 * before one it reads comes after it). What the document does not state follows from shapes: strides from both sizes, the padding from what the window needs, input channels of the first layer
 * and groups from the multiply-accumulates.
 */
import type { Layer, Network } from '../network.ts';
import { operationClassOf } from '../operation-classes.ts';
import { plainOperation } from '../operation-names.ts';
import { executionOrder } from './execution-order.ts';
import type { MidapParameters } from './model.ts';
import { timelineCycles, type MidapStep, type MidapTensor } from './timeline.ts';
import { computeCycles, type Extent, type MidapLayer } from './work.ts';

/** Cycles of a layer. */
export interface MidapCycles {
  readonly cycles: number;
  /** Those in which nothing is waited for; the rest is waiting for DRAM. */
  readonly computeCycles: number;
}

/** Sizes beyond which no time is given: an image of so many columns, and so many channels. */
const MOST_COLUMNS = 8192;
const MOST_CHANNELS = 262_144;
/** Of columns and groups of filters, which come one after the other. */
const MOST_SLOTS = 4_000_000;
/** Channels are stored in multiples of this for convolutions; for all else in whole rows. */
const CHANNEL_STEP = 16;

/** Activations are applied on the way out of a layer, and so are the scale and shift of a normalisation. */
const freeOperations: ReadonlySet<string> = new Set(
  [
    'Relu Clip LeakyRelu PRelu Elu Selu Celu ThresholdedRelu Sigmoid HardSigmoid HardSwish Swish Mish Tanh Softplus',
    'BatchNormalization BiasAdd QuantizeLinear DequantizeLinear Cast',
  ].flatMap((names) => names.split(' ')),
);
const combinations: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Sum', 'Max', 'Min', 'Mean']);
const globalPoolings: ReadonlySet<string> = new Set(['GlobalAveragePool', 'GlobalMaxPool', 'ReduceMean']);
const poolings: ReadonlySet<string> = new Set(['MaxPool', 'AveragePool']);
const matrixProducts: ReadonlySet<string> = new Set(['Gemm', 'MatMul']);

interface Shape extends Extent {
  readonly channels: number;
}

/** What happens to a layer: it is executed, done on the way out of the layer before it, costs nothing, or cannot be executed. */
type Role = 'executed' | 'reduction' | 'free' | 'impossible';

/** A layer in the order of execution; places are places in that order. */
interface Node {
  readonly layer: Layer;
  readonly op: string;
  readonly shape: Shape | undefined;
  /** Places of the layers it reads, the one that was executed last first: that is its first operand, others are streamed. */
  readonly reads: readonly number[];
  readonly readers: number[];
  role: Role;
  /** Place of the layer whose output this is, through layers that cost nothing; its own where it is executed, or concatenates. */
  root: number;
  /** Anything but a convolution reads it, so that its channels are stored in whole rows. */
  isByRow: boolean;
  /** Executed layers that read it as their first operand. */
  firstReaders: number;
  /** Place of the global pooling that is done on its way out. */
  reducedBy: number | undefined;
  /** Index of the tensor its output is in. */
  tensor: number | undefined;
}

/**
 * Cycles by layer of `network`, in its order; undefined where MIDAP cannot execute the layer, or the layer does not state its shape (and its
 * multiply-accumulates and window where it has them). 0: it takes no time of its own.
 * @param isSupported whether the processor runs the operation
 */
export function midapCycles(
  network: Network,
  parameters: MidapParameters,
  isSupported: (op: string) => boolean = () => true,
): (MidapCycles | undefined)[] {
  const order = executionOrder(network);
  const nodes = nodesOf(network, order, isSupported);
  const tensors = tensorsOf(nodes, parameters);
  const steps: (MidapStep & { readonly place: number })[] = [];
  nodes.forEach((node, place) => {
    if (node.role !== 'executed') return;
    const layer = midapLayer(node, nodes, parameters);
    if (layer === undefined || node.tensor === undefined || isTooLarge(layer, parameters)) {
      node.role = 'impossible';
      return;
    }
    const reduced = node.reducedBy === undefined ? undefined : nodes[node.reducedBy]?.tensor;
    const [first] = node.reads;
    steps.push({
      layer,
      reads: first === undefined ? undefined : nodes[first]?.tensor,
      writes: node.tensor,
      reduced,
      place,
    });
  });
  const cycles = timelineCycles(steps, tensors, parameters);
  const result = network.layers.map((): MidapCycles | undefined => undefined);
  nodes.forEach(({ role, reads }, place) => {
    const isPart =
      role === 'free' || (role === 'reduction' && nodes[nodes[reads[0] ?? -1]?.root ?? -1]?.role === 'executed');
    if (isPart) result[order[place] ?? 0] = { cycles: 0, computeCycles: 0 };
  });
  steps.forEach(({ layer, place }, step) => {
    result[order[place] ?? 0] = { cycles: cycles[step] ?? 0, computeCycles: computeCycles(layer, parameters) };
  });
  return result;
}

function nodesOf(network: Network, order: readonly number[], isSupported: (op: string) => boolean): Node[] {
  const places = new Map(order.map((index, place) => [network.layers[index]?.id, place]));
  const nodes = order.flatMap((index, place): Node[] => {
    const layer = network.layers[index];
    if (layer === undefined) return [];
    return [
      {
        layer,
        op: plainOperation(layer.op),
        shape: shapeOf(layer),
        reads: layer.dependencies.flatMap(({ layer: id }) => places.get(id) ?? []).toSorted((a, b) => b - a),
        readers: [],
        role: 'impossible',
        root: place,
        isByRow: false,
        firstReaders: 0,
        reducedBy: undefined,
        tensor: undefined,
      },
    ];
  });
  nodes.forEach((node, place) => {
    for (const read of node.reads) nodes[read]?.readers.push(place);
    const first = node.reads[0] === undefined ? undefined : nodes[node.reads[0]];
    const root = first === undefined ? undefined : nodes[first.root];
    if (isSupported(node.layer.op)) node.role = roleOf(node, first, root);
    if (node.role === 'free' && node.op !== 'Concat' && first !== undefined) node.root = first.root;
    if (node.role === 'reduction' && root !== undefined) root.reducedBy = place;
    if ((node.role === 'executed' || node.role === 'reduction') && root !== undefined) root.firstReaders++;
  });
  for (const node of nodes.toReversed()) {
    const isByRow = node.role === 'free' ? node.isByRow : node.role !== 'impossible' && !isConvolution(node.op);
    for (const read of node.reads) {
      const producer = nodes[read];
      if (producer !== undefined) producer.isByRow ||= isByRow;
    }
  }
  return nodes;
}

function isConvolution(op: string): boolean {
  return op === 'Conv' || matrixProducts.has(op);
}

function roleOf({ layer, op, shape, reads }: Node, first: Node | undefined, root: Node | undefined): Role {
  if (operationClassOf(layer) === 'view' || freeOperations.has(op) || op === 'Concat') return 'free';
  if (shape === undefined) return 'impossible';
  if (combinations.has(op)) return reads.length < 2 ? 'free' : 'executed';
  if (globalPoolings.has(op)) {
    if (!isOnePerChannel(shape)) return 'impossible';
    if (root?.role === 'executed') return 'reduction';
    return first?.shape === undefined ? 'impossible' : 'executed';
  }
  const hasMacs = (layer.macs ?? 0) > 0;
  if (op === 'Conv') return layer.kernelShape?.length === 2 && hasMacs ? 'executed' : 'impossible';
  if (op === 'DepthwiseConv' || poolings.has(op)) return layer.kernelShape?.length === 2 ? 'executed' : 'impossible';
  return matrixProducts.has(op) && hasMacs && (layer.parameters ?? 0) > 0 ? 'executed' : 'impossible';
}

/** The tensors between the layers: `tensor` of each node is set. */
function tensorsOf(nodes: readonly Node[], parameters: MidapParameters): MidapTensor[] {
  const tensors: MidapTensor[] = [];
  nodes.forEach((node, place) => {
    if (node.role === 'impossible') return;
    if (node.root !== place) node.tensor = nodes[node.root]?.tensor;
    else if (node.shape !== undefined) {
      const { width, height, channels } = node.shape;
      const columnBytes = height * storedChannels(channels, node.isByRow, parameters);
      node.tensor = tensors.push({ columns: width, columnBytes, readers: node.firstReaders }) - 1;
    }
    if (node.op !== 'Concat' || node.tensor === undefined) return;
    const producers = node.reads.map((read) => onlyFor(place, read, nodes));
    if (producers.some((producer) => producer === undefined)) return;
    for (const producer of producers) if (producer !== undefined) producer.tensor = node.tensor;
  });
  return tensors;
}

/** The executed layer whose output nobody but the concatenation at `place` reads, by `read`: it is written into its place of the whole. */
function onlyFor(place: number, read: number, nodes: readonly Node[]): Node | undefined {
  let reader = place;
  for (let at: number | undefined = read; at !== undefined;) {
    const node: Node | undefined = nodes[at];
    if (node === undefined || node.readers.length !== 1 || node.readers[0] !== reader) return undefined;
    if (node.root === at) return node.role === 'executed' ? node : undefined;
    reader = at;
    at = node.reads[0];
  }
  return undefined;
}

function storedChannels(channels: number, isByRow: boolean, { rowBytes }: MidapParameters): number {
  return roundUp(channels, isByRow ? rowBytes : CHANNEL_STEP);
}

/** The layer as MIDAP executes it; undefined where shapes, window and multiply-accumulates do not fit together. */
function midapLayer(node: Node, nodes: readonly Node[], parameters: MidapParameters): MidapLayer | undefined {
  const { layer, op, shape, reads } = node;
  if (shape === undefined) return undefined;
  const producer = reads[0] === undefined ? undefined : nodes[reads[0]];
  const plain = {
    input: shape,
    output: shape,
    kernel: ONE,
    stride: ONE,
    padding: NONE,
    groups: 1,
    operands: 0,
    isReduced: node.reducedBy !== undefined,
    outputChannels: shape.channels,
  };
  const inRows = storedChannels(shape.channels, true, parameters);
  if (matrixProducts.has(op)) {
    const isVector = isOnePerChannel(shape);
    const outputs = isVector ? shape.channels : shape.width;
    const extent = { height: 1, width: isVector ? 1 : shape.channels * shape.height };
    const inputChannels = roundUp(Math.round((layer.macs ?? 0) / (outputs * extent.width)), CHANNEL_STEP);
    return { ...plain, kind: 'convolution', input: extent, output: extent, inputChannels, outputChannels: outputs };
  }
  if (combinations.has(op)) {
    const isFactor = (read: number): boolean => isOnePerChannel(nodes[read]?.shape);
    if (op === 'Mul' && reads.length === 2 && !isOnePerChannel(shape) && reads.some(isFactor))
      return { ...plain, kind: 'scaling', inputChannels: inRows };
    return { ...plain, kind: 'addition', inputChannels: inRows, operands: reads.length - 1 };
  }
  const input = producer?.shape ?? shape;
  if (globalPoolings.has(op)) return { ...plain, kind: 'pooling', input, kernel: input, inputChannels: inRows };
  const [height = 1, width = 1] = layer.kernelShape ?? [];
  const kernel = { height, width };
  const windows = { ...plain, input, kernel, ...slide(input, shape, kernel) };
  if (op === 'DepthwiseConv') return { ...windows, kind: 'depthwise', inputChannels: inRows };
  if (op !== 'Conv') return { ...windows, kind: 'pooling', inputChannels: inRows };
  const ofFilter = Math.round((layer.macs ?? 0) / (shape.channels * shape.height * shape.width * height * width));
  if (ofFilter < 1) return undefined;
  const groups = producer?.shape === undefined ? 1 : Math.max(1, Math.round(producer.shape.channels / ofFilter));
  if (groups === 1 && ofFilter <= parameters.imageChannels && height * width > 1)
    return { ...windows, kind: 'im2col', inputChannels: ofFilter };
  const isByRow = producer !== undefined && (nodes[producer.root]?.isByRow ?? false);
  const inputChannels = groups === 1 ? storedChannels(ofFilter, isByRow, parameters) : ofFilter * groups;
  return { ...windows, kind: 'convolution', groups, inputChannels };
}

/** Keeps absurd documents from taking seconds: no network for MIDAP comes near it. */
function isTooLarge(
  { input, output, kernel, inputChannels, outputChannels }: MidapLayer,
  parameters: MidapParameters,
): boolean {
  const extents = [input.width, input.height, output.width, output.height, kernel.width, kernel.height];
  const groups = Math.ceil(outputChannels / parameters.filtersAtOnce);
  const most = Math.max(...extents);
  return most > MOST_COLUMNS || Math.max(inputChannels, outputChannels) > MOST_CHANNELS || most * groups > MOST_SLOTS;
}

const ONE: Extent = { height: 1, width: 1 };
const NONE: Extent = { height: 0, width: 0 };

function isOnePerChannel(shape: Shape | undefined): boolean {
  return shape?.height === 1 && shape.width === 1;
}

/** Channels, height and width; what is missing is 1. */
function shapeOf({ outputShape }: Layer): Shape | undefined {
  if (outputShape === undefined || outputShape.length > 3) return undefined;
  const [channels = 1, height = 1, width = 1] = outputShape;
  return { channels, height, width };
}

function slide(input: Extent, output: Extent, kernel: Extent): { stride: Extent; padding: Extent } {
  const stride = { height: step(input.height, output.height), width: step(input.width, output.width) };
  return {
    stride,
    padding: {
      height: before(input.height, output.height, kernel.height, stride.height),
      width: before(input.width, output.width, kernel.width, stride.width),
    },
  };
}

function step(input: number, output: number): number {
  return Math.max(1, Math.round(input / output));
}

/** What must be added before the first element so that so many positions fit, where both sides get the same or the first one more. */
function before(input: number, output: number, kernel: number, stride: number): number {
  return Math.max(0, Math.ceil(((output - 1) * stride + kernel - input) / 2));
}

function roundUp(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}
