/** A front kept while points come in. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, it } from 'vitest';
import { FrontArchive } from '#shared/analysis/front-archive.ts';
import { constraintDominates, type JudgedPoint } from '#shared/analysis/pareto.ts';

type Known = JudgedPoint & { readonly id: number };

const stream = fc.integer({ min: 1, max: 4 }).chain((objectives) =>
  fc.array(
    fc.record({
      objectives: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: objectives, maxLength: objectives }),
      violation: fc.constantFrom(0, 0, 0, 1, 2),
    }),
    { maxLength: 60 },
  ),
);

describe('a front archive', () => {
  it('keeps exactly the points that no other dominates, equal ones once, the first', () => {
    fc.assert(
      fc.property(stream, (given) => {
        const points: Known[] = given.map((one, id) => ({ ...one, id }));
        const archive = FrontArchive.of(points);
        const expected = points.filter(
          (one) =>
            !points.some((other) => constraintDominates(other, one)) &&
            !points.some(
              (other) =>
                other.id < one.id &&
                other.violation === one.violation &&
                String(other.objectives) === String(one.objectives),
            ),
        );
        const ids = archive.points.map(({ id }) => id);
        expect(ids.toSorted((a, b) => a - b)).toEqual(expected.map(({ id }) => id));
        const inOrder = archive.points.toSorted((a, b) => {
          const m = Array.from(a.objectives).findIndex((value, index) => value !== b.objectives[index]);
          return a.objectives[m]! - b.objectives[m]!;
        });
        expect(ids).toEqual(inOrder.map(({ id }) => id));
      }),
    );
  });

  it('says whether a point was taken', () => {
    const archive = new FrontArchive<Known>();
    expect([
      archive.add({ id: 0, objectives: [2, 2], violation: 0 }),
      archive.add({ id: 1, objectives: [3, 3], violation: 0 }),
      archive.add({ id: 2, objectives: [1, 3], violation: 0 }),
      archive.add({ id: 3, objectives: [1, 3], violation: 0 }),
    ]).toEqual([true, false, true, false]);
    expect(archive.add({ id: 4, objectives: [0, 0], violation: 1 })).toBe(false);
  });
});
