/** Import of ONNX models: which layers they become, what is folded away, and what is said about what cannot be known or read. */
import { describe, expect, test } from 'vitest';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { readOnnxNetwork, type OnnxOptions } from '#shared/formats/onnx/network.ts';
import { bytesSource, type RandomAccessSource } from '#shared/formats/random-access.ts';
import { aConvolutionalModel, aModelWithExternalData, aShapeComputingModel } from '#test/fixtures/onnx-models.ts';
import { FLOAT, INT64, INT8, ints, model, node, tensor, value } from '#test/fixtures/onnx-writer.ts';

const read = (bytes: Uint8Array, options: Partial<OnnxOptions> = {}) =>
  readOnnxNetwork(bytesSource(bytes), { id: 'net', fileName: 'net.onnx', ...options });

async function errorOf(work: Promise<unknown>): Promise<WorkbenchError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof WorkbenchError) return error;
  throw new Error(`expected a WorkbenchError, got ${String(error)}`);
}

describe('a convolutional network', () => {
  test('becomes its layers with operations, MACs, parameters, bytes and dependencies', async () => {
    const { network } = await read(aConvolutionalModel());
    expect(
      network.layers.map(({ id, op, macs, parameters, outputBytes, dependencies }) => [
        id,
        op,
        macs,
        parameters,
        outputBytes,
        dependencies.map(({ layer, bytes }) => `${layer}@${bytes}`).join(' '),
      ]),
    ).toEqual([
      ['stem', 'Conv', 8 * 16 * 16 * 27, 8 * 27 + 8, 8192, ''],
      ['relu', 'Relu', 0, 0, 8192, 'stem@8192'],
      ['block/conv', 'Conv', 8 * 16 * 16 * 72, 8 * 72 + 8, 8192, 'relu@8192'],
      ['block/depthwise', 'DepthwiseConv', 8 * 16 * 16 * 9, 72, 8192, 'block/conv@8192'],
      ['block/add', 'Add', 0, 0, 8192, 'block/depthwise@8192 relu@8192'],
      ['pool', 'GlobalAveragePool', 0, 0, 32, 'block/add@8192'],
      ['classifier', 'Gemm', 80, 90, 40, 'pool@32'],
      ['softmax', 'Softmax', 0, 0, 40, 'classifier@40'],
    ]);
    expect(network.layers.every((layer) => Object.keys(layer.executionTimeMs).length === 0)).toBe(true);
  });

  test.each([
    ['none', 10],
    ['views', 9],
    ['batch-norm', 8],
    ['activations', 7],
  ] as const)('with fold = %s has %i layers', async (fold, layers) => {
    expect((await read(aConvolutionalModel(), { fold })).network.layers).toHaveLength(layers);
  });

  test('says what was folded away', async () => {
    const { notes } = await read(aConvolutionalModel());
    expect(notes.map(({ message }) => message)).toEqual([
      'folded away, because they do no work of their own: 1 × batch normalisations, 1 × Reshape, Identity and the like',
    ]);
  });

  test.each([9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23])(
    'of version %i of the operators is read as any other, without a remark',
    async (opset) => {
      const { network, notes } = await read(aConvolutionalModel({ opset }));
      expect(network.layers).toEqual((await read(aConvolutionalModel())).network.layers);
      expect(notes.filter(({ message }) => message.includes('version'))).toEqual([]);
      expect(network.provenance[0]).toContain(`opset ${opset}`);
    },
  );

  test.each([7, 8, 24, 25])('of version %i, older or newer than those, is read with a remark', async (opset) => {
    const { network, notes } = await read(aConvolutionalModel({ opset }));
    expect(network.layers).toEqual((await read(aConvolutionalModel())).network.layers);
    expect(notes[0]).toEqual({
      message: `the model uses version ${opset} of the operators; 9 to 23 are known well`,
      hint: 'check the layers, or convert the model',
    });
  });
});

