-- The pairs of articles that were compared and found to be related, and what is still to be compared.

CREATE OR REPLACE VIEW matches AS
SELECT x.a, x.b, x.relation, x.rule, x.jaccard, x.a_in_b, x.b_in_a, x.shared,
       x.a_aligned, x.b_aligned, x.a_prose, x.b_prose, x.prose_words, x.a_lead, x.b_lead,
       x.longest_run, x.a_words, x.b_words, q.appeared - p.appeared AS lag,
       p.outlet AS a_outlet, q.outlet AS b_outlet, p.title AS a_title, q.title AS b_title,
       p.url AS a_url, q.url AS b_url, x.run_id
FROM core.matches x
JOIN core.articles p ON p.article_id = x.a
JOIN core.articles q ON q.article_id = x.b;
COMMENT ON VIEW matches IS 'Pairs of articles compared in full and found related, one row a pair, with the evidence; boilerplate is left out of every figure';
COMMENT ON COLUMN matches.a IS 'article_id of one, the smaller';
COMMENT ON COLUMN matches.b IS 'article_id of the other';
COMMENT ON COLUMN matches.relation IS 'identical, copy or abridged (one story); update (another version) or embeds (a round-up that holds much of the other): linked, not folded';
COMMENT ON COLUMN matches.rule IS 'The rule that decided, in words';
COMMENT ON COLUMN matches.jaccard IS 'Number of shared 5-word shingles, divided by the number of different shingles in both together, 0 to 1';
COMMENT ON COLUMN matches.a_in_b IS 'Share of the shingles of a found in b, 0 to 1';
COMMENT ON COLUMN matches.b_in_a IS 'Share of the shingles of b found in a, 0 to 1';
COMMENT ON COLUMN matches.shared IS 'Number of distinct shingles found in both';
COMMENT ON COLUMN matches.a_aligned IS 'Share of the words of a in shared runs that stand in the same order in both texts; a passage of more than about fifty words that repeats such a run counts too, 0 to 1';
COMMENT ON COLUMN matches.b_aligned IS 'The same of b';
COMMENT ON COLUMN matches.a_prose IS 'Share of the words of a outside quotations that stand in shared runs, 0 to 1';
COMMENT ON COLUMN matches.b_prose IS 'The same of b';
COMMENT ON COLUMN matches.prose_words IS 'Number of such words in the shorter';
COMMENT ON COLUMN matches.a_lead IS 'Share of the first 50 words of a that stand in shared runs, 0 to 1';
COMMENT ON COLUMN matches.b_lead IS 'The same of b';
COMMENT ON COLUMN matches.longest_run IS 'Words of the longest passage that stands unbroken in both';
COMMENT ON COLUMN matches.a_words IS 'Words of a, without boilerplate';
COMMENT ON COLUMN matches.b_words IS 'Words of b, without boilerplate';
COMMENT ON COLUMN matches.lag IS 'Time from the appearance of a to that of b; negative if b appeared first';
COMMENT ON COLUMN matches.a_outlet IS 'Outlet of a';
COMMENT ON COLUMN matches.b_outlet IS 'Outlet of b';
COMMENT ON COLUMN matches.a_title IS 'Headline of a';
COMMENT ON COLUMN matches.b_title IS 'Headline of b';
COMMENT ON COLUMN matches.a_url IS 'Address of a';
COMMENT ON COLUMN matches.b_url IS 'Address of b';
COMMENT ON COLUMN matches.run_id IS 'The run that found it';

CREATE OR REPLACE VIEW uncompared AS
SELECT u.article_id, a.outlet, a.title, a.appeared, a.words, u.pairs, u.run_id, a.url
FROM (
    SELECT article_id, count(*) AS pairs, max(run_id) AS run_id
    FROM (SELECT a AS article_id, run_id FROM core.uncompared
          UNION ALL SELECT b, run_id FROM core.uncompared)
    GROUP BY article_id
) u JOIN core.articles a USING (article_id);
COMMENT ON VIEW uncompared IS 'Articles that still have to be compared with some that share text with them, one row each: their batch had more to compare than its budget; `copydesk reindex` compares them';
COMMENT ON COLUMN uncompared.article_id IS 'The article';
COMMENT ON COLUMN uncompared.outlet IS 'Its outlet';
COMMENT ON COLUMN uncompared.title IS 'Headline';
COMMENT ON COLUMN uncompared.appeared IS 'Best guess at when it went public';
COMMENT ON COLUMN uncompared.words IS 'Length of its text in words';
COMMENT ON COLUMN uncompared.pairs IS 'Number of articles that it still has to be compared with';
COMMENT ON COLUMN uncompared.run_id IS 'The last run that had no budget left for it';
COMMENT ON COLUMN uncompared.url IS 'Its address';
