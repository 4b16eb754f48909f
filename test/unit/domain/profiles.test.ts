/** Profiles: what is refused of the document, which of several times counts, and what a scenario that names them is computed with. */
import { describe, expect, it } from 'vitest';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { profileTimes } from '#shared/domain/profile-times.ts';
import { checkProfileLayers, parseProfile, type Profile, type ProfileInput } from '#shared/domain/profile.ts';
import { emptyLibrary, parseResolvedScenario, parseScenario, resolveScenario } from '#shared/domain/scenario.ts';
import { scenarioTimeOrigins } from '#shared/domain/time-origins.ts';
import { gainWithinSpread, scheduleSpreadMs } from '#shared/analysis/time-spread.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';

const on = { key: 'cpu' };
type MeasurementInput = ProfileInput['measurements'][number];
const aProfile = (measurements: readonly MeasurementInput[], changes: Partial<ProfileInput> = {}): Profile =>
  parseProfile({ schemaVersion: 1, id: 'p', measurements: [...measurements], ...changes });

function issueOf(work: () => unknown): { path: string; message: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof WorkbenchError) {
      const [first] = error.details;
      return { path: first?.path.join('.') ?? '', message: first?.message ?? '' };
    }
    throw error;
  }
  return { path: '', message: 'nothing was wrong' };
}

describe('a profile document', () => {
  it.each<[string, MeasurementInput[], string, RegExp]>([
    ['cycles without a clock', [{ layers: ['a'], on, cycles: 5 }], 'measurements.0.cycles', /clock/],
    ['a clock without cycles', [{ layers: ['a'], on, timeMs: 5, clockMHz: 1 }], 'measurements.0.clockMHz', /no cycles/],
    ['no time', [{ layers: ['a'], on }], 'measurements.0', /no time/],
    ['two times', [{ layers: ['a'], on, timeMs: 1, unsupported: true }], 'measurements.0.unsupported', /timeMs and/],
    ['nothing measured', [{ on, timeMs: 1 }], 'measurements.0', /what was measured/],
    ['layers and operator', [{ layers: ['a'], operator: { op: 'Conv' }, on, timeMs: 1 }], 'measurements.0', /both/],
    ['a layer twice', [{ layers: ['a', 'a'], on, timeMs: 1 }], 'measurements.0.layers.1', /named twice/],
    [
      'the same in the same state, threads taken as cores',
      [
        { layers: ['a', 'b'], on: { key: 'cpu', threads: 2 }, timeMs: 1 },
        { layers: ['b', 'a'], on: { key: 'cpu', threads: 2, cores: 2 }, timeMs: 2 },
      ],
      'measurements.1',
      /the same as measurement 0/,
    ],
    [
      'a spread the wrong way round',
      [{ layers: ['a'], on, timeMs: 1, spread: { p10Ms: 3, p90Ms: 2 } }],
      'measurements.0.spread.p10Ms',
      /above/,
    ],
    ['a negative time', [{ layers: ['a'], on, timeMs: -1 }], 'measurements.0.timeMs', /too small/],
    ['too many cycles', [{ layers: ['a'], on, cycles: 1e15, clockMHz: 1e-9 }], 'measurements.0.cycles', /more ms/],
  ])('is refused with %s', (_, measurements, path, message) => {
    const issue = issueOf(() => aProfile(measurements));
    expect(issue.path).toBe(path);
    expect(issue.message).toMatch(message);
  });

  it('may measure the same at another frequency, on other cores, or in another type', () => {
    const measurements: MeasurementInput[] = [
      { layers: ['a'], on, timeMs: 1 },
      { layers: ['a'], on: { ...on, frequencyMHz: 1000 }, timeMs: 1 },
      { layers: ['a'], on: { ...on, cores: 2 }, timeMs: 1 },
      { layers: ['a'], on, dataType: 'int8', timeMs: 1 },
    ];
    expect(aProfile(measurements).measurements).toHaveLength(4);
  });

  it('has only layers of its network', () => {
    const network = aNetwork().withLayer('conv1', { cpu: 1 }).build();
    const profile = aProfile([{ layers: ['conv2'], on, timeMs: 1 }]);
    expect(issueOf(() => checkProfileLayers(profile, network))).toEqual({
      path: 'measurements.0.layers.0',
      message: 'network "net" has no layer "conv2"',
    });
    expect(issueOf(() => checkProfileLayers(aProfile([{ layers: ['conv1'], on, timeMs: 1 }]), network)).message).toBe(
      'nothing was wrong',
    );
  });
});

