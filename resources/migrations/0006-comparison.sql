-- Comparisons that were saved under a name: what is compared stands in the address.
CREATE TABLE comparison (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  name       TEXT    NOT NULL,
  address    TEXT    NOT NULL, -- of the page, e.g. /compare/1,2~3?base=1
  created_at INTEGER NOT NULL  -- Unix time, ms
) STRICT;
