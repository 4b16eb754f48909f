/** Files given to the workbench together: each is told what became of it, whatever stands beside it. */
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, expect, it } from 'vitest';
import { useImportsStore } from '#renderer/importing/imports.ts';
import { hintInWindow } from '#renderer/importing/table-choices.ts';
import { aConvolutionalModel, aModelWithExternalData, aSwitchedModel } from '#test/fixtures/onnx-models.ts';
import { HostDouble } from './support/host-double.ts';

const file = (name: string, bytes: Uint8Array): File => new File([new Uint8Array(bytes)], name);
let host: HostDouble;
/** Ids of the layers of each network that was saved. */
let saved: string[][];
const board = {
  schemaVersion: 1,
  id: 'board',
  processors: [
    { id: 'cpu', kind: 'cpu' },
    { id: 'npu', kind: 'npu', supportedOps: ['Conv'] },
  ],
};
const boardEntry = {
  summary: {
    kind: 'platform' as const,
    id: 'board',
    name: 'Board',
    description: '',
    origin: 'user' as const,
    revision: 1,
    updatedAt: 1,
  },
  tags: [],
  scenarios: [],
  runs: 0,
};

beforeEach(() => {
  setActivePinia(createPinia());
  localStorage.clear();
  saved = [];
  host = new HostDouble({
    'documents.overview': () => ({ entries: [] }),
    'documents.saveTogether': ({ documents }) => (
      saved.push(...documents.map(({ document }) => layerIds(document))),
      {
        summaries: documents.map(({ kind }) => ({
          kind,
          id: 'model',
          name: 'Model',
          description: '',
          origin: 'user',
          revision: 1,
          updatedAt: 0,
        })),
      }
    ),
    'documents.get': () => ({ summary: boardEntry.summary, document: board }),
    'documents.import': ({ files }) => ({
      outcomes: files.map(({ name }) => ({
        status: 'failed',
        files: [name],
        error: {
          code: 'format.unknown',
          message: `${name} is in no format that is known here`,
          hint: 'see the list of formats',
          details: [],
        },
      })),
    }),
  }).install();
});

it('a profile asks whose its times are, then in which unit, and is read with what was said', async () => {
  const given: { format: string; options: Record<string, unknown> }[] = [];
  host.handlers['documents.overview'] = ({ kind }) => ({
    entries:
      kind === 'platform'
        ? [
            {
              ...boardEntry,
              facts: {
                kind: 'platform',
                processors: [
                  { id: 'cpu', name: 'CPU', kind: 'cpu', coreCount: 1, timeKey: 'board-cpu', sharesTimesWith: [] },
                ],
              },
            },
          ]
        : [],
  });
  host.handlers['documents.get'] = () => ({
    summary: { ...boardEntry.summary, kind: 'network', id: 'tiny', name: 'Tiny', origin: 'preset' },
    document: { schemaVersion: 1, id: 'tiny', name: 'Tiny', layers: [] },
  });
  host.handlers['documents.import'] = ({ format, options }) => {
    given.push({ format, options });
    return {
      outcomes: [
        given.length < 3
          ? {
              status: 'failed',
              files: ['p.json'],
              format: 'profile',
              error: {
                code: given.length === 1 ? 'profile.targetNeeded' : 'profile.unitNeeded',
                message: 'p.json has times',
                hint: '',
                details: [],
              },
            }
          : { status: 'read', files: ['p.json'], format: 'profile', documents: [], notes: [], saved: [] },
      ],
    };
  };
  const imports = useImportsStore();
  await imports.take([file('p.json', new TextEncoder().encode('[]'))]);
  expect(imports.items[0]).toMatchObject({ status: 'failed', profile: { processors: [], choices: {} } });
  await imports.readProfileAgain(0, { network: 'tiny', key: 'board-cpu' });
  expect(imports.items[0]).toMatchObject({ status: 'failed', profile: { asks: { unit: true, clock: false } } });
  await imports.readProfileAgain(0, { network: 'tiny', key: 'board-cpu', unit: 'us' });
  expect(given[2]).toEqual({
    format: 'profile',
    options: {
      key: 'board-cpu',
      unit: 'us',
      network: { schemaVersion: 1, id: 'tiny', name: 'Tiny', layers: [] },
    },
  });
  expect(imports.items[0]?.status).toBe('done');
});

function layerIds(document: object): string[] {
  const { layers } = document as { readonly layers: readonly { readonly id: string }[] };
  return layers.map(({ id }) => id);
}

it('the weights a model asks for are part of it, what nobody asked for is refused by name', async () => {
  const { bytes, data } = aModelWithExternalData();
  const imports = useImportsStore();
  await imports.take([
    file('rubbish.db', Uint8Array.of(1, 2, 3)),
    file('weights.bin', data),
    file('model.onnx', bytes),
  ]);
  const became = imports.items.map((item) => [item.names.join(), item.status]);
  expect(became).toEqual([
    ['model.onnx', 'done'],
    ['rubbish.db', 'failed'],
  ]);
  expect(host.asked('documents.import')).toHaveLength(1);
});

