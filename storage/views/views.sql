-- The analysts' surface: views and macros only, each column described. `SELECT * FROM dictionary` shows it all.

CREATE OR REPLACE VIEW articles AS
SELECT a.article_id, m.story_id, a.article_id = m.original_id AS is_original,
       a.outlet, a.title, coalesce(a.title_from, '') AS title_from,
       coalesce(a.subtitle, '') AS subtitle, a.authors, coalesce(a.authors_from, '') AS authors_from,
       coalesce(a.credits, []) AS credits, coalesce(a.byline, '') AS byline,
       coalesce(a.agency, '') AS agency, coalesce(a.agency_confidence, 0) AS agency_confidence,
       coalesce(a.agency_evidence, '') AS agency_evidence,
       coalesce(a.agency_from, '') AS agency_from, a.language, coalesce(a.section, '') AS section,
       coalesce(a.tags, []) AS tags, coalesce(a.image, '') AS image, a.is_free,
       a.published, a.published_from,
       coalesce(a.published_day_only, a.published_from = 'page') AS published_day_only,
       a.modified, coalesce(a.modified_from, '') AS modified_from,
       a.first_seen, a.appeared, a.words, a.url, a.final_url, a.run_id,
       coalesce(a.text_from, 'page') AS text_from, a.text
FROM core.articles a JOIN core.members m USING (article_id);
COMMENT ON VIEW articles IS 'Every article with text, one row each; each belongs to exactly one story. Pages that are no articles are in other_pages';
COMMENT ON COLUMN articles.article_id IS 'Id of the address the article was read at: the same in every database';
COMMENT ON COLUMN articles.story_id IS 'The story it belongs to';
COMMENT ON COLUMN articles.is_original IS 'Whether it is the original of its story: the agency''s own page, else the earliest known article';
COMMENT ON COLUMN articles.outlet IS 'Host of its address, without www.';
COMMENT ON COLUMN articles.title IS 'Headline, as the page shows or declares it, else its feed';
COMMENT ON COLUMN articles.title_from IS 'Where title came from: h1, json-ld, meta, title, feed, recipe';
COMMENT ON COLUMN articles.subtitle IS 'The deck below the headline; empty where there is none';
COMMENT ON COLUMN articles.authors IS 'Names of people, without roles, agencies and the outlet itself';
COMMENT ON COLUMN articles.authors_from IS 'Where authors came from: json-ld, meta, byline, feed, recipe, or empty for unknown';
COMMENT ON COLUMN articles.credits IS 'Organisations named in the byline, news agencies above all';
COMMENT ON COLUMN articles.byline IS 'The byline as printed, be it the outlet''s own name';
COMMENT ON COLUMN articles.agency IS 'The news agency or syndicate it names: its copy where agency_confidence is 0.5 or more, else its contribution; empty for none';
COMMENT ON COLUMN articles.agency_confidence IS 'How sure that is, 0 to 1';
COMMENT ON COLUMN articles.agency_evidence IS 'The words or the address that say so';
COMMENT ON COLUMN articles.agency_from IS 'Where they stand: dateline, credit line, byline, copyright, url, canonical, outlet';
COMMENT ON COLUMN articles.language IS 'ISO 639-1 code, told from the text';
COMMENT ON COLUMN articles.section IS 'Section of the outlet, as the page declares it';
COMMENT ON COLUMN articles.tags IS 'Keywords, as the page declares them';
COMMENT ON COLUMN articles.image IS 'Address of the lead image';
COMMENT ON COLUMN articles.is_free IS 'Whether the page declares that it can be read for free; NULL where it does not say';
COMMENT ON COLUMN articles.published IS 'When it says it was published; midnight UTC where only the day is known';
COMMENT ON COLUMN articles.published_from IS 'Where published came from: feed, feed updated, json-ld, meta, time element, page text, address, recipe, or empty for unknown';
COMMENT ON COLUMN articles.published_day_only IS 'Whether published is a day without a time';
COMMENT ON COLUMN articles.modified IS 'When the page says it was last changed; NULL where it does not say';
COMMENT ON COLUMN articles.modified_from IS 'Where modified came from: json-ld, meta, time element, or empty';
COMMENT ON COLUMN articles.first_seen IS 'Clock of the run that first saw its address in a feed';
COMMENT ON COLUMN articles.appeared IS 'Best guess at when it went public, which decides who had a story first: published; a day alone counts as its end; unknown counts as first_seen';
COMMENT ON COLUMN articles.words IS 'Length of text in words';
COMMENT ON COLUMN articles.url IS 'Canonical address after redirects, without tracking parameters';
COMMENT ON COLUMN articles.final_url IS 'The address that answered, where url is the canonical one its page declares; else empty';
COMMENT ON COLUMN articles.run_id IS 'The run that filed it';
COMMENT ON COLUMN articles.text_from IS 'page; feed where its feed carried more of the text';
COMMENT ON COLUMN articles.text IS 'Extracted text without the site''s furniture, a paragraph a line; removed_lines has what was taken out. Empty once upkeep has dropped it';

CREATE OR REPLACE VIEW other_pages AS
SELECT o.page_id, o.verdict, o.reason, o.title, o.words, p.url, o.url AS final_url,
       p.first_seen, o.run_id, o.text