const network = aNetwork('net')
  .withLayer('in', { cpu: 9 }, { outputShape: [3, 8, 8] })
  .withLayer('a', { cpu: 9 }, { dependencies: ['in'], outputShape: [4, 4, 4], kernelShape: [3, 3], parameters: 112 })
  .withLayer('b', { cpu: 9 }, { op: 'Relu', dependencies: ['a'], outputShape: [4, 4, 4] })
  .build();

describe('the times of profiles', () => {
  const timeOf = (profiles: readonly Profile[], layer = 'a', place: object = {}) =>
    profileTimes(profiles, network).layer(layer, { key: 'cpu', ...place });

  it('are missing where nobody measured, and never 0', () => {
    expect(timeOf([])).toBeUndefined();
    expect(timeOf([aProfile([{ layers: ['b'], on, timeMs: 1 }])])).toBeUndefined();
    expect(timeOf([aProfile([{ layers: ['a'], on: { key: 'gpu' }, timeMs: 1 }])])).toBeUndefined();
    expect(timeOf([aProfile([{ layers: ['a', 'b'], on, timeMs: 1 }])])).toBeUndefined();
    expect(timeOf([aProfile([{ layers: ['a'], on, timeMs: 1 }], { network: 'other' })])).toBeUndefined();
  });

  it('are those of the later profile, of the exact layer, of what was measured, in this order of weight', () => {
    const exact = (timeMs: number, kind: 'measured' | 'simulated' | 'estimated' = 'measured') =>
      aProfile([{ layers: ['a'], on, timeMs, kind }]);
    const signature = (timeMs: number) => aProfile([{ operator: { op: 'Conv', channels: 4 }, on, timeMs }]);
    expect(timeOf([exact(1), exact(2)])?.timeMs).toBe(2);
    expect(timeOf([exact(1), exact(2, 'simulated')])?.timeMs).toBe(2);
    expect(timeOf([exact(1), signature(2)])).toMatchObject({ timeMs: 1, by: 'layers' });
    expect(timeOf([exact(1), exact(2, 'estimated')])?.timeMs).toBe(1);
    expect(timeOf([exact(1, 'estimated'), signature(2)])).toMatchObject({ timeMs: 2, by: 'operator' });
  });

  it('are those at the cores and the frequency that are asked for', () => {
    const profile = aProfile([
      { layers: ['a'], on, timeMs: 1 },
      { layers: ['a'], on: { ...on, frequencyMHz: 500 }, timeMs: 2 },
      { layers: ['a'], on: { ...on, cores: 4 }, timeMs: 3 },
    ]);
    const at = (place: object) => timeOf([profile], 'a', { nominalFrequencyMHz: 1000, ...place })?.timeMs;
    expect([at({}), at({ frequencyMHz: 1000 }), at({ frequencyMHz: 500 }), at({ cores: 4 })]).toEqual([1, 1, 2, 3]);
    expect([at({ frequencyMHz: 700 }), at({ cores: 2 })]).toEqual([undefined, undefined]);
  });

  it('of a set are those of exactly this set, in any order, and all sets are listed', () => {
    const profile = aProfile(
      [
        { layers: ['b', 'a'], on, timeMs: 1.5, spread: { stdMs: 0.1 } },
        { layers: ['in', 'a', 'b'], on, unsupported: true },
        { layers: ['a', 'gone'], on, timeMs: 7 },
      ],
      { wholes: [{ on, timeMs: 4 }], network: 'net' },
    );
    const times = profileTimes([profile], network);
    expect(times.group(['a', 'b'], on)).toMatchObject({ timeMs: 1.5, kind: 'measured', spread: { stdMs: 0.1 } });
    expect(times.group(['in', 'a'], on)).toBeUndefined();
    expect(times.group(['a', 'gone'], on)).toBeUndefined();
    expect(times.groups(on).map(({ layers, time }) => [layers.join(), time.timeMs])).toEqual([
      ['a,b', 1.5],
      ['in,a,b', undefined],
    ]);
    expect(times.whole(on)).toMatchObject({ timeMs: 4, by: 'whole' });
    expect(times.whole({ key: 'gpu' })).toBeUndefined();
  });

  it.each<[object, boolean]>([
    [{ op: 'Conv' }, true],
    [{ op: 'Relu' }, false],
    [{ op: 'Conv', inputShape: [3, 8, 8], outputShape: [4, 4, 4], kernelShape: [3, 3] }, true],
    [{ op: 'Conv', stride: [2, 2] }, true],
    [{ op: 'Conv', stride: [1, 1] }, false],
    [{ op: 'Conv', groups: 1 }, true],
    [{ op: 'Conv', groups: 3 }, false],
    [{ op: 'Conv', channels: 8 }, false],
    [{ op: 'Conv', inputShape: [3, 8] }, false],
  ])('by the signature %j of a layer: %s', (operator, isMeant) => {
    const profile = aProfile([{ operator: operator as { op: string }, on, timeMs: 1 }]);
    expect(timeOf([profile]) !== undefined).toBe(isMeant);
  });
});

