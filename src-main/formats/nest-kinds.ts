/** What operations are called in NEST-C, which has the kinds of Glow. */

/** Kind of Glow → operations of networks; the first kind that has an operation is its name there. */
const operations: Readonly<Record<string, readonly string[]>> = {
  Convolution: ['Conv', 'FusedConv', 'DepthwiseConv'],
  ConvTranspose: ['ConvTranspose'],
  MaxPool: ['MaxPool'],
  AvgPool: ['AveragePool', 'GlobalAveragePool'],
  Gemm: ['Gemm'],
  FullyConnected: ['Gemm', 'MatMul'],
  MatMul: ['MatMul'],
  Relu: ['Relu'],
  Clip: ['Clip', 'Relu6'],
  LeakyRelu: ['LeakyRelu'],
  Sigmoid: ['Sigmoid'],
  Tanh: ['Tanh'],
  SoftMax: ['Softmax'],
  Add: ['Add', 'Sum'],
  Sub: ['Sub'],
  Mul: ['Mul'],
  Div: ['Div'],
  Reshape: ['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'],
  Transpose: ['Transpose'],
  Concat: ['Concat'],
  Slice: ['Slice', 'Split'],
  Pad: ['Pad'],
  BatchNormalization: ['BatchNormalization'],
  LocalResponseNormalization: ['LRN'],
};

/** The operations that a kind means in networks, the kind itself among them. */
export function operationOfKind(kind: string): string[] {
  return [...new Set([kind, ...(operations[kind] ?? [])])];
}

/** The kind of an operation; the operation itself where there is none for it. */
export function kindOfOperation(op: string): string {
  return Object.entries(operations).find(([kind, ops]) => kind === op || ops.includes(op))?.[0] ?? op;
}
