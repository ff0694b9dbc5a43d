-- The feeds, and how well each of them works.

CREATE OR REPLACE VIEW feeds AS
SELECT f.feed_id, f.title, f.folder, f.state, f.url, f.site_url, f.language, f.added_at, f.polled_at,
       f.read_at, f.outcome, f.detail, f.next_due,
       CASE WHEN f.next_due > now() + INTERVAL $longest_wait DAY
            THEN 'due now: the clock of a run was ahead' ELSE f.due_reason END AS due_reason,
       coalesce(f.needs_credentials, false) AS needs_credentials,
       coalesce(s.pages, 0) AS pages, coalesce(s.articles, 0) AS articles,
       coalesce(p.former_urls, []) AS former_urls
FROM core.feeds f
LEFT JOIN (
    SELECT g.feed_id, count(*) AS pages, count(p.article_id) AS articles
    FROM core.sightings g JOIN core.pages p USING (page_id) GROUP BY g.feed_id
) s USING (feed_id)
LEFT JOIN (
    SELECT feed_id, list(url ORDER BY left_at) AS former_urls FROM core.feed_addresses
    GROUP BY feed_id
) p USING (feed_id);
COMMENT ON VIEW feeds IS 'Subscriptions, one row each, with how their last poll went and when the next is due';
COMMENT ON COLUMN feeds.feed_id IS 'Id of the subscription; stays when its address changes';
COMMENT ON COLUMN feeds.title IS 'Name in the OPML file, else the feed''s own';
COMMENT ON COLUMN feeds.folder IS 'Folder in the OPML file, levels joined with /';
COMMENT ON COLUMN feeds.state IS 'active; paused by hand; gone (its server said so: 410); removed by hand (its articles stay)';
COMMENT ON COLUMN feeds.url IS 'Address, without passwords and without tokens in its query';
COMMENT ON COLUMN feeds.site_url IS 'The site it belongs to, as it says itself';
COMMENT ON COLUMN feeds.language IS 'Language, as it says itself';
COMMENT ON COLUMN feeds.added_at IS 'When it was subscribed to';
COMMENT ON COLUMN feeds.polled_at IS 'Clock of the last run that polled it';
COMMENT ON COLUMN feeds.read_at IS 'Clock of the last run that got a changed document';
COMMENT ON COLUMN feeds.outcome IS 'How the last poll ended: read, unchanged, or a failure by name';
COMMENT ON COLUMN feeds.detail IS 'What went wrong, where something did';
COMMENT ON COLUMN feeds.next_due IS 'When a scheduled run will poll it next; NULL for at once, or never where state says so';
COMMENT ON COLUMN feeds.due_reason IS 'Why it is due then';
COMMENT ON COLUMN feeds.needs_credentials IS 'Whether its address has a password or a token, which only the OPML file has: it is polled by runs that name the file';
COMMENT ON COLUMN feeds.pages IS 'Different addresses it has listed';
COMMENT ON COLUMN feeds.articles IS 'How many of them led to an article';
COMMENT ON COLUMN feeds.former_urls IS 'Addresses it had before permanent redirects';

