"""The articles: their text, and what is known about it."""

from collections.abc import Iterable, Sequence
from dataclasses import fields

from ingest.model import Article, ArticleText
from storage.core.tables import Tables

#: What core.articles keeps of an article. Removed lines have a table of their own; the verdict of
#: every article is the same.
ARTICLE = tuple(
    field.name
    for field in fields(Article)
    if field.name not in {"removed", "pruned", "verdict", "reason"}
)
#: Up to so many articles, a list of their ids finds their texts faster than a join.
LISTED_AT_MOST = 200


class Articles:
    """The table of articles."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def known(self, article_ids: Iterable[int]) -> set[int]:
        """Those of the articles that are filed."""
        return self._tables.held("articles", "article_id", article_ids)

    def add(self, run_id: int, articles: Sequence[Article]) -> None:
        """Files new articles."""
        rows = [
            {
                "run_id": run_id,
                "appeared": article.appeared,
                **{name: getattr(article, name) for name in ARTICLE},  # asdict copies the text
            }
            for article in articles
        ]
        self._tables.insert("articles", rows)

    def ids(self) -> list[int]:
        """The ids of all articles that still have their text, the earliest first."""
        return self._tables.column(
            "SELECT article_id FROM core.articles ANTI JOIN core.textless USING (article_id) "
            "ORDER BY appeared, article_id"
        )

    def texts(self, article_ids: Iterable[int]) -> list[ArticleText]:
        """What is sketched and compared of these articles, in no particular order."""
        ids = list(article_ids)
        # DuckDB checks a list while it scans, and reads only the texts near an article of the list.
        # For a join it reads all texts, but takes the same time for many articles as for few.
        few = "list_contains($ids, article_id)"
        many = "article_id IN (SELECT unnest($ids::BIGINT[]))"
        rows = self._tables.records(
            "SELECT article_id, outlet, text, appeared FROM core.articles "
            f"WHERE {few if len(ids) <= LISTED_AT_MOST else many}",
            {"ids": ids},
        )
        return [ArticleText(**row) for row in rows]
