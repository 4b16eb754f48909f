-- Searches for networks: what was asked for with everything inline, every candidate, and the state that a search goes on from.
CREATE TABLE network_search (
  id          INTEGER PRIMARY KEY,
  created_at  INTEGER NOT NULL, -- Unix time, ms
  request     TEXT    NOT NULL, -- src-main/services/nas/search-request.ts
  status      TEXT    NOT NULL CHECK (status IN ('running', 'stopped', 'failed', 'finished')),
  evaluations INTEGER NOT NULL DEFAULT 0,
  state       TEXT              -- of the engine, after the last generation; NULL before the first
) STRICT;
CREATE TABLE network_candidate (
  search_id  INTEGER NOT NULL REFERENCES network_search (id) ON DELETE CASCADE,
  id         INTEGER NOT NULL, -- within its search
  generation INTEGER NOT NULL, -- the one that brought it
  genes      BLOB    NOT NULL,
  fitness    REAL    NOT NULL,
  metrics    BLOB    NOT NULL, -- 64-bit floats, little endian; NaN where unknown
  PRIMARY KEY (search_id, id)
) STRICT, WITHOUT ROWID;
-- Answers of evaluators, written as they arrive and kept for ever: no network is trained twice by the same program with the same training.
CREATE TABLE network_score (
  evaluator    BLOB    NOT NULL CHECK (length(evaluator) = 32),    -- SHA-256 of command, training and metric
  network      BLOB    NOT NULL CHECK (length(network) = 32),      -- SHA-256 of what the network is
  value        REAL    NOT NULL,
  std          REAL,
  cost_s       REAL,
  scored_at    INTEGER NOT NULL, -- Unix time, ms
  PRIMARY KEY (evaluator, network)
) STRICT, WITHOUT ROWID;