FROM core.other_pages o JOIN core.pages p USING (page_id);
COMMENT ON VIEW other_pages IS 'Pages with something to read that are no articles, one row each; neither compared nor folded';
COMMENT ON COLUMN other_pages.page_id IS 'The page, as in pages';
COMMENT ON COLUMN other_pages.verdict IS 'What it is: teaser, paywalled, consent, login, listing, gallery, not_found, empty';
COMMENT ON COLUMN other_pages.reason IS 'Why it was judged so';
COMMENT ON COLUMN other_pages.title IS 'Its headline';
COMMENT ON COLUMN other_pages.words IS 'Length of text in words';
COMMENT ON COLUMN other_pages.url IS 'Address that a feed listed';
COMMENT ON COLUMN other_pages.final_url IS 'Address it was read at';
COMMENT ON COLUMN other_pages.first_seen IS 'Clock of the run that first saw it';
COMMENT ON COLUMN other_pages.run_id IS 'The run that read it';
COMMENT ON COLUMN other_pages.text IS 'What could be read';

CREATE OR REPLACE VIEW removed_lines AS
SELECT r.article_id, a.outlet, r.rule, r.line, r.run_id, a.url
FROM core.removed_lines r JOIN core.articles a USING (article_id);
COMMENT ON VIEW removed_lines IS 'Lines taken out of articles because they are the site''s and not the article''s, one row each';
COMMENT ON COLUMN removed_lines.article_id IS 'The article';
COMMENT ON COLUMN removed_lines.outlet IS 'Its outlet';
COMMENT ON COLUMN removed_lines.rule IS 'The rule that took it out: titles, symbols, phrases, pointers, pleas, dates, bylines, links, biographies, notices, glued, trailing, or recurring for what recurs across the outlet''s articles';
COMMENT ON COLUMN removed_lines.line IS 'The line, or the part of one';
COMMENT ON COLUMN removed_lines.run_id IS 'The run that took it out; NULL for `copydesk reclean`';
COMMENT ON COLUMN removed_lines.url IS 'Address of the article';

CREATE OR REPLACE VIEW stories AS
SELECT m.story_id, o.article_id AS original_id, o.outlet AS original_outlet, o.title, o.language,
       o.appeared, greatest(o.appeared, c.last_appeared) AS last_appeared,
       coalesce(c.copies, 0) + 1 AS articles, coalesce(len(c.outlet_names), 1) AS outlets,
       coalesce(c.outlet_names, [o.outlet]) AS outlet_names, o.url
FROM core.members m JOIN core.articles o USING (article_id)
LEFT JOIN (  -- of the copies alone: most stories have none
    SELECT k.story_id, count(*) AS copies, max(a.appeared) AS last_appeared,
           list_sort(list_distinct(list_append(list(a.outlet), any_value(f.outlet)))) AS outlet_names
    FROM core.members k JOIN core.articles a USING (article_id)
    JOIN core.articles f ON f.article_id = k.original_id
    WHERE k.article_id <> k.original_id GROUP BY k.story_id
) c ON c.story_id = m.story_id
WHERE m.article_id = m.original_id;
COMMENT ON VIEW stories IS 'One row a story: an original and its copies, or an article that nobody copied';
COMMENT ON COLUMN stories.story_id IS 'Stable over runs; `copydesk story ID` shows it';
COMMENT ON COLUMN stories.original_id IS 'article_id of the original: the agency''s own page, else the earliest known article';
COMMENT ON COLUMN stories.original_outlet IS 'Outlet of the original';
COMMENT ON COLUMN stories.title IS 'Headline of the original';
COMMENT ON COLUMN stories.language IS 'Language of the original';
COMMENT ON COLUMN stories.appeared IS 'When the original appeared';
COMMENT ON COLUMN stories.last_appeared IS 'When the latest copy appeared';
COMMENT ON COLUMN stories.articles IS 'Number of articles, the original included';
COMMENT ON COLUMN stories.outlets IS 'Number of different outlets';
COMMENT ON COLUMN stories.outlet_names IS 'The outlets, in alphabetical order';
COMMENT ON COLUMN stories.url IS 'Address of the original';

CREATE OR REPLACE VIEW wire_pickup AS
WITH credited AS (  -- the surest credit, of those as sure the first by name: for who credits nobody
    SELECT m.story_id, a.agency, a.agency_confidence AS confidence
    FROM core.articles a JOIN core.members m USING (article_id)
    WHERE a.agency_confidence >= 0.5
    QUALIFY row_number() OVER (
        PARTITION BY m.story_id ORDER BY a.agency_confidence DESC, a.agency) = 1
)
SELECT CASE WHEN own.credited THEN a.agency ELSE c.agency END AS agency, c.story_id, a.outlet,
       a.article_id, a.appeared - o.appeared AS lag, own.credited,
       CASE WHEN own.credited THEN a.agency_confidence ELSE c.confidence END AS confidence,
       a.title, a.url
