/** An ONNX model as a network of layers: what does no work on data is folded away, what could not be inferred is said. */
import { WorkbenchError } from '../../domain/errors.ts';
import { parseNetwork, type Network } from '../../domain/network.ts';
import { recogniseLookalike, recogniseStandIn } from '../lookalikes.ts';
import { baseName, idFrom } from '../names.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { ComputedTypes } from './computed-types.ts';
import { decodeElements, elementBits } from './element-types.ts';
import { inferGraph } from './infer.ts';
import type { InferredGraph, InferredNode } from './inferred-graph.ts';
import { buildLayers, type FoldLevel } from './layers.ts';
import type { OnnxNote } from './notes.ts';
import { isOwnGraph, readOwnGraph } from './own-graph.ts';
import { readOnnxModel, type OnnxModel, type OnnxTensor } from './model.ts';
import { elementsOf } from './tensor.ts';

export interface OnnxOptions {
  /** The file; its name is the network's unless another is chosen. */
  readonly fileName: string;
  readonly id?: string;
  readonly name?: string;
  /** Sizes of dimensions that the model leaves open, by name or as "<input>:<axis>". */
  readonly dims?: Readonly<Record<string, number>>;
  /** Values of inputs of one element that decide a branch or the length of a loop, by name; 1 and 0 for true and false. */
  readonly inputs?: Readonly<Record<string, number>>;
  /** Default "batch-norm". */
  readonly fold?: FoldLevel;
  /** Whether the quantisations around a layer become part of it; default: as batch normalisation, by `fold`. */
  readonly foldQuantization?: boolean;
  /** Activations that become part of the layer before them whatever `fold` says, such as those that a target cannot run by themselves. */
  readonly foldOps?: readonly string[];
  /** Opens a file with weights by its name relative to the model's; undefined when it is not at hand. */
  readonly companion?: (name: string) => Promise<RandomAccessSource | undefined>;
}

export interface ReadOnnxNetwork {
  readonly network: Network;
  readonly notes: readonly OnnxNote[];
  /** Names of the dimensions that the model leaves open and nothing was chosen for: those taken as a batch of 1, and those without a size. */
  readonly dimensions: { readonly assumed: readonly string[]; readonly open: readonly string[] };
}

/** Versions of the operator set that the inference was written for. */
const OLDEST_OPSET = 9;
const NEWEST_OPSET = 23;
/** Content of weights in other files that may be needed to infer shapes. */
const MOST_EXTERNAL_ELEMENTS = 64;

/**
 * Reads a model, without its weights, and makes a network of it. Its layers have no execution times: a platform's cost model or
 * measurements give them.
 * @throws WorkbenchError `onnx.invalid` with the place in the file, `onnx.cycle`, `onnx.unsupported`,
 * `onnx.inputNeeded`, `onnx.unknownDimension`, `onnx.unknownInput`, `onnx.noLayers`, `network.invalid`
 */
export async function readOnnxNetwork(source: RandomAccessSource, options: OnnxOptions): Promise<ReadOnnxNetwork> {
  const model = await readModel(source);
  if (isOwnGraph(model))
    return { network: readOwnGraph(model, options), notes: [], dimensions: { assumed: [], open: [] } };
  const { initializers, notes } = await withExternalContent(model, options.companion);
  const graph = inferGraph(model, initializers, { dims: options.dims ?? {}, inputs: options.inputs ?? {} });
  const fold = options.fold ?? 'batch-norm';
  const built = buildLayers(graph, {
    level: fold,
    quantization: options.foldQuantization ?? (fold === 'batch-norm' || fold === 'activations'),
    activations: new Set(options.foldOps ?? []),
  });
  if (built.layers.length === 0) {
    throw new WorkbenchError(
      'onnx.noLayers',
      `onnx: none of the model's ${model.graph.nodes.length} nodes works on data`,
      {
        hint:
          fold === 'none'
            ? 'check that it is the right file'
            : 'with the option fold = none, nodes that only reinterpret data are kept',
      },
    );
  }
  const opset = model.opsets.get('');
  const types = new ComputedTypes(graph, built);
  const network = parseNetwork({
    schemaVersion: 1,
    id: options.id ?? idFrom(baseName(options.fileName)),
    name: options.name ?? baseName(options.fileName),
    description: `Imported from ONNX: ${model.graph.nodes.length} nodes, ${built.layers.length} layers.`,
    provenance: [
      `derived: structure, shapes, MACs and parameters from ${options.fileName} ` +
        `(ONNX${opset === undefined ? '' : ` opset ${opset}`}${model.producer === '' ? '' : `, ${model.producer}`})`,
      ...graph.assumed.map((name) => `assumed: dimension ${name} is 1`),
      ...Object.entries(options.dims ?? {}).map(([name, size]) => `assumed: dimension ${name} is ${size}`),
      ...Object.entries(options.inputs ?? {}).map(([name, value]) => `assumed: input ${name} is ${value}`),
    ],
    ...(types.common === undefined ? {} : { dataType: types.common }),
    layers: types.stated(built.layers),
  });
  return {
    network,
    dimensions: { assumed: graph.assumed, open: graph.open },
    notes: [
      ...versionNotes(model),
      ...dimensionNotes(graph),
      ...notes,
      ...graph.notes,
      ...built.notes,
      ...inferenceNotes(graph, built.layerOf),
    ],
  };
}

/** The model; where the file is none, what it is instead. */
async function readModel(source: RandomAccessSource): Promise<OnnxModel> {
  try {
    return await readOnnxModel(source);
  } catch (error) {
    const instead = error instanceof WorkbenchError ? await recogniseLookalike(source) : undefined;
    if (instead === undefined) throw error;
    throw new WorkbenchError(
      'onnx.invalid',
      source.size === 0 ? `onnx: ${instead.message}` : `onnx: byte 0: ${instead.message}, not an ONNX model`,
      { hint: instead.hint, path: ['model', 0], cause: error },
    );
  }
}