describe('open dimensions', () => {
  test('the batch is 1 unless chosen, and that is said', async () => {
    const { network, notes } = await read(aConvolutionalModel({ batch: 'N' }));
    expect(network.layers).toEqual((await read(aConvolutionalModel())).network.layers);
    expect(notes[0]).toMatchObject({
      message: expect.stringContaining('"N" open: taken as 1'),
      hint: expect.stringContaining('N=8'),
    });
    expect(network.provenance).toContain('assumed: dimension N is 1');
  });

  test('a chosen batch multiplies work and sizes', async () => {
    const { network } = await read(aConvolutionalModel({ batch: 'N' }), { dims: { N: 4 } });
    expect([network.layers[0]?.macs, network.layers[0]?.outputBytes, network.layers[0]?.parameters]).toEqual([
      4 * 8 * 16 * 16 * 27,
      4 * 8192,
      8 * 27 + 8,
    ]);
  });

  test('a dimension without a name is called by input and axis', async () => {
    const bytes = model({ inputs: [value('x', [undefined, 4])], nodes: [node('Relu', ['x'], ['y'])] });
    expect((await read(bytes, { dims: { 'x:0': 3 } })).network.layers[0]?.outputBytes).toBe(48);
  });

  test('a dimension other than the batch that nothing was chosen for is named, and what depends on it is listed', async () => {
    const bytes = model({
      inputs: [value('x', [1, 3, 'H', 'W'])],
      initializers: [tensor('w', [4, 3, 3, 3])],
      nodes: [node('Conv', ['x', 'w'], ['c'], {}, { name: 'conv' }), node('Relu', ['c'], ['y'], {}, { name: 'relu' })],
    });
    const { network, notes } = await read(bytes);
    expect(network.layers.map(({ outputBytes, macs }) => [outputBytes, macs])).toEqual([
      [undefined, undefined],
      [undefined, 0],
    ]);
    expect(notes).toEqual([
      {
        message:
          'the model leaves the dimensions "H", "W" open, and nothing was chosen: sizes that depend on it are missing',
        hint: expect.stringContaining('H=224'),
      },
      { message: expect.stringContaining('missing for 2 layers'), layers: ['conv', 'relu'] },
    ]);
    expect((await read(bytes, { dims: { H: 8, W: 6 } })).network.layers[0]?.macs).toBe(4 * 6 * 4 * 27);
  });

  test('one that does not exist is refused with the nearest', async () => {
    expect(await errorOf(read(aConvolutionalModel({ batch: 'batch' }), { dims: { bacth: 2 } }))).toMatchObject({
      code: 'onnx.unknownDimension',
      hint: 'did you mean "batch"?',
      path: ['dims', 'bacth'],
    });
    expect(await errorOf(read(aConvolutionalModel(), { dims: { N: 2 } }))).toMatchObject({
      hint: 'every size is fixed in the file',
    });
  });
});

describe('folding', () => {
  test('sizes worked out from shapes are no layers, and the reshape they lead to is understood', async () => {
    const { network, notes } = await read(aShapeComputingModel(), { dims: { N: 2 } });
    expect(
      network.layers.map(({ id, macs, outputBytes, dependencies }) => [id, macs, outputBytes, dependencies]),
    ).toEqual([['project', 2 * 256 * 5, 40, []]]);
    expect(notes.map(({ message }) => message)).toEqual([expect.stringContaining('6 × constants and shapes')]);
  });

  test('normalisation stays a layer where its convolution has another reader', async () => {
    const bytes = model({
      inputs: [value('x', [1, 2, 4, 4])],
      initializers: [tensor('w', [2, 2, 1, 1]), ...['s', 'b', 'm', 'v'].map((name) => tensor(name, [2]))],
      nodes: [
        node('Conv', ['x', 'w'], ['c'], {}, { name: 'conv' }),
        node('BatchNormalization', ['c', 's', 'b', 'm', 'v'], ['n'], {}, { name: 'norm' }),
        node('Add', ['c', 'n'], ['y'], {}, { name: 'add' }),
      ],
    });
    const { network } = await read(bytes);
    expect(network.layers.map(({ id }) => id)).toEqual(['conv', 'norm', 'add']);
    expect(network.layers[1]).toMatchObject({ parameters: 8, dependencies: [{ layer: 'conv', bytes: 128 }] });
  });

  test('weights that are decompressed or transposed in the graph count as the weights of the layer that reads them', async () => {
    const bytes = model({
      inputs: [value('x', [1, 16])],
      initializers: [
        tensor('w', [8, 16], { type: INT8 }),
        tensor('scale', [], { floats: [0.1] }),
        tensor('zero', [], { type: INT8 }),
      ],
      nodes: [
        node('DequantizeLinear', ['w', 'scale', 'zero'], ['wf']),
        node('Transpose', ['wf'], ['wt'], { perm: [1, 0] }),
        node('MatMul', ['x', 'wt'], ['y'], {}, { name: 'project' }),
      ],
    });
    expect((await read(bytes)).network.layers).toMatchObject([
      { id: 'project', macs: 128, parameters: 128, dependencies: [] },
    ]);
  });

  test('a model of nothing but reshapes has no layers unless they are kept', async () => {
    const bytes = model({ inputs: [value('x', [1, 4])], nodes: [node('Flatten', ['x'], ['y'])] });
    expect(await errorOf(read(bytes))).toMatchObject({
      code: 'onnx.noLayers',
      hint: expect.stringContaining('fold = none'),
    });
    expect((await read(bytes, { fold: 'none' })).network.layers).toHaveLength(1);
  });
});

