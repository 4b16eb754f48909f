/** A node as inference sees it: its inputs with what is known of them, and its attributes, whatever the version of the operator set. */
import type { OnnxAttribute, OnnxNode } from './model.ts';
import { CannotInfer, type Content, type Shape, type Tensor, type TensorValue } from './tensor.ts';

/** What an operator does to shapes, and how much work it is. */
export interface Inference {
  /** In the order of the node's outputs; may have more or fewer. */
  readonly outputs: readonly Tensor[];
  /** Multiply-accumulates; 0 for operators without any, undefined when not known. */
  readonly macs?: number | undefined;
}

/** @throws CannotInfer */
export type Operator = (node: NodeContext) => Inference;

export class NodeContext {
  readonly op: string;
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  /** Version of the operator set that the node belongs to. */
  readonly opset: number;
  readonly outputCount: number;
  readonly #node: OnnxNode;
  readonly #inputs: readonly (TensorValue | undefined)[];
  readonly #attributes: ReadonlyMap<string, OnnxAttribute>;

  /** @param inputs undefined where an optional one is left out */
  constructor(node: OnnxNode, opset: number, inputs: readonly (TensorValue | undefined)[]) {
    this.op = node.op;
    this.domain = node.domain;
    this.opset = opset;
    this.outputCount = node.outputs.length;
    this.#node = node;
    this.#inputs = inputs;
    this.#attributes = node.attributes;
  }

  /** The same node as if it had only the inputs at `positions`. */
  withInputs(positions: readonly number[]): NodeContext {
    return new NodeContext(
      this.#node,
      this.opset,
      positions.map((position) => this.#inputs[position]),
    );
  }

  get inputs(): readonly (TensorValue | undefined)[] {
    return this.#inputs;
  }

  optional(index: number): TensorValue | undefined {
    return this.#inputs[index];
  }

  /** An input that the operator needs. */
  input(index: number): TensorValue {
    const input = this.#inputs[index];
    if (input === undefined) throw new CannotInfer(`input ${index} is missing`);
    return input;
  }

  shape(index: number): Shape {
    const { shape } = this.input(index);
    if (shape === undefined) throw new CannotInfer(`the shape of input ${index} is not known`);
    return shape;
  }

  /** The content of a constant input; undefined when it is left out. */
  content(index: number): Content | undefined {
    const input = this.#inputs[index];
    if (input === undefined) return undefined;
    if (input.content === undefined) throw new CannotInfer(`input ${index} depends on the data`);
    return input.content;
  }

  has(attribute: string): boolean {
    return this.#attributes.has(attribute);
  }

  integer(attribute: string): number | undefined;
  integer(attribute: string, otherwise: number): number;
  integer(attribute: string, otherwise?: number): number | undefined {
    return this.#attributes.get(attribute)?.integer ?? otherwise;
  }

  text(attribute: string, otherwise: string): string {
    return this.#attributes.get(attribute)?.text ?? otherwise;
  }

  attribute(name: string): OnnxAttribute | undefined {
    return this.#attributes.get(name);
  }

  integers(attribute: string): readonly number[] | undefined {
    return this.#attributes.get(attribute)?.integers;
  }

  /** A list that older versions have as an attribute and newer ones as an input. */
  list(attribute: string, input: number): Content | undefined {
    return this.integers(attribute) ?? this.content(input);
  }

  /** As `list`; all of it known. */
  knownList(attribute: string, input: number): number[] | undefined {
    return this.list(attribute, input)?.map((element) => {
      if (element === undefined)
        throw new CannotInfer(`${attribute} depends on the data or on sizes that are not known`);
      return element;
    });
  }
}
