/** Which class of the cost model an operation belongs to; the names are those of ONNX, and of layers merged by inference engines. */
import type { OperationClass } from './cost-model.ts';

/** A layer as far as its class depends on it. */
export interface ClassifiedLayer {
  readonly op: string;
  readonly kernelShape?: readonly number[] | undefined;
}

const classOps: Readonly<Record<Exclude<OperationClass, 'conv' | 'pointwiseConv'>, readonly string[]>> = {
  depthwiseConv: ['DepthwiseConv'],
  fullyConnected: ['Gemm', 'MatMul', 'MatMulInteger', 'QLinearMatMul', 'Attention', 'LSTM', 'GRU', 'RNN'],
  pooling: ['MaxPool', 'AveragePool', 'LpPool', 'GlobalAveragePool', 'GlobalMaxPool', 'GlobalLpPool', 'ReduceMean', 'ReduceSum', 'ReduceMax', 'ReduceMin'],
  elementwise: [
    'Add', 'Sub', 'Mul', 'Div', 'Sum', 'Max', 'Min', 'Mean', 'Pow', 'Sqrt', 'Exp', 'Log', 'Abs', 'Neg', 'Erf', 'Relu', 'Clip', 'LeakyRelu', 'PRelu', 'Elu', 'Selu', 'Celu', 'Gelu', 'Sigmoid',
    'HardSigmoid', 'HardSwish', 'Swish', 'Mish', 'Tanh', 'Softplus', 'Softsign', 'Cast', 'QuantizeLinear', 'DequantizeLinear', 'Where',
  ],
  normalization: ['BatchNormalization', 'InstanceNormalization', 'LayerNormalization', 'GroupNormalization', 'RMSNormalization', 'LRN', 'LpNormalization', 'Softmax', 'LogSoftmax'],
  dataMovement: ['Concat', 'Split', 'Slice', 'Pad', 'Transpose', 'Resize', 'Upsample', 'Gather', 'Expand', 'Tile', 'DepthToSpace', 'SpaceToDepth', 'ChannelShuffle'],
};
const classByOp: ReadonlyMap<string, OperationClass> = new Map(
  Object.entries(classOps).flatMap(([operationClass, ops]) => ops.map((op) => [op, operationClass as OperationClass] as const)),
);
const convolutions: ReadonlySet<string> = new Set(['Conv', 'FusedConv', 'ConvInteger', 'QLinearConv', 'ConvTranspose']);
/** They give their input another shape and move nothing. */
const views: ReadonlySet<string> = new Set(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Identity', 'Dropout']);

/** The class of `layer`, "view" for what costs nothing, undefined for an operation that the cost model does not know. A convolution whose kernel is not stated counts as one wider than 1 × 1. */
export function operationClassOf({ op, kernelShape }: ClassifiedLayer): OperationClass | 'view' | undefined {
  if (convolutions.has(op)) return kernelShape !== undefined && kernelShape.every((size) => size === 1) ? 'pointwiseConv' : 'conv';
  return views.has(op) ? 'view' : classByOp.get(op);
}
