/** What devices and the work on them are called. */
import type { DeviceDescription, DeviceWork } from '#shared/contract/device-shapes.ts';
import type { Machine } from '#shared/domain/device.ts';
import { formatCounted } from '../../format.ts';

export const depthTitles = {
  whole: 'Whole networks',
  layers: 'Networks and their layers',
  subgraphs: 'Networks, layers and parts of them',
} as const;

export function workInWords(work: DeviceWork): string {
  if (work.kind === 'setup') return 'Set up ONNX Runtime';
  if (work.kind === 'execute') return `Execute the best schedule of run ${work.runId}`;
  if (work.kind === 'tune') return `Tune the scenario of run ${work.runId}`;
  return work.networks.length === 1
    ? `Profile ${work.networks[0]}`
    : `Profile ${formatCounted(work.networks.length, 'network')}`;
}

/** What is measured by which provider, and what is not: only that which really answers counts. */
export function providersInWords({ runtime }: Machine): { readonly name: string; readonly text: string }[] {
  return (runtime?.backends ?? []).map((name) => ({
    name,
    text: name === 'cpu' ? 'measured' : 'compiled in; whether it answers was not tried',
  }));
}

/** What a machine lacks, and how to get it. */
export interface Lack {
  readonly what: string;
  readonly remedy: string;
  readonly canSetUp: boolean;
}

const remedies: readonly { readonly about: RegExp; readonly remedy: string }[] = [
  { about: /taskset/, remedy: 'Install util-linux; on macOS and Windows threads cannot be pinned.' },
  { about: /waits for a core/, remedy: 'Linux says it (schedstat). Elsewhere measure while nothing else runs.' },
  {
    about: /^frequencies/,
    remedy: 'Virtual machines and some systems hide them; times then hold for whatever it was.',
  },
  { about: /^temperatures/, remedy: 'The sentinel still notices a device that becomes slower.' },
  { about: /^governors/, remedy: 'Fix the frequencies by hand where that is possible.' },
];

export function lacksOf({ machine, runtimeVersion, canSetUp }: DeviceDescription): Lack[] {
  return machine.limits.map((limit) => {
    if (machine.runtime === undefined && limit.startsWith('no ONNX Runtime'))
      return {
        what: 'ONNX Runtime is not installed',
        remedy: canSetUp
          ? `Version ${runtimeVersion} comes from the npm registry into the user-data folder, 288 MB.`
          : 'Run "tessera device setup" on that machine.',
        canSetUp,
      };
    return { what: limit, remedy: remedies.find(({ about }) => about.test(limit))?.remedy ?? '', canSetUp: false };
  });
}
