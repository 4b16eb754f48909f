/** Editing the cost model of a processor: it comes and goes with what is said of its numbers, and a changed number says so. */
import { describe, expect, it } from 'vitest';
import { operationClasses, rooflineSchema } from '#shared/domain/cost-model.ts';
import { publishedMidap } from '#shared/domain/midap/published.ts';
import { parsePlatform } from '#shared/domain/platform.ts';
import { listAt, withChanges, type Content } from '#renderer/editing/json-path.ts';
import { sourceAt, withTrueSources } from '#renderer/editing/sources.ts';
import {
  freeDataTypes,
  rateRowPath,
  rateRows,
  widerTypeWith,
  withDataType,
  withMidapModel,
  withNewCostModel,
  withoutCostModel,
  withoutDataType,
} from '#renderer/features/platforms/cost-model-edits.ts';

const path = ['processors', 0, 'costModel'];
const board: Content = {
  schemaVersion: 1,
  id: 'board',
  processors: [{ id: 'cpu', kind: 'cpu', operatingPoints: [{ frequencyMHz: 2000 }] }],
};
const modelled = withChanges(board, withNewCostModel(board, 0));
const ratesOf = (content: Content): readonly Content[] => listAt(content, [...path, 'rates']);

describe('a new cost model', () => {
  it('makes a valid platform that models every class, by the clock of the processor', () => {
    const model = rooflineSchema.parse(parsePlatform(modelled).processors[0]!.costModel);
    expect([model.rates[0]!.peakGMACPerS, Object.keys(model.rates[0]!.efficiency)]).toEqual([8, [...operationClasses]]);
  });

  it('says that its numbers are assumed, and goes with what was said', () => {
    expect(sourceAt(modelled, [...path, 'bandwidthMBps'])?.kind).toBe('assumed');
    expect(withChanges(modelled, withoutCostModel(modelled, 0))).toEqual({ ...board, sources: [] });
  });

  it('leaves no word of where its numbers came from when it goes, whatever stated that', () => {
    const modelled = withChanges(board, withNewCostModel(board, 0));
    const changes = withoutCostModel(modelled, 0);
    const left = withTrueSources(modelled, withChanges(modelled, changes), changes);
    expect(sourceAt(left, ['processors', 0, 'costModel'])).toBeUndefined();
  });

  it('takes each data type once', () => {
    const both = withChanges(modelled, withDataType(modelled, 0, 'int8'));
    expect(ratesOf(both).map((rate) => rate['dataType'])).toEqual(['fp32', 'int8']);
    expect(freeDataTypes(ratesOf(both))).toEqual(['fp16']);
  });
});

describe('the rate of a data type', () => {
  const measured: Content = {
    ...modelled,
    sources: [{ path: 'processors/cpu/costModel/rates/0', kind: 'published', source: 'a data sheet' }],
  };
  const both = withChanges(measured, withDataType(measured, 0, 'int8'));

  it('that is new says that its numbers are those of another type, and a changed one changes what is said of no other', () => {
    expect(sourceAt(both, [...path, 'rates', 1, 'efficiency', 'conv'])).toMatchObject({
      kind: 'assumed',
      source: 'as in fp32, to be replaced by its own',
    });
    const changes = [{ path: [...path, 'rates', 1, 'efficiency', 'conv'], value: 0.7 }];
    const changed = withTrueSources(both, withChanges(both, changes), changes);
    expect([0, 1].map((place) => sourceAt(changed, [...path, 'rates', place, 'efficiency', 'conv'])?.source)).toEqual([
      'a data sheet',
      'changed in the editor',
    ]);
  });

  it('goes with what was said of it, and the others keep theirs', () => {
    const three = withChanges(both, withDataType(both, 0, 'fp16'));
    const named = withChanges(three, [
      {
        path: ['sources', 1],
        value: { path: 'processors/cpu/costModel/rates/1', kind: 'derived', source: 'by number' },
      },
    ]);
    const left = withChanges(named, withoutDataType(named, 0, 0));
    expect(ratesOf(left).map((rate) => rate['dataType'])).toEqual(['int8', 'fp16']);
    expect([0, 1].map((place) => sourceAt(left, [...path, 'rates', place, 'peakGMACPerS'])?.source)).toEqual([
      'by number',
      'as in fp32, to be replaced by its own',
    ]);
    expect(withChanges(left, withoutDataType(left, 0, 1))['sources']).toEqual([
      { path: 'processors/cpu/costModel/rates/0', kind: 'derived', source: 'by number' },
    ]);
  });

  it('names the type in which a class is computed that it leaves out', () => {
    const without = withChanges(both, [{ path: [...path, 'rates', 1, 'efficiency', 'conv'], value: undefined }]);
    expect([
      widerTypeWith(ratesOf(without), 1, 'conv'),
      widerTypeWith(ratesOf(without), 0, 'conv'),
      widerTypeWith(ratesOf(without), 1, 'peak'),
    ]).toEqual(['fp32', undefined, undefined]);
  });
});

it.each(rateRows)('a changed %s says that it was changed, also where its very number had a source', (row) => {
  const at = [...path, ...rateRowPath(row, 0)];
  const stated = {
    ...modelled,
    sources: [
      {
        path: at.map((step, index) => (index === 1 ? 'cpu' : String(step))).join('/'),
        kind: 'published',
        source: 'a data sheet',
      },
    ],
  };
  expect(sourceAt(stated, at)?.kind).toBe('published');
  const changes = [{ path: at, value: 3 }];
  expect(sourceAt(withTrueSources(stated, withChanges(stated, changes), changes), at)).toMatchObject({
    kind: 'assumed',
    source: 'changed in the editor',
  });
});

describe('MIDAP as a cost model', () => {
  const npu: Content = { ...board, processors: [{ id: 'npu', kind: 'npu' }] };

  it('makes a valid platform with its published parameters, says so, and goes with what was said', () => {
    const midap = withChanges(npu, withMidapModel(npu, 0));
    expect(parsePlatform(midap).processors[0]!.costModel).toEqual({ kind: 'midap', ...publishedMidap });
    expect(sourceAt(midap, [...path, 'dram', 'pageBytes'])?.kind).toBe('published');
    expect(withChanges(midap, withoutCostModel(midap, 0))).toEqual({ ...npu, sources: [] });
  });
});
