/** The seeded generator: the same draws on every machine, without favourites, and from any saved state on. */
import { describe, expect, test } from 'vitest';
import { Random } from '#main/engine/random.ts';

const draws = (random: Random, count: number, n: number): number[] =>
  Array.from({ length: count }, () => random.nextInt(n));

describe('Random', () => {
  test('gives these draws for seed 42, today and in a year', () => {
    const random = new Random(42);
    expect(Array.from({ length: 4 }, () => random.nextUint32())).toEqual([
      2_971_082_177, 2_611_983_672, 76_507_694, 3_815_445_982,
    ]);
    expect(draws(random, 8, 6)).toEqual([4, 0, 3, 4, 3, 0, 3, 3]);
  });

  test('draws every value of a small range about equally often', () => {
    const random = new Random(7);
    const counts = Array.from({ length: 6 }, () => 0);
    for (const draw of draws(random, 60_000, 6)) counts[draw]++;
    // standard deviation 91; five of them
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(460);
  });

  test('does not favour low values of a range that does not divide 2³²', () => {
    const random = new Random(1);
    const n = 3 * 2 ** 30; // the modulo of a 32-bit draw would give the lowest third twice as often
    const low = draws(random, 30_000, n).filter((draw) => draw < n / 3).length;
    expect(Math.abs(low - 10_000)).toBeLessThan(410);
  });

  test('covers the whole range 0 … 2³² − 1', () => {
    const random = new Random(3);
    const all = draws(random, 2000, 2 ** 32);
    expect(Math.min(...all)).toBeLessThan(2 ** 24);
    expect(Math.max(...all)).toBeGreaterThan(2 ** 32 - 2 ** 24);
    expect(all.every((draw) => Number.isInteger(draw) && draw >= 0 && draw < 2 ** 32)).toBe(true);
  });

  test('has one outcome for a range of one', () => {
    expect(draws(new Random(5), 10, 1)).toEqual(Array.from({ length: 10 }, () => 0));
  });

  test('takes a chance of 0 never, of 1 always, of a quarter in a quarter of all cases', () => {
    const random = new Random(11);
    const hits = (rate: number): number =>
      Array.from({ length: 10_000 }, () => random.chance(rate)).filter(Boolean).length;
    expect(hits(0)).toBe(0);
    expect(hits(1)).toBe(10_000);
    expect(Math.abs(hits(0.25) - 2500)).toBeLessThan(220);
  });

  test('continues from a saved state that went through JSON', () => {
    const random = new Random(0xffff_ffff);
    draws(random, 100, 1000);
    const restored = Random.restore(JSON.parse(JSON.stringify(random.saveState())));
    expect(draws(restored, 100, 1000)).toEqual(draws(random, 100, 1000));
  });

  test('gives unrelated sequences for neighbouring seeds', () => {
    const first = new Set(Array.from({ length: 1000 }, (_, seed) => new Random(seed).nextInt(1_000_000)));
    expect(first.size).toBeGreaterThan(990);
  });
});
