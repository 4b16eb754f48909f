/** The binary columns of the record: whatever is written is read back to the last bit. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, it } from 'vitest';
import {
  bitsFor,
  indexOfKey,
  packCounts,
  packGenes,
  packIds,
  packLoci,
  packMetrics,
  recordKey,
  unpackCounts,
  unpackGenes,
  unpackIds,
  unpackLoci,
  unpackMetrics,
} from '#main/store/columns.ts';

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });

describe('binary columns', () => {
  it('read back the genes they were written from, whatever the bits per gene', () => {
    const genome = fc.integer({ min: 1, max: 256 }).chain((cardinality) =>
      fc.record({
        cardinality: fc.constant(cardinality),
        genes: fc.uint8Array({ max: cardinality - 1, maxLength: 300 }),
      }),
    );
    fc.assert(
      fc.property(genome, ({ cardinality, genes }) => {
        const geneBits = bitsFor(cardinality);
        const packed = packGenes(genes, geneBits);
        expect(packed.length).toBe(Math.ceil((genes.length * geneBits) / 8));
        expect(unpackGenes(packed, { genomeLength: genes.length, geneBits, instances: 1 })).toEqual(genes);
      }),
    );
  });

  it('shows genes of four bits as hexadecimal digits', () => {
    expect(Buffer.from(packGenes(Uint8Array.of(1, 2, 15, 0, 7), 4)).toString('hex')).toBe('12f070');
  });

  it('refuse a gene that does not fit instead of changing it', () => {
    expect(() => packGenes(Uint8Array.of(1, 4), 2)).toThrow('gene 4 at locus 1 does not fit into 2 bits');
  });

  it('read back metrics to the last bit, the derived throughput included', () => {
    const metrics = fc.tuple(fc.double(), fc.double(), fc.double(), fc.double(), fc.double());
    fc.assert(
      fc.property(metrics, fc.integer({ min: 1, max: 10_000 }), fc.boolean(), (values, instances, derive) => {
        const vector = Float64Array.from(values);
        if (derive) vector[1] = vector[0] > 0 ? instances / (vector[0] / 1000) : 0;
        const back = unpackMetrics(packMetrics(vector, instances), instances);
        expect(new Uint8Array(back.buffer)).toEqual(new Uint8Array(vector.buffer));
      }),
    );
  });

  it("keep a feasible chromosome's metrics in 25 bytes", () => {
    expect(packMetrics(Float64Array.of(17.5, 2 / (17.5 / 1000), 130, 12, 0), 2).length).toBe(25);
  });

  it('read back ids in any order, from any base', () => {
    fc.assert(
      fc.property(fc.array(uint32), uint32, (ids, base) => {
        expect([...unpackIds(packIds(ids, base), base)]).toEqual(ids);
      }),
    );
  });

  it('read back mutated loci, and never need more than a bitmap and a byte', () => {
    const loci = fc
      .integer({ min: 1, max: 2000 })
      .chain((length) =>
        fc.record({ length: fc.constant(length), loci: fc.uniqueArray(fc.integer({ min: 0, max: length - 1 })) }),
      );
    fc.assert(
      fc.property(loci, ({ length, loci }) => {
        const ascending = loci.toSorted((a, b) => a - b);
        const packed = packLoci(ascending, length);
        expect(packed.length).toBeLessThanOrEqual(loci.length === 0 ? 0 : 1 + Math.ceil(length / 8));
        expect(unpackLoci(packed)).toEqual(ascending);
      }),
    );
  });

  it('read back mutation counts, also when there was no mutation', () => {
    fc.assert(
      fc.property(fc.uint16Array({ maxLength: 300 }), (counts) => {
        expect(unpackCounts(packCounts(counts), counts.length)).toEqual(counts);
      }),
    );
    expect(packCounts(new Uint16Array(60)).length).toBe(0);
  });

  it('give every index of a run a key between those of its neighbours', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 21 - 1 }), uint32, (runId, index) => {
        const key = recordKey(runId, index);
        expect(Number.isSafeInteger(key)).toBe(true);
        expect(key).toBeGreaterThanOrEqual(recordKey(runId, 0));
        expect(key).toBeLessThan(recordKey(runId + 1, 0));
        expect(indexOfKey(key)).toBe(index);
      }),
    );
  });
});
