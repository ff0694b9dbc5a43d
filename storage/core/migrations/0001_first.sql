-- Tables live in schema `core`, the analysts' views over them in `main`. No primary keys, foreign
-- keys or secondary indexes: what is unique is kept so by the store's statements, which work the
-- same on DuckLake. Ids of feeds, pages and articles are hashes of addresses (63 bits); runs and
-- stories are numbered.

CREATE TABLE core.runs (
    run_id BIGINT NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,    -- the run's clock: real, or what --now said
    finished_at TIMESTAMPTZ,
    state VARCHAR NOT NULL,             -- running, finished, failed, crashed
    feeds BIGINT,                       -- feeds polled
    entries BIGINT,                     -- entries read from them
    retried BIGINT,                     -- pages taken up again from earlier runs
    poll_seconds DOUBLE,
    fetch_seconds DOUBLE,
    extract_seconds DOUBLE,
    fold_seconds DOUBLE,
    load_seconds DOUBLE,
    total_seconds DOUBLE
);

CREATE TABLE core.feeds (
    feed_id BIGINT NOT NULL,
    url VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    folder VARCHAR NOT NULL,
    site_url VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    added_at TIMESTAMPTZ NOT NULL,
    polled_at TIMESTAMPTZ,
    read_at TIMESTAMPTZ,                -- the last poll that brought a changed document
    outcome VARCHAR,                    -- of the last poll
    detail VARCHAR,
    etag VARCHAR NOT NULL,
    last_modified VARCHAR NOT NULL,
    body_hash VARCHAR NOT NULL
);

-- Every request, as it went.
CREATE TABLE core.fetches (
    run_id BIGINT NOT NULL,
    fetched_at TIMESTAMPTZ NOT NULL,
    kind VARCHAR NOT NULL,              -- feed or page
    url VARCHAR NOT NULL,
    final_url VARCHAR NOT NULL,
    status SMALLINT,
    outcome VARCHAR NOT NULL,
    bytes BIGINT,
    elapsed_ms BIGINT,
    detail VARCHAR NOT NULL
);

-- Every address seen, once: the account. outcome is NULL from the poll that listed it until it has
-- been fetched, so a run that dies leaves its work here for the next.
CREATE TABLE core.pages (
    page_id BIGINT NOT NULL,
    url VARCHAR NOT NULL,               -- canonical
    feed_id BIGINT NOT NULL,            -- the feed that listed it first
    first_run BIGINT NOT NULL,
    first_seen TIMESTAMPTZ NOT NULL,
    listed_url VARCHAR NOT NULL,
    entry_id VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    summary VARCHAR NOT NULL,
    content VARCHAR NOT NULL,
    authors VARCHAR[] NOT NULL,
    published TIMESTAMPTZ,
    published_from VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    outcome VARCHAR,
    detail VARCHAR,
    attempts INTEGER NOT NULL,
    article_id BIGINT                   -- where the outcome is new or duplicate_url
);

-- Which feeds listed which page, and when each first did.
CREATE TABLE core.sightings (
    feed_id BIGINT NOT NULL,
    page_id BIGINT NOT NULL,
    listed_url VARCHAR NOT NULL,
    first_seen TIMESTAMPTZ NOT NULL
);

-- How a run's entries ended. One row an entry, but for `known`: one row a feed, with their number.
CREATE TABLE core.outcomes (
    run_id BIGINT NOT NULL,
    feed_id BIGINT NOT NULL,
    outcome VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    detail VARCHAR NOT NULL,
    entries BIGINT NOT NULL
);

CREATE TABLE core.articles (
    article_id BIGINT NOT NULL,
    url VARCHAR NOT NULL,
    outlet VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    authors VARCHAR[] NOT NULL,
    language VARCHAR NOT NULL,
    published TIMESTAMPTZ,
    published_from VARCHAR NOT NULL,
    first_seen TIMESTAMPTZ NOT NULL,
    appeared TIMESTAMPTZ NOT NULL,
    words BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    text VARCHAR NOT NULL
);

CREATE TABLE core.sketches (
    article_id BIGINT NOT NULL,
    scheme VARCHAR NOT NULL,
    shingles BIGINT NOT NULL,
    signature BLOB NOT NULL
);

-- The LSH index. The scheme is part of every hash, so bands of different parameters never meet.
CREATE TABLE core.bands (
    band UTINYINT NOT NULL,
    hash BIGINT NOT NULL,
    article_id BIGINT NOT NULL,
    appeared TIMESTAMPTZ NOT NULL
);

CREATE TABLE core.matches (
    a BIGINT NOT NULL,
    b BIGINT NOT NULL,
    relation VARCHAR NOT NULL,
    jaccard DOUBLE NOT NULL,
    a_in_b DOUBLE NOT NULL,
    b_in_a DOUBLE NOT NULL,
    shared BIGINT NOT NULL,
    run_id BIGINT NOT NULL
);

-- Which story an article belongs to: every article is in exactly one, alone or not.
CREATE TABLE core.members (
    story_id BIGINT NOT NULL,
    article_id BIGINT NOT NULL,
    original_id BIGINT NOT NULL
);

-- Every time an article left one story for another: what an old story number has become.
CREATE TABLE core.moves (
    article_id BIGINT NOT NULL,
    from_story BIGINT NOT NULL,
    to_story BIGINT NOT NULL,
    run_id BIGINT NOT NULL
);
