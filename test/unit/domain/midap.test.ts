/** MIDAP as a cost model: which layers it times, in which order, and how times depend on parameters. Against the simulator: test/golden/midap.test.ts. */
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requestCycles } from '#shared/domain/midap/dram.ts';
import { midapCycles } from '#shared/domain/midap/network-times.ts';
import { publishedMidap } from '#shared/domain/midap/published.ts';
import { fillTimes } from '#shared/domain/modelled-times.ts';
import { parseNetwork, type Network } from '#shared/domain/network.ts';
import { parsePlatform } from '#shared/domain/platform.ts';
import { loadPresets } from '#main/formats/presets.ts';
import * as fc from '#test/fixtures/seeded-fast-check.ts';

const presets = loadPresets(resolve(import.meta.dirname, '../../../resources'));

type LayerInput = Parameters<typeof networkOf>[0][number];
const networkOf = (layers: readonly Record<string, unknown>[]): Network =>
  parseNetwork({ schemaVersion: 1, id: 'n', layers });
const conv = (
  id: string,
  dependencies: readonly string[],
  { channels = 64, size = 56, kernel = 3, inputs = 64, groups = 1 },
): LayerInput => ({
  id,
  op: 'Conv',
  dependencies,
  outputShape: [channels, size, size],
  kernelShape: [kernel, kernel],
  macs: (kernel * kernel * inputs * channels * size * size) / groups,
});
const cyclesOf = (layers: readonly LayerInput[], parameters = publishedMidap): (number | undefined)[] =>
  midapCycles(networkOf(layers), parameters).map((layer) => layer?.cycles);
const plain = (
  id: string,
  op: string,
  dependencies: readonly string[],
  outputShape: readonly number[],
): LayerInput => ({
  id,
  op,
  dependencies,
  outputShape,
});

