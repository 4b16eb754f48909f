/** Attention in its many forms: ONNX's own, and the fused operators of ONNX Runtime (docs/ContribOperators.md). Masks save no work. */
import { ElementType } from '../element-types.ts';
import type { Inference, NodeContext, Operator } from '../node-context.ts';
import { CannotInfer, over, plus, product, type Dimension, type Shape } from '../tensor.ts';

/** Each of `rows` queries meets `keys` keys, then weighs as many values: `width` and `valueWidth` over all heads. */
function attentionMacs(rows: Dimension, keys: Dimension, width: Dimension, valueWidth: Dimension): Dimension {
  return plus(product(rows, keys, width), product(rows, keys, valueWidth));
}

/** ONNX 23: query, key and value of 3 dimensions (batch, length, heads × size) or 4 (batch, heads, length, size). */
const standard: Operator = (node) => {
  const [query, key, value] = [node.shape(0), node.shape(1), node.shape(2)];
  const { elementType } = node.input(0);
  const past = node.optional(4)?.shape?.[2] ?? 0;
  if (query.length === 4) {
    const [batch, heads, length, size] = query;
    const total = plus(key[2], past);
    const shape = [batch, heads, length, value[3]];
    return {
      outputs: [
        { elementType, shape },
        ...presentOf(batch, key[1], total, key[3], value[3], elementType),
        { elementType, shape: [batch, heads, length, total] },
      ],
      macs: attentionMacs(product(batch, heads, length), total, size, value[3]),
    };
  }
  const heads = node.integer('q_num_heads');
  const keyHeads = node.integer('kv_num_heads');
  if (heads === undefined || keyHeads === undefined) throw new CannotInfer('the number of heads is missing');
  const [batch, length, width] = query;
  const total = plus(key[1], past);
  const valueSize = over(value[2], keyHeads);
  const outputWidth = product(valueSize, heads);
  return {
    outputs: [
      { elementType, shape: [batch, length, outputWidth] },
      ...presentOf(batch, keyHeads, total, over(key[2], keyHeads), valueSize, elementType),
      { elementType, shape: [batch, heads, length, total] },
    ],
    macs: attentionMacs(product(batch, length), total, width, outputWidth),
  };
};

function presentOf(
  batch: Dimension,
  heads: Dimension,
  total: Dimension,
  keySize: Dimension,
  valueSize: Dimension,
  elementType: number,
): Inference['outputs'] {
  return [
    { elementType, shape: [batch, heads, total, keySize] },
    { elementType, shape: [batch, heads, total, valueSize] },
  ];
}

/** Projects its input to query, key and value itself. @param past index of the input with what came before; @param elementType of the output */
function projecting(node: NodeContext, past: number, elementType: number): Inference {
  const [batch, length, inputWidth] = node.shape(0);
  const [, projected] = node.shape(1);
  const { keyWidth, valueWidth } = widthsOf(node, projected);
  const heads = node.integer('num_heads');
  const before = node.optional(past)?.shape?.[3] ?? 0;
  const isShared = node.integer('past_present_share_buffer', 0) === 1;
  const total = isShared && node.optional(past) !== undefined ? before : plus(before, length);
  const present = { elementType, shape: [2, batch, heads, total, over(keyWidth, heads)] };
  const rows = product(batch, length);
  return {
    outputs: [{ elementType, shape: [batch, length, valueWidth] }, present],
    macs: plus(product(rows, inputWidth, projected), attentionMacs(rows, total, keyWidth, valueWidth)),
  };
}

/** Widths over all heads, of the columns that the weights of all three projections have together. */
function widthsOf(
  node: NodeContext,
  projected: Dimension,
): { readonly keyWidth: Dimension; readonly valueWidth: Dimension } {
  const given = node.integers('qkv_hidden_sizes');
  return given?.length === 3
    ? { keyWidth: given[0], valueWidth: given[2] }
    : { keyWidth: over(projected, 3), valueWidth: over(projected, 3) };
}

/** Query, key and value by themselves, or packed along an axis of their own. */
const multiHead: Operator = (node) => {
  const query = node.shape(0);
  const { elementType } = node.input(0);
  const heads = node.integer('num_heads');
  const [batch, length] = query;
  const width = query.length === 5 ? product(query[2], query[4]) : query[2];
  const key = query.length === 5 ? query : node.shape(1);
  const value = node.optional(2)?.shape;
  // Of 4 dimensions: batch, heads, length, size, as cross attention keeps them.
  const ownKeys = key.length === 4 ? key[2] : key[1];
  const valueWidth = value === undefined ? width : value.length === 4 ? product(value[1], value[3]) : value[2];
  const past = node.optional(6)?.shape;
  const total = past === undefined ? ownKeys : node.optional(8) === undefined ? plus(past[2], ownKeys) : past[2];
  return {
    outputs: [
      { elementType, shape: [batch, length, valueWidth] },
      ...presentOf(batch, heads, total, over(width, heads), over(valueWidth, heads), elementType),
      { elementType, shape: [batch, heads, length, total] },
    ],
    macs: attentionMacs(product(batch, length), total, width, valueWidth),
  };
};

