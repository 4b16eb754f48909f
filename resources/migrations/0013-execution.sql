-- Executions of recorded schedules on a device, one row each. Nothing is scored with them.
CREATE TABLE execution (
  id            INTEGER PRIMARY KEY,
  run_id        INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  chromosome_id INTEGER NOT NULL, -- the schedule that was executed
  created_at    INTEGER NOT NULL, -- Unix time, ms
  json          TEXT    NOT NULL  -- src-shared/domain/execution.ts
) STRICT;
CREATE INDEX execution_by_run ON execution (run_id, created_at);
