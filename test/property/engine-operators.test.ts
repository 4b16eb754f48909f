/** Invariants of the operators on random layouts: admissible values only, nothing lost, the same draws for the same seed. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, test } from 'vitest';
import type { GenomeLayout, GenomeSegment, Locus } from '#shared/scheduling/genome-layout.ts';
import type { SegmentName } from '#shared/scheduling/genome-segments.ts';
import { adaptiveRate, alleleDiversity } from '#main/engine/operators/adaptive-rate.ts';
import { crossoverNames, crossoverOperators, type CrossoverName } from '#main/engine/operators/crossover.ts';
import { mutationNames, mutationOperators, type MutationName } from '#main/engine/operators/mutation.ts';
import { selectionNames, selectionOperators } from '#main/engine/operators/selection.ts';
import { randomGenome } from '#main/engine/random-genome.ts';
import { Random } from '#main/engine/random.ts';
import type { Chromosome } from '#main/engine/search.ts';

const seed = fc.integer({ min: 0, max: 0xffff_ffff });
const rate = fc.double({ min: 0, max: 1, noNaN: true });
const lively = { diversity: 1, stagnantGenerations: 0 };

/** A layout of the given segments, each a list of allele sets. */
function layoutOf(segments: readonly (readonly [SegmentName, readonly (readonly number[])[]])[]): GenomeLayout {
  const loci: Locus[] = [];
  const parts: GenomeSegment[] = [];
  for (const [segment, alleleSets] of segments) {
    if (alleleSets.length > 0) parts.push({ name: segment, offset: loci.length, length: alleleSets.length });
    alleleSets.forEach((alleles, subject) =>
      loci.push({
        segment,
        subject,
        label: `${segment}${subject}`,
        cardinality: Math.max(...alleles) + 1,
        alleles: Uint8Array.from(alleles),
      }),
    );
  }
  return {
    length: loci.length,
    segments: parts,
    loci,
    offsetOf: { mapping: parts.find(({ name }) => name === 'mapping')?.offset ?? loci.length },
  };
}

const alleles = fc
  .uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 })
  .map((values) => values.sort((a, b) => a - b));
const consecutive = fc.integer({ min: 2, max: 6 }).map((count) => Array.from({ length: count }, (_, value) => value));
const layout = fc
  .tuple(
    fc.array(consecutive, { maxLength: 2 }),
    fc.array(consecutive, { maxLength: 3 }),
    fc.array(alleles, { minLength: 1, maxLength: 40 }),
  )
  .map(([cores, frequencies, mapping]) =>
    layoutOf([
      ['activeCores', cores],
      ['frequency', frequencies],
      ['mapping', mapping],
    ]),
  );

const isAdmissible = (genes: Uint8Array, of: GenomeLayout): boolean =>
  genes.length === of.length && genes.every((gene, locus) => of.loci[locus]!.alleles.includes(gene));
const chromosome = (id: number, fitness: number, genes = new Uint8Array()): Chromosome => ({
  id,
  genes,
  fitness,
  metrics: new Float64Array(5),
});

describe('random genomes', () => {
  test('hold admissible values only', () => {
    fc.assert(
      fc.property(layout, seed, (of, from) => {
        expect(isAdmissible(randomGenome(of, new Random(from)), of)).toBe(true);
      }),
    );
  });

  test('take every allele about equally often', () => {
    const of = layoutOf([['mapping', [[1, 4, 5]]]]);
    const random = new Random(2);
    const counts = new Map<number, number>();
    for (let i = 0; i < 30_000; i++) {
      const gene = randomGenome(of, random)[0]!;
      counts.set(gene, (counts.get(gene) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([1, 4, 5]);
    for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(410);
  });
});

describe.each(crossoverNames)('crossover %s', (name) => {
  const cross = crossoverOperators[name];

  test('gives each locus of the children the two genes the parents had there', () => {
    fc.assert(
      fc.property(layout, seed, (of, from) => {
        const random = new Random(from);
        const [a, b] = [randomGenome(of, random), randomGenome(of, random)];
        const [childA, childB] = [a.slice(), b.slice()];
        cross(childA, childB, random);
        expect(isAdmissible(childA, of) && isAdmissible(childB, of)).toBe(true);
        for (let locus = 0; locus < of.length; locus++) {
          const kept = childA[locus] === a[locus] && childB[locus] === b[locus];
          const exchanged = childA[locus] === b[locus] && childB[locus] === a[locus];
          expect(kept || exchanged).toBe(true);
        }
      }),
    );
  });

  test('gives the same children for the same seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), seed, (length, from) => {
        const children = () => {
          const [a, b] = [new Uint8Array(length).fill(0), new Uint8Array(length).fill(1)];
          cross(a, b, new Random(from));
          return [a, b];
        };
        expect(children()).toEqual(children());
      }),
    );
  });
});

