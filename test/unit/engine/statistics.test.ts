/** Generation statistics against values computed by hand. */
import { describe, expect, test } from 'vitest';
import { countDistinct, EntropyMeter, summariseFitness } from '#main/engine/statistics.ts';
import { exp2, log2 } from '#shared/analysis/portable-math.ts';
import type { Chromosome } from '#main/engine/search.ts';
import type { GenomeLayout } from '#shared/scheduling/genome-layout.ts';

const member = (id: number, fitness: number, ...genes: number[]): Chromosome => ({
  id,
  fitness,
  genes: Uint8Array.from(genes),
  metrics: new Float64Array(5),
});

function layoutOf(...cardinalities: number[]): GenomeLayout {
  return {
    length: cardinalities.length,
    segments: [{ name: 'mapping', offset: 0, length: cardinalities.length }],
    loci: cardinalities.map((cardinality, subject) => ({
      segment: 'mapping',
      subject,
      label: `l${subject}`,
      cardinality,
      alleles: Uint8Array.from({ length: cardinality }, (_, value) => value),
    })),
    offsetOf: { mapping: 0 },
  };
}

describe('fitness summary', () => {
  test('has mean, worst and population standard deviation', () => {
    const summary = summariseFitness([
      member(0, 2),
      member(1, 4),
      member(2, 4),
      member(3, 4),
      member(4, 5),
      member(5, 5),
      member(6, 7),
      member(7, 9),
    ]);
    expect(summary).toMatchObject({ mean: 5, worst: 2, std: 2 });
    expect(summary.best.id).toBe(7);
  });

  test('names the first of equally good members as the best', () => {
    expect(summariseFitness([member(4, 1), member(9, 3), member(2, 3)]).best.id).toBe(9);
  });
});

test('a genome that is a member twice counts once as distinct', () => {
  expect(countDistinct([member(1, 0), member(2, 0), member(1, 0)])).toBe(2);
});

describe('entropy', () => {
  test('is 0 where all are alike and 1 where every value is as frequent', () => {
    expect(new EntropyMeter(layoutOf(2, 4)).mean([member(0, 0, 1, 3), member(0, 0, 1, 3)])).toBe(0);
    expect(new EntropyMeter(layoutOf(4)).mean([0, 1, 2, 3].map((gene) => member(gene, 0, gene)))).toBe(1);
  });

  test('is the mean over loci of H / log2 of the cardinality', () => {
    // locus 0: three to one of two values, H = 0.811278; locus 1: two values of four, H = 1 of 2
    const members = [member(0, 0, 0, 0), member(1, 0, 0, 0), member(2, 0, 0, 2), member(3, 0, 1, 2)];
    expect(new EntropyMeter(layoutOf(2, 4)).mean(members)).toBeCloseTo((0.811_278_124_459_132_8 + 0.5) / 2, 14);
  });

  test('counts a locus without choice as 0', () => {
    expect(new EntropyMeter(layoutOf(1, 2)).mean([member(0, 0, 0, 0), member(1, 0, 0, 1)])).toBe(0.5);
  });
});

test('log2 of whole numbers agrees with the library to 15 digits', () => {
  for (let value = 1; value <= 10_000; value++)
    expect(Math.abs(log2(value) - Math.log2(value))).toBeLessThanOrEqual(4e-15 * Math.max(1, Math.log2(value)));
  expect([1, 2, 4, 1024].map(log2)).toEqual([0, 1, 2, 10]);
});

test('powers of 2 and logarithms of fractions agree with the library to 14 digits', () => {
  for (let exponent = -40; exponent <= 40; exponent += 0.37) {
    expect(Math.abs(exp2(exponent) / 2 ** exponent - 1)).toBeLessThanOrEqual(1e-14);
    expect(Math.abs(log2(2 ** exponent) - exponent)).toBeLessThanOrEqual(1e-13);
  }
  expect([-3, 0, 1, 12].map(exp2)).toEqual([0.125, 1, 2, 4096]);
});
