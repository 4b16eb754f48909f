/**
 * MIDAP as a cost model against what its simulator gave: the latency table of S3NAS, the layers of ResNet-50, whole networks. Nothing of
 * the model is fitted to these numbers but the rules for banks of feature memory, which were inferred from the table.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { networks } from '#main/presets/documents.ts';
import { readTable } from '#main/presets/data.ts';
import { midapCycles } from '#shared/domain/midap/network-times.ts';
import { publishedMidap } from '#shared/domain/midap/published.ts';
import { parseNetwork, type Network } from '#shared/domain/network.ts';
import { networkOfBlock, networkOfBlocks } from '#shared/nas/block-network.ts';
import { parseBlock, type Block } from '#shared/nas/blocks.ts';
import { MIDAP_BLOCK_ERROR, MIDAP_NETWORK_ERROR } from '#shared/nas/midap-error.ts';
import { latencyTable, publishedLatencies } from '#test/fixtures/s3nas.ts';

const whole = (network: Network, parameters = publishedMidap): number =>
  midapCycles(network, parameters).reduce((sum, layer) => sum + (layer?.cycles ?? Number.NaN), 0);
/** Without the layer before the block. */
const blockCycles = (block: Block, inputSize: number): number =>
  midapCycles(networkOfBlock(block, inputSize), publishedMidap)
    .slice(1)
    .reduce((sum, layer) => sum + (layer?.cycles ?? Number.NaN), 0);
/** The two convolutions of the table that are no blocks. */
const convolutions: Readonly<Record<string, () => number>> = {
  'Conv2D/k7_s22_i3_o48_imgsize332': () =>
    midapCycles(convolutionNetwork([{ channels: 48, kernel: 7, size: 166, inputs: 3 }]), publishedMidap)[0]!.cycles,
  'Conv2D/k1_s11_i320_o1568_imgsize11': () =>
    midapCycles(
      convolutionNetwork([
        { channels: 320, kernel: 1, size: 11, inputs: 320 },
        { channels: 1568, kernel: 1, size: 11, inputs: 320 },
      ]),
      publishedMidap,
    )[1]!.cycles,
};

function convolutionNetwork(
  layers: readonly { channels: number; kernel: number; size: number; inputs: number }[],
): Network {
  return parseNetwork({
    schemaVersion: 1,
    id: 'convolutions',
    layers: layers.map(({ channels, kernel, size, inputs }, index) => ({
      id: `conv${index}`,
      op: 'Conv',
      dependencies: index === 0 ? [] : [`conv${index - 1}`],
      outputShape: [channels, size, size],
      kernelShape: [kernel, kernel],
      macs: kernel * kernel * inputs * channels * size * size,
    })),
  });
}

describe('the latency table of S3NAS', () => {
  const rows = latencyTable();
  const errors = rows.map(({ file, inputSize, cycles }) => {
    const modelled =
      convolutions[file]?.() ??
      blockCycles(parseBlock(file.slice(file.indexOf('/') + 1).replace(/_imgsize.*/, '')), inputSize);
    return modelled / cycles - 1;
  });
  const absolute = errors.map(Math.abs).toSorted((a, b) => a - b);
  const mean = absolute.reduce((sum, error) => sum + error, 0) / absolute.length;

  it('has 222 rows', () => {
    expect(rows).toHaveLength(222);
  });

  it('is met with a mean error below 0.14 %, 0.71 % for 95 of 100 blocks, and 8 % at most', () => {
    expect(mean).toBeLessThan(0.0014);
    expect(absolute[Math.ceil(0.95 * absolute.length) - 1]).toBeLessThan(0.0075);
    expect(absolute.at(-1)).toBeLessThan(0.08);
  });

  it('has the error that estimates of blocks state', () => {
    expect(mean).toBeCloseTo(MIDAP_BLOCK_ERROR, 4);
  });
});