describe('where crossover cuts', () => {
  const LENGTH = 40;
  const TIMES = 4000;

  /** How often each locus was exchanged, and the numbers of borders between exchanged and kept loci that occurred. */
  function observe(name: CrossoverName): { exchanged: number[]; borders: number[] } {
    const random = new Random(8);
    const exchanged = Array.from({ length: LENGTH }, () => 0);
    const borders = new Set<number>();
    for (let i = 0; i < TIMES; i++) {
      const [a, b] = [new Uint8Array(LENGTH).fill(0), new Uint8Array(LENGTH).fill(1)];
      crossoverOperators[name](a, b, random);
      let count = 0;
      for (let locus = 0; locus < LENGTH; locus++) {
        exchanged[locus] += a[locus];
        if (locus > 0 && a[locus] !== a[locus - 1]) count++;
      }
      borders.add(count);
    }
    return { exchanged, borders: [...borders] };
  }

  test('single_point once, between any two loci as often', () => {
    const { exchanged, borders } = observe('single_point');
    expect(borders).toEqual([1]);
    exchanged.forEach((count, locus) => expect(Math.abs(count - (TIMES * locus) / (LENGTH - 1))).toBeLessThan(160));
  });

  test('two_point twice at most, between any two pairs of places as often', () => {
    const { exchanged, borders } = observe('two_point');
    expect(Math.max(...borders)).toBe(2);
    // locus i lies inside (i + 1)·(L − i) of the (L + 1)·L/2 pairs of cuts
    exchanged.forEach((count, locus) =>
      expect(Math.abs(count - (TIMES * 2 * (locus + 1) * (LENGTH - locus)) / ((LENGTH + 1) * LENGTH))).toBeLessThan(
        160,
      ),
    );
  });

  test('uniform exchanges every locus in half of all cases, independently', () => {
    const { exchanged, borders } = observe('uniform');
    expect(Math.max(...borders)).toBeGreaterThan(20);
    exchanged.forEach((count) => expect(Math.abs(count - TIMES / 2)).toBeLessThan(160));
  });
});

describe.each(mutationNames)('mutation %s', (name) => {
  const mutate = mutationOperators[name];

  test('leaves admissible values only, the same for the same seed', () => {
    fc.assert(
      fc.property(
        layout,
        rate,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(50),
        seed,
        (of, probability, diversity, stagnantGenerations, from) => {
          const mutated = () => {
            const random = new Random(from);
            const genes = randomGenome(of, random);
            mutate(genes, { layout: of, rate: probability, progress: { diversity, stagnantGenerations } }, random);
            return genes;
          };
          expect(isAdmissible(mutated(), of)).toBe(true);
          expect(mutated()).toEqual(mutated());
        },
      ),
    );
  });

  test('changes nothing at rate 0', () => {
    fc.assert(
      fc.property(layout, seed, (of, from) => {
        const random = new Random(from);
        const genes = randomGenome(of, random);
        const before = genes.slice();
        mutate(genes, { layout: of, rate: 0, progress: lively }, random);
        expect(genes).toEqual(before);
      }),
    );
  });

  test('mutates loci about as often as its rate says', () => {
    const of = layoutOf([['mapping', Array.from({ length: 1000 }, () => [0, 1, 2, 3, 4, 5])]]);
    const random = new Random(4);
    const genes = randomGenome(of, random);
    const before = genes.slice();
    mutate(genes, { layout: of, rate: 0.1, progress: lively }, random);
    const changed = genes.filter((gene, locus) => gene !== before[locus]).length;
    // a swap changes two loci; the adaptive operator halves the rate of a lively population
    const expected = { bit_flip: 100, swap: 190, gaussian: 100, adaptive: 50 }[name];
    expect(Math.abs(changed - expected)).toBeLessThan(50);
  });
});

test.each(['bit_flip', 'gaussian'] as const)('mutation %s changes every gene that has a choice at rate 1', (name) => {
  fc.assert(
    fc.property(layout, seed, (of, from) => {
      const random = new Random(from);
      const genes = randomGenome(of, random);
      const before = genes.slice();
      mutationOperators[name](genes, { layout: of, rate: 1, progress: lively }, random);
      genes.forEach((gene, locus) => expect(gene === before[locus]).toBe(of.loci[locus]!.alleles.length === 1));
    }),
  );
});

test('mutation swap keeps the values of each segment, only in other places', () => {
  fc.assert(
    fc.property(layout, rate, seed, (of, probability, from) => {
      const random = new Random(from);
      const genes = randomGenome(of, random);
      const before = genes.slice();
      mutationOperators.swap(genes, { layout: of, rate: probability, progress: lively }, random);
      for (const { offset, length } of of.segments) {
        expect(genes.slice(offset, offset + length).sort()).toEqual(before.slice(offset, offset + length).sort());
      }
    }),
  );
});

