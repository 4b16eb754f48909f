/** Reading a recorded run for its replay: windows of populations, the best of every generation, ancestors; in columns, a slice at a time. */
import type { Database, Statement } from 'better-sqlite3';
import { incompleteRecord } from '#shared/domain/generation.ts';
import { HEADLINE_METRIC_COUNT } from '#shared/domain/metrics.ts';
import type { ChromosomeColumns } from '#shared/contract/replay-shapes.ts';
import { chromosomeRowColumns, type ChromosomeRow } from './chromosome-row.ts';
import {
  indexOfKey,
  recordKey,
  unpackCounts,
  unpackGenes,
  unpackIds,
  unpackLoci,
  unpackMetrics,
  type RunLayout,
} from './columns.ts';

/** Members and mutation counts of one generation. */
export interface RecordedPopulation {
  readonly members: Uint32Array;
  /** [loci] */
  readonly mutationCounts: Uint16Array;
}

/** The place of a chromosome in its family. */
export interface Kin {
  readonly fitness: number;
  readonly parents: readonly number[];
}

export class ReplayRepository {
  readonly #populations: Statement<[number, number], { members: Uint8Array; mutation_counts: Uint8Array }>;
  readonly #generations: Statement<[number, number], { count: number }>;
  readonly #mutationCounts: Statement<[number, number], { mutation_counts: Uint8Array }>;
  readonly #bestIds: Statement<[number, number], { best_id: number }>;
  readonly #chromosome: Statement<[number], ChromosomeRow>;
  readonly #metrics: Statement<[number, number], { key: number; metrics: Uint8Array }>;
  readonly #kin: Statement<[number], { fitness: number; parents: Uint8Array }>;

  constructor(database: Database) {
    this.#populations = database.prepare(
      'SELECT members, mutation_counts FROM generation WHERE key >= ? AND key < ? ORDER BY key',
    );
    this.#generations = database.prepare('SELECT COUNT(*) AS count FROM generation WHERE key >= ? AND key < ?');
    this.#mutationCounts = database.prepare(
      'SELECT mutation_counts FROM generation WHERE key >= ? AND key < ? ORDER BY key',
    );
    this.#bestIds = database.prepare('SELECT DISTINCT best_id FROM generation WHERE key >= ? AND key < ?');
    this.#chromosome = database.prepare(`SELECT ${chromosomeRowColumns} FROM chromosome WHERE key = ?`);
    this.#metrics = database.prepare('SELECT key, metrics FROM chromosome WHERE key >= ? AND key < ? ORDER BY key');
    this.#kin = database.prepare('SELECT fitness, parents FROM chromosome WHERE key = ?');
  }

  /** Of the recorded ones among generations `from … from + length − 1`. */
  populations(runId: number, layout: RunLayout, from: number, length: number): RecordedPopulation[] {
    return this.#populations.all(recordKey(runId, from), recordKey(runId, from + length)).map((row) => ({
      members: unpackIds(row.members),
      mutationCounts: unpackCounts(row.mutation_counts, layout.genomeLength),
    }));
  }

  /** How many generations are recorded. */
  generationCount(runId: number): number {
    return this.#generations.get(recordKey(runId, 0), recordKey(runId + 1, 0))?.count ?? 0;
  }

  /** [loci] of each of the recorded ones among generations `from … from + length − 1`: how many new genomes were mutated there. */
  mutationCounts(runId: number, layout: RunLayout, from: number, length: number): Uint16Array[] {
    return this.#mutationCounts
      .all(recordKey(runId, from), recordKey(runId, from + length))
      .map((row) => unpackCounts(row.mutation_counts, layout.genomeLength));
  }

  /** Ids of those that were the best of one of generations `from … from + length − 1`, ascending. */
  bestIds(runId: number, from: number, length: number): Uint32Array {
    return Uint32Array.from(
      this.#bestIds.all(recordKey(runId, from), recordKey(runId, from + length)),
      (row) => row.best_id,
    ).sort();
  }

  /** Fitness and parents (ids) of chromosome `id`, or undefined where it is not recorded. */
  kinOf(runId: number, id: number): Kin | undefined {
    const row = this.#kin.get(recordKey(runId, id));
    return row === undefined ? undefined : { fitness: row.fitness, parents: [...unpackIds(row.parents, id)] };
  }

  /** Metrics of chromosomes `from … to − 1`, as far as they are recorded. */
  metrics(
    runId: number,
    layout: RunLayout,
    from: number,
    to: number,
  ): { readonly id: number; readonly metrics: Float64Array }[] {
    return this.#metrics
      .all(recordKey(runId, from), recordKey(runId, to))
      .map((row) => ({ id: indexOfKey(row.key), metrics: unpackMetrics(row.metrics, layout.instances) }));
  }

  /**
   * Chromosomes `ids` (ascending, distinct) as columns; yields after every `slice` of them, so that the caller can let others work.
   * @throws WorkbenchError `run.incompleteRecord` when one is missing
   */
  *columns(runId: number, layout: RunLayout, ids: Uint32Array, slice: number): Generator<undefined, ChromosomeColumns> {
    const { genomeLength } = layout;
    const columns = {
      ids: new Uint32Array(ids),
      loci: genomeLength,
      genes: new Uint8Array(ids.length * genomeLength),
      fitness: new Float64Array(ids.length),
      metrics: new Float64Array(ids.length * HEADLINE_METRIC_COUNT),
      born: new Uint32Array(ids.length),
      operators: new Uint8Array(ids.length),
      parentOffsets: new Uint32Array(ids.length + 1),
      mutatedOffsets: new Uint32Array(ids.length + 1),
    };
    const parents: number[] = [];
    const mutatedLoci: number[] = [];
    for (let i = 0; i < ids.length; i++) {
      if (i % slice === slice - 1) yield;
      const row = this.#chromosome.get(recordKey(runId, ids[i]));
      if (row === undefined)
        throw incompleteRecord(
          ids[i],
          `the replay of run ${runId}`,
          'the database is damaged; restore it from a backup',
        );
      columns.genes.set(unpackGenes(row.genes, layout), i * genomeLength);
      columns.fitness[i] = row.fitness;
      columns.metrics.set(unpackMetrics(row.metrics, layout.instances), i * HEADLINE_METRIC_COUNT);
      columns.born[i] = row.born;
      columns.operators[i] = row.operator;
      for (const parent of unpackIds(row.parents, indexOfKey(row.key))) parents.push(parent);
      for (const locus of unpackLoci(row.mutatedLoci)) mutatedLoci.push(locus);
      columns.parentOffsets[i + 1] = parents.length;
      columns.mutatedOffsets[i + 1] = mutatedLoci.length;
    }
    return { ...columns, parents: Uint32Array.from(parents), mutatedLoci: Uint16Array.from(mutatedLoci) };
  }
}
