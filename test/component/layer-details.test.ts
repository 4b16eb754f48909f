/** The details of a layer: what its document states, what it leaves open, and times with where they come from. */
import { mount } from '@vue/test-utils';
import { expect, it } from 'vitest';
import LayerDetails from '#renderer/features/networks/LayerDetails.vue';
import { layerFacts, layerTimes, neighboursOf } from '#renderer/features/networks/layer-facts.ts';
import { readGraph } from '#renderer/features/networks/read-graph.ts';
import { formatBytes } from '#renderer/format.ts';
import type { TimeColumn } from '#renderer/features/networks/use-platform-times.ts';

const stem = {
  id: 'stem',
  op: 'Conv',
  executionTimeMs: { little: 4, dsp: 1.5 },
  timeSources: { little: 'measured' },
  outputShape: [16, 112, 112],
  kernelShape: [3, 3],
  outputBytes: 401_408,
  macs: 86_704_128,
  parameters: 448,
  dataType: 'float16',
};
const branch = { id: 'branch', op: 'Relu', executionTimeMs: {}, dependencies: ['stem'] };
const join = {
  id: 'join',
  op: 'Add',
  executionTimeMs: { little: 0.5 },
  dependencies: [{ layer: 'stem', bytes: 1000 }, 'branch'],
  priority: 2,
};
const content = {
  schemaVersion: 1,
  id: 'net',
  dataType: 'int8',
  timeSources: { little: 'assumed' },
  layers: [stem, branch, join],
};
const graph = readGraph(content);
const column = (key: string, ops: readonly string[]): TimeColumn => ({
  key,
  name: key,
  title: key.toUpperCase(),
  kind: 'cpu',
  cluster: 0,
  owner: { kind: 'own' },
  canRun: (op) => ops.includes(op),
});
const columns = [column('little', ['Conv', 'Relu', 'Add']), { ...column('dsp', ['Conv', 'Relu']), owner: undefined }];
const valueOf = (layer: Parameters<typeof layerFacts>[1], name: string) =>
  layerFacts(content, layer).find((fact) => fact.name === name);

it('has shapes, type and sizes as the document states them, and says what it does not state', () => {
  expect(valueOf(stem, 'Output shape')?.value).toBe('16 × 112 × 112');
  expect(valueOf(stem, 'Kernel')?.value).toBe('3 × 3');
  expect(valueOf(stem, 'Data type')).toEqual({ name: 'Data type', value: 'float16' });
  expect(valueOf(stem, 'MACs')?.value?.replaceAll(/\D/g, '')).toBe('86704128');
  expect(valueOf(join, 'Data type')).toMatchObject({ value: 'int8', note: 'as the network' });
  expect(valueOf(join, 'Priority')).toEqual({ name: 'Priority', value: '2' });
  expect(valueOf(branch, 'Priority')).toMatchObject({ value: '0', note: 'not stated' });
  for (const name of ['Output shape', 'Kernel', 'Output', 'MACs', 'Parameters'])
    expect(valueOf(branch, name)?.value).toBeUndefined();
});

it('shows what is wrong in a document as it is written', () => {
  expect(valueOf({ ...stem, outputShape: ['a', 2], macs: 'many' }, 'MACs')?.value).toBe('many');
  expect(layerTimes(content, { ...stem, executionTimeMs: { little: 'soon' } }, columns, undefined)[0]?.time).toBe(
    'soon',
  );
});

it('has what moves along each edge: its own bytes, else the output of the layer that is read', () => {
  const { reads, feeds } = neighboursOf(content, graph, 2);
  expect(reads).toEqual([
    { index: 0, id: 'stem', shape: '16 × 112 × 112', bytes: formatBytes(1000) },
    { index: 1, id: 'branch', shape: undefined, bytes: undefined },
  ]);
  expect(feeds).toEqual([]);
  expect(neighboursOf(content, graph, 0).feeds.map(({ id, bytes }) => [id, bytes])).toEqual([
    ['branch', formatBytes(401_408)],
    ['join', formatBytes(1000)],
  ]);
});

it('has each time with its source: of the layer, of the network, of a cost model, or none', () => {
  const of = (layer: Parameters<typeof layerTimes>[1], modelled = {}) =>
    layerTimes(content, layer, columns, modelled).map(({ time, source }) => [time, source]);
  expect(of(stem)).toEqual([
    ['4 ms', 'measured'],
    ['1.5 ms', 'given; where from is not stated. No processor of this platform has this time key'],
  ]);
  expect(of(join)).toEqual([
    ['0.5 ms', 'assumed'],
    [undefined, 'does not support Add'],
  ]);
  expect(of(branch, { little: 0.25 })).toEqual([
    ['≈ 0.25 ms', 'modelled by the platform’s cost model'],
    [undefined, 'no time: cannot run there'],
  ]);
});

it('leads to the layers around it, and closes', async () => {
  const details = mount(LayerDetails, {
    props: { content, graph, index: 2, columns, modelled: undefined, color: '#888', platformName: 'Board' },
    attachTo: document.body,
  });
  expect(details.get('h3').text()).toBe('join');
  expect(details.text()).toContain('nothing: an output of the network');
  await details.findAll('li button')[1]?.trigger('click');
  expect(details.emitted('select')).toEqual([[1]]);
  await details.trigger('keydown', { key: 'Escape' });
  expect(details.emitted('close')).toHaveLength(1);
  details.unmount();
});
