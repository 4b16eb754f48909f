/** From the graph of an ONNX file to one fixed graph of layers: order, branches, loops, functions, what nobody uses, and what an open dimension is. */
import { describe, expect, test } from 'vitest';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { readOnnxNetwork, type OnnxOptions } from '#shared/formats/onnx/network.ts';
import { bytesSource } from '#shared/formats/random-access.ts';
import { aSwitchedModel } from '#test/fixtures/onnx-models.ts';
import { BOOL, flag, FLOAT, graph, int, INT64, ints, model, node, tensor, value } from '#test/fixtures/onnx-writer.ts';

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

async function layersOf(bytes: Uint8Array, options: Partial<OnnxOptions> = {}): Promise<string[]> {
  const { network } = await read(bytes, options);
  return network.layers.map(
    ({ id, op, dependencies }) => `${id} ${op}${dependencies.map(({ layer }) => ` ← ${layer}`).join('')}`,
  );
}

const named = (op: string, inputs: readonly string[], output: string, name: string) =>
  node(op, inputs, [output], {}, { name });

describe('the order of the nodes', () => {
  test('is that of their data, whatever the file says, with a remark', async () => {
    const bytes = model({
      inputs: [value('x', [4])],
      outputs: [value('d')],
      nodes: [
        named('Add', ['b', 'c'], 'd', 'join'),
        named('Abs', ['a'], 'c', 'right'),
        named('Neg', ['x'], 'a', 'first'),
        named('Exp', ['a'], 'b', 'left'),
      ],
    });
    expect(await layersOf(bytes)).toEqual([
      'first Neg',
      'left Exp ← first',
      'right Abs ← first',
      'join Add ← left ← right',
    ]);
    expect((await read(bytes)).notes[0]?.message).toContain('are not in the order in which they run, and were sorted');
  });

  test('also counts what a branch reads from around it', async () => {
    const branch = graph({ inputs: [], outputs: [value('t')], nodes: [named('Neg', ['late'], 't', 'inner')] });
    const bytes = model({
      inputs: [value('x', [4])],
      outputs: [value('y')],
      initializers: [flag('yes', true)],
      nodes: [
        node('If', ['yes'], ['y'], { then_branch: { graph: branch }, else_branch: { graph: branch } }, { name: 'if' }),
        named('Exp', ['x'], 'late', 'exp'),
      ],
    });
    expect(await layersOf(bytes)).toEqual(['exp Exp', 'inner Neg ← exp']);
  });

  test('does not exist where nodes form a cycle, which is named', async () => {
    const bytes = model({
      inputs: [value('x', [4])],
      outputs: [value('y')],
      nodes: [
        named('Neg', ['x'], 'start', 'fine'),
        named('Add', ['start', 'c'], 'a', 'one'),
        named('Exp', ['a'], 'b', 'two'),
        named('Abs', ['b'], 'c', 'three'),
        named('Neg', ['c'], 'y', 'end'),
      ],
    });
    expect(await errorOf(read(bytes))).toMatchObject({
      code: 'onnx.cycle',
      message:
        'onnx: nodes form a cycle: node[2] ("two", Exp) → node[3] ("three", Abs) → node[1] ("one", Add) → node[2] ("two", Exp)',
      hint: expect.stringMatching(/./),
    });
  });
});

