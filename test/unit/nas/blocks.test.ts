/** Blocks in the notation of S3NAS: what they mean, what is refused, and the network documents they become. */
import { describe, expect, it } from 'vitest';
import { networkOfBlock, networkOfBlocks } from '#shared/nas/block-network.ts';
import { isResidual, parseBlock, repeatsOf, type Block } from '#shared/nas/blocks.ts';
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { publishedLatencies } from '#test/fixtures/s3nas.ts';

describe('a block', () => {
  it('has repeats, branches, stride, channels, squeeze and excitation, residual and activation', () => {
    expect(parseBlock('r4_k3,5_s22_e4,2_i32_o64_c100_se0.25_noskip_hsw')).toEqual({
      kind: 'mixconv',
      repeats: 4,
      branches: [
        { kernel: 3, expansion: 4 },
        { kernel: 5, expansion: 2 },
      ],
      stride: 2,
      inputChannels: 32,
      outputChannels: 64,
      seRatio: 0.25,
      hasResidual: false,
      activation: 'hsw',
    });
  });

  it.each([
    ['r1_k3_s22_e6_i32_o64', 'it has no type'],
    ['r1_k3_s22_e6_i32_o64_c12', 'type 12 leaves kernels and expansions to the search'],
    ['r1_k3_s22_e6_i32_o64_c7', 'type 7 is not known'],
    ['r1_k3,5_s22_e6_i32_o64_c100', '2 kernels and 1 expansions'],
    ['r1_k3,5_s22_e6,2_i32_o64_c0', 'only MixConv (c100) has several branches'],
    ['r1_k4_s22_e6_i32_o64_c0', 'kernels are odd'],
    ['r1_k3_s21_e6_i32_o64_c0', 'strides down and across must be the same'],
    ['r1_k3_s2_e6_i32_o64_c0', 'stride is two digits'],
    ['r1_k3_s22_e6_i0_o64_c0', 'input channels "0" is not made of whole numbers'],
    ['r999999_k3_s22_e6_i32_o64_c0', 'repeats "999999" is not made of whole numbers from 1 to 256'],
    ['r1_k3_s22_e6_i32_o64_c0_se2', 'squeeze and excitation is from 0 to 1'],
    ['r1_k3_k5_s22_e6_i32_o64_c0', 'two parts "k"'],
    ['r1_k3_s22_e6_i32_o64_c0_fast', '"fast" is not a part of a block'],
    ['', '"" is not a part of a block'],
  ])('%s is refused: %s', (text, message) => {
    expect(() => parseBlock(text)).toThrow(message);
  });

  it('is repeated with stride 1 and its output channels, so that repeats have a residual', () => {
    const repeats = repeatsOf(parseBlock('r3_k5_s22_e6_i32_o64_c0'));
    expect(repeats.map((block) => [block.stride, block.inputChannels, isResidual(block)])).toEqual([
      [2, 32, false],
      [1, 64, true],
      [1, 64, true],
    ]);
  });
});

describe('a network of blocks', () => {
  it('has its layers one by one, with a residual where there is one', () => {
    const network = networkOfBlock(parseBlock('r2_k3,5_s11_e2,1_i16_o24_c100_se0.25'), 14);
    expect(network.layers.map(({ id, op }) => `${id} ${op}`)).toEqual([
      'before Conv',
      'block1.1.expand Conv',
      'block1.1.dw DepthwiseConv',
      'block1.2.dw DepthwiseConv',
      'block1.concat Concat',
      'block1.se.pool GlobalAveragePool',
      'block1.se.reduce Conv',
      'block1.se.expand Conv',
      'block1.se.scale Mul',
      'block1.project Conv',
      'block2.1.expand Conv',
      'block2.1.dw DepthwiseConv',
      'block2.2.dw DepthwiseConv',
      'block2.concat Concat',
      'block2.se.pool GlobalAveragePool',
      'block2.se.reduce Conv',
      'block2.se.expand Conv',
      'block2.se.scale Mul',
      'block2.project Conv',
      'block2.add Add',
    ]);
  });

  it.each([
    ['ours-M', 12.8, 1.29],
    ['ours-M+', 15.4, 1.29],
    ['ours-L+', 20.7, 2.47],
    ['EfficientNet-B1', 7.8, 0.69],
    ['EfficientNet-lite4', 13, 2.55],
  ])('%s has %f M parameters and %f G multiply-accumulates, as published', (name, parameters, macs) => {
    const { layers } = publishedLatencies().find((each) => each.name === name)!.network;
    const total = (field: 'parameters' | 'macs'): number => layers.reduce((sum, layer) => sum + (layer[field] ?? 0), 0);
    // Folded batch normalisation leaves one number a channel where publications count two.
    expect(Math.abs(total('parameters') / 1e6 / parameters - 1)).toBeLessThan(0.01);
    expect(Math.abs(total('macs') / 1e9 / macs - 1)).toBeLessThan(0.01);
  });

  it('computes the size of every output, whatever the blocks', () => {
    const kernels = fc.constantFrom(1, 3, 5, 7);
    const shapes = fc.record({
      kernel: kernels,
      stride: fc.constantFrom(1, 2),
      channels: fc.integer({ min: 1, max: 64 }),
    });
    fc.assert(
      fc.property(
        fc.array(shapes, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 65 }),
        (each, inputSize) => {
          let before = 8;
          const blocks = each.map(({ kernel, stride, channels }): Block => {
            const block = parseBlock(`r1_k${kernel}_s${stride}${stride}_e2_i${before}_o${channels}_c0`);
            before = channels;
            return block;
          });
          const network = networkOfBlocks({
            id: 'n',
            inputSize,
            stem: { kernel: 3, stride: 1, channels: 8 },
            blocks,
            headChannels: 10,
            classes: 3,
          });
          const size = each.reduce((at, { stride }) => Math.ceil(at / stride), inputSize);
          expect(network.layers.find(({ id }) => id === 'head')!.outputShape).toEqual([10, size, size]);
        },
      ),
    );
  });
});
