/** Reading the scores that were kept as they arrived, because each took seconds. The recorder writes them. */
import type { Database, Statement } from 'better-sqlite3';
import { HEADLINE_METRIC_COUNT } from '#shared/domain/metrics.ts';
import { unpackMetrics, type RunLayout } from './columns.ts';

/** Bytes of a genome's hash, SHA-256. */
const HASH_BYTES = 32;

export class EvaluationRepository {
  readonly #scores: Statement<[number], { genome_hash: Uint8Array; metrics: Uint8Array }>;

  constructor(database: Database) {
    this.#scores = database.prepare('SELECT genome_hash, metrics FROM evaluation WHERE run_id = ?');
  }

  /** All of a run: hashes of genomes [n × 32] and headline metrics [n × K]. */
  scores(runId: number, layout: RunLayout): { readonly genomes: Uint8Array; readonly metrics: Float64Array } {
    const rows = this.#scores.all(runId);
    const genomes = new Uint8Array(rows.length * HASH_BYTES);
    const metrics = new Float64Array(rows.length * HEADLINE_METRIC_COUNT);
    rows.forEach((row, i) => {
      genomes.set(row.genome_hash, i * HASH_BYTES);
      metrics.set(unpackMetrics(row.metrics, layout.instances), i * HEADLINE_METRIC_COUNT);
    });
    return { genomes, metrics };
  }
}
