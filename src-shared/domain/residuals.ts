/** How far the cost model of a processor is from the whole networks it was measured with. */
import type { Reference } from './cost-model.ts';
import { modelledNetworkMs } from './modelled-times.ts';
import type { Network } from './network.ts';
import type { Platform, Processor } from './platform.ts';

export interface Residual {
  readonly reference: Reference;
  readonly modelledMs: number;
  /** (modelled − measured) / measured. */
  readonly error: number;
}

/**
 * The residuals of `processor` for the references whose network `networkOf` knows and the model can time in full. Cores that worked
 * together count with the processor's groupSpeedup.
 */
export function costModelResiduals(
  platform: Platform,
  processor: Processor,
  networkOf: (id: string) => Network | undefined,
): Residual[] {
  return (processor.costModel?.references ?? []).flatMap((reference) => {
    const network = networkOf(reference.network);
    const oneCoreMs = network === undefined ? undefined : modelledNetworkMs(network, platform, processor);
    const speedup = processor.groupSpeedup?.[String(reference.cores)] ?? (reference.cores === 1 ? 1 : undefined);
    if (oneCoreMs === undefined || speedup === undefined) return [];
    const modelledMs = oneCoreMs / processor.basePerformance / speedup;
    return [{ reference, modelledMs, error: (modelledMs - reference.latencyMs) / reference.latencyMs }];
  });
}
