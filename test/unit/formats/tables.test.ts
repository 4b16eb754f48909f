/** Layer tables and PRISM's as spreadsheets and offices write them: which numbers are taken, which are asked about, and what is read past. */
import { expect, test } from 'vitest';
import type { WorkbenchError } from '#shared/domain/errors.ts';
import { parseNetwork, type Network } from '#shared/domain/network.ts';
import { isFormula, writeCsv } from '#shared/formats/csv-writer.ts';
import { findFormat } from '#main/formats/index.ts';
import { asBytes, asFile, documentsOf, readBytes, write, type NamedBytes } from '#test/fixtures/formats.ts';
import { aNetwork } from '#test/fixtures/builders.ts';

type Options = Readonly<Record<string, unknown>>;

async function layersOf(text: string | NamedBytes, options: Options = {}, format = 'csv'): Promise<Network['layers']> {
  const [read] = await documentsOf([typeof text === 'string' ? asFile('t.csv', text) : text], format, options);
  if (read?.kind !== 'network') throw new Error('no network');
  return read.document.layers;
}

async function errorOf(text: string | NamedBytes, options: Options = {}, format = 'csv'): Promise<WorkbenchError> {
  const [outcome] = await readBytes([typeof text === 'string' ? asFile('t.csv', text) : text], format, options);
  if (outcome?.status !== 'failed') throw new Error('it was read');
  return outcome.error;
}

const german = 'id;op;outputBytes;time:npu\na;Conv;12.544;2,5\nb;Gemm;1000;1.250\n';

test('a point in a table of decimal commas is asked about at its line and column, and the option answers', async () => {
  const error = await errorOf(german);
  expect(error.details.map(({ path }) => path)).toEqual(
    [
      ['t.csv', 3, 'time:npu'],
      ['t.csv', 2, 'outputBytes'],
    ].toSorted((a, b) => Number(a[1]) - Number(b[1])),
  );
  expect(error.message).toContain(
    'line 2, column "outputBytes": "12.544" is not a number of 0 or more: it can only be 12544, with a point between thousands (decimals have a comma in this table ("2,5" in line 2))',
  );
  expect(error.hint).toContain('--set thousands=point');
  for (const options of [{ thousands: 'point' }, { decimal: 'comma' }])
    expect(await layersOf(german, options)).toMatchObject([
      { outputBytes: 12544, executionTimeMs: { npu: 2.5 } },
      { executionTimeMs: { npu: 1250 } },
    ]);
  expect((await errorOf(german, { decimal: 'point' })).message).toContain(
    '"2,5" is not a number of 0 or more: decimals have a point as the options say',
  );
});

test.each([
  ['"3,456"', { thousands: 'comma' }, 3456],
  ['3 456', { thousands: 'space' }, 3456],
  ["3'456", { thousands: 'apostrophe' }, 3456],
  ['3’456', { thousands: 'apostrophe' }, 3456],
  ['3\u00A0456', { thousands: 'space' }, 3456],
  ['3\u2009456', { thousands: 'space' }, 3456],
  ['3\u202F456\u202F000', { thousands: 'space' }, 3456000],
])('%s is thousands only where an option says so', async (text, options, value) => {
  const table = `id,op,time:cpu\na,Conv,0.25\nb,Conv,${text}\n`;
  const error = await errorOf(table);
  expect(error).toMatchObject({ code: 'csv.invalid', details: [{ path: ['t.csv', 3, 'time:cpu'] }] });
  expect(error.hint).toContain(`--set thousands=${options.thousands}`);
  expect((await layersOf(table, options))[1].executionTimeMs).toEqual({ cpu: value });
});

test.each([
  [',', '"3,456.5"', 3456.5],
  [';', '10.478,6', 10478.6],
  [';', "10'478.6", 10478.6],
])('fields separated by "%s": %s is one number and no other, so nothing is asked', async (separator, text, value) => {
  const table = ['id,op,time:cpu', 'a,Conv,7', `b,Conv,TEXT`]
    .join('\n')
    .replaceAll(',', separator)
    .replace('TEXT', text);
  expect((await layersOf(`${table}\n`))[1].executionTimeMs).toEqual({ cpu: value });
});

