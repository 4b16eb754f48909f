/** A board with the MIDAP NPU, whose times are measured or modelled after its simulator, and a CPU cluster, whose times are modelled. */
import { publishedMidap } from '#shared/domain/midap/published.ts';
import type { PlatformInput } from '#shared/domain/platform.ts';
import { clusterPoints, commonSources, groupsOfFour, kirin970Fit, sharedMemory, source } from './cluster.ts';

const { a73 } = kirin970Fit;

export const midapBoard: PlatformInput = {
  schemaVersion: 1,
  id: 'midap-board',
  name: 'MIDAP board',
  description:
    'The MIDAP NPU (64 wide, 16 memory banks, 1 GHz) with four Cortex-A73. The NPU has the times that its simulator measured, and a model of the simulator for everything else.',
  provenance: [
    "published: the NPU's times, cycles of its cycle-level simulator cap-lab/MidapSim (MIT licence) at 1 GHz",
    'assumed: that it sits next to the A73 cluster of a HiKey970, and its power',
  ],
  sources: [
    ...commonSources,
    source('processors/npu', 'published', 'cap-lab/MidapSim: 64 wide, 16 CIMs, 1 GHz'),
    source(
      'processors/npu/costModel',
      'published',
      'cap-lab/MidapSim 8f82a21, level 2, DRAM latency EXACT; the formulas that use these numbers are ours, see cost-model.md',
    ),
    source('processors/npu/operatingPoints/*/activePowerMW', 'assumed', 'no figure is published; that of a small NPU'),
    source('processors/npu/operatingPoints/*/clusterPowerMW', 'assumed', 'part of the active power'),
    source('processors/a73', 'assumed', 'the cluster of the preset HiKey970, see there'),
  ],
  processors: [
    {
      id: 'npu',
      name: 'MIDAP',
      kind: 'npu',
      executionTimeKey: 'midap',
      operatingPoints: [{ frequencyMHz: 1000, activePowerMW: 800 }],
      idlePowerMW: 30,
      costModel: { kind: 'midap', ...publishedMidap },
    },
    {
      id: 'a73',
      name: 'Cortex-A73',
      kind: 'cpu',
      coreCount: 4,
      executionTimeKey: 'kirin970-a73',
      sharesTimesWith: ['hikey970'],
      operatingPoints: clusterPoints('kirin970/opp_a73.csv'),
      nominalFrequencyMHz: 2362,
      frequencyScaling: a73.frequencyScaling,
      idlePowerMW: 30,
      offPowerMW: 0,
      maxUtilization: 0.9,
      coreConfigurations: groupsOfFour,
      groupSpeedup: a73.groupSpeedup,
      costModel: a73.costModel,
    },
  ],
  interconnect: { default: sharedMemory },
};
