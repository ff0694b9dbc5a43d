-- What feeds ask for between their answers, which need a password, and which host a request was for.
-- No column has a default: in a table with rows DuckDB 1.5 takes no further change in a transaction
-- that has added one with a default, or has updated the table.
ALTER TABLE core.feeds ADD COLUMN needs_credentials BOOLEAN;        -- NULL for no
ALTER TABLE core.feeds ADD COLUMN ttl_seconds DOUBLE;               -- as the feed last said
ALTER TABLE core.feeds ADD COLUMN max_age_seconds DOUBLE;           -- as its server last said
ALTER TABLE core.feeds ADD COLUMN skip_hours TINYINT[];             -- 0 to 23, UTC; NULL for none
ALTER TABLE core.feeds ADD COLUMN skip_days TINYINT[];              -- 0 for Monday to 6 for Sunday

ALTER TABLE core.fetches ADD COLUMN host VARCHAR;                   -- as core.hosts spells it
