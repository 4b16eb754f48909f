/** What kind a processor of a draft is, as far as it is known: a draft may hold anything. */
import { processorKinds, type ProcessorKind } from '#shared/domain/platform.ts';
import type { Content } from '../../editing/json-path.ts';

export function kindOf(processor: Content): ProcessorKind {
  return processorKinds.find((candidate) => candidate === processor['kind']) ?? 'cpu';
}
