-- Lists of thousands of runs read, sort and filter narrow rows only: what a run's own page needs besides has a table of its own, the
-- best's metrics are columns instead of a BLOB, and how much is recorded of a run is kept beside it.
CREATE TABLE run_snapshot (
  run_id             INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
  configuration_json TEXT    NOT NULL,
  reference_json     TEXT    NOT NULL, -- metrics of the NPU-first schedule
  best_json          TEXT,             -- the best solution by names, written when the run ends
  scenario_json      TEXT    NOT NULL  -- the resolved scenario: a scenario document with everything inline
) STRICT;

INSERT INTO run_snapshot (run_id, configuration_json, reference_json, best_json, scenario_json)
  SELECT id, configuration_json, reference_json, best_json, scenario_json FROM run;

ALTER TABLE run ADD COLUMN best_makespan_ms REAL;
ALTER TABLE run ADD COLUMN best_throughput_per_s REAL;
ALTER TABLE run ADD COLUMN best_energy_mj REAL;
ALTER TABLE run ADD COLUMN best_latency_ms REAL;
ALTER TABLE run ADD COLUMN best_constraint_violation REAL;
ALTER TABLE run ADD COLUMN recorded_bytes INTEGER NOT NULL DEFAULT 0; -- of its generations and chromosomes, with what SQLite adds to a row

UPDATE run SET
  best_makespan_ms = unpack_metric(best_metrics, instances, 0),
  best_throughput_per_s = unpack_metric(best_metrics, instances, 1),
  best_energy_mj = unpack_metric(best_metrics, instances, 2),
  best_latency_ms = unpack_metric(best_metrics, instances, 3),
  best_constraint_violation = unpack_metric(best_metrics, instances, 4)
  WHERE best_metrics IS NOT NULL;

UPDATE run SET recorded_bytes =
  (SELECT coalesce(sum(28 + length(metrics) + length(parents) + length(mutated_loci) + length(genes)), 0) FROM chromosome WHERE key >= run.id << 32 AND key < (run.id + 1) << 32)
  + (SELECT coalesce(sum(84 + length(best_metrics) + length(mutation_counts) + length(members)), 0) FROM generation WHERE key >= run.id << 32 AND key < (run.id + 1) << 32);

DROP TRIGGER run_documents;
ALTER TABLE run DROP COLUMN configuration_json;
ALTER TABLE run DROP COLUMN reference_json;
ALTER TABLE run DROP COLUMN best_json;
ALTER TABLE run DROP COLUMN scenario_json;
ALTER TABLE run DROP COLUMN best_metrics;

CREATE TRIGGER run_documents AFTER INSERT ON run_snapshot BEGIN
  INSERT INTO run_document (kind, id, run_id)
    SELECT 'scenario', scenario_id, id FROM run WHERE id = NEW.run_id
    UNION SELECT 'platform', json_extract(NEW.scenario_json, '$.platform.id'), NEW.run_id WHERE json_extract(NEW.scenario_json, '$.platform.id') IS NOT NULL
    UNION SELECT 'network', json_extract(application.value, '$.network.id'), NEW.run_id FROM json_each(NEW.scenario_json, '$.applications') AS application
      WHERE json_extract(application.value, '$.network.id') IS NOT NULL;
END;
