/** Hypervolumes worked out by hand. */
import { expect, test } from 'vitest';
import { hypervolume, hypervolumeShares } from '#shared/analysis/hypervolume.ts';

test.each([
  ['nothing', [], [1, 1], 0],
  ['one objective: down to the least', [[3], [2]], [5], 3],
  ['a rectangle', [[1, 2]], [4, 4], 6],
  [
    'a staircase, overlaps counted once',
    [
      [1, 3],
      [2, 2],
      [3, 1],
    ],
    [4, 4],
    6,
  ],
  [
    'dominated points add nothing',
    [
      [1, 3],
      [2, 2],
      [3, 1],
      [3, 3],
      [2, 3],
    ],
    [4, 4],
    6,
  ],
  [
    'a repeated point counts once',
    [
      [1, 2],
      [1, 2],
    ],
    [4, 4],
    6,
  ],
  [
    'points beyond or at the reference add nothing',
    [
      [1, 2],
      [5, 0],
      [0, 4],
    ],
    [4, 4],
    6,
  ],
  ['a box', [[1, 1, 1]], [3, 4, 5], 24],
  [
    'two boxes that overlap',
    [
      [0, 0, 1],
      [1, 1, 0],
    ],
    [2, 2, 2],
    5,
  ],
  [
    'three boxes that overlap: 4 + 4 + 4 − 2 − 2 − 2 + 1',
    [
      [0, 1, 0],
      [1, 0, 0],
      [0, 0, 1],
    ],
    [2, 2, 2],
    7,
  ],
  [
    'four objectives: 8 + 2 − 1',
    [
      [0, 0, 0, 1],
      [1, 1, 1, 0],
    ],
    [2, 2, 2, 2],
    8 + 2 - 1,
  ],
] as const)('%s', (_, points, reference, volume) => {
  expect(hypervolume(points, reference)).toBeCloseTo(volume, 12);
});

test('shares are of the rectangle between the best of all fronts and the reference', () => {
  const fronts = [
    [
      { x: 1, y: 3 },
      { x: 3, y: 1 },
    ],
    [{ x: 2, y: 2 }],
    [],
  ];
  // The rectangle is 4 × 4: the first front covers 8 + 8 − 4, the second 3 × 3.
  expect(hypervolumeShares(fronts, { x: 5, y: 5 })).toEqual([12 / 16, 9 / 16, 0]);
});

test.each([
  ['without a front', [[], []], { x: 5, y: 5 }],
  ['where the reference is as good in one objective', [[{ x: 1, y: 3 }]], { x: 1, y: 5 }],
] as const)('there is no share %s', (_, fronts, reference) => {
  expect(hypervolumeShares(fronts, reference)).toEqual(fronts.map(() => Number.NaN));
});
