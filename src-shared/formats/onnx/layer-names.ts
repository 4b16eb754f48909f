/** Names for layers whose nodes have none: from the weights they read, or from the layer before, and the operator. */
import type { InferredNode } from './inferred-graph.ts';

/** Numbers that tools give values: 493, n12, node_3, onnx::Conv_214. */
const numberName = /^\d+$|^(n|v|t|op|val|tmp|node|value|tensor)[_.:-]?\d+$|^onnx::|^_/i;
/** What follows the layer's own name in the name of a weight: fc1.weight, conv1_w_0, dense/kernel:0, norm.gamma, w_quantized. */
const weightSuffix =
  /([._/-](weights?|kernel|filters?|bias(es)?|beta|gamma|scale|w|b|readvariableop|quantized|int8|matmul|\d+))*(:\d+)?$/i;

export class LayerNames {
  /** By value: the name of the part of the model that gives it, "encoder/fc1"; empty where nothing says. */
  readonly #stems = new Map<string, string>();
  readonly #producers: ReadonlyMap<string, InferredNode>;

  constructor(nodes: readonly InferredNode[]) {
    this.#producers = new Map(
      nodes.flatMap((inferred) => inferred.node.outputs.map((name) => [name, inferred] as const)),
    );
    for (const inferred of nodes) {
      const stem = inferred.isStatic ? '' : this.#stemOf(inferred);
      for (const output of inferred.node.outputs) this.#stems.set(output, stem);
    }
  }

  /** The node's own name where it has one, by which other tools know it, too; else that of what it gives, unless that is but a number. */
  idOf(inferred: InferredNode): string {
    return inferred.node.name === '' ? this.nameOf(inferred) : inferred.node.name;
  }

  /** A name for people: as the id, but of a node that is called by a number only, what its weights and its operator say. */
  nameOf({ node, prefix }: InferredNode): string {
    const output = node.outputs.find((name) => name !== '') ?? '';
    const given = node.name === '' ? output : node.name;
    if (given !== '' && !numberName.test(given.slice(prefix.length))) return given;
    const stem = this.#stems.get(output) ?? '';
    if (stem !== '') return `${stem}/${node.op}`;
    return node.name === '' ? `${prefix}${node.op}` : node.name;
  }

  #stemOf({ node, inputs }: InferredNode): string {
    const weights = node.inputs.filter((_, position) => inputs[position]?.isStatic === true);
    for (const weight of weights) {
      const stem = this.#weightStem(weight);
      if (stem !== '') return stem;
    }
    const data = node.inputs.filter((_, position) => inputs[position]?.isStatic === false);
    return commonPath([...new Set(data.map((name) => this.#stems.get(name) ?? ''))]);
  }

  /** The layer's part of a weight's name; through what the weight is worked out from, such as its quantised form. */
  #weightStem(weight: string): string {
    for (let name: string | undefined = weight, steps = 0; name !== undefined && steps < 8; steps++) {
      const stem: string = name.replace(weightSuffix, '');
      if (
        !numberName.test(name) &&
        /[a-z].*[a-z\d]/i.test(stem) &&
        /^(.*[a-z]{2}|.*[a-z]\d+$)/i.test(stem) &&
        stem !== name
      )
        return stem;
      name = this.#producers.get(name)?.node.inputs[0];
    }
    return '';
  }
}

/** "fire2" of "fire2/expand1x1" and "fire2/expand3x3". */
function commonPath(stems: readonly string[]): string {
  if (stems.length < 2) return stems[0] ?? '';
  const parts = stems.map((stem) => stem.split(/(?<=[./])/));
  const first = parts[0];
  let length = 0;
  while (length < first.length && parts.every((each) => each[length] === first[length])) length++;
  return first.slice(0, length).join('').replace(/[./]$/, '');
}
