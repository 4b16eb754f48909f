/** A network's times belong to a device: which of them a platform may take as its own, and what is said of the others. */
import { describe, expect, it } from 'vitest';
import { aNetwork, aPlatform } from '#test/fixtures/builders.ts';
import { loadPresets, resourcesDirectory } from '#main/hosts/toolbox.ts';
import { parseNetwork, type Network } from '#shared/domain/network.ts';
import { parsePlatform, type Platform } from '#shared/domain/platform.ts';
import { parseScenario, resolveScenario, scenarioTimeRemarks, type DocumentLibrary } from '#shared/domain/scenario.ts';
import { timeCoverage } from '#shared/domain/time-coverage.ts';
import { ownTimeKey, timeKeyHolder, type TimeKeyHolder } from '#shared/domain/time-keys.ts';
import { nowhereMessage, remedySentence, timeRemarks } from '#shared/domain/time-remarks.ts';

const phone = parsePlatform({
  schemaVersion: 1,
  id: 'phone',
  name: 'Phone',
  processors: [
    { id: 'big', kind: 'cpu', name: 'Big cores' },
    { id: 'dsp', kind: 'dsp', name: 'DSP' },
  ],
});
const drone = (changes: Record<string, unknown> = {}): Platform =>
  parsePlatform({
    schemaVersion: 1,
    id: 'drone',
    name: 'Drone',
    processors: [
      { id: 'big', kind: 'cpu', name: 'A78', ...changes },
      { id: 'dsp', kind: 'dsp', name: 'Hexagon', ...changes },
    ],
  });
const net = (changes: Partial<Network> = {}): Network => ({
  ...aNetwork('eyes').withLayer('stem', { big: 4, dsp: 1 }).withLayer('head', { big: 2 }, { op: 'Softmax' }).build(),
  name: 'Eyes',
  ...changes,
});
const holders = (...platforms: readonly (readonly [Platform, boolean])[]): TimeKeyHolder[] =>
  platforms.map(([platform, isPreset]) => timeKeyHolder(platform, isPreset));
const said = (network: Network, platform: Platform, known: readonly TimeKeyHolder[]) =>
  timeRemarks(timeCoverage(network, platform, known)).map(({ kind, message }) => `${kind}: ${message}`);

describe('times under a key that several platforms use', () => {
  it('are foreign where the network says that they are of another platform', () => {
    const stated = net({ timePlatforms: { big: ['phone'], dsp: ['phone'] } });
    expect(said(stated, drone(), holders([phone, true], [drone(), false]))).toEqual([
      'foreign: Eyes has no times of its own for A78 and Hexagon of Drone: those under "big" and "dsp" are times of Phone',
    ]);
    expect(said(stated, phone, holders([phone, true], [drone(), false]))).toEqual([]);
  });

  it('are unclear where nothing says whose they are, for a platform of the person and, since it is there, for the preset too', () => {
    const both = holders([phone, true], [drone(), false]);
    expect(said(net(), drone(), both)).toEqual([
      'unclear: Eyes does not say whose its times under "big" and "dsp" are: Phone uses the same keys as A78 and Hexagon of Drone',
    ]);
    expect(said(net(), phone, both)).toEqual([
      'unclear: Eyes does not say whose its times under "big" and "dsp" are: Drone uses the same keys as Big cores and DSP of Phone',
    ]);
    expect(said(net(), phone, holders([phone, true]))).toEqual([]);
  });

  it('are taken without a word where the platform shares them on purpose, and do not trouble the one they are of', () => {
    const sharing = drone({ sharesTimesWith: ['phone'] });
    expect(
      said(
        net({ timePlatforms: { big: ['phone'], dsp: ['phone'] } }),
        sharing,
        holders([phone, true], [sharing, false]),
      ),
    ).toEqual([]);
    expect(said(net(), sharing, holders([phone, true], [sharing, false]))).toEqual([]);
    expect(said(net(), phone, holders([phone, false], [sharing, false]))).toEqual([]);
  });

  it('are its own where the platform has keys that nobody else uses', () => {
    const own = parsePlatform({
      schemaVersion: 1,
      id: 'drone',
      processors: [{ id: 'big', kind: 'cpu', executionTimeKey: 'drone-big' }],
    });
    const timed = aNetwork('eyes').withLayer('stem', { 'drone-big': 4 }).build();
    expect(said(timed, own, holders([phone, true], [own, false]))).toEqual([]);
  });

  it('are unclear, too, where the others share them with each other', () => {
    const [one, two] = ['one', 'two'].map((id, index) =>
      parsePlatform({
        schemaVersion: 1,
        id,
        processors: [{ id: 'big', kind: 'cpu', sharesTimesWith: [index === 0 ? 'two' : 'one'] }],
      }),
    );
    expect(
      said(
        aNetwork('eyes').withLayer('stem', { big: 1, dsp: 1 }).build(),
        drone(),
        holders([one!, false], [two!, false]),
      ),
    ).toEqual([
      'unclear: eyes does not say whose its times under "big" are: one and two use the same key as A78 of Drone',
    ]);
  });

  it('are told apart processor by processor', () => {
    const half = parsePlatform({
      schemaVersion: 1,
      id: 'drone',
      name: 'Drone',
      processors: [
        { id: 'big', kind: 'cpu', name: 'A78', executionTimeKey: 'drone-big' },
        { id: 'dsp', kind: 'dsp', name: 'Hexagon' },
      ],
    });
    const timed = parseNetwork({
      schemaVersion: 1,
      id: 'eyes',
      name: 'Eyes',
      timePlatforms: { dsp: ['phone'] },
      layers: [{ id: 'stem', op: 'Conv', executionTimeMs: { 'drone-big': 4, dsp: 1 } }],
    });
    expect(said(timed, half, holders([phone, true]))).toEqual([
      'foreign: Eyes has no times of its own for Hexagon of Drone: those under "dsp" are times of Phone',
    ]);
  });

  it('do not come from what every object has', () => {
    const odd = parsePlatform({ schemaVersion: 1, id: 'odd', processors: [{ id: 'constructor', kind: 'cpu' }] });
    const timed = parseNetwork({
      schemaVersion: 1,
      id: 'n',
      timePlatforms: { big: ['phone'] },
      layers: [{ id: 'a', op: 'Conv', executionTimeMs: JSON.parse('{"constructor": 1}') as Record<string, number> }],
    });
    expect(said(timed, odd, [])).toEqual([]);
  });
});