FROM credited c
JOIN core.members m USING (story_id)
JOIN core.articles a ON a.article_id = m.article_id
JOIN core.articles o ON o.article_id = m.original_id
CROSS JOIN LATERAL (SELECT coalesce(a.agency_confidence >= 0.5, false) AS credited) own;
COMMENT ON VIEW wire_pickup IS 'Who ran an agency''s copy, one row an article: those that credit it, and the uncredited copies of the same story';
COMMENT ON COLUMN wire_pickup.agency IS 'The agency that the article credits; where it credits none, the one that the surest credit in the story names';
COMMENT ON COLUMN wire_pickup.story_id IS 'The story';
COMMENT ON COLUMN wire_pickup.outlet IS 'The outlet that ran it';
COMMENT ON COLUMN wire_pickup.article_id IS 'Its article';
COMMENT ON COLUMN wire_pickup.lag IS 'How long after the original; negative for who ran it before the agency''s own page appeared';
COMMENT ON COLUMN wire_pickup.credited IS 'Whether the article names the agency itself, or the credit is carried over from another copy';
COMMENT ON COLUMN wire_pickup.confidence IS 'How sure that credit is, 0.5 to 1';
COMMENT ON COLUMN wire_pickup.title IS 'Its headline';
COMMENT ON COLUMN wire_pickup.url IS 'Its address';

CREATE OR REPLACE VIEW outlet_originality AS
WITH carried AS (
    SELECT m.article_id, m.article_id = m.original_id AS is_original, x.relation,
           max(a.agency_confidence) OVER (PARTITION BY m.story_id) >= 0.5 AS of_agency
    FROM core.members m JOIN core.articles a USING (article_id)
    LEFT JOIN core.matches x ON x.a = least(m.article_id, m.original_id)
        AND x.b = greatest(m.article_id, m.original_id)
)
SELECT a.outlet, date_trunc('week', a.appeared AT TIME ZONE 'UTC')::DATE AS week,
       count(*) AS articles,
       avg((c.is_original AND NOT coalesce(c.of_agency, false))::INTEGER) AS original,
       avg(coalesce(c.of_agency, false)::INTEGER) AS agency,
       avg((NOT c.is_original AND c.relation IN ('identical', 'copy'))::INTEGER) AS copied,
       avg((NOT c.is_original AND c.relation = 'abridged')::INTEGER) AS abridged
FROM carried c JOIN core.articles a USING (article_id)
GROUP BY a.outlet, week;
COMMENT ON VIEW outlet_originality IS 'How much of what an outlet ran was its own, one row an outlet and week';
COMMENT ON COLUMN outlet_originality.outlet IS 'The outlet';
COMMENT ON COLUMN outlet_originality.week IS 'Monday of the week, UTC';
COMMENT ON COLUMN outlet_originality.articles IS 'Articles that appeared in it';
COMMENT ON COLUMN outlet_originality.original IS 'Share that is the original of its story and no agency''s, 0 to 1';
COMMENT ON COLUMN outlet_originality.agency IS 'Share whose story some outlet credits to an agency, 0 to 1';
COMMENT ON COLUMN outlet_originality.copied IS 'Share that copies an article seen before, whole, 0 to 1; may be an agency''s as well';
COMMENT ON COLUMN outlet_originality.abridged IS 'Share that abridges one, 0 to 1; likewise';

CREATE OR REPLACE VIEW matches AS
SELECT x.a, x.b, x.relation, x.rule, x.jaccard, x.a_in_b, x.b_in_a, x.shared,
       x.a_aligned, x.b_aligned, x.a_prose, x.b_prose, x.prose_words, x.a_lead, x.b_lead,
       x.longest_run, x.a_words, x.b_words, q.appeared - p.appeared AS lag,
       p.outlet AS a_outlet, q.outlet AS b_outlet, p.title AS a_title, q.title AS b_title,
       p.url AS a_url, q.url AS b_url, x.run_id
FROM core.matches x
JOIN core.articles p ON p.article_id = x.a
JOIN core.articles q ON q.article_id = x.b;
COMMENT ON VIEW matches IS 'Pairs of articles compared in full and found related, one row a pair, with the evidence; furniture is left out of every figure';
COMMENT ON COLUMN matches.a IS 'article_id of one, the smaller';
COMMENT ON COLUMN matches.b IS 'article_id of the other';
COMMENT ON COLUMN matches.relation IS 'identical, copy or abridged (one story); update (another version) or embeds (a round-up that holds much of the other): linked, not folded';
COMMENT ON COLUMN matches.rule IS 'The rule that decided, in words';
COMMENT ON COLUMN matches.jaccard IS 'Shared 5-word shingles over all of both, 0 to 1';
COMMENT ON COLUMN matches.a_in_b IS 'Share of the shingles of a found in b, 0 to 1';
COMMENT ON COLUMN matches.b_in_a IS 'Share of the shingles of b found in a, 0 to 1';
COMMENT ON COLUMN matches.shared IS 'Number of distinct shingles found in both';
COMMENT ON COLUMN matches.a_aligned IS 'Share of the words of a in shared runs that stand in the same order in both, or repeat fifty words that do, 0 to 1';
COMMENT ON COLUMN matches.b_aligned IS 'The same of b';
COMMENT ON COLUMN matches.a_prose IS 'Share of the words of a outside quotations that stand in shared runs, 0 to 1';
COMMENT ON COLUMN matches.b_prose IS 'The same of b';
COMMENT ON COLUMN matches.prose_words IS 'Number of such words in the shorter';
COMMENT ON COLUMN matches.a_lead IS 'Share of the first 50 words of a that stand in shared runs, 0 to 1';
COMMENT ON COLUMN matches.b_lead IS 'The same of b';
COMMENT ON COLUMN matches.longest_run IS 'Words of the longest passage that stands unbroken in both';
COMMENT ON COLUMN matches.a_words IS 'Words of a, without furniture';
COMMENT ON COLUMN matches.b_words IS 'Words of b, without furniture';
COMMENT ON COLUMN matches.lag IS 'How long after a b appeared; negative where it was first';
COMMENT ON COLUMN matches.a_outlet IS 'Outlet of a';
COMMENT ON COLUMN matches.b_outlet IS 'Outlet of b';
COMMENT ON COLUMN matches.a_title IS 'Headline of a';
COMMENT ON COLUMN matches.b_title IS 'Headline of b';
COMMENT ON COLUMN matches.a_url IS 'Address of a';
COMMENT ON COLUMN matches.b_url IS 'Address of b';
COMMENT ON COLUMN matches.run_id IS 'The run that found it';

