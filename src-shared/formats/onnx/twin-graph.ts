/** Puts the graph of a runnable model together, node by node. Weights are constants that the runtime makes when it loads the model. */
import { ElementType } from './element-types.ts';
import { field, float32, joined, text, whole, type Part } from './wire.ts';

export type Attribute = number | readonly number[] | { readonly float: number } | { readonly text: string };

const IR_VERSION = 8;
const OPSET = 17;
/** Kinds of attributes (onnx.proto, AttributeProto.AttributeType). */
const kinds = { float: 1, int: 2, text: 3, tensor: 4, ints: 7 };

export class TwinGraph {
  readonly #nodes: Part[] = [];
  readonly #initializers: Part[] = [];
  readonly #inputs: Part[] = [];
  readonly #outputs: Part[] = [];
  readonly #names = new Set<string>();
  readonly #shapes = new Map<string, string>();
  readonly #variations = new Map<string, string>();
  /** The layer of each node, undefined of those that make weights. */
  readonly layerOfNode: (string | undefined)[] = [];

  /** Keeps `name` for a value; every other gets another name. */
  reserve(name: string): void {
    this.#names.add(name);
  }

  /** A name for a value that no other has. */
  fresh(wish: string): string {
    let name = wish;
    for (let next = 2; this.#names.has(name); next++) name = `${wish}~${next}`;
    this.#names.add(name);
    return name;
  }

  input(name: string, shape: readonly number[]): void {
    this.#inputs.push(field(11, value(name, shape)));
  }

  output(name: string, shape: readonly number[]): void {
    this.#outputs.push(field(12, value(name, shape)));
  }

  /** Adds a node of `layer`. @returns its output, `output` where it is given */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
    layer: string,
    output: string = this.fresh(`${layer}:${op}`),
  ): string {
    return this.#add(
      op,
      inputs,
      Object.entries(attributes).map(([name, content]) => field(5, attribute(name, content))),
      layer,
      output,
    );
  }

  /** A tensor whose elements are all `content`. */
  filled(shape: readonly number[], content: number, layer: string): string {
    const tensor = field(5, [whole(1, 1), whole(2, ElementType.float), float32(4, content)]);
    const attributes = [field(5, [text(1, 'value'), tensor, whole(20, kinds.tensor)])];
    return this.#add('ConstantOfShape', [this.integers(shape)], attributes, undefined, this.fresh(`${layer}:weights`));
  }

  /** A tensor around `content` that differs along `axis`, so that channels that are mixed up give other results. */
  varied(shape: readonly number[], content: number, axis: number, layer: string): string {
    const factors = this.#variation(
      shape[axis],
      shape.map((size, at) => (at === axis ? size : 1)),
    );
    return this.#constant('Mul', [this.filled(shape, content, layer), factors], `${layer}:weights`);
  }

  /** 1 + sin(i) / 2 for i = 0 … size − 1, as a tensor of `shape`. */
  #variation(size: number, shape: readonly number[]): string {
    const name = `variation:${shape.join()}`;
    let factors = this.#variations.get(name);
    if (factors === undefined) {
      const numbers = this.#constant('Range', [this.#scalar(0), this.#scalar(size), this.#scalar(1)], name);
      const half = this.#constant('Mul', [this.#constant('Sin', [numbers], name), this.#scalar(0.5)], name);
      factors = this.#constant(
        'Reshape',
        [this.#constant('Add', [half, this.#scalar(1)], name), this.integers(shape)],
        name,
      );
      this.#variations.set(name, factors);
    }
    return factors;
  }

  #constant(op: string, inputs: readonly string[], wish: string): string {
    return this.#add(op, inputs, [], undefined, this.fresh(wish));
  }

  #add(
    op: string,
    inputs: readonly string[],
    attributes: readonly Part[],
    layer: string | undefined,
    output: string,
  ): string {
    const names = [...inputs.map((name) => text(1, name)), text(2, output), text(3, output)];
    this.#nodes.push(field(1, [...names, text(4, op), ...attributes]));
    this.layerOfNode.push(layer);
    return output;
  }

  #scalar(content: number): string {
    const key = `scalar:${content}`;
    const known = this.#shapes.get(key);
    if (known !== undefined) return known;
    const name = this.fresh(key);
    this.#shapes.set(key, name);
    this.#initializers.push(field(5, [whole(2, ElementType.float), float32(4, content), text(8, name)]));
    return name;
  }

  /** A list of whole numbers: a shape, or axes. */
  integers(content: readonly number[]): string {
    const key = content.join();
    const known = this.#shapes.get(key);
    if (known !== undefined) return known;
    const name = this.fresh(`integers:${key}`);
    this.#shapes.set(key, name);
    this.#initializers.push(
      field(5, [
        whole(1, content.length),
        whole(2, ElementType.int64),
        ...content.map((each) => whole(7, each)),
        text(8, name),
      ]),
    );
    return name;
  }

  /** A list of floating-point numbers. */
  floats(content: readonly number[], layer: string): string {
    const name = this.fresh(`${layer}:numbers`);
    this.#initializers.push(
      field(5, [
        whole(1, content.length),
        whole(2, ElementType.float),
        ...content.map((each) => float32(4, each)),
        text(8, name),
      ]),
    );
    return name;
  }

  /** The file. */
  bytes(name: string): Uint8Array<ArrayBuffer> {
    return joined([
      whole(1, IR_VERSION),
      text(2, 'Tessera'),
      field(7, [...this.#nodes, text(2, name), ...this.#initializers, ...this.#inputs, ...this.#outputs]),
      field(8, [text(1, ''), whole(2, OPSET)]),
    ]);
  }
}

function attribute(name: string, content: Attribute): Part {
  if (typeof content === 'number') return [text(1, name), whole(3, content), whole(20, kinds.int)];
  if ('float' in content) return [text(1, name), float32(2, content.float), whole(20, kinds.float)];
  if ('text' in content) return [text(1, name), text(4, content.text), whole(20, kinds.text)];
  return [text(1, name), ...content.map((each) => whole(8, each)), whole(20, kinds.ints)];
}

function value(name: string, shape: readonly number[]): Part {
  return [
    text(1, name),
    field(
      2,
      field(1, [
        whole(1, ElementType.float),
        field(
          2,
          shape.map((size) => field(1, whole(1, size))),
        ),
      ]),
    ),
  ];
}
