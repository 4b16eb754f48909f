/** Profiles while they are edited: what the table shows, what the rows add up to, and rows that are joined to layers by hand. */
import { describe, expect, it } from 'vitest';
import { withChanges } from '#renderer/editing/json-path.ts';
import {
  assignLeftover,
  layersIn,
  newMeasurement,
  placeTotals,
  rangeOf,
  subjectText,
  timeOf,
} from '#renderer/features/profiles/profile-edits.ts';
import { parseProfile } from '#shared/domain/profile.ts';

const on = { key: 'cpu' };
const profile = {
  schemaVersion: 1,
  id: 'p',
  measurements: [
    { layers: ['a', 'b'], on, timeMs: 3, kind: 'measured' },
    { layers: ['a'], on, timeMs: 2, kind: 'estimated' },
    { layers: ['b'], on, timeMs: 1, kind: 'estimated' },
    { layers: ['c'], on, cycles: 4000, clockMHz: 2, kind: 'measured' },
    { layers: ['c'], on: { key: 'cpu', cores: 4 }, unsupported: true },
  ],
  transfers: [{ from: 'cpu', to: 'cpu', timeMs: 0.5 }],
  wholes: [{ on, timeMs: 7 }],
  leftovers: [
    { name: 'x', on, timeMs: 0.25, runs: 3, spread: { stdMs: 0.1 } },
    { name: 'y', on, timeMs: 1 },
  ],
};

it('the cell of what was measured says layers or operator, and takes layers back', () => {
  expect(subjectText({ layers: ['a', 'b'] })).toBe('a + b');
  expect(subjectText({ operator: { op: 'Conv', outputShape: [8, 4, 4] } })).toBe('Conv 8 × 4 × 4');
  expect(subjectText({})).toBe('');
  expect(layersIn(' a + b ; c ')).toEqual(['a', 'b', 'c']);
  expect(layersIn('C++')).toEqual(['C++']);
});

it('the time of a row is its ms, or its cycles by their clock', () => {
  expect([timeOf({ timeMs: 2 }), timeOf({ cycles: 4000, clockMHz: 2 }), timeOf({ cycles: 4 }), timeOf({})]).toEqual([
    2,
    2,
    undefined,
    undefined,
  ]);
});

it('the range is the middle 80 %, else all runs, else one deviation', () => {
  expect(rangeOf({ timeMs: 1, spread: { p10Ms: 0.9, p90Ms: 1.2, minMs: 0, maxMs: 9 } })).toMatchObject({
    low: 0.9,
    high: 1.2,
  });
  expect(rangeOf({ timeMs: 1, spread: { minMs: 0.5, maxMs: 9 } })).toMatchObject({ low: 0.5, high: 9 });
  expect(rangeOf({ timeMs: 1, spread: { stdMs: 2 } })).toMatchObject({ low: 0, high: 3 });
  expect(rangeOf({ timeMs: 1 })).toBeUndefined();
});

it('the sum counts what was measured, each state apart, not the shares of it', () => {
  expect(placeTotals(profile)).toEqual([
    { key: 'cpu', title: 'cpu', rows: 2, sumMs: 5, transfersMs: 0.5, leftMs: 1.25, wholeMs: 7 },
    { key: 'cpu', title: 'cpu, 4 cores', rows: 1, sumMs: 0, transfersMs: 0.5, leftMs: 0, wholeMs: undefined },
  ]);
});

describe('a left-over row', () => {
  it('becomes the time of the layers that are chosen, with its runs and spread', () => {
    const joined = parseProfile(withChanges(profile, assignLeftover(profile, 0, ['d', 'e'])));
    expect(joined.measurements.at(-1)).toEqual({
      layers: ['d', 'e'],
      on,
      timeMs: 0.25,
      runs: 3,
      spread: { stdMs: 0.1 },
      kind: 'measured',
      name: 'x',
    });
    expect(joined.leftovers?.map(({ name }) => name)).toEqual(['y']);
    const last = withChanges(
      { ...profile, leftovers: [profile.leftovers[1]] },
      assignLeftover({ ...profile, leftovers: [profile.leftovers[1]] }, 0, ['d']),
    );
    expect('leftovers' in last).toBe(false);
  });

  it('stays where nothing is chosen', () => {
    expect(assignLeftover(profile, 0, [])).toEqual([]);
    expect(assignLeftover(profile, 5, ['d'])).toEqual([]);
  });
});

it('a new measurement is on the processor of the last one', () => {
  expect(newMeasurement(profile)).toMatchObject({ on: { key: 'cpu', cores: 4 }, timeMs: 0 });
  expect(newMeasurement({})).toMatchObject({ on: { key: 'cpu' } });
});
