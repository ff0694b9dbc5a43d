-- The articles, and the lines that were removed from them.

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
       a.first_seen, a.appeared, a.words, a.words > $compared_words AS compared_in_part, a.url, a.final_url, a.run_id,
       coalesce(a.text_from, 'page') AS text_from, a.text
FROM core.articles a JOIN core.members m USING (article_id);
COMMENT ON VIEW articles IS 'Every article with text, one row each; each belongs to exactly one story. Pages that are not articles are in other_pages';
COMMENT ON COLUMN articles.article_id IS 'Id of the address the article was read at: the same in every database';
COMMENT ON COLUMN articles.story_id IS 'The story it belongs to';
COMMENT ON COLUMN articles.is_original IS 'Whether it is the original of its story: the agency''s own page, else the earliest known article';
COMMENT ON COLUMN articles.outlet IS 'Host of its address, without www.';
COMMENT ON COLUMN articles.title IS 'Headline, as the page shows or declares it, else its feed';
COMMENT ON COLUMN articles.title_from IS 'Where title came from: h1, json-ld, meta, title, feed, recipe';
COMMENT ON COLUMN articles.subtitle IS 'The line below the headline; empty where there is none';
COMMENT ON COLUMN articles.authors IS 'Names of people, without roles, agencies and the outlet itself';
COMMENT ON COLUMN articles.authors_from IS 'Where authors came from: json-ld, meta, byline, feed, recipe, or empty for unknown';
COMMENT ON COLUMN articles.credits IS 'Organisations named in the byline, news agencies above all';
COMMENT ON COLUMN articles.byline IS 'The byline as printed, even if it is the outlet''s own name';
COMMENT ON COLUMN articles.agency IS 'The news agency or syndicate it names: its copy where agency_confidence is $likely or more, else its contribution; empty for none';
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
COMMENT ON COLUMN articles.appeared IS 'Best guess at when it was published, which decides who had a story first. A day without a time counts as the end of that day. Without a date it is first_seen';
COMMENT ON COLUMN articles.words IS 'Length of text in words';
COMMENT ON COLUMN articles.compared_in_part IS 'Whether only its first $compared_words words are compared with other articles, because it is longer';
COMMENT ON COLUMN articles.url IS 'Canonical address after redirects, without tracking parameters';
COMMENT ON COLUMN articles.final_url IS 'The address that answered, where url is the canonical one its page declares; else empty';
COMMENT ON COLUMN articles.run_id IS 'The run that filed it';
COMMENT ON COLUMN articles.text_from IS 'page; feed where its feed carried more of the text';
COMMENT ON COLUMN articles.text IS 'Extracted text without the site''s boilerplate, one line for each paragraph; removed_lines has the lines that were removed. Empty once upkeep has dropped it';

CREATE OR REPLACE VIEW removed_lines AS
SELECT r.article_id, a.outlet, r.rule, r.line, r.run_id, a.url
FROM core.removed_lines r JOIN core.articles a USING (article_id);
COMMENT ON VIEW removed_lines IS 'Lines that were removed from articles because they are the site''s and not the article''s, one row each';
COMMENT ON COLUMN removed_lines.article_id IS 'The article';
COMMENT ON COLUMN removed_lines.outlet IS 'Its outlet';
COMMENT ON COLUMN removed_lines.rule IS 'The rule that removed it: titles, symbols, phrases, pointers, pleas, dates, bylines, links, biographies, notices, glued, trailing, or recurring for what recurs across the outlet''s articles';
COMMENT ON COLUMN removed_lines.line IS 'The line, or the part of one';
COMMENT ON COLUMN removed_lines.run_id IS 'The run that removed it; NULL for `copydesk reclean`';
COMMENT ON COLUMN removed_lines.url IS 'Address of the article';
