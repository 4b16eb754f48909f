/** Fronts and hypervolume on random points, against their definitions. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, test } from 'vitest';
import { hypervolume } from '#shared/analysis/hypervolume.ts';
import { constraintDominates, nonDominatedFronts, type JudgedPoint } from '#shared/analysis/pareto.ts';

/** Few distinct values, so that ties and repeats are common. */
const grid = (size: number, objectives: number) =>
  fc.array(fc.array(fc.nat(size), { minLength: objectives, maxLength: objectives }), { maxLength: 24 });
const judged = fc.integer({ min: 1, max: 4 }).chain((objectives) =>
  fc.array(
    fc.record({
      objectives: fc.array(fc.nat(5), { minLength: objectives, maxLength: objectives }),
      violation: fc.constantFrom(0, 0, 0, 1, 2),
    }),
    { maxLength: 30 },
  ),
);

/** The definition: take what nothing left dominates, and again from the rest. */
function peeled(points: readonly JudgedPoint[]): number[][] {
  const fronts: number[][] = [];
  let left = points.map((_, index) => index);
  while (left.length > 0) {
    const front = left.filter((index) => !left.some((other) => constraintDominates(points[other]!, points[index]!)));
    fronts.push(front);
    left = left.filter((index) => !front.includes(index));
  }
  return fronts;
}

/** Cells of the unit grid below `size` that some point dominates. */
function countCells(points: readonly (readonly number[])[], size: number, objectives: number): number {
  let count = 0;
  for (let cell = 0; cell < size ** objectives; cell++) {
    const corner = Array.from({ length: objectives }, (_, m) => Math.floor(cell / size ** m) % size);
    if (points.some((point) => point.every((value, m) => value <= corner[m]!))) count++;
  }
  return count;
}

test('the fronts are those that peeling by the definition gives', () => {
  fc.assert(
    fc.property(judged, (points) => {
      expect(nonDominatedFronts(points)).toEqual(peeled(points));
    }),
  );
});

describe.each([1, 2, 3, 4])('hypervolume of %d objectives', (objectives) => {
  test('is the number of grid cells dominated', () => {
    const reference = Array.from({ length: objectives }, () => 5);
    fc.assert(
      fc.property(grid(5, objectives), (points) => {
        expect(hypervolume(points, reference)).toBe(countCells(points, 5, objectives));
      }),
      { numRuns: 60 },
    );
  });

  test('does not depend on the order, and never falls when a point is added', () => {
    fc.assert(
      fc.property(
        grid(9, objectives),
        fc.array(fc.nat(9), { minLength: objectives, maxLength: objectives }),
        (points, another) => {
          const reference = Array.from({ length: objectives }, () => 9);
          expect(hypervolume(points.toReversed(), reference)).toBe(hypervolume(points, reference));
          expect(hypervolume([...points, another], reference)).toBeGreaterThanOrEqual(hypervolume(points, reference));
        },
      ),
    );
  });
});
