/**
 * The structure of an ONNX model (onnx.proto, https://onnx.ai/onnx/repo-docs/IR.html), read without its weights: a tensor keeps its
 * shape, and its content only where it is small enough to be a shape, an axis or a scale.
 */
import type { RandomAccessSource } from '../random-access.ts';
import { decodeElements, isNumeric } from './element-types.ts';
import { ProtobufReader, type Field } from './protobuf.ts';
import { decodeUtf8 } from './utf8.ts';

/** Tensors of at most this many elements keep their content: shapes, axes, pads, sizes. */
const MAX_CONTENT = 1024;
const MAX_LIST = 100_000;
/** Graphs within graphs. */
const MAX_DEPTH = 50;
/** Texts of attributes and metadata; longer ones, such as a program or a vocabulary, are of no interest. */
const MAX_TEXT = 1 << 16;

export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly elementType: number;
  /** Of small tensors only. */
  readonly content?: readonly number[];
  /** Where the content is when it has a file of its own. */
  readonly external?: { readonly location: string; readonly offset: number; readonly length: number | undefined };
}

export interface OnnxAttribute {
  readonly name: string;
  readonly integer?: number;
  readonly float?: number;
  readonly text?: string;
  readonly integers?: readonly number[];
  readonly floats?: readonly number[];
  readonly tensor?: OnnxTensor;
  /** The body of a loop, or a branch. */
  readonly graph?: OnnxGraph;
  /** In the body of a function: the attribute of the function's use that it takes its value from. */
  readonly takenFrom?: string;
}

