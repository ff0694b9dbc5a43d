-- The runs.

CREATE OR REPLACE VIEW runs AS
SELECT r.run_id, r.started_at, r.finished_at, r.state, r.feeds, r.entries, r.retried,
       coalesce(o.articles, 0) AS articles, r.poll_seconds, r.fetch_seconds, r.extract_seconds,
       r.fold_seconds, r.load_seconds, r.total_seconds
FROM core.runs r
LEFT JOIN (
    SELECT run_id, sum(entries)::BIGINT AS articles FROM core.outcomes
    WHERE outcome = 'new' GROUP BY run_id
) o USING (run_id);
COMMENT ON VIEW runs IS 'Every run, one row each';
COMMENT ON COLUMN runs.run_id IS 'Number of the run, from 1';
COMMENT ON COLUMN runs.started_at IS 'The clock of the run: the real time, or the time that --now named';
COMMENT ON COLUMN runs.finished_at IS 'started_at plus total_seconds';
COMMENT ON COLUMN runs.state IS 'running, finished, failed (an error ended it) or crashed (it was killed); the next run continues what a failed or crashed run left undone';
COMMENT ON COLUMN runs.feeds IS 'Feeds polled';
COMMENT ON COLUMN runs.entries IS 'Entries read from them';
COMMENT ON COLUMN runs.retried IS 'Pages of earlier runs that were tried again';
COMMENT ON COLUMN runs.articles IS 'Articles filed';
COMMENT ON COLUMN runs.poll_seconds IS 'Time polling and parsing feeds';
COMMENT ON COLUMN runs.fetch_seconds IS 'Time waiting for pages; the next batch is fetched while this one is extracted';
COMMENT ON COLUMN runs.extract_seconds IS 'Time waiting for extraction';
COMMENT ON COLUMN runs.fold_seconds IS 'Time sketching, comparing and folding';
COMMENT ON COLUMN runs.load_seconds IS 'Time in the database';
COMMENT ON COLUMN runs.total_seconds IS 'The whole run, without Prefect''s own start';