describe('step sizes', () => {
  /** How often each value results from mutating 10 of 0 … 20 at rate 1. */
  function valuesFrom(name: MutationName): number[] {
    const of = layoutOf([['frequency', [Array.from({ length: 21 }, (_, value) => value)]]]);
    const random = new Random(12);
    const counts = Array.from({ length: 21 }, () => 0);
    for (let i = 0; i < 20_000; i++) {
      const genes = Uint8Array.of(10);
      mutationOperators[name](genes, { layout: of, rate: 1, progress: lively }, random);
      counts[genes[0]!]++;
    }
    return counts;
  }

  test('bit_flip takes every other value equally often', () => {
    valuesFrom('bit_flip').forEach((count, value) =>
      expect(Math.abs(count - (value === 10 ? 0 : 1000))).toBeLessThan(160),
    );
  });

  test('gaussian takes near values more often, either way, with a deviation of a sixth of the range', () => {
    const counts = valuesFrom('gaussian');
    const steps = counts.map((count, value) => ({ step: value - 10, count }));
    const mean = steps.reduce((sum, { step, count }) => sum + step * count, 0) / 20_000;
    const variance = steps.reduce((sum, { step, count }) => sum + step * step * count, 0) / 20_000;
    expect(counts[10]).toBe(0);
    expect(Math.abs(mean)).toBeLessThan(0.15);
    expect(Math.abs(Math.sqrt(variance) - 21 / 6)).toBeLessThan(0.2);
    expect(counts[11]! + counts[9]!).toBeGreaterThan(counts[15]! + counts[5]!);
    expect(counts[15]! + counts[5]!).toBeGreaterThan(counts[19]! + counts[1]!);
  });

  test('adaptive mutates more the more alike the population is and the longer it stagnates', () => {
    expect(adaptiveRate(0.1, lively)).toBe(0.05);
    expect(adaptiveRate(0.1, { diversity: 0, stagnantGenerations: 0 })).toBeCloseTo(0.125, 12);
    expect(adaptiveRate(0.1, { diversity: 0, stagnantGenerations: 100 })).toBeCloseTo(0.2, 12);
    fc.assert(
      fc.property(rate, rate, rate, fc.nat(40), fc.nat(40), (base, d1, d2, s1, s2) => {
        const [low, high] = [Math.min(d1, d2), Math.max(d1, d2)];
        const [short, long] = [Math.min(s1, s2), Math.max(s1, s2)];
        const least = adaptiveRate(base, { diversity: high, stagnantGenerations: short });
        const most = adaptiveRate(base, { diversity: low, stagnantGenerations: long });
        expect(least).toBeLessThanOrEqual(most);
        expect(most).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('diversity is the share of genes that differ from the commonest of their locus', () => {
    const of = layoutOf([['mapping', [[0, 1], [0, 1], [3]]]]);
    const members = [
      Uint8Array.of(0, 0, 3),
      Uint8Array.of(0, 1, 3),
      Uint8Array.of(0, 1, 3),
      Uint8Array.of(1, 0, 3),
    ].map((genes, id) => chromosome(id, 0, genes));
    expect(alleleDiversity(of, members)).toBe((1 + 2) / 8);
  });
});

describe.each(selectionNames)('selection %s', (name) => {
  const prepare = (fitness: readonly number[]) =>
    selectionOperators[name](
      fitness.map((value, id) => chromosome(id, value)),
      { tournamentSize: 3 },
    );

  test('draws a position of the population, the same for the same seed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e300, max: 1e300, noNaN: true }), { minLength: 1, maxLength: 50 }),
        seed,
        (values, from) => {
          const select = prepare(values.sort((a, b) => b - a));
          const drawn = (random: Random) => Array.from({ length: 10 }, () => select(random));
          const positions = drawn(new Random(from));
          expect(
            positions.every((position) => Number.isInteger(position) && position >= 0 && position < values.length),
          ).toBe(true);
          expect(drawn(new Random(from))).toEqual(positions);
        },
      ),
    );
  });

  test('draws each position as often as its rule says', () => {
    const fitness = [4, 3, 2, 1, 0];
    const select = prepare(fitness);
    const random = new Random(6);
    const counts = Array.from({ length: 5 }, () => 0);
    for (let i = 0; i < 50_000; i++) counts[select(random)]++;
    const shares = {
      // best of three: ((5 − i)³ − (4 − i)³) / 5³
      tournament: [61, 37, 19, 7, 1].map((share) => share / 125),
      // fitness above the worst, which keeps one part in 65,536
      roulette: [0.4, 0.3, 0.2, 0.1, 0],
      rank: [5, 4, 3, 2, 1].map((share) => share / 15),
    }[name];
    shares.forEach((share, position) => expect(Math.abs(counts[position]! - 50_000 * share)).toBeLessThan(560));
  });
});

test('selection roulette gives equal shares to members that are equally fit', () => {
  const select = selectionOperators.roulette(
    [1, 1, 1, 1].map((value, id) => chromosome(id, value)),
    { tournamentSize: 3 },
  );
  const random = new Random(6);
  const counts = Array.from({ length: 4 }, () => 0);
  for (let i = 0; i < 20_000; i++) counts[select(random)]++;
  for (const count of counts) expect(Math.abs(count - 5000)).toBeLessThan(310);
});