describe('edges', () => {
  test('a layer that reads two outputs of another receives the bytes of both, and one read twice is moved once', async () => {
    const bytes = model({
      inputs: [value('x', [1, 6])],
      initializers: [ints('parts', [2, 4])],
      nodes: [
        node('Split', ['x', 'parts'], ['a', 'b'], { axis: 1 }, { name: 'split' }),
        node('Concat', ['a', 'b'], ['c'], { axis: 1 }, { name: 'concat' }),
        node('Mul', ['c', 'c'], ['y'], {}, { name: 'square' }),
      ],
    });
    const { network } = await read(bytes);
    expect(network.layers.map(({ dependencies }) => dependencies)).toEqual([
      [],
      [{ layer: 'split', bytes: 24 }],
      [{ layer: 'concat', bytes: 24 }],
    ]);
  });

  test('nodes without names, or with the same, get ids of their own', async () => {
    const bytes = model({
      inputs: [value('x', [4])],
      nodes: [
        node('Relu', ['x'], ['a'], {}, { name: 'act' }),
        node('Relu', ['a'], ['b'], {}, { name: 'act' }),
        node('Relu', ['b'], ['c']),
      ],
    });
    expect((await read(bytes)).network.layers.map(({ id }) => id)).toEqual(['act', 'act_2', 'c']);
  });
});

describe('weights in other files', () => {
  const { bytes, data } = aModelWithExternalData();

  test('are not read, but small constants are where the file is at hand', async () => {
    const asked: string[] = [];
    const reads: [number, number][] = [];
    const companion = async (name: string): Promise<RandomAccessSource> => {
      asked.push(name);
      return {
        size: data.length,
        read: async (offset, length) => (reads.push([offset, length]), data.subarray(offset, offset + length)),
      };
    };
    const { network, notes } = await read(bytes, { companion });
    expect(asked).toEqual(['weights.bin']);
    expect(reads).toEqual([[4096, 16]]);
    expect(network.layers).toMatchObject([{ id: 'project', macs: 1024, parameters: 1024 }]);
    expect(notes[0]?.message).toContain('weights.bin');
  });

  test('when missing, that is said, with the layers that remain unknown', async () => {
    const { network, notes } = await read(bytes);
    expect(network.layers[0]?.macs).toBeUndefined();
    expect(notes.find(({ message }) => message.includes('not at hand'))).toMatchObject({
      hint: 'give it together with the model',
    });
  });

  test.each(['../weights.bin', '/etc/passwd', 'a/../../b', 'C:\\weights.bin'])(
    "outside the model's folder are never opened: %s",
    async (location) => {
      const outside = model({
        inputs: [value('x', [2])],
        initializers: [tensor('w', [2], { type: INT64, external: { location } })],
        nodes: [node('Add', ['x', 'w'], ['y'])],
      });
      const { notes } = await read(outside, {
        companion: async () => {
          throw new Error('opened');
        },
      });
      expect(notes.some(({ message }) => message.includes(location))).toBe(true);
    },
  );
});

describe('what cannot be inferred', () => {
  test('an operator that is not known is a layer, sized by what the file states', async () => {
    const bytes = model({
      inputs: [value('x', [1, 8])],
      values: [value('y', [1, 8])],
      nodes: [
        node('Wobble', ['x'], ['y'], {}, { name: 'wobble', domain: 'com.example' }),
        node('Relu', ['y'], ['z'], {}, { name: 'relu' }),
      ],
    });
    const { network, notes } = await read(bytes);
    expect(network.layers.map(({ op, outputBytes, macs }) => [op, outputBytes, macs])).toEqual([
      ['Wobble', 32, undefined],
      ['Relu', 32, 0],
    ]);
    expect(notes).toMatchObject([
      {
        message: 'could not be inferred for layer "wobble": com.example.Wobble: operator Wobble is not known',
        layers: ['wobble'],
      },
    ]);
  });

  test('an operator of another domain is not taken for ONNX’s own of the same name', async () => {
    const bytes = model({
      inputs: [value('x', [1, 8])],
      nodes: [
        node('Relu', ['x'], ['y'], {}, { name: 'theirs', domain: 'com.example' }),
        node('Relu', ['x'], ['z'], {}, { name: 'microsoft', domain: 'com.microsoft' }),
      ],
    });
    const { network, notes } = await read(bytes);
    expect(network.layers.map(({ outputBytes, macs }) => [outputBytes, macs])).toEqual([
      [undefined, undefined],
      [32, 0],
    ]);
    expect(notes).toMatchObject([
      { message: 'could not be inferred for layer "theirs": com.example.Relu: operator Relu is not known' },
    ]);
  });

  test('sizes that depend on the data are listed with what follows from them', async () => {
    const bytes = model({
      inputs: [value('x', [8])],
      nodes: [
        node('NonZero', ['x'], ['i'], {}, { name: 'find' }),
        node('Cast', ['i'], ['f'], { to: FLOAT }, { name: 'cast' }),
      ],
    });
    const { notes } = await read(bytes);
    expect(notes).toMatchObject([
      { layers: ['find'], message: expect.stringContaining('depends on the data') },
      { layers: ['cast'], message: expect.stringContaining('no known size') },
    ]);
  });

  test('sizes that do not fit together are told, not guessed', async () => {
    const bytes = model({
      inputs: [value('x', [1, 3, 8, 8])],
      initializers: [tensor('w', [4, 5, 3, 3])],
      nodes: [node('Conv', ['x', 'w'], ['y'], {}, { name: 'conv' })],
    });
    expect((await read(bytes)).notes[0]?.message).toContain('3 input channels do not fit weights for 5');
  });
});

