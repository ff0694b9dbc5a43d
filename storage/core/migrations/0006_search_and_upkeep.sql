-- The full-text index: which word is in which article, how often. Written when a snapshot is
-- published, never with the articles: a run that dies costs no more than being indexed later.
CREATE TABLE core.search_docs (
    doc UINTEGER NOT NULL,              -- a small number for an article: ids do not compress
    article_id BIGINT NOT NULL,
    words UINTEGER NOT NULL             -- length in words, the title counted twice
);

CREATE TABLE core.search_terms (
    term VARCHAR NOT NULL,
    doc UINTEGER NOT NULL,
    times UINTEGER NOT NULL
);

-- What upkeep leaves of old rows of core.fetches: a row a day, host, feed and outcome.
CREATE TABLE core.fetch_days (
    day DATE NOT NULL,
    kind VARCHAR NOT NULL,
    host VARCHAR NOT NULL,
    feed_id BIGINT,
    outcome VARCHAR NOT NULL,
    requests BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    elapsed_ms BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    fresh BIGINT NOT NULL
);

-- The last number given of what is numbered, which no upkeep takes back: here of stories.
CREATE TABLE core.counters (
    name VARCHAR NOT NULL,
    value BIGINT NOT NULL
);
INSERT INTO core.counters
SELECT 'stories', max(number) AS last FROM (
    SELECT story_id AS number FROM core.members
    UNION ALL SELECT from_story FROM core.moves UNION ALL SELECT to_story FROM core.moves
) HAVING last IS NOT NULL;

-- A default that is a function, as `[]` is one, stops DuckDB 1.5 from replaying its log after a crash
-- and its clients from attaching over the network. Every row that is written names its lists.
ALTER TABLE core.pages ALTER categories DROP DEFAULT;
ALTER TABLE core.pages ALTER enclosures DROP DEFAULT;
