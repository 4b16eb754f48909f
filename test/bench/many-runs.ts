/** Fills a database with made-up runs by SQL: as many as a year of work leaves, in seconds. */
import type { Database } from 'better-sqlite3';

export interface ManyRuns {
  readonly runs: number;
  readonly generationsPerRun: number;
  readonly chromosomesPerRun: number;
}

const GENES = 50;

/** Adds runs of four scenarios and three schedulers, most of them finished, with rows of the usual size. */
export function addManyRuns(database: Database, { runs, generationsPerRun, chromosomesPerRun }: ManyRuns): void {
  const series = 'WITH RECURSIVE number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n + 1 < ?)';
  const bytes = chromosomesPerRun * (28 + 9 + 2 + 3 + GENES / 2) + generationsPerRun * (84 + 17 + GENES + 100);
  const scenario = JSON.stringify({ filler: 'x'.repeat(20_000) });
  database.pragma('synchronous = OFF');
  database.transaction(() => {
    const first = Number(database.prepare('SELECT coalesce(max(id), 0) + 1 FROM run').pluck().get());
    database
      .prepare(`${series} INSERT INTO run (id, name, scenario_id, scenario_name, platform_name, scheduler, seed, status, created_at, started_at, ended_at, elapsed_ms, generations, planned_generations, evaluations,
        best_chromosome_id, best_fitness, genome_length, gene_bits, instances, starred, tags_json, notes, engine_version, best_makespan_ms, best_throughput_per_s, best_energy_mj, best_latency_ms, best_constraint_violation, recorded_bytes)
      SELECT ? + n, 'Made-up run ' || n || ', seed ' || (n % 10), 'scenario-' || (n % 4), 'Scenario ' || (n % 4), 'Platform', CASE n % 3 WHEN 0 THEN 'ga' WHEN 1 THEN 'nsga2' ELSE 'heft' END, n % 10,
        CASE WHEN n % 20 = 0 THEN 'failed' WHEN n % 13 = 0 THEN 'cancelled' ELSE 'finished' END, 1700000000000 + n * 60000, 1700000000000 + n * 60000, 1700000000000 + n * 60000 + 5000, 4000 + n % 977, ?, ?, ?,
        0, (n * 37 % 1000) / 1000.0, ${GENES}, 4, 2, n % 50 = 0, CASE n % 5 WHEN 0 THEN '["paper"]' WHEN 1 THEN '["paper","draft"]' ELSE '[]' END, '', '1', 100 + (n * 53 % 997) / 10.0, 20 - (n * 53 % 997) / 100.0, 5 + (n * 31 % 89) / 10.0, 60 + (n * 17 % 101) / 5.0, 0, ? FROM number`)
      .run(runs, first, generationsPerRun, generationsPerRun, chromosomesPerRun, bytes);
    database.exec('DROP TRIGGER run_documents'); // the made-up scenarios name no documents
    database
      .prepare(
        "INSERT INTO run_snapshot (run_id, configuration_json, reference_json, scenario_json) SELECT id, '{}', '{}', ? FROM run WHERE id >= ?",
      )
      .run(scenario, first);
    database
      .prepare(`${series} INSERT INTO chromosome (key, born, operator, fitness, metrics, parents, mutated_loci, genes)
      SELECT (run.id << 32) + n, n / 100, 3, n / 5000.0, zeroblob(9), zeroblob(2), zeroblob(3), zeroblob(${GENES / 2}) FROM run CROSS JOIN number WHERE run.id >= ?`)
      .run(chromosomesPerRun, first);
    database
      .prepare(`${series} INSERT INTO generation (key, elapsed_ms, evaluations, best_fitness, mean_fitness, worst_fitness, std_fitness, best_id, best_metrics, distinct_genomes, mean_entropy, mutation_counts, members)
      SELECT (run.id << 32) + n, n * 20.5, n * 100, n / 50.0, 0.1, 0.05, 0.01, 0, zeroblob(17), 90, 0.5, zeroblob(${GENES}), zeroblob(100) FROM run CROSS JOIN number WHERE run.id >= ?`)
      .run(generationsPerRun, first);
  })();
  database.pragma('synchronous = NORMAL');
}
