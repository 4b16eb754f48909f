/** An ONNX model as a network of layers: what does no work on data is folded away, what could not be inferred is said. */
import type { DataType } from '../../domain/cost-model.ts';
import { WorkbenchError } from '../../domain/errors.ts';
import { parseNetwork, type Network } from '../../domain/network.ts';
import { baseName, idFrom } from '../names.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { decodeElements, elementBits, ElementType } from './element-types.ts';
import { inferGraph, type InferredGraph, type InferredNode } from './infer.ts';
import { buildLayers, type FoldLevel, type OnnxNote } from './layers.ts';
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
  /** Default "batch-norm". */
  readonly fold?: FoldLevel;
  /** Opens a file with weights by its name relative to the model's; undefined when it is not at hand. */
  readonly companion?: (name: string) => Promise<RandomAccessSource | undefined>;
}

/** Versions of the operator set that the inference was written for. */
const OLDEST_OPSET = 9;
const NEWEST_OPSET = 23;
/** Content of weights in other files that may be needed to infer shapes. */
const MOST_EXTERNAL_ELEMENTS = 64;

/**
 * Reads a model, without its weights, and makes a network of it. Its layers have no execution times: a platform's cost model or
 * measurements give them.
 * @throws WorkbenchError `onnx.invalid` with the place in the file, `onnx.unsupported`, `onnx.unknownDimension`, `onnx.noLayers`, `network.invalid`
 */
export async function readOnnxNetwork(source: RandomAccessSource, options: OnnxOptions): Promise<{ network: Network; notes: OnnxNote[] }> {
  const model = await readOnnxModel(source);
  if (isOwnGraph(model)) return { network: readOwnGraph(model, options), notes: [] };
  const { initializers, notes } = await withExternalContent(model, options.companion);
  const graph = inferGraph(model, initializers, options.dims ?? {});
  const fold = options.fold ?? 'batch-norm';
  const built = buildLayers(graph, model.graph.outputs.map((output) => output.name), fold);
  if (built.layers.length === 0) {
    throw new WorkbenchError('onnx.noLayers', `onnx: none of the model's ${model.graph.nodes.length} nodes works on data`, { hint: fold === 'none' ? 'check that it is the right file' : 'with the option fold = none, nodes that only reinterpret data are kept' });
  }
  const opset = model.opsets.get('');
  const dataType = dataTypeOf(graph);
  const network = parseNetwork({
    schemaVersion: 1,
    id: options.id ?? idFrom(baseName(options.fileName)),
    name: options.name ?? baseName(options.fileName),
    description: `Imported from ONNX: ${model.graph.nodes.length} nodes, ${built.layers.length} layers.`,
    provenance: [
      `derived: structure, shapes, MACs and parameters from ${options.fileName} (ONNX${opset === undefined ? '' : ` opset ${opset}`}${model.producer === '' ? '' : `, ${model.producer}`})`,
      ...graph.assumed.map((name) => `assumed: dimension ${name} is 1`),
      ...Object.entries(options.dims ?? {}).map(([name, size]) => `assumed: dimension ${name} is ${size}`),
    ],
    ...(dataType === undefined ? {} : { dataType }),
    layers: built.layers,
  });
  return { network, notes: [...versionNotes(model), ...dimensionNotes(graph), ...notes, ...built.notes, ...inferenceNotes(graph, built.layerOf)] };
}

const dataTypes: Readonly<Record<number, DataType>> = { [ElementType.float]: 'fp32', [ElementType.float16]: 'fp16', 16: 'fp16', [ElementType.int8]: 'int8', [ElementType.uint8]: 'int8' };

/** What most of the nodes that multiply give, or else most of all; undefined where that is no type of the cost model. */
function dataTypeOf({ nodes }: InferredGraph): DataType | undefined {
  const working = nodes.filter(({ isStatic }) => !isStatic);
  const multiplying = working.filter(({ macs }) => macs !== undefined && macs > 0);
  const counts = new Map<number, number>();
  for (const { outputs } of multiplying.length > 0 ? multiplying : working) counts.set(outputs[0]?.elementType ?? 0, (counts.get(outputs[0]?.elementType ?? 0) ?? 0) + 1);
  const [mostFrequent] = [...counts].toSorted(([, a], [, b]) => b - a)[0] ?? [];
  return mostFrequent === undefined ? undefined : dataTypes[mostFrequent];
}

