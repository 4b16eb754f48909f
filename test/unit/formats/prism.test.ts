/** Import of PRISM's tables: what they become, and what is said about a broken row. */
import { expect, test } from 'vitest';
import { parseNetwork } from '#shared/domain/network.ts';
import type { WorkbenchError } from '#shared/domain/errors.ts';
import { prismMapping, prismNetwork } from '#main/formats/prism.ts';

const operations = `op_id,layer_name,op_type,cpu_us,npu_us,grai_supported
0,input,InputLayer,933.0,527.5,1
1,conv,"Conv2D, depthwise",1192.5,1140.25,0
2,add,Add,1000,500,1
`;
const edges = 'src,dst,tokens\n0,1,100\n0,2,100\n1,2,50\n';
const options = { id: 'net', supportColumn: 'grai_supported', bytesPerToken: 2 };

function faultOf(action: () => unknown): WorkbenchError {
  try {
    action();
  } catch (error) {
    return error as WorkbenchError;
  }
  throw new Error('expected an error');
}

test('operations become layers in their order, µs become ms, and only supported operations get times beside the CPU', () => {
  const network = parseNetwork(prismNetwork(operations, edges, options));
  expect(
    network.layers.map(({ id, op, executionTimeMs, dependencies }) => ({ id, op, executionTimeMs, dependencies })),
  ).toEqual([
    { id: 'input', op: 'InputLayer', executionTimeMs: { cpu: 0.933, npu: 0.5275 }, dependencies: [] },
    {
      id: 'conv',
      op: 'Conv2D, depthwise',
      executionTimeMs: { cpu: 1.1925 },
      dependencies: [{ layer: 'input', bytes: 200 }],
    },
    {
      id: 'add',
      op: 'Add',
      executionTimeMs: { cpu: 1, npu: 0.5 },
      dependencies: [
        { layer: 'input', bytes: 200 },
        { layer: 'conv', bytes: 100 },
      ],
    },
  ]);
});

test('without a support column every unit runs every operation', () => {
  const { supportColumn: _, ...rest } = options;
  expect(prismNetwork(operations, edges, rest).layers[1]?.executionTimeMs).toEqual({ cpu: 1.1925, npu: 1.14025 });
});

test('reads files with a byte order mark, Windows line ends and blank lines', () => {
  const windows = (text: string) => `\uFEFF${text.replaceAll('\n', '\r\n')}\r\n`;
  expect(prismNetwork(windows(operations), windows(edges), options)).toEqual(prismNetwork(operations, edges, options));
});