describe('a processor without times', () => {
  it('is named, with what the rest of the network has', () => {
    const board = parsePlatform({
      schemaVersion: 1,
      id: 'drone',
      name: 'Drone',
      processors: [
        { id: 'c', kind: 'cpu', name: 'A78', executionTimeKey: 'drone-c' },
        { id: 'n', kind: 'npu', name: 'Hailo', supportedOps: ['Conv'] },
      ],
    });
    const timed = parseNetwork({
      schemaVersion: 1,
      id: 'eyes',
      name: 'Eyes',
      layers: [{ id: 'a', op: 'Conv', executionTimeMs: { 'drone-c': 1 } }],
    });
    const [remark] = timeRemarks(timeCoverage(timed, board, []));
    expect(remark).toMatchObject({
      kind: 'none',
      message: 'Eyes has no times for Hailo of Drone, so nothing of it can run there',
    });
    expect(remedySentence(remark!.remedies)).toBe(
      'add a cost model to Hailo; or enter or import times of Eyes for Hailo',
    );
  });

  it('is not spoken of where it supports none of the operations', () => {
    const board = parsePlatform({
      schemaVersion: 1,
      id: 'd',
      processors: [
        { id: 'c', kind: 'cpu' },
        { id: 'n', kind: 'npu', supportedOps: ['MatMul'] },
      ],
    });
    expect(said(aNetwork().withLayer('a', { c: 1 }).build(), board, [])).toEqual([]);
  });
});

describe('layers that can run nowhere', () => {
  const board = parsePlatform({
    schemaVersion: 1,
    id: 'drone',
    name: 'Drone',
    processors: [
      {
        id: 'c',
        kind: 'cpu',
        name: 'A78',
        executionTimeKey: 'drone-c',
        costModel: { bandwidthMBps: 4000, rates: [{ dataType: 'fp32', peakGMACPerS: 10, efficiency: { conv: 0.5 } }] },
      },
      { id: 'n', kind: 'npu', name: 'Hailo', executionTimeKey: 'drone-n', supportedOps: ['Conv'] },
    ],
  });
  const network = parseNetwork({
    schemaVersion: 1,
    id: 'eyes',
    name: 'Eyes',
    timePlatforms: { big: ['phone'] },
    layers: [
      { id: 'a', op: 'Conv', executionTimeMs: { big: 1 }, macs: 1000, outputBytes: 100 },
      { id: 'b', op: 'Softmax', executionTimeMs: { big: 1 }, outputBytes: 100 },
      { id: 'c', op: 'Conv', executionTimeMs: { big: 1 } },
    ],
  });

  it('are counted beside those that would be modelled, with every way out', () => {
    const { message, remedies } = nowhereMessage(timeCoverage(network, board, holders([phone, true])));
    expect(message).toBe(
      'Eyes has no times for A78 and Hailo of Drone; 1 layer would be modelled, 2 can run nowhere: "b" (Softmax) and "c" (Conv)',
    );
    expect(remedies.map(({ text }) => text)).toEqual([
      'add a cost model to Hailo',
      'let the cost model of A78 cover "normalization"',
      'give 1 layer the MACs and the size of the output that a cost model needs',
      'enter or import times of Eyes for A78 or Hailo',
      'take the times of Phone on purpose',
    ]);
  });

  it('stop a scenario as before', () => {
    const scenario = parseScenario({
      schemaVersion: 1,
      id: 's',
      platform: { ...board },
      applications: [
        { id: 'x', network: { ...network } },
        { id: 'y', network: { ...network } },
      ],
    });
    expect(() => resolveScenario(scenario, { platforms: new Map(), networks: new Map() })).toThrow(
      expect.objectContaining({
        code: 'scenario.invalid',
        details: [
          expect.objectContaining({ path: ['applications', 0, 'network'] }),
          expect.objectContaining({ path: ['applications', 1, 'network'] }),
        ],
      }),
    );
  });
});

