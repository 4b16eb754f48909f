/** The registry of distinct genomes: ids in first-seen order, exact comparison, scores as they were given. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ChromosomeRegistry } from '#main/engine/chromosome-registry.ts';
import { Random } from '#main/engine/random.ts';

const metricsOf = (value: number): Float64Array => Float64Array.of(value, value / 3, -value, 1 / (value + 1), 0);

describe('ChromosomeRegistry', () => {
  test('gives each distinct genome one id, in the order first seen', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 3, maxLength: 3, max: 2 }), { maxLength: 80 }), (genomes) => {
        const registry = new ChromosomeRegistry(3);
        const expected = new Map<string, number>();
        for (const genes of genomes) {
          const key = genes.join();
          expect(registry.find(genes)).toBe(expected.get(key));
          if (!expected.has(key)) expected.set(key, registry.add(genes, 0, metricsOf(0)));
        }
        expect([...expected.values()]).toEqual([...expected.keys()].map((_, index) => index));
        expect(registry.size).toBe(expected.size);
      }),
    );
  });

  test('finds every genome, with its scores to the last bit, after growing many times', () => {
    const registry = new ChromosomeRegistry(7);
    const random = new Random(9);
    const genomes: Uint8Array[] = [];
    while (genomes.length < 20_000) {
      const genes = Uint8Array.from({ length: 7 }, () => random.nextInt(6));
      if (registry.find(genes) !== undefined) continue;
      registry.add(genes, genomes.length / 7, metricsOf(genomes.length));
      genomes.push(genes);
    }
    genomes.forEach((genes, id) => {
      expect(registry.find(genes)).toBe(id);
    });
    for (let id = 0; id < genomes.length; id += 997) expect(registry.get(id)).toEqual({ id, genes: genomes[id], fitness: id / 7, metrics: metricsOf(id) });
  });

  test('keeps its own copy of what it is given', () => {
    const registry = new ChromosomeRegistry(2);
    const genes = Uint8Array.of(1, 2);
    registry.add(genes, 0, metricsOf(0));
    genes[0] = 9;
    expect(registry.get(0).genes).toEqual(Uint8Array.of(1, 2));
  });

  test.each([-1, 1, 0.5])('has no chromosome %d when there is only one', (id) => {
    const registry = new ChromosomeRegistry(1);
    registry.add(Uint8Array.of(0), 0, metricsOf(0));
    expect(() => registry.get(id)).toThrow(expect.objectContaining({ code: 'run.unknownChromosome' }));
  });
});
