/** Models in whole numbers of 8 bits, activations folded for a target, weights by operator, and names for nodes that have none. */
import { describe, expect, test } from 'vitest';
import { parsePlatform } from '#shared/domain/platform.ts';
import { readOnnxNetwork, type OnnxOptions } from '#shared/formats/onnx/network.ts';
import { activationsToFold } from '#shared/formats/onnx/target.ts';
import { bytesSource } from '#shared/formats/random-access.ts';
import { INT8, model, node, tensor, UINT8, value, type AttributeValue } from '#test/fixtures/onnx-writer.ts';

const read = async (bytes: Uint8Array, options: Partial<OnnxOptions> = {}) =>
  readOnnxNetwork(bytesSource(bytes), { id: 'net', fileName: 'net.onnx', ...options });
const scaleAndZero = [
  tensor('s', [], { floats: [0.1] }),
  tensor('z', [], { type: UINT8 }),
  tensor('zi', [], { type: INT8 }),
];

/** A float value turned to whole numbers and back, as the exchange form has it between layers. */
const around = (from: string, to: string) => [
  node('QuantizeLinear', [from, 's', 'z'], [`${from}_q`], {}, { name: `${from}_quant` }),
  node('DequantizeLinear', [`${from}_q`, 's', 'z'], [to], {}, { name: `${to}_dequant` }),
];
const weights = (name: string) => node('DequantizeLinear', [name, 's', 'zi'], [`${name}_f`]);

/** x → conv → relu → pool → conv + skip → fc. */
const exchanged = model({
  inputs: [value('x', [1, 2, 8, 8])],
  outputs: [value('y')],
  initializers: [
    ...scaleAndZero,
    tensor('w1', [4, 2, 3, 3], { type: INT8 }),
    tensor('w2', [4, 4, 3, 3], { type: INT8 }),
    tensor('w3', [64, 5], { type: INT8 }),
  ],
  nodes: [
    ...around('x', 'x_f'),
    weights('w1'),
    node('Conv', ['x_f', 'w1_f'], ['c1'], { pads: [1, 1, 1, 1] }, { name: 'conv1' }),
    node('Relu', ['c1'], ['r1'], {}, { name: 'relu1' }),
    ...around('r1', 'r1_f'),
    node('MaxPool', ['r1_f'], ['p1'], { kernel_shape: [2, 2], strides: [2, 2] }, { name: 'pool' }),
    ...around('p1', 'p1_f'),
    weights('w2'),
    node('Conv', ['p1_f', 'w2_f'], ['c2'], { pads: [1, 1, 1, 1] }, { name: 'conv2' }),
    ...around('c2', 'c2_f'),
    node('Add', ['c2_f', 'p1_f'], ['a'], {}, { name: 'add' }),
    ...around('a', 'a_f'),
    node('Flatten', ['a_f'], ['flat'], {}, { name: 'flatten' }),
    weights('w3'),
    node('MatMul', ['flat', 'w3_f'], ['m'], {}, { name: 'fc' }),
    ...around('m', 'y'),
  ],
});

