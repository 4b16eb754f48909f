/**
 * The cost model of a processor, from which the execution times of layers that nobody measured are worked out: a roofline (Williams,
 * Waterman & Patterson, CACM 2009) with a fixed cost per layer, or the formulas of the NPU MIDAP. How: `modelled-times.ts`, `midap/`; for
 * users: resources/docs/cost-model.md.
 */
import { z } from 'zod';
import { listOf } from './bounded.ts';
import { idSchema, longText, nonNegative, positive, wholePositive } from './common.ts';
import { midapFields } from './midap/model.ts';
import { sourceKinds } from './sources.ts';

/** Types of the elements of tensors. */
export const dataTypes = ['fp32', 'fp16', 'int8'] as const;
export type DataType = (typeof dataTypes)[number];
export const dataTypeSchema = z.enum(dataTypes);
export const bytesPerElement: Readonly<Record<DataType, number>> = { fp32: 4, fp16: 2, int8: 1 };

/** Classes whose work is counted in multiply-accumulates; their efficiency is a share of the peak rate. */
export const arithmeticClasses = ['conv', 'pointwiseConv', 'depthwiseConv', 'fullyConnected'] as const;
/** Classes that are bound by memory; their efficiency is a share of the bandwidth. */
export const memoryClasses = ['pooling', 'elementwise', 'normalization', 'dataMovement'] as const;
export const operationClasses = [...arithmeticClasses, ...memoryClasses] as const;
export type ArithmeticClass = (typeof arithmeticClasses)[number];
export type OperationClass = (typeof operationClasses)[number];

const rateSchema = z.strictObject({
  dataType: dataTypeSchema,
  peakGMACPerS: positive.describe('Multiply-accumulates one core can start per second at nominal frequency, 10⁹/s'),
  efficiency: z
    .partialRecord(z.enum(operationClasses), positive.max(16))
    .describe(
      'By class of operation: share of the peak reached (arithmetic classes; above 1 where an algorithm needs fewer ' +
        'multiplications than are counted, such as Winograd) or share of the bandwidth reached (memory classes). A ' +
        'class that is missing is computed in a wider type, or else not modelled',
    ),
});
export type Rate = z.output<typeof rateSchema>;

/** A measured whole network, against which the model is held (`residuals.ts`). */
const referenceSchema = z.strictObject({
  network: idSchema.describe('Id of the network'),
  cores: wholePositive.default(1).describe('Cores that worked together'),
  latencyMs: positive,
  kind: z.enum(sourceKinds),
  source: longText.min(1),
});
export type Reference = z.output<typeof referenceSchema>;

const referencesSchema = listOf(referenceSchema, 1000)
  .optional()
  .describe('Measured whole networks, for comparison with what the model says');

export const rooflineSchema = z.strictObject({
  kind: z.literal('roofline').optional().describe('A model that states no kind is a roofline'),
  overheadMs: nonNegative.default(0).describe('Cost of starting a layer, ms'),
  bandwidthMBps: positive.describe('Bandwidth of memory as one core can use it, MB/s'),
  halfRateElements: nonNegative
    .default(0)
    .describe(
      'Output elements of a layer at which half the rate of the arithmetic classes is reached: wide processors need parallel work; 0: none needed',
    ),
  rates: listOf(rateSchema, 100)
    .min(1)
    .describe(
      'By data type; a layer is computed in the fastest type that is at least as wide as its own, in the widest where ' +
        'none is, and in the first where its type is not stated',
    ),
  references: referencesSchema,
});

const midapSchema = z.strictObject({ kind: z.literal('midap'), ...midapFields, references: referencesSchema });

export const costModelSchema = z.discriminatedUnion('kind', [rooflineSchema, midapSchema]);

export type RooflineModel = z.output<typeof rooflineSchema>;
export type RooflineModelInput = z.input<typeof rooflineSchema>;
export type MidapModel = z.output<typeof midapSchema>;
export type MidapModelInput = z.input<typeof midapSchema>;
export type CostModel = z.output<typeof costModelSchema>;
export type CostModelInput = z.input<typeof costModelSchema>;
