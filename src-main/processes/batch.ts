/**
 * A batch of generations on its way from the search's thread to the one that records it: flat typed arrays, moved instead of
 * copied, because cloning hundreds of small arrays per generation costs more than the search.
 */
import { operatorNames, type ChromosomeRecord, type GenerationRecord } from '#shared/domain/generation.ts';
import type { TimedGeneration } from '../store/recorder.ts';

type Scalars = Omit<GenerationRecord, 'bestMetrics' | 'mutationCounts' | 'members' | 'newChromosomes'>;

interface PackedGeneration extends Scalars {
  readonly elapsedMs: number;
  readonly memberCount: number;
  readonly newCount: number;
}

/** G generations, M members in all, C new chromosomes in all, L loci, K metrics. */
export interface PackedBatch {
  readonly generations: readonly PackedGeneration[];
  readonly loci: number;
  readonly metricCount: number;
  /** [G × K] */
  readonly bestMetrics: Float64Array<ArrayBuffer>;
  /** [G × L] */
  readonly mutationCounts: Uint16Array<ArrayBuffer>;
  /** [M] */
  readonly members: Uint32Array<ArrayBuffer>;
  /** [C] */
  readonly ids: Uint32Array<ArrayBuffer>;
  /** [C × L] */
  readonly genes: Uint8Array<ArrayBuffer>;
  /** [C] */
  readonly fitness: Float64Array<ArrayBuffer>;
  /** [C × K] */
  readonly metrics: Float64Array<ArrayBuffer>;
  /** [C] index into `operatorNames` */
  readonly operators: Uint8Array<ArrayBuffer>;
  /** [C] how many of `parents` are the chromosome's */
  readonly parentCounts: Uint32Array<ArrayBuffer>;
  readonly parents: Uint32Array<ArrayBuffer>;
  /** [C] how many of `mutatedLoci` are the chromosome's */
  readonly mutatedCounts: Uint32Array<ArrayBuffer>;
  readonly mutatedLoci: Uint32Array<ArrayBuffer>;
}

export function packBatch(generations: readonly TimedGeneration[]): PackedBatch {
  const records = generations.map((generation) => generation.record);
  const chromosomes = records.flatMap((record) => record.newChromosomes);
  const loci = records[0]?.mutationCounts.length ?? 0;
  const metricCount = records[0]?.bestMetrics.length ?? 0;
  const batch: PackedBatch = {
    generations: generations.map(({ record, elapsedMs }) => {
      const { bestMetrics: _metrics, mutationCounts: _counts, members, newChromosomes, ...scalars } = record;
      return { ...scalars, elapsedMs, memberCount: members.length, newCount: newChromosomes.length };
    }),
    loci,
    metricCount,
    bestMetrics: new Float64Array(records.length * metricCount),
    mutationCounts: new Uint16Array(records.length * loci),
    members: new Uint32Array(sum(records, (record) => record.members.length)),
    ids: new Uint32Array(chromosomes.length),
    genes: new Uint8Array(chromosomes.length * loci),
    fitness: new Float64Array(chromosomes.length),
    metrics: new Float64Array(chromosomes.length * metricCount),
    operators: new Uint8Array(chromosomes.length),
    parentCounts: new Uint32Array(chromosomes.length),
    parents: new Uint32Array(sum(chromosomes, (chromosome) => chromosome.parents.length)),
    mutatedCounts: new Uint32Array(chromosomes.length),
    mutatedLoci: new Uint32Array(sum(chromosomes, (chromosome) => chromosome.mutatedLoci.length)),
  };
  let member = 0;
  records.forEach((record, g) => {
    batch.bestMetrics.set(record.bestMetrics, g * metricCount);
    batch.mutationCounts.set(record.mutationCounts, g * loci);
    batch.members.set(record.members, member);
    member += record.members.length;
  });
  let parent = 0;
  let mutated = 0;
  chromosomes.forEach((chromosome, c) => {
    batch.ids[c] = chromosome.id;
    batch.genes.set(chromosome.genes, c * loci);
    batch.fitness[c] = chromosome.fitness;
    batch.metrics.set(chromosome.metrics, c * metricCount);
    batch.operators[c] = operatorNames.indexOf(chromosome.operator);
    batch.parentCounts[c] = chromosome.parents.length;
    batch.parents.set(chromosome.parents, parent);
    parent += chromosome.parents.length;
    batch.mutatedCounts[c] = chromosome.mutatedLoci.length;
    batch.mutatedLoci.set(chromosome.mutatedLoci, mutated);
    mutated += chromosome.mutatedLoci.length;
  });
  return batch;
}

/** The buffers to move when `batch` is posted. */
export function transferListOf(batch: PackedBatch): ArrayBuffer[] {
  return Object.values(batch).flatMap((value: unknown) => (ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer ? [value.buffer] : []));
}

/** The inverse of `packBatch`; the arrays are views of the batch's. */
export function unpackBatch(batch: PackedBatch): TimedGeneration[] {
  let member = 0;
  let next = 0;
  let parent = 0;
  let mutated = 0;
  const nextChromosome = (): ChromosomeRecord => {
    const c = next++;
    return {
      id: batch.ids[c],
      genes: batch.genes.subarray(c * batch.loci, (c + 1) * batch.loci),
      fitness: batch.fitness[c],
      metrics: batch.metrics.subarray(c * batch.metricCount, (c + 1) * batch.metricCount),
      parents: numbers(batch.parents, parent, (parent += batch.parentCounts[c])),
      operator: operatorNames[batch.operators[c]],
      mutatedLoci: numbers(batch.mutatedLoci, mutated, (mutated += batch.mutatedCounts[c])),
    };
  };
  return batch.generations.map(({ elapsedMs, memberCount, newCount, ...scalars }, g) => ({
    elapsedMs,
    record: {
      ...scalars,
      bestMetrics: batch.bestMetrics.subarray(g * batch.metricCount, (g + 1) * batch.metricCount),
      mutationCounts: batch.mutationCounts.subarray(g * batch.loci, (g + 1) * batch.loci),
      members: batch.members.subarray(member, (member += memberCount)),
      newChromosomes: Array.from({ length: newCount }, nextChromosome),
    },
  }));
}

/** Elements `from … to − 1`; a spread of a view took four times as long. */
function numbers(array: Uint32Array, from: number, to: number): number[] {
  const found: number[] = [];
  for (let i = from; i < to; i++) found.push(array[i]);
  return found;
}

function sum<Item>(items: readonly Item[], sizeOf: (item: Item) => number): number {
  return items.reduce((total, item) => total + sizeOf(item), 0);
}
