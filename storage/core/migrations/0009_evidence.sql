-- How two texts differ where they are aligned: later versions replace passages, forms repeat a text
-- with other names and numbers.
ALTER TABLE core.matches ADD COLUMN replaced DOUBLE;
ALTER TABLE core.matches ADD COLUMN own_passages DOUBLE;
ALTER TABLE core.matches ADD COLUMN changes BIGINT;
ALTER TABLE core.matches ADD COLUMN swaps BIGINT;
ALTER TABLE core.matches ADD COLUMN figures BIGINT;
ALTER TABLE core.passages ADD COLUMN replaced DOUBLE;
ALTER TABLE core.passages ADD COLUMN own_passages DOUBLE;
ALTER TABLE core.passages ADD COLUMN changes BIGINT;
ALTER TABLE core.passages ADD COLUMN swaps BIGINT;
ALTER TABLE core.passages ADD COLUMN figures BIGINT;
