-- What feeds ask for between their answers, which need a password, and which host a request was for.
ALTER TABLE core.feeds ADD COLUMN needs_credentials BOOLEAN DEFAULT false;
ALTER TABLE core.feeds ADD COLUMN ttl_seconds DOUBLE;               -- as the feed last said
ALTER TABLE core.feeds ADD COLUMN max_age_seconds DOUBLE;           -- as its server last said
ALTER TABLE core.feeds ADD COLUMN skip_hours TINYINT[] DEFAULT [];  -- 0 to 23, UTC
ALTER TABLE core.feeds ADD COLUMN skip_days TINYINT[] DEFAULT [];   -- 0 for Monday to 6 for Sunday

ALTER TABLE core.fetches ADD COLUMN host VARCHAR;                   -- as core.hosts spells it
