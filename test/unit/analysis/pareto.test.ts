/** Domination, fronts and crowding on points worked out by hand. */
import { describe, expect, test } from 'vitest';
import {
  constraintDominates,
  crowdingDistances,
  dominates,
  nonDominatedFronts,
  type JudgedPoint,
} from '#shared/analysis/pareto.ts';

const feasible = (...objectives: number[]): JudgedPoint => ({ objectives, violation: 0 });

describe('dominates', () => {
  test.each([
    [[1, 2], [2, 3], true],
    [[1, 3], [2, 3], true],
    [[1, 2], [1, 2], false],
    [[1, 4], [2, 3], false],
    [[2, 3], [1, 2], false],
    [[1, 1, 5], [1, 1, 6], true],
  ])('%j before %j: %s', (a, b, expected) => {
    expect(dominates(a, b)).toBe(expected);
  });
});

describe('constraintDominates', () => {
  test('a feasible point beats an infeasible one, however good that is', () => {
    expect(constraintDominates(feasible(9, 9), { objectives: [1, 1], violation: 0.1 })).toBe(true);
    expect(constraintDominates({ objectives: [1, 1], violation: 0.1 }, feasible(9, 9))).toBe(false);
  });

  test('of two infeasible points the one that violates less wins; equal violation decides nothing', () => {
    expect(constraintDominates({ objectives: [9, 9], violation: 0.1 }, { objectives: [1, 1], violation: 0.2 })).toBe(
      true,
    );
    expect(constraintDominates({ objectives: [1, 1], violation: 0.2 }, { objectives: [9, 9], violation: 0.2 })).toBe(
      false,
    );
  });

  test('of two feasible points the objectives decide', () => {
    expect(constraintDominates(feasible(1, 2), feasible(2, 2))).toBe(true);
    expect(constraintDominates(feasible(1, 3), feasible(2, 2))).toBe(false);
  });
});

describe('nonDominatedFronts', () => {
  test('peels one front after the other', () => {
    const points = [feasible(3, 3), feasible(1, 4), feasible(4, 1), feasible(2, 2), feasible(5, 5), feasible(2, 5)];
    expect(nonDominatedFronts(points)).toEqual([[1, 2, 3], [0, 5], [4]]);
  });

  test('puts equal points into the same front', () => {
    expect(nonDominatedFronts([feasible(1, 1), feasible(2, 2), feasible(1, 1)])).toEqual([[0, 2], [1]]);
  });

  test('orders infeasible points behind feasible ones by their violation', () => {
    expect(
      nonDominatedFronts([
        { objectives: [1, 1], violation: 2 },
        { objectives: [1, 1], violation: 1 },
        feasible(9, 9),
        feasible(8, 9),
      ]),
    ).toEqual([[3], [2], [1], [0]]);
  });

  test('of nothing are none', () => {
    expect(nonDominatedFronts([])).toEqual([]);
  });
});

describe('crowdingDistances', () => {
  test('adds up the relative distances between the neighbours, the ends are infinitely far', () => {
    // Objective 1 spans 10, objective 2 spans 20; of (2, 12): (5 − 0)/10 + (20 − 5)/20, of (5, 5): (10 − 2)/10 + (12 − 0)/20.
    const points = [feasible(0, 20), feasible(2, 12), feasible(5, 5), feasible(10, 0)];
    expect([...crowdingDistances(points, [0, 1, 2, 3])]).toEqual([Infinity, 1.25, expect.closeTo(1.4, 12), Infinity]);
  });

  test('counts the members of the front only', () => {
    const points = [feasible(0, 2), feasible(7, 7), feasible(1, 1), feasible(2, 0)];
    expect([...crowdingDistances(points, [0, 2, 3])]).toEqual([Infinity, 2, Infinity]);
  });

  test('an objective in which all are equal adds nothing', () => {
    const points = [feasible(1, 0), feasible(1, 1), feasible(1, 2), feasible(1, 3)];
    expect([...crowdingDistances(points, [0, 1, 2, 3])].slice(1, 3)).toEqual([2 / 3, 2 / 3]);
  });

  test('one or two points are ends', () => {
    expect([...crowdingDistances([feasible(1, 2)], [0])]).toEqual([Infinity]);
    expect([...crowdingDistances([feasible(1, 2), feasible(2, 1)], [0, 1])]).toEqual([Infinity, Infinity]);
  });
});
