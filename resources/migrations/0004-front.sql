-- The best trade-offs a run has found so far, as ids of its chromosomes packed like the members of a generation; null for schedulers
-- with one objective and for what was recorded before.
ALTER TABLE run ADD COLUMN front BLOB;
