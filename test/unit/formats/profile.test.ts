/** Profiles of runtimes: what each tool writes becomes measured times of layers, by one rule, and what does not fit is named. */
import { describe, expect, it } from 'vitest';
import type { Network } from '#shared/domain/network.ts';
import { timeOfMeasurement, type Profile } from '#shared/domain/profile.ts';
import { profileReaders } from '#main/formats/profiles/readers.ts';
import { cleaned, membersOf } from '#main/formats/profiles/row-names.ts';
import { numberOf, shapeIn } from '#main/formats/profiles/row-numbers.ts';
import { aNetwork } from '#test/fixtures/builders.ts';
import { asFile, readBytes } from '#test/fixtures/formats.ts';
import { exampleProfiles, onnxruntimeEvents, profiledNetwork } from '#test/fixtures/profiles.ts';

const asJson = (document: Network) => JSON.parse(JSON.stringify(document)) as Record<string, unknown>;

async function read(file: string, text: string, options: Readonly<Record<string, unknown>> = {}, of = profiledNetwork) {
  const [outcome] = await readBytes([asFile(file, text)], 'auto', { network: asJson(of), key: 'k', ...options });
  return outcome!;
}
async function profileOf(file: string, text: string, options?: Readonly<Record<string, unknown>>, of?: Network) {
  const outcome = await read(file, text, options, of);
  if (outcome.status === 'failed') throw outcome.error;
  return { ...outcome, document: outcome.documents[0]!.document as Profile };
}
/** By layers joined by "+": what was measured, without estimated shares. */
function measuredOf({ measurements }: Profile): Record<string, number | null> {
  return Object.fromEntries(
    measurements
      .filter(({ name = '', layers, kind }) => kind !== 'estimated' || layers!.length > 1 || !name.includes(';'))
      .filter(
        ({ kind, layers }, _, all) =>
          kind !== 'estimated' || all.every((each) => each.kind === 'estimated' || each.layers === layers),
      )
      .map((measurement) => {
        const time = timeOfMeasurement(measurement);
        return [measurement.layers!.join('+'), time === undefined ? null : Number(time.toPrecision(10))];
      }),
  );
}

describe('every reader', () => {
  it('has an example', () => {
    const ids = new Set(
      Object.keys(exampleProfiles).map((id) => id.replace(/(?:Csv|Python|Counters|Old|Report)$/, '')),
    );
    expect([...ids].sort()).toEqual(profileReaders.map(({ id }) => id).sort());
  });

  it.each(Object.entries(exampleProfiles))(
    '%s: is recognised alone, and gives each layer its time',
    async (id, example) => {
      const recognised = profileReaders.find((reader) => reader.recognises(example.text.slice(0, 4096), example.file));
      expect(recognised?.id).toBe(id.replace(/(?:Csv|Python|Counters|Old|Report)$/, ''));
      const { document, profile, format } = await profileOf(example.file, example.text, {
        ...example.options,
        shares: false,
      });
      expect(format).toBe('profile');
      expect(measuredOf(document)).toEqual(example.expected);
      expect(profile?.leftovers).toEqual(example.leftovers ?? []);
      expect(document.transfers).toHaveLength(example.transfers ?? 0);
      expect(Number((profile?.wholeMs ?? -1).toPrecision(10))).toBe(example.wholeMs ?? -1);
    },
  );
});

