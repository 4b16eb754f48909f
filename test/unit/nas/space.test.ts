/** Search spaces: what documents say and are refused for, what genes mean, and supernets of S3NAS as spaces. */
import { describe, expect, it } from 'vitest';
import { parseOption } from '#shared/nas/block-option.ts';
import { blockText } from '#shared/nas/blocks.ts';
import { importSupernet } from '#shared/nas/s3nas-supernet.ts';
import { parseSearchSpace, type SearchSpaceInput } from '#shared/nas/search-space.ts';
import { NetworkSpace } from '#shared/nas/space.ts';
import { loadSearchSpaces } from '#main/formats/nas/spaces.ts';
import { Random } from '#main/engine/random.ts';
import { randomGenome } from '#main/engine/random-genome.ts';
import * as fc from '#test/fixtures/seeded-fast-check.ts';

const small: SearchSpaceInput = {
  schemaVersion: 1,
  id: 'small',
  input: { size: 32 },
  stem: { kernel: 3, stride: 2, channels: 16 },
  stages: [
    { channels: 24, stride: 2, repeats: [1, 2], options: ['3:2', '5:4+3:2', 'skip'] },
    { channels: 24, stride: 1, repeats: [2], options: ['identity', 'conv 3:2'], shared: true, se: [0, 0.25] },
  ],
  head: { channels: 64, classes: 10 },
};
const spaces = [...loadSearchSpaces('resources').values()];

describe('an option', () => {
  it.each([
    ['5:2+3:2', '3:2+5:2'],
    ['3:2+3:4', '3:6'],
    ['conv 3:2', 'conv 3:2'],
    ['skip', 'skip'],
  ])('%s is %s: branches by kernel, those of one kernel as one', (text, canonical) => {
    expect(parseOption(text)).toMatchObject({ text: canonical });
  });

  it.each(['4:2', '3:0', 'conv 3:2+5:2', '3', 'mbconv', ''])('"%s" is none', (text) => {
    expect(parseOption(text)).toEqual(expect.stringMatching(/needs|has|is not/));
  });
});

describe('a search space', () => {
  const space = new NetworkSpace(parseSearchSpace(small));

  it('has a gene for every choice, and a block that changes its shape cannot be skipped', () => {
    expect(
      space.layout.loci.map(({ decides, stage, values, alleles }) => [decides, stage, values.length, [...alleles]]),
    ).toEqual([
      ['repeats', 0, 2, [0, 1]],
      ['option', 0, 3, [0, 1]],
      ['option', 0, 3, [0, 1, 2]],
      ['se', 1, 2, [0, 1]],
      ['option', 1, 2, [0, 1]],
    ]);
    expect(space.layout.segments).toEqual([
      { name: 'stage 1', offset: 0, length: 3 },
      { name: 'stage 2', offset: 3, length: 2 },
    ]);
    expect(space.choices).toBe((2 + 2 * 3) * 2 * 2);
  });

  it('makes blocks of genes', () => {
    expect(space.blocks([1, 1, 0, 1, 1]).map(blockText)).toEqual([
      'r1_k3,5_s22_e2,4_i16_o24_c100',
      'r1_k3_s11_e2_i24_o24_c0',
      'r1_k3_s11_e2_i24_o24_c15_se0.25',
      'r1_k3_s11_e2_i24_o24_c15_se0.25',
    ]);
    expect(space.blocks([0, 0, 0, 0, 0]).map(blockText)).toEqual(['r1_k3_s22_e2_i16_o24_c0']);
  });

  it('calls networks the same whose genes differ in blocks that they do not have', () => {
    const genes = Uint8Array.of(0, 0, 2, 0, 1);
    expect([...space.canonical(genes)]).toEqual([0, 0, 0, 0, 1]);
    expect(space.identity(genes)).toBe(space.identity(space.canonical(genes)));
  });

  it('writes genes as a code, and reads it', () => {
    expect(space.code([1, 1, 0, 1, 1])).toBe('11011');
    expect([...space.genes('11011')]).toEqual([1, 1, 0, 1, 1]);
    expect(() => space.genes('12011')).toThrow('is no candidate of small');
    expect(() => space.genes('1101')).toThrow('is no candidate');
  });

  it('lists what its groups of choices can come to', () => {
    expect(space.groups()!.map(({ loci, items }) => [loci, items.length])).toEqual([
      [[0, 1, 2], 2 + 2 * 3],
      [[3, 4], 4],
    ]);
  });

  it.each([
    [{ options: ['3:2', '3:2'] }, '"3:2" is the same as option 1'],
    [{ options: ['3:1+3:1', '3:2'] }, '"3:2" is the same as option 1'],
    [{ options: ['4:2'] }, '"4:2" needs odd kernels'],
    [{ options: ['skip'] }, 'can only be skipped'],
    [{ options: ['3:2', 'skip'], shared: true }, 'cannot be skipped: its channels would not change'],
    [{ options: ['3:2'], repeats: [2, 2] }, 'a value of repeats occurs twice'],
    [{ options: [] }, 'options'],
  ])('is refused with %j', (stage, message) => {
    const input = { ...small, stages: [{ channels: 24, stride: 2, ...stage }] };
    expect(() => parseSearchSpace(input)).toThrow(message);
  });
});

