/** PRISM's published case as presets: Xception on pools of NPUs and CPUs, for each of its three neuromorphic platforms. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { NetworkInput } from '#shared/domain/network.ts';
import type { PlatformInput } from '#shared/domain/platform.ts';
import type { ScenarioInput } from '#shared/domain/scenario.ts';
import { prismNetwork } from '../formats/prism.ts';

const directory = resolve(import.meta.dirname, '../../resources/data/prism');
const read = (name: string): string => readFileSync(join(directory, name), 'utf8');

/** The platform that the times of PRISM's tables are stated for. */
const timesOf = 'prism-grai';

const published = 'published: PRISM, drexel-DISCO (MEMOCODE 2022), MIT licence';

export const prismNetworks: readonly NetworkInput[] = [
  withOwner(
    prismNetwork(read('xception_ops.csv'), read('xception_edges.csv'), {
      id: 'xception-prism',
      name: 'Xception (PRISM)',
      description: 'Xception as PRISM schedules it: 134 Keras operations with their times on a CPU and an NPU.',
      provenance: [
        `${published}: operations, edges, times; npu only where the GrAI NPU supports the operation. The times are synthetic.`,
        "assumed: 2 bytes per token (16-bit activations); PRISM's platforms move them in no time",
      ],
      supportColumn: 'grai_supported',
      bytesPerToken: 2,
    }),
  ),
];

function withOwner({ layers, ...network }: NetworkInput): NetworkInput {
  return { ...network, timePlatforms: { cpu: [timesOf], npu: [timesOf] }, layers };
}

/** A platform of PRISM: 4 NPUs and 2 CPUs, each kind a pool of interchangeable units. */
function pooledPlatform(
  id: string,
  name: string,
  supportedOps: 'all' | string[],
  provenance: readonly string[],
): PlatformInput {
  /** PRISM has one table of times for its three platforms. */
  const shared = id === timesOf ? {} : { sharesTimesWith: [timesOf] };
  return {
    schemaVersion: 1,
    id,
    name,
    description: 'A pool of 4 NPUs and a pool of 2 CPUs; transfers take no time.',
    provenance: [
      `${published}: 4 NPUs, 2 CPUs, scheduled by type of unit`,
      ...provenance,
      'assumed: no power figures, so energy is 0',
    ],
    processors: [
      { id: 'npu', name: 'NPU', kind: 'npu', coreCount: 4, dispatch: 'pooled', supportedOps, ...shared },
      { id: 'cpu', name: 'CPU', kind: 'cpu', coreCount: 2, dispatch: 'pooled', ...shared },
    ],
  };
}

const nothingSupported =
  "published: PRISM's list of operations that this NPU supports is empty, so every operation falls to the CPU";

export const prismPlatforms: readonly PlatformInput[] = [
  pooledPlatform('prism-grai', 'GrAI (PRISM)', 'all', [
    'published: which operations the NPU supports; the network has an npu time for these only',
  ]),
  pooledPlatform('prism-microbrain', 'µBrain (PRISM)', [], [nothingSupported]),
  pooledPlatform('prism-speck', 'SPECK (PRISM)', [], [nothingSupported]),
];

export const prismScenarios: readonly ScenarioInput[] = [
  {
    schemaVersion: 1,
    id: 'prism-xception',
    name: 'Xception on GrAI (PRISM)',
    description:
      "PRISM's published case: a batch of 16 Xception inferences on 4 NPUs and 2 CPUs that dispatch every 100 µs.",
    provenance: [
      `${published}: batch of 16, dispatch every 100 µs. Published makespans: random 2183.22 ms, npufirst 1064.30 ms, prism 1045.10 ms`,
    ],
    platform: 'prism-grai',
    applications: [{ id: 'xception', name: 'Xception', network: 'xception-prism', instances: 16 }],
    simulation: { dispatchTickMs: 0.1 },
  },
];
