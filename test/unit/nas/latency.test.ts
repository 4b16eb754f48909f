/** Latency estimators: who answers, with what source and error, and what none of them knows. */
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBlockTable } from '#main/formats/block-table.ts';
import { loadPresets } from '#main/formats/presets.ts';
import { parseNetwork } from '#shared/domain/network.ts';
import { parsePlatform, type Platform } from '#shared/domain/platform.ts';
import { parseProfile } from '#shared/domain/profile.ts';
import { networkOfBlock } from '#shared/nas/block-network.ts';
import { parseBlock } from '#shared/nas/blocks.ts';
import { estimateLatency, latencyEstimators, type LatencyQuestion } from '#shared/nas/latency.ts';

const resources = resolve(import.meta.dirname, '../../../resources');
const presets = loadPresets(resources);
const table = readBlockTable(resources);
const board = presets.platforms.get('midap-board')!;
const on = (platform: Platform, processor: string, network: string): LatencyQuestion => ({
  network: presets.networks.get(network)!,
  platform,
  processor: platform.processors.find(({ id }) => id === processor)!,
  networkOf: (id) => presets.networks.get(id),
});
const block = (text: string, inputSize: number, platform = board): LatencyQuestion => ({
  network: networkOfBlock(parseBlock(text), inputSize),
  block: { block: parseBlock(text), inputSize },
  platform,
  processor: platform.processors[0]!,
  table,
});

describe('a block on MIDAP', () => {
  it('has the cycles of the table where it is in it', () => {
    expect(estimateLatency(block('r1_k3,5_s11_e2,4_i32_o32_c100_noskip', 56))).toMatchObject({
      estimator: 'block-table',
      latencyMs: 0.247883,
      cycles: 247_883,
      relativeError: 0,
      missing: [],
    });
  });

  it('is modelled where it is not, and alike within what the model states', () => {
    const known = block('r1_k5_s11_e6_i320_o320_c0_noskip', 11);
    const exact = latencyEstimators['block-table'](known)!.latencyMs;
    const modelled = latencyEstimators.midap(known)!;
    expect(Math.abs(modelled.latencyMs / exact - 1)).toBeLessThan(0.005);
    expect(estimateLatency(block('r1_k3_s11_e6_i40_o40_c0', 56))).toMatchObject({
      estimator: 'midap',
      relativeError: 0.0013,
    });
    expect(estimateLatency(block('r1_k3_s11_e6_i40_o40_c0_se0.25', 56))).toMatchObject({ relativeError: null });
  });

  it('with other parameters is not in the table, and its error is not known', () => {
    const [npu, ...others] = board.processors;
    const faster = parsePlatform({
      ...board,
      processors: [{ ...npu, costModel: { ...npu!.costModel, clockMHz: 2000 } }, ...others],
    });
    const text = 'r1_k3,5_s11_e2,4_i32_o32_c100_noskip';
    const estimate = estimateLatency(block(text, 56, faster))!;
    expect([estimate.estimator, estimate.relativeError]).toEqual(['midap', null]);
    expect(estimate.latencyMs).toBeCloseTo(latencyEstimators.midap(block(text, 56))!.latencyMs / 2, 9);
  });
});

describe('a network', () => {
  it('has the times it states for the platform, without the layers that have none', () => {
    expect(estimateLatency(on(board, 'npu', 'resnet50'))).toMatchObject({
      estimator: 'network',
      source: 'times of the network document: measured',
      relativeError: null,
      missing: [{ layer: 'softmax', op: 'Softmax' }],
    });
    expect(latencyEstimators.network(on(board, 'npu', 'resnet50'))!.latencyMs).toBeCloseTo(4.324612, 9);
  });

  it('is modelled where nobody measured it', () => {
    expect(estimateLatency(on(board, 'npu', 'vgg16'))).toMatchObject({ estimator: 'midap', relativeError: 0.0141 });
    const roofline = estimateLatency(on(presets.platforms.get('hikey970')!, 'a73', 'resnet18'))!;
    expect([roofline.estimator, roofline.missing]).toEqual(['roofline', []]);
    expect(roofline.latencyMs).toBeCloseTo(223.6, 0);
    expect(roofline.relativeError).toBeCloseTo(0.08, 2);
  });

  it('has what a profile measured: the whole, else its layers', () => {
    const network = parseNetwork({
      schemaVersion: 1,
      id: 'two',
      layers: [
        { id: 'a', op: 'Conv' },
        { id: 'b', op: 'Relu', dependencies: ['a'] },
      ],
    });
    const place = { on: { key: 'midap' } };
    const profile = (wholes: unknown[]): ReturnType<typeof parseProfile> =>
      parseProfile({
        schemaVersion: 1,
        id: 'bench',
        network: 'two',
        measurements: [
          { layers: ['a'], timeMs: 2, ...place },
          { layers: ['b'], timeMs: 1, ...place },
        ],
        wholes,
      });
    const ask = (wholes: unknown[]): ReturnType<typeof estimateLatency> =>
      estimateLatency({ ...on(board, 'npu', 'resnet50'), network, profiles: [profile(wholes)] });
    expect(ask([])).toMatchObject({ estimator: 'profile', latencyMs: 3, relativeError: null, missing: [] });
    expect(ask([{ timeMs: 2.5, spread: { stdMs: 0.05 }, ...place }])).toMatchObject({
      latencyMs: 2.5,
      relativeError: 0.02,
    });
  });

  it('has no estimate where nobody knows a time', () => {
    const platform = parsePlatform({ schemaVersion: 1, id: 'p', processors: [{ id: 'dsp', kind: 'dsp' }] });
    expect(estimateLatency(on(platform, 'dsp', 'resnet50'))).toBeUndefined();
  });
});

describe('the table of blocks', () => {
  it('that is missing says so', () => {
    expect(() => readBlockTable(join(resources, 'nowhere'))).toThrow(/cannot read .*block_latency\.csv/);
  });
});
