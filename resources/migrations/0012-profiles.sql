-- Profiles, the fourth kind of document. SQLite cannot change a CHECK, so the three tables that have the kind are made again.
DROP TRIGGER run_documents;

CREATE TABLE document_of_four_kinds (
  kind       TEXT    NOT NULL CHECK (kind IN ('platform', 'network', 'profile', 'scenario')),
  id         TEXT    NOT NULL,
  revision   INTEGER NOT NULL CHECK (revision >= 1),
  created_at INTEGER NOT NULL, -- Unix time of the first revision, ms
  updated_at INTEGER NOT NULL, -- Unix time of this revision, ms
  json       TEXT    NOT NULL,
  PRIMARY KEY (kind, id, revision)
) STRICT;
INSERT INTO document_of_four_kinds (kind, id, revision, created_at, updated_at, json)
  SELECT kind, id, revision, created_at, updated_at, json FROM document;
DROP TABLE document;
ALTER TABLE document_of_four_kinds RENAME TO document;

CREATE TABLE tag_of_four_kinds (
  kind TEXT NOT NULL CHECK (kind IN ('platform', 'network', 'profile', 'scenario')),
  id   TEXT NOT NULL,
  tag  TEXT NOT NULL,
  PRIMARY KEY (kind, id, tag)
) STRICT, WITHOUT ROWID;
INSERT INTO tag_of_four_kinds (kind, id, tag) SELECT kind, id, tag FROM document_tag;
DROP TABLE document_tag;
ALTER TABLE tag_of_four_kinds RENAME TO document_tag;

CREATE TABLE run_document_of_four_kinds (
  kind   TEXT    NOT NULL CHECK (kind IN ('platform', 'network', 'profile', 'scenario')),
  id     TEXT    NOT NULL,
  run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  PRIMARY KEY (kind, id, run_id)
) STRICT, WITHOUT ROWID;
INSERT INTO run_document_of_four_kinds (kind, id, run_id) SELECT kind, id, run_id FROM run_document;
DROP TABLE run_document;
ALTER TABLE run_document_of_four_kinds RENAME TO run_document;
CREATE INDEX run_document_by_run ON run_document (run_id);

CREATE TRIGGER run_documents AFTER INSERT ON run_snapshot BEGIN
  INSERT INTO run_document (kind, id, run_id)
    SELECT 'scenario', scenario_id, id FROM run WHERE id = NEW.run_id
    UNION SELECT 'platform', json_extract(NEW.scenario_json, '$.platform.id'), NEW.run_id WHERE json_extract(NEW.scenario_json, '$.platform.id') IS NOT NULL
    UNION SELECT 'network', json_extract(application.value, '$.network.id'), NEW.run_id FROM json_each(NEW.scenario_json, '$.applications') AS application
      WHERE json_extract(application.value, '$.network.id') IS NOT NULL
    UNION SELECT 'profile', json_extract(profile.value, '$.id'), NEW.run_id FROM json_each(NEW.scenario_json, '$.profiles') AS profile
      WHERE json_extract(profile.value, '$.id') IS NOT NULL;
END;
