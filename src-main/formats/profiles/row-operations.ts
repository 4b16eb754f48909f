/** What the operations of runtimes are in the words of networks: "CONV_2D" of TensorFlow Lite, "ConvExSwish" of RKNN and "conv2d" of TVM are convolutions. */
import { plainOperation } from '#shared/domain/operation-names.ts';

/** The first that fits names the group. */
const groups: readonly (readonly [RegExp, string])[] = [
  [/depth_?wise/i, 'depthwise'],
  [/transpose_?conv|conv\w*transpose|deconv/i, 'deconvolution'],
  [/conv/i, 'convolution'],
  [/gemm|dense|fully_?connected|inner_?product|mat_?mul/i, 'dense'],
  [/global\w*(?:avg|average)|^mean$|reduce_?mean/i, 'globalPooling'],
  [/max_?pool/i, 'maxPooling'],
  [/(?:avg|average)_?\w*pool/i, 'averagePooling'],
  [/pool/i, 'pooling'],
  [/soft_?max/i, 'softmax'],
  [/concat/i, 'concat'],
  [/batch_?norm|^bn$/i, 'batchNormalization'],
  [/^(?:lrn|local_?response)/i, 'lrn'],
  [/h(?:ard)?_?swish/i, 'hardSwish'],
  [/swish|silu/i, 'swish'],
  [/relu|^clip$|activation/i, 'relu'],
  [/sigmoid|logistic/i, 'sigmoid'],
  [/^(?:add|eltwise|element_?wise\w*|binary_?op|broadcast_add|sum)$/i, 'add'],
  [/^mul(?:tiply)?$/i, 'multiply'],
  [/resize|interp|upsample/i, 'resize'],
  [/reshape|flatten|squeeze|view/i, 'reshape'],
  [/transpose|permute/i, 'transpose'],
  [/split/i, 'split'],
  [/slice|crop/i, 'slice'],
  [/^pad/i, 'pad'],
];

/** The groups of operations that were asked for: a profile has few of them, and many rows. */
const known = new Map<string, string>();
const MOST_KNOWN = 1000;

/** The group that `op` is of; its own name where it is of none. */
export function operationGroup(op: string): string {
  const found = known.get(op);
  if (found !== undefined) return found;
  const plain = plainOperation(op);
  const group = groups.find(([pattern]) => pattern.test(plain))?.[1] ?? plain.toLowerCase();
  if (known.size < MOST_KNOWN) known.set(op, group);
  return group;
}

/** Groups whose layers runtimes make part of the layer before or after. */
const absorbable = new Set([
  'relu',
  'hardSwish',
  'swish',
  'sigmoid',
  'add',
  'multiply',
  'batchNormalization',
  'reshape',
  'pad',
]);

/** Whether runtimes make a layer of `op` part of one that it reads, or that reads it. */
export function isAbsorbable(op: string): boolean {
  const group = operationGroup(op);
  return (
    absorbable.has(group) ||
    /^(?:identity|dropout|cast|quantizelinear|dequantizelinear|constant|biasadd|sub|div|min|max|prelu|elu|tanh|mish|gelu|erf)$/.test(
      group,
    )
  );
}