describe('branches', () => {
  /** Scales by `then` or `otherwise`, decided by `nodes` that give "decides". */
  const deciding = (
    nodes: readonly ReturnType<typeof node>[],
    initializers: readonly ReturnType<typeof tensor>[] = [],
    inputs: readonly ReturnType<typeof value>[] = [value('x', [1, 3, 8])],
  ) => {
    const branch = (op: string) =>
      graph({ inputs: [], outputs: [value('r')], nodes: [named(op, ['x'], 'r', op.toLowerCase())] });
    return model({
      inputs,
      outputs: [value('y')],
      initializers,
      nodes: [
        ...nodes,
        node(
          'If',
          ['decides'],
          ['y'],
          { then_branch: { graph: branch('Exp') }, else_branch: { graph: branch('Neg') } },
          { name: 'fork' },
        ),
      ],
    });
  };

  test.each([
    [true, 'exp Exp'],
    [false, 'neg Neg'],
  ])('a condition that is the constant %s leaves one branch', async (isTrue, layer) => {
    const bytes = deciding([], [flag('decides', isTrue)]);
    expect(await layersOf(bytes)).toEqual([layer]);
    expect((await read(bytes)).notes[0]?.message).toBe(
      `taken, because constants, sizes or chosen inputs decide: "fork (${isTrue ? 'then' : 'else'})"`,
    );
  });

  test.each([
    [8, 'exp Exp'],
    [9, 'neg Neg'],
  ])('a condition that follows from sizes does, too: the last axis compared with %i', async (size, layer) => {
    expect(
      await layersOf(
        deciding(
          [
            node('Shape', ['x'], ['sizes']),
            node('Gather', ['sizes', 'last'], ['width']),
            node('Equal', ['width', 'wanted'], ['decides']),
          ],
          [int('last', -1), int('wanted', size)],
        ),
      ),
    ).toEqual([layer]);
  });

  test('one decided by an input takes the value chosen for it, and without one names the input, the option and a value', async () => {
    const bytes = aSwitchedModel();
    expect((await read(bytes, { inputs: { mode: 3 } })).network.layers).toMatchObject([
      { id: 'wideConv', macs: 4 * 25 * 50, outputBytes: 400 },
      { id: 'relu', dependencies: [{ layer: 'wideConv', bytes: 400 }] },
    ]);
    const other = await read(bytes, { inputs: { mode: 0 } });
    expect(other.network.layers).toMatchObject([
      { id: 'narrowConv', macs: 4 * 49 * 18, outputBytes: 784 },
      { id: 'relu' },
    ]);
    expect(other.network.provenance).toContain('assumed: input mode is 0');
    expect(await errorOf(read(bytes))).toMatchObject({
      code: 'onnx.inputNeeded',
      message: 'onnx: node[1] ("switch", If): which branch is taken depends on the input "mode"',
      hint: 'choose its value, e.g. --input mode=3',
      details: [{ path: ['inputs', 'mode'], value: '3' }],
    });
  });

  test('a switch that is an input itself is chosen as 1 or 0', async () => {
    const bytes = deciding(
      [node('Not', ['cached'], ['decides'])],
      [],
      [value('x', [1, 3, 8]), value('cached', [1], BOOL)],
    );
    expect(await layersOf(bytes, { inputs: { cached: 1 } })).toEqual(['neg Neg']);
    expect(await layersOf(bytes, { inputs: { cached: 0 } })).toEqual(['exp Exp']);
    expect((await errorOf(read(bytes))).hint).toContain('--input cached=1');
  });

  test('one decided by an open size asks for the size', async () => {
    const bytes = deciding(
      [
        node('Shape', ['x'], ['sizes']),
        node('Gather', ['sizes', 'one'], ['rows']),
        node('Greater', ['rows', 'four'], ['decides']),
      ],
      [int('one', 1), int('four', 4)],
      [value('x', [1, 'rows', 8])],
    );
    expect(await errorOf(read(bytes))).toMatchObject({
      code: 'onnx.inputNeeded',
      message: expect.stringContaining('the dimension "rows"'),
      hint: expect.stringContaining('--dim rows='),
    });
    expect(await layersOf(bytes, { dims: { rows: 5 } })).toEqual(['exp Exp']);
  });

  test('one decided by the data is refused with the node and the reason', async () => {
    const bytes = deciding(
      [node('ReduceMax', ['x'], ['peak'], { keepdims: 0 }), node('Greater', ['peak', 'half'], ['decides'])],
      [tensor('half', [], { floats: [0.5] })],
    );
    expect(await errorOf(read(bytes))).toMatchObject({
      code: 'onnx.unsupported',
      message: 'onnx: node[2] ("fork", If): which branch is taken depends on the data of "x"',
      hint: expect.stringContaining('extract_model'),
    });
  });

  test('one within another is decided by itself, and may give back a value from around it', async () => {
    const inner = graph({ inputs: [], outputs: [value('before')], nodes: [] });
    const other = graph({ inputs: [], outputs: [value('o')], nodes: [named('Neg', ['before'], 'o', 'neg')] });
    const outer = graph({
      inputs: [],
      outputs: [value('i')],
      nodes: [
        named('Exp', ['x'], 'before', 'exp'),
        node(
          'If',
          ['yes'],
          ['i'],
          { then_branch: { graph: inner }, else_branch: { graph: other } },
          { name: 'inside' },
        ),
      ],
    });
    const bytes = model({
      inputs: [value('x', [4])],
      outputs: [value('y')],
      initializers: [flag('yes', true)],
      nodes: [
        node(
          'If',
          ['yes'],
          ['z'],
          { then_branch: { graph: outer }, else_branch: { graph: other } },
          { name: 'outside' },
        ),
        named('Abs', ['z'], 'y', 'abs'),
      ],
    });
    expect(await layersOf(bytes)).toEqual(['exp Exp', 'abs Abs ← exp']);
  });

  test('a value for an input that does not exist, or is no single number, is refused', async () => {
    expect(await errorOf(read(aSwitchedModel(), { inputs: { mod: 3 } }))).toMatchObject({
      code: 'onnx.unknownInput',
      hint: 'did you mean "mode"?',
    });
    expect((await errorOf(read(aSwitchedModel(), { inputs: { x: 3 } }))).message).toContain('"x" has 162 elements');
  });

  test('one whose result nobody uses is left out, not refused', async () => {
    const branch = graph({ inputs: [], outputs: [value('r')], nodes: [named('Exp', ['x'], 'r', 'exp')] });
    const bytes = model({
      inputs: [value('x', [4]), value('c', [], BOOL)],
      outputs: [value('y')],
      nodes: [
        node(
          'If',
          ['c'],
          ['unused'],
          { then_branch: { graph: branch }, else_branch: { graph: branch } },
          { name: 'fork' },
        ),
        named('Neg', ['x'], 'y', 'neg'),
      ],
    });
    const { network, notes } = await read(bytes);
    expect(network.layers.map(({ id }) => id)).toEqual(['neg']);
    expect(notes[0]?.message).toBe(
      'left out, because neither an output of the model nor another node uses its result: "fork"',
    );
  });
});

