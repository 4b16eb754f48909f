/** Writes a run as it happens: one transaction per batch of generations, with the summary and the checkpoint that belong to it. */
import type { Database, Statement } from 'better-sqlite3';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { Chromosome, GenerationRecord, NewChromosomes } from '#shared/domain/generation.ts';
import type { MakespanBound, RunStatus, Solution } from '#shared/domain/run.ts';
import { headlineMetricNames } from '#shared/domain/metrics.ts';
import {
  CHROMOSOME_ROW_BYTES,
  GENERATION_ROW_BYTES,
  packCounts,
  packGenes,
  packIds,
  packLoci,
  packMetrics,
  recordKey,
  type RunLayout,
} from './columns.ts';
import { bestMetricColumns, generationValues, INSERT_GENERATION } from './row-columns.ts';

/** A generation with the time it was reached at. */
export interface TimedGeneration {
  readonly record: GenerationRecord;
  /** Time spent searching since the start of the run, ms: without pauses and without waiting for its pace. */
  readonly elapsedMs: number;
}

export interface Batch {
  readonly generations: readonly TimedGeneration[];
  /** The search's state after the last of them; it must be JSON. */
  readonly checkpoint: unknown;
  /** Ids of the best trade-offs after the last of them, where the search has several objectives. */
  readonly front?: Uint32Array | undefined;
  /** The best of all chromosomes up to the last of them, as the search has decided. */
  readonly best: Pick<Chromosome, 'id' | 'fitness' | 'metrics'>;
}

/** A score that took seconds, to be kept before it is used. */
export interface KeptScore {
  /** SHA-256 of the genes, one byte each: 32 bytes. */
  readonly genome: Uint8Array;
  /** [K] headline metrics */
  readonly metrics: Float64Array;
  /** Where it comes from, in words. */
  readonly source: string;
}

export interface RunEnding {
  readonly status: RunStatus;
  readonly reason?: string;
  readonly elapsedMs: number;
  /** The best solution by names, where there is one. */
  readonly best: Solution | undefined;
  /** What the search proved of its makespan. */
  readonly bound?: MakespanBound | undefined;
  /** Unix time, ms. */
  readonly at: number;
}

interface RunRow {
  genome_length: number;
  gene_bits: number;
  instances: number;
  attempt: number;
  generations: number;
  elapsed_ms: number;
  best_chromosome_id: number | null;
}

/** Chromosomes inserted by one statement: with 8 a row takes 1.4 µs, alone 1.8 µs; more gain nothing. */
const ROWS_AT_ONCE = 8;
/** Of table `chromosome`, in the order of `#addRow`. */
const CHROMOSOME_COLUMNS = 8;

/**
 * The one writer of a run's generations and chromosomes. A resumed search computes again what was recorded after its checkpoint:
 * these generations are compared with the record instead of being written twice.
 */
export class RunRecorder {
  readonly #runId: number;
  readonly #attempt: number;
  readonly #layout: RunLayout;
  readonly #insertGeneration: Statement;
  readonly #insertChromosome: Statement;
  /** As many chromosomes as `ROWS_AT_ONCE`. */
  readonly #insertChromosomes: Statement;
  readonly #summarise: Statement;
  readonly #saveCheckpoint: Statement;
  readonly #plan: Statement;
  readonly #end: (ending: RunEnding) => boolean;
  readonly #latestAttempt: Statement<[number], { attempt: number }>;
  readonly #recorded: Statement<[number], { best_fitness: number; members: Uint8Array }>;
  readonly #recordBatch: (batch: Batch, at: number) => void;
  readonly #keepScore: (score: KeptScore, at: number) => void;
  #generations: number;
  #elapsedMs: number;
  #bestId: number | undefined;
  /** What the batch at hand takes, bytes. */
  #batchBytes = 0;