describe('layers on MIDAP', () => {
  it('are timed where the array can execute them, and have no time elsewhere', () => {
    const layers = [
      conv('a', [], { inputs: 3 }),
      plain('relu', 'Relu', ['a'], [64, 56, 56]),
      plain('softmax', 'Softmax', ['relu'], [64, 56, 56]),
      plain('shapeless', 'Add', ['relu', 'softmax'], []),
      { ...plain('upsampled', 'ConvTranspose', ['relu'], [64, 112, 112]), kernelShape: [2, 2], macs: 1e6 },
      { ...conv('no-macs', ['relu'], {}), macs: undefined },
      conv('b', ['relu'], {}),
    ];
    expect(cyclesOf(layers).map((cycles) => (cycles === undefined ? 'none' : Math.sign(cycles)))).toEqual([
      1,
      0,
      'none',
      1,
      'none',
      'none',
      1,
    ]);
  });

  it('of operations that the processor does not support have none', () => {
    const network = networkOf([conv('a', [], {}), conv('b', ['a'], {})]);
    expect(midapCycles(network, publishedMidap, () => false)).toEqual([undefined, undefined]);
  });

  it('do global pooling on the way out of the layer before it, a layer of its own behind a concatenation', () => {
    const branches = [conv('a', [], {}), conv('b', [], {}), plain('c', 'Concat', ['a', 'b'], [128, 56, 56])];
    const pool = (from: string, channels: number): LayerInput =>
      plain('pool', 'GlobalAveragePool', [from], [channels, 1, 1]);
    const alone = cyclesOf([conv('a', [], {})])[0]!;
    expect(cyclesOf([conv('a', [], {}), pool('a', 64)])).toEqual([alone + 4, 0]);
    expect(cyclesOf([...branches, pool('c', 128)])[3]).toBeGreaterThan(56 * 56 * 2);
  });

  it('are timed alike in whichever order the document lists them, where the order of execution is the same', () => {
    const layers = [conv('a', [], {}), conv('b', ['a'], {}), plain('sum', 'Add', ['b', 'a'], [64, 56, 56])];
    expect(cyclesOf(layers.toReversed()).toReversed()).toEqual(cyclesOf(layers));
  });

  it('of two groups take as long as two convolutions of half the channels', () => {
    const grouped = cyclesOf([conv('x', [], {}), conv('a', ['x'], { channels: 128, groups: 2, kernel: 1 })])[1]!;
    const half = cyclesOf([conv('x', [], { channels: 32 }), conv('a', ['x'], { inputs: 32, kernel: 1 })])[1]!;
    expect(Math.abs(grouped / (2 * half) - 1)).toBeLessThan(0.01);
  });

  it('of absurd sizes have no time, and take none to find that out', () => {
    const huge = 2 ** 20;
    expect(
      cyclesOf([
        conv('wide', [], { size: huge, inputs: 1, channels: 1 }),
        conv('deep', [], { channels: huge, size: 1, inputs: 1 }),
        { ...plain('pool', 'MaxPool', ['wide'], [1, 1, 1]), kernelShape: [huge, huge] },
        conv('many', [], { channels: 262_144, size: 8192, inputs: 1, kernel: 1 }),
      ]),
    ).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('never take less than computing them does, and with a faster bus never longer', () => {
    const sizes = fc.record({
      channels: fc.integer({ min: 1, max: 512 }),
      inputs: fc.integer({ min: 1, max: 512 }),
      size: fc.integer({ min: 1, max: 64 }),
      kernel: fc.constantFrom(1, 3, 5, 7),
    });
    fc.assert(
      fc.property(sizes, sizes, (first, second) => {
        const network = networkOf([
          conv('a', [], first),
          conv('b', ['a'], { ...second, inputs: first.channels, size: first.size }),
        ]);
        const layers = midapCycles(network, publishedMidap);
        const fast = midapCycles(network, { ...publishedMidap, dram: { ...publishedMidap.dram, bytesPerCycle: 1e6 } });
        const whole = (each: typeof layers): number => each.reduce((sum, layer) => sum + layer!.cycles, 0);
        for (const layer of layers) expect(layer!.cycles).toBeGreaterThanOrEqual(layer!.computeCycles);
        expect(whole(fast)).toBeLessThanOrEqual(whole(layers));
      }),
    );
  });
});

describe('requests to DRAM', () => {
  it('wait as the simulator counts pages and refreshes', () => {
    const { dram } = publishedMidap;
    expect([0, 3584, 3585, 94_976, 94_977].map((bytes) => requestCycles(bytes, dram))).toEqual([42, 42, 56, 217, 452]);
    const worst = { ...dram, counting: 'worst' as const };
    expect([1, 8192, 89_857].map((bytes) => requestCycles(bytes, worst))).toEqual([277, 291, 658]);
  });
});

describe('a platform with MIDAP', () => {
  const board = presets.platforms.get('midap-board')!;
  it('runs networks that its simulator never saw, on all but their last layer', () => {
    for (const id of ['vgg16', 'googlenet', 'efficientnet-b0', 'squeezenet-1.1']) {
      const filled = fillTimes(presets.networks.get(id)!, board);
      const without = filled.layers.filter(({ executionTimeMs }) => executionTimeMs['midap'] === undefined);
      expect([...new Set(without.map(({ op }) => op))].filter((op) => op !== 'Softmax' && op !== 'LRN')).toEqual([]);
      expect(filled.layers[0]!.timeSources).toMatchObject({ midap: 'modelled' });
    }
  });

  it('keeps every measured time', () => {
    const network = presets.networks.get('resnet50')!;
    const filled = fillTimes(network, board);
    expect(filled.layers.map(({ executionTimeMs }) => executionTimeMs['midap'])).toEqual(
      network.layers.map(({ executionTimeMs }) => executionTimeMs['midap']),
    );
  });

  it('needs every parameter; without a kind a model is a roofline', () => {
    const platform =
      (costModel: unknown): (() => unknown) =>
      () =>
        parsePlatform({ schemaVersion: 1, id: 'p', processors: [{ id: 'npu', kind: 'npu', costModel }] });
    const { clockMHz: _, ...incomplete } = publishedMidap;
    expect(platform({ kind: 'midap', ...publishedMidap })).not.toThrow();
    expect(platform({ kind: 'midap', ...incomplete })).toThrow(/clockMHz/);
    expect(platform({ kind: 'other', ...publishedMidap })).toThrow(/kind/);
    expect(platform(publishedMidap)).toThrow(/bandwidthMBps/);
    const roofline = { bandwidthMBps: 1, rates: [{ dataType: 'fp32', peakGMACPerS: 1, efficiency: {} }] };
    expect(platform(roofline)).not.toThrow();
    expect(platform({ kind: 'roofline', ...roofline })).not.toThrow();
  });
});