CREATE OR REPLACE VIEW story_timeline AS
WITH sides AS (
    SELECT a AS article_id, b AS other_id, relation, rule, shared,
           greatest(a_aligned, b_aligned) AS similarity
    FROM core.matches
    UNION ALL
    SELECT b, a, relation, rule, shared, greatest(a_aligned, b_aligned) FROM core.matches
), related AS (
    SELECT m.story_id, true AS folded, m.article_id, m.original_id AS beside,
           CASE WHEN m.article_id = m.original_id THEN 'original' ELSE x.relation END AS relation,
           x.rule, greatest(x.a_aligned, x.b_aligned) AS similarity
    FROM core.members m
    LEFT JOIN core.matches x ON x.a = least(m.article_id, m.original_id)
        AND x.b = greatest(m.article_id, m.original_id)
    UNION ALL
    SELECT m.story_id, false, x.other_id, arg_max(m.article_id, x.shared),
           arg_max(x.relation, x.shared), arg_max(x.rule, x.shared),
           arg_max(x.similarity, x.shared)
    FROM sides x
    JOIN core.members m ON m.article_id = x.article_id
    JOIN core.members other ON other.article_id = x.other_id
    WHERE other.story_id <> m.story_id
    GROUP BY m.story_id, x.other_id
)
SELECT r.story_id, row_number() OVER (PARTITION BY r.story_id ORDER BY a.appeared, a.article_id)
           AS place,
       r.article_id, r.relation, r.folded, a.outlet,
       a.title, a.appeared, a.appeared - o.appeared AS lag,
       coalesce(r.similarity, 1) AS similarity, a.words, r.rule, b.url AS beside_url, a.url
FROM related r
JOIN core.articles a ON a.article_id = r.article_id
JOIN core.articles b ON b.article_id = r.beside
JOIN core.members om ON om.story_id = r.story_id AND om.article_id = om.original_id
JOIN core.articles o ON o.article_id = om.original_id;
COMMENT ON VIEW story_timeline IS 'Every story as it spread: its original, copies, updates and round-ups, one row each, in the order they appeared';
COMMENT ON COLUMN story_timeline.story_id IS 'The story';
COMMENT ON COLUMN story_timeline.place IS 'Place in the order of appearance, from 1';
COMMENT ON COLUMN story_timeline.article_id IS 'The article';
COMMENT ON COLUMN story_timeline.relation IS 'original, or what it is to the article it is beside: identical, copy, abridged, update, embeds';
COMMENT ON COLUMN story_timeline.folded IS 'Whether it belongs to the story; linked with it are updates, round-ups, and copies of a copy that belong to another original';
COMMENT ON COLUMN story_timeline.outlet IS 'Its outlet';
COMMENT ON COLUMN story_timeline.title IS 'Its headline';
COMMENT ON COLUMN story_timeline.appeared IS 'When it appeared';
COMMENT ON COLUMN story_timeline.lag IS 'How long after the original';
COMMENT ON COLUMN story_timeline.similarity IS 'Share of the shorter text found in the other in the same order, 0 to 1';
COMMENT ON COLUMN story_timeline.words IS 'Its length in words';
COMMENT ON COLUMN story_timeline.rule IS 'The rule that decided, in words';
COMMENT ON COLUMN story_timeline.beside_url IS 'Address of the article of the story it was compared with: the original, or for a linked one the article it shares most with';
COMMENT ON COLUMN story_timeline.url IS 'Its address';

CREATE OR REPLACE VIEW moves AS
SELECT m.run_id, m.article_id, m.from_story, m.to_story, a.url
FROM core.moves m JOIN core.articles a USING (article_id);
COMMENT ON VIEW moves IS 'Articles that left one story for another, when a late arrival joined or parted what was filed; one row a move';
COMMENT ON COLUMN moves.run_id IS 'The run that moved it';
COMMENT ON COLUMN moves.article_id IS 'The article';
COMMENT ON COLUMN moves.from_story IS 'The story it was in; a number that no story has any more is never given again';
COMMENT ON COLUMN moves.to_story IS 'The story it went to';
COMMENT ON COLUMN moves.url IS 'Address of the article';

