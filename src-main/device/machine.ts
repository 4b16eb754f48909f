/** What kind of machine this is, and in which state: read from the system, never assumed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, arch, cpus, hostname, loadavg, release, totalmem, type as systemType } from 'node:os';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Machine, Readings } from './protocol.ts';
import { findRuntime, loadRuntime } from './runtime.ts';

/** @param root of the system's files, for tests; @param dataDirectory where `tessera device setup` installs */
export function describeMachine(dataDirectory: string, root = '/'): Machine {
  const runtime = findRuntime(dataDirectory);
  const cores = allowedCores(root);
  const readings = readState(root);
  const canPin = process.platform === 'linux' && spawnSync('taskset', ['--version']).status === 0;
  const readsWaiting = existsSync(join(root, 'proc/thread-self/schedstat'));
  return {
    host: hostname(),
    model: cpus()[0]?.model.trim() || 'unknown',
    system: systemName(root),
    kernel: release(),
    architecture: arch(),
    memoryBytes: totalmem(),
    node: process.versions.node,
    virtual: isVirtual(root),
    clusters: clustersOf(cores, root),
    ...(runtime === undefined
      ? {}
      : {
          runtime: {
            version: runtime.version,
            backends: loadRuntime(runtime)
              .listSupportedBackends()
              .map(({ name }) => name),
          },
        }),
    canPin,
    readsWaiting,
    readings,
    limits: [
      ...(runtime === undefined ? ['no ONNX Runtime: "tessera device setup" installs it'] : []),
      ...(canPin ? [] : ['threads cannot be pinned to cores here (no taskset): elements are numbers of threads']),
      ...(readsWaiting
        ? []
        : ['the time that a thread waits for a core is not readable: other work counts as time of the network']),
      ...(readings.frequenciesMHz === null ? ['frequencies are not readable'] : []),
      ...(readings.temperaturesC === null ? ['temperatures are not readable'] : []),
      ...(readings.governors === null ? ['governors are not readable'] : []),
    ],
  };
}

/** Frequencies, temperatures, governors and load now; null for what this system does not say. */
export function readState(root = '/'): Readings {
  const policies = join(root, 'sys/devices/system/cpu/cpufreq');
  const ofPolicies = (file: string): [string, string][] =>
    entriesOf(policies).flatMap((policy) => {
      const content = textOf(join(policies, policy, file));
      return content === undefined ? [] : [[policy, content] as [string, string]];
    });
  const zones = join(root, 'sys/class/thermal');
  const temperatures = entriesOf(zones).flatMap((zone) => {
    const content = Number(textOf(join(zones, zone, 'temp')));
    if (!zone.startsWith('thermal_zone') || !Number.isFinite(content)) return [];
    return [[`${zone} ${textOf(join(zones, zone, 'type')) ?? ''}`.trim(), content / 1000] as const];
  });
  const pressure = /some avg10=([\d.]+)/.exec(textOf(join(root, 'proc/pressure/cpu')) ?? '')?.[1];
  const frequencies = ofPolicies('scaling_cur_freq').map(([policy, kHz]) => [policy, Number(kHz) / 1000] as const);
  const governors = ofPolicies('scaling_governor');
  return {
    atMs: Date.now(),
    frequenciesMHz: frequencies.length === 0 ? null : Object.fromEntries(frequencies),
    temperaturesC: temperatures.length === 0 ? null : Object.fromEntries(temperatures),
    governors: governors.length === 0 ? null : Object.fromEntries(governors),
    load: process.platform === 'win32' ? null : loadavg()[0],
    pressure: pressure === undefined ? null : Number(pressure),
  };
}

/** Cores that this process may use. */
export function allowedCores(root = '/'): number[] {
  const listed = /^Cpus_allowed_list:\s*(\S+)/m.exec(textOf(join(root, 'proc/self/status')) ?? '')?.[1];
  return listed === undefined ? Array.from({ length: availableParallelism() }, (_, core) => core) : coresOfList(listed);
}

/** "0-2,5" → 0, 1, 2, 5. */
export function coresOfList(list: string): number[] {
  return list
    .trim()
    .split(',')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [first, last = first] = part.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}

/** Cores of the same highest frequency and capacity together, the fastest first. */
function clustersOf(cores: readonly number[], root: string): Machine['clusters'] {
  const numberOf = (core: number, file: string): number | null => {
    const content = Number(textOf(join(root, `sys/devices/system/cpu/cpu${core}`, file)));
    return Number.isFinite(content) && content > 0 ? content : null;
  };
  const facts = cores.map((core) => {
    const kHz = numberOf(core, 'cpufreq/cpuinfo_max_freq');
    return { core, capacity: numberOf(core, 'cpu_capacity'), maxFrequencyMHz: kHz === null ? null : kHz / 1000 };
  });
  const groups = [...Map.groupBy(facts, ({ capacity, maxFrequencyMHz }) => `${capacity} ${maxFrequencyMHz}`).values()];
  return groups
    .toSorted(([a], [b]) => (b.capacity ?? b.maxFrequencyMHz ?? 0) - (a.capacity ?? a.maxFrequencyMHz ?? 0))
    .map((group, index) => ({
      id: groups.length === 1 ? 'cpu' : `cpu${index}`,
      cores: group.map(({ core }) => core),
      maxFrequencyMHz: group[0].maxFrequencyMHz,
      capacity: group[0].capacity,
    }));
}

function isVirtual(root: string): boolean | null {
  const flags = textOf(join(root, 'proc/cpuinfo'));
  return flags === undefined ? null : /^flags\s*:.*\bhypervisor\b/m.test(flags);
}

function systemName(root: string): string {
  return /^PRETTY_NAME="?([^"\n]+)/m.exec(textOf(join(root, 'etc/os-release')) ?? '')?.[1] ?? systemType();
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}
