/** No preset board refuses a model that the importer can size: each of its operators has a class, and a processor that can run it. */
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadPresets } from '#main/formats/presets.ts';
import { estimateTimes } from '#shared/domain/modelled-times.ts';
import { parseNetwork } from '#shared/domain/network.ts';
import { operationClassOf } from '#shared/domain/operation-classes.ts';
import { knownOperators } from '#shared/formats/onnx/operators/index.ts';

const presets = loadPresets(resolve(import.meta.dirname, '../../../resources'));
const boards = [...presets.platforms.values()].filter(({ processors }) =>
  processors.some(({ costModel }) => costModel !== undefined),
);
/** What the importer makes of nodes beside the operators' own names. */
const operations = [...knownOperators(), 'DepthwiseConv'];

it('every operator that the importer knows has a class', () => {
  expect(operations.length).toBeGreaterThan(150);
  expect(operations.filter((op) => operationClassOf({ op }) === undefined)).toEqual([]);
});

describe.each(boards.map((board) => [board.id, board] as const))('%s', (_, board) => {
  it.each(['fp32', 'fp16', 'int8', undefined] as const)('runs every operator of a network in %s', (dataType) => {
    const layers = operations.map((op) => ({ id: op, op, macs: 1000, parameters: 100, outputBytes: 4000 }));
    const times = estimateTimes(
      parseNetwork({ schemaVersion: 1, id: 'all', layers, ...(dataType === undefined ? {} : { dataType }) }),
      board,
    );
    expect(operations.filter((_, index) => Object.keys(times[index]!).length === 0)).toEqual([]);
  });
});

it('there are seven boards with cost models', () => {
  expect(boards.map(({ id }) => id).sort()).toEqual([
    'a311d',
    'galaxy-s9',
    'hikey970',
    'midap-board',
    'rk3588',
    'snapdragon-8-gen2',
    'snapdragon-x-elite',
  ]);
});