CREATE OR REPLACE VIEW feeds AS
SELECT f.feed_id, f.title, f.folder, f.state, f.url, f.site_url, f.language, f.added_at, f.polled_at,
       f.read_at, f.outcome, f.detail, f.next_due, f.due_reason,
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
COMMENT ON COLUMN feeds.url IS 'Address, without credentials';
COMMENT ON COLUMN feeds.site_url IS 'The site it belongs to, as it says itself';
COMMENT ON COLUMN feeds.language IS 'Language, as it says itself';
COMMENT ON COLUMN feeds.added_at IS 'When it was subscribed to';
COMMENT ON COLUMN feeds.polled_at IS 'Clock of the last run that polled it';
COMMENT ON COLUMN feeds.read_at IS 'Clock of the last run that got a changed document';
COMMENT ON COLUMN feeds.outcome IS 'How the last poll ended: read, unchanged, or a failure by name';
COMMENT ON COLUMN feeds.detail IS 'What went wrong, where something did';
COMMENT ON COLUMN feeds.next_due IS 'When a scheduled run will poll it next; NULL for at once, or never where state says so';
COMMENT ON COLUMN feeds.due_reason IS 'Why then';
COMMENT ON COLUMN feeds.needs_credentials IS 'Whether its address has a password, which only the OPML file has: it is polled by runs that name the file';
COMMENT ON COLUMN feeds.pages IS 'Different addresses it has listed';
COMMENT ON COLUMN feeds.articles IS 'How many of them led to an article';
COMMENT ON COLUMN feeds.former_urls IS 'Addresses it had before permanent redirects';

