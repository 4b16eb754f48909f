/** What a platform asks of a model's layers. */
import { supportsOp, type Platform } from '../../domain/platform.ts';
import { activations } from './layers.ts';

/** Operators whose results activations work on. */
const multiplying = ['Conv', 'DepthwiseConv', 'ConvTranspose', 'Gemm', 'MatMul'];

/** The activations that a processor which multiplies cannot run by themselves: apart, each would send the data to another processor and back. */
export function activationsToFold({ processors }: Pick<Platform, 'processors'>): string[] {
  const accelerators = processors.filter(
    (processor) => processor.supportedOps !== 'all' && multiplying.some((op) => supportsOp(processor, op)),
  );
  return [...activations].filter((op) => accelerators.some((processor) => !supportsOp(processor, op)));
}
