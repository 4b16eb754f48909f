/** A front kept while points come in. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrontArchive, type ArchivedPoint } from '#shared/analysis/front-archive.ts';
import { constraintDominates } from '#shared/analysis/pareto.ts';

const point = fc.record({ objectives: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 3, maxLength: 3 }), violation: fc.constantFrom(0, 0, 0, 1, 2) });

describe('a front archive', () => {
  it('keeps exactly the points that no other dominates, equal ones once, the first', () => {
    fc.assert(fc.property(fc.array(point, { maxLength: 60 }), (given) => {
      const points: ArchivedPoint[] = given.map((one, id) => ({ ...one, id }));
      const archive = new FrontArchive();
      for (const one of points) archive.add(one);
      const expected = points.filter((one) => !points.some((other) => constraintDominates(other, one)) && !points.some((other) => other.id < one.id && other.violation === one.violation && String(other.objectives) === String(one.objectives)));
      expect(archive.points().map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
    }));
  });

  it('says whether a point was taken', () => {
    const archive = new FrontArchive();
    expect([archive.add({ id: 0, objectives: [2, 2], violation: 0 }), archive.add({ id: 1, objectives: [3, 3], violation: 0 }), archive.add({ id: 2, objectives: [1, 3], violation: 0 }), archive.add({ id: 3, objectives: [1, 3], violation: 0 })]).toEqual([true, false, true, false]);
    expect(archive.add({ id: 4, objectives: [0, 0], violation: 1 })).toBe(false);
  });
});
