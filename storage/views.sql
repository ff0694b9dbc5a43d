-- The analysts' surface: views only, each column described. `SELECT * FROM dictionary` shows it all.

CREATE OR REPLACE VIEW articles AS
SELECT a.article_id, m.story_id, a.article_id = m.original_id AS is_original,
       a.outlet, a.title, a.authors, a.language, a.published, a.published_from, a.first_seen,
       a.appeared, a.words, a.url, a.run_id, a.text
FROM core.articles a JOIN core.members m USING (article_id);
COMMENT ON VIEW articles IS 'Every article with text, one row each; each belongs to exactly one story';
COMMENT ON COLUMN articles.article_id IS 'Id of the address the article was read at: the same in every database';
COMMENT ON COLUMN articles.story_id IS 'The story it belongs to';
COMMENT ON COLUMN articles.is_original IS 'Whether it is the earliest known article of its story';
COMMENT ON COLUMN articles.outlet IS 'Host of its address, without www.';
COMMENT ON COLUMN articles.title IS 'Headline, as the feed gave it, else the page';
COMMENT ON COLUMN articles.authors IS 'Names, as the feed gave them, else the page';
COMMENT ON COLUMN articles.language IS 'ISO 639-1 code, told from the text';
COMMENT ON COLUMN articles.published IS 'When it says it was published; midnight UTC where only the day is known';
COMMENT ON COLUMN articles.published_from IS 'Where published came from: feed, feed updated, page (the day alone), or empty for unknown';
COMMENT ON COLUMN articles.first_seen IS 'Clock of the run that first saw its address in a feed';
COMMENT ON COLUMN articles.appeared IS 'Best guess at when it went public, which decides who had a story first: published; a day alone counts as its end; unknown counts as first_seen';
COMMENT ON COLUMN articles.words IS 'Length of text in words';
COMMENT ON COLUMN articles.url IS 'Canonical address after redirects, without tracking parameters';
COMMENT ON COLUMN articles.run_id IS 'The run that filed it';
COMMENT ON COLUMN articles.text IS 'Extracted text, a paragraph a line';

CREATE OR REPLACE VIEW stories AS
SELECT m.story_id, o.article_id AS original_id, o.outlet AS original_outlet, o.title, o.language,
       o.appeared, max(a.appeared) AS last_appeared, count(*) AS articles,
       count(DISTINCT a.outlet) AS outlets,
       list(DISTINCT a.outlet ORDER BY a.outlet) AS outlet_names, o.url
FROM core.members m
JOIN core.articles a ON a.article_id = m.article_id
JOIN core.articles o ON o.article_id = m.original_id
GROUP BY m.story_id, o.article_id, o.outlet, o.title, o.language, o.appeared, o.url;
COMMENT ON VIEW stories IS 'One row a story: an original and its copies, or an article that nobody copied';
COMMENT ON COLUMN stories.story_id IS 'Stable over runs; `copydesk story ID` shows it';
COMMENT ON COLUMN stories.original_id IS 'article_id of the earliest known article';
COMMENT ON COLUMN stories.original_outlet IS 'Outlet of the original';
COMMENT ON COLUMN stories.title IS 'Headline of the original';
COMMENT ON COLUMN stories.language IS 'Language of the original';
COMMENT ON COLUMN stories.appeared IS 'When the original appeared';
COMMENT ON COLUMN stories.last_appeared IS 'When the latest copy appeared';
COMMENT ON COLUMN stories.articles IS 'Number of articles, the original included';
COMMENT ON COLUMN stories.outlets IS 'Number of different outlets';
COMMENT ON COLUMN stories.outlet_names IS 'The outlets, in alphabetical order';
COMMENT ON COLUMN stories.url IS 'Address of the original';

CREATE OR REPLACE VIEW matches AS
SELECT x.a, x.b, x.relation, x.jaccard, x.a_in_b, x.b_in_a, x.shared,
       p.outlet AS a_outlet, q.outlet AS b_outlet, p.title AS a_title, q.title AS b_title,
       p.url AS a_url, q.url AS b_url, x.run_id
