/**
 * Operations under the names of their quantised, fused and differently laid out forms. A processor that can run the plain operation runs
 * these too, and their cost is of the same class: engines for NPUs and CPUs choose the form of a layer by its data type.
 */

/** Where the plain name does not follow from the form's by leaving out a prefix. */
const plainNames: ReadonlyMap<string, string> = new Map([
  ['ConvInteger', 'Conv'],
  ['FusedConv', 'Conv'],
  ['NhwcConv', 'Conv'],
  ['NhwcFusedConv', 'Conv'],
  ['NhwcMaxPool', 'MaxPool'],
  ['QGemm', 'Gemm'],
  ['FusedGemm', 'Gemm'],
  ['MatMulInteger', 'MatMul'],
  ['MatMulInteger16', 'MatMul'],
  ['MatMulIntegerToFloat', 'MatMul'],
  ['DynamicQuantizeMatMul', 'MatMul'],
  ['FusedMatMul', 'MatMul'],
  ['FusedMatMulActivation', 'MatMul'],
  ['TransposeMatMul', 'MatMul'],
  ['DynamicQuantizeLSTM', 'LSTM'],
  ['QAttention', 'Attention'],
  ['QEmbedLayerNormalization', 'EmbedLayerNormalization'],
  ['QMoE', 'MoE'],
]);
const quantizedPrefix = /^QLinear(?=[A-Z])|^QOrdered(?=[A-Z])/;

/** "QLinearConv" → "Conv"; the name itself where it is not another form of an operation. */
export function plainOperation(op: string): string {
  return plainNames.get(op) ?? (op.startsWith('Q') ? op.replace(quantizedPrefix, '') : op);
}

/** Operations on integers whose results are 32 bits wide, whatever the type they multiply: sums as they are, or floats. */
const accumulating: ReadonlySet<string> = new Set([
  'ConvInteger',
  'MatMulInteger',
  'MatMulInteger16',
  'MatMulIntegerToFloat',
  'DynamicQuantizeMatMul',
  'DynamicQuantizeLSTM',
  'QAttention',
]);

/** Whether what `op` gives is 32 bits wide, though it computes in a narrower type. */
export function givesAccumulators(op: string): boolean {
  return accumulating.has(op);
}

/** Operations that turn elements of one type into another. */
const converting: ReadonlySet<string> = new Set([
  'Cast',
  'CastLike',
  'QuantizeLinear',
  'DequantizeLinear',
  'DynamicQuantizeLinear',
  'BlockQuantize',
  'QuantizeBFP',
  'DequantizeBFP',
  'QuantizeWithOrder',
  'DequantizeWithOrder',
]);

/** Whether `op` reads elements in the type they have and writes them in another, whatever it computes in. */
export function convertsTypes(op: string): boolean {
  return converting.has(op);
}