  /** @throws WorkbenchError `run.unknown` */
  constructor(database: Database, runId: number) {
    const row = database
      .prepare<[number], RunRow>(
        'SELECT genome_length, gene_bits, instances, attempt, generations, elapsed_ms, best_chromosome_id FROM run WHERE id = ?',
      )
      .get(runId);
    if (row === undefined) throw new WorkbenchError('run.unknown', `there is no run ${runId}`);
    this.#runId = runId;
    this.#attempt = row.attempt;
    this.#layout = { genomeLength: row.genome_length, geneBits: row.gene_bits, instances: row.instances };
    this.#generations = row.generations;
    this.#elapsedMs = row.elapsed_ms;
    this.#bestId = row.best_chromosome_id ?? undefined;
    this.#insertGeneration = database.prepare(INSERT_GENERATION);
    const [insert, placeholders] = [
      'INSERT INTO chromosome (key, born, operator, fitness, metrics, parents, mutated_loci, genes) VALUES ',
      '(?, ?, ?, ?, ?, ?, ?, ?)',
    ];
    this.#insertChromosome = database.prepare(insert + placeholders);
    this.#insertChromosomes = database.prepare(
      insert + Array.from({ length: ROWS_AT_ONCE }, () => placeholders).join(', '),
    );
    this.#summarise =
      database.prepare(`UPDATE run SET generations = :generations, evaluations = :evaluations, elapsed_ms = :elapsedMs,
      best_chromosome_id = :bestId, best_fitness = :bestFitness,
      ${headlineMetricNames.map((name) => `${bestMetricColumns[name]} = :${name}`).join(', ')},
      recorded_bytes = recorded_bytes + :bytes, front = :front WHERE id = :id`);
    this.#saveCheckpoint = database.prepare(
      'INSERT INTO checkpoint (run_id, generation, saved_at, state_json) VALUES (?, ?, ?, ?) ON CONFLICT (run_id) DO ' +
        'UPDATE SET generation = excluded.generation, saved_at = excluded.saved_at, state_json = excluded.state_json',
    );
    this.#plan = database.prepare(
      'UPDATE run SET planned_generations = :planned WHERE id = :id AND attempt = :attempt',
    );
    const end =
      database.prepare(`UPDATE run SET status = :status, status_reason = :reason, ended_at = :at, elapsed_ms = :elapsedMs, owner = NULL
      WHERE id = :id AND attempt = :attempt AND status IN ('queued', 'running', 'paused')`);
    const prove = database.prepare(
      'UPDATE run SET bound_makespan_ms = :makespanMs, bound_method = :method, last_release_ms = :lastReleaseMs WHERE ' +
        'id = :id AND coalesce(bound_makespan_ms, 0) < :makespanMs',
    );
    const describe = database.prepare('UPDATE run_snapshot SET best_json = ? WHERE run_id = ?');
    this.#end = database.transaction(({ status, reason, at, elapsedMs, best, bound }: RunEnding) => {
      const hasEnded =
        end.run({ id: runId, attempt: row.attempt, status, reason: reason ?? null, at, elapsedMs }).changes > 0;
      if (hasEnded && bound !== undefined) prove.run({ id: runId, ...bound });
      if (hasEnded) describe.run(best === undefined ? null : JSON.stringify(best), runId);
      return hasEnded;
    }).immediate;
    this.#latestAttempt = database.prepare('SELECT attempt FROM run WHERE id = ?');
    this.#recorded = database.prepare('SELECT best_fitness, members FROM generation WHERE key = ?');
    const transaction = database.transaction((batch: Batch, at: number) => this.#write(batch, at));
    this.#recordBatch = (batch, at) => transaction.immediate(batch, at);
    const insertEvaluation = database.prepare(
      'INSERT INTO evaluation (run_id, genome_hash, metrics, source, scored_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#keepScore = database.transaction(({ genome, metrics, source }: KeptScore, at: number) => {
      this.#assertNotTakenOver();
      insertEvaluation.run(runId, genome, packMetrics(metrics, this.#layout.instances), source, at);
    }).immediate;
  }

  /** Generations in the record. */
  get generations(): number {
    return this.#generations;
  }

  /** Time spent searching up to the last recorded batch, ms. */
  get elapsedMs(): number {
    return this.#elapsedMs;
  }

  /** Id of the best chromosome in the record. */
  get bestId(): number | undefined {
    return this.#bestId;
  }

  plan(plannedGenerations: number): void {
    this.#plan.run({ id: this.#runId, attempt: this.#attempt, planned: plannedGenerations });
  }

  /**
   * Records `batch` whole or not at all.
   * @param at Unix time, ms
   * @throws WorkbenchError `run.takenOver` when another process has been started for this run since, `run.notReproducible` when a
   * generation differs from the one already recorded
   */
  record(batch: Batch, at: number): void {
    const before = {
      generations: this.#generations,
      elapsedMs: this.#elapsedMs,
      bestId: this.#bestId,
    };
    try {
      this.#recordBatch(batch, at);
    } catch (error) {
      this.#generations = before.generations;
      this.#elapsedMs = before.elapsedMs;
      this.#bestId = before.bestId;
      throw error;
    }
  }

  /** Keeps a score, so that it survives a crash before its generation is complete. @param at Unix time, ms @throws WorkbenchError `run.takenOver` */
  keep(score: KeptScore, at: number): void {
    this.#keepScore(score, at);
  }

  /** Writes how the run ended; false when another process has taken it over, or it had ended already. */
  end(ending: RunEnding): boolean {
    return this.#end(ending);
  }

  #write({ generations, checkpoint, front, best }: Batch, at: number): void {
    this.#assertNotTakenOver();
    this.#batchBytes = 0;
    let last: TimedGeneration | undefined;
    for (const generation of generations) {
      if (generation.record.index < this.#generations) this.#compare(generation.record);
      else {
        this.#writeGeneration(generation);
        last = generation;
      }
    }
    if (last === undefined) return;
    this.#elapsedMs = last.elapsedMs;
    this.#bestId = best.id;
    this.#summarise.run({
      id: this.#runId,
      generations: this.#generations,
      evaluations: last.record.evaluations,
      elapsedMs: last.elapsedMs,
      bestId: best.id,
      bestFitness: best.fitness,
      ...Object.fromEntries(headlineMetricNames.map((name, metric) => [name, best.metrics[metric]])),
      bytes: this.#batchBytes,
      front: front === undefined ? null : packIds(front),
    });
    this.#saveCheckpoint.run(this.#runId, last.record.index, at, JSON.stringify(checkpoint));
  }

  #assertNotTakenOver(): void {
    if (this.#latestAttempt.get(this.#runId)?.attempt === this.#attempt) return;
    throw new WorkbenchError('run.takenOver', `run ${this.#runId} is being continued by another process`, {
      hint: 'nothing is lost: that process records it',
    });
  }

  #writeGeneration({ record, elapsedMs }: TimedGeneration): void {
    if (record.index !== this.#generations)
      throw new Error(`generation ${record.index} of run ${this.#runId} follows ${this.#generations} recorded ones`);
    this.#writeChromosomes(record.newChromosomes, record.index);
    const packed = {
      bestMetrics: packMetrics(record.bestMetrics, this.#layout.instances),
      mutationCounts: packCounts(record.mutationCounts),
      members: packIds(record.members),
    };
    const values = generationValues({ ...record, elapsedMs, hypervolume: record.hypervolume ?? null, ...packed });
    this.#insertGeneration.run(recordKey(this.#runId, record.index), ...values);
    this.#batchBytes += GENERATION_ROW_BYTES + bytesOf(Object.values(packed));
    this.#generations = record.index + 1;
  }

  #writeChromosomes(chromosomes: NewChromosomes, born: number): void {
    let values: unknown[] = [];
    for (let row = 0; row < chromosomes.ids.length; row++) {
      this.#addRow(values, chromosomes, row, born);
      if (values.length < ROWS_AT_ONCE * CHROMOSOME_COLUMNS) continue;
      this.#insertChromosomes.run(values);
      values = [];
    }
    for (let first = 0; first < values.length; first += CHROMOSOME_COLUMNS)
      this.#insertChromosome.run(values.slice(first, first + CHROMOSOME_COLUMNS));
  }

  #addRow(values: unknown[], columns: NewChromosomes, row: number, born: number): void {
    const { ids, loci, metricCount, genes, fitness, metrics, operators } = columns;
    const { parentOffsets, parents, mutatedOffsets, mutatedLoci } = columns;
    const { genomeLength, geneBits, instances } = this.#layout;
    const packed = [
      packMetrics(metrics, instances, row * metricCount),
      packIds(parents, ids[row], parentOffsets[row], parentOffsets[row + 1]),
      packLoci(mutatedLoci, genomeLength, mutatedOffsets[row], mutatedOffsets[row + 1]),
      packGenes(genes, geneBits, row * loci, (row + 1) * loci),
    ] as const;
    values.push(recordKey(this.#runId, ids[row]), born, operators[row], fitness[row], ...packed);
    this.#batchBytes += CHROMOSOME_ROW_BYTES + bytesOf(packed);
  }

  #compare(record: GenerationRecord): void {
    const recorded = this.#recorded.get(recordKey(this.#runId, record.index));
    const same =
      recorded !== undefined &&
      recorded.best_fitness === record.bestFitness &&
      Buffer.compare(recorded.members, packIds(record.members)) === 0;
    if (!same) {
      throw new WorkbenchError(
        'run.notReproducible',
        `generation ${record.index} of run ${this.#runId} came out differently from the one recorded before it was interrupted`,
        {
          hint: 'the run was recorded by another version of the search; start it again with the same seed',
        },
      );
    }
  }
}

function bytesOf(packed: readonly Uint8Array[]): number {
  return packed.reduce((sum, { byteLength }) => sum + byteLength, 0);
}