describe('quantisations around layers', () => {
  test('become part of them: data of one byte between them, activations inside, the type int8', async () => {
    const { network } = await read(exchanged);
    expect(network.dataType).toBe('int8');
    expect(
      network.layers.map(({ id, outputBytes, macs, parameters, dependencies }) => [
        id,
        outputBytes,
        macs,
        parameters,
        dependencies.map(({ layer, bytes }) => `${layer}@${bytes}`).join(' '),
      ]),
    ).toEqual([
      ['conv1', 256, 4 * 64 * 18, 72, ''],
      ['pool', 64, 0, 0, 'conv1@256'],
      ['conv2', 64, 4 * 16 * 36, 144, 'pool@64'],
      ['add', 64, 0, 0, 'conv2@64 pool@64'],
      ['fc', 5, 320, 320, 'add@64'],
    ]);
  });

  test('stay layers where that is chosen, or with a fold that keeps normalisations', async () => {
    for (const options of [{ foldQuantization: false }, { fold: 'views' as const }]) {
      const { network } = await read(exchanged, options);
      expect(network.layers.filter(({ op }) => op.endsWith('Linear'))).toHaveLength(12);
      expect([network.dataType, network.layers.find(({ id }) => id === 'conv1')?.outputBytes]).toEqual(['fp32', 1024]);
    }
    expect(
      (await read(exchanged, { fold: 'none', foldQuantization: true })).network.layers.some(({ op }) =>
        op.endsWith('Linear'),
      ),
    ).toBe(false);
  });

  test('a layer whose floats somebody else reads gives them, and the quantisation is one of its own', async () => {
    const bytes = model({
      inputs: [value('x', [1, 2, 8, 8])],
      outputs: [value('y'), value('c1')],
      initializers: [...scaleAndZero, tensor('w1', [4, 2, 3, 3], { type: INT8 })],
      nodes: [
        ...around('x', 'x_f'),
        weights('w1'),
        node('Conv', ['x_f', 'w1_f'], ['c1'], {}, { name: 'conv' }),
        ...around('c1', 'c1_f'),
        node('MaxPool', ['c1_f'], ['y'], { kernel_shape: [2, 2] }, { name: 'pool' }),
      ],
    });
    expect(
      (await read(bytes)).network.layers.map(({ id, outputBytes, dependencies }) => [
        id,
        outputBytes,
        dependencies.map(({ layer, bytes: moved }) => `${layer}@${moved}`).join(),
      ]),
    ).toEqual([
      ['conv', 576, ''],
      ['c1_quant', 144, 'conv@576'],
      ['pool', 400, 'c1_quant@144'],
    ]);
  });

  test('weights alone in few bits leave a model of floats', async () => {
    const bytes = model({
      inputs: [value('x', [1, 16])],
      outputs: [value('y')],
      initializers: [...scaleAndZero, tensor('w', [16, 4], { type: INT8 })],
      nodes: [weights('w'), node('MatMul', ['x', 'w_f'], ['y'], {}, { name: 'fc' })],
    });
    expect((await read(bytes)).network).toMatchObject({
      dataType: 'fp32',
      layers: [{ id: 'fc', outputBytes: 16, parameters: 64 }],
    });
  });

  test('in 16 bits they leave data of two bytes, and no type that the cost model knows', async () => {
    const bytes = model({
      inputs: [value('x', [1, 8])],
      outputs: [value('y')],
      initializers: [
        tensor('s', [], { floats: [0.1] }),
        tensor('z16', [], { type: 4, raw: new Uint8Array(2) }),
        tensor('w', [8, 3]),
      ],
      nodes: [
        ...['x', 'm'].flatMap((from) => [
          node('QuantizeLinear', [from, 's', 'z16'], [`${from}_q`]),
          node('DequantizeLinear', [`${from}_q`, 's', 'z16'], [from === 'm' ? 'y' : 'x_f']),
        ]),
        node('MatMul', ['x_f', 'w'], ['m'], {}, { name: 'fc' }),
      ],
    });
    const { network } = await read(bytes);
    expect([network.dataType, network.layers.map(({ id, outputBytes }) => [id, outputBytes])]).toEqual([
      undefined,
      [['fc', 6]],
    ]);
  });

  test('before and after operators on whole numbers they are work of their own', async () => {
    const bytes = model({
      inputs: [value('x', [1, 2, 8, 8])],
      outputs: [value('y')],
      initializers: [...scaleAndZero, tensor('w', [4, 2, 3, 3], { type: INT8 }), tensor('b', [4], { type: 6 })],
      nodes: [
        node('QuantizeLinear', ['x', 's', 'z'], ['q'], {}, { name: 'in' }),
        node('QLinearConv', ['q', 's', 'z', 'w', 's', 'zi', 's', 'z', 'b'], ['c'], {}, { name: 'conv' }),
        node(
          'QLinearConcat',
          ['s', 'z', 'c', 's', 'z', 'c', 's', 'z'],
          ['t'],
          { axis: 1 },
          { name: 'join', domain: 'com.microsoft' },
        ),
        node('DequantizeLinear', ['t', 's', 'z'], ['y'], {}, { name: 'out' }),
      ],
    });
    const { network } = await read(bytes);
    expect(network.dataType).toBe('int8');
    expect(network.layers.map(({ id, outputBytes, parameters }) => [id, outputBytes, parameters])).toEqual([
      ['in', 128, 0],
      ['conv', 144, 76],
      ['join', 288, 0],
      ['out', 1152, 0],
    ]);
  });

  test('a product of whole numbers that gives larger ones works in those it is given', async () => {
    const bytes = model({
      inputs: [value('x', [2, 8], INT8)],
      outputs: [value('y')],
      initializers: [tensor('w', [8, 3], { type: INT8 })],
      nodes: [node('MatMulInteger', ['x', 'w'], ['y'], {}, { name: 'fc' })],
    });
    expect((await read(bytes)).network).toMatchObject({
      dataType: 'int8',
      layers: [{ macs: 48, parameters: 24, outputBytes: 24 }],
    });
  });
});

