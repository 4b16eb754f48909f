/**
 * A batch of generations on its way from the search's thread to the one that records it: flat typed arrays, moved instead of
 * copied, because cloning hundreds of small arrays per generation costs more than the search.
 */
import type { GenerationRecord, NewChromosomes } from '#shared/domain/generation.ts';
import type { TimedGeneration } from '../store/recorder.ts';

type Scalars = Omit<GenerationRecord, 'bestMetrics' | 'mutationCounts' | 'members' | 'newChromosomes'>;

interface PackedGeneration extends Scalars {
  readonly elapsedMs: number;
  readonly memberCount: number;
  readonly newCount: number;
}

/** G generations, M members in all, L loci, K metrics. */
export interface PackedBatch {
  readonly generations: readonly PackedGeneration[];
  /** [G × K] */
  readonly bestMetrics: Float64Array<ArrayBuffer>;
  /** [G × L] */
  readonly mutationCounts: Uint16Array<ArrayBuffer>;
  /** [M] */
  readonly members: Uint32Array<ArrayBuffer>;
  /** Those of all generations, one after the other. */
  readonly chromosomes: NewChromosomes;
}

/** Packs at least one generation. */
export function packBatch(generations: readonly TimedGeneration[]): PackedBatch {
  const records = generations.map((generation) => generation.record);
  const chromosomes = concatenate(records.map(({ newChromosomes }) => newChromosomes));
  const { loci, metricCount } = chromosomes;
  const batch: PackedBatch = {
    generations: generations.map(({ record, elapsedMs }) => {
      const { bestMetrics: _metrics, mutationCounts: _counts, members, newChromosomes, ...scalars } = record;
      return { ...scalars, elapsedMs, memberCount: members.length, newCount: newChromosomes.ids.length };
    }),
    bestMetrics: new Float64Array(records.length * metricCount),
    mutationCounts: new Uint16Array(records.length * loci),
    members: new Uint32Array(sum(records, (record) => record.members.length)),
    chromosomes,
  };
  let member = 0;
  records.forEach((record, g) => {
    batch.bestMetrics.set(record.bestMetrics, g * metricCount);
    batch.mutationCounts.set(record.mutationCounts, g * loci);
    batch.members.set(record.members, member);
    member += record.members.length;
  });
  return batch;
}

/** The buffers to move when `batch` is posted. */
export function transferListOf({ chromosomes, ...batch }: PackedBatch): ArrayBuffer[] {
  return [...Object.values(batch), ...Object.values(chromosomes)].flatMap((value: unknown) =>
    ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer ? [value.buffer] : [],
  );
}

/** The inverse of `packBatch`; the arrays are views of the batch's, and all generations share those of parents and mutated loci. */
export function unpackBatch({ generations, chromosomes, ...batch }: PackedBatch): TimedGeneration[] {
  const { loci, metricCount } = chromosomes;
  let member = 0;
  let first = 0;
  return generations.map(({ elapsedMs, memberCount, newCount, ...scalars }, g) => ({
    elapsedMs,
    record: {
      ...scalars,
      bestMetrics: batch.bestMetrics.subarray(g * metricCount, (g + 1) * metricCount),
      mutationCounts: batch.mutationCounts.subarray(g * loci, (g + 1) * loci),
      members: batch.members.subarray(member, (member += memberCount)),
      newChromosomes: rowsOf(chromosomes, first, (first += newCount)),
    },
  }));
}

/** All rows of at least one table, one table after the other. */
function concatenate(tables: readonly NewChromosomes[]): NewChromosomes {
  const [{ loci, metricCount }] = tables;
  const count = sum(tables, ({ ids }) => ids.length);
  const all: NewChromosomes = {
    ids: new Uint32Array(count),
    loci,
    metricCount,
    genes: new Uint8Array(count * loci),
    fitness: new Float64Array(count),
    metrics: new Float64Array(count * metricCount),
    operators: new Uint8Array(count),
    parentOffsets: new Uint32Array(count + 1),
    parents: new Uint32Array(sum(tables, ({ parentOffsets }) => extentOf(parentOffsets))),
    mutatedOffsets: new Uint32Array(count + 1),
    mutatedLoci: new Uint32Array(sum(tables, ({ mutatedOffsets }) => extentOf(mutatedOffsets))),
  };
  let row = 0;
  for (const table of tables) {
    all.ids.set(table.ids, row);
    all.genes.set(table.genes, row * loci);
    all.fitness.set(table.fitness, row);
    all.metrics.set(table.metrics, row * metricCount);
    all.operators.set(table.operators, row);
    append(all.parents, all.parentOffsets, row, table.parents, table.parentOffsets);
    append(all.mutatedLoci, all.mutatedOffsets, row, table.mutatedLoci, table.mutatedOffsets);
    row += table.ids.length;
  }
  return all;
}

/** Entries that all rows of `offsets` have together. */
function extentOf(offsets: Uint32Array): number {
  return offsets[offsets.length - 1] - offsets[0];
}

/** Puts the entries of all rows of `fromOffsets` behind those of the first `row` rows of `offsets`. */
function append(
  values: Uint32Array,
  offsets: Uint32Array,
  row: number,
  from: Uint32Array,
  fromOffsets: Uint32Array,
): void {
  const shift = offsets[row] - fromOffsets[0];
  values.set(from.subarray(fromOffsets[0], fromOffsets[fromOffsets.length - 1]), offsets[row]);
  for (let i = 1; i < fromOffsets.length; i++) offsets[row + i] = fromOffsets[i] + shift;
}

/** Rows `from … to − 1` as views. */
function rowsOf(table: NewChromosomes, from: number, to: number): NewChromosomes {
  const { loci, metricCount } = table;
  return {
    ...table,
    ids: table.ids.subarray(from, to),
    genes: table.genes.subarray(from * loci, to * loci),
    fitness: table.fitness.subarray(from, to),
    metrics: table.metrics.subarray(from * metricCount, to * metricCount),
    operators: table.operators.subarray(from, to),
    parentOffsets: table.parentOffsets.subarray(from, to + 1),
    mutatedOffsets: table.mutatedOffsets.subarray(from, to + 1),
  };
}

function sum<Item>(items: readonly Item[], sizeOf: (item: Item) => number): number {
  return items.reduce((total, item) => total + sizeOf(item), 0);
}
