/** Bounds kept by problem: the highest stays, and what has been tried stays tried. */
import { expect, it } from 'vitest';
import { boundKey } from '#main/store/bound-repository.ts';
import { defaultGenes } from '#shared/domain/scheduler.ts';
import { aRecord } from '../../fixtures/record.ts';

it('keeps the highest bound of a problem, with its method', () => {
  const { bounds } = aRecord();
  const key = boundKey('{}', defaultGenes, 1);
  expect(bounds.find(key)).toBeUndefined();
  bounds.keep(key, { bound: { makespanMs: 3, method: 'energetic', lastReleaseMs: 1 }, isComplete: true });
  bounds.keep(key, { bound: { makespanMs: 2, method: 'load', lastReleaseMs: 1 }, isComplete: false });
  expect(bounds.find(key)).toEqual({
    bound: { makespanMs: 3, method: 'energetic', lastReleaseMs: 1 },
    isComplete: true,
  });
  bounds.keep(key, { bound: { makespanMs: 4, method: 'relaxation', lastReleaseMs: 1 }, isComplete: false });
  expect(bounds.find(key)).toEqual({
    bound: { makespanMs: 4, method: 'relaxation', lastReleaseMs: 1 },
    isComplete: true,
  });
});

it('tells problems apart by what can be chosen and by the methods, not by priorities', () => {
  const key = boundKey('{}', defaultGenes, 1);
  expect(boundKey('{}', { ...defaultGenes, priorities: true }, 1)).toBe(key);
  expect(boundKey('{}', { ...defaultGenes, frequencies: false }, 1)).not.toBe(key);
  expect(boundKey('{}', { ...defaultGenes, cores: false }, 1)).not.toBe(key);
  expect(boundKey('{ }', defaultGenes, 1)).not.toBe(key);
  expect(boundKey('{}', defaultGenes, 2)).not.toBe(key);
});