test.each(['12 34', '1,23,456', '1.2.3', '1 234.567,8', "1'23", '0x10', 'Infinity', '12:30', '5 %'])(
  '"%s" is no number, whatever the options say',
  async (text) => {
    for (const thousands of ['space', 'comma', 'apostrophe'])
      expect((await errorOf(`id\top\ttime:cpu\na\tConv\t${text}\n`, { thousands })).message).toContain(
        'is not a number',
      );
  },
);

test('where nothing shows what decimals have, both meanings are named', async () => {
  for (const table of ['id;op;time:cpu\na;Conv;1.250\n', 'id\top\ttime:cpu\na\tConv\t1.250\n']) {
    expect(await errorOf(table)).toMatchObject({
      message: expect.stringContaining('it can be 1.25 or 1250'),
      hint: expect.stringMatching(/--set decimal=point\) for 1\.25.*--set decimal=comma\) for 1250/),
    });
    expect((await layersOf(table, { decimal: 'comma' }))[0].executionTimeMs['cpu']).toBe(1250);
    expect((await layersOf(table, { decimal: 'point' }))[0].executionTimeMs['cpu']).toBe(1.25);
  }
  // Another number of the table shows it.
  expect((await layersOf('id;op;time:cpu\na;Conv;1.250\nb;Conv;0.5\n'))[0].executionTimeMs['cpu']).toBe(1.25);
  expect((await errorOf('id\top\ttime:cpu\na\tConv\t1,250\nb\tConv\t0.5\n')).message).toContain('it can only be 1250');
});

test.each(['outputBytes', 'macs', 'parameters'])(
  'a fraction in %s is asked about, because it counts something',
  async (column) => {
    for (const text of ['150.528', '12.5']) {
      const table = `id,op,${column}\na,Conv,${text}\n`;
      expect(await errorOf(table)).toMatchObject({
        message: expect.stringContaining(
          `column "${column}": "${text}" is not a number of 0 or more: a count has no fraction`,
        ),
        hint: expect.stringContaining('--set decimal=point'),
      });
      expect(await layersOf(table, { decimal: 'point' })).toMatchObject([{ [column]: Number(text) }]);
    }
    expect(await layersOf(`id,op,${column}\na,Conv,150528.0\nb,Conv,1.5e3\n`)).toMatchObject([
      { [column]: 150528 },
      { [column]: 1500 },
    ]);
  },
);

test('the numbers of PRISM tables follow the same rules', async () => {
  const operations = asFile('n_ops.csv', 'op_id;layer_name;op_type;cpu_us\n0;a;Conv;12,5\n1;b;Conv;1.250\n');
  const edges = asFile('n_edges.csv', 'src;dst;tokens\n0;1;1.000\n');
  const [outcome] = await readBytes([operations, edges], 'prism');
  expect(outcome).toMatchObject({
    status: 'failed',
    error: { details: [{ path: ['operations table', 3, 'cpu_us'] }, { path: ['edges table', 2, 'tokens'] }] },
  });
  expect(await documentsOf([operations, edges], 'prism', { decimal: 'comma' })).toMatchObject([
    {
      document: {
        layers: [
          { executionTimeMs: { cpu: 0.0125 } },
          { executionTimeMs: { cpu: 1.25 }, dependencies: [{ bytes: 2000 }] },
        ],
      },
    },
  ]);
});