describe('loops', () => {
  /** x → each round: multiplied by w → y; also collects every round's result. */
  const looping = (
    initializers: readonly ReturnType<typeof tensor>[],
    inputs: readonly string[],
    condition = 'goOn',
    more: readonly ReturnType<typeof node>[] = [],
  ) => {
    const body = graph({
      inputs: [value('i', [], INT64), value('goOn', [], BOOL), value('state', [2, 6])],
      outputs: [value(condition, [], BOOL), value('next', [2, 6]), value('next', [2, 6])],
      nodes: [named('MatMul', ['state', 'w'], 'next', 'mul'), ...more],
    });
    return model({
      inputs: [value('x', [2, 6]), value('often', [], INT64)],
      outputs: [value('y'), value('all')],
      initializers: [tensor('w', [6, 6]), ...initializers],
      nodes: [node('Loop', inputs, ['y', 'all'], { body: { graph: body } }, { name: 'loop' })],
    });
  };

  test('of a constant number of rounds are unrolled; the state goes from round to round', async () => {
    const { network, notes } = await read(looping([int('four', 4), flag('yes', true)], ['four', 'yes', 'x']));
    expect(
      network.layers.map(({ id, macs, outputShape, dependencies }) => [
        id,
        macs,
        outputShape,
        dependencies.map(({ layer }) => layer).join(' '),
      ]),
    ).toEqual([
      ['loop/1/mul', 72, [6], ''],
      ['loop/2/mul', 72, [6], 'loop/1/mul'],
      ['loop/3/mul', 72, [6], 'loop/2/mul'],
      ['loop/4/mul', 72, [6], 'loop/3/mul'],
      ['loop/all', 0, [2, 6], 'loop/1/mul loop/2/mul loop/3/mul loop/4/mul'],
    ]);
    expect(network.layers[4]?.outputBytes).toBe(4 * 2 * 6 * 4);
    expect(notes[0]?.message).toBe('loops of known length were unrolled: "loop × 4"');
  });

  test('that end when a condition says so are followed until it does', async () => {
    const bytes = looping([flag('yes', true), int('two', 2)], ['', 'yes', 'x'], 'less', [
      node('Less', ['i', 'two'], ['less']),
    ]);
    expect((await read(bytes)).network.layers.map(({ id }) => id)).toEqual([
      'loop/1/mul',
      'loop/2/mul',
      'loop/3/mul',
      'loop/all',
    ]);
  });

  test('without a round give back what they were given', async () => {
    const bytes = looping([int('none', 0), flag('yes', true)], ['none', 'yes', 'x']);
    expect((await errorOf(read(bytes))).code).toBe('onnx.noLayers');
  });

  test('as often as an input says take the value chosen for it', async () => {
    const bytes = looping([flag('yes', true)], ['often', 'yes', 'x']);
    expect((await read(bytes, { inputs: { often: 2 } })).network.layers.map(({ id }) => id)).toEqual([
      'loop/1/mul',
      'loop/2/mul',
      'loop/all',
    ]);
    expect(await errorOf(read(bytes))).toMatchObject({
      code: 'onnx.inputNeeded',
      message: 'onnx: node[0] ("loop", Loop): how often it runs depends on the input "often"',
      hint: expect.stringContaining('--input often='),
    });
  });

  test('of more rounds than are unrolled are refused with both numbers and a way out', async () => {
    expect(await errorOf(read(looping([int('many', 1000), flag('yes', true)], ['many', 'yes', 'x'])))).toMatchObject({
      code: 'onnx.unsupported',
      message: 'onnx: node[0] ("loop", Loop) runs up to 1000 times; loops of up to 256 rounds are unrolled',
      hint: expect.stringContaining('export the body'),
    });
  });

  test('that end by their data are refused', async () => {
    const bytes = looping(
      [int('many', 9), flag('yes', true), tensor('half', [], { floats: [0.5] })],
      ['many', 'yes', 'x'],
      'less',
      [node('ReduceMax', ['next'], ['peak'], { keepdims: 0 }), node('Less', ['peak', 'half'], ['less'])],
    );
    expect((await errorOf(read(bytes))).message).toContain('how often it runs depends on the data of "x"');
  });

  test('over a sequence run once for each of its parts', async () => {
    const body = graph({
      inputs: [value('h', [1, 5]), value('part', [1, 4])],
      outputs: [value('h2', [1, 5]), value('h2', [1, 5])],
      nodes: [
        named('MatMul', ['part', 'w'], 'p', 'in'),
        named('MatMul', ['h', 'r'], 'q', 'state'),
        named('Add', ['p', 'q'], 'h2', 'sum'),
      ],
    });
    const scan = (length: number | string) =>
      model({
        inputs: [value('start', [1, 5]), value('seq', [length, 1, 4])],
        outputs: [value('last'), value('all')],
        initializers: [tensor('w', [4, 5]), tensor('r', [5, 5])],
        nodes: [
          node(
            'Scan',
            ['start', 'seq'],
            ['last', 'all'],
            { body: { graph: body }, num_scan_inputs: 1 },
            { name: 'scan' },
          ),
        ],
      });
    const { network } = await read(scan(2));
    expect(network.layers.map(({ id, op, macs, outputBytes }) => [id, op, macs, outputBytes])).toEqual([
      ['scan/part', 'Split', 0, 32],
      ['scan/1/in', 'MatMul', 20, 20],
      ['scan/1/state', 'MatMul', 25, 20],
      ['scan/1/sum', 'Add', 0, 20],
      ['scan/2/in', 'MatMul', 20, 20],
      ['scan/2/state', 'MatMul', 25, 20],
      ['scan/2/sum', 'Add', 0, 20],
      ['scan/all', 'Concat', 0, 40],
    ]);
    expect(network.layers[1]?.dependencies).toEqual([{ layer: 'scan/part', bytes: 16 }]);
    // What is walked along is no batch, whatever it is called.
    expect(await errorOf(read(scan('N')))).toMatchObject({
      code: 'onnx.inputNeeded',
      hint: expect.stringContaining('--dim N='),
    });
    expect((await read(scan('N'), { dims: { N: 2 } })).network.layers).toEqual(network.layers);
  });
});

