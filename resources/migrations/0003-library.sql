-- Tags of documents: the person's own, of presets too, so they are no part of a document and have no revisions.
CREATE TABLE document_tag (
  kind TEXT NOT NULL CHECK (kind IN ('platform', 'network', 'scenario')),
  id   TEXT NOT NULL,
  tag  TEXT NOT NULL,
  PRIMARY KEY (kind, id, tag)
) STRICT, WITHOUT ROWID;

-- The documents whose content a run's snapshot keeps, by id: "used by" without reading the snapshots.
CREATE TABLE run_document (
  kind   TEXT    NOT NULL CHECK (kind IN ('platform', 'network', 'scenario')),
  id     TEXT    NOT NULL,
  run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  PRIMARY KEY (kind, id, run_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX run_document_by_run ON run_document (run_id);

CREATE TRIGGER run_documents AFTER INSERT ON run BEGIN
  INSERT INTO run_document (kind, id, run_id)
    SELECT 'scenario', NEW.scenario_id, NEW.id
    UNION SELECT 'platform', json_extract(NEW.scenario_json, '$.platform.id'), NEW.id WHERE json_extract(NEW.scenario_json, '$.platform.id') IS NOT NULL
    UNION SELECT 'network', json_extract(application.value, '$.network.id'), NEW.id FROM json_each(NEW.scenario_json, '$.applications') AS application
      WHERE json_extract(application.value, '$.network.id') IS NOT NULL;
END;

INSERT INTO run_document (kind, id, run_id)
  SELECT 'scenario', run.scenario_id, run.id FROM run
  UNION SELECT 'platform', json_extract(run.scenario_json, '$.platform.id'), run.id FROM run WHERE json_extract(run.scenario_json, '$.platform.id') IS NOT NULL
  UNION SELECT 'network', json_extract(application.value, '$.network.id'), run.id FROM run, json_each(run.scenario_json, '$.applications') AS application
    WHERE json_extract(application.value, '$.network.id') IS NOT NULL;