describe('activations for a target', () => {
  const platform = (...ops: readonly string[]) =>
    parsePlatform({
      schemaVersion: 1,
      id: 'board',
      processors: [
        { id: 'cpu', kind: 'cpu' },
        { id: 'npu', kind: 'npu', supportedOps: ops },
      ],
    });
  const bytes = model({
    inputs: [value('x', [1, 2, 8, 8])],
    outputs: [value('y')],
    initializers: [tensor('w', [4, 2, 3, 3])],
    nodes: [
      node('Conv', ['x', 'w'], ['c'], {}, { name: 'conv' }),
      node('Relu', ['c'], ['r'], {}, { name: 'relu' }),
      node('Sigmoid', ['r'], ['y'], {}, { name: 'sigmoid' }),
    ],
  });

  test('are those that a processor which multiplies cannot run apart', async () => {
    const foldOps = activationsToFold(platform('Conv', 'Sigmoid'));
    expect([foldOps.includes('Relu'), foldOps.includes('Sigmoid')]).toEqual([true, false]);
    expect((await read(bytes, { foldOps })).network.layers.map(({ id }) => id)).toEqual(['conv', 'sigmoid']);
  });

  test('are none where every processor runs everything, or what it runs multiplies nothing', () => {
    expect(
      activationsToFold(parsePlatform({ schemaVersion: 1, id: 'board', processors: [{ id: 'cpu', kind: 'cpu' }] })),
    ).toEqual([]);
    expect(activationsToFold(platform('Resize'))).toEqual([]);
  });
});

test.each<
  readonly [
    op: string,
    domain: string,
    inputs: readonly (readonly number[] | string)[],
    attributes: Record<string, AttributeValue>,
    parameters: number,
  ]
>([
  ['DeformConv', '', ['x:1,2,8,8', [5, 2, 3, 3], 'o:1,18,6,6', [5]], {}, 95],
  ['FusedMatMul', 'com.microsoft', ['x:2,8', [8, 6]], {}, 48],
  ['SkipLayerNormalization', 'com.microsoft', ['x:1,4,8', 'o:1,4,8', [8], [8], [8]], {}, 24],
  [
    'MatMulNBits',
    'com.microsoft',
    ['x:1,64', [32, 2, 16], [64], '', '', [32]],
    { K: 64, N: 32, bits: 4, block_size: 32 },
    64 * 32 + 32,
  ],
  [
    'LSTM',
    '',
    ['x:7,1,3', [1, 20, 3], [1, 20, 5], [1, 40], '', [1, 1, 5], [1, 1, 5]],
    { hidden_size: 5 },
    60 + 100 + 40,
  ],
  ['Resize', '', ['x:1,1,4,4', '', [4]], {}, 0],
  ['EmbedLayerNormalization', 'com.microsoft', ['x:1,7', '', [90, 8], [50, 8], '', [8], [8]], {}, 720 + 400 + 16],
])(
  'of the constants that %s (%s) reads, its weights are counted',
  async (op, domain, inputs, attributes, parameters) => {
    const names = inputs.map((input, index) => (typeof input === 'string' ? (input.split(':')[0] ?? '') : `k${index}`));
    const given = inputs.flatMap((input) =>
      typeof input === 'string' && input !== ''
        ? [value(input.split(':')[0] ?? '', input.split(':')[1]?.split(',').map(Number))]
        : [],
    );
    const constants = inputs.flatMap((input, index) => (typeof input === 'string' ? [] : [tensor(`k${index}`, input)]));
    const { network } = await read(
      model(
        {
          inputs: given,
          outputs: [value('y')],
          initializers: constants,
          nodes: [node(op, names, ['y'], attributes, { name: 'layer', domain })],
        },
        { opset: 19 },
      ),
    );
    expect(network.layers[0]?.parameters).toBe(parameters);
  },
);

test('nodes without a name, or called by a number, are called after their weights and operators', async () => {
  const bytes = model({
    inputs: [value('x', [1, 2, 8, 8])],
    outputs: [value('9')],
    initializers: [
      tensor('encoder.stem.weight', [4, 2, 3, 3]),
      tensor('encoder.left/kernel:0', [4, 4, 1, 1]),
      tensor('encoder.right_w_0', [4, 4, 1, 1]),
    ],
    nodes: [
      node('Conv', ['x', 'encoder.stem.weight'], ['1'], {}, { name: 'n0' }),
      node('Relu', ['1'], ['2']),
      node('Conv', ['2', 'encoder.left/kernel:0'], ['3']),
      node('Conv', ['2', 'encoder.right_w_0'], ['4'], {}, { name: 'side' }),
      node('Concat', ['3', '4'], ['5'], { axis: 1 }),
      node('Sigmoid', ['5'], ['9']),
    ],
  });
  expect((await read(bytes)).network.layers.map(({ id, name }) => [id, name])).toEqual([
    ['n0', 'encoder.stem/Conv'],
    ['encoder.stem/Relu', 'encoder.stem/Relu'],
    ['encoder.left/Conv', 'encoder.left/Conv'],
    ['side', 'side'],
    ['encoder/Concat', 'encoder/Concat'],
    ['encoder/Sigmoid', 'encoder/Sigmoid'],
  ]);
});
