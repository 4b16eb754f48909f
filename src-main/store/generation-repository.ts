/** Reading what was recorded of a run: its generations as columns, a generation's population, single chromosomes, the checkpoint. */
import type { Database, Statement } from 'better-sqlite3';
import { generationFigures, incompleteRecord, type Chromosome } from '#shared/domain/generation.ts';
import { seriesOf } from '#shared/contract/generation-series.ts';
import type { ChromosomeView, GenerationSeries, PopulationView } from '#shared/contract/shapes.ts';
import {
  chromosomeRowColumns,
  scoredOf,
  scoredRowColumns,
  viewOf,
  type ChromosomeRow,
  type ScoredRow,
} from './chromosome-row.ts';
import { recordKey, unpackIds, unpackMetrics, type RunLayout } from './columns.ts';
import { generationSelection, type GenerationRow } from './row-columns.ts';

export interface Checkpoint {
  /** Index of the last generation before it. */
  readonly generation: number;
  /** The engine's saved state, still to be parsed. */
  readonly state: unknown;
}

/** Chromosomes read at a time. */
const PAGE = 500;

/** The fields of a generation that its series has. */
const seriesFields = ['elapsedMs', ...generationFigures, 'bestId', 'bestMetrics', 'hypervolume'] as const;

export class GenerationRepository {
  readonly #range: Statement<[number, number], Pick<GenerationRow, (typeof seriesFields)[number]>>;
  readonly #members: Statement<[number], { members: Uint8Array }>;
  readonly #chromosome: Statement<[number], ChromosomeRow>;
  readonly #scored: Statement<[number, number], ScoredRow>;
  readonly #checkpoint: Statement<[number], { generation: number; state_json: string }>;

  constructor(database: Database) {
    this.#range = database.prepare(
      `SELECT ${generationSelection(seriesFields)} FROM generation WHERE key >= ? AND key < ? ORDER BY key`,
    );
    this.#members = database.prepare('SELECT members FROM generation WHERE key = ?');
    this.#chromosome = database.prepare(`SELECT ${chromosomeRowColumns} FROM chromosome WHERE key = ?`);
    this.#scored = database.prepare(
      `SELECT ${scoredRowColumns} FROM chromosome WHERE key >= ? AND key < ? ORDER BY key`,
    );
    this.#checkpoint = database.prepare('SELECT generation, state_json FROM checkpoint WHERE run_id = ?');
  }

  /** At most `limit` generations from index `from` on. */
  series(runId: number, layout: RunLayout, from: number, limit: number): GenerationSeries {
    const rows = this.#range.all(recordKey(runId, from), recordKey(runId, from + limit));
    return seriesOf(
      from,
      rows.map(({ elapsedMs, bestMetrics, hypervolume, ...record }) => ({
        elapsedMs,
        record: {
          ...record,
          bestMetrics: unpackMetrics(bestMetrics, layout.instances),
          ...(hypervolume === null ? {} : { hypervolume }),
        },
      })),
    );
  }

  /**
   * The members of a generation in order and each distinct chromosome among them once, or undefined when it is not recorded.
   * @throws WorkbenchError `run.incompleteRecord` when a member is missing
   */
  population(runId: number, layout: RunLayout, generation: number): PopulationView | undefined {
    const row = this.#members.get(recordKey(runId, generation));
    if (row === undefined) return undefined;
    const members = unpackIds(row.members);
    const chromosomes = [...new Set(members)].map((id) => {
      const chromosome = this.chromosome(runId, layout, id);
      if (chromosome === undefined)
        throw incompleteRecord(
          id,
          `generation ${generation} of run ${runId}`,
          'the database is damaged; restore it from a backup',
        );
      return chromosome;
    });
    return { generation, members, chromosomes };
  }

  chromosome(runId: number, layout: RunLayout, id: number): ChromosomeView | undefined {
    const row = this.#chromosome.get(recordKey(runId, id));
    return row === undefined ? undefined : viewOf(row, layout);
  }

  /**
   * The first `count` chromosomes with their scores, as the engine wants them back: some at a time, because each single
   * step of a statement costs as much as its row.
   */
  *scored(runId: number, layout: RunLayout, count: number): Generator<Chromosome> {
    for (let first = 0; first < count; first += PAGE) {
      for (const row of this.#scored.all(recordKey(runId, first), recordKey(runId, Math.min(count, first + PAGE))))
        yield scoredOf(row, layout);
    }
  }

  /** One of them, or undefined when it is not recorded. */
  scoredChromosome(runId: number, layout: RunLayout, id: number): Chromosome | undefined {
    const row = this.#scored.get(recordKey(runId, id), recordKey(runId, id + 1));
    return row === undefined ? undefined : scoredOf(row, layout);
  }

  checkpoint(runId: number): Checkpoint | undefined {
    const row = this.#checkpoint.get(runId);
    return row === undefined ? undefined : { generation: row.generation, state: JSON.parse(row.state_json) };
  }
}
