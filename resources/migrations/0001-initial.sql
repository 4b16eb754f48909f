-- The record (DESIGN §8): documents, runs, and of each run every generation, every distinct chromosome and the last checkpoint.
-- Columns of type BLOB are described in resources/docs/record.md.

-- Platforms, networks and scenarios of the user. Saving one again adds a revision.
CREATE TABLE document (
  kind       TEXT    NOT NULL CHECK (kind IN ('platform', 'network', 'scenario')),
  id         TEXT    NOT NULL,
  revision   INTEGER NOT NULL CHECK (revision >= 1),
  created_at INTEGER NOT NULL, -- Unix time of the first revision, ms
  updated_at INTEGER NOT NULL, -- Unix time of this revision, ms
  json       TEXT    NOT NULL,
  PRIMARY KEY (kind, id, revision)
) STRICT;

-- One row per run: its snapshot, its state, and a summary kept current with each recorded batch, so that lists read nothing else.
CREATE TABLE run (
  id                  INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id < 2097152), -- never reused; see the keys below
  name                TEXT    NOT NULL,
  scenario_id         TEXT    NOT NULL,
  scenario_name       TEXT    NOT NULL,
  platform_name       TEXT    NOT NULL,
  scheduler           TEXT    NOT NULL,
  seed                INTEGER NOT NULL,
  status              TEXT    NOT NULL CHECK (status IN ('queued', 'running', 'paused', 'interrupted', 'finished', 'cancelled', 'failed')),
  status_reason       TEXT,                       -- why it failed or was interrupted, in words
  owner               TEXT,                       -- the workbench instance whose queue it is in; see record.md
  attempt             INTEGER NOT NULL DEFAULT 0, -- how often a process was started for it: only the latest may write
  deleting            INTEGER NOT NULL DEFAULT 0, -- 1 while its generations and chromosomes are being removed
  created_at          INTEGER NOT NULL,           -- Unix time, ms
  started_at          INTEGER,
  ended_at            INTEGER,
  elapsed_ms          REAL    NOT NULL DEFAULT 0, -- time spent searching, pauses not counted
  generations         INTEGER NOT NULL DEFAULT 0,
  planned_generations INTEGER,
  evaluations         INTEGER NOT NULL DEFAULT 0, -- genomes scored, repeats included
  best_chromosome_id  INTEGER,
  best_fitness        REAL,
  best_metrics        BLOB,
  genome_length       INTEGER NOT NULL,           -- loci
  gene_bits           INTEGER NOT NULL CHECK (gene_bits BETWEEN 1 AND 8),
  instances           INTEGER NOT NULL,           -- application instances per schedule: throughput = instances / (makespan / 1000)
  starred             INTEGER NOT NULL DEFAULT 0,
  tags_json           TEXT    NOT NULL DEFAULT '[]',
  notes               TEXT    NOT NULL DEFAULT '',
  engine_version      TEXT    NOT NULL,
  configuration_json  TEXT    NOT NULL,
  reference_json      TEXT    NOT NULL,           -- metrics of the NPU-first schedule
  best_json           TEXT,                       -- the best solution by names, written when the run ends
  scenario_json       TEXT    NOT NULL            -- the resolved scenario: a scenario document with everything inline
) STRICT;

CREATE INDEX run_by_status ON run (deleting, status);

-- Key: run_id * 2^32 + index, so that a run's generations lie together and in order, and rows need no second index.
CREATE TABLE generation (
  key              INTEGER PRIMARY KEY,
  run_id           INTEGER GENERATED ALWAYS AS (key >> 32) VIRTUAL,
  "index"          INTEGER GENERATED ALWAYS AS (key & 4294967295) VIRTUAL,
  elapsed_ms       REAL    NOT NULL,
  evaluations      INTEGER NOT NULL, -- since the start of the run
  best_fitness     REAL    NOT NULL,
  mean_fitness     REAL    NOT NULL,
  worst_fitness    REAL    NOT NULL,
  std_fitness      REAL    NOT NULL,
  best_id          INTEGER NOT NULL,
  best_metrics     BLOB    NOT NULL,
  distinct_genomes INTEGER NOT NULL,
  mean_entropy     REAL    NOT NULL,
  mutation_counts  BLOB    NOT NULL,
  members          BLOB    NOT NULL
) STRICT;

-- Key: run_id * 2^32 + id. Each distinct genome of a run once, ids in the order of first appearance.
CREATE TABLE chromosome (
  key          INTEGER PRIMARY KEY,
  run_id       INTEGER GENERATED ALWAYS AS (key >> 32) VIRTUAL,
  id           INTEGER GENERATED ALWAYS AS (key & 4294967295) VIRTUAL,
  born         INTEGER NOT NULL, -- index of the generation it first appeared in
  operator     INTEGER NOT NULL, -- how it came to be; see record.md
  fitness      REAL    NOT NULL,
  metrics      BLOB    NOT NULL,
  parents      BLOB    NOT NULL,
  mutated_loci BLOB    NOT NULL,
  genes        BLOB    NOT NULL
) STRICT;

-- The state of a run's search after a recorded generation, from which it continues bit-identically.
CREATE TABLE checkpoint (
  run_id     INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
  generation INTEGER NOT NULL,
  saved_at   INTEGER NOT NULL, -- Unix time, ms
  state_json TEXT    NOT NULL  -- the engine's RunState; the chromosomes it names by id are in their own table
) STRICT;
