from support.builders import SKETCH, body, court_list, prose

from ingest.dedup.compare import prepare
from ingest.dedup.stitch import StitchParams, sources

STITCH = StitchParams()


def page(number, text):
    return prepare(body(number, text, outlet=f"outlet{number}.example"), SKETCH)


#: Three reports of 240 words; every other 40 words of each stand in the page, and little else does.
REPORTS = [prose(start, 240) for start in (0, 1000, 2000)]
PASSAGES = [prose(start + at, 40) for at in (0, 80, 160) for start in (0, 1000, 2000)]
STITCHED = " ".join(["w9000 w9001 w9002", *PASSAGES, "w9003"])
OTHERS = [page(number, text) for number, text in enumerate(REPORTS, start=2)]


def test_a_page_made_of_passages_is_known_by_its_sources_together():
    assert sources(page(1, STITCHED), OTHERS, STITCH) == {2, 3, 4}


def test_the_order_of_the_sources_makes_no_difference():
    assert sources(page(1, STITCHED), OTHERS[::-1], STITCH) == {2, 3, 4}


def test_the_sources_are_not_stitched_from_the_page():
    assert sources(OTHERS[0], [page(1, STITCHED), *OTHERS[1:]], STITCH) == set()


def test_a_page_with_enough_prose_of_its_own_is_no_stitched_one():
    assert sources(page(1, f"{STITCHED} {prose(9100, 250)}"), OTHERS, STITCH) == set()


def test_one_source_is_not_several():
    assert sources(page(1, STITCHED), OTHERS[:1], STITCH) == set()
    twice = [page(2, REPORTS[0]), page(3, REPORTS[0])]
    assert sources(page(1, prose(0, 100)), twice, STITCH) == set()


def test_quotations_are_no_passages():
    quoting = "\n".join(f"“{passage}”" for passage in PASSAGES) + f"\n{prose(9100, 60)}"
    assert sources(page(1, quoting), OTHERS, STITCH) == set()


def test_formulae_are_no_passages():
    days = [page(number, court_list(number, 30)) for number in range(1, 30)]
    assert sources(days[0], days[1:], STITCH) == set()