test.each([
  [
    'a missing column',
    operations.replace('op_type', 'type'),
    edges,
    ['operations table', 1],
    'there is no column "op_type"',
  ],
  [
    'a missing support column',
    operations.replace('grai_supported', 'supported'),
    edges,
    ['operations table', 1],
    'there is no column "grai_supported"',
  ],
  [
    'no time column',
    operations.replace('cpu_us,npu_us', 'cpu,npu'),
    edges,
    ['operations table', 1],
    'there is no column with times',
  ],
  [
    'a column named twice',
    operations.replace('npu_us', 'cpu_us'),
    edges,
    ['operations table', 1, 'cpu_us'],
    'appears twice',
  ],
  ['no rows', operations.split('\n')[0]!, edges, ['operations table', 2], 'there is no operation'],
  [
    'a row too short',
    operations.replace(',500,1', ',500'),
    edges,
    ['operations table', 4],
    'the row has 5 fields, the header has 6',
  ],
  ['an open quote', operations.replace('depthwise"', 'depthwise'), edges, ['operations table', 3], 'not closed'],
  [
    'a time that is no number',
    operations.replace('527.5', 'fast'),
    edges,
    ['operations table', 2, 'npu_us'],
    '"fast" is not a number',
  ],
  [
    'a negative time',
    operations.replace('1000', '-1'),
    edges,
    ['operations table', 4, 'cpu_us'],
    '"-1" is not a number of 0 or more',
  ],
  ['an empty time', operations.replace('1000', ''), edges, ['operations table', 4, 'cpu_us'], 'there is no number'],
  [
    'support that is neither 0 nor 1',
    operations.replace('500,1', '500,yes'),
    edges,
    ['operations table', 4, 'grai_supported'],
    '"yes" does not say',
  ],
  [
    'an id twice',
    operations.replace('2,add', '1,add'),
    edges,
    ['operations table', 4, 'op_id'],
    'already an operation 1',
  ],
  [
    'a name twice',
    operations.replace('2,add', '2,input'),
    edges,
    ['operations table', 4, 'layer_name'],
    '"input" is already the name of the operation in line 2',
  ],
  [
    'an operation without a type',
    operations.replace('Add', ''),
    edges,
    ['operations table', 4, 'op_type'],
    'operation "add" has no type',
  ],
  [
    'an edge from nowhere',
    operations,
    edges.replace('1,2,50', '7,2,50'),
    ['edges table', 4, 'src'],
    'there is no operation "7"',
  ],
  [
    'an edge to nowhere',
    operations,
    edges.replace('1,2,50', '1,9,50'),
    ['edges table', 4, 'dst'],
    'there is no operation "9"',
  ],
  [
    'tokens that are no number',
    operations,
    edges.replace('50', 'NaN'),
    ['edges table', 4, 'tokens'],
    '"NaN" is not a number',
  ],
  ['an edge twice', operations, `${edges}0,1,100\n`, ['edges table', 5], 'already an edge from 0 to 1'],
] as const)('refuses %s at its line', (_, brokenOperations, brokenEdges, path, message) => {
  const error = faultOf(() => prismNetwork(brokenOperations, brokenEdges, options));
  expect(error.code).toBe('prism.invalid');
  expect(error.path).toEqual(path);
  expect(error.message).toContain(message);
  expect(error.hint).not.toBe('');
});

test('reports every broken row at once', () => {
  const error = faultOf(() =>
    prismNetwork(operations.replace('933.0', 'x').replace('500,1', '-5,1'), edges.replace('50', 'many'), options),
  );
  expect(error.details.map(({ path }) => path)).toEqual([
    ['operations table', 2, 'cpu_us'],
    ['operations table', 4, 'npu_us'],
    ['edges table', 4, 'tokens'],
  ]);
  expect(error.message).toContain('(and 2 more)');
});

test('a cycle between operations is refused when the network is parsed', () => {
  expect(() => parseNetwork(prismNetwork(operations, `${edges}2,0,1\n`, options))).toThrow(
    expect.objectContaining({ code: 'network.invalid', message: expect.stringContaining('cycle') }),
  );
});

const network = { layers: [{ id: 'input' }, { id: 'conv' }] };

test('a mapping table becomes a mapping of the application', () => {
  expect(prismMapping('op_id,unit_type\n1,cpu\n0,npu\n', network, 'app')).toEqual({
    'app/input': 'npu',
    'app/conv': 'cpu',
  });
});

test.each([
  [
    'an unknown operation',
    'op_id,unit_type\n0,npu\n5,cpu\n',
    ['mapping table', 3, 'op_id'],
    'there is no operation "5"',
  ],
  [
    'an operation mapped twice',
    'op_id,unit_type\n0,npu\n0,cpu\n',
    ['mapping table', 3, 'op_id'],
    'operation 0 is mapped twice',
  ],
  ['an operation left out', 'op_id,unit_type\n0,npu\n', ['mapping table', 3], 'operation 1 ("conv") is not mapped'],
  [
    'an empty unit type',
    'op_id,unit_type\n0,npu\n1,\n',
    ['mapping table', 3, 'unit_type'],
    'operation 1 has no unit type',
  ],
] as const)('refuses a mapping table with %s', (_, text, path, message) => {
  const error = faultOf(() => prismMapping(text, network, 'app'));
  expect(error.path).toEqual(path);
  expect(error.message).toContain(message);
});
