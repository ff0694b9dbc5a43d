-- The ledger of requests, by request, by day and by host.

CREATE OR REPLACE VIEW fetches AS
SELECT run_id, fetched_at, kind, url, final_url, status, outcome,
       CASE
           WHEN outcome IN ('read', 'unchanged') THEN 'success'
           WHEN outcome IN ($passing) THEN 'passing'
           WHEN outcome IN ($soft) THEN 'soft'
           ELSE 'hard'
       END AS class,
       host, bytes, elapsed_ms, validators, entries, fresh, next_due, due_reason, detail
FROM core.fetches;
COMMENT ON VIEW fetches IS 'Every request, one row each; also requests that were not made, with the reason';
COMMENT ON COLUMN fetches.run_id IS 'The run that made it';
COMMENT ON COLUMN fetches.fetched_at IS 'When it ended, by that run''s clock';
COMMENT ON COLUMN fetches.kind IS 'feed or page';
COMMENT ON COLUMN fetches.url IS 'Address asked, without credentials';
COMMENT ON COLUMN fetches.final_url IS 'Address that answered, after redirects; empty where none did';
COMMENT ON COLUMN fetches.status IS 'HTTP status; NULL where no server answered';
COMMENT ON COLUMN fetches.outcome IS 'What it brought: for a feed read, unchanged or a failure by name; for a page read or a failure by name';
COMMENT ON COLUMN fetches.class IS 'success; or the weight of the failure: passing (least), soft, hard';
COMMENT ON COLUMN fetches.host IS 'Host asked, as host_health spells it';
COMMENT ON COLUMN fetches.bytes IS 'Size of the decoded body';
COMMENT ON COLUMN fetches.elapsed_ms IS 'From sending the request to the last byte or to its failure, in milliseconds; NULL where none was sent';
COMMENT ON COLUMN fetches.validators IS 'Validators sent: etag, last-modified, both, or none';
COMMENT ON COLUMN fetches.entries IS 'Of a feed that was read: entries listed';
COMMENT ON COLUMN fetches.fresh IS 'Of a feed that was read: entries never listed before';
COMMENT ON COLUMN fetches.next_due IS 'Of a feed: when this poll made it due again';
COMMENT ON COLUMN fetches.due_reason IS 'Of a feed: why it is due then';
COMMENT ON COLUMN fetches.detail IS 'What went wrong, where something did';

CREATE OR REPLACE VIEW fetch_days AS
SELECT day, kind, host, feed_id, outcome, sum(requests)::BIGINT AS requests,
       sum(bytes)::BIGINT AS bytes, sum(elapsed_ms)::BIGINT AS elapsed_ms,
       sum(entries)::BIGINT AS entries, sum(fresh)::BIGINT AS fresh
FROM (
    FROM core.fetch_days
    UNION ALL BY NAME
    SELECT CAST(fetched_at AT TIME ZONE 'UTC' AS DATE) AS day, kind,
           split_part(split_part(url, '/', 3), ':', 1) AS host, feed_id, outcome, 1 AS requests,
           coalesce(bytes, 0) AS bytes, coalesce(elapsed_ms, 0) AS elapsed_ms,
           coalesce(entries, 0) AS entries, coalesce(fresh, 0) AS fresh
    FROM core.fetches
)
GROUP BY day, kind, host, feed_id, outcome;
COMMENT ON VIEW fetch_days IS 'The ledger in sums by day, host, feed and outcome, also of requests that upkeep has summed up';
COMMENT ON COLUMN fetch_days.day IS 'Day of the runs'' clocks, in UTC';
COMMENT ON COLUMN fetch_days.kind IS 'feed or page';
COMMENT ON COLUMN fetch_days.host IS 'Host asked';
COMMENT ON COLUMN fetch_days.feed_id IS 'The feed polled; NULL for pages';
COMMENT ON COLUMN fetch_days.outcome IS 'What the requests brought';
COMMENT ON COLUMN fetch_days.requests IS 'Number of requests';
COMMENT ON COLUMN fetch_days.bytes IS 'Decoded bytes of their answers';
COMMENT ON COLUMN fetch_days.elapsed_ms IS 'Time they took together, in milliseconds';
COMMENT ON COLUMN fetch_days.entries IS 'Entries that the feeds read listed';
COMMENT ON COLUMN fetch_days.fresh IS 'Entries never listed before';

CREATE OR REPLACE VIEW host_health AS
WITH asked AS (
    -- earlier versions did not store the host: it is taken from the address
    SELECT coalesce(host, lower(regexp_extract(url, '^[a-z]+://([^/?#]+)', 1))) AS host,
           count(*) AS requests,
           count(*) FILTER (outcome IN ($not_asked)) AS not_asked,
           count(*) FILTER (outcome NOT IN ('read', 'unchanged')) - not_asked AS failed,
           sum(bytes)::BIGINT AS bytes, median(elapsed_ms) AS median_ms,
           quantile_cont(elapsed_ms, 0.95) AS p95_ms, max(fetched_at) AS last_asked,
           mode(outcome) FILTER (outcome NOT IN ('read', 'unchanged', $not_asked)) AS usual_failure
    FROM core.fetches GROUP BY 1
)
SELECT a.host, a.requests, a.not_asked, a.failed, a.usual_failure, a.bytes, a.median_ms, a.p95_ms, a.last_asked,
       h.cooling_until, coalesce(h.strikes, 0) AS strikes, h.latency_ms
FROM asked a LEFT JOIN core.hosts h USING (host);
COMMENT ON VIEW host_health IS 'How each host has answered, over all its feeds and pages';
COMMENT ON COLUMN host_health.host IS 'Host name, with the port if it is not the default port';
COMMENT ON COLUMN host_health.requests IS 'Requests in the ledger, those not made included';
COMMENT ON COLUMN host_health.not_asked IS 'Requests that were not made: the host had asked for a pause, its time in the run was over, or a password was missing';
COMMENT ON COLUMN host_health.failed IS 'Requests that failed';
COMMENT ON COLUMN host_health.usual_failure IS 'The most frequent failure';
COMMENT ON COLUMN host_health.bytes IS 'Decoded bytes it has sent';
COMMENT ON COLUMN host_health.median_ms IS 'Median time of a request, also of one that failed or timed out, in milliseconds';
COMMENT ON COLUMN host_health.p95_ms IS '95th percentile of the same';
COMMENT ON COLUMN host_health.last_asked IS 'Clock of the last run that asked it';
COMMENT ON COLUMN host_health.cooling_until IS 'The host asked for a pause: nothing of it is fetched until then';
COMMENT ON COLUMN host_health.strikes IS 'How often in a row it has asked for a pause';
COMMENT ON COLUMN host_health.latency_ms IS 'Its smoothed response time, which the gap between requests follows';
