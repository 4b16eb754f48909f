/** Importing and exporting on the command line: real processes, real files. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { temporaryDirectory } from '#test/doubles/hosts.ts';
import { commandLineIn } from '#test/fixtures/command-line.ts';
import { aConvolutionalModel, aModelWithExternalData, aSwitchedModel } from '#test/fixtures/onnx-models.ts';

const directory = temporaryDirectory();
afterAll(() => directory.remove());

const tessera = commandLineIn(directory.path);

function file(name: string, content: string | Uint8Array): string {
  const path = join(directory.path, name);
  writeFileSync(path, content);
  return path;
}

const stg = '1\n0 0 0\n1 4 1 0\n2 0 1 1\n';

describe('import', () => {
  test('saves what it reads, so that it can be run', () => {
    const { status, stdout } = tessera('import', 'stg', file('graph.stg', stg), '--set', 'units=2');
    expect([status, stdout]).toEqual([
      0,
      'network graph (3 layers) from graph.stg: saved\nplatform stg-2-pooled from graph.stg: saved\nscenario graph-on-2-pooled from graph.stg: saved\n',
    ]);
    expect(tessera('run', 'graph-on-2-pooled', '--scheduler', 'heft', '--json').json()).toMatchObject({
      best: { metrics: { makespanMs: 4 } },
    });
  });

  test('of a model takes the sizes it leaves open, and tells in notes what was assumed and folded', () => {
    const path = file('conv.onnx', aConvolutionalModel({ batch: 'N' }));
    const { stdout, json } = tessera('import', 'onnx', path, '--dim', 'N=2', '--preview', '--json');
    expect(json()).toMatchObject({
      outcomes: [
        {
          status: 'read',
          format: 'onnx',
          saved: false,
          documents: [{ kind: 'network', id: 'conv', layers: 8 }],
          notes: [{ message: expect.stringContaining('folded away') }],
        },
      ],
    });
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(tessera('import', 'onnx', path, '--preview').stderr).toContain(
      'note: the model leaves the dimension "N" open: taken as 1',
    );
  });

  test("finds a model's other files beside it", () => {
    const { bytes, data } = aModelWithExternalData();
    file('weights.bin', data);
    tessera('import', 'onnx', file('external.onnx', bytes), '--out', 'external.json');
    expect(JSON.parse(readFileSync(join(directory.path, 'external.json'), 'utf8'))).toMatchObject({
      layers: [{ macs: 1024 }],
    });
  });

  test('of several files takes those that can be read, says of each what became of it, and ends with 2', () => {
    const { status, stdout, stderr } = tessera(
      'import',
      'auto',
      file('table.csv', 'id,op,time:cpu\na,Conv,1\n'),
      file('broken.json', '{'),
      file('second.stg', stg),
    );
    expect([
      status,
      stdout
        .split('\n')
        .sort()
        .filter((line) => line !== ''),
    ]).toEqual([
      2,
      ['network second (3 layers) from second.stg: saved', 'network table (1 layer) from table.csv: saved'],
    ]);
    expect(stderr).toContain(
      'broken.json:\nerror: broken.json, line 1, column 2: not JSON: expected a name in quotes or "}", but the file ends\nhint: check the quotes',
    );
    expect(stderr).toMatch(/^1 of 3: /m);
  });

  test.each([
    [['import', 'onxx', 'conv.onnx'], 'format.unknown', 'there is no format "onxx"'],
    [['import', 'auto'], 'cli.usage', 'no file is given'],
    [['import', 'onnx', 'conv.onnx', '--dim', 'N'], 'cli.usage', '--dim "N" is not a size'],
    [['import', 'onnx', 'conv.onnx', '--input', 'sr=fast'], 'cli.usage', '--input "sr=fast" is not a value'],
    [['import', 'onnx', 'conv.onnx', '--for', 'cm4'], 'document.unknown', 'cm4'],
    [['export', 'layer', 'cnn'], 'cli.usage', 'there is no kind of document "layer"'],
    [['export', 'network', 'cnn', '--format', 'cvs'], 'format.unknown', 'there is no format "cvs"'],
    [['runs', 'export', '99', '--format', 'run-json'], 'run.unknown', 'there is no run 99'],
  ] as const)('%j is bad input, and says why', (args, code, message) => {
    file('conv.onnx', aConvolutionalModel({ batch: 'N' }));
    const { status, json } = tessera(...args, '--json');
    expect([status, json()]).toEqual([
      2,
      {
        error: expect.objectContaining({
          code,
          message: expect.stringContaining(message),
          hint: expect.stringMatching(/./),
        }),
      },
    ]);
  });
});

describe('what became of files', () => {
  test.each([
    [['onnx', 'nowhere.onnx'], 'nowhere.onnx', 'input.unreadable', 'there is no such file'],
    [['onnx', 'graph.stg'], 'graph.stg', 'onnx.invalid', 'graph.stg: onnx: byte 0: this is text'],
    [['onnx', 'nothing.onnx'], 'nothing.onnx', 'onnx.invalid', 'nothing.onnx: the file is empty'],
    [['csv', 'nothing.csv', '--preview'], 'nothing.csv', 'csv.invalid', 'nothing.csv: the file is empty'],
    [['auto', 'notes.txt'], 'notes.txt', 'format.unrecognised', 'notes.txt is in no format'],
    [['stg', 'graph.stg', '--set', 'id=cnn'], 'graph.stg', 'document.readOnly', 'is a preset'],
  ] as const)('import %j --json says it in outcomes, of one file as of several', (args, name, code, message) => {
    for (const [each, content] of [
      ['nothing.onnx', ''],
      ['nothing.csv', ''],
      ['notes.txt', 'hello'],
      ['graph.stg', stg],
    ] as const)
      file(each, content);
    const failed = {
      status: 'failed',
      files: [name],
      error: expect.objectContaining({
        code,
        message: expect.stringContaining(message),
        hint: expect.stringMatching(/./),
      }),
    };
    const one = tessera('import', ...args, '--json');
    expect([one.status, one.json()]).toEqual([2, { outcomes: [expect.objectContaining(failed)] }]);
    const [format, ...rest] = args;
    const two = tessera('import', format, ...rest, file('more.bin', 'more'), '--json');
    expect(two.status).toBe(2);
    expect((two.json() as unknown as { outcomes: object[] }).outcomes).toEqual(
      expect.arrayContaining([
        expect.objectContaining(failed),
        expect.objectContaining({ status: 'failed', files: ['more.bin'] }),
      ]),
    );
  });

  test('one that cannot be opened does not keep the others out', () => {
    const { status, json } = tessera('import', 'auto', 'missing.json', file('third.stg', stg), '--json');
    expect([status, json()]).toMatchObject([
      2,
      {
        outcomes: [
          { status: 'read', files: ['third.stg'], saved: true },
          { status: 'failed', files: ['missing.json'] },
        ],
      },
    ]);
  });
});

test('a model that branches takes the values chosen for its inputs, and a platform folds what it cannot run apart', () => {
  file('switched.onnx', aSwitchedModel());
  expect(tessera('import', 'onnx', 'switched.onnx', '--preview')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('--input mode=3'),
  });
  expect(tessera('import', 'onnx', 'switched.onnx', '--input', 'mode=3', '--preview', '--json').json()).toMatchObject({
    outcomes: [{ status: 'read', documents: [{ layers: 2 }] }],
  });
  expect(
    tessera('import', 'onnx', 'switched.onnx', '--input', 'mode=3', '--for', 'hikey970', '--preview', '--json').json(),
  ).toMatchObject({ outcomes: [{ status: 'read', documents: [{ layers: 1 }] }] });
});

describe('export', () => {
  test('into folders that are made where they are missing', () => {
    expect(tessera('export', 'network', 'cnn', '--out', 'new/deep/').stdout).toBe(
      `${join('new', 'deep', 'cnn.json')}\n`,
    );
    expect(tessera('export', 'network', 'cnn', '--out', 'other/deep/net.json').stdout).toBe('other/deep/net.json\n');
    tessera('import', 'stg', file('folders.stg', stg), '--set', 'units=2', '--out', 'graphs');
    expect(readdirSync(join(directory.path, 'graphs')).sort()).toEqual([
      'folders-on-2-pooled.json',
      'folders.json',
      'stg-2-pooled.json',
    ]);
    expect(tessera('export', 'network', 'cnn', '--out', 'other/deep/net.json/x/')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('cannot make the folder'),
    });
  });

  test('writes a document that imports as the same', () => {
    const { stdout } = tessera('export', 'network', 'cnn', '--out', 'exported.json');
    expect(stdout).toBe('exported.json\n');
    expect(tessera('import', 'exported.json', '--json').json()).toMatchObject({
      outcomes: [{ saved: true, documents: [{ id: 'cnn' }] }],
    }); // exactly the preset: nothing to save
  });

  test('writes several files into a folder only', () => {
    expect(tessera('export', 'network', 'xception-prism', '--format', 'prism', '--out', 'one.csv')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('2 files cannot be written to "one.csv"'),
    });
    expect(existsSync(join(directory.path, 'one.csv'))).toBe(false);
    tessera('export', 'network', 'xception-prism', '--format', 'prism');
    expect(readdirSync(directory.path)).toEqual(
      expect.arrayContaining(['xception-prism_ops.csv', 'xception-prism_edges.csv']),
    );
  });

  test('writes the schedule of a run', () => {
    const { runId } = tessera('run', 'simple', '--scheduler', 'npu_first', '--json').json() as unknown as {
      runId: number;
    };
    expect(
      tessera('runs', 'export', String(runId), '--format', 'chrome-trace', '--out', 'trace.json', '--json').json(),
    ).toEqual({ files: ['trace.json'], notes: [] });
    expect(JSON.parse(readFileSync(join(directory.path, 'trace.json'), 'utf8'))).toMatchObject({
      displayTimeUnit: 'ms',
    });
  });
});

test('formats tells what is read and written, with the options', () => {
  const { formats } = tessera('formats', '--json').json() as unknown as {
    formats: { id: string; imports: string[]; exports: string[]; importOptions: { properties: object } }[];
  };
  expect(formats.find(({ id }) => id === 'onnx')).toMatchObject({
    imports: ['network'],
    importOptions: { properties: { dims: expect.any(Object) } },
  });
  expect(formats.filter(({ exports }) => exports.includes('run')).map(({ id }) => id)).toEqual([
    'html',
    'report',
    'run-json',
    'run-scenario',
    'schedule-csv',
    'generations-csv',
    'chrome-trace',
    'prism-schedule',
    'assignment-csv',
    'nest-plan',
    'nest-profile',
    'svg',
    'png',
    'gif',
  ]);
});

describe('export problem', () => {
  test('writes the problem of a preset to standard output, and that of a file to a file', () => {
    const printed = tessera('export', 'problem', 'simple').json();
    expect(printed).toMatchObject({ format: 'tessera-problem', version: 1, scenario: 'simple' });
    expect(tessera('export', 'scenario', 'simple', '--set', 'inline=true', '--out', 'mine.json').status).toBe(0);
    expect(tessera('export', 'problem', 'mine.json', '--out', 'mine.problem.json', '--json').json()).toEqual({
      files: ['mine.problem.json'],
      notes: [],
    });
    expect(JSON.parse(readFileSync(join(directory.path, 'mine.problem.json'), 'utf8'))).toEqual(printed);
  });

  test('a scenario that is not there is bad input', () => {
    expect(tessera('export', 'problem', 'simpel').status).toBe(2);
  });
});
