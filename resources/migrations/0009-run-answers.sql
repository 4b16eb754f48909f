-- What lists say of a run first: are the deadlines met, how far is it from what cannot be beaten, with which options, and whose fitness
-- is measured alike.
ALTER TABLE run ADD COLUMN deadline_misses INTEGER;    -- instances of the best schedule that end after their deadline; NULL until it is described
ALTER TABLE run ADD COLUMN deadline_instances INTEGER; -- instances that have a deadline; NULL where no application has one
ALTER TABLE run ADD COLUMN bound_makespan_ms REAL;     -- no schedule of the scenario ends earlier; NULL: not known
ALTER TABLE run ADD COLUMN bound_method TEXT;
ALTER TABLE run ADD COLUMN last_release_ms REAL;       -- when the last application instance is released
ALTER TABLE run ADD COLUMN options_json TEXT NOT NULL DEFAULT '{}'; -- the scheduler's options; {} where they are long
ALTER TABLE run ADD COLUMN fitness_definition TEXT NOT NULL DEFAULT ''; -- JSON: scenario id, weights, throughput, energy and latency of the reference schedule

CREATE VIEW run_answer AS SELECT
  run.id AS run_id,
  json_extract(best_json, '$.metrics.deadlineMisses') AS deadline_misses,
  (SELECT sum(json_extract(best_json, '$.metrics.applications."' || json_extract(application.value, '$.id') || '".instances'))
    FROM json_each(scenario_json, '$.applications') AS application WHERE json_extract(application.value, '$.deadlineMs') IS NOT NULL) AS deadline_instances,
  CASE WHEN length(configuration_json) <= 8000 THEN coalesce(json_extract(configuration_json, '$.options'), '{}') ELSE '{}' END AS options_json,
  json_array(scenario_id, json_extract(configuration_json, '$.options.weights'), json_extract(reference_json, '$.throughputPerS'),
    json_extract(reference_json, '$.energyMJ'), json_extract(reference_json, '$.latencyMs')) AS fitness_definition
  FROM run JOIN run_snapshot ON run_snapshot.run_id = run.id;

UPDATE run SET (deadline_misses, deadline_instances, options_json, fitness_definition) =
  (SELECT answer.deadline_misses, answer.deadline_instances, answer.options_json, answer.fitness_definition FROM run_answer AS answer WHERE answer.run_id = run.id)
  WHERE id IN (SELECT run_id FROM run_snapshot);

CREATE TRIGGER run_described AFTER INSERT ON run_snapshot BEGIN
  UPDATE run SET (deadline_misses, options_json, fitness_definition) = (SELECT deadline_misses, options_json, fitness_definition FROM run_answer WHERE run_id = NEW.run_id),
    deadline_instances = coalesce(deadline_instances, (SELECT deadline_instances FROM run_answer WHERE run_id = NEW.run_id))
    WHERE id = NEW.run_id;
END;

CREATE TRIGGER run_best_described AFTER UPDATE OF best_json ON run_snapshot BEGIN
  UPDATE run SET deadline_misses = json_extract(NEW.best_json, '$.metrics.deadlineMisses') WHERE id = NEW.run_id;
END;
