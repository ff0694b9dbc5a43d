-- What is known of an article beside its text, what was taken out of it, and pages that are none.
ALTER TABLE core.articles ADD COLUMN published_day_only BOOLEAN DEFAULT false;
ALTER TABLE core.articles ADD COLUMN title_from VARCHAR DEFAULT '';
ALTER TABLE core.articles ADD COLUMN authors_from VARCHAR DEFAULT '';
ALTER TABLE core.articles ADD COLUMN text_from VARCHAR DEFAULT 'page';
ALTER TABLE core.articles ADD COLUMN subtitle VARCHAR DEFAULT '';
ALTER TABLE core.articles ADD COLUMN credits VARCHAR[] DEFAULT [];
ALTER TABLE core.articles ADD COLUMN modified TIMESTAMPTZ;
ALTER TABLE core.articles ADD COLUMN modified_from VARCHAR DEFAULT '';
ALTER TABLE core.articles ADD COLUMN section VARCHAR DEFAULT '';
ALTER TABLE core.articles ADD COLUMN tags VARCHAR[] DEFAULT [];
ALTER TABLE core.articles ADD COLUMN image VARCHAR DEFAULT '';
ALTER TABLE core.articles ADD COLUMN is_free BOOLEAN;
UPDATE core.articles SET published_day_only = true WHERE published_from = 'page';

-- Pages with text that are no articles: kept, but neither compared nor folded.
CREATE TABLE core.other_pages (
    page_id BIGINT NOT NULL,
    verdict VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    words BIGINT NOT NULL,
    url VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    run_id BIGINT NOT NULL
);

-- Every line of every article, as a hash: what recurs across an outlet's stories is furniture.
CREATE TABLE core.lines (
    outlet VARCHAR NOT NULL,
    line BIGINT NOT NULL,
    words INTEGER NOT NULL,
    article_id BIGINT NOT NULL
);

CREATE TABLE core.removed_lines (
    article_id BIGINT NOT NULL,
    line VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    run_id BIGINT           -- the run that read the page; NULL for a later `reclean`
);
