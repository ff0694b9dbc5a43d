-- The stories: which articles belong together, which was first, and how each story spread.

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
COMMENT ON VIEW stories IS 'Every story, one row each: an original and its copies, or an article that nobody copied';
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
COMMENT ON VIEW originals IS 'The original of every story, one row each (the agency''s own page, else the earliest known article), with its text and the number of its copies';
COMMENT ON COLUMN originals.story_id IS 'The story';
COMMENT ON COLUMN originals.article_id IS 'The original: this row';
COMMENT ON COLUMN originals.outlet IS 'Its outlet: the agency itself if its own page is known, else the outlet that had it first';
COMMENT ON COLUMN originals.title IS 'Headline';
COMMENT ON COLUMN originals.authors IS 'Names';
COMMENT ON COLUMN originals.language IS 'ISO 639-1 code, told from the text';
COMMENT ON COLUMN originals.published IS 'When it says it was published';
COMMENT ON COLUMN originals.appeared IS 'Best guess at when it was published';
COMMENT ON COLUMN originals.words IS 'Length of text in words';
COMMENT ON COLUMN originals.copies IS 'Articles that copy it';
COMMENT ON COLUMN originals.outlets IS 'Different outlets that ran it, its own included';
COMMENT ON COLUMN originals.last_appeared IS 'When the latest copy appeared';
COMMENT ON COLUMN originals.url IS 'Its address';
COMMENT ON COLUMN originals.text IS 'Its text, one line for each paragraph';

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
COMMENT ON COLUMN copies.lag IS 'How long after the original; negative if the outlet ran it before the agency''s own page appeared';
COMMENT ON COLUMN copies.relation IS 'What it is to the original: identical, copy or abridged';
COMMENT ON COLUMN copies.containment IS 'Share of the shorter text''s shingles found in the other, 0 to 1';
COMMENT ON COLUMN copies.original_id IS 'article_id of the original';
COMMENT ON COLUMN copies.original_outlet IS 'Outlet of the original';
COMMENT ON COLUMN copies.original_title IS 'Headline of the original';
COMMENT ON COLUMN copies.url IS 'Address of the copy';
COMMENT ON COLUMN copies.original_url IS 'Address of the original';

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
COMMENT ON COLUMN story_timeline.folded IS 'true: it belongs to the story; false: it is linked with it, as updates, round-ups and copies of another original are';
COMMENT ON COLUMN story_timeline.outlet IS 'Its outlet';
COMMENT ON COLUMN story_timeline.title IS 'Its headline';
COMMENT ON COLUMN story_timeline.appeared IS 'When it appeared';
COMMENT ON COLUMN story_timeline.lag IS 'How long after the original';
COMMENT ON COLUMN story_timeline.similarity IS 'Share of the shorter text found in the other in the same order, 0 to 1';
COMMENT ON COLUMN story_timeline.words IS 'Its length in words';
COMMENT ON COLUMN story_timeline.rule IS 'The rule that decided, in words';
COMMENT ON COLUMN story_timeline.beside_url IS 'Address of the article of the story that it was compared with: the original; for a linked article, the one that it shares most with';
COMMENT ON COLUMN story_timeline.url IS 'Its address';

CREATE OR REPLACE VIEW moves AS
SELECT m.run_id, m.article_id, m.from_story, m.to_story, a.url
FROM core.moves m JOIN core.articles a USING (article_id);
COMMENT ON VIEW moves IS 'Articles that left one story for another, because an article that arrived late joined two stories or divided one; one row for each move';
COMMENT ON COLUMN moves.run_id IS 'The run that moved it';
COMMENT ON COLUMN moves.article_id IS 'The article';
COMMENT ON COLUMN moves.from_story IS 'The story it was in; a number that is no longer used is never given to another story';
COMMENT ON COLUMN moves.to_story IS 'The story it went to';
COMMENT ON COLUMN moves.url IS 'Address of the article';
