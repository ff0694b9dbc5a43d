"""The full-text index behind `search('words')`. Publishing adds the new articles to it.

It is two tables, written in plain SQL. The macro in search.sql ranks by BM25 over them. We do not
use DuckDB's extension `fts`, because it can only build its whole index anew (17 s for 20,000
articles, at every run), and because every reader would need the extension as well.
"""

import duckdb

from storage.core.migrate import transaction

#: How many articles one transaction indexes. It limits the memory that years of news need.
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
    """Indexes the articles that are not indexed yet; returns their number."""
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
    """The two statements that take articles out of the index.

    `articles` is a query of article ids. Each statement takes the parameters of this query once.
    Articles that still exist are indexed again when the database is published.
    """
    return (
        "DELETE FROM core.search_terms WHERE doc IN "
        f"(SELECT doc FROM core.search_docs WHERE article_id IN ({articles}))",
        f"DELETE FROM core.search_docs WHERE article_id IN ({articles})",
    )
