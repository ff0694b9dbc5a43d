-- The addresses that the feeds listed, and the outcome of each.

CREATE OR REPLACE VIEW pages AS
SELECT p.page_id, p.url, f.url AS feed_url, p.title, p.summary, p.published, p.first_seen,
       p.first_run, coalesce(p.outcome, 'pending') AS outcome, p.detail, p.attempts, p.article_id
FROM core.pages p JOIN core.feeds f USING (feed_id);
COMMENT ON VIEW pages IS 'Every address that any feed has listed, one row each, with its outcome: none is left out';
COMMENT ON COLUMN pages.page_id IS 'Id of the canonical address';
COMMENT ON COLUMN pages.url IS 'Canonical address: no tracking parameters, no fragment';
COMMENT ON COLUMN pages.feed_url IS 'The feed that listed it first';
COMMENT ON COLUMN pages.title IS 'Title in that feed';
COMMENT ON COLUMN pages.summary IS 'Summary in that feed, as plain text';
COMMENT ON COLUMN pages.published IS 'Date in that feed';
COMMENT ON COLUMN pages.first_seen IS 'Clock of the run that first saw it';
COMMENT ON COLUMN pages.first_run IS 'The run that first saw it';
COMMENT ON COLUMN pages.outcome IS 'new: led to an article; duplicate_url: led to an article already held; pending: to be fetched by the next run; any other outcome says why there is no article';
COMMENT ON COLUMN pages.detail IS 'More about the outcome';
COMMENT ON COLUMN pages.attempts IS 'How often it was fetched; a page whose failure may pass is tried again in later runs';
COMMENT ON COLUMN pages.article_id IS 'The article it led to; NULL where it led to none, or upkeep dropped it';

CREATE OR REPLACE VIEW other_pages AS
SELECT o.page_id, o.verdict, o.reason, o.title, o.words, p.url, o.url AS final_url,
       p.first_seen, o.run_id, o.text
FROM core.other_pages o JOIN core.pages p USING (page_id);
COMMENT ON VIEW other_pages IS 'Pages with text that are not articles, one row each; they are neither compared nor folded';
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