describe('a scenario with profiles', () => {
  const platform = aPlatform('board')
    .withCores(1)
    .withNpu({
      costModel: {
        overheadMs: 1,
        bandwidthMBps: 1000,
        halfRateElements: 0,
        rates: [{ dataType: 'fp32', peakGMACPerS: 1, efficiency: { conv: 1, elementwise: 1 } }],
      },
    });
  const small = aNetwork('small')
    .withLayer('a', { cpu: 5 }, { macs: 1e6, outputBytes: 400 })
    .withLayer('b', { cpu: 6 }, { op: 'Relu', macs: 0, outputBytes: 400, dependencies: ['a'] });
  const scenario = (profiles: ProfileInput[] | undefined) =>
    parseScenario({
      ...aScenario('s').on(platform).running(small).input,
      ...(profiles === undefined ? {} : { profiles }),
    });
  const layersWith = (profiles: ProfileInput[] | undefined) =>
    resolveScenario(scenario(profiles), emptyLibrary).applications[0]!.network.layers;
  const profile = (measurements: MeasurementInput[], id = 'p'): ProfileInput => ({
    schemaVersion: 1,
    id,
    measurements,
  });

  it('takes measured times before those of the network and of cost models, and marks them', () => {
    const [a, b] = layersWith([
      profile([
        { layers: ['a'], on: { key: 'npu' }, timeMs: 0.25 },
        { layers: ['b'], on, cycles: 3000, clockMHz: 2, kind: 'simulated' },
      ]),
    ]);
    expect(a!.executionTimeMs).toEqual({ cpu: 5, npu: 0.25 });
    expect(a!.timeSources).toEqual({ npu: 'measured' });
    expect(b!.executionTimeMs['cpu']).toBe(1.5);
    expect(b!.timeSources).toMatchObject({ cpu: 'measured', npu: 'modelled' });
  });

  it('takes estimated times before modelled ones only', () => {
    const [a] = layersWith([
      profile([
        { layers: ['a'], on: { key: 'npu' }, timeMs: 0.25, kind: 'estimated' },
        { layers: ['a'], on, timeMs: 0.25, kind: 'estimated' },
      ]),
    ]);
    expect(a!.executionTimeMs).toEqual({ cpu: 5, npu: 0.25 });
    expect(a!.timeSources).toEqual({ npu: 'modelled' });
  });

  it('runs a layer nowhere that a profile found unsupported, whatever the cost model says', () => {
    const [a, b] = layersWith([
      profile([
        { layers: ['a'], on: { key: 'npu' }, unsupported: true },
        { layers: ['b'], on, unsupported: true },
      ]),
    ]);
    expect(a!.executionTimeMs).toEqual({ cpu: 5 });
    expect(Object.keys(b!.executionTimeMs)).toEqual(['npu']);
  });

  it('without profiles is what it is today', () => {
    const resolved = resolveScenario(scenario(undefined), emptyLibrary);
    expect('profiles' in resolved).toBe(false);
    expect(layersWith([])).toEqual(layersWith(undefined));
    expect(layersWith([profile([{ layers: ['strange'], on, timeMs: 1 }])])).toEqual(layersWith(undefined));
  });

  it('keeps in its snapshot what its times can rest on, and is the same again from there', () => {
    const resolved = resolveScenario(
      scenario([
        profile([
          { layers: ['a'], on, timeMs: 2 },
          { layers: ['strange'], on, timeMs: 3 },
          { layers: ['a'], on: { key: 'elsewhere' }, timeMs: 4 },
          { layers: ['b'], on: { key: 'npu' }, unsupported: true },
        ]),
      ]),
      emptyLibrary,
    );
    expect(resolved.profiles?.map(({ measurements }) => measurements.map(({ timeMs }) => timeMs))).toEqual([
      [2, undefined],
    ]);
    expect(parseResolvedScenario(JSON.parse(JSON.stringify(resolved)))).toEqual(resolved);
  });

  it('names profiles that exist, each once', () => {
    const named = (profiles: unknown) =>
      parseScenario({ ...aScenario('s').on(platform).running(small).input, profiles });
    expect(() => resolveScenario(named(['nowhere']), emptyLibrary)).toThrow(
      expect.objectContaining({ code: 'scenario.unknownProfile', path: ['profiles', 0] }),
    );
    expect(issueOf(() => named(['one', 'one'])).path).toBe('profiles.1');
  });
});