describe('refused', () => {
  const valid = aConvolutionalModel();

  test('a value that nothing gives, with the node that reads it', async () => {
    const bytes = model({
      inputs: [value('x', [1])],
      nodes: [node('Add', ['x', 'ghost'], ['y'], {}, { name: 'add' })],
    });
    expect((await errorOf(read(bytes))).message).toBe(
      'onnx: node[0] ("add", Add) reads "ghost", which no input, initializer or node gives',
    );
  });

  test('a value that is given twice', async () => {
    const bytes = model({ inputs: [value('x', [1])], nodes: [node('Relu', ['x'], ['y']), node('Relu', ['x'], ['y'])] });
    expect((await errorOf(read(bytes))).message).toContain(
      '"y" is given twice, the second time as output of node[1] (Relu)',
    );
  });

  test('a file that ends too early, with the byte', async () => {
    const error = await errorOf(read(valid.subarray(0, valid.length - 100)));
    expect(error).toMatchObject({ code: 'onnx.invalid', hint: expect.stringContaining('cut off') });
    expect(error.message).toMatch(
      /byte \d+, in model: field 7 has \d+ bytes, but \d+ are left, because the file is cut off/,
    );
  });

  test.each([
    ['an empty file', new Uint8Array(0), 'onnx: the file is empty'],
    [
      'a pointer of Git LFS',
      new TextEncoder().encode(
        `version https://git-lfs.github.com/spec/v1\noid sha256:${'ab'.repeat(32)}\nsize 98765\n`,
      ),
      'this is a Git LFS pointer, not the file itself (of 98765 bytes)',
    ],
    [
      'a web page',
      new TextEncoder().encode('\n<!DOCTYPE html>\n<html lang="en"><title>404</title></html>'),
      'this is a web page (HTML)',
    ],
    ['an archive', Uint8Array.from([0x50, 0x4b, 0x03, 0x04, 0x14, 0, 0, 0]), 'this is a zip archive'],
    [
      'a TensorFlow Lite model',
      Uint8Array.from([0x1c, 0, 0, 0, ...new TextEncoder().encode('TFL3'), 0x14, 0]),
      'this is a TensorFlow Lite model',
    ],
    ['JSON', new TextEncoder().encode('{"layers": []}'), 'this is JSON text'],
    ['text', new TextEncoder().encode('{"layers": []}'), 'byte'],
    ['a PNG', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), 'byte'],
  ])('%s', async (_, bytes, message) => {
    const error = await errorOf(read(bytes));
    expect([error.code, error.hint === '']).toEqual(['onnx.invalid', false]);
    expect(error.message).toContain(message);
  });

  test('a tensor of negative or absurd size', async () => {
    const bytes = model({
      inputs: [value('x', [1])],
      initializers: [tensor('w', [-5], { raw: new Uint8Array(4) })],
      nodes: [node('Add', ['x', 'w'], ['y'])],
    });
    expect((await errorOf(read(bytes))).message).toContain('in model.graph: tensor "w" has the shape [-5]');
  });
});

test('of large weights only what surrounds them is read', async () => {
  const bytes = model({
    inputs: [value('x', [1, 2000])],
    initializers: [tensor('w', [2000, 2000])],
    nodes: [node('MatMul', ['x', 'w'], ['y'])],
  });
  let fetched = 0;
  const source: RandomAccessSource = {
    size: bytes.length,
    read: async (offset, length) => {
      fetched += length;
      return bytes.subarray(offset, offset + length);
    },
  };
  expect((await readOnnxNetwork(source, { id: 'net', fileName: 'net.onnx' })).network.layers[0]).toMatchObject({
    macs: 4_000_000,
    parameters: 4_000_000,
  });
  expect(bytes.length).toBeGreaterThan(16_000_000);
  expect(fetched).toBeLessThan(200_000);
});
