-- Where runs come from that were imported from a .tessera file; those made here have no row.
CREATE TABLE run_origin (
  run_id      INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
  original_id INTEGER NOT NULL, -- its id in the database it was made in
  product     TEXT    NOT NULL, -- what wrote the file: "Tessera 0.1.0"
  exported_at INTEGER NOT NULL, -- Unix time, ms
  imported_at INTEGER NOT NULL  -- Unix time, ms
) STRICT;
