"""Pages made to cost all the time or memory there is, each by a function that says how.

And what a page might have a worker do, as functions that a worker is given in a page's place.
"""

import base64
import contextlib
import gzip
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ingest.model import Failed, Outcome

PROSE = "".join(
    f"<p>{who} told the harbour council on {day} that the quay would have to be made longer, and "
    "that the ferry could not wait for another winter of storms and of meetings.</p>"
    for who, day in (("The mayor", "Monday"), ("A pilot", "Tuesday"), ("The union", "Friday"))
)
PAGES: dict[str, Callable[[], bytes]] = {}


def document(body: str = "", head: str = "") -> bytes:
    """A page with an article in it, and what is given besides."""
    return (
        f"<!doctype html><html><head>{head}</head>"
        f"<body><article>{PROSE}</article>{body}</body></html>"
    ).encode()


def noise(length: int) -> bytes:
    """The same bytes at every run."""
    return random.Random(0).randbytes(length)  # noqa: S311  no secret


def linked_data(text: str) -> bytes:
    """A page with this for its JSON-LD."""
    return document(head=f'<script type="application/ld+json">{text}</script>')


def pathological(make: Callable[[], bytes]) -> Callable[[], bytes]:
    """Lists the page under the name of its function."""
    PAGES[make.__name__] = make
    return make


@pathological
def malformed_json_ld_of_137_kilobytes() -> bytes:
    """Each "author" that is none has trafilatura search the rest of the text."""
    return linked_data("{" + '"author":x,' * 12_500)


@pathological
def malformed_json_ld_of_2_megabytes() -> bytes:
    return linked_data("{" + '"author":x,' * 180_000)


@pathological
def json_ld_nested_100_000_deep() -> bytes:
    return linked_data('{"a":[' * 100_000)


@pathological
def json_ld_with_5_000_authors() -> bytes:
    names = ",".join(f'{{"@type":"Person","name":"Ana {n} Lund"}}' for n in range(5_000))
    return linked_data(
        f'{{"@context":"https://schema.org","@type":"NewsArticle","author":[{names}]}}'
    )


@pathological
def json_ld_in_1_000_scripts() -> bytes:
    script = '<script type="application/ld+json">{"author":"Ana","author":x</script>'
    return document(head=script * 1_000)


@pathological
def links_50_000() -> bytes:
    return document("".join(f'<a href="/{n}">Quay {n}</a> ' for n in range(50_000)))


@pathological
def paragraphs_100_000() -> bytes:
    return document("<p>a</p>" * 100_000)


@pathological
def base64_of_10_megabytes() -> bytes:
    blob = base64.b64encode(noise(7_500_000)).decode()
    return document(f'<img src="data:image/png;base64,{blob}">')


@pathological
def base64_as_text_of_10_megabytes() -> bytes:
    return document(base64.b64encode(noise(7_500_000)).decode())


@pathological
def nested_100_000_deep() -> bytes:
    return document("<div>" * 100_000 + PROSE)


@pathological
def nested_spans_with_text_20_000_deep() -> bytes:
    return document("<span>a " * 20_000)


@pathological
def lists_nested_5_000_deep() -> bytes:
    return document("<ul><li>quay " * 5_000)


@pathological
def tables_nested_3_000_deep() -> bytes:
    return document("<table><tr><td>quay " * 3_000)


@pathological
def attributes_1_000_000() -> bytes:
    return document("<div " + " ".join(f"a{n}=b" for n in range(1_000_000)) + ">quay</div>")


@pathological
def an_attribute_of_9_megabytes() -> bytes:
    return document(f'<div class="{"quay " * 1_800_000}">quay</div>')


@pathological
def a_table_of_400_000_cells() -> bytes:
    return document("<table>" + ("<tr>" + "<td>1</td>" * 100 + "</tr>") * 4_000 + "</table>")


@pathological
def a_line_of_8_megabytes() -> bytes:
    return document("<p>" + "the quay and the ferry " * 350_000 + "</p>")


@pathological
def a_word_of_8_megabytes() -> bytes:
    return document("<p>" + "q" * 8_000_000 + "</p>")


@pathological
def spaces_of_8_megabytes() -> bytes:
    return document("<p>quay" + " " * 8_000_000 + "ferry</p>")


@pathological
def digits_and_dates_of_2_megabytes() -> bytes:
    return document("<p class='date'>" + "2026-09-1 12.13.2026 " * 100_000 + "</p>")


@pathological
def an_entity_bomb() -> bytes:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    return f'<!DOCTYPE html [<!ENTITY e0 "quay">{entities}]>'.encode() + document("&e11;" * 1_000)


@pathological
def references_2_000_000() -> bytes:
    return document("<p>" + "&amp;&#x41;" * 900_000)


@pathological
def nothing_but_nul() -> bytes:
    return b"\x00" * 9_000_000


@pathological
def nul_between_letters() -> bytes:
    return document().replace(b"o", b"o\x00")


@pathological
def a_charset_that_is_none() -> bytes:
    head = '<meta charset="utf-99"><meta http-equiv="content-type" content="text/html; charset=x">'
    return document("<p>Fähre</p>", head).decode().encode("latin-1")


@pathological
def random_bytes_of_9_megabytes() -> bytes:
    return b"<html>" + noise(9_000_000)


@pathological
def windows_latin_of_9_megabytes() -> bytes:
    return ("<html><body>" + "<p>Die Fähre fährt über die Förde.</p>" * 250_000).encode("latin-1")


@pathological
def tags_that_never_close() -> bytes:
    return document("<" * 3_000_000)


@pathological
def comments_that_never_close() -> bytes:
    return document("<!--" * 1_000_000)


@pathological
def formatting_never_closed() -> bytes:
    return document("<p><b><i><font>quay" * 30_000)


@pathological
def scripts_30_000() -> bytes:
    return document("<script>var a = 1</script>" * 30_000)


@pathological
def a_script_of_9_megabytes() -> bytes:
    return document("<script>var a = {" + '"datePublished":"2026", ' * 380_000 + "}</script>")


@pathological
def metas_50_000() -> bytes:
    return document(head='<meta property="article:author" content="Ana Lund">' * 50_000)


@pathological
def images_50_000() -> bytes:
    return document('<figure><img src="/a.jpg" alt="quay"></figure>' * 50_000)


@pathological
def breaks_500_000() -> bytes:
    return document("quay<br>" * 500_000)


@pathological
def a_gzip_bomb() -> bytes:
    return gzip.compress(b"<html><body>" + b"<p>a</p>" * 2_400_000)


def refuse() -> None:
    raise Failed(Outcome.NOT_HTML, "application/pdf")


def end_the_process() -> None:
    os._exit(3)


def leave() -> None:
    sys.exit("goodbye")


def go_on_for_ever() -> None:
    while True:
        time.sleep(1)


def take_memory_bit_by_bit() -> None:
    """And take no MemoryError for an answer, as libraries do that catch every Exception."""
    taken = []
    while True:
        with contextlib.suppress(MemoryError):
            taken.append(b"x" * 1_000_000)


def take_memory_at_once() -> int:
    return len(b"x" * 4_000_000_000)


def keep_much() -> None:
    """What a worker goes on holding when its page is done: with it the process has 320 MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    held = pages * os.sysconf("SC_PAGE_SIZE")
    sys.modules["kept"] = b"x" * (320_000_000 - held)  # type: ignore[assignment]


def process_id() -> int:
    return os.getpid()
