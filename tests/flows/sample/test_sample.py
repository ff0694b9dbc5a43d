"""The sample newsroom: its files are what its program builds, and the pipeline finds its truth."""

import asyncio
import csv
import filecmp
import runpy
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import combinations
from pathlib import Path

import pytest

from flows.pipeline.polling import parse_in, poll_feed, read_feeds
from flows.pipeline.stages import (
    TakenUp,
    extract_page,
    fetch_page,
    file_batch,
    known_outlets,
    take_up,
)
from flows.pipeline.stopwatch import Stopwatch
from flows.sample.newsroom import FEEDS, RECIPES, SAMPLE, sample_newsroom
from ingest.extract.recipes import read_recipes
from ingest.feeds.plan import batches
from ingest.fetch.client import FetchLimits, open_fetcher
from ingest.workers.pool import open_pool
from storage.reading import open_reader
from storage.store import open_store

NOW = datetime(2026, 9, 18, 6, tzinfo=UTC)
NO_ARTICLE = {"empty", "missing"}


async def run_once(db, proxy, pool, *, now=NOW, batch=100):
    """A run without Prefect: the same stages in the same order."""
    with open_store(db) as store:
        feeds = store.feeds.subscribe(read_feeds(FEEDS), now)
        run_id = store.runs.begin(now)
        async with open_fetcher(
            user_agent="test", limits=FetchLimits(host_gap=0), proxy=proxy, now=now
        ) as fetcher:
            polls = [await poll_feed(feed, fetcher, partial(parse_in, pool), now) for feed in feeds]
            taken = take_up(store, run_id, polls, now, max_attempts=3)
            for pages in batches(taken.pages, batch):
                answers = await asyncio.gather(
                    *(fetch_page(page, fetcher) for page in store.pages.load(pages))
                )
                known = known_outlets(store, answers, read_recipes(RECIPES))
                results = await asyncio.gather(*(extract_page(a, pool, known) for a in answers))
                window = timedelta(days=14)
                watch = Stopwatch()
                file_batch(store, run_id, results, now=now, window=window, watch=watch)
    return taken


@dataclass(frozen=True, kw_only=True)
class Filed:
    """The sample filed whole, then polled again; and, elsewhere, in many small batches."""

    db: Path
    first: TakenUp
    sizes: list[int]
    second: TakenUp
    in_pieces: Path


@pytest.fixture(scope="module")
def filed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    db, in_pieces = folder / "whole.duckdb", folder / "pieces.duckdb"
    with sample_newsroom() as proxy, open_pool(workers=2) as pool:
        first = asyncio.run(run_once(db, proxy, pool))
        sizes = table_sizes(db)
        second = asyncio.run(run_once(db, proxy, pool, now=NOW + timedelta(hours=1)))
        asyncio.run(run_once(in_pieces, proxy, pool, batch=7))
    return Filed(db=db, first=first, sizes=sizes, second=second, in_pieces=in_pieces)


def table_sizes(db):
    tables = ("articles", "pages", "matches", "core.members", "core.sightings", "core.bands")
    with open_reader(db) as reader:
        return [reader.query(f"SELECT count(*) FROM {table}").rows[0][0] for table in tables]


def truth():
    with (SAMPLE / "truth.tsv").open(newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def stories(db):
    with open_reader(db) as reader:
        return dict(reader.query("SELECT url, story_id FROM articles").rows)


def test_the_committed_files_are_what_the_program_builds(tmp_path):
    build = runpy.run_path(str(SAMPLE / "build.py"))
    build["build"](tmp_path)
    built = sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*") if p.is_file())
    same, different, missing = filecmp.cmpfiles(tmp_path, SAMPLE, map(str, built), shallow=False)
    assert len(same) == len(built) > 60
    assert not different
    assert not missing


def test_every_page_of_the_truth_is_in_the_account(filed):
    with open_reader(filed.db) as reader:
        outcomes = dict(reader.query("SELECT url, outcome FROM pages").rows)
    assert {row["url"] for row in truth()} == set(outcomes)
    for row in truth():
        if row["treatment"] in NO_ARTICLE:
            assert outcomes[row["url"]] in {"no_text", "not_found"}, row["url"]
        elif row["treatment"] != "gallery":
            assert outcomes[row["url"]] == "new", row["url"]


def test_copies_fold_and_nothing_else_does(filed):
    found = stories(filed.db)
    rows = [row for row in truth() if row["url"] in found]
    pairs = Counter()
    for a, b in combinations(rows, 2):
        together = found[a["url"]] == found[b["url"]]
        pairs[a["story"] == b["story"], together] += 1
    assert pairs[False, True] == 0, "different stories were folded"
    assert pairs[True, False] == 0, "copies were not folded"
    assert pairs[True, True] >= 40


def test_whose_copy_a_story_is_says_the_agency_that_filed_it(filed):
    told = {row["url"]: row["story"] for row in truth()}
    with open_reader(filed.db) as reader:
        picked_up = reader.query("SELECT url, agency, credited FROM wire_pickup").rows
    by_agency = Counter(agency for _, agency, _ in picked_up)
    assert by_agency["Meridian Press"] >= 20
    assert by_agency["Norrland Telegraph"] >= 8
    for url, agency, _ in picked_up:
        filed_by = (SAMPLE / "stories" / f"{told[url]}.txt").read_text()
        assert f"agency: {agency}" in filed_by, url
    assert {credited for _, _, credited in picked_up} == {True, False}


def test_the_original_is_the_one_that_the_truth_says_was_first(filed):
    with open_reader(filed.db) as reader:
        originals = {
            row[0]
            for row in reader.query(
                "SELECT a.url FROM articles a JOIN stories s USING (story_id) "
                "WHERE a.is_original AND s.articles > 1"
            ).rows
        }
    assert originals == {row["url"] for row in truth() if row["treatment"] == "original"}


def test_the_batches_make_no_difference_to_the_stories(filed):
    def partition(db):
        groups = {}
        for url, story in stories(db).items():
            groups.setdefault(story, set()).add(url)
        return {frozenset(group) for group in groups.values()}

    assert partition(filed.db) == partition(filed.in_pieces)


def test_the_outcomes_of_a_run_add_up_to_its_entries(filed):
    with open_reader(filed.db) as reader:
        outcomes = dict(
            reader.query("SELECT outcome, sum(entries) FROM outcomes GROUP BY outcome").rows
        )
    assert sum(outcomes.values()) == filed.first.entries == 69
    assert outcomes["new"] == filed.sizes[0]
    assert outcomes["duplicate_url"] == 3


def test_a_second_run_asks_conditionally_and_adds_nothing(filed):
    assert (filed.second.entries, filed.second.retried, filed.second.pages) == (0, 0, ())
    assert table_sizes(filed.db) == filed.sizes
    with open_reader(filed.db) as reader:
        statuses = reader.query("SELECT DISTINCT status FROM fetches WHERE run_id = 2").rows
    assert statuses == [(304,)]