describe('the layers of ResNet-50', () => {
  it('compute for as many cycles as the simulator counted, convolution by convolution', () => {
    const network = parseNetwork(networks.find(({ id }) => id === 'resnet50')!);
    const byLayer = midapCycles(network, publishedMidap);
    const simulated = new Map(
      readTable('midap/resnet50_layers_level2.csv', ['layer', 'cycles', 'dram_delay']).map((row) => [
        row.text('layer'),
        row.number('cycles') - row.number('dram_delay'),
      ]),
    );
    const convolutions = network.layers.flatMap(({ op }, index) => (op === 'Conv' ? [byLayer[index]!] : []));
    expect(convolutions).toHaveLength(53);
    expect(convolutions.map(({ computeCycles }) => computeCycles)).toEqual(
      convolutions.map((_, index) => simulated.get(`Conv${index + 1}`)),
    );
  });
});

describe('whole networks', () => {
  it.each(publishedLatencies())('$name takes as long as published, within 2.5 %', ({ network, latencyMs }) => {
    expect(Math.abs(whole(network) / 1e6 / latencyMs - 1)).toBeLessThan(0.025);
  });

  it('have the mean error that estimates of networks state', () => {
    const errors = publishedLatencies().map(({ network, latencyMs }) => Math.abs(whole(network) / 1e6 / latencyMs - 1));
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeCloseTo(MIDAP_NETWORK_ERROR, 4);
  });

  it.each([
    ['resnet50', 4_324_612, 0.001],
    ['mobilenet-v2', 989_902, 0.01],
    ['inception-v3', 6_742_091, 0.02],
  ])('%s takes as long as the simulator says with its worst DRAM latency', (id, cycles, most) => {
    const network = parseNetwork(networks.find((each) => each.id === id)!);
    const withoutSoftmax = { ...network, layers: network.layers.filter(({ op }) => op !== 'Softmax') };
    const parameters = { ...publishedMidap, dram: { ...publishedMidap.dram, counting: 'worst' as const } };
    expect(Math.abs(whole(withoutSoftmax, parameters) / cycles - 1)).toBeLessThan(most);
  });

  it('of S3NAS is the sum of its blocks in the table, for ours-M', () => {
    const ours = publishedLatencies().find(({ name }) => name === 'ours-M')!;
    expect(Math.abs(whole(ours.network) / 2_460_661 - 1)).toBeLessThan(0.001);
  });
});

describe('the largest network of each search space of S3NAS', () => {
  it.each([
    ['mbconv_super_2_3_5_2_8', 2.393476],
    ['mbconv_super_4_4_4_4_4', 3.051223],
    ['mixconv_super_3_4_7_4_11', 3.973748],
    ['conv_super_4_4_4_4_4', 10.545737],
    ['conv_mbconv_super_4_4_4_4_4', 6.068831],
    ['mixconv_super_4_4_4_4_4', 3.573466],
    ['mixconv_super_4_5_9_5_13', 17.484404],
  ])('%s takes as long as its blocks do by the table, within 1 %', (file, totalMs) => {
    const { img_size, first_conv, stages_args, feature_mix_layer, n_classes } = JSON.parse(
      readFileSync(resolve(import.meta.dirname, `../../resources/data/s3nas/${file}.json`), 'utf8'),
    ) as {
      img_size: number;
      first_conv: { output_filters: number; kernel_size: number; strides: number };
      stages_args: string[];
      feature_mix_layer: { output_filters: number };
      n_classes: number;
    };
    const largest = (text: string): Block =>
      parseBlock(
        text
          .replace(/_k5,5,7_.*?_i/, (part) => part.replace('k5,5,7', 'k5,7').replace('e2,2,2', 'e4,2'))
          .replace(/_c(12|16|102)\b/, (_, type: string) => ({ '12': '_c0', '16': '_c15', '102': '_c100' })[type]!),
      );
    const network = networkOfBlocks({
      id: file.replaceAll('_', '-'),
      inputSize: img_size,
      stem: { kernel: first_conv.kernel_size, stride: first_conv.strides, channels: first_conv.output_filters },
      blocks: stages_args.map(largest),
      headChannels: feature_mix_layer.output_filters,
      classes: n_classes,
    });
    expect(Math.abs(whole(network) / 1e6 / totalMs - 1)).toBeLessThan(0.01);
  });
});