export interface OnnxNode {
  readonly name: string;
  readonly op: string;
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  /** Tells functions of the same name apart; mostly empty. */
  readonly overload: string;
  /** Names of values; empty where an optional one is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** A dimension: its size, the name of one that is left open, or nothing known. */
export type OnnxDimension = number | string | undefined;

export interface OnnxValue {
  readonly name: string;
  readonly elementType: number;
  /** Undefined when not even the number of dimensions is known. */
  readonly shape: readonly OnnxDimension[] | undefined;
  /** False for sequences, maps and optionals. */
  readonly isTensor: boolean;
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** Shapes the file states of values in between. */
  readonly values: readonly OnnxValue[];
}

/** An operator that the model defines itself, as a graph of others. */
export interface OnnxFunction {
  readonly domain: string;
  readonly name: string;
  readonly overload: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Values of attributes that a use does not give. */
  readonly defaults: ReadonlyMap<string, OnnxAttribute>;
  readonly nodes: readonly OnnxNode[];
  readonly opsets: ReadonlyMap<string, number>;
  readonly values: readonly OnnxValue[];
}

export interface OnnxModel {
  readonly irVersion: number;
  readonly producer: string;
  /** Version by domain. */
  readonly opsets: ReadonlyMap<string, number>;
  /** By `functionKey`. */
  readonly functions: ReadonlyMap<string, OnnxFunction>;
  readonly metadata: ReadonlyMap<string, string>;
  readonly graph: OnnxGraph;
}

/** What a node and the function that it uses have in common. */
export function functionKey({
  domain,
  name,
  overload,
}: {
  readonly domain: string;
  readonly name: string;
  readonly overload: string;
}): string {
  return [domain, name, overload].join(':');
}

/** Fields of ModelProto: other files seldom begin with one, so that they are told apart at once. */
const modelFields = new Set([1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26]);

/** @throws WorkbenchError `onnx.invalid` with the byte at which the file stops making sense */
export async function readOnnxModel(source: RandomAccessSource): Promise<OnnxModel> {
  const reader = new ProtobufReader(source, 'onnx');
  let irVersion = 0;
  const producer: string[] = [];
  const opsets = new Map<string, number>();
  const functions = new Map<string, OnnxFunction>();
  const metadata = new Map<string, string>();
  let graph: OnnxGraph | undefined;
  await reader.fields('model', source.size, async (field) => {
    if (!modelFields.has(field.number))
      throw reader.fault(
        `a model has no field ${field.number}`,
        'check that it is an ONNX model and that it is complete',
      );
    if (field.number === 1) irVersion = reader.integer(field, 'the version of the format');
    else if (field.number === 2 || field.number === 3)
      producer.push(await reader.text(field, 'the name of the producer'));
    else if (field.number === 7) graph = await readGraph(reader, field, 0);
    else if (field.number === 8) await readOpset(reader, field, opsets);
    else if (field.number === 14) await readEntry(reader, field, 'metadata', metadata);
    else if (field.number === 25) {
      const found = await readFunction(reader, field, functions.size);
      functions.set(functionKey(found), found);
    }
  });
  if (graph === undefined)
    throw reader.fault('the model has no graph', 'check that it is an ONNX model and that it is complete');
  return { irVersion, producer: producer.filter((part) => part !== '').join(' '), opsets, functions, metadata, graph };
}

/** @param depth graphs around it */
async function readGraph(reader: ProtobufReader, { length }: Field, depth: number): Promise<OnnxGraph> {
  if (depth > MAX_DEPTH) throw reader.fault(`graphs are nested more than ${MAX_DEPTH} deep`);
  let name = '';
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  const values: OnnxValue[] = [];
  await reader.fields('graph', length, async (field) => {
    if (field.number === 1) nodes.push(await readNode(reader, field, `node[${nodes.length}]`, depth));
    else if (field.number === 2) name = await reader.text(field, "the graph's name");
    else if (field.number === 5)
      initializers.push(await readTensor(reader, field, `initializer[${initializers.length}]`));
    else if (field.number === 11) inputs.push(await readValue(reader, field, `input[${inputs.length}]`));
    else if (field.number === 12) outputs.push(await readValue(reader, field, `output[${outputs.length}]`));
    else if (field.number === 13) values.push(await readValue(reader, field, `value_info[${values.length}]`));
    else if (field.number === 15)
      throw reader.fault('sparse initializers are not supported', 'convert them to dense ones');
  });
  return { name, nodes, initializers, inputs, outputs, values };
}

async function readNode(reader: ProtobufReader, { length }: Field, label: string, depth: number): Promise<OnnxNode> {
  const node = {
    name: '',
    op: '',
    domain: '',
    overload: '',
    inputs: [] as string[],
    outputs: [] as string[],
    attributes: new Map<string, OnnxAttribute>(),
  };
  await reader.fields(label, length, async (field) => {
    if (field.number === 1) node.inputs.push(await reader.text(field, 'the name of an input'));
    else if (field.number === 2) node.outputs.push(await reader.text(field, 'the name of an output'));
    else if (field.number === 3) node.name = await reader.text(field, "the node's name");
    else if (field.number === 4) node.op = await reader.text(field, "the node's operator");
    else if (field.number === 7) node.domain = await reader.text(field, "the node's domain");
    else if (field.number === 8) node.overload = await reader.text(field, "the node's overload");
    else if (field.number === 5) {
      const attribute = await readAttribute(reader, field, depth);
      node.attributes.set(attribute.name, attribute);
    }
  });
  if (node.op === '') throw reader.fault(`${label} ("${node.name}") has no operator`);
  return { ...node, domain: domainOf(node.domain) };
}

function domainOf(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

async function readAttribute(reader: ProtobufReader, { length }: Field, depth: number): Promise<OnnxAttribute> {
  let attribute: OnnxAttribute = { name: '' };
  const integers: number[] = [];
  const floats: number[] = [];
  await reader.fields('attribute', length, async (field) => {
    if (field.number === 1) attribute = { ...attribute, name: await reader.text(field, "the attribute's name") };
    else if (field.number === 2) attribute = { ...attribute, float: field.value };
    else if (field.number === 3)
      attribute = { ...attribute, integer: reader.integer(field, `attribute "${attribute.name}"`) };
    else if (field.number === 4 && field.length <= MAX_TEXT)
      attribute = { ...attribute, text: decodeUtf8(await reader.bytes(field)) ?? '' };
    else if (field.number === 5) attribute = { ...attribute, tensor: await readTensor(reader, field, 'tensor') };
    else if (field.number === 6) attribute = { ...attribute, graph: await readGraph(reader, field, depth + 1) };
    else if (field.number === 21)
      attribute = { ...attribute, takenFrom: await reader.text(field, 'the name of an attribute') };
    else if (field.number === 7) await reader.numbers(field, 'float', floats, MAX_LIST);
    else if (field.number === 8) await reader.numbers(field, 'varint', integers, MAX_LIST);
  });
  return {
    ...attribute,
    ...(integers.length > 0 && integers.length <= MAX_LIST ? { integers } : {}),
    ...(floats.length > 0 && floats.length <= MAX_LIST ? { floats } : {}),
  };
}

async function readTensor(reader: ProtobufReader, { length }: Field, label: string): Promise<OnnxTensor> {
  const dims: number[] = [];
  let name = '';
  let elementType = 0;
  let raw: Uint8Array | undefined;
  let isExternal = false;
  const content: number[] = [];
  const external = new Map<string, string>();
  await reader.fields(label, length, async (field) => {
    if (field.number === 1) await reader.numbers(field, 'varint', dims, 1000);
    else if (field.number === 2) elementType = reader.integer(field, 'the type of the elements');
    else if (field.number === 4) await reader.numbers(field, 'float', content, MAX_CONTENT);
    else if (field.number === 5 || field.number === 7 || field.number === 11)
      await reader.numbers(field, 'varint', content, MAX_CONTENT);
    else if (field.number === 8) name = await reader.text(field, "the tensor's name");
    else if (field.number === 9 && field.length <= MAX_CONTENT * 8) raw = await reader.bytes(field);
    else if (field.number === 10) await reader.numbers(field, 'double', content, MAX_CONTENT);
    else if (field.number === 13) await readEntry(reader, field, 'external_data', external);
    else if (field.number === 14) isExternal = reader.integer(field, 'where the data is') === 1;
  });
  const elements = dims.reduce((product, dim) => product * dim, 1);
  if (dims.length > 100 || dims.some((dim) => dim < 0) || !(elements <= 1e15))
    throw reader.fault(`tensor "${name}" has the shape [${dims.slice(0, 20).join(', ')}]`);
  const found =
    content.length > 0 && isNumeric(elementType)
      ? content
      : raw === undefined
        ? undefined
        : decodeElements(raw, elementType);
  const number = (key: string): number | undefined =>
    external.has(key) && /^\d{1,15}$/.test(external.get(key) ?? '') ? Number(external.get(key)) : undefined;
  return {
    name,
    dims,
    elementType,
    ...(found !== undefined && found.length === elements && elements <= MAX_CONTENT ? { content: found } : {}),
    ...(isExternal
      ? {
          external: {
            location: external.get('location') ?? '',
            offset: number('offset') ?? 0,
            length: number('length'),
          },
        }
      : {}),
  };
}

async function readValue(reader: ProtobufReader, { length }: Field, label: string): Promise<OnnxValue> {
  let name = '';
  let elementType = 0;
  let isTensor = false;
  let shape: OnnxDimension[] | undefined;
  await reader.fields(label, length, async (field) => {
    if (field.number === 1) name = await reader.text(field, 'its name');
    else if (field.number === 2) {
      await reader.fields('type', field.length, async (kind) => {
        if (kind.number !== 1) return;
        isTensor = true;
        await reader.fields('tensor_type', kind.length, async (part) => {
          if (part.number === 1) elementType = reader.integer(part, 'the type of the elements');
          else if (part.number === 2) shape = await readShape(reader, part);
        });
      });
    }
  });
  return { name, elementType, shape, isTensor };
}

async function readShape(reader: ProtobufReader, { length }: Field): Promise<OnnxDimension[]> {
  const shape: OnnxDimension[] = [];
  await reader.fields('shape', length, async (field) => {
    if (field.number !== 1) return;
    let dimension: OnnxDimension;
    await reader.fields(`dim[${shape.length}]`, field.length, async (part) => {
      if (part.number === 1) dimension = reader.integer(part, 'the size');
      else if (part.number === 2) dimension = (await reader.text(part, 'the name of the dimension')) || undefined;
    });
    // Exporters write −1 and 0 for sizes that they do not know.
    shape.push(typeof dimension === 'number' && dimension <= 0 ? undefined : dimension);
    if (shape.length > 100) throw reader.fault('a shape has more than 100 dimensions');
  });
  return shape;
}

async function readOpset(reader: ProtobufReader, { length }: Field, opsets: Map<string, number>): Promise<void> {
  let domain = '';
  let version = 0;
  await reader.fields('opset_import', length, async (field) => {
    if (field.number === 1) domain = await reader.text(field, 'the domain');
    else if (field.number === 2) version = reader.integer(field, 'the version');
  });
  opsets.set(domainOf(domain), version);
}

async function readEntry(
  reader: ProtobufReader,
  { length }: Field,
  label: string,
  into: Map<string, string>,
): Promise<void> {
  let key = '';
  let value = '';
  await reader.fields(label, length, async (field) => {
    if (field.length > MAX_TEXT) return;
    if (field.number === 1) key = await reader.text(field, 'the key');
    else if (field.number === 2) value = await reader.text(field, `the value of "${key}"`);
  });
  into.set(key, value);
}

async function readFunction(reader: ProtobufReader, { length }: Field, index: number): Promise<OnnxFunction> {
  const found = {
    name: '',
    domain: '',
    overload: '',
    inputs: [] as string[],
    outputs: [] as string[],
    defaults: new Map<string, OnnxAttribute>(),
    nodes: [] as OnnxNode[],
    opsets: new Map<string, number>(),
    values: [] as OnnxValue[],
  };
  await reader.fields(`function[${index}]`, length, async (field) => {
    if (field.number === 1) found.name = await reader.text(field, "the function's name");
    else if (field.number === 4) found.inputs.push(await reader.text(field, 'the name of an input'));
    else if (field.number === 5) found.outputs.push(await reader.text(field, 'the name of an output'));
    else if (field.number === 7) found.nodes.push(await readNode(reader, field, `node[${found.nodes.length}]`, 0));
    else if (field.number === 9) await readOpset(reader, field, found.opsets);
    else if (field.number === 10) found.domain = domainOf(await reader.text(field, "the function's domain"));
    else if (field.number === 11) {
      const attribute = await readAttribute(reader, field, 0);
      found.defaults.set(attribute.name, attribute);
    } else if (field.number === 12)
      found.values.push(await readValue(reader, field, `value_info[${found.values.length}]`));
    else if (field.number === 13) found.overload = await reader.text(field, "the function's overload");
  });
  return found;
}
