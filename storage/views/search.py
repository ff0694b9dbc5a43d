"""The full-text index behind `search('words')`: kept up to date a few articles at a time.

Two tables, written in plain SQL; the macro in views.sql ranks by BM25 over them. DuckDB's own
extension `fts` was measured and left: it can only build its index anew (17 s for 20,000 articles,
at every run), and whoever asks has to have the extension as well.
"""

import duckdb

from storage.core.migrate import transaction

#: Articles indexed in one transaction: bounds the memory of a first index over years of news.
BATCH = 20_000

_FOUND = """
CREATE OR REPLACE TEMP TABLE found AS
WITH fresh AS (
    SELECT (SELECT coalesce(max(doc), 0) FROM core.search_docs)
           + row_number() OVER (ORDER BY appeared, article_id) AS doc,
           article_id, title || ' ' || title || ' ' || text AS text
    FROM core.articles ANTI JOIN core.search_docs USING (article_id)
    ORDER BY appeared, article_id LIMIT ?
), words AS (SELECT doc, article_id, unnest(core.words_of(text)) AS term FROM fresh)
SELECT doc, article_id, term, count(*) AS times FROM words GROUP BY ALL
UNION ALL SELECT doc, article_id, NULL, 0 FROM fresh
"""


def index_articles(connection: duckdb.DuckDBPyConnection) -> int:
    """Indexes the articles that are not yet; returns how many they were."""
    done = 0
    while True:
        with transaction(connection):
            connection.execute(_FOUND, [BATCH])
            connection.execute(
                "INSERT INTO core.search_docs "
                "SELECT doc, article_id, sum(times) FROM found GROUP BY ALL ORDER BY doc"
            )
            connection.execute(
                "INSERT INTO core.search_terms "
                "SELECT term, doc, times FROM found WHERE term IS NOT NULL ORDER BY term, doc"
            )
            ((number,),) = connection.execute("SELECT count(DISTINCT doc) FROM found").fetchall()
            connection.execute("DROP TABLE found")
        done += int(number)
        if number < BATCH:
            return done


def forgetting(articles: str) -> tuple[str, str]:
    """The two statements that take a query's articles out of the index: what is left of them is
    indexed anew when the database is published. A parameter of the query is one of either."""
    return (
        "DELETE FROM core.search_terms WHERE doc IN "
        f"(SELECT doc FROM core.search_docs WHERE article_id IN ({articles}))",
        f"DELETE FROM core.search_docs WHERE article_id IN ({articles})",
    )