test('lists of dependencies have decimals with a point in any table, and thousands in them are asked about', async () => {
  const table = (list: string): string => `id;op;dependencies;time:cpu\na;Conv;;0,5\nb;Conv;"${list}";1\n`;
  expect((await layersOf(table('a@400[cpu>gpu=1.4, gpu>cpu=1.250]')))[1].dependencies).toEqual([
    { layer: 'a', bytes: 400, transferMs: { 'cpu>gpu': 1.4, 'gpu>cpu': 1.25 } },
  ]);
  expect((await layersOf(table('a@400[cpu>gpu=1,4, gpu>cpu=2]')))[1].dependencies).toEqual([
    { layer: 'a', bytes: 400, transferMs: { 'cpu>gpu': 1.4, 'gpu>cpu': 2 } },
  ]);
  for (const list of ['a@802.816', 'a@802,816', 'a@1 000', 'a[cpu>gpu=1.250]'])
    expect(await errorOf(table(list))).toMatchObject({
      details: [{ path: ['t.csv', 3, 'dependencies'] }],
      hint: expect.stringContaining('--set'),
    });
  expect((await layersOf(table('a@802.816'), { decimal: 'comma' }))[1].dependencies).toEqual([
    { layer: 'a', bytes: 802816 },
  ]);
});

test('decimals and thousands cannot have the same mark', async () => {
  expect(await errorOf(german, { decimal: 'comma', thousands: 'comma' })).toMatchObject({ code: 'options.invalid' });
});

test('rows and columns that are empty in the spreadsheet are read past', async () => {
  const layers = await layersOf(',,,,\nid,op,,time:cpu,\n,,,,\na,Conv,,1,\n , ,,,\n"",,,,\nb,Conv,,2,,,\n,,,,\n');
  expect(layers.map(({ id, executionTimeMs }) => [id, executionTimeMs['cpu']])).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
  expect((await errorOf('id,op,\na,Conv,\nb,Conv,x\n')).message).toContain(
    'line 3: there is "x" in column 3, which has no heading',
  );
  expect((await errorOf('id,op\na,Conv\nb,Conv,,x\n')).message).toContain(
    'line 3: the row has 4 fields, the header has 2',
  );
});

test.each([
  ['sep=;\n', ';'],
  ['sep=,\r\n', ','],
  ['\uFEFFsep=;\r\n', ';'],
  ['"sep=|"\n', '|'],
  ['SEP=\t\n', '\t'],
  ['sep=^\n', '^'],
])('a first line %j says what separates the fields', async (first, separator) => {
  const text = `${first}${['id', 'op', 'time:cpu'].join(separator)}\n${['a', 'Conv', '3'].join(separator)}\n`;
  expect(await layersOf(text, {}, 'auto')).toMatchObject([{ id: 'a', executionTimeMs: { cpu: 3 } }]);
  expect((await errorOf(text.replace('3', 'x'))).message).toContain('line 3');
});

test('headings are understood in other capitals and with spaces', async () => {
  const [layer] = await layersOf(
    'ID,OP,Output bytes,MACs,Output_Shape,Time:npu,SOURCE:npu\na,Conv,8,9,2x3,4,measured\n',
    {},
    'auto',
  );
  expect(layer).toMatchObject({
    id: 'a',
    op: 'Conv',
    outputBytes: 8,
    macs: 9,
    outputShape: [2, 3],
    executionTimeMs: { npu: 4 },
    timeSources: { npu: 'measured' },
  });
  expect((await errorOf('Id,op,id\na,Conv,b\n')).message).toContain('column "id" appears twice: "Id" is the same');
  expect((await errorOf('ids,op\na,Conv\n')).hint).toContain('"ids"');
  const [outcome] = await readBytes([asFile('t.csv', 'id,op,TIME:NPU\na,Conv,4\n')]);
  expect(outcome).toMatchObject({
    documents: [{ document: { layers: [{ executionTimeMs: { NPU: 4 } }] } }],
    notes: [
      { message: expect.stringContaining('"NPU", with these capitals'), hint: expect.stringContaining('time:npu') },
    ],
  });
});