describe('functions that a model defines', () => {
  const scaled = {
    name: 'Scaled',
    domain: 'my.lib',
    inputs: ['v', 'k', 'extra'],
    outputs: ['r'],
    nodes: [
      node('Conv', ['v', 'k', 'extra'], ['c'], { pads: { ref: 'border' }, strides: { ref: 'step' } }),
      node('Relu', ['c'], ['r'], {}, { name: 'act' }),
    ],
    defaults: { border: [0, 0, 0, 0] },
  };
  const twice = {
    name: 'Twice',
    domain: 'my.lib',
    inputs: ['a', 'k'],
    outputs: ['b'],
    nodes: [
      node('Scaled', ['a', 'k'], ['m'], { border: { ref: 'border' } }, { domain: 'my.lib', name: 'one' }),
      node('Scaled', ['m', 'k'], ['b'], {}, { domain: 'my.lib', name: 'two' }),
    ],
  };

  test('are replaced by their nodes, within each other too, with the attributes of their use or their own', async () => {
    const bytes = model(
      {
        inputs: [value('x', [1, 2, 6, 6])],
        outputs: [value('y')],
        initializers: [tensor('w', [2, 2, 3, 3])],
        nodes: [node('Twice', ['x', 'w'], ['y'], { border: [1, 1, 1, 1] }, { domain: 'my.lib', name: 'block' })],
      },
      { functions: [scaled, twice] },
    );
    const { network, notes } = await read(bytes);
    expect(network.layers.map(({ id, op, macs, outputShape }) => [id, op, macs, outputShape])).toEqual([
      ['block/one/c', 'Conv', 2 * 36 * 18, [2, 6, 6]],
      ['block/one/act', 'Relu', 0, [2, 6, 6]],
      ['block/two/c', 'Conv', 2 * 16 * 18, [2, 4, 4]],
      ['block/two/act', 'Relu', 0, [2, 4, 4]],
    ]);
    expect(notes[0]?.message).toContain(
      'functions that the model defines were replaced by their nodes, where they are used: "block/one"',
    );
  });

  test('that use themselves are refused', async () => {
    const endless = {
      name: 'Endless',
      domain: 'my.lib',
      inputs: ['a'],
      outputs: ['b'],
      nodes: [node('Endless', ['a'], ['b'], {}, { domain: 'my.lib' })],
    };
    const bytes = model(
      {
        inputs: [value('x', [4])],
        outputs: [value('y')],
        nodes: [node('Endless', ['x'], ['y'], {}, { domain: 'my.lib' })],
      },
      { functions: [endless] },
    );
    expect((await errorOf(read(bytes))).message).toContain('the function "Endless" uses itself');
  });
});

