/** Finding out formats, putting files together, and telling what is wrong in which file and where. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aModelWithExternalData } from '#test/fixtures/onnx-models.ts';
import { asBytes, asFile, documentsOf, readBytes, write } from '#test/fixtures/formats.ts';
import { aNetwork, aPlatform, aSmallScenario } from '#test/fixtures/builders.ts';

const prism = ['xception_ops.csv', 'xception_edges.csv'].map((name) => ({
  name,
  bytes: new Uint8Array(readFileSync(join(import.meta.dirname, '../../../resources/data/prism', name))),
}));
const stg = asFile('graph.stg', '1\n0 0 0\n1 4 1 0\n2 0 1 1\n');
const table = asFile('layers.csv', 'id,op,time:cpu\nstem,Conv,2\n');

test('each file is recognised by what it holds, whatever its name', async () => {
  const files = [
    asFile('a.txt', JSON.stringify(aPlatform().input)),
    asFile('b.txt', JSON.stringify(aSmallScenario().input)),
    { ...table, name: 'c.txt' },
    { ...stg, name: 'd.txt' },
  ];
  expect((await readBytes(files)).map((outcome) => [outcome.files, outcome.status, outcome.format])).toEqual([
    [['a.txt'], 'read', 'json'],
    [['c.txt'], 'read', 'csv'],
    [['d.txt'], 'read', 'stg'],
    [['b.txt'], 'read', 'json'], // scenarios last: they may name the others
  ]);
});

test("PRISM's two tables are one import, in any order and beside other files", async () => {
  const [, operations, other] = await readBytes([prism[1]!, table, prism[0]!]).then((outcomes) => [
    undefined,
    ...outcomes,
  ]);
  expect(operations).toMatchObject({
    status: 'read',
    format: 'prism',
    files: ['xception_edges.csv', 'xception_ops.csv'],
    documents: [{ document: { id: 'xception' } }],
  });
  expect(other).toMatchObject({ status: 'read', format: 'csv' });
});

test('several pairs of PRISM tables are put together by their names', async () => {
  const second = prism.map(({ name, bytes }) => ({ name: name.replace('xception', 'other'), bytes }));
  expect((await readBytes([prism[0]!, second[1]!, prism[1]!, second[0]!])).map((outcome) => outcome.files)).toEqual([
    ['xception_ops.csv', 'xception_edges.csv'],
    ['other_edges.csv', 'other_ops.csv'],
  ]);
});

test('one of the two tables alone says which is missing', async () => {
  expect(await readBytes([prism[0]!])).toMatchObject([
    {
      status: 'failed',
      error: {
        code: 'prism.incomplete',
        message: expect.stringContaining('edges table'),
        hint: expect.stringContaining('together'),
      },
    },
  ]);
});

test("a model's weights, given with it, are no import of their own", async () => {
  const { bytes, data } = aModelWithExternalData();
  const outcomes = await readBytes([
    { name: 'weights.bin', bytes: data },
    { name: 'model.onnx', bytes },
  ]);
  expect(outcomes).toMatchObject([
    { status: 'read', files: ['model.onnx'], documents: [{ document: { layers: [{ macs: 1024 }] } }] },
  ]);
});

test('a broken file spoils none of the others', async () => {
  const outcomes = await readBytes([
    table,
    asFile('broken.json', '{ "layers": [ }'),
    asFile('notes.txt', 'hello'),
    stg,
  ]);
  expect(outcomes.map(({ files, status }) => `${files.join()} ${status}`).sort()).toEqual([
    'broken.json failed',
    'graph.stg read',
    'layers.csv read',
    'notes.txt failed',
  ]);
});

test('a task graph brings its equal units where they are asked for', async () => {
  const documents = await documentsOf([stg], 'stg', { units: 4, dispatch: 'pinned' });
  expect(documents.map(({ kind, document }) => [kind, document.id])).toEqual([
    ['network', 'graph'],
    ['platform', 'stg-4-pinned'],
    ['scenario', 'graph-on-4-pinned'],
  ]);
  expect(documents[1]?.document).toMatchObject({ processors: [{ coreCount: 4, dispatch: 'pinned' }] });
});

test.each([
  [
    'JSON that breaks off',
    asFile('x.json', '{\n  "layers": [\n    { "id": }\n'),
    'x.json, line 3, column 13: not JSON: expected a value, found "}"',
    'check the quotes',
  ],
  [
    'JSON with a comma too many',
    asFile('x.json', '{"a": [1, 2,]}'),
    'line 1, column 13: not JSON: expected a value, found "]"',
    'check the quotes',
  ],
  [
    'JSON with single quotes',
    asFile('x.json', "{'layers': []}"),
    'line 1, column 2: not JSON: expected a name in quotes or "}", found "\'"',
    'check the quotes',
  ],
  [
    'JSON with an open quote',
    asFile('x.json', '{"id": "a\n}'),
    'line 1, column 8: not JSON: a text in quotes is not closed',
    'check the quotes',
  ],
  [
    'JSON that is cut off',
    asFile('x.json', '{"layers": [{}'),
    'line 1, column 15: not JSON: expected "," or "]", but the file ends',
    'check the quotes',
  ],
  ['JSON that is empty', asFile('x.json', ''), 'x.json: the file is empty', 'fetch it again'],
  [
    'JSON that is no document',
    asFile('x.json', '{"a": 1}'),
    'x.json is JSON, but no document of Tessera',
    '"processors"',
  ],
  [
    'JSON that is two documents',
    asFile('x.json', '{"layers": [], "processors": []}'),
    'x.json is JSON, but has "processors" and "layers"',
    '"processors"',
  ],
  [
    'a document with a wrong field',
    asFile('x.json', JSON.stringify({ ...aNetwork().withLayer('a', { cpu: -1 }).input })),
    'x.json: network: layers[0].executionTimeMs.cpu: -1 is too small',
    'use a number of at least 0',
  ],
  [
    'bytes that are no text',
    { name: 'x.json', bytes: Uint8Array.from([0x7b, 0x0a, 0xff, 0x7d]) },
    'x.json is not UTF-8 text: byte 2 (line 2) is out of place',
    'save it as UTF-8',
  ],
  [
    'a table with a time that is text',
    asFile('x.csv', 'id,op,time:cpu\na,Conv,"1,5"\n'),
    'csv: x.csv, line 2, column "time:cpu": "1,5" is not a number of 0 or more',
    'write decimals with a point',
  ],
  [
    'a table with an unknown column',
    asFile('x.csv', 'id,op,cpu\na,Conv,1\n'),
    'line 1, column "cpu": there is no column "cpu" in a layer table',
    'call it "time:cpu"',
  ],
  [
    'a table with an id twice',
    asFile('x.csv', 'id,op\na,Conv\na,Conv\n'),
    'line 3, column "id": "a" is already the id of the layer in line 2',
    'an id of its own',
  ],
  [
    'a table without an operation',
    asFile('x.csv', 'id,op\na,\n'),
    'line 2, column "op": the layer has no op',
    'e.g. Conv',
  ],
  ['a table without rows', asFile('x.csv', 'id,op\n'), 'line 2: there is no layer', 'a row per layer'],
  [
    'a table with dependencies that cannot be read',
    asFile('x.csv', 'id,op,dependencies\na,Conv,\nb,Conv,a@many\n'),
    'line 3, column "dependencies": "many" is not the number of bytes from "a"',
    'separated by ";"',
  ],
  [
    'a table with transfers that are not closed',
    asFile('x.csv', 'id,op,dependencies\na,Conv,\nb,Conv,a[cpu>gpu=1\n'),
    'the times of "a" are not closed with "]"',
    'separated by ";"',
  ],
  [
    'a table with an unknown data type',
    asFile('x.csv', 'id,op,dataType\na,Conv,int8\nb,Conv,byte\n'),
    'line 3, column "dataType": "byte" is not a data type',
    'int8',
  ],
  [
    'a table with a dependency on nothing',
    asFile('x.csv', 'id,op,dependencies\na,Conv,b\n'),
    'layer "a" depends on "b", which does not exist',
    'did you mean "a"?',
  ],
  [
    'a table whose columns are called otherwise',
    asFile('x.csv', 'Layer;Type;CPU;NPU\nstem;Conv;2,5;1\n'),
    'x.csv looks like a table, but a layer table needs "id" and "op", and its first line ("Layer", "Type", "CPU" and "NPU") has no "id" and no "op"',
    'is "Layer" meant to be "id" and "Type" meant to be "op"? then rename them; "CPU": remove it, or call it "time:CPU"',
  ],
  [
    'a table without operations',
    asFile('x.txt', 'id\tname\ttime:gpu\nstem\tStem\t2\nhead\tHead\t1\n'),
    'has no "op"',
    'add the column "op"',
  ],
  [
    'a table without layers and operations',
    asFile('x.csv', 'Knoten;Dauer\nstem;2,5\n'),
    'has no "id" and no "op"',
    'add the column "id" and the column "op"',
  ],
  [
    'a table like an edges table',
    asFile('x.csv', 'src,dst,token\n1,2,3\n'),
    'has no "tokens"',
    'is "token" meant to be "tokens"?',
  ],
  [
    'a layer table by name, whose columns are called otherwise',
    asFile('x.csv', 'Node,Operator,time:cpu\nstem,Conv,2\n'),
    'has no "id" and no "op"',
    'is "Node" meant to be "id"',
  ],
  [
    'sentences',
    asFile('x.txt', 'Hello, all\nthis is no table, but text, as\none sees\n'),
    'x.txt is in no format',
    'json, onnx, prism, csv, stg',
  ],
  [
    'a file of no known format',
    asFile('x.dat', 'hello'),
    'x.dat is in no format that can be read',
    'json, onnx, prism, csv, stg',
  ],
])('%s: says what is wrong, where, and what to do', async (_, file, message, hint) => {
  const [outcome] = await readBytes([file]);
  const error = outcome?.status === 'failed' ? outcome.error : undefined;
  expect(error?.message).toContain(message);
  expect(error?.hint).toContain(hint);
});

test("a table states the data type of each layer; the one of most layers is the network's, and an option fills the gaps", async () => {
  const table = asFile('x.csv', 'id,op,dataType\na,Conv,int8\nb,Softmax,fp32\nc,Conv,int8\n');
  const [network] = await documentsOf([table]);
  expect(network).toMatchObject({
    document: { dataType: 'int8', layers: [{ id: 'a' }, { id: 'b', dataType: 'fp32' }, { id: 'c' }] },
  });
  const gaps = asFile('x.csv', 'id,op,dataType\na,Conv,\nb,Softmax,fp32\n');
  expect(await documentsOf([gaps])).toMatchObject([
    { document: { layers: [{ id: 'a' }, { id: 'b', dataType: 'fp32' }] } },
  ]);
  expect((await documentsOf([gaps]))[0]?.document).not.toHaveProperty('dataType');
  expect(await documentsOf([gaps], 'csv', { dataType: 'fp16' })).toMatchObject([
    { document: { dataType: 'fp16', layers: [{ id: 'a' }, { id: 'b', dataType: 'fp32' }] } },
  ]);
});

test('every broken field of a table is told at once', async () => {
  const [outcome] = await readBytes([asFile('x.csv', 'id,op,macs,time:cpu\na,Conv,-1,x\n,Conv,1,1\n')]);
  expect(outcome?.status === 'failed' ? outcome.error.details.map(({ path }) => path) : []).toEqual([
    ['x.csv', 2, 'time:cpu'],
    ['x.csv', 2, 'macs'],
    ['x.csv', 3, 'id'],
  ]);
});

test.each([
  ['semicolons', ';', '1,5', 1.5],
  ['semicolons', ';', '1,250', 1.25],
  ['tabs', '\t', '0,125', 0.125],
  ['tabs', '\t', '1,5', 1.5],
])('a table separated by %s may have decimal commas (case %#)', async (_, separator, text, value) => {
  const [network] = await documentsOf([
    asFile('x.csv', `id${separator}op${separator}time:cpu\na${separator}Conv${separator}${text}\n`),
  ]);
  expect(network).toMatchObject({ document: { layers: [{ executionTimeMs: { cpu: value } }] } });
});

test('a comma in a table separated by tabs that could separate thousands is not guessed', async () => {
  await expect(documentsOf([asFile('x.csv', 'id\top\ttime:cpu\na\tConv\t1,250\n')])).rejects.toThrow(
    '"1,250" is not a number of 0 or more',
  );
});

test.each([
  ['Windows line ends', (text: string) => text.replaceAll('\n', '\r\n')],
  ['semicolons', (text: string) => text.replaceAll(',', ';')],
  ['tabs', (text: string) => text.replaceAll(',', '\t')],
  ['a byte order mark', (text: string) => `\uFEFF${text}`],
])('tables with %s are read the same', async (_, change) => {
  const text = 'id,op,dependencies,time:cpu\nstem,Conv,,2\n"a ""b""",Add,stem@100,\n';
  expect(await documentsOf([asFile('t.csv', change(text))])).toEqual(await documentsOf([asFile('t.csv', text)]));
});

test('tables in UTF-16, as spreadsheets write Unicode text, are read too', async () => {
  const text = 'id\top\nstem\tConv Ω\n';
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
  expect(await documentsOf([{ name: 't.txt', bytes: new Uint8Array(utf16) }], 'csv')).toMatchObject([
    { document: { layers: [{ id: 'stem', op: 'Conv Ω' }] } },
  ]);
});

test.each([
  [
    'stg',
    aNetwork().withLayer('a', { cpu: 1.5 }),
    {
      code: 'stg.notExpressible',
      message: '1.5 ms, the time of layer "a", is not a whole number of units of 1 ms',
      hint: 'choose a smaller unitMs',
    },
  ],
  [
    'stg',
    aNetwork().withLayer('a', { cpu: 1, gpu: 1 }),
    { message: expect.stringContaining('"cpu", "gpu"'), hint: 'choose executionTimeKey among "cpu", "gpu"' },
  ],
  ['stg', aNetwork().withLayer('a', {}), { message: expect.stringContaining('has no execution times') }],
  [
    'prism',
    aNetwork().withLayer('a', { npu: 1 }),
    { code: 'prism.notExpressible', message: expect.stringContaining('has no time for "cpu"') },
  ],
  [
    'prism',
    aNetwork().withLayer('a', { cpu: 1, npu: 1 }).withLayer('b', { cpu: 1, gpu: 1 }),
    { message: expect.stringContaining('layer "a" runs on some of npu, gpu only') },
  ],
])('what %s cannot say is refused with the layer', (format, network, error) => {
  expect(() => write({ kind: 'network', document: network.build() }, format)).toThrow(expect.objectContaining(error));
});

test('an option that does not exist is refused with the nearest', async () => {
  expect(await readBytes([stg], 'stg', { unit: 4 })).toMatchObject([
    { status: 'failed', error: { code: 'options.invalid', hint: 'did you mean "units"?' } },
  ]);
});

test('a format that is not known, or cannot be read, is refused before anything is read', async () => {
  await expect(readBytes([stg], 'sgt')).rejects.toMatchObject({ code: 'format.unknown', hint: 'did you mean "stg"?' });
  await expect(readBytes([stg], 'chrome-trace')).rejects.toMatchObject({ code: 'format.writeOnly' });
});

test('what is written is recognised', async () => {
  const network = aNetwork('net').withLayer('a', { cpu: 1, npu: 2 }).build();
  for (const format of ['json', 'csv', 'prism'])
    expect(
      (await readBytes(asBytes(write({ kind: 'network', document: network }, format)))).map(
        (outcome) => outcome.format,
      ),
    ).toEqual([format]);
});
