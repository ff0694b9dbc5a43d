-- How fast the entries of a feed appear, as its polls have shown. NULL where nothing is known.
ALTER TABLE core.feeds ADD COLUMN pace_at TIMESTAMPTZ;
ALTER TABLE core.feeds ADD COLUMN pace_window BIGINT;
ALTER TABLE core.feeds ADD COLUMN pace_entries DOUBLE;
ALTER TABLE core.feeds ADD COLUMN pace_days DOUBLE;
ALTER TABLE core.feeds ADD COLUMN pace_spread DOUBLE;
ALTER TABLE core.feeds ADD COLUMN pace_silence DOUBLE;
-- Entries, and the time watched, for each hour of the day (UTC) and each day of the week.
ALTER TABLE core.feeds ADD COLUMN by_hour DOUBLE[24];
ALTER TABLE core.feeds ADD COLUMN hours_watched DOUBLE[24];
ALTER TABLE core.feeds ADD COLUMN by_day DOUBLE[7];
ALTER TABLE core.feeds ADD COLUMN days_watched DOUBLE[7];

-- The bounds of one feed's interval. NULL where it has those of all feeds.
ALTER TABLE core.feeds ADD COLUMN shortest_seconds DOUBLE;
ALTER TABLE core.feeds ADD COLUMN longest_seconds DOUBLE;

-- Whether a poll may have missed entries: all that it listed were new.
ALTER TABLE core.fetches ADD COLUMN missed BOOLEAN;