/** The initializers, those with small whole numbers in other files read from there. */
async function withExternalContent(
  { graph }: OnnxModel,
  companion: OnnxOptions['companion'],
): Promise<{ initializers: OnnxTensor[]; notes: OnnxNote[] }> {
  const files = new Map<string, RandomAccessSource | undefined>();
  const missing = new Map<string, number>();
  const short = new Set<string>();
  const initializers: OnnxTensor[] = [];
  for (const tensor of graph.initializers) {
    const { external } = tensor;
    if (external !== undefined && !files.has(external.location))
      files.set(external.location, isInside(external.location) ? await companion?.(external.location) : undefined);
    const elements = elementsOf(tensor.dims) ?? 0;
    if (external === undefined || elements > MOST_EXTERNAL_ELEMENTS) {
      initializers.push(tensor);
      continue;
    }
    const file = files.get(external.location);
    const bytes = Math.ceil((elements * (elementBits(tensor.elementType) ?? 0)) / 8);
    const content =
      file === undefined || external.offset + bytes > file.size
        ? undefined
        : decodeElements(await file.read(external.offset, bytes), tensor.elementType);
    if (file !== undefined && external.offset + bytes > file.size) short.add(external.location);
    if (file === undefined) missing.set(external.location, (missing.get(external.location) ?? 0) + 1);
    initializers.push(content?.length === elements ? { ...tensor, content } : tensor);
  }
  const names = [...files.keys()].join(', ');
  const notes: OnnxNote[] =
    files.size === 0 ? [] : [{ message: `the weights are in other files (${names}) and were not read` }];
  for (const [location, count] of missing)
    notes.push({
      message: `${location} is not at hand, and ${count} small constants are in it; shapes that depend on them may be missing`,
      hint: 'give it together with the model',
    });
  for (const location of short) {
    const file = files.get(location);
    const instead = file === undefined ? undefined : await recogniseStandIn(file);
    notes.push({
      message:
        `${location} ends before the constants that the model has in ` +
        `it${instead === undefined ? '' : `: ${instead.message}`}; shapes that depend on them may be missing`,
      hint: instead?.hint ?? 'fetch it again',
    });
  }
  return { initializers, notes };
}

/** The ONNX specification allows files below the model's folder only. */
function isInside(location: string): boolean {
  return location !== '' && !/^([/\\]|[A-Za-z]:)/.test(location) && !location.split(/[/\\]/).includes('..');
}

function versionNotes({ opsets }: OnnxModel): OnnxNote[] {
  const opset = opsets.get('');
  const notes: OnnxNote[] = [];
  if (opset === undefined) notes.push({ message: 'the model does not say which version of the operators it uses' });
  else if (opset < OLDEST_OPSET || opset > NEWEST_OPSET)
    notes.push({
      message: `the model uses version ${opset} of the operators; ${OLDEST_OPSET} to ${NEWEST_OPSET} are known well`,
      hint: 'check the layers, or convert the model',
    });
  return notes;
}

function dimensionNotes({ assumed, open }: InferredGraph): OnnxNote[] {
  return [
    ...(assumed.length === 0
      ? []
      : [
          {
            message: `the model leaves ${quoted(assumed)} open: taken as 1`,
            hint: `choose another size with the option dims, e.g. ${assumed[0]}=8`,
          },
        ]),
    ...(open.length === 0
      ? []
      : [
          {
            message: `the model leaves ${quoted(open)} open, and nothing was chosen: sizes that depend on it are missing`,
            hint: `choose one with the option dims, e.g. ${open[0]}=224`,
          },
        ]),
  ];
}

function quoted(names: readonly string[]): string {
  return `the dimension${names.length > 1 ? 's' : ''} ${names.map((name) => `"${name}"`).join(', ')}`;
}

/** What could not be inferred, by reason: causes first, then what follows from them. */
function inferenceNotes({ nodes }: InferredGraph, layerOf: ReadonlyMap<InferredNode, string>): OnnxNote[] {
  const byReason = new Map<string, string[]>();
  const following: string[] = [];
  for (const inferred of nodes) {
    const layer = layerOf.get(inferred);
    if (layer === undefined) continue;
    const isUnsized = inferred.outputs.some(
      (output, position) => inferred.node.outputs[position] !== '' && elementsOf(output.shape) === undefined,
    );
    if (!isUnsized && inferred.macs !== undefined) continue;
    const isCause = inferred.inputs.every(
      (input) => input === undefined || input.isStatic || elementsOf(input.shape) !== undefined,
    );
    if (!isCause) following.push(layer);
    else {
      const reason =
        `${inferred.node.domain === '' ? '' : `${inferred.node.domain}.`}${inferred.node.op}: ` +
        `${inferred.reason ?? 'the size of its output depends on the data'}`;
      byReason.set(reason, [...(byReason.get(reason) ?? []), layer]);
    }
  }
  const what = (layers: readonly string[]): string =>
    layers.length === 1 ? `layer "${layers[0]}"` : `${layers.length} layers`;
  return [
    ...[...byReason].map(([reason, layers]) => ({
      message: `could not be inferred for ${what(layers)}: ${reason}`,
      hint: 'enter outputBytes and macs (0 where it only moves data) by hand, or let onnx.shape_inference write the shapes into the file',
      layers,
    })),
    ...(following.length === 0
      ? []
      : [
          {
            message:
              `outputBytes or macs are missing for ${what(following)}, because what ` +
              `${following.length === 1 ? 'it reads' : 'they read'} has no known size`,
            layers: following,
          },
        ]),
  ];
}