it('a model that branches asks for the input that decides, and is imported with what is chosen', async () => {
  const imports = useImportsStore();
  await imports.take([file('switched.onnx', aSwitchedModel())]);
  expect(imports.items).toMatchObject([
    {
      status: 'failed',
      error: { code: 'onnx.inputNeeded' },
      model: { inputs: [{ name: 'mode', value: 3, isNeeded: true }] },
    },
  ]);
  await imports.readAgain(0, { activations: 'apart', dims: {}, inputs: { mode: 3 } });
  expect(imports.items).toMatchObject([
    { status: 'done', model: { id: 'model', inputs: [{ name: 'mode', value: 3 }] } },
  ]);
  expect(saved).toEqual([['wideConv', 'relu']]);
});

it('sizes that a model leaves open can be chosen afterwards, for the same network', async () => {
  const imports = useImportsStore();
  await imports.take([file('batched.onnx', aConvolutionalModel({ batch: 'N' }))]);
  expect(imports.items).toMatchObject([
    { status: 'done', model: { dims: [{ name: 'N', value: 1, isNeeded: false }] } },
  ]);
  await imports.readAgain(0, { activations: 'apart', dims: { N: 4 }, inputs: {} });
  expect(imports.items).toMatchObject([{ status: 'done', model: { dims: [{ name: 'N', value: 4 }] } }]);
  const network = (id: string, outputBytes: number): object => ({
    documents: [
      { document: { id, layers: expect.arrayContaining([expect.objectContaining({ id: 'stem', outputBytes })]) } },
    ],
  });
  expect(host.asked('documents.saveTogether')).toMatchObject([network('batched', 8192), network('model', 4 * 8192)]);
});

it('activations are folded where the own platform cannot run them apart, until something else is chosen, which is remembered', async () => {
  host = new HostDouble({
    'documents.overview': ({ kind }) => ({ entries: kind === 'platform' ? [boardEntry] : [] }),
    'documents.get': () => ({ summary: boardEntry.summary, document: board }),
    'documents.saveTogether': ({ documents }) => (
      saved.push(...documents.map(({ document }) => layerIds(document))),
      {
        summaries: documents.map(({ kind }) => ({
          kind,
          id: 'model',
          name: 'Model',
          description: '',
          origin: 'user',
          revision: 1,
          updatedAt: 0,
        })),
      }
    ),
  }).install();
  const imports = useImportsStore();
  await imports.take([file('conv.onnx', aConvolutionalModel())]);
  expect(imports.items).toMatchObject([{ model: { choices: { activations: 'for:board' } } }]);
  await imports.readAgain(0, { activations: 'apart', dims: {}, inputs: {} });
  await imports.take([file('conv.onnx', aConvolutionalModel())]);
  expect(saved.map((ids) => ids.includes('relu'))).toEqual([false, true, true]);
});

it('a table whose numbers are asked about is read again as a person says, those beside it are not', async () => {
  const asked = {
    code: 'csv.invalid',
    message: 'csv: t.csv, line 2, column "outputBytes": "1.234" is not a number',
    hint: 'write 1234, or set the option thousands to point (--set thousands=point)',
    details: [],
  };
  host = new HostDouble({
    'documents.overview': () => ({ entries: [] }),
    'documents.import': ({ files, options }) => ({
      outcomes: files.map(({ name }) =>
        options?.['thousands'] === 'point' || name !== 't.csv'
          ? { status: 'read', files: [name], format: 'csv', documents: [], notes: [], saved: [] }
          : { status: 'failed', files: [name], format: 'csv', error: asked },
      ),
    }),
  }).install();
  const imports = useImportsStore();
  await imports.take([file('t.csv', Uint8Array.of(1)), file('other.csv', Uint8Array.of(2))]);
  expect(imports.items).toMatchObject([
    { names: ['t.csv'], status: 'failed', table: { format: 'csv', choices: {} } },
    { names: ['other.csv'], status: 'done' },
  ]);
  await imports.readTableAgain(0, { thousands: 'point' });
  expect(imports.items).toMatchObject([
    { names: ['t.csv'], status: 'done' },
    { names: ['other.csv'], status: 'done' },
  ]);
  expect(host.asked('documents.import')).toMatchObject([
    { format: 'auto' },
    { format: 'csv', options: { thousands: 'point' }, files: [{ name: 't.csv' }] },
  ]);
});

it('hints in the window do not speak of the command line', () => {
  expect(
    hintInWindow(
      'say which it is: option decimal to point (--set decimal=point) for 1.25, to comma (--set decimal=comma) for 1250',
    ),
  ).toBe('say which it is: option decimal to point for 1.25, to comma for 1250');
});
