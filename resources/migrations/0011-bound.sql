-- What is proven of the makespan of a scenario, for the next run of it.
CREATE TABLE bound (
  problem TEXT PRIMARY KEY,      -- SHA-256 of the resolved scenario, of what the genome can choose, and of the version of the methods
  makespan_ms REAL NOT NULL,     -- no schedule ends earlier
  method TEXT NOT NULL,
  last_release_ms REAL NOT NULL, -- when the last application instance is released
  is_complete INTEGER NOT NULL   -- 1: every method has been tried
) WITHOUT ROWID;