test('an operator with a graph as an attribute is no control flow, but a layer, sized by what the file states', async () => {
  const rule = graph({ inputs: [value('s', [])], outputs: [value('t', [])], nodes: [node('Tanh', ['s'], ['t'])] });
  const bytes = model({
    inputs: [value('x', [1, 2, 5])],
    outputs: [value('y', [1, 2, 7])],
    nodes: [node('WeighedBy', ['x'], ['y'], { rule: { graph: rule } }, { name: 'weigh' })],
  });
  const { network, notes } = await read(bytes);
  expect(network.layers).toMatchObject([{ id: 'weigh', op: 'WeighedBy', outputBytes: 56 }]);
  expect(notes).toMatchObject([
    { message: expect.stringContaining('operator WeighedBy is not known'), layers: ['weigh'] },
  ]);
});

describe('layers that nobody uses', () => {
  test('are left out with a remark, and so is what only they read', async () => {
    const bytes = model({
      inputs: [value('x', [4])],
      outputs: [value('y')],
      nodes: [
        named('Exp', ['x'], 'a', 'kept'),
        named('Neg', ['x'], 'b', 'feeds'),
        named('Abs', ['b'], 'c', 'dangles'),
        named('Tanh', ['a'], 'y', 'end'),
      ],
    });
    const { network, notes } = await read(bytes);
    expect(network.layers.map(({ id }) => id)).toEqual(['kept', 'end']);
    expect(notes[0]?.message).toBe(
      'left out, because neither an output of the model nor another node uses their results: "feeds" and "dangles"',
    );
  });

  test('are not looked for where the file names no output', async () => {
    expect(
      await layersOf(
        model({ inputs: [value('x', [4])], nodes: [named('Exp', ['x'], 'a', 'one'), named('Neg', ['x'], 'b', 'two')] }),
      ),
    ).toEqual(['one Exp', 'two Neg']);
  });
});

