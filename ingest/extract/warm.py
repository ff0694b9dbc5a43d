"""Loads all that extraction needs when it is imported: language models, date parsers, stop words.

These are loaded at their first use, so the first page in a process takes seconds. The process from
which workers are forked imports this module once. Each worker then has all of it from the start,
and shares the memory with the others.
"""

import gc
from contextlib import suppress
from datetime import UTC, datetime

from ingest.model import Entry, Failed, Fetched
from ingest.values import moment

PARAGRAPH = (
    "<p>{} told the harbour council that the quay would have to be made longer, and that the ferry "
    "could not wait for another winter of storms and of meetings.</p>"
)
PAGES = (
    "".join(map(PARAGRAPH.format, ("The mayor", "A pilot", "The union"))),
    "<p class='date'>vor drei Tagen, mardi 3 mai</p><p>The quay.</p>",  # it loads every date parser
)


def _extract(body: str) -> None:
    from ingest.extract.article import extract_article

    url = "https://harbour.example/quay"
    fetched = Fetched(
        url=url,
        final_url=url,
        status=200,
        headers={},
        body=f"<html><body><article>{body}</article></body></html>".encode(),
        elapsed_ms=0,
    )
    with suppress(Failed):
        extract_article(Entry(url=url, entry_id=url, title=""), fetched, datetime.now(UTC))


def _warm() -> None:
    for body in PAGES:
        _extract(body)
    moment("3 mai 2026")  # loads the names of months
    gc.collect()
    gc.freeze()  # otherwise a worker's first collection writes to the shared memory, and copies it


_warm()
