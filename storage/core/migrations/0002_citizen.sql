-- When feeds are due, how they fare, and what is known of hosts between runs.
ALTER TABLE core.feeds ADD COLUMN state VARCHAR DEFAULT 'active';   -- active, paused, gone, removed
ALTER TABLE core.feeds ADD COLUMN interval_seconds DOUBLE DEFAULT 3600;
ALTER TABLE core.feeds ADD COLUMN failures DOUBLE DEFAULT 0;        -- weighted, since the last success
ALTER TABLE core.feeds ADD COLUMN streak INTEGER DEFAULT 0;         -- failed polls in a row
ALTER TABLE core.feeds ADD COLUMN succeeded_at TIMESTAMPTZ;
ALTER TABLE core.feeds ADD COLUMN fresh_at TIMESTAMPTZ;             -- last poll with a new entry
ALTER TABLE core.feeds ADD COLUMN rhythm_seconds DOUBLE;            -- usual time between such polls
ALTER TABLE core.feeds ADD COLUMN full_at TIMESTAMPTZ;              -- last time asked without validators
ALTER TABLE core.feeds ADD COLUMN moved_to VARCHAR DEFAULT '';
ALTER TABLE core.feeds ADD COLUMN moved_times INTEGER DEFAULT 0;
ALTER TABLE core.feeds ADD COLUMN next_due TIMESTAMPTZ;
ALTER TABLE core.feeds ADD COLUMN due_reason VARCHAR DEFAULT '';

-- Addresses a feed had before a permanent redirect was followed for good.
CREATE TABLE core.feed_addresses (
    feed_id BIGINT NOT NULL,
    url VARCHAR NOT NULL,
    left_at TIMESTAMPTZ NOT NULL
);

ALTER TABLE core.fetches ADD COLUMN feed_id BIGINT;                 -- of a poll; NULL for a page
ALTER TABLE core.fetches ADD COLUMN validators VARCHAR DEFAULT '';
ALTER TABLE core.fetches ADD COLUMN entries BIGINT;                 -- of a poll that was read
ALTER TABLE core.fetches ADD COLUMN fresh BIGINT;                   -- those never listed before
ALTER TABLE core.fetches ADD COLUMN next_due TIMESTAMPTZ;
ALTER TABLE core.fetches ADD COLUMN due_reason VARCHAR;

CREATE TABLE core.hosts (
    host VARCHAR NOT NULL,
    cooling_until TIMESTAMPTZ,
    strikes INTEGER NOT NULL,
    latency_ms DOUBLE NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE core.robots (
    host VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    fetched_at TIMESTAMPTZ NOT NULL
);

-- The address that answered, where the article's own is the canonical one its page declares.
ALTER TABLE core.articles ADD COLUMN final_url VARCHAR DEFAULT '';

ALTER TABLE core.pages ADD COLUMN tried_at TIMESTAMPTZ;
ALTER TABLE core.pages ADD COLUMN updated TIMESTAMPTZ;
ALTER TABLE core.pages ADD COLUMN updated_from VARCHAR DEFAULT '';
ALTER TABLE core.pages ADD COLUMN categories VARCHAR[] DEFAULT [];
ALTER TABLE core.pages ADD COLUMN enclosures VARCHAR[] DEFAULT [];