test('sizes that the file states otherwise than they follow from the nodes are remarked', async () => {
  const bytes = model({
    inputs: [value('x', [2, 6])],
    outputs: [value('y', [2, 5])],
    values: [value('h', [2, 4])],
    initializers: [tensor('w', [6, 3]), tensor('v', [3, 5])],
    nodes: [named('MatMul', ['x', 'w'], 'h', 'first'), named('MatMul', ['h', 'v'], 'y', 'second')],
  });
  const { network, notes } = await read(bytes);
  expect(network.layers.map(({ macs }) => macs)).toEqual([36, 30]);
  expect(notes[0]).toMatchObject({
    message: 'the file states other shapes than follow from its nodes, which count: "h" 2×4, not 2×3',
    hint: expect.stringMatching(/./),
  });
});

describe('work from the output and the weights, where the input is not known', () => {
  const after = (
    op: string,
    attributes: Parameters<typeof node>[3],
    weights: readonly number[],
    output: readonly number[],
    more: readonly number[][] = [],
  ) =>
    model({
      inputs: [value('x', [1, 2])],
      outputs: [value('y', output)],
      initializers: [tensor('w', weights), ...more.map((dims, index) => tensor(`m${index}`, dims))],
      nodes: [
        node('Decode', ['x'], ['a'], {}, { domain: 'my.org', name: 'custom' }),
        node(op, ['a', 'w', ...more.map((_, index) => `m${index}`)], ['y'], attributes, { name: 'layer' }),
      ],
    });

  test.each([
    ['Conv', { group: 2 }, [6, 4, 3, 3], [1, 6, 10, 12], [], 6 * 120 * 36],
    ['Gemm', { transB: 1 }, [7, 30], [2, 7], [], 2 * 7 * 30],
    ['MatMul', {}, [30, 7], [2, 5, 7], [], 2 * 5 * 7 * 30],
    ['LSTM', { hidden_size: 5 }, [1, 20, 3], [9, 1, 2, 5], [[1, 20, 5]], 9 * 2 * 4 * 5 * 8],
  ] as const)('%s', async (op, attributes, weights, output, more, macs) => {
    const { network, notes } = await read(
      after(
        op,
        attributes,
        weights,
        output,
        more.map((dims) => [...dims]),
      ),
    );
    expect(network.layers[1]).toMatchObject({ id: 'layer', macs });
    expect(notes.flatMap(({ layers = [] }) => layers)).toEqual(['custom']);
  });
});