FROM core.matches x
JOIN core.articles p ON p.article_id = x.a
JOIN core.articles q ON q.article_id = x.b;
COMMENT ON VIEW matches IS 'Pairs of articles compared in full and found related, one row a pair';
COMMENT ON COLUMN matches.a IS 'article_id of one, the smaller';
COMMENT ON COLUMN matches.b IS 'article_id of the other';
COMMENT ON COLUMN matches.relation IS 'identical, copy or abridged (one story); embeds (a round-up that holds the other: linked, not folded)';
COMMENT ON COLUMN matches.jaccard IS 'Shared 5-word shingles over all of both, 0 to 1';
COMMENT ON COLUMN matches.a_in_b IS 'Share of the shingles of a found in b, 0 to 1';
COMMENT ON COLUMN matches.b_in_a IS 'Share of the shingles of b found in a, 0 to 1';
COMMENT ON COLUMN matches.shared IS 'Number of distinct shingles found in both';
COMMENT ON COLUMN matches.a_outlet IS 'Outlet of a';
COMMENT ON COLUMN matches.b_outlet IS 'Outlet of b';
COMMENT ON COLUMN matches.a_title IS 'Headline of a';
COMMENT ON COLUMN matches.b_title IS 'Headline of b';
COMMENT ON COLUMN matches.a_url IS 'Address of a';
COMMENT ON COLUMN matches.b_url IS 'Address of b';
COMMENT ON COLUMN matches.run_id IS 'The run that found it';

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
SELECT f.feed_id, f.title, f.folder, f.url, f.site_url, f.language, f.added_at, f.polled_at,
       f.read_at, f.outcome, f.detail,
       coalesce(s.pages, 0) AS pages, coalesce(s.articles, 0) AS articles
FROM core.feeds f
LEFT JOIN (
    SELECT g.feed_id, count(*) AS pages, count(p.article_id) AS articles
    FROM core.sightings g JOIN core.pages p USING (page_id) GROUP BY g.feed_id
) s USING (feed_id);
COMMENT ON VIEW feeds IS 'Subscriptions, one row each, with how their last poll went';
COMMENT ON COLUMN feeds.feed_id IS 'Id of the subscription';
COMMENT ON COLUMN feeds.title IS 'Name in the OPML file, else the feed''s own';
COMMENT ON COLUMN feeds.folder IS 'Folder in the OPML file, levels joined with /';
COMMENT ON COLUMN feeds.url IS 'Address, without credentials';
COMMENT ON COLUMN feeds.site_url IS 'The site it belongs to, as it says itself';
COMMENT ON COLUMN feeds.language IS 'Language, as it says itself';
COMMENT ON COLUMN feeds.added_at IS 'Clock of the run that first polled it';
COMMENT ON COLUMN feeds.polled_at IS 'Clock of the last run that polled it';
COMMENT ON COLUMN feeds.read_at IS 'Clock of the last run that got a changed document';
COMMENT ON COLUMN feeds.outcome IS 'How the last poll ended: read, unchanged, or a failure by name';
COMMENT ON COLUMN feeds.detail IS 'What went wrong, where something did';
COMMENT ON COLUMN feeds.pages IS 'Different addresses it has listed';
COMMENT ON COLUMN feeds.articles IS 'How many of them led to an article';

CREATE OR REPLACE VIEW fetches AS
SELECT run_id, fetched_at, kind, url, final_url, status, outcome, bytes, elapsed_ms, detail
FROM core.fetches;
COMMENT ON VIEW fetches IS 'Every request made, one row each';
COMMENT ON COLUMN fetches.run_id IS 'The run that made it';
COMMENT ON COLUMN fetches.fetched_at IS 'That run''s clock';
COMMENT ON COLUMN fetches.kind IS 'feed or page';
COMMENT ON COLUMN fetches.url IS 'Address asked, without credentials';
COMMENT ON COLUMN fetches.final_url IS 'Address that answered, after redirects; empty where none did';
COMMENT ON COLUMN fetches.status IS 'HTTP status of a good answer: 200 or 304; NULL for a failure';
COMMENT ON COLUMN fetches.outcome IS 'What it brought: for a feed read, unchanged or a failure by name; for a page fetched or a failure by name';
COMMENT ON COLUMN fetches.bytes IS 'Size of the decoded body';
COMMENT ON COLUMN fetches.elapsed_ms IS 'From sending the request to the last byte, in milliseconds';
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
COMMENT ON COLUMN pages.article_id IS 'The article it led to';

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
