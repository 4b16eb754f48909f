-- Scores that take seconds each, written as they arrive and before they are used: a run that is interrupted in the middle of a
-- generation asks for none of them again.
CREATE TABLE evaluation (
  run_id      INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  genome_hash BLOB    NOT NULL CHECK (length(genome_hash) = 32), -- SHA-256 of the genes, one byte each
  metrics     BLOB    NOT NULL, -- packed like chromosome.metrics
  source      TEXT    NOT NULL, -- where the scores come from, in words
  scored_at   INTEGER NOT NULL, -- Unix time, ms
  PRIMARY KEY (run_id, genome_hash)
) STRICT, WITHOUT ROWID;
