/** Profiles of runtimes: what ONNX Runtime writes fills the times of a network's layers, and what does not fit is named. */
import { describe, expect, it } from 'vitest';
import type { Network } from '#shared/domain/network.ts';
import { aNetwork } from '#test/fixtures/builders.ts';
import { asFile, readBytes } from '#test/fixtures/formats.ts';

const network = aNetwork('tiny')
  .withLayer('n0', { cpu: 7 }, { name: 'stem/conv' })
  .withLayer('n1', {}, { name: 'stem/relu', dependencies: ['n0'] })
  .withLayer('fc', { cpu: 3 }, { dependencies: ['n1'] })
  .build();

interface Run {
  readonly [node: string]: number | readonly number[];
}
/** The events of ONNX Runtime for `runs`, durations in µs; `more` are further events. */
function profile(
  runs: readonly Run[],
  { provider = 'CPUExecutionProvider', isWhole = true, more = [] as object[] } = {},
): string {
  let ts = 100;
  const event = (cat: string, name: string, dur: number, args: object = {}) => ({
    cat,
    pid: 1,
    tid: 1,
    dur,
    ts: (ts += 10),
    ph: 'X',
    name,
    args,
  });
  const events = runs.flatMap((run) => {
    const nodes = Object.entries(run).flatMap(([node, durations]) =>
      [durations]
        .flat()
        .flatMap((dur) => [
          event('Node', `${node}_fence_before`, 900),
          event('Node', `${node}_kernel_time`, dur, { op_name: 'Conv', provider }),
          event('Node', `${node}_fence_after`, 900),
        ]),
    );
    const whole = nodes.reduce((sum, { name, dur }) => sum + (name.endsWith('_kernel_time') ? dur : 0), 50);
    return isWhole ? [...nodes, event('Session', 'model_run', whole)] : nodes;
  });
  return JSON.stringify([
    event('Session', 'model_loading_uri', 500),
    event('Session', 'session_initialization', 300),
    ...events,
    ...more,
  ]);
}

const runs: readonly Run[] = [
  { 'stem/conv': 5000, 'stem/relu': 300, fc: 40 },
  { 'stem/conv': 1200, 'stem/relu': 30, fc: 20 },
  { 'stem/conv': 1000, 'stem/relu': 20, fc: 20 },
];
const asJson = (document: Network) => JSON.parse(JSON.stringify(document)) as Record<string, unknown>;
async function read(
  text: string,
  options: Record<string, unknown> = { network: asJson(network), key: 'a76' },
  format = 'auto',
) {
  const [outcome] = await readBytes([asFile('profile.json', text)], format, options);
  return outcome!;
}
async function filled(text: string, options?: Record<string, unknown>) {
  const outcome = await read(text, options);
  if (outcome.status === 'failed') throw outcome.error;
  return { ...outcome, network: outcome.documents[0]!.document as Network };
}

