-- Hypervolume of the best trade-offs up to each generation, for schedulers with several objectives; null for the others and for
-- what was recorded before.
ALTER TABLE generation ADD COLUMN hypervolume REAL;