describe('a scenario', () => {
  const library: DocumentLibrary = {
    platforms: new Map([['drone', drone()]]),
    networks: new Map([['eyes', net({ timePlatforms: { big: ['phone'], dsp: ['phone'] } })]]),
    timeKeyHolders: () => holders([phone, true], [drone(), false]),
  };
  const remarksOf = (input: unknown) => {
    const scenario = parseScenario(input);
    return scenarioTimeRemarks(scenario, resolveScenario(scenario, library), library).map(({ kind }) => kind);
  };

  it('speaks of each network once', () => {
    expect(
      remarksOf({
        schemaVersion: 1,
        id: 's',
        platform: 'drone',
        applications: [
          { id: 'a', network: 'eyes' },
          { id: 'b', network: 'eyes' },
        ],
      }),
    ).toEqual(['foreign']);
  });

  it('does not miss times that its profiles have', () => {
    const network = { schemaVersion: 1, id: 'n', layers: [{ id: 'a', op: 'Conv' }] };
    const profile = (key: string): object => ({
      schemaVersion: 1,
      id: `of-${key}`,
      measurements: [{ layers: ['a'], on: { key }, timeMs: 1 }],
    });
    const scenario = { schemaVersion: 1, id: 's', platform: 'drone', applications: [{ id: 'a', network }] };
    expect(remarksOf({ ...scenario, profiles: [profile('big'), profile('dsp')] })).toEqual([]);
    expect(remarksOf({ ...scenario, profiles: [profile('big')] })).not.toEqual([]);
  });

  it('that has its network inside was written for its platform, unless the network says otherwise', () => {
    const inside = {
      schemaVersion: 1,
      id: 'n',
      layers: [{ id: 'a', op: 'Conv', executionTimeMs: { big: 1, dsp: 1 } }],
    };
    expect(
      remarksOf({ schemaVersion: 1, id: 's', platform: 'drone', applications: [{ id: 'a', network: inside }] }),
    ).toEqual([]);
    expect(
      remarksOf({
        schemaVersion: 1,
        id: 's',
        platform: 'drone',
        applications: [{ id: 'a', network: { ...inside, timePlatforms: { big: ['phone'] } } }],
      }),
    ).toEqual(['foreign']);
  });
});

describe('the presets', () => {
  const presets = loadPresets(resourcesDirectory());
  const known = [...presets.platforms.values()].map((platform) => timeKeyHolder(platform, true));

  it('give no warning in their scenarios', () => {
    for (const scenario of presets.scenarios.values()) {
      const library = { ...presets, timeKeyHolders: () => known };
      expect([scenario.id, scenarioTimeRemarks(scenario, resolveScenario(scenario, library), library)]).toEqual([
        scenario.id,
        [],
      ]);
    }
  });

  it('never lend their times to each other unless they say so', () => {
    const lent = [...presets.platforms.values()].flatMap((platform) =>
      [...presets.networks.values()].flatMap((network) =>
        said(network, platform, known)
          .filter((text) => text.startsWith('foreign'))
          .map(() => `${network.id} on ${platform.id}`),
      ),
    );
    expect(lent.toSorted()).toEqual(
      [
        ...['cnn', 'mobilenet-v1', 'resnet18'].flatMap((network) =>
          ['prism-grai', 'prism-microbrain', 'prism-speck'].map((platform) => `${network} on ${platform}`),
        ),
        'xception-prism on simple',
        'xception-prism on simple-no-npu',
      ].toSorted(),
    );
  });

  it('belong to nobody else: a new platform with the same ids gets a remark', () => {
    const pi = aPlatform('pi').withCores(4).withGpu().build();
    const resnet = presets.networks.get('resnet18')!;
    expect(said(resnet, pi, known)).toEqual([
      'foreign: ResNet-18 has no times of its own for cpu and gpu of pi: those under "cpu" and "gpu" are times of Simple platform',
    ]);
  });
});

it("a processor's own key is one that nobody uses", () => {
  expect(ownTimeKey('pi', 'cpu', new Set(['cpu']))).toBe('pi-cpu');
  expect(ownTimeKey('pi', 'cpu', new Set(['pi-cpu', 'pi-cpu-2']))).toBe('pi-cpu-3');
});
