-- Full-text search.

-- The words of a text as search compares them: without case and accents, in any script that has spaces
-- between words.
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
