-- News agencies: who ran their copy, and how much of what an outlet runs is its own.

CREATE OR REPLACE VIEW wire_pickup AS
WITH credited AS (  -- the surest credit of each story, for its articles that credit nobody. On a tie, the first by name
    SELECT m.story_id, a.agency, a.agency_confidence AS confidence
    FROM core.articles a JOIN core.members m USING (article_id)
    WHERE a.agency_confidence >= $likely
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
CROSS JOIN LATERAL (SELECT coalesce(a.agency_confidence >= $likely, false) AS credited) own;
COMMENT ON VIEW wire_pickup IS 'Who ran an agency''s copy, one row an article: those that credit it, and the uncredited copies of the same story';
COMMENT ON COLUMN wire_pickup.agency IS 'The agency that the article credits; where it credits none, the one that the surest credit in the story names';
COMMENT ON COLUMN wire_pickup.story_id IS 'The story';
COMMENT ON COLUMN wire_pickup.outlet IS 'The outlet that ran it';
COMMENT ON COLUMN wire_pickup.article_id IS 'Its article';
COMMENT ON COLUMN wire_pickup.lag IS 'How long after the original; negative if the outlet ran it before the agency''s own page appeared';
COMMENT ON COLUMN wire_pickup.credited IS 'true: the article itself names the agency; false: another copy of the story does';
COMMENT ON COLUMN wire_pickup.confidence IS 'How sure that credit is, $likely to 1';
COMMENT ON COLUMN wire_pickup.title IS 'Its headline';
COMMENT ON COLUMN wire_pickup.url IS 'Its address';

CREATE OR REPLACE VIEW outlet_originality AS
WITH carried AS (
    SELECT m.article_id, m.article_id = m.original_id AS is_original, x.relation,
           max(a.agency_confidence) OVER (PARTITION BY m.story_id) >= $likely AS of_agency
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
COMMENT ON COLUMN outlet_originality.original IS 'Share of articles that are the original of their story and not an agency''s, 0 to 1';
COMMENT ON COLUMN outlet_originality.agency IS 'Share of articles whose story some outlet credits to an agency, 0 to 1';
COMMENT ON COLUMN outlet_originality.copied IS 'Share of articles that are a whole copy of their original, 0 to 1; an agency''s copies are counted here too';
COMMENT ON COLUMN outlet_originality.abridged IS 'Share of articles that are a shortened copy of their original, 0 to 1; an agency''s copies are counted here too';