CREATE OR REPLACE VIEW feed_health AS
WITH polls AS (
    SELECT t.feed_id, t.fetched_at, t.bytes, t.outcome, t.entries, t.fresh, t.missed,
           -- a poll at this time a week ago belongs to the week before; half an hour allows for
           -- the length of a run
           t.fetched_at > f.polled_at - INTERVAL 7 DAY + INTERVAL 30 MINUTE AS lately
    FROM core.fetches t JOIN core.feeds f USING (feed_id)
    WHERE t.kind = 'feed' AND t.outcome NOT IN ($not_asked)
), volume AS (
    SELECT feed_id,
           count(*) FILTER (lately) AS polls,
           count(*) FILTER (lately AND outcome NOT IN ('read', 'unchanged')) AS failed_polls,
           count(*) FILTER (lately AND missed) AS missed,
           coalesce(sum(fresh) FILTER (lately), 0) AS fresh,
           coalesce(sum(entries) FILTER (lately), 0) AS entries,
           sum(fresh) FILTER (NOT lately)
               / greatest(1, date_diff('day', min(fetched_at), max(fetched_at)) - 7) AS usual_fresh,
           median(bytes) FILTER (NOT lately AND outcome = 'read') AS usual_bytes,
           arg_max(bytes, fetched_at) FILTER (outcome = 'read') AS last_bytes
    FROM polls GROUP BY feed_id
), found AS (
    SELECT x.feed_id, count(DISTINCT x.page_id) AS listed,
           count(DISTINCT x.page_id) FILTER (p.feed_id <> x.feed_id OR p.outcome = 'duplicate_url')
               AS listed_elsewhere
    FROM core.sightings x JOIN core.pages p USING (page_id) GROUP BY x.feed_id
)
SELECT f.feed_id, f.title, f.url, f.state, f.succeeded_at AS last_success, f.streak,
       coalesce(v.polls, 0) AS polls_7d, coalesce(v.failed_polls, 0) AS failed_7d,
       coalesce(v.missed, 0) AS may_have_missed,
       coalesce(v.fresh, 0) / 7.0 AS fresh_per_day, v.usual_fresh AS usual_per_day,
       n.listed_elsewhere / nullif(n.listed, 0) AS share_listed_elsewhere,
       f.fresh_at AS last_fresh, to_seconds(f.rhythm_seconds) AS usual_gap,
       f.next_due,
       CASE WHEN f.next_due > now() + INTERVAL $longest_wait DAY
            THEN 'due now: the clock of a run was ahead' ELSE f.due_reason END AS due_reason,
       CASE
           WHEN f.state <> 'active' THEN f.state
           WHEN f.next_due > now() + INTERVAL $longest_wait DAY
               THEN 'due now: the clock of a run was ahead, and set the next poll to '
                    || strftime(f.next_due, '%Y-%m-%d %H:%M')
           WHEN f.polled_at IS NULL THEN 'not polled yet'
           WHEN f.outcome = 'no_credentials'
               THEN 'not asked: its password or token is only in the OPML file; name that with --feeds'
           WHEN f.streak >= 3 THEN 'failing: ' || f.outcome || ', ' || f.streak || ' polls in a row'
           WHEN f.polled_at - f.fresh_at
                    > greatest(10 * to_seconds(f.rhythm_seconds), INTERVAL 2 DAY)
               THEN 'silent: answers, but nothing new since '
                    || strftime(f.fresh_at, '%Y-%m-%d %H:%M')
           WHEN v.fresh = 0 AND v.usual_fresh >= 1 THEN 'silent: nothing new in 7 days'
           WHEN v.usual_bytes > 0 AND v.last_bytes < v.usual_bytes / 5
               THEN 'shrunken: ' || v.last_bytes || ' bytes, usually ' || round(v.usual_bytes)::BIGINT
           WHEN n.listed >= 20 AND n.listed_elsewhere = n.listed
               THEN 'redundant: other feeds list all of it'
           WHEN f.streak > 0 THEN 'failed last time: ' || f.outcome
           ELSE 'well'
       END AS verdict
FROM core.feeds f LEFT JOIN volume v USING (feed_id) LEFT JOIN found n USING (feed_id)
WHERE f.state <> 'removed';
COMMENT ON VIEW feed_health IS 'How well each feed works, silent failures included; days are counted back from its last poll';
COMMENT ON COLUMN feed_health.feed_id IS 'Id of the subscription';
COMMENT ON COLUMN feed_health.title IS 'Its name';
COMMENT ON COLUMN feed_health.url IS 'Its address';
COMMENT ON COLUMN feed_health.state IS 'active, paused or gone';
COMMENT ON COLUMN feed_health.last_success IS 'Last poll that was read or unchanged';
COMMENT ON COLUMN feed_health.streak IS 'Failed polls since the last success';
COMMENT ON COLUMN feed_health.polls_7d IS 'Polls in its last 7 days';
COMMENT ON COLUMN feed_health.failed_7d IS 'Polls in its last 7 days that failed';
COMMENT ON COLUMN feed_health.may_have_missed IS 'Polls in its last 7 days whose entries were all new: earlier ones may have left the feed unseen';
COMMENT ON COLUMN feed_health.fresh_per_day IS 'Entries never listed before, a day, in its last 7 days';
COMMENT ON COLUMN feed_health.usual_per_day IS 'The same before these 7 days: its own baseline; NULL while there is none';
COMMENT ON COLUMN feed_health.share_listed_elsewhere IS 'Share of the addresses it listed that another feed listed first, 0 to 1';
COMMENT ON COLUMN feed_health.last_fresh IS 'Last poll that brought a new entry';
COMMENT ON COLUMN feed_health.usual_gap IS 'Usual time between two such polls';
COMMENT ON COLUMN feed_health.next_due IS 'When a scheduled run will poll it next';
COMMENT ON COLUMN feed_health.due_reason IS 'Why it is due then';
COMMENT ON COLUMN feed_health.verdict IS 'well; or what is wrong: failing, silent (it answers, but has no new entries), shrunken, redundant, not asked (its password or token is missing), due now (a clock was ahead), paused, gone';
