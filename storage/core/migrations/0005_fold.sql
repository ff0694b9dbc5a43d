-- A sample of each text's shingles beside its bands, what of it is furniture, and what a match
-- rests on.

-- The sample index: of an article's shingles those whose hash says so, the same ones in every text.
-- The parameters are part of every hash, so that samples made with others never meet.
CREATE TABLE core.shingles (
    hash BIGINT NOT NULL,
    article_id BIGINT NOT NULL,
    appeared TIMESTAMPTZ NOT NULL
);

-- What recurs on an outlet's pages on several days: sampled shingles that are no evidence there.
CREATE TABLE core.furniture (
    outlet VARCHAR NOT NULL,
    hash BIGINT NOT NULL,
    run_id BIGINT NOT NULL
);

-- Shingles that so many different stories hold that they say nothing: asked of nobody any more.
CREATE TABLE core.commonplaces (
    hash BIGINT NOT NULL
);

ALTER TABLE core.matches ADD COLUMN rule VARCHAR;
ALTER TABLE core.matches ADD COLUMN a_aligned DOUBLE;
ALTER TABLE core.matches ADD COLUMN b_aligned DOUBLE;
ALTER TABLE core.matches ADD COLUMN a_prose DOUBLE;
ALTER TABLE core.matches ADD COLUMN b_prose DOUBLE;
ALTER TABLE core.matches ADD COLUMN prose_words BIGINT;
ALTER TABLE core.matches ADD COLUMN a_lead DOUBLE;
ALTER TABLE core.matches ADD COLUMN b_lead DOUBLE;
ALTER TABLE core.matches ADD COLUMN longest_run BIGINT;
ALTER TABLE core.matches ADD COLUMN a_words BIGINT;
ALTER TABLE core.matches ADD COLUMN b_words BIGINT;

-- Compared and found to share passages only. Kept because several such pairs together may show that
-- an article is stitched from the others: a_page says that a is, b_page that b is. Those that are
-- stand in core.matches as well, as embeds.
CREATE TABLE core.passages AS SELECT * FROM core.matches WHERE false;
ALTER TABLE core.passages ADD COLUMN a_page BOOLEAN;
ALTER TABLE core.passages ADD COLUMN b_page BOOLEAN;
