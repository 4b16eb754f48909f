-- Families of runs that were started together: seeds × schedulers × options × scenarios.
CREATE TABLE sweep (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  name       TEXT    NOT NULL,
  created_at INTEGER NOT NULL, -- Unix time, ms
  spec_json  TEXT    NOT NULL  -- the sweep document
) STRICT;

-- Which runs belong to a sweep, and where in it each stands.
CREATE TABLE sweep_run (
  run_id     INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
  sweep_id   INTEGER NOT NULL REFERENCES sweep (id) ON DELETE CASCADE,
  point_json TEXT    NOT NULL  -- scenario, scheduler, varied options, seed
) STRICT;

CREATE INDEX sweep_run_by_sweep ON sweep_run (sweep_id);
