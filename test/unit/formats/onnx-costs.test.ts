/** What imported models cost: look-ups by their rows, models in int8 not more than the same models in floats. */
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadPresets } from '#main/formats/presets.ts';
import { estimateTimes, modelledNetworkMs } from '#shared/domain/modelled-times.ts';
import type { Network } from '#shared/domain/network.ts';
import { parsePlatform, type Platform } from '#shared/domain/platform.ts';
import { readOnnxNetwork } from '#shared/formats/onnx/network.ts';
import { bytesSource } from '#shared/formats/random-access.ts';
import { INT64, INT8, model, node, tensor, UINT8, value } from '#test/fixtures/onnx-writer.ts';

const hikey970 = loadPresets(resolve(import.meta.dirname, '../../../resources')).platforms.get('hikey970')!;
const read = async (bytes: Uint8Array): Promise<Network> =>
  (await readOnnxNetwork(bytesSource(bytes), { id: 'net', fileName: 'net.onnx' })).network;

describe('a look-up', () => {
  test('of a few rows costs no more than they do, however large the table', async () => {
    const network = await read(
      model({
        inputs: [value('ids', [1, 24], INT64)],
        outputs: [value('rows')],
        initializers: [tensor('table', [40_000, 96])],
        nodes: [node('Gather', ['table', 'ids'], ['rows'], {}, { name: 'words' })],
      }),
    );
    expect(network.layers).toMatchObject([{ parameters: 40_000 * 96, outputBytes: 24 * 96 * 4 }]);
    const a73 = hikey970.processors.find(({ id }) => id === 'a73')!;
    // Start of a layer, and 24 rows of 384 bytes in and out at 0.144 of 8 GB/s.
    expect(modelledNetworkMs(network, hikey970, a73)).toBeCloseTo(0.0221 + (2 * 24 * 384) / (8e6 * 0.144), 6);
  });
});

/** Four times as fast in int8, at the efficiencies of floats. */
const efficiency = {
  conv: 0.5,
  pointwiseConv: 0.5,
  depthwiseConv: 0.2,
  fullyConnected: 0.2,
  pooling: 0.3,
  elementwise: 0.5,
  normalization: 0.1,
  dataMovement: 0.5,
};
const board = parsePlatform({
  schemaVersion: 1,
  id: 'board',
  processors: [
    {
      id: 'npu',
      kind: 'npu',
      supportedOps: [
        'Conv',
        'DepthwiseConv',
        'Gemm',
        'MatMul',
        'Relu',
        'Add',
        'MaxPool',
        'GlobalAveragePool',
        'Concat',
      ],
      costModel: {
        overheadMs: 0.01,
        bandwidthMBps: 8000,
        rates: [
          { dataType: 'fp16', peakGMACPerS: 100, efficiency },
          { dataType: 'int8', peakGMACPerS: 200, efficiency },
        ],
      },
    },
    {
      id: 'cpu',
      kind: 'cpu',
      costModel: {
        overheadMs: 0.01,
        bandwidthMBps: 4000,
        rates: [
          { dataType: 'fp32', peakGMACPerS: 8, efficiency },
          { dataType: 'int8', peakGMACPerS: 32, efficiency: { conv: 0.5, pointwiseConv: 0.5, fullyConnected: 0.2 } },
        ],
      },
    },
  ],
});

const input = [1, 16, 56, 56];
const scales = [tensor('s', [], {}), tensor('z', [], { type: UINT8 }), tensor('zi', [], { type: INT8 })];
const weight = (name: string, dims: readonly number[], type?: number) =>
  tensor(name, [...dims], type === undefined ? {} : { type });
const pads = { pads: [1, 1, 1, 1] };

/** Layers of the network by name with their times on each processor. */
const timesOf = (network: Network, platform: Platform) =>
  new Map(estimateTimes(network, platform).map((times, index) => [network.layers[index]!.id, times]));

async function expectNotSlower(int8: Uint8Array, float: Uint8Array, layers: readonly string[]): Promise<void> {
  const [ofInt8, ofFloat] = [await read(int8), await read(float)];
  expect(ofInt8.dataType).toBe('int8');
  expect(ofFloat.dataType).toBe('fp32');
  for (const platform of [board, hikey970]) {
    const [fast, slow] = [timesOf(ofInt8, platform), timesOf(ofFloat, platform)];
    const slower = layers.flatMap((layer) =>
      Object.entries(slow.get(layer)!)
        .filter(([key, ms]) => !(fast.get(layer)![key]! <= ms))
        .map(([key]) => `${layer} on ${key}`),
    );
    expect(slower).toEqual([]);
  }
}

