/** Reading what was recorded of a run: its generations as columns, a generation's population, single chromosomes, the checkpoint. */
import type { Database, Statement } from 'better-sqlite3';
import { incompleteRecord, operatorNames, type Chromosome } from '#shared/domain/generation.ts';
import { headlineMetrics } from '#shared/scheduling/metrics.ts';
import { seriesOf } from '#shared/contract/generation-series.ts';
import type { ChromosomeView, GenerationSeries, PopulationView } from '#shared/contract/shapes.ts';
import { indexOfKey, recordKey, unpackGenes, unpackIds, unpackLoci, unpackMetrics, type RunLayout } from './columns.ts';

interface GenerationRow {
  key: number;
  elapsed_ms: number;
  evaluations: number;
  best_fitness: number;
  mean_fitness: number;
  worst_fitness: number;
  std_fitness: number;
  best_id: number;
  best_metrics: Uint8Array;
  distinct_genomes: number;
  mean_entropy: number;
  hypervolume: number | null;
}

interface ChromosomeRow {
  key: number;
  born: number;
  operator: number;
  fitness: number;
  metrics: Uint8Array;
  parents: Uint8Array;
  mutated_loci: Uint8Array;
  genes: Uint8Array;
}

/** What the engine wants back of a chromosome. */
type ScoredRow = Pick<ChromosomeRow, 'key' | 'fitness' | 'metrics' | 'genes'>;

export interface Checkpoint {
  /** Index of the last generation before it. */
  readonly generation: number;
  /** The engine's saved state, still to be parsed. */
  readonly state: unknown;
}

/** Chromosomes read at a time. */
const PAGE = 500;

const generationColumns = 'key, elapsed_ms, evaluations, best_fitness, mean_fitness, worst_fitness, std_fitness, best_id, best_metrics, distinct_genomes, mean_entropy, hypervolume';
const chromosomeColumns = 'key, born, operator, fitness, metrics, parents, mutated_loci, genes';

export class GenerationRepository {
  readonly #range: Statement<[number, number], GenerationRow>;
  readonly #members: Statement<[number], { members: Uint8Array }>;
  readonly #chromosome: Statement<[number], ChromosomeRow>;
  readonly #scored: Statement<[number, number], ScoredRow>;
  readonly #checkpoint: Statement<[number], { generation: number; state_json: string }>;

  constructor(database: Database) {
    this.#range = database.prepare(`SELECT ${generationColumns} FROM generation WHERE key >= ? AND key < ? ORDER BY key`);
    this.#members = database.prepare('SELECT members FROM generation WHERE key = ?');
    this.#chromosome = database.prepare(`SELECT ${chromosomeColumns} FROM chromosome WHERE key = ?`);
    this.#scored = database.prepare('SELECT key, fitness, metrics, genes FROM chromosome WHERE key >= ? AND key < ? ORDER BY key');
    this.#checkpoint = database.prepare('SELECT generation, state_json FROM checkpoint WHERE run_id = ?');
  }

  /** At most `limit` generations from index `from` on. */
  series(runId: number, layout: RunLayout, from: number, limit: number): GenerationSeries {
    const rows = this.#range.all(recordKey(runId, from), recordKey(runId, from + limit));
    return seriesOf(from, rows.map((row) => ({
      elapsedMs: row.elapsed_ms,
      record: {
        evaluations: row.evaluations, bestFitness: row.best_fitness, meanFitness: row.mean_fitness, worstFitness: row.worst_fitness, stdFitness: row.std_fitness,
        distinctGenomes: row.distinct_genomes, meanEntropy: row.mean_entropy, bestId: row.best_id, bestMetrics: unpackMetrics(row.best_metrics, layout.instances),
        ...(row.hypervolume === null ? {} : { hypervolume: row.hypervolume }),
      },
    })));
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
      if (chromosome === undefined) throw incompleteRecord(id, `generation ${generation} of run ${runId}`, 'the database is damaged; restore it from a backup');
      return chromosome;
    });
    return { generation, members, chromosomes };
  }

  chromosome(runId: number, layout: RunLayout, id: number): ChromosomeView | undefined {
    const row = this.#chromosome.get(recordKey(runId, id));
    return row === undefined ? undefined : viewOf(row, layout);
  }

  /** The first `count` chromosomes with their scores, as the engine wants them back: some at a time, because each single step of a statement costs as much as its row. */
  *scored(runId: number, layout: RunLayout, count: number): Generator<Chromosome> {
    for (let first = 0; first < count; first += PAGE) {
      for (const row of this.#scored.all(recordKey(runId, first), recordKey(runId, Math.min(count, first + PAGE)))) yield scoredOf(row, layout);
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

function scoredOf(row: ScoredRow, layout: RunLayout): Chromosome {
  return { id: indexOfKey(row.key), genes: unpackGenes(row.genes, layout), fitness: row.fitness, metrics: unpackMetrics(row.metrics, layout.instances) };
}

function viewOf(row: ChromosomeRow, layout: RunLayout): ChromosomeView {
  const id = indexOfKey(row.key);
  return {
    id,
    genes: unpackGenes(row.genes, layout),
    fitness: row.fitness,
    metrics: headlineMetrics(unpackMetrics(row.metrics, layout.instances)),
    bornInGeneration: row.born,
    parents: [...unpackIds(row.parents, id)],
    operator: operatorNames[row.operator],
    mutatedLoci: unpackLoci(row.mutated_loci),
  };
}
