/** Editing the cost model of a processor: it comes and goes with what is said of its numbers, and a changed number says so. */
import { describe, expect, it } from 'vitest';
import { operationClasses } from '#shared/domain/cost-model.ts';
import { parsePlatform } from '#shared/domain/platform.ts';
import { withChanges, type Content } from '#renderer/editing/json-path.ts';
import { sourceAt, withTrueSources } from '#renderer/editing/sources.ts';
import { freeDataTypes, rateRowPath, rateRows, withDataType, withNewCostModel, withoutCostModel } from '#renderer/features/platforms/cost-model-edits.ts';

const path = ['processors', 0, 'costModel'];
const board: Content = { schemaVersion: 1, id: 'board', processors: [{ id: 'cpu', kind: 'cpu', operatingPoints: [{ frequencyMHz: 2000 }] }] };
const modelled = withChanges(board, withNewCostModel(board, 0));

describe('a new cost model', () => {
  it('makes a valid platform that models every class, by the clock of the processor', () => {
    const model = parsePlatform(modelled).processors[0]!.costModel!;
    expect([model.rates[0]!.peakGMACPerS, Object.keys(model.rates[0]!.efficiency)]).toEqual([8, [...operationClasses]]);
  });

  it('says that its numbers are assumed, and goes with what was said', () => {
    expect(sourceAt(modelled, [...path, 'bandwidthMBps'])?.kind).toBe('assumed');
    expect(withChanges(modelled, withoutCostModel(modelled, 0))).toEqual({ ...board, sources: [] });
  });

  it('takes each data type once', () => {
    const rates = (modelled['processors'] as { costModel: { rates: Content[] } }[])[0]!.costModel.rates;
    const both = withChanges(modelled, withDataType(path, rates, 'int8'));
    const all = (both['processors'] as { costModel: { rates: Content[] } }[])[0]!.costModel.rates;
    expect(all.map((rate) => rate['dataType'])).toEqual(['fp32', 'int8']);
    expect(freeDataTypes(all)).toEqual(['fp16']);
  });
});

it.each(rateRows)('a changed %s says that it was changed, also where its very number had a source', (row) => {
  const at = [...path, ...rateRowPath(row, 0)];
  const stated = { ...modelled, sources: [{ path: at.map((step, index) => (index === 1 ? 'cpu' : String(step))).join('/'), kind: 'published', source: 'a data sheet' }] };
  expect(sourceAt(stated, at)?.kind).toBe('published');
  const changes = [{ path: at, value: 3 }];
  expect(sourceAt(withTrueSources(stated, withChanges(stated, changes), changes), at)).toMatchObject({ kind: 'assumed', source: 'changed in the editor' });
});
