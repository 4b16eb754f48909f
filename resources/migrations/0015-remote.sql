-- Runs that are searched on other machines, by way of a queue; and what makes two runs the same.
CREATE TABLE run_identity (
  run_id      INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
  run_key     TEXT NOT NULL, -- SHA-256 of engine version, canonical scenario and completed configuration with its seed
  result_hash TEXT           -- SHA-256 of generations, without the time they took, and chromosomes; NULL until it was needed
) STRICT;

CREATE INDEX run_identity_by_key ON run_identity (run_key);

-- While such a run waits or is searched, its owner is "queue:" and the name of the queue.
CREATE TABLE run_remote (
  run_id     INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
  queue      TEXT NOT NULL,
  job        TEXT NOT NULL, -- its id in the queue
  submission TEXT NOT NULL, -- under which this record waits for it there
  merger     TEXT,          -- the instance that writes what has arrived
  host       TEXT           -- where its record comes from; NULL until it is here
) STRICT;
