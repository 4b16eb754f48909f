/** Processing elements by name: "cpu0", "cpu0+cpu1" (cores of one cluster), and which platform document a machine is. */
import { suggest, WorkbenchError } from '#shared/domain/errors.ts';
import type { PlatformInput } from '#shared/domain/platform.ts';
import { idFrom } from '#shared/formats/names.ts';
import type { DeviceElement, Machine } from './protocol.ts';

/** An element of a cluster: one core, or several that work as one. */
export interface PlacedElement extends DeviceElement {
  /** Id of the cluster, which is its processor's in the platform document. */
  readonly cluster: string;
  /** executionTimeKey of that processor. */
  readonly key: string;
}

/** Id of the platform document of a machine. */
export function platformIdOf({ host }: Machine): string {
  return idFrom(`device-${host.toLowerCase()}`);
}

export function timeKeyOf(machine: Machine, cluster: string): string {
  return `${platformIdOf(machine)}-${cluster}`;
}

/** Each core alone: what is measured unless elements are chosen. */
export function coresOfMachine(machine: Machine): PlacedElement[] {
  return machine.clusters.flatMap(({ id, cores }) => cores.map((core) => elementOf(machine, id, [core])));
}

/**
 * The elements that a list names: "cpu0,cpu1,cpu0+cpu1". Numbers are those of the system's cores.
 * @throws WorkbenchError `device.element`
 */
export function parseElements(list: string, machine: Machine): PlacedElement[] {
  const known = new Map(machine.clusters.flatMap(({ id, cores }) => cores.map((core) => [core, id] as const)));
  const names = [...known.keys()].map((core) => `cpu${core}`);
  const elements = list.split(',').map((name) => {
    const cores = name
      .trim()
      .split('+')
      .map((part) => {
        const core = Number(/^(?:cpu|core)?(\d{1,4})$/.exec(part.trim())?.[1] ?? Number.NaN);
        if (known.has(core)) return core;
        throw new WorkbenchError('device.element', `there is no core "${part.trim()}" on this machine`, {
          hint: suggest(part.trim(), names),
        });
      });
    const clusters = new Set(cores.map((core) => known.get(core)));
    if (new Set(cores).size < cores.length || clusters.size > 1)
      throw new WorkbenchError(
        'device.element',
        `"${name.trim()}" is no element: ${clusters.size > 1 ? 'its cores are of different kinds' : 'it names a core twice'}`,
        {
          hint: 'join different cores of one cluster, e.g. cpu0+cpu1',
        },
      );
    return elementOf(
      machine,
      [...clusters][0] ?? '',
      cores.toSorted((a, b) => a - b),
    );
  });
  const twice = elements.find(({ id }, index) => elements.findIndex((other) => other.id === id) < index);
  if (twice !== undefined)
    throw new WorkbenchError('device.element', `"${twice.id}" is named twice`, { hint: 'name each element once' });
  return elements;
}

export function elementOf(machine: Machine, cluster: string, cores: readonly number[]): PlacedElement {
  return {
    id: cores.map((core) => `cpu${core}`).join('+'),
    cores: [...cores],
    cluster,
    key: timeKeyOf(machine, cluster),
  };
}

/** The machine as a platform: a processor per cluster, each core a processing element. Times come from profiles. */
export function platformOf(machine: Machine): PlatformInput {
  const { clusters, model, system, kernel, host } = machine;
  return {
    schemaVersion: 1,
    id: platformIdOf(machine),
    name: `${host}: ${model}`,
    description: `${system}, kernel ${kernel}, as "tessera device describe" found it.`,
    provenance: [
      'measured: cores and their clusters, read from the system',
      'assumed: nothing is known of power; transfers between cores take no time of their own, since what a border costs is in the times of subgraphs',
    ],
    processors: clusters.map(({ id, cores, maxFrequencyMHz }) => ({
      id,
      name: clusters.length === 1 ? 'CPU' : `CPU ${cores.map(String).join(', ')}`,
      kind: 'cpu',
      coreCount: cores.length,
      dispatch: 'pinned',
      executionTimeKey: timeKeyOf(machine, id),
      ...(maxFrequencyMHz === null ? {} : { nominalFrequencyMHz: maxFrequencyMHz }),
    })),
  };
}
