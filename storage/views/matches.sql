-- The pairs of articles that were compared and found to be related.

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
COMMENT ON COLUMN matches.a_words IS 'Words of a, without boilerplate';
COMMENT ON COLUMN matches.b_words IS 'Words of b, without boilerplate';
COMMENT ON COLUMN matches.lag IS 'How long after a b appeared; negative where it was first';
COMMENT ON COLUMN matches.a_outlet IS 'Outlet of a';
COMMENT ON COLUMN matches.b_outlet IS 'Outlet of b';
COMMENT ON COLUMN matches.a_title IS 'Headline of a';
COMMENT ON COLUMN matches.b_title IS 'Headline of b';
COMMENT ON COLUMN matches.a_url IS 'Address of a';
COMMENT ON COLUMN matches.b_url IS 'Address of b';
COMMENT ON COLUMN matches.run_id IS 'The run that found it';