describe('a profile that is imported', () => {
  const { file, text } = exampleProfiles['onnxruntime']!;

  it('keeps how it was measured: file with its SHA-256, tool, runs, warm-ups, spread, data type', async () => {
    const { document } = await profileOf(file, text, { cores: 2, threads: 2, frequency: 1500, platform: 'board' });
    expect(document).toMatchObject({ id: 'tiny-k-onnxruntime', network: 'tiny', platform: 'board' });
    expect(document.method).toEqual({
      tool: 'ONNX Runtime',
      files: [{ name: file, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string }],
    });
    expect(document.measurements[0]).toMatchObject({
      on: { key: 'k', cores: 2, threads: 2, frequencyMHz: 1500 },
      dataType: 'float',
      statistic: 'single',
      runs: 1,
      warmups: 1,
      kind: 'measured',
    });
    const three = [...onnxruntimeEvents, { ...onnxruntimeEvents[1]!, dur: 140, ts: 999 }];
    const [first] = (await profileOf(file, JSON.stringify(three))).document.measurements;
    expect(first).toMatchObject({ timeMs: 0.13, statistic: 'median', runs: 2, spread: { minMs: 0.12, maxMs: 0.14 } });
  });

  it('shares the time of what was executed as one among its layers by their work, marked as estimated', async () => {
    const { document } = await profileOf(file, text);
    const shares = document.measurements.filter(({ kind }) => kind === 'estimated');
    expect(shares.map(({ layers }) => layers!.join())).toEqual(['conv1', 'relu1']);
    expect(shares.reduce((sum, { timeMs = 0 }) => sum + timeMs, 0)).toBeCloseTo(0.12, 12);
    expect(shares[0]!.timeMs!).toBeGreaterThan(shares[1]!.timeMs!);
  });

  it('says what matched and how, what was fused, moved or left over, and what the rows add up to', async () => {
    const { notes, profile } = await profileOf(
      file,
      JSON.stringify([
        ...onnxruntimeEvents,
        { cat: 'Node', name: 'strange_kernel_time', dur: 9, ts: 5, args: { provider: 'CPUExecutionProvider' } },
        { cat: 'Node', name: 'strange_kernel_time', dur: 9, ts: 155, args: { provider: 'CPUExecutionProvider' } },
      ]),
    );
    expect(profile).toMatchObject({
      id: 'tiny-k-onnxruntime',
      matched: { layers: 4, ofLayers: 4 },
      leftovers: ['strange'],
    });
    expect(profile?.sumMs).toBeCloseTo(0.189, 12);
    expect(profile?.matched.timeShare).toBeCloseTo(0.173 / 0.189, 12);
    expect(notes.map(({ message }) => message)).toEqual([
      '4 of 4 layers of tiny have a time under "k" (2 by name, 1 by name, cleaned of what the runtime adds), of 1 run, the first one left out as warm-up',
      expect.stringContaining('1 set of several layers was executed as one'),
      '1 layer without a row is taken to be part of a neighbour: "conv1"',
      '1 row (0.007 ms) moves or converts data and is kept as a transfer',
      '1 row (0.009 ms) has no layer: "strange"',
    ]);
  });

  it('reads a session that never ended, and sums what a node takes within a run', async () => {
    const lines = text.replaceAll('},{', '},\n{');
    for (const open of [lines.slice(0, -1), `${lines.slice(0, -1)},\n`])
      expect(measuredOf((await profileOf(file, open, { shares: false })).document)['model/conv2']).toBe(0.05);
    const loop = [
      ...onnxruntimeEvents,
      { ...onnxruntimeEvents[4]!, dur: 5, ts: 41 },
      { ...onnxruntimeEvents[4]!, dur: 7, ts: 141 },
    ];
    const found = measuredOf((await profileOf(file, JSON.stringify(loop), { shares: false })).document);
    expect(found['prob']).toBe(0.01);
  });

  it('asks for what the file does not say: network and key, processor, unit, clock', async () => {
    const code = async (name: string, options: Record<string, unknown>, content = exampleProfiles[name]!.text) => {
      const outcome = await read(exampleProfiles[name]!.file, content, options);
      return outcome.status === 'failed' ? [outcome.error.code, outcome.error.hint] : [];
    };
    expect(await code('onnxruntime', { network: undefined })).toEqual([
      'profile.targetNeeded',
      expect.stringContaining('--network'),
    ]);
    expect(await code('nest', {})).toEqual(['profile.unitNeeded', expect.stringContaining('--unit')]);
    expect(await code('qnn', {})).toEqual(['profile.clockNeeded', expect.stringContaining('--clock')]);
    const mixed = JSON.stringify([
      ...onnxruntimeEvents,
      { ...onnxruntimeEvents[4]!, args: { provider: 'CUDAExecutionProvider' } },
    ]);
    expect(await code('onnxruntime', {}, mixed)).toEqual([
      'profile.processorNeeded',
      expect.stringContaining('--set on='),
    ]);
    expect(await code('onnxruntime', { on: 'CUDAExecutionProvide' }, mixed)).toEqual([
      'profile.unknownProcessor',
      expect.stringContaining('CUDAExecutionProvider'),
    ]);
    const gpu = await profileOf(file, mixed, { on: 'CUDAExecutionProvider' });
    expect(gpu.profile?.matched.layers).toBe(1);
  });

  it('keeps cycles with their clock', async () => {
    const { file: name, text: cycles } = exampleProfiles['vela']!;
    const { document } = await profileOf(name, cycles, { clock: 500, shares: false });
    expect(document.measurements[0]).toMatchObject({ cycles: 120000, clockMHz: 500, kind: 'estimated' });
  });

  it('is refused with the reason where nothing fits or nothing was executed', async () => {
    const other = aNetwork('other').withLayer('lstm', { cpu: 1 }, { op: 'LSTM' }).build();
    expect(await read(file, text, {}, other)).toMatchObject({
      error: {
        code: 'profile.noMatch',
        message: expect.stringContaining('network "other"'),
        hint: expect.stringContaining('"r1_nchwc"'),
      },
    });
    expect(await read(file, JSON.stringify([onnxruntimeEvents[0]]))).toMatchObject({
      error: { code: 'profile.invalid', message: expect.stringContaining('_kernel_time') },
    });
    expect(await read(file, '[{"cat": "Node", "name": 5}]')).toMatchObject({ error: { code: 'profile.invalid' } });
    expect(await read(file, text, { reader: 'tensorrt' })).toMatchObject({ error: { code: 'profile.invalid' } });
  });

  it('says which lines it could not read', async () => {
    const { file: name, text: table } = exampleProfiles['snpe']!;
    const { notes } = await profileOf(name, table.replace('3 us : GPU', '3 parsecs'));
    expect(notes.map(({ message }) => message)).toContain('1 line could not be read and is left out: line 8');
  });
});

