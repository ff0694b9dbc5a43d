-- The articles whose text upkeep has dropped: what was found of them cannot be found anew. Asked in
-- every batch, which reading all texts for the empty ones would make slow.
CREATE TABLE core.textless (
    article_id BIGINT NOT NULL
);
INSERT INTO core.textless SELECT article_id FROM core.articles WHERE text = '';

-- An article knows its outlet.
ALTER TABLE core.lines DROP COLUMN outlet;