describe.each(spaces.map((document) => [document.id, document] as const))('%s', (_, document) => {
  const space = new NetworkSpace(document);

  it('makes network documents of random genes, and the same of canonical ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => {
        const genes = randomGenome(space.layout, new Random(seed));
        const network = space.network(genes);
        expect(network.layers.at(-1)?.outputShape?.[0]).toBe(document.head.classes);
        expect(space.network(space.canonical(genes)).layers).toEqual(network.layers);
      }),
      { numRuns: 5 },
    );
  });
});

describe('a supernet of S3NAS', () => {
  it('of MixConv has the fifteen different blocks of three branches, and skip', () => {
    const [mixconv] = spaces;
    expect(mixconv!.stages[0]!.options.toSorted()).toEqual(
      [
        '3:2',
        '3:4',
        '3:6',
        '5:2',
        '5:4',
        '5:6',
        '7:2',
        '3:2+5:2',
        '3:2+5:4',
        '3:4+5:2',
        '3:2+7:2',
        '3:4+7:2',
        '5:2+7:2',
        '5:4+7:2',
        '3:2+5:2+7:2',
        'skip',
      ].toSorted(),
    );
    expect(new NetworkSpace(mixconv!).choices).toBeCloseTo(15 ** 5 * 16 ** 24, -31);
  });

  it('keeps residual, squeeze and activation, and what leaves no choice', () => {
    const { stages } = importSupernet(
      {
        img_size: 64,
        n_classes: 10,
        first_conv: { output_filters: 16, kernel_size: 3, strides: 2 },
        stages_args: ['r2_k5_s22_e4_i16_o32_c12_se0.25_noskip_hsw', 'r1_k3_s11_e2_i32_o32_c15'],
        feature_mix_layer: { output_filters: 64, kernel_size: 1 },
        act_fn: 'relu6',
      },
      { id: 'own' },
    );
    expect(stages).toEqual([
      {
        channels: 32,
        stride: 2,
        repeats: [2],
        options: ['3:2', '3:4', '5:2', '5:4'],
        shared: false,
        se: [0.25],
        residual: false,
        activation: 'hsw',
      },
      {
        channels: 32,
        stride: 1,
        repeats: [1],
        options: ['conv 3:2'],
        shared: false,
        se: [0],
        residual: true,
        activation: 'relu6',
      },
    ]);
  });

  it('with a head that a space cannot have is refused', () => {
    const net = {
      img_size: 64,
      first_conv: { output_filters: 16, kernel_size: 3, strides: 2 },
      stages_args: ['r1_k3_s22_e2_i16_o32_c12'],
      feature_mix_layer: { output_filters: 64 },
      final_expand_layer: {},
    };
    expect(() => importSupernet(net, { id: 'x' })).toThrow('the head of MobileNetV3');
  });
});