describe('rows are joined to layers', () => {
  const times = (rows: readonly string[]) => ['layer,timeMs', ...rows].join('\n');

  it('by a name that one layer has, never by one that two have', async () => {
    const twins = aNetwork('twins')
      .withLayer('a', {}, { name: 'conv' })
      .withLayer('b', {}, { name: 'conv' })
      .withLayer('c', {})
      .build();
    const { document, profile } = await profileOf(
      't.csv',
      times(['a,1', 'conv,0.5', 'c,0.2']),
      { shares: false },
      twins,
    );
    expect(measuredOf(document)).toEqual({ a: 1, c: 0.2 });
    expect(profile?.leftovers).toEqual(['conv']);
  });

  it('by the order of equal operations, only where as many are left on both sides', async () => {
    const chain = (count: number) =>
      Array.from({ length: count }, (_, index) => index)
        .reduce(
          (network, index) =>
            network.withLayer(
              `l${index}`,
              {},
              { op: index % 2 === 0 ? 'Conv' : 'MaxPool', dependencies: index === 0 ? [] : [`l${index - 1}`] },
            ),
          aNetwork('chain'),
        )
        .build();
    const table = ['layer,op,timeMs', 'x,CONV_2D,1', 'y,MAX_POOL_2D,2', 'z,CONV_2D,3'].join('\n');
    expect(measuredOf((await profileOf('t.csv', table, { shares: false }, chain(3))).document)).toEqual({
      l0: 1,
      l1: 2,
      l2: 3,
    });
    expect(await read('t.csv', table, {}, chain(5))).toMatchObject({ error: { code: 'profile.noMatch' } });
    const anchored = `${table}\nl4,CONV_2D,4`;
    expect(measuredOf((await profileOf('t.csv', anchored, { shares: false }, chain(5))).document)).toEqual({
      l0: 1,
      l1: 2,
      l2: 3,
      l4: 4,
    });
  });

  it('together where they share layers: their times are summed', async () => {
    const { document } = await profileOf('t.csv', times(['conv1,1', 'conv1 + relu1,2', 'prob,1']), { shares: false });
    expect(measuredOf(document)).toEqual({ 'conv1+relu1': 3, prob: 1 });
  });

  it.each([
    ['r1_nchwc', 'r1'],
    ['PWN(Clip_129)', 'Clip_129'],
    ['[MobilenetV1/Relu6]:3', 'MobilenetV1/Relu6'],
    ['conv1:OpId_7 (cycles)', 'conv1'],
    ['(Unnamed Layer* 9) [prob]', 'prob'],
    ['subgraph1: conv1', 'conv1'],
    ['stem_relu__1', 'stem_relu'],
    ['plain', 'plain'],
  ])('by what a runtime made %s of', (name, plain) => {
    expect(cleaned(name)).toBe(plain);
  });

  it.each([
    ['Conv_0 + Relu_1', ['Conv_0', 'Relu_1']],
    ['a || b + c', ['a', 'b', 'c']],
    ['{a,b, c}', ['a', 'b', 'c']],
    ['sequential/Relu;sequential/Conv2D', ['sequential/Relu', 'sequential/Conv2D']],
    ['PWN(a, b) + c', ['PWN(a, b)', 'c']],
    ['plain', ['plain']],
    ['', ['']],
  ])('by the members of %j', (name, members) => {
    expect(membersOf(name)).toEqual(members);
  });
});

it.each([
  ['12.5', 12.5],
  ['12,5', 12.5],
  ['1,234.5', 1234.5],
  ['1.234,5', 1234.5],
  ['1,234,567', 1234567],
  ['1e-3', 0.001],
  ['-1', undefined],
  ['NaN', undefined],
  ['1e999', undefined],
  ['', undefined],
])('%j is read as %j', (text, value) => {
  expect(numberOf(text)).toBe(value);
});

it('shapes are read without their batch', () => {
  expect(shapeIn('(1,16,960,960)')).toEqual([16, 960, 960]);
  expect(shapeIn('float32[1, 3, 224, 224]')).toEqual([3, 224, 224]);
  expect(shapeIn('none')).toBeUndefined();
});
