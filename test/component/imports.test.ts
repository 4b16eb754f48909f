/** Files given to the workbench together: each is told what became of it, whatever stands beside it. */
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, expect, it } from 'vitest';
import { useImportsStore } from '#renderer/features/library/imports.ts';
import { aModelWithExternalData } from '#test/fixtures/onnx-models.ts';
import { HostDouble } from './support/host-double.ts';

const file = (name: string, bytes: Uint8Array): File => new File([new Uint8Array(bytes)], name);
let host: HostDouble;

beforeEach(() => {
  setActivePinia(createPinia());
  host = new HostDouble({
    'documents.overview': () => ({ entries: [] }),
    'documents.saveTogether': ({ documents }) => ({ summaries: documents.map(({ kind }) => ({ kind, id: 'model', name: 'Model', description: '', origin: 'user', revision: 1, updatedAt: 0 })) }),
    'documents.import': ({ files }) => ({ outcomes: files.map(({ name }) => ({ status: 'failed', files: [name], error: { code: 'format.unknown', message: `${name} is in no format that is known here`, hint: 'see the list of formats', details: [] } })) }),
  }).install();
});

it('the weights a model asks for are part of it, what nobody asked for is refused by name', async () => {
  const { bytes, data } = aModelWithExternalData();
  const imports = useImportsStore();
  await imports.take([file('rubbish.db', Uint8Array.of(1, 2, 3)), file('weights.bin', data), file('model.onnx', bytes)]);
  const became = imports.items.map((item) => [item.names.join(), item.status]);
  expect(became).toEqual([['model.onnx', 'done'], ['rubbish.db', 'failed']]);
  expect(host.asked('documents.import')).toHaveLength(1);
});
