/** Whole runs as rows: read for an archive, and written from one, out of sight until they are complete. */
import type { Database, Statement } from 'better-sqlite3';
import { HEADLINE_METRIC_COUNT, headlineMetricNames, type HeadlineMetricName } from '#shared/domain/metrics.ts';
import type { RunStatus } from '#shared/domain/run.ts';
import { keylessRowColumns, type ChromosomeRow } from './chromosome-row.ts';
import { CHROMOSOME_ROW_BYTES, GENERATION_ROW_BYTES, recordKey } from './columns.ts';
import {
  bestMetricColumns,
  generationSelection,
  generationValues,
  INSERT_GENERATION,
  type GenerationRow,
} from './row-columns.ts';

/** In place of 0 in `run.deleting`: a run that is still being imported, seen by nobody. */
const ARRIVING = 2;

/** A run with everything about it, as its rows have it; nulls are those of the columns. */
export interface RunRow {
  readonly originalId: number;
  readonly name: string;
  readonly scenarioId: string;
  readonly scenarioName: string;
  readonly platformName: string;
  readonly scheduler: string;
  readonly seed: number;
  readonly status: RunStatus;
  readonly statusReason: string | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly elapsedMs: number;
  readonly generations: number;
  readonly plannedGenerations: number | null;
  readonly evaluations: number;
  readonly chromosomes: number;
  readonly bestChromosomeId: number | null;
  readonly bestFitness: number | null;
  /** In the order of the headline metrics. */
  readonly bestMetrics: readonly number[] | null;
  readonly recordedBytes: number;
  readonly genomeLength: number;
  readonly geneBits: number;
  readonly instances: number;
  readonly starred: boolean;
  readonly tags: readonly string[];
  readonly notes: string;
  readonly engineVersion: string;
  readonly front: Uint8Array<ArrayBuffer> | null;
  readonly configurationJson: string;
  readonly referenceJson: string;
  readonly bestJson: string | null;
  readonly scenarioJson: string;
  readonly origin: { readonly originalId: number; readonly product: string; readonly exportedAt: number } | null;
}

/** Without its key, which is another one in each database. */
export type ArchivedChromosome = Omit<ChromosomeRow, 'key'>;

export interface CheckpointRow {
  readonly generation: number;
  readonly savedAt: number;
  readonly stateJson: string;
}

/** Where an imported run comes from. */
export interface RunOrigin {
  readonly originalId: number;
  readonly product: string;
  /** Unix time, ms. */
  readonly exportedAt: number;
  readonly importedAt: number;
}

/** The fields of a run that its search writes; the others are those of the one who submitted it. */
const foundFields = [
  'status',
  'statusReason',
  'startedAt',
  'endedAt',
  'elapsedMs',
  'generations',
  'plannedGenerations',
  'evaluations',
  'bestChromosomeId',
  'bestFitness',
  ...headlineMetricNames,
  'front',
] as const;

/** The columns of `run` that are the same on every machine, by the names they have here. */
const runColumns = {
  name: 'name',
  scenarioId: 'scenario_id',
  scenarioName: 'scenario_name',
  platformName: 'platform_name',
  scheduler: 'scheduler',
  seed: 'seed',
  status: 'status',
  statusReason: 'status_reason',
  createdAt: 'created_at',
  startedAt: 'started_at',
  endedAt: 'ended_at',
  elapsedMs: 'elapsed_ms',
  generations: 'generations',
  plannedGenerations: 'planned_generations',
  evaluations: 'evaluations',
  bestChromosomeId: 'best_chromosome_id',
  bestFitness: 'best_fitness',
  ...bestMetricColumns,
  genomeLength: 'genome_length',
  geneBits: 'gene_bits',
  instances: 'instances',
  starred: 'starred',
  tagsJson: 'tags_json',
  notes: 'notes',
  engineVersion: 'engine_version',
  front: 'front',
} as const;
type StoredRun = Omit<RunRow, 'starred' | 'tags' | 'origin' | 'bestMetrics'> &
  Readonly<Record<HeadlineMetricName, number | null>> & {
    readonly starred: number;
    readonly tagsJson: string;
  };

export class ArchiveRepository {
  readonly #database: Database;
  readonly #run: Statement<[number], StoredRun>;
  readonly #origin: Statement<[number], RunOrigin>;
  readonly #generations: Statement<[number, number], GenerationRow>;
  readonly #chromosomes: Statement<[number, number], ArchivedChromosome>;
  readonly #checkpoint: Statement<[number], CheckpointRow>;
  readonly #stage: (run: RunRow, origin: RunOrigin, owner: string) => number;
  readonly #addGenerations: (runId: number, from: number, rows: readonly GenerationRow[]) => void;
  readonly #addChromosomes: (runId: number, from: number, rows: readonly ArchivedChromosome[]) => void;
  readonly #addCheckpoint: Statement<[number, number, number, string]>;
  readonly #accept: (runIds: readonly number[]) => void;
  readonly #discard: Statement<[number]>;
  readonly #clear: (runId: number) => void;
  readonly #settle: (runId: number, owner: string, run: RunRow) => boolean;

