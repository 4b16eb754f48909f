/** A front thinned out for the eye. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, test } from 'vitest';
import { thinned } from '#shared/analysis/front-thinning.ts';

const front = fc
  .array(fc.tuple(fc.double({ min: 1, max: 2, noNaN: true }), fc.double({ min: 1, max: 2, noNaN: true })), {
    maxLength: 60,
  })
  .map((points) => {
    const ys = points.map(([, y]) => y).sort((a, b) => b - a);
    return points
      .map(([x]) => x)
      .sort((a, b) => a - b)
      .map((x, index) => [x, ys[index]!]);
  });

describe('a thinned front', () => {
  test('has both ends, and of the others none but those that differ from the one before', () => {
    fc.assert(
      fc.property(front, fc.constantFrom(0.001, 0.01, 0.1), (points, tolerance) => {
        const chosen = thinned(points, tolerance);
        const isAlike = (a: number[], b: number[]): boolean =>
          a.every((value, m) => Math.abs(value - b[m]!) <= tolerance * Math.max(value, b[m]!));
        const expected: number[] = [];
        points.forEach((point, index) => {
          const last = points[expected.at(-1) ?? -1];
          const isEnd = index === 0 || index === points.length - 1;
          const isBest = point.some(
            (value, m) =>
              points.findIndex((other) => other[m] === Math.min(...points.map((each) => each[m]!))) === index &&
              value === Math.min(...points.map((each) => each[m]!)),
          );
          if (isEnd || isBest || last === undefined || !isAlike(point, last)) expected.push(index);
        });
        expect(chosen).toEqual(expected);
      }),
    );
  });

  test('shows one of many that can hardly be told apart', () => {
    const crowd = Array.from({ length: 100 }, (_, i) => [10 + i * 1e-4, 20 - i * 1e-4]);
    expect(thinned([...crowd, [20, 10]], 0.005)).toEqual([0, 100]);
  });

  test('keeps what differs in one objective only, whatever its sign', () => {
    expect(
      thinned(
        [
          [-10, 5],
          [-10, 4],
          [-9.99, 4],
        ],
        0.005,
      ),
    ).toEqual([0, 1, 2]);
    expect(thinned([], 0.005)).toEqual([]);
  });
});
