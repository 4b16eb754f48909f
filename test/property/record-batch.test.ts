/** Batches between the search's thread and the recording one: what arrives is what was sent. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { expect, it } from 'vitest';
import { packBatch, transferListOf, unpackBatch } from '#main/processes/batch.ts';
import { operatorNames } from '#shared/domain/generation.ts';
import type { TimedGeneration } from '#main/store/recorder.ts';
import { columnsOf, recordsOf } from '#test/fixtures/chromosomes.ts';

const id = fc.integer({ min: 0, max: 0xffff_ffff });
const finite = fc.double({ noNaN: true });

const generationOf = (loci: number): fc.Arbitrary<TimedGeneration> => {
  const vector = fc.array(finite, { minLength: 5, maxLength: 5 }).map((values) => Float64Array.from(values));
  const chromosome = fc.record({
    id,
    genes: fc.uint8Array({ minLength: loci, maxLength: loci }),
    fitness: finite,
    metrics: vector,
    parents: fc.array(id, { maxLength: 2 }),
    operator: fc.constantFrom(...operatorNames),
    mutatedLoci: fc.array(fc.integer({ min: 0, max: Math.max(0, loci - 1) }), { maxLength: loci }),
  });
  const record = fc.record(
    {
      index: id,
      evaluations: id,
      bestFitness: finite,
      meanFitness: finite,
      worstFitness: finite,
      stdFitness: finite,
      bestId: id,
      bestMetrics: vector,
      distinctGenomes: id,
      meanEntropy: finite,
      mutationCounts: fc.uint16Array({ minLength: loci, maxLength: loci }),
      members: fc.array(id, { maxLength: 20 }).map((members) => Uint32Array.from(members)),
      newChromosomes: fc.array(chromosome, { maxLength: 6 }).map((records) => columnsOf(records, loci, 5)),
      hypervolume: finite,
    },
    {
      requiredKeys: [
        'index',
        'evaluations',
        'bestFitness',
        'meanFitness',
        'worstFitness',
        'stdFitness',
        'bestId',
        'bestMetrics',
        'distinctGenomes',
        'meanEntropy',
        'mutationCounts',
        'members',
        'newChromosomes',
      ],
    },
  );
  return fc.record({ record, elapsedMs: finite });
};

/** With chromosomes as objects: views of columns are alike where their rows are. */
const readable = ({ record, elapsedMs }: TimedGeneration) => ({
  elapsedMs,
  record: { ...record, newChromosomes: recordsOf(record.newChromosomes) },
});

it('arrives as it was sent', () => {
  const batches = fc
    .integer({ min: 1, max: 12 })
    .chain((loci) => fc.array(generationOf(loci), { minLength: 1, maxLength: 5 }));
  fc.assert(
    fc.property(batches, (generations) => {
      const packed = packBatch(generations);
      const moved = structuredClone(packed, { transfer: transferListOf(packed) });
      const arrived = unpackBatch(moved);
      expect(arrived.map(readable)).toEqual(generations.map(readable));
      // what was unpacked can be packed again: its rows begin in the middle of shared columns
      expect(unpackBatch(packBatch(arrived.slice(1).concat(arrived))).map(readable)).toEqual(
        generations.slice(1).concat(generations).map(readable),
      );
    }),
  );
});