CREATE OR REPLACE VIEW feed_health AS
WITH polls AS (
    SELECT t.feed_id, t.fetched_at, t.bytes, t.outcome, t.entries, t.fresh,
           -- a poll at this time a week ago, give or take a run's length, is of the week before
           t.fetched_at > f.polled_at - INTERVAL 7 DAY + INTERVAL 30 MINUTE AS lately
    FROM core.fetches t JOIN core.feeds f USING (feed_id)
    WHERE t.kind = 'feed' AND t.outcome NOT IN ('cooling', 'pending', 'no_credentials')
), volume AS (
    SELECT feed_id,
           count(*) FILTER (lately) AS polls,
           count(*) FILTER (lately AND outcome NOT IN ('read', 'unchanged')) AS failed_polls,
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
       coalesce(v.fresh, 0) / 7.0 AS fresh_per_day, v.usual_fresh AS usual_per_day,
       n.listed_elsewhere / nullif(n.listed, 0) AS share_listed_elsewhere,
       f.fresh_at AS last_fresh, to_seconds(f.rhythm_seconds) AS usual_gap,
       f.next_due, f.due_reason,
       CASE
           WHEN f.state <> 'active' THEN f.state
           WHEN f.polled_at IS NULL THEN 'not polled yet'
           WHEN f.outcome = 'no_credentials'
               THEN 'not asked: its password is only in the OPML file; name that with --feeds'
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
COMMENT ON VIEW feed_health IS 'How each feed fares, silent failures named; days are counted back from its last poll';
COMMENT ON COLUMN feed_health.feed_id IS 'Id of the subscription';
COMMENT ON COLUMN feed_health.title IS 'Its name';
COMMENT ON COLUMN feed_health.url IS 'Its address';
COMMENT ON COLUMN feed_health.state IS 'active, paused or gone';
COMMENT ON COLUMN feed_health.last_success IS 'Last poll that was read or unchanged';
COMMENT ON COLUMN feed_health.streak IS 'Failed polls since';
COMMENT ON COLUMN feed_health.polls_7d IS 'Polls in its last 7 days';
COMMENT ON COLUMN feed_health.failed_7d IS 'Those that failed';
COMMENT ON COLUMN feed_health.fresh_per_day IS 'Entries never listed before, a day, in its last 7 days';
COMMENT ON COLUMN feed_health.usual_per_day IS 'The same before these 7 days: its own baseline; NULL while there is none';
COMMENT ON COLUMN feed_health.share_listed_elsewhere IS 'Share of the addresses it listed that another feed listed first, 0 to 1';
COMMENT ON COLUMN feed_health.last_fresh IS 'Last poll that brought a new entry';
COMMENT ON COLUMN feed_health.usual_gap IS 'Usual time between two such polls';
COMMENT ON COLUMN feed_health.next_due IS 'When a scheduled run will poll it next';
COMMENT ON COLUMN feed_health.due_reason IS 'Why then';
COMMENT ON COLUMN feed_health.verdict IS 'well; or what is wrong: failing, silent (it answers but brings nothing), shrunken, redundant, not asked (its password is not at hand), paused, gone';

CREATE OR REPLACE VIEW host_health AS
WITH asked AS (
    -- the ledger of earlier versions has no host: near enough
    SELECT coalesce(host, lower(regexp_extract(url, '^[a-z]+://([^/?#]+)', 1))) AS host,
           count(*) AS requests,
           count(*) FILTER (outcome IN ('cooling', 'pending', 'no_credentials')) AS not_asked,
           count(*) FILTER (outcome NOT IN ('read', 'unchanged')) - not_asked AS failed,
           sum(bytes)::BIGINT AS bytes, median(elapsed_ms) AS median_ms,
           quantile_cont(elapsed_ms, 0.95) AS p95_ms, max(fetched_at) AS last_asked,
           mode(outcome) FILTER (outcome NOT IN ('read', 'unchanged', 'cooling', 'pending',
                                                 'no_credentials')) AS usual_failure
    FROM core.fetches GROUP BY 1
)
SELECT a.host, a.requests, a.not_asked, a.failed, a.usual_failure, a.bytes, a.median_ms, a.p95_ms, a.last_asked,
       h.cooling_until, coalesce(h.strikes, 0) AS strikes, h.latency_ms
FROM asked a LEFT JOIN core.hosts h USING (host);
COMMENT ON VIEW host_health IS 'How each host has answered, over all its feeds and pages';
COMMENT ON COLUMN host_health.host IS 'Host name, with the port where it is not the scheme''s own';
COMMENT ON COLUMN host_health.requests IS 'Requests in the ledger, those not made included';
COMMENT ON COLUMN host_health.not_asked IS 'Those not made: it was cooling, its time in the run was up, or a password was not at hand';
COMMENT ON COLUMN host_health.failed IS 'Those that brought no answer of use';
COMMENT ON COLUMN host_health.usual_failure IS 'The commonest failure';
COMMENT ON COLUMN host_health.bytes IS 'Decoded bytes it has sent';
COMMENT ON COLUMN host_health.median_ms IS 'Median time of a request, also of one that failed or timed out, in milliseconds';
COMMENT ON COLUMN host_health.p95_ms IS '95th percentile of the same';
COMMENT ON COLUMN host_health.last_asked IS 'Clock of the last run that asked it';
COMMENT ON COLUMN host_health.cooling_until IS 'It asked for patience: nothing of it is fetched until then';
COMMENT ON COLUMN host_health.strikes IS 'How often in a row it has asked for patience';
COMMENT ON COLUMN host_health.latency_ms IS 'Its smoothed response time, which the gap between requests follows';

CREATE OR REPLACE VIEW fetches AS
SELECT run_id, fetched_at, kind, url, final_url, status, outcome,
       CASE
           WHEN outcome IN ('read', 'unchanged') THEN 'success'
           WHEN outcome IN ('dns_failed', 'cooling', 'pending', 'no_credentials') THEN 'passing'
           WHEN outcome IN ('not_found', 'throttled', 'challenged', 'server_error', 'timeout',
                            'connection_failed', 'tls_failed', 'truncated') THEN 'soft'
           ELSE 'hard'
       END AS class,
       host, bytes, elapsed_ms, validators, entries, fresh, next_due, due_reason, detail
FROM core.fetches;
COMMENT ON VIEW fetches IS 'Every request made, one row each, and those not made, with why';
COMMENT ON COLUMN fetches.run_id IS 'The run that made it';
COMMENT ON COLUMN fetches.fetched_at IS 'When it ended, by that run''s clock';
COMMENT ON COLUMN fetches.kind IS 'feed or page';
COMMENT ON COLUMN fetches.url IS 'Address asked, without credentials';
COMMENT ON COLUMN fetches.final_url IS 'Address that answered, after redirects; empty where none did';
COMMENT ON COLUMN fetches.status IS 'HTTP status; NULL where no server answered';
COMMENT ON COLUMN fetches.outcome IS 'What it brought: for a feed read, unchanged or a failure by name; for a page read or a failure by name';
COMMENT ON COLUMN fetches.class IS 'success; or by what a failure weighs: passing, soft, hard';
COMMENT ON COLUMN fetches.host IS 'Host asked, as host_health spells it';
COMMENT ON COLUMN fetches.bytes IS 'Size of the decoded body';
COMMENT ON COLUMN fetches.elapsed_ms IS 'From sending the request to the last byte or to its failure, in milliseconds; NULL where none was sent';
COMMENT ON COLUMN fetches.validators IS 'Validators sent: etag, last-modified, both, or none';
COMMENT ON COLUMN fetches.entries IS 'Of a feed that was read: entries listed';
COMMENT ON COLUMN fetches.fresh IS 'Of a feed that was read: entries never listed before';
COMMENT ON COLUMN fetches.next_due IS 'Of a feed: when this poll made it due again';
COMMENT ON COLUMN fetches.due_reason IS 'Of a feed: why then';
COMMENT ON COLUMN fetches.detail IS 'What went wrong, where something did';

CREATE OR REPLACE VIEW pages AS
SELECT p.page_id, p.url, f.url AS feed_url, p.title, p.summary, p.published, p.first_seen,
       p.first_run, coalesce(p.outcome, 'pending') AS outcome, p.detail, p.attempts, p.article_id
FROM core.pages p JOIN core.feeds f USING (feed_id);
COMMENT ON VIEW pages IS 'Every address any feed has listed, one row each, and how it ended: nothing is dropped';
COMMENT ON COLUMN pages.page_id IS 'Id of the canonical address';
COMMENT ON COLUMN pages.url IS 'Canonical address: no tracking parameters, no fragment';
COMMENT ON COLUMN pages.feed_url IS 'The feed that listed it first';
COMMENT ON COLUMN pages.title IS 'Title in that feed';
COMMENT ON COLUMN pages.summary IS 'Summary in that feed, as plain text';
COMMENT ON COLUMN pages.published IS 'Date in that feed';
COMMENT ON COLUMN pages.first_seen IS 'Clock of the run that first saw it';
COMMENT ON COLUMN pages.first_run IS 'That run';
COMMENT ON COLUMN pages.outcome IS 'new: led to an article; duplicate_url: led to an article already held; pending: to be fetched by the next run; else why there is none';
COMMENT ON COLUMN pages.detail IS 'More about the outcome';
COMMENT ON COLUMN pages.attempts IS 'How often it was fetched; passing failures are tried again in later runs';
COMMENT ON COLUMN pages.article_id IS 'The article it led to; NULL where it led to none, or upkeep dropped it';

CREATE OR REPLACE VIEW outcomes AS
SELECT o.run_id, f.url AS feed_url, o.outcome, o.url, o.detail, o.entries
FROM core.outcomes o JOIN core.feeds f USING (feed_id);
COMMENT ON VIEW outcomes IS 'How the entries of each run ended; the sum of entries in a finished run is runs.entries + runs.retried';
COMMENT ON COLUMN outcomes.run_id IS 'The run';
COMMENT ON COLUMN outcomes.feed_url IS 'The feed that listed the entry';
COMMENT ON COLUMN outcomes.outcome IS 'new, known, duplicate_url, no_link, no_text or a failure by name';
COMMENT ON COLUMN outcomes.url IS 'Canonical address; empty for known entries, which are counted a feed at a time';
COMMENT ON COLUMN outcomes.detail IS 'More about the outcome';
COMMENT ON COLUMN outcomes.entries IS 'Number of entries this row stands for';

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
COMMENT ON COLUMN runs.started_at IS 'The run''s clock: real, or what --now said';
COMMENT ON COLUMN runs.finished_at IS 'started_at plus total_seconds';
COMMENT ON COLUMN runs.state IS 'running, finished, failed (an error ended it) or crashed (it was killed); what either left undone the next run takes up';
COMMENT ON COLUMN runs.feeds IS 'Feeds polled';
COMMENT ON COLUMN runs.entries IS 'Entries read from them';
COMMENT ON COLUMN runs.retried IS 'Pages taken up again from earlier runs';
COMMENT ON COLUMN runs.articles IS 'Articles filed';
COMMENT ON COLUMN runs.poll_seconds IS 'Time polling and parsing feeds';
COMMENT ON COLUMN runs.fetch_seconds IS 'Time waiting for pages; the next batch is fetched while one is extracted';
COMMENT ON COLUMN runs.extract_seconds IS 'Time waiting for extraction';
COMMENT ON COLUMN runs.fold_seconds IS 'Time sketching, comparing and folding';
COMMENT ON COLUMN runs.load_seconds IS 'Time in the database';
COMMENT ON COLUMN runs.total_seconds IS 'The whole run, without Prefect''s own start';

CREATE OR REPLACE VIEW originals AS
SELECT m.story_id, o.article_id, o.outlet, o.title, o.authors, o.language, o.published, o.appeared,
       o.words, coalesce(c.copies, 0) AS copies, coalesce(c.others, 0) + 1 AS outlets,
       greatest(o.appeared, c.last_appeared) AS last_appeared, o.url, o.text
FROM core.members m JOIN core.articles o USING (article_id)
LEFT JOIN (  -- of the copies alone: most stories have none
    SELECT k.story_id, count(*) AS copies, max(a.appeared) AS last_appeared,
           count(DISTINCT a.outlet) FILTER (a.outlet <> f.outlet) AS others
    FROM core.members k JOIN core.articles a USING (article_id)
    JOIN core.articles f ON f.article_id = k.original_id
    WHERE k.article_id <> k.original_id GROUP BY k.story_id
) c ON c.story_id = m.story_id
WHERE m.article_id = m.original_id;
COMMENT ON VIEW originals IS 'One row a story: its original in full (the agency''s own page, else the earliest known article), with how far it went; articles without their copies';
COMMENT ON COLUMN originals.story_id IS 'The story';
COMMENT ON COLUMN originals.article_id IS 'The original: this row';
COMMENT ON COLUMN originals.outlet IS 'Its outlet: the agency itself where its own page is known, else who had it first';
COMMENT ON COLUMN originals.title IS 'Headline';
COMMENT ON COLUMN originals.authors IS 'Names';
COMMENT ON COLUMN originals.language IS 'ISO 639-1 code, told from the text';
COMMENT ON COLUMN originals.published IS 'When it says it was published';
COMMENT ON COLUMN originals.appeared IS 'Best guess at when it went public';
COMMENT ON COLUMN originals.words IS 'Length of text in words';
COMMENT ON COLUMN originals.copies IS 'Articles that copy it';
COMMENT ON COLUMN originals.outlets IS 'Different outlets that ran it, its own included';
COMMENT ON COLUMN originals.last_appeared IS 'When the latest copy appeared';
COMMENT ON COLUMN originals.url IS 'Its address';
COMMENT ON COLUMN originals.text IS 'Its text, a paragraph a line';

CREATE OR REPLACE VIEW copies AS
SELECT m.story_id, c.article_id, c.outlet, c.title, c.appeared, c.appeared - o.appeared AS lag,
       x.relation, greatest(x.a_in_b, x.b_in_a) AS containment, o.article_id AS original_id,
       o.outlet AS original_outlet, o.title AS original_title, c.url, o.url AS original_url
FROM core.members m
JOIN core.articles c USING (article_id)
JOIN core.articles o ON o.article_id = m.original_id
LEFT JOIN core.matches x ON x.a = least(c.article_id, o.article_id)
    AND x.b = greatest(c.article_id, o.article_id)
WHERE m.article_id <> m.original_id;
COMMENT ON VIEW copies IS 'Articles that are copies, one row each, next to the original of their story';
COMMENT ON COLUMN copies.story_id IS 'The story';
COMMENT ON COLUMN copies.article_id IS 'The copy';
COMMENT ON COLUMN copies.outlet IS 'Who ran the copy';
COMMENT ON COLUMN copies.title IS 'Headline of the copy';
COMMENT ON COLUMN copies.appeared IS 'When the copy appeared';
COMMENT ON COLUMN copies.lag IS 'How long after the original; negative for who ran it before the agency''s own page appeared';
COMMENT ON COLUMN copies.relation IS 'What it is to the original: identical, copy or abridged';
COMMENT ON COLUMN copies.containment IS 'Share of the shorter text''s shingles found in the other, 0 to 1';
COMMENT ON COLUMN copies.original_id IS 'article_id of the original';
COMMENT ON COLUMN copies.original_outlet IS 'Outlet of the original';
COMMENT ON COLUMN copies.original_title IS 'Headline of the original';
COMMENT ON COLUMN copies.url IS 'Address of the copy';
COMMENT ON COLUMN copies.original_url IS 'Address of the original';

CREATE OR REPLACE VIEW sightings AS
SELECT f.url AS feed_url, f.title AS feed_title, p.url, s.listed_url, s.first_seen, p.article_id
FROM core.sightings s JOIN core.pages p USING (page_id)
JOIN core.feeds f ON f.feed_id = s.feed_id;
COMMENT ON VIEW sightings IS 'Which feed listed which address, one row a pair';
COMMENT ON COLUMN sightings.feed_url IS 'Address of the feed';
COMMENT ON COLUMN sightings.feed_title IS 'Its name';
COMMENT ON COLUMN sightings.url IS 'Canonical address it listed';
COMMENT ON COLUMN sightings.listed_url IS 'The address as the feed spelled it';
COMMENT ON COLUMN sightings.first_seen IS 'Clock of the run that first saw it in this feed';
COMMENT ON COLUMN sightings.article_id IS 'The article it led to; NULL where it led to none, or upkeep dropped it';

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
COMMENT ON VIEW fetch_days IS 'The ledger by day, host, feed and outcome: all of it, whatever upkeep has rolled up';
COMMENT ON COLUMN fetch_days.day IS 'Day of the runs'' clocks, in UTC';
COMMENT ON COLUMN fetch_days.kind IS 'feed or page';
COMMENT ON COLUMN fetch_days.host IS 'Host asked';
COMMENT ON COLUMN fetch_days.feed_id IS 'The feed polled; NULL for pages';
COMMENT ON COLUMN fetch_days.outcome IS 'What the requests brought';
COMMENT ON COLUMN fetch_days.requests IS 'Number of requests';
COMMENT ON COLUMN fetch_days.bytes IS 'Decoded bytes they brought';
COMMENT ON COLUMN fetch_days.elapsed_ms IS 'Time they took together, in milliseconds';
COMMENT ON COLUMN fetch_days.entries IS 'Entries that the feeds read listed';
COMMENT ON COLUMN fetch_days.fresh IS 'Those never listed before';

-- A text's words as search compares them: no case, no accents, any script that parts its words.
CREATE OR REPLACE MACRO core.words_of(s) AS
    regexp_extract_all(lower(strip_accents(s)), '[\p{L}\p{N}]+');

CREATE OR REPLACE MACRO search(phrase) AS TABLE
WITH asked AS (SELECT DISTINCT unnest(core.words_of(phrase)) AS term),
found AS (
    SELECT term, doc, times FROM core.search_terms WHERE term IN (SELECT term FROM asked)
),
rarity AS (SELECT term, count(*) AS docs FROM found GROUP BY term),
whole AS (SELECT count(*) AS docs, avg(words) AS words FROM core.search_docs),
ranked AS (  -- BM25 with its usual k = 1.2 and b = 0.75
    SELECT d.article_id,
           sum(ln(1 + (whole.docs - rarity.docs + 0.5) / (rarity.docs + 0.5)) * found.times * 2.2
               / (found.times + 1.2 * (0.25 + 0.75 * d.words / whole.words))) AS score
    FROM found JOIN rarity USING (term) JOIN core.search_docs d USING (doc), whole
    GROUP BY d.article_id
)
SELECT r.score, a.article_id, m.story_id, a.article_id = m.original_id AS is_original, a.outlet,
       a.title, a.language, a.appeared, a.words, a.url
FROM ranked r JOIN core.articles a USING (article_id) JOIN core.members m USING (article_id)
ORDER BY r.score DESC, a.article_id;
COMMENT ON MACRO TABLE search IS 'Articles that hold any of the words, in title or text, the best match first (BM25)';

CREATE OR REPLACE VIEW dictionary AS
SELECT c.table_name AS view_name, c.column_name, c.data_type AS type, c.comment AS meaning
FROM duckdb_columns() c
WHERE c.schema_name = 'main' AND NOT c.internal AND c.database_name = current_database()
ORDER BY c.table_name, c.column_index;
COMMENT ON VIEW dictionary IS 'Every column of every view, and what it means';
COMMENT ON COLUMN dictionary.view_name IS 'The view';
COMMENT ON COLUMN dictionary.column_name IS 'The column';
COMMENT ON COLUMN dictionary.type IS 'Its SQL type';
COMMENT ON COLUMN dictionary.meaning IS 'What it holds';
