"""Imported by the process that workers are forked from, so that none waits for its first page.

A first page costs seconds: language models, date parsers and stop words are loaded as they are
needed. Done here once, a new worker has them at once and shares their memory with all others.
"""

import gc
import os
from contextlib import suppress
from datetime import UTC, datetime
from multiprocessing import spawn

from ingest.model import Entry, Failed, Fetched

PARAGRAPH = (
    "<p>{} told the harbour council that the quay would have to be made longer, and that the ferry "
    "could not wait for another winter of storms and of meetings.</p>"
)
PAGES = (
    "".join(map(PARAGRAPH.format, ("The mayor", "A pilot", "The union"))),
    "<p class='date'>vor drei Tagen, mardi 3 mai</p><p>The quay.</p>",  # sends it looking further
)


def _extract(body: str) -> None:
    from ingest.extract import extract_article

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
    # threads do not survive a fork, and nothing here multiplies matrices
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import ingest.pool  # noqa: F401  what a worker runs

    # a worker runs nothing of the main module, and importing that again takes a command line half a
    # second at every start; multiprocessing has no public way to say so
    spawn._fixup_main_from_name = spawn._fixup_main_from_path = lambda _: None  # type: ignore[attr-defined]
    for body in PAGES:
        _extract(body)
    gc.collect()
    gc.freeze()  # else a worker's first collection would write to, and so copy, all it shares


_warm()