describe('what is said of times by profiles', () => {
  const platform = aPlatform('board').withCores(1).withNpu();
  const network = aNetwork('small')
    .withLayer('a', { cpu: 5, npu: 5 })
    .withLayer('b', { cpu: 6 }, { op: 'Relu', dependencies: ['a'] });
  const resolved = resolveScenario(
    parseScenario({
      ...aScenario('s').on(platform).running(network).input,
      profiles: [
        {
          schemaVersion: 1,
          id: 'quiet',
          name: 'Quiet board',
          measurements: [
            { layers: ['a'], on, timeMs: 4, spread: { stdMs: 0.5 } },
            { layers: ['b'], on, timeMs: 2, spread: { p10Ms: 1, p90Ms: 1 + 2.563 } },
            { layers: ['a'], on: { key: 'npu' }, timeMs: 1, kind: 'estimated' },
          ],
        },
      ],
    }),
    emptyLibrary,
  );

  it('names the profile of those that are measured and estimated, and the rest as before', () => {
    expect(scenarioTimeOrigins(resolved)).toEqual([
      { of: 'small on cpu', text: '2 layers measured (profile Quiet board)' },
      { of: 'small on npu', text: '1 layer given, where from is not stated, 1 without a time' },
    ]);
  });

  it('adds up the spreads on the busiest element, and calls a gain below them so', () => {
    const problem = compileProblem(resolved);
    const cpu = problem.pes.findIndex(({ processor }) => problem.processors[processor]?.id === 'cpu');
    expect(scheduleSpreadMs(problem, [cpu, cpu])).toBeCloseTo(1.5, 12);
    const npu = problem.pes.findIndex(({ processor }) => problem.processors[processor]?.id === 'npu');
    expect(scheduleSpreadMs(problem, [npu, cpu])).toBeCloseTo(1, 12);
    const inWords = (ms: number) => `${ms} ms`;
    expect(gainWithinSpread(0.5, 1, 'NPU first', inWords)).toBe(
      'its gain of 0.5 ms over NPU first is smaller than the spread of the times it rests on, up to 1 ms',
    );
    expect(gainWithinSpread(2, 1, 'NPU first', inWords)).toBeUndefined();
    expect(gainWithinSpread(0.5, undefined, 'NPU first', inWords)).toBeUndefined();
  });
});
