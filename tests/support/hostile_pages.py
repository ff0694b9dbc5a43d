"""What a page may do to us. Each has an article in it, which is lost where the rest is too much."""

import json

from support.hostile_behaviour import behaviour, whole
from support.pathological import PROSE

from ingest.model import Outcome

HTML = "Content-Type: text/html; charset=utf-8"


def page(body="", head=""):
    markup = (
        f"<!doctype html><html><head><title>Quay vote</title>{head}</head>"
        f"<body><article><h1>Quay vote</h1>{PROSE}</article>{body}</body></html>"
    )
    return whole(200, markup.encode(), HTML)


@behaviour(Outcome.TOO_LARGE, is_page=True)
def page_of_100_000_links(_):
    yield page('<a href="/a">quay</a>' * 100_000)


@behaviour(Outcome.TOO_LARGE, is_page=True)
def page_of_tables_within_tables(_):
    yield page("<table><tr><td>" * 1_500)


@behaviour(Outcome.NEW, is_page=True)
def page_of_small_scripts(_):
    yield page(head="<script>var quay=1</script>" * 3_000)


@behaviour(Outcome.NEW, is_page=True)
def page_of_linked_data_within_linked_data(_):
    nested = '{"@type":"Thing","about":' * 20_000
    yield page(head=f'<script type="application/ld+json">{nested}</script>')


@behaviour(Outcome.NEW, is_page=True)
def page_of_20_000_nodes_of_linked_data(_):
    nodes = [{"@type": "NewsArticle", "headline": f"Quay {n}"} for n in range(20_000)]
    yield page(head=f'<script type="application/ld+json">{json.dumps(nodes)}</script>')


@behaviour(Outcome.NEW, is_page=True)
def page_of_embedded_images(_):
    yield page(f'<img src="data:image/png;base64,{"A" * 1_000_000}">' * 9)


@behaviour(Outcome.NEW, is_page=True)
def page_that_refreshes_itself(_):
    yield page(head='<meta http-equiv="refresh" content="0; url=/page">' * 100)


@behaviour(Outcome.NEW, is_page=True)
def page_with_a_title_of_a_megabyte(_):
    long = "harbour " * 125_000
    yield page(head=f'<title>{long}</title><meta property="og:title" content="{long}">')


@behaviour(Outcome.NEW, is_page=True)
def page_with_a_million_invisible_characters(_):
    yield page(f"<p>Quay{chr(0x200B) * 1_000_000}side</p>")


@behaviour(Outcome.NEW, is_page=True)
def page_that_turns_its_words_around(_):
    yield page(f"<p>The {chr(0x202E)}yauq{chr(0x202C)} was made longer{chr(0x202E)}.</p>" * 50)


@behaviour(Outcome.TOO_LARGE, is_page=True)
def page_of_200_000_lines(_):
    lines = "The quay is longer.\n" * 200_000
    yield whole(200, f"<article>{PROSE}<pre>{lines}</pre></article>".encode(), HTML)


@behaviour(Outcome.NEW, is_page=True)
def page_of_a_million_comments(_):
    yield page("<!---->" * 190_000)


@behaviour(Outcome.NEW, is_page=True)
def page_of_a_million_entities(_):
    yield page(f"<p>{'&amp;&#x1F525;' * 70_000}</p>")


@behaviour(Outcome.NEW, is_page=True)
def page_with_5_000_authors(_):
    yield page(head='<meta name="author" content="Ann Lee, Bo Ek and Cy Fox">' * 4_000)
