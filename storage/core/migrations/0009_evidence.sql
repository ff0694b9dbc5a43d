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
-- The rule of a page that is put together from several has other words.
UPDATE core.matches
SET rule = 'one page is put together from passages of several articles; the other is one of them'
WHERE rule = 'one is stitched together from passages of several, of which this is one';
