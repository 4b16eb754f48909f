import { mkdirSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { parseElements, platformOf } from '#main/device/elements.ts';
import { restoreLeftGovernors, setGovernors } from '#main/device/governors.ts';
import { allowedCores, coresOfList, describeMachine, readState } from '#main/device/machine.ts';
import { parsePlatform } from '#shared/domain/platform.ts';
import { temporaryDirectory } from '#test/doubles/hosts.ts';

const directory = temporaryDirectory();
afterAll(() => directory.remove());
const cpu = 'sys/devices/system/cpu';
let root = '';
let count = 0;

function put(path: string, content: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${content}\n`);
}

/** A board with two fast and four slow cores, of which one is kept from us. */
beforeEach(() => {
  root = join(directory.path, `root${count++}`);
  put('proc/self/status', 'Name:\tnode\nCpus_allowed_list:\t0-2,4-5');
  for (const [core, kHz] of [408, 408, 408, 408, 2208, 2208].entries()) {
    put(`${cpu}/cpu${core}/cpufreq/cpuinfo_max_freq`, String(kHz * 1000));
    put(`${cpu}/cpu${core}/cpu_capacity`, String(kHz > 1000 ? 1024 : 300));
  }
  for (const policy of ['policy0', 'policy4']) {
    put(`${cpu}/cpufreq/${policy}/scaling_cur_freq`, '1200000');
    put(`${cpu}/cpufreq/${policy}/scaling_governor`, 'schedutil');
    put(`${cpu}/cpufreq/${policy}/scaling_available_governors`, 'powersave performance schedutil');
  }
  put('sys/class/thermal/thermal_zone0/temp', '48500');
  put('sys/class/thermal/thermal_zone0/type', 'soc-thermal');
  put('proc/pressure/cpu', 'some avg10=1.25 avg60=0.00 avg300=0.00 total=1');
});

describe('a machine', () => {
  it('has clusters of like cores, the fastest first', () => {
    const { clusters } = describeMachine(directory.path, root);
    expect(clusters).toEqual([
      { id: 'cpu0', cores: [4, 5], maxFrequencyMHz: 2208, capacity: 1024 },
      { id: 'cpu1', cores: [0, 1, 2], maxFrequencyMHz: 408, capacity: 300 },
    ]);
    expect([allowedCores(root), coresOfList('0-2,7')]).toEqual([
      [0, 1, 2, 4, 5],
      [0, 1, 2, 7],
    ]);
  });

  it('reads its state, and says null of what is not there', () => {
    expect(readState(root)).toMatchObject({
      frequenciesMHz: { policy0: 1200, policy4: 1200 },
      temperaturesC: { 'thermal_zone0 soc-thermal': 48.5 },
      governors: { policy0: 'schedutil' },
      pressure: 1.25,
    });
    expect(readState(join(root, 'nowhere'))).toMatchObject({
      frequenciesMHz: null,
      temperaturesC: null,
      governors: null,
      pressure: null,
    });
  });

  it('becomes a platform with a processor per cluster', () => {
    const platform = parsePlatform(platformOf({ ...describeMachine(directory.path, root), host: 'Board.local' }));
    expect(platform).toMatchObject({
      id: 'device-board.local',
      processors: [
        { id: 'cpu0', coreCount: 2, executionTimeKey: 'device-board.local-cpu0', nominalFrequencyMHz: 2208 },
        { id: 'cpu1', coreCount: 3, executionTimeKey: 'device-board.local-cpu1', nominalFrequencyMHz: 408 },
      ],
    });
  });

  it('has elements of one core or several of one cluster', () => {
    const machine = describeMachine(directory.path, root);
    expect(parseElements('cpu4, cpu1+cpu0', machine)).toMatchObject([
      { id: 'cpu4', cores: [4], cluster: 'cpu0' },
      { id: 'cpu0+cpu1', cores: [0, 1], cluster: 'cpu1' },
    ]);
    expect(() => parseElements('cpu3', machine)).toThrow(/no core "cpu3"/);
    expect(() => parseElements('cpu0+cpu4', machine)).toThrow(/of different kinds/);
    expect(() => parseElements('cpu0+cpu0', machine)).toThrow(/names a core twice/);
    expect(() => parseElements('cpu0,cpu0', machine)).toThrow(/is named twice/);
  });
});

describe('governors', () => {
  const governorOf = (policy: string): string =>
    readFileSync(join(root, cpu, 'cpufreq', policy, 'scaling_governor'), 'utf8').trim();

  it('are set, and put back', () => {
    const restore = setGovernors(root, root);
    expect([governorOf('policy0'), governorOf('policy4')]).toEqual(['performance', 'performance']);
    restore();
    restore();
    expect([governorOf('policy0'), governorOf('policy4')]).toEqual(['schedutil', 'schedutil']);
  });

  it('are put back by the next start after a crash', () => {
    setGovernors(root, root);
    restoreLeftGovernors(root);
    expect(governorOf('policy4')).toBe('schedutil');
    expect(existsSync(join(root, 'device', 'governors-before.json'))).toBe(false);
  });

  it('stay as they are where they do not offer it, or there are none', () => {
    put(`${cpu}/cpufreq/policy0/scaling_available_governors`, 'powersave schedutil');
    setGovernors(root, root);
    expect([governorOf('policy0'), governorOf('policy4')]).toEqual(['schedutil', 'performance']);
    setGovernors(root, join(root, 'nowhere'))();
  });
});