describe('a profile of ONNX Runtime', () => {
  it('gives each layer the mean of its runs without the first, in ms, as measured, with the file in its provenance', async () => {
    const { network: made, format, notes } = await filled(profile(runs));
    expect(format).toBe('profile');
    expect(made.layers.map(({ executionTimeMs }) => executionTimeMs)).toEqual([
      { cpu: 7, a76: 1.1 },
      { a76: 0.025 },
      { cpu: 3, a76: 0.02 },
    ]);
    expect(made.layers.map(({ timeSources }) => timeSources)).toEqual([
      { a76: 'measured' },
      { a76: 'measured' },
      { a76: 'measured' },
    ]);
    expect(made.provenance.at(-1)).toBe(
      'measured: times under "a76" of 3 layers from profile.json, a profile of ONNX Runtime, mean of 2 runs',
    );
    expect(notes.map(({ message }) => message)).toEqual([
      '3 layers of 3 got times under "a76": mean of 2 runs, the first one left out as warm-up',
    ]);
  });

  it('has a single run count, and is read without events of whole runs and with a session that never ended', async () => {
    const single = await filled(profile(runs.slice(0, 1)));
    expect(single.network.layers[0]!.executionTimeMs).toEqual({ cpu: 7, a76: 5 });
    expect((await filled(profile(runs, { isWhole: false }))).network.layers[0]!.executionTimeMs['a76']).toBe(1.1);
    const lines = profile(runs).replaceAll('},{', '},\n{');
    for (const open of [lines.slice(0, -1), `${lines.slice(0, -1)},\n`, lines.slice(0, -30)])
      expect((await filled(open)).network.layers[0]!.executionTimeMs['a76']).toBe(1.1);
  });

  it('sums what a node takes within a run, as in a loop', async () => {
    const loops = await filled(profile([{ fc: [500, 500] }, { fc: [100, 200] }, { fc: [110, 190] }]));
    expect(loops.network.layers[2]!.executionTimeMs['a76']).toBeCloseTo(0.3, 12);
  });

  it('lists nodes without a layer and layers without a node, which keep what they had', async () => {
    const {
      network: made,
      notes,
      profile: match,
    } = await filled(
      profile([
        { 'stem/conv': 9, reorder_1: 9 },
        { 'stem/conv': 3000, reorder_1: 1000 },
      ]),
    );
    expect(made.layers[2]!.executionTimeMs).toEqual({ cpu: 3 });
    expect(notes.map(({ message }) => message)).toEqual([
      expect.stringContaining('1 layer of 3 got a time'),
      '1 node of the profile (1 ms) has no layer of that name: "reorder_1"',
      '2 layers have no node in the profile and keep what they had: "n1" and "fc"',
    ]);
    expect(match).toEqual({
      id: 'tiny',
      matched: { layers: 1, ofLayers: 3, timeShare: 0.75 },
      leftovers: ['reorder_1'],
      sumMs: 4,
      wholeMs: 4.05,
    });
  });

  it('matches by id where no name does, and never by a name that two layers have', async () => {
    const twins = aNetwork('twins')
      .withLayer('a', {}, { name: 'conv' })
      .withLayer('b', {}, { name: 'conv' })
      .withLayer('c', {})
      .build();
    const { network: made, profile: match } = await filled(profile([{ a: 1000, conv: 500, c: 200 }]), {
      network: asJson(twins),
      key: 'k',
    });
    expect(made.layers.map(({ executionTimeMs }) => executionTimeMs)).toEqual([{ k: 1 }, {}, { k: 0.2 }]);
    expect(match?.leftovers).toEqual(['conv']);
  });

  it('asks for what the file does not say: the network, the key, and which of several processors', async () => {
    expect(await read(profile(runs), {})).toMatchObject({
      status: 'failed',
      format: 'profile',
      error: { code: 'profile.targetNeeded', hint: expect.stringContaining('--network') },
    });
    const mixed = JSON.stringify([
      ...(JSON.parse(profile([{ 'stem/conv': 10 }])) as object[]),
      ...(JSON.parse(profile([{ fc: 20 }], { provider: 'CUDAExecutionProvider' })) as object[]),
    ]);
    expect(await read(mixed)).toMatchObject({
      error: {
        code: 'profile.processorNeeded',
        message: expect.stringContaining('CPUExecutionProvider (1 node) and CUDAExecutionProvider (1 node)'),
      },
    });
    const { network: made } = await filled(mixed, {
      network: asJson(network),
      key: 'gpu',
      on: 'CUDAExecutionProvider',
    });
    expect(made.layers.map(({ executionTimeMs }) => executionTimeMs['gpu'])).toEqual([undefined, undefined, 0.02]);
    expect(await read(profile(runs), { network: asJson(network), key: 'k', on: 'CPUExecutionProvide' })).toMatchObject({
      error: { code: 'profile.unknownProcessor', hint: expect.stringContaining('CPUExecutionProvider') },
    });
  });

  it('is refused with the reason where nothing fits or nothing was executed', async () => {
    expect(await read(profile([{ other: 5 }]))).toMatchObject({
      error: {
        code: 'profile.noMatch',
        message: expect.stringContaining('network "tiny"'),
        hint: expect.stringContaining('"other"'),
      },
    });
    expect(await read(profile([]))).toMatchObject({
      error: { code: 'profile.invalid', message: expect.stringContaining('_kernel_time') },
    });
    expect(await read('[{"cat": "Node", "name": 5}]')).toMatchObject({
      format: 'profile',
      error: { code: 'profile.invalid' },
    });
  });
});