describe('a leading dimension that is left open', () => {
  const conv = (name: string | undefined) =>
    model({
      inputs: [value('x', [name, 3, 8, 8])],
      outputs: [value('y')],
      initializers: [tensor('w', [4, 3, 3, 3])],
      nodes: [named('Conv', ['x', 'w'], 'y', 'conv')],
    });
  const dense = (name: string | undefined) =>
    model({
      inputs: [value('x', [name, 16])],
      outputs: [value('y')],
      initializers: [tensor('w', [16, 4])],
      nodes: [named('MatMul', ['x', 'w'], 'y', 'dense')],
    });
  const macsOf = async (bytes: Uint8Array, options: Partial<OnnxOptions> = {}) =>
    (await read(bytes, options)).network.layers.at(-1)?.macs;

  test.each([undefined, 'N', 'batch', 'batch_size', 'B', 'unk__12', 'None', '?', 's0', 'input_dynamic_axes_1'])(
    'is a batch of 1 when called %s',
    async (name) => {
      expect(await macsOf(conv(name))).toBe(4 * 36 * 27);
      expect(await macsOf(dense(name))).toBe(64);
    },
  );

  test.each(['time', 'seq_len', 'frames', 'num_tokens', 'T', 'points'])('is asked for when called %s', async (name) => {
    const { network, notes } = await read(dense(name));
    expect(network.layers[0]?.macs).toBeUndefined();
    expect(notes[0]).toMatchObject({
      message: `the model leaves the dimension "${name}" open, and nothing was chosen: sizes that depend on it are missing`,
      hint: expect.stringContaining(`${name}=`),
    });
    expect(await macsOf(dense(name), { dims: { [name]: 50 } })).toBe(3200);
  });

  test('is a batch before the three axes of an image, however it is called, and none where another input has it further in', async () => {
    expect(await macsOf(conv('views'))).toBe(4 * 36 * 27);
    const adjacency = model({
      inputs: [value('x', ['N', 16]), value('links', ['N', 'N'])],
      outputs: [value('y')],
      nodes: [named('MatMul', ['links', 'x'], 'y', 'gather')],
    });
    expect(await macsOf(adjacency)).toBeUndefined();
    expect(await macsOf(adjacency, { dims: { N: 10 } })).toBe(1600);
  });

  test.each([
    [undefined, 0],
    ['N', 0],
    ['batch', 0],
  ])('called %s is asked for where a recurrent layer walks along it', async (name, layout) => {
    const recurrent = (given: Record<string, number>, nodes: readonly ReturnType<typeof node>[]) =>
      read(
        model({
          inputs: [value('x', [name, 1, 16])],
          outputs: [value('y')],
          initializers: [tensor('w', [1, 24, 16]), tensor('r', [1, 24, 8]), ints('order', [1, 0, 2])],
          nodes,
        }),
        { dims: given },
      );
    const direct = [
      node('Cast', ['x'], ['f'], { to: FLOAT }),
      node('GRU', ['f', 'w', 'r'], ['y'], { hidden_size: 8, layout }, { name: 'gru' }),
    ];
    const key = name ?? 'x:0';
    expect((await recurrent({}, direct)).network.layers.at(-1)?.macs).toBeUndefined();
    expect((await recurrent({}, direct)).notes[0]?.message).toContain(`"${key}" open, and nothing was chosen`);
    expect((await recurrent({ [key]: 30 }, direct)).network.layers.at(-1)?.macs).toBe(30 * 3 * 8 * 24);
    // Turned round, it is the batch after all.
    const turned = [
      node('Transpose', ['x'], ['t'], { perm: [1, 0, 2] }),
      node('GRU', ['t', 'w', 'r'], ['y'], { hidden_size: 8 }, { name: 'gru' }),
    ];
    expect((await recurrent({}, turned)).network.layers.at(-1)?.macs).toBe(3 * 8 * 24);
  });
});
