/** Quantiles and the Mann–Whitney test, against published and counted values. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, it } from 'vitest';
import { holmCorrected, mannWhitney, spreadOf } from '#shared/analysis/statistics.ts';

describe('quantiles', () => {
  it('interpolate between order statistics, as R does by default', () => {
    expect(spreadOf([3, 1, 2, 4])).toEqual({
      count: 4,
      minimum: 1,
      lowerQuartile: 1.75,
      median: 2.5,
      upperQuartile: 3.25,
      maximum: 4,
      mean: 2.5,
    });
    expect(spreadOf([7]).upperQuartile).toBe(7);
    expect(spreadOf([]).median).toBeNaN();
    expect(spreadOf([-0, 0])).toEqual({
      count: 2,
      minimum: 0,
      lowerQuartile: 0,
      median: 0,
      upperQuartile: 0,
      maximum: 0,
      mean: 0,
    });
  });

  it('are in order and within the values', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 }), (values) => {
        const { minimum, lowerQuartile, median, upperQuartile, maximum } = spreadOf(values);
        expect(minimum).toBe(values.reduce((a, b) => Math.min(a, b)) + 0);
        expect(maximum).toBe(values.reduce((a, b) => Math.max(a, b)) + 0);
        expect(lowerQuartile).toBeGreaterThanOrEqual(minimum);
        expect(median).toBeGreaterThanOrEqual(lowerQuartile);
        expect(upperQuartile).toBeGreaterThanOrEqual(median);
        expect(maximum).toBeGreaterThanOrEqual(upperQuartile);
      }),
    );
  });
});

/** By trying every arrangement. */
function countedP(m: number, n: number, u: number): number {
  let extreme = 0;
  let total = 0;
  const low = Math.min(u, m * n - u);
  const place = (position: number, left: number, ranks: number): void => {
    if (left === 0) {
      total++;
      const own = ranks - (m * (m + 1)) / 2;
      if (Math.min(own, m * n - own) <= low) extreme++;
      return;
    }
    if (m + n - position + 1 < left) return;
    place(position + 1, left - 1, ranks + position);
    place(position + 1, left, ranks);
  };
  place(1, m, 0);
  return extreme / total;
}

describe('the Mann–Whitney test', () => {
  it('is exact for small groups without ties', () => {
    const result = mannWhitney([1, 2, 3, 4, 10], [5, 6, 7, 8, 9, 11])!;
    expect(result.u).toBe(5);
    expect(result.isExact).toBe(true);
    expect(result.p).toBeCloseTo(countedP(5, 6, 5), 12);
    expect(result.effect).toBeCloseTo(5 / 30, 12);
  });

  it('finds two groups that do not overlap: 2 / C(20, 10) for ten against ten', () => {
    const low = Array.from({ length: 10 }, (_, i) => i);
    const high = Array.from({ length: 10 }, (_, i) => 100 + i);
    expect(mannWhitney(low, high)).toEqual({ u: 0, p: 2 / 184_756, isExact: true, effect: 0 });
    expect(mannWhitney(high, low)!.effect).toBe(1);
  });

  it('corrects the variance for two, three and five tied values', () => {
    const result = mannWhitney([1, 2, 2, 3, 3, 3], [2, 3, 3, 4, 4, 5])!;
    expect(result.isExact).toBe(false);
    expect(result.u).toBe(7);
    const variance = (36 / 12) * (13 - (6 + 24 + 120) / 132);
    const z = (Math.abs(7 - 18) - 0.5) / Math.sqrt(variance);
    expect(result.p).toBeCloseTo(2 * (1 - 0.5 * (1 + erf(z / Math.SQRT2))), 5);
  });

  it('says nothing for an empty group and finds no difference between equal values', () => {
    expect(mannWhitney([], [1])).toBeUndefined();
    expect(mannWhitney([2, 2, 2], [2, 2])).toMatchObject({ p: 1, effect: 0.5 });
  });

  it('does not care which group is which', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 25 }),
        fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 25 }),
        (a, b) => {
          const one = mannWhitney(a, b)!;
          const other = mannWhitney(b, a)!;
          expect(one.p).toBeCloseTo(other.p, 9);
          expect(one.effect + other.effect).toBeCloseTo(1, 9);
          expect(one.p).toBeGreaterThanOrEqual(0);
          expect(one.p).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});

/** By its series, for checking. */
function erf(x: number): number {
  let sum = 0;
  let term = x;
  for (let n = 0; n < 100; n++) {
    sum += term / (2 * n + 1);
    term *= (-x * x) / (n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

describe('Holm’s correction', () => {
  it('is that of the worked example: the smallest p times the number of tests, the next times one less, never falling', () => {
    // Holm 1979 as worked out by p.adjust of R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
    expect(holmCorrected([0.01, 0.04, 0.03, 0.005]).map((p) => Number(p.toPrecision(12)))).toEqual([
      0.03, 0.06, 0.06, 0.02,
    ]);
    expect(holmCorrected([0.6, 0.7])).toEqual([1, 1]);
    expect(holmCorrected([0.012])).toEqual([0.012]);
    expect(holmCorrected([])).toEqual([]);
  });

  it('keeps the order of the tests, lies between p and Bonferroni, and does not depend on how they are sorted', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }), (ps) => {
        const corrected = holmCorrected(ps);
        ps.forEach((p, index) => {
          expect(corrected[index]).toBeGreaterThanOrEqual(p);
          expect(corrected[index]).toBeLessThanOrEqual(Math.min(1, p * ps.length));
          const larger = corrected.filter((_, at) => ps[at] > p);
          expect(larger.every((other) => corrected[index] <= other)).toBe(true);
        });
        expect(holmCorrected(ps.toReversed()).toReversed()).toEqual(corrected);
      }),
    );
  });
});
