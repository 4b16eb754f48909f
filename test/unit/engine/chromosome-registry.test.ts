/** The registry of distinct genomes: ids in first-seen order, exact comparison, scores as they were given. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, test } from 'vitest';
import { ChromosomeRegistry } from '#main/engine/chromosome-registry.ts';
import { Random } from '#main/engine/random.ts';
import type { Chromosome } from '#main/engine/search.ts';

const metricsOf = (value: number): Float64Array => Float64Array.of(value, value / 3, -value, 1 / (value + 1), 0);

describe('ChromosomeRegistry', () => {
  test('gives each distinct genome one id, in the order first seen', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 3, maxLength: 3, max: 2 }), { maxLength: 80 }), (genomes) => {
        const registry = new ChromosomeRegistry(3);
        const expected = new Map<string, number>();
        for (const genes of genomes) {
          const key = genes.join();
          const id = registry.register(genes);
          expect(id).toBe(expected.get(key) ?? expected.size);
          expected.set(key, id);
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
      const id = registry.register(genes);
      if (id < genomes.length) continue;
      registry.score(id, id / 7, metricsOf(id));
      genomes.push(genes);
    }
    genomes.forEach((genes, id) => {
      expect(registry.register(genes)).toBe(id);
    });
    for (let id = 0; id < genomes.length; id += 997)
      expect(registry.get(id)).toEqual({ id, genes: genomes[id], fitness: id / 7, metrics: metricsOf(id) });
  });

  test('keeps its own copy of what it is given', () => {
    const registry = new ChromosomeRegistry(2);
    const genes = Uint8Array.of(1, 2);
    registry.register(genes);
    genes[0] = 9;
    expect(registry.get(0).genes).toEqual(Uint8Array.of(1, 2));
  });

  test.each([-1, 1, 0.5])('has no chromosome %d when there is only one', (id) => {
    const registry = new ChromosomeRegistry(1);
    registry.register(Uint8Array.of(0));
    expect(() => registry.get(id)).toThrow(expect.objectContaining({ code: 'run.unknownChromosome' }));
  });

  describe('beside an archive', () => {
    /** A registry that keeps little, and the chromosomes that were read back. */
    function anArchived(loci: number) {
      const archived: Chromosome[] = [];
      const reads: number[] = [];
      const registry = new ChromosomeRegistry(
        loci,
        (id) => {
          reads.push(id);
          return archived[id]!;
        },
        1,
      );
      return { registry, archived, reads };
    }

    test('finds and gives every genome as without one, though it keeps only the latest', () => {
      const { registry, archived, reads } = anArchived(7);
      const all = new ChromosomeRegistry(7);
      const random = new Random(5);
      for (let i = 0; i < 30_000; i++) {
        const genes = Uint8Array.from({ length: 7 }, () => random.nextInt(4));
        const id = all.register(genes);
        expect(registry.register(genes)).toBe(id);
        if (id < archived.length) continue;
        const chromosome = { id, genes, fitness: id / 3, metrics: metricsOf(id) };
        for (const each of [all, registry]) each.score(id, chromosome.fitness, chromosome.metrics);
        archived.push(chromosome);
        if (id % 300 === 0) registry.confirm(archived.length);
      }
      for (let id = 0; id < archived.length; id += 101) expect(registry.get(id)).toEqual(archived[id]);
      expect(reads.length).toBeGreaterThan(1000);
    });

    test('gives up nothing that is not confirmed to be there', () => {
      const { registry, reads } = anArchived(2);
      for (let id = 0; id < 10_000; id++) registry.register(Uint8Array.of(id >> 8, id & 255));
      for (let id = 0; id < 10_000; id++) expect(registry.register(Uint8Array.of(id >> 8, id & 255))).toBe(id);
      expect(reads).toEqual([]);
    });

    test('takes a record back without reading it a second time', () => {
      const { registry, archived, reads } = anArchived(2);
      registry.confirm(10_000);
      for (let id = 0; id < 10_000; id++) {
        archived.push({ id, genes: Uint8Array.of(id >> 8, id & 255), fitness: id, metrics: metricsOf(id) });
        registry.restore(archived[id]!);
      }
      expect(reads).toEqual([]);
      expect(registry.register(Uint8Array.of(0, 7))).toBe(7);
      expect(registry.get(7)).toEqual(archived[7]);
      expect(reads).toEqual([7]);
    });
  });
});
