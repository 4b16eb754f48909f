/**
 * How far MIDAP with its published parameters is from its simulator, as mean absolute relative errors. Computed by test/golden/midap.test.ts,
 * which fails where a figure here is not what it finds.
 */
import type { MidapModel } from '../domain/cost-model.ts';
import { publishedMidap } from '../domain/midap/published.ts';

/** Of the 222 blocks of S3NAS's latency table in resources/data, from which the rules for banks were inferred. */
export const MIDAP_BLOCK_ERROR = 0.0013;
/** Of twelve whole networks with a published latency. */
export const MIDAP_NETWORK_ERROR = 0.0141;

/** Whether `model` has the parameters that these errors hold for. */
export function hasPublishedParameters(model: MidapModel): boolean {
  const { dram, ...others } = publishedMidap;
  return (
    Object.entries(others).every(([field, value]) => model[field as keyof typeof others] === value) &&
    Object.entries(dram).every(([field, value]) => model.dram[field as keyof typeof dram] === value)
  );
}
