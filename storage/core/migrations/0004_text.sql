-- What is known of an article beside its text, what was taken out of it, and pages that are none.
-- No defaults: DuckDB changes a table with rows only once in a transaction where a column gets one.
-- Rows filed before have NULL, which the views read as not known.
ALTER TABLE core.articles ADD COLUMN published_day_only BOOLEAN;
ALTER TABLE core.articles ADD COLUMN title_from VARCHAR;
ALTER TABLE core.articles ADD COLUMN authors_from VARCHAR;
ALTER TABLE core.articles ADD COLUMN text_from VARCHAR;
ALTER TABLE core.articles ADD COLUMN subtitle VARCHAR;
ALTER TABLE core.articles ADD COLUMN credits VARCHAR[];
ALTER TABLE core.articles ADD COLUMN byline VARCHAR;
ALTER TABLE core.articles ADD COLUMN modified TIMESTAMPTZ;
ALTER TABLE core.articles ADD COLUMN modified_from VARCHAR;
ALTER TABLE core.articles ADD COLUMN section VARCHAR;
ALTER TABLE core.articles ADD COLUMN tags VARCHAR[];
ALTER TABLE core.articles ADD COLUMN image VARCHAR;
ALTER TABLE core.articles ADD COLUMN is_free BOOLEAN;
ALTER TABLE core.articles ADD COLUMN agency VARCHAR;
ALTER TABLE core.articles ADD COLUMN agency_confidence DOUBLE;
ALTER TABLE core.articles ADD COLUMN agency_evidence VARCHAR;
ALTER TABLE core.articles ADD COLUMN agency_from VARCHAR;

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
    ended BOOLEAN NOT NULL,  -- as a sentence ends
    article_id BIGINT NOT NULL
);

CREATE TABLE core.removed_lines (
    article_id BIGINT NOT NULL,
    line VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    run_id BIGINT           -- the run that read the page; NULL for a later `reclean`
);