describe('a model in int8 is not slower than in floats', () => {
  const float = model({
    inputs: [value('x', input)],
    outputs: [value('y')],
    initializers: [weight('w0', [32, 16, 3, 3]), weight('w1', [32, 1, 3, 3]), weight('w2', [64, 32, 1, 1])],
    nodes: [
      node('Conv', ['x', 'w0'], ['a'], pads, { name: 'first' }),
      node('Conv', ['a', 'w1'], ['b'], { ...pads, group: 32 }, { name: 'depthwise' }),
      node('Conv', ['b', 'w2'], ['c'], {}, { name: 'pointwise' }),
      node('GlobalAveragePool', ['c'], ['y'], {}, { name: 'pool' }),
    ],
  });

  test('with quantisation around its layers', async () => {
    const around = (from: string) => [
      node('QuantizeLinear', [from, 's', 'z'], [`${from}_q`]),
      node('DequantizeLinear', [`${from}_q`, 's', 'z'], [`${from}_d`]),
    ];
    const kernel = (name: string) => node('DequantizeLinear', [name, 's', 'zi'], [`${name}_f`]);
    const int8 = model({
      inputs: [value('x', input)],
      outputs: [value('y_d')],
      initializers: [
        ...scales,
        weight('w0', [32, 16, 3, 3], INT8),
        weight('w1', [32, 1, 3, 3], INT8),
        weight('w2', [64, 32, 1, 1], INT8),
      ],
      nodes: [
        ...around('x'),
        kernel('w0'),
        node('Conv', ['x_d', 'w0_f'], ['a'], pads, { name: 'first' }),
        ...around('a'),
        kernel('w1'),
        node('Conv', ['a_d', 'w1_f'], ['b'], { ...pads, group: 32 }, { name: 'depthwise' }),
        ...around('b'),
        kernel('w2'),
        node('Conv', ['b_d', 'w2_f'], ['c'], {}, { name: 'pointwise' }),
        ...around('c'),
        node('GlobalAveragePool', ['c_d'], ['y'], {}, { name: 'pool' }),
        ...around('y'),
      ],
    });
    await expectNotSlower(int8, float, ['first', 'depthwise', 'pointwise', 'pool']);
    expect((await read(int8)).layers).toHaveLength(4);
  });

  test('in quantised operators, which run where the plain ones do', async () => {
    const conv = (from: string, weights: string, to: string, name: string, attributes = {}) =>
      node('QLinearConv', [from, 's', 'z', weights, 's', 'zi', 's', 'z'], [to], attributes, { name });
    const int8 = model({
      inputs: [value('x', input)],
      outputs: [value('y')],
      initializers: [
        ...scales,
        weight('w0', [32, 16, 3, 3], INT8),
        weight('w1', [32, 1, 3, 3], INT8),
        weight('w2', [64, 32, 1, 1], INT8),
      ],
      nodes: [
        node('QuantizeLinear', ['x', 's', 'z'], ['q'], {}, { name: 'in' }),
        conv('q', 'w0', 'a', 'first', pads),
        conv('a', 'w1', 'b', 'depthwise', { ...pads, group: 32 }),
        conv('b', 'w2', 'c', 'pointwise'),
        node(
          'QLinearGlobalAveragePool',
          ['c', 's', 'z', 's', 'z'],
          ['p'],
          {},
          { name: 'pool', domain: 'com.microsoft' },
        ),
        node('DequantizeLinear', ['p', 's', 'z'], ['y'], {}, { name: 'out' }),
      ],
    });
    await expectNotSlower(int8, float, ['first', 'depthwise', 'pointwise', 'pool']);
    const { layers } = await read(int8);
    expect(layers.map(({ id, dataType }) => [id, dataType])).toEqual([
      ['in', undefined],
      ['first', undefined],
      ['depthwise', undefined],
      ['pointwise', undefined],
      ['pool', undefined],
      ['out', 'fp32'],
    ]);
    const cpu = board.processors[1]!;
    expect(modelledNetworkMs(await read(int8), board, cpu)!).toBeLessThan(
      modelledNetworkMs(await read(float), board, cpu)!,
    );
  });

  test('in products of whole numbers', async () => {
    const product = (op: string, extra: { inputs: ReturnType<typeof value>[]; type?: number }) =>
      model({
        inputs: extra.inputs,
        outputs: [value('y')],
        initializers: [weight('w', [256, 512], extra.type)],
        nodes: [node(op, ['x', 'w'], ['y'], {}, { name: 'product' })],
      });
    await expectNotSlower(
      product('MatMulInteger', { inputs: [value('x', [64, 256], UINT8)], type: INT8 }),
      product('MatMul', { inputs: [value('x', [64, 256])] }),
      ['product'],
    );
    const convolution = (op: string, type?: number) =>
      model({
        inputs: [type === undefined ? value('x', input) : value('x', input, UINT8)],
        outputs: [value('y')],
        initializers: [weight('w', [32, 16, 3, 3], type)],
        nodes: [node(op, ['x', 'w'], ['y'], pads, { name: 'conv' })],
      });
    await expectNotSlower(convolution('ConvInteger', INT8), convolution('Conv'), ['conv']);
  });
});

test('layers that compute in another type than most of a model say so', async () => {
  const network = await read(
    model({
      inputs: [value('x', [8, 64], UINT8)],
      outputs: [value('y'), value('i')],
      initializers: [...scales, weight('w', [64, 32], INT8)],
      nodes: [
        node('QLinearMatMul', ['x', 's', 'z', 'w', 's', 'zi', 's', 'z'], ['a'], {}, { name: 'body' }),
        node('DequantizeLinear', ['a', 's', 'z'], ['d'], {}, { name: 'out' }),
        node('Softmax', ['d'], ['y'], {}, { name: 'head' }),
        node('ArgMax', ['d'], ['i'], { axis: 1 }, { name: 'best' }),
      ],
    }),
  );
  expect([network.dataType, ...network.layers.map(({ dataType }) => dataType)]).toEqual([
    'int8',
    undefined,
    'fp32',
    'fp32',
    'fp32',
  ]);
});