/** Several heads of the query share one of key and value; all three may be packed into the query. */
const groupQuery: Operator = (node) => {
  const [batch, length, packed] = node.shape(0);
  const { elementType } = node.input(0);
  const heads = node.integer('num_heads');
  const keyHeads = node.integer('kv_num_heads', heads ?? 1);
  const size =
    node.optional(1) === undefined
      ? over(packed, heads === undefined ? undefined : heads + 2 * keyHeads)
      : over(packed, heads);
  const width = product(heads, size);
  const total = node.optional(6)?.content?.[0] ?? plus(node.optional(3)?.shape?.[2] ?? 0, length);
  const window = node.integer('local_window_size', -1);
  const seen = total !== undefined && window > 0 ? Math.min(total, window) : total;
  return {
    outputs: [
      { elementType, shape: [batch, length, width] },
      ...presentOf(batch, keyHeads, total, size, size, elementType),
    ],
    macs: attentionMacs(product(batch, length), seen, width, width),
  };
};

/** One step of decoding. */
const decoderMasked: Operator = (node) => {
  const [batch, length, queryWidth] = node.shape(0);
  const { elementType } = node.input(0);
  const heads = node.integer('num_heads');
  const key = node.optional(1)?.shape;
  const value = node.optional(2)?.shape;
  const width = key === undefined ? over(queryWidth, 3) : queryWidth;
  const past = node.optional(5)?.shape?.[2];
  const isCross = key?.length === 4;
  const total = isCross
    ? key[2]
    : node.integer('past_present_share_buffer', 0) === 1 && past !== undefined
      ? past
      : plus(past ?? 0, length);
  const valueWidth = value === undefined ? width : value.length === 4 ? product(value[1], value[3]) : value[2];
  return {
    outputs: [
      { elementType, shape: [batch, length, valueWidth] },
      ...presentOf(batch, heads, total, over(width, heads), over(valueWidth, heads), elementType),
      { elementType, shape: [batch, heads, length, total] },
    ],
    macs: attentionMacs(product(batch, length), total, width, valueWidth),
  };
};

/**
 * Sentences one after the other without padding; as much attention as if each were as long as the longest.
 * @param offsets index of the input of shape (batch, length)
 */
function packedAttentionMacs(
  node: NodeContext,
  offsets: number,
  keyWidth: Dimension,
  valueWidth: Dimension,
): Dimension {
  const [batch, length] = node.shape(offsets);
  return attentionMacs(product(batch, length), length, keyWidth, valueWidth);
}

const packed: Operator = (node) => {
  const [tokens, inputWidth] = node.shape(0);
  const [, projected] = node.shape(1);
  const { keyWidth, valueWidth } = widthsOf(node, projected);
  return {
    outputs: [{ elementType: node.input(0).elementType, shape: [tokens, valueWidth] }],
    macs: plus(product(tokens, inputWidth, projected), packedAttentionMacs(node, 3, keyWidth, valueWidth)),
  };
};

const packedMultiHead: Operator = (node) => {
  const query: Shape = node.shape(0);
  const width = query.length === 4 ? product(query[1], query[3]) : query[1];
  const valueWidth = node.optional(2)?.shape?.[1] ?? width;
  return {
    outputs: [{ elementType: node.input(0).elementType, shape: [query[0], valueWidth] }],
    macs: packedAttentionMacs(node, 4, width, valueWidth),
  };
};

/** Words, positions and kinds of sentences looked up, added and normalised. */
const embedding: Operator = (node) => {
  const [batch, length] = node.shape(0);
  const shape = [batch, length, node.shape(2)[1]];
  const { elementType } = node.op === 'QEmbedLayerNormalization' ? { elementType: ElementType.float } : node.input(2);
  return {
    outputs: [
      { elementType, shape },
      { elementType: ElementType.int32, shape: [batch] },
      { elementType, shape },
    ],
    macs: 0,
  };
};

export const attentionOperators: Readonly<Record<string, Operator>> = {
  // Of the same name, but with the weights of all three projections as an input.
  Attention: (node) =>
    node.domain === 'com.microsoft' ? projecting(node, 4, node.input(0).elementType) : standard(node),
  DecoderMaskedSelfAttention: (node) => projecting(node, 4, node.input(0).elementType),
  QAttention: (node) => projecting(node, 8, node.input(3).elementType),
  MultiHeadAttention: multiHead,
  GroupQueryAttention: groupQuery,
  DecoderMaskedMultiHeadAttention: decoderMasked,
  PackedAttention: packed,
  PackedMultiHeadAttention: packedMultiHead,
  EmbedLayerNormalization: embedding,
  QEmbedLayerNormalization: embedding,
  RelativePositionBias: (node) => ({
    outputs: [
      {
        elementType: node.input(0).elementType,
        shape: [1, node.shape(0)[1], node.content(1)?.[0], node.content(2)?.[0]],
      },
    ],
    macs: 0,
  }),
};
