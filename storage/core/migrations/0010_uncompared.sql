-- What comparing an article costs, in words of its text. At most so many words are compared.
ALTER TABLE core.sketches ADD COLUMN size BIGINT;
UPDATE core.sketches SET size = least(a.words, 50000)
FROM core.articles a WHERE a.article_id = sketches.article_id;

-- The pairs of articles that were not compared because the budget of their batch was used up.
CREATE TABLE core.uncompared (
    a BIGINT NOT NULL,
    b BIGINT NOT NULL,
    run_id BIGINT NOT NULL
);