  constructor(database: Database) {
    this.#database = database;
    const select = Object.entries(runColumns)
      .map(([name, column]) => `run.${column} AS ${name}`)
      .join(', ');
    this.#run = database.prepare(`SELECT run.id AS originalId, run.recorded_bytes AS recordedBytes, ${select},
        configuration_json AS configurationJson, reference_json AS referenceJson, best_json AS bestJson, scenario_json AS scenarioJson,
      (SELECT coalesce(max(key) - run.id * 4294967296 + 1, 0) FROM chromosome WHERE key >= run.id << 32 AND key < (run.id + 1) << 32) AS chromosomes
      FROM run JOIN run_snapshot ON run_id = run.id WHERE run.id = ? AND deleting = 0`);
    this.#origin = database.prepare(
      'SELECT original_id AS originalId, product, exported_at AS exportedAt, imported_at AS importedAt FROM run_origin WHERE run_id = ?',
    );
    this.#generations = database.prepare(
      `SELECT ${generationSelection()} FROM generation WHERE key >= ? AND key < ? ORDER BY key`,
    );
    this.#chromosomes = database.prepare(
      `SELECT ${keylessRowColumns} FROM chromosome WHERE key >= ? AND key < ? ORDER BY key`,
    );
    this.#checkpoint = database.prepare(
      'SELECT generation, saved_at AS savedAt, state_json AS stateJson FROM checkpoint WHERE run_id = ?',
    );

    const insertRun = database.prepare(
      `INSERT INTO run (${Object.values(runColumns).join(', ')}, owner, deleting) VALUES (${Object.keys(runColumns)
        .map((name) => `:${name}`)
        .join(', ')}, :owner, ${ARRIVING})`,
    );
    const insertSnapshot = database.prepare(
      'INSERT INTO run_snapshot (run_id, configuration_json, reference_json, best_json, scenario_json) VALUES (?, ?, ?, ?, ?)',
    );
    const insertOrigin = database.prepare(
      'INSERT INTO run_origin (run_id, original_id, product, exported_at, imported_at) VALUES (?, ?, ?, ?, ?)',
    );
    this.#stage = database.transaction((run: RunRow, origin: RunOrigin, owner: string) => {
      const { configurationJson, referenceJson, bestJson, scenarioJson } = run;
      const runId = Number(insertRun.run({ ...columnsOf(run), owner }).lastInsertRowid);
      insertSnapshot.run(runId, configurationJson, referenceJson, bestJson, scenarioJson);
      insertOrigin.run(runId, origin.originalId, origin.product, origin.exportedAt, origin.importedAt);
      return runId;
    }).immediate;
    const addBytes = database.prepare('UPDATE run SET recorded_bytes = recorded_bytes + ? WHERE id = ?');
    const insertGeneration = database.prepare(INSERT_GENERATION);
    this.#addGenerations = database.transaction((runId: number, from: number, rows: readonly GenerationRow[]) => {
      let bytes = 0;
      rows.forEach((row, i) => {
        insertGeneration.run(recordKey(runId, from + i), ...generationValues(row));
        bytes +=
          GENERATION_ROW_BYTES + row.bestMetrics.byteLength + row.mutationCounts.byteLength + row.members.byteLength;
      });
      addBytes.run(bytes, runId);
    }).immediate;
    const insertChromosome = database.prepare(
      'INSERT INTO chromosome (key, born, operator, fitness, metrics, parents, mutated_loci, genes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#addChromosomes = database.transaction((runId: number, from: number, rows: readonly ArchivedChromosome[]) => {
      let bytes = 0;
      rows.forEach((row, i) => {
        insertChromosome.run(
          recordKey(runId, from + i),
          row.born,
          row.operator,
          row.fitness,
          row.metrics,
          row.parents,
          row.mutatedLoci,
          row.genes,
        );
        bytes +=
          CHROMOSOME_ROW_BYTES +
          row.metrics.byteLength +
          row.parents.byteLength +
          row.mutatedLoci.byteLength +
          row.genes.byteLength;
      });
      addBytes.run(bytes, runId);
    }).immediate;
    this.#addCheckpoint = database.prepare(
      'INSERT INTO checkpoint (run_id, generation, saved_at, state_json) VALUES (?, ?, ?, ?)',
    );
    const show = database.prepare(`UPDATE run SET deleting = 0, owner = NULL WHERE id = ? AND deleting = ${ARRIVING}`);
    this.#accept = database.transaction((runIds: readonly number[]) => {
      for (const runId of runIds)
        if (show.run(runId).changes !== 1) throw new Error(`run ${runId} is not being imported`);
    }).immediate;
    const forget = ['generation', 'chromosome'].map((table) =>
      database.prepare<[number, number]>(`DELETE FROM ${table} WHERE key >= ? AND key < ?`),
    );
    const forgetCheckpoint = database.prepare('DELETE FROM checkpoint WHERE run_id = ?');
    const forgetBytes = database.prepare('UPDATE run SET recorded_bytes = 0 WHERE id = ?');
    this.#clear = database.transaction((runId: number) => {
      for (const statement of forget) statement.run(recordKey(runId, 0), recordKey(runId + 1, 0));
      forgetCheckpoint.run(runId);
      forgetBytes.run(runId);
    }).immediate;
    const writeFound = database.prepare(
      `UPDATE run SET ${foundFields.map((name) => `${runColumns[name]} = :${name}`).join(', ')}, owner = NULL
        WHERE id = :id AND owner = :owner AND deleting = 0`,
    );
    const writeBest = database.prepare('UPDATE run_snapshot SET best_json = ? WHERE run_id = ?');
    this.#settle = database.transaction((runId: number, owner: string, run: RunRow) => {
      const values = columnsOf(run);
      const found = Object.fromEntries(foundFields.map((name) => [name, values[name]]));
      if (writeFound.run({ ...found, id: runId, owner }).changes === 0) return false;
      writeBest.run(run.bestJson, runId);
      return true;
    }).immediate;
    this.#discard = database.prepare(`UPDATE run SET deleting = 1 WHERE id = ? AND deleting = ${ARRIVING}`);
  }

  /** Undefined when there is no such run. */
  run(runId: number): RunRow | undefined {
    const row = this.#run.get(runId);
    if (row === undefined) return undefined;
    const { makespanMs, throughputPerS, energyMJ, latencyMs, constraintViolation, starred, tagsJson, ...rest } = row;
    const byName = { makespanMs, throughputPerS, energyMJ, latencyMs, constraintViolation };
    const metrics = headlineMetricNames.map((name) => byName[name]).filter((value) => value !== null);
    const tags = JSON.parse(tagsJson) as string[]; // written by RunRepository
    const origin = this.#origin.get(runId);
    return {
      ...rest,
      starred: starred === 1,
      tags,
      bestMetrics: metrics.length === HEADLINE_METRIC_COUNT ? metrics : null,
      origin:
        origin === undefined
          ? null
          : { originalId: origin.originalId, product: origin.product, exportedAt: origin.exportedAt },
    };
  }

  /** Where an imported run comes from; undefined for one that was made here. */
  origin(runId: number): RunOrigin | undefined {
    return this.#origin.get(runId);
  }

  generations(runId: number, from: number, limit: number): GenerationRow[] {
    return this.#generations.all(recordKey(runId, from), recordKey(runId, from + limit));
  }

  chromosomes(runId: number, from: number, limit: number): ArchivedChromosome[] {
    return this.#chromosomes.all(recordKey(runId, from), recordKey(runId, from + limit));
  }

  checkpoint(runId: number): CheckpointRow | undefined {
    return this.#checkpoint.get(runId);
  }

  /** Adds a run that nobody sees until it is accepted. @param owner the instance that imports it; returns its new id */
  stage(run: RunRow, origin: RunOrigin, owner: string): number {
    return this.#stage(run, origin, owner);
  }

  addGenerations(runId: number, from: number, rows: readonly GenerationRow[]): void {
    this.#addGenerations(runId, from, rows);
  }

  addChromosomes(runId: number, from: number, rows: readonly ArchivedChromosome[]): void {
    this.#addChromosomes(runId, from, rows);
  }

  addCheckpoint(runId: number, { generation, savedAt, stateJson }: CheckpointRow): void {
    this.#addCheckpoint.run(runId, generation, savedAt, stateJson);
  }

  /** All of them are seen from now on, or none. */
  accept(runIds: readonly number[]): void {
    this.#accept(runIds);
  }

  /** Gives up runs that were staged; `purgeDeleted` frees their rows. */
  discard(runIds: readonly number[]): void {
    for (const runId of runIds) this.#discard.run(runId);
  }

  /** Removes the rows that a run has, whose record is still to come. */
  clear(runId: number): void {
    this.#clear(runId);
  }

  /** Its rows are all there: the run has ended as `run` says. False where it was no longer `owner`'s. */
  settle(runId: number, owner: string, run: RunRow): boolean {
    return this.#settle(runId, owner, run);
  }

  /** Gives up what instances that are gone have left half imported. */
  discardAbandoned(isAlive: (owner: string) => boolean): void {
    const rows = this.#database
      .prepare<[], { id: number; owner: string | null }>(`SELECT id, owner FROM run WHERE deleting = ${ARRIVING}`)
      .all();
    this.discard(rows.filter(({ owner }) => owner === null || !isAlive(owner)).map(({ id }) => id));
  }
}

/** The values of `runColumns`. */
function columnsOf({
  bestMetrics,
  starred,
  tags,
  ...run
}: RunRow): Record<string, number | string | Uint8Array | null> {
  const given: Readonly<Record<string, unknown>> = {
    ...run,
    starred: Number(starred),
    tagsJson: JSON.stringify(tags),
    ...Object.fromEntries(headlineMetricNames.map((name, metric) => [name, bestMetrics?.[metric] ?? null])),
  };
  return Object.fromEntries(
    Object.keys(runColumns).map((name) => [name, given[name] as number | string | Uint8Array | null]),
  ); // as RunRow says
}
