/** How far the times of a network reach on a platform, as pages show it. */
import type { NetworkCoverage } from '#shared/contract/time-shapes.ts';
import type { Network } from '#shared/domain/network.ts';
import type { Platform } from '#shared/domain/platform.ts';
import { timeCoverage } from '#shared/domain/time-coverage.ts';
import type { TimeKeyHolder } from '#shared/domain/time-keys.ts';
import { nowhereMessage, timeRemarks } from '#shared/domain/time-remarks.ts';

export function networkCoverage(
  network: Network,
  platform: Platform,
  holders: readonly TimeKeyHolder[],
): NetworkCoverage {
  const coverage = timeCoverage(network, platform, holders);
  const problem = coverage.nowhere.length === 0 ? undefined : nowhereMessage(coverage);
  return {
    network: network.id,
    layers: network.layers.length,
    timed: coverage.timed,
    modelled: coverage.modelled,
    nowhere: coverage.nowhere.length,
    processors: coverage.processors.map(({ processor, timed, modelled, untimed, owner }) => ({
      processor: processor.id,
      timed,
      modelled,
      untimed,
      owners: owner.kind === 'own' ? [] : owner.platforms.map(({ name }) => name),
    })),
    remarks: timeRemarks(coverage),
    ...(problem === undefined ? {} : { problem: { message: problem.message, remedies: [...problem.remedies] } }),
    otherPlatforms: coverage.otherPlatforms.map(({ id, name }) => ({ id, name })),
  };
}
