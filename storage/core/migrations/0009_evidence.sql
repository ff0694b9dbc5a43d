-- How two texts differ where they are aligned: later versions replace passages, forms repeat a text
-- with other names and numbers.
ALTER TABLE core.matches ADD COLUMN replaced DOUBLE;
ALTER TABLE core.matches ADD COLUMN changes BIGINT;
ALTER TABLE core.matches ADD COLUMN swapped BIGINT;
ALTER TABLE core.matches ADD COLUMN names_differ DOUBLE;
ALTER TABLE core.matches ADD COLUMN others_differ DOUBLE;
ALTER TABLE core.passages ADD COLUMN replaced DOUBLE;
ALTER TABLE core.passages ADD COLUMN changes BIGINT;
ALTER TABLE core.passages ADD COLUMN swapped BIGINT;
ALTER TABLE core.passages ADD COLUMN names_differ DOUBLE;
ALTER TABLE core.passages ADD COLUMN others_differ DOUBLE;