test.each([
  ['time_us:cpu', 'cpu', 1.5],
  ['time_µs:cpu', 'cpu', 1.5],
  ['time_μs:cpu', 'cpu', 1.5],
  ['Time (us): cpu', 'cpu', 1.5],
  ['time:cpu (µs)', 'cpu', 1.5],
  ['time:cpu [us]', 'cpu', 1.5],
  ['timeUs:cpu', 'cpu', 1.5],
  ['time_ns:cpu', 'cpu', 0.0015],
  ['time_s:cpu', 'cpu', 1_500_000],
  ['time_ms:cpu', 'cpu', 1500],
  ['time:my cpu', 'my cpu', 1500],
  ['time:cpu_us', 'cpu_us', 1500],
  ['time:use', 'use', 1500],
])('the heading "%s" has times of "%s"', async (heading, key, ms) => {
  expect((await layersOf(`id,op,${heading}\na,Conv,1500\n`))[0].executionTimeMs).toEqual({ [key]: ms });
});

test('a time key that ends like a unit is said so, and kept', async () => {
  const [outcome] = await readBytes([asFile('t.csv', 'id,op,time:cpu_us\na,Conv,1500\n')]);
  expect(outcome).toMatchObject({
    notes: [
      {
        message: expect.stringContaining('times in ms of processors with the execution time key "cpu_us"'),
        hint: expect.stringContaining('"time_us:cpu"'),
      },
    ],
  });
  const network = aNetwork('n').withLayer('a', { 'cpu (us)': 7 }).build();
  expect(await documentsOf(asBytes(write({ kind: 'network', document: network }, 'csv')))).toMatchObject([
    { document: { layers: [{ executionTimeMs: { 'cpu (us)': 7 } }] } },
  ]);
});

test.each([
  ['comment', 'fast', 'remove it: a layer table has no place for it'],
  ['comment', '', 'remove it'],
  ['npu', '3', 'call it "time:npu" if it has execution times in ms'],
  ['npu_us', '3', 'call it "time_us:npu" if it has execution times in µs'],
  ['npu [ns]', '3', '"time_ns:npu"'],
  ['latency_us', '3', 'columns called "time_us:KEY"'],
  ['dependancies', '', 'did you mean "dependencies"?'],
])('a column "%s" with "%s" in it gets a hint that is right', async (heading, text, hint) => {
  expect((await errorOf(`id,op,${heading}\na,Conv,${text}\n`)).hint).toContain(hint);
});

test('texts of spreadsheets are read in the encodings that they have, or the encoding is named', async () => {
  const text = 'id\top\tname\na\tConv\tEntrée\n';
  for (const mark of [[0xff, 0xfe], []])
    expect(
      await layersOf(
        { name: 't.txt', bytes: new Uint8Array(Buffer.concat([Buffer.from(mark), Buffer.from(text, 'utf16le')])) },
        {},
        'auto',
      ),
    ).toMatchObject([{ name: 'Entrée' }]);
  const western = { name: 't.csv', bytes: new Uint8Array(Buffer.from(text, 'latin1')) };
  expect(await errorOf(western, {}, 'auto')).toMatchObject({
    code: 'file.notText',
    hint: expect.stringMatching(/Windows-1252.*"é".*--set encoding=windows-1252/),
  });
  expect(await layersOf(western, { encoding: 'windows-1252' })).toMatchObject([{ name: 'Entrée' }]);
});

test.each([
  ['plan.xlsx', [0x50, 0x4b, 3, 4], 'an Excel workbook'],
  ['plan.xls', [0xd0, 0xcf, 0x11, 0xe0], 'an Excel workbook'],
  ['plan.ods', [0x50, 0x4b, 3, 4], 'an OpenDocument workbook'],
])('%s is named for what it is', async (name, bytes, what) => {
  for (const format of ['auto', 'csv', 'json'])
    expect(await errorOf({ name, bytes: Uint8Array.from(bytes) }, {}, format)).toMatchObject({
      code: 'file.spreadsheet',
      message: expect.stringContaining(what),
      hint: expect.stringContaining('CSV'),
    });
});