/** The initializers, those with small whole numbers in other files read from there. */
async function withExternalContent({ graph }: OnnxModel, companion: OnnxOptions['companion']): Promise<{ initializers: OnnxTensor[]; notes: OnnxNote[] }> {
  const files = new Map<string, RandomAccessSource | undefined>();
  const missing = new Map<string, number>();
  const initializers: OnnxTensor[] = [];
  for (const tensor of graph.initializers) {
    const { external } = tensor;
    if (external !== undefined && !files.has(external.location)) files.set(external.location, isInside(external.location) ? await companion?.(external.location) : undefined);
    const elements = elementsOf(tensor.dims) ?? 0;
    if (external === undefined || elements > MOST_EXTERNAL_ELEMENTS) {
      initializers.push(tensor);
      continue;
    }
    const file = files.get(external.location);
    const bytes = Math.ceil((elements * (elementBits(tensor.elementType) ?? 0)) / 8);
    const content = file === undefined || external.offset + bytes > file.size ? undefined : decodeElements(await file.read(external.offset, bytes), tensor.elementType);
    if (file === undefined) missing.set(external.location, (missing.get(external.location) ?? 0) + 1);
    initializers.push(content?.length === elements ? { ...tensor, content } : tensor);
  }
  const names = [...files.keys()].join(', ');
  const notes: OnnxNote[] = files.size === 0 ? [] : [{ message: `the weights are in other files (${names}) and were not read` }];
  for (const [location, count] of missing) notes.push({ message: `${location} is not at hand, and ${count} small constants are in it; shapes that depend on them may be missing`, hint: 'give it together with the model' });
  return { initializers, notes };
}

/** The ONNX specification allows files below the model's folder only. */
function isInside(location: string): boolean {
  return location !== '' && !/^([/\\]|[A-Za-z]:)/.test(location) && !location.split(/[/\\]/).includes('..');
}

function versionNotes({ opsets, functions }: OnnxModel): OnnxNote[] {
  const opset = opsets.get('');
  const notes: OnnxNote[] = [];
  if (opset === undefined) notes.push({ message: 'the model does not say which version of the operators it uses' });
  else if (opset < OLDEST_OPSET || opset > NEWEST_OPSET) notes.push({ message: `the model uses version ${opset} of the operators; ${OLDEST_OPSET} to ${NEWEST_OPSET} are known well`, hint: 'check the layers, or convert the model' });
  if (functions.size > 0) notes.push({ message: `the model defines ${functions.size} operators of its own; each use of one is a layer`, hint: 'inline the functions (onnx.inliner) to see their layers' });
  return notes;
}

function dimensionNotes({ assumed, open }: InferredGraph): OnnxNote[] {
  return [
    ...(assumed.length === 0 ? [] : [{ message: `the model leaves ${quoted(assumed)} open: taken as 1`, hint: `choose another size with the option dims, e.g. ${assumed[0]}=8` }]),
    ...(open.length === 0 ? [] : [{ message: `the model leaves ${quoted(open)} open, and nothing was chosen: sizes that depend on it are missing`, hint: `choose one with the option dims, e.g. ${open[0]}=224` }]),
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
    const isUnsized = inferred.outputs.some((output, position) => inferred.node.outputs[position] !== '' && elementsOf(output.shape) === undefined);
    if (!isUnsized && inferred.macs !== undefined) continue;
    const isCause = inferred.inputs.every((input) => input === undefined || input.isStatic || elementsOf(input.shape) !== undefined);
    if (!isCause) following.push(layer);
    else {
      const reason = `${inferred.node.domain === '' ? '' : `${inferred.node.domain}.`}${inferred.node.op}: ${inferred.reason ?? 'the size of its output depends on the data'}`;
      byReason.set(reason, [...(byReason.get(reason) ?? []), layer]);
    }
  }
  const what = (layers: readonly string[]): string => (layers.length === 1 ? `layer "${layers[0]}"` : `${layers.length} layers`);
  return [
    ...[...byReason].map(([reason, layers]) => ({ message: `could not be inferred for ${what(layers)}: ${reason}`, hint: 'enter outputBytes and macs by hand, or let onnx.shape_inference write the shapes into the file', layers })),
    ...(following.length === 0 ? [] : [{ message: `outputBytes or macs are missing for ${what(following)}, because what ${following.length === 1 ? 'it reads' : 'they read'} has no known size`, layers: following }]),
  ];
}