test('no table is too large to be refused in words, and none takes the others along', async () => {
  const good = asFile('good.csv', 'id,op\na,Conv\n');
  const quotes = asFile('quotes.csv', `id,op\n${'"'.repeat(8_000_001)}`);
  const columns = asFile('columns.csv', `id,op,${'x,'.repeat(100_000)}x\na,Conv\n`);
  const faults = asFile('faults.csv', `id,op,macs\n${'a,Conv,x\n'.repeat(100_000)}`);
  const outcomes = await readBytes([quotes, good, columns, faults], 'csv');
  expect(
    outcomes.map((outcome) => [outcome.files[0], outcome.status === 'failed' ? outcome.error.code : 'read']),
  ).toEqual([
    ['quotes.csv', 'csv.invalid'],
    ['good.csv', 'read'],
    ['columns.csv', 'csv.invalid'],
    ['faults.csv', 'csv.invalid'],
  ]);
  expect(outcomes[2]).toMatchObject({
    error: { message: expect.stringContaining('the row has 100003 fields'), hint: expect.stringContaining('4096') },
  });
});

test('a table is written for spreadsheets where that is asked for, and otherwise as it is', () => {
  const columns = ['id', 'ms'];
  const rows = [
    ['=1+1', -2],
    ['+x', 1],
    ['-x', 1],
    ['@SUM(1)', 1],
    ['\tx', 1],
    ['＝x', 1],
    ['a=b', 1],
  ] as const;
  expect(rows.map(([id]) => isFormula(id))).toEqual([true, true, true, true, true, true, false]);
  expect(['-5', '-1.5e3', '-1+cmd', '- 5'].map(isFormula)).toEqual([false, false, true, true]);
  expect(writeCsv(columns, rows.slice(0, 2))).toBe('id,ms\n=1+1,-2\n+x,1\n');
  expect(writeCsv(columns, rows.slice(0, 5), { bom: true, disarm: true })).toBe(
    "\uFEFFid,ms\n'=1+1,-2\n'+x,1\n'-x,1\n'@SUM(1),1\n\"'\tx\",1\n",
  );
});

test.each(['csv', 'prism'])('%s says which texts a spreadsheet would compute', (format) => {
  const document = aNetwork('n').withLayer('=cmd|x', { cpu: 1 }).withLayer('b', { cpu: 1 }).build();
  const writer = findFormat(format).writer;
  const notesOf = (options: Options): unknown =>
    writer?.write({ kind: 'network', document }, options, () => {
      throw new Error('no scenario');
    }).notes;
  expect(notesOf({})).toContainEqual({
    message: expect.stringContaining('one cell begins like a formula, such as "=cmd|x" in column'),
    hint: expect.stringContaining('--set disarm=true'),
  });
  expect(notesOf({ disarm: true })).toContainEqual({
    message: expect.stringContaining('written with an apostrophe'),
    hint: expect.any(String),
  });
});

test('a fraction of a byte comes back as it was', async () => {
  const document = parseNetwork({
    schemaVersion: 1,
    id: 'n',
    layers: [
      { id: 'a', op: 'Conv', executionTimeMs: { cpu: 1 }, outputBytes: 802.816 },
      {
        id: 'b',
        op: 'Conv',
        executionTimeMs: { cpu: 1.234 },
        dependencies: [{ layer: 'a', bytes: 1.125, transferMs: { 'cpu>gpu': 1.375 } }],
      },
    ],
  });
  for (const format of ['csv', 'prism']) {
    const [read] = await documentsOf(
      asBytes(write({ kind: 'network', document }, format)),
      'auto',
      format === 'prism' ? { id: 'n' } : {},
    );
    expect(read).toMatchObject({ document: { layers: [{ id: 'a' }, { dependencies: [{ bytes: 1.125 }] }] } });
  }
});
