import duckdb
import pytest
from support.builders import NOW, ago, article, feed, page, poll, prose, result
from support.filing import file_articles, record_polls

from ingest.model import Outcome, Story
from storage.core.connection import connect
from storage.core.errors import DatabaseError
from storage.core.limits import QueryLimits, capped_memory
from storage.reading import open_reader
from storage.store import open_store

ORIGINAL = article(
    "https://harbour.example/quay", title="Quay", text=prose(0, 200), published=ago(hours=5)
)
COPY = article(
    "https://tide.example/quay",
    title="Longer quay",
    text=f"{prose(0, 200)} {prose(9000, 10)}",
    published=ago(hours=3),
)
ROUND_UP = article(
    "https://week.example/week",
    title="The week",
    text=f"{prose(5000, 400)} {prose(0, 200)}",
    published=ago(hours=1),
)
ALONE = article(
    "https://lone.example/x", title="Alone", text=prose(7000, 100), published=ago(hours=4)
)


@pytest.fixture(scope="module")
def filed(tmp_path_factory):
    """A database of one run: four articles, a page that is gone and one still to be fetched."""
    db = tmp_path_factory.mktemp("filed") / "copydesk.duckdb"
    with open_store(db) as store:
        store.feeds.subscribe([feed()], NOW)
        run = store.runs.begin(NOW)
        record_polls(store, run, [poll(entries=[])], NOW)
        file_articles(store, run, [ORIGINAL, COPY, ROUND_UP, ALONE])
        missing, short = page("https://gone.example/x"), page("https://short.example/q")
        store.pages.add(run, [missing, short, page("https://later.example/x")])
        store.pages.settle(
            run,
            [
                result(missing, Outcome.GONE, detail="HTTP 404"),
                result(short, Outcome.DUPLICATE_URL, article_id=ORIGINAL.article_id),
            ],
            NOW,
        )
        store.runs.note_entries(run, feeds=1, entries=6, retried=0)
        store.runs.end(run, "finished", {"total": 2.0})
    return db


@pytest.fixture
def reader(filed):
    with open_reader(filed) as opened:
        yield opened


def test_a_story_by_its_number_shows_original_copies_and_what_embeds_them(reader):
    (summary,) = reader.largest_stories()
    tree = reader.story(str(summary.story_id))
    assert [(m.relation, m.outlet) for m in tree.members] == [
        ("original", "harbour.example"),
        ("copy", "tide.example"),
    ]
    assert [m.similarity for m in tree.members] == [1, 1]
    assert [(m.relation, m.outlet) for m in tree.linked] == [("embeds", "week.example")]


@pytest.mark.parametrize(
    "address",
    [
        ORIGINAL.url,
        COPY.url,
        f"{COPY.url}?utm_source=x#comments",
        "https://ana:secret@tide.example/quay",
        "https://short.example/q",  # led to the original
    ],
)
def test_a_story_is_found_by_the_address_of_any_of_its_articles(reader, address):
    assert [m.title for m in reader.story(address).members] == ["Quay", "Longer quay"]


def test_an_article_nobody_copied_is_a_story_without_links(reader):
    tree = reader.story(ALONE.url)
    assert [m.title for m in tree.members] == ["Alone"]
    assert tree.linked == ()


def test_an_address_no_feed_has_listed_is_said_to_be_so(reader):
    with pytest.raises(DatabaseError, match=r"no feed has listed https://wire\.example/unheard-of"):
        reader.story("https://wire.example/unheard-of")


def test_an_address_that_led_to_no_article_says_how_it_ended(reader):
    with pytest.raises(DatabaseError, match=r"led to no article: gone \(HTTP 404\)"):
        reader.story("https://gone.example/x")


def test_an_address_still_to_be_fetched_is_pending(reader):
    with pytest.raises(DatabaseError, match="led to no article: pending"):
        reader.story("https://later.example/x")


@pytest.mark.parametrize("key", ["quay", "-1", "", "ftp://wire.example/a", "²"])
def test_what_is_neither_number_nor_address_is_said_to_be_neither(reader, key):
    with pytest.raises(DatabaseError, match="neither the number of a story nor an http"):
        reader.story(key)


@pytest.mark.parametrize("key", ["0", "4711", "9" * 30])
def test_a_number_no_story_has_says_where_they_are_listed(reader, key):
    with pytest.raises(DatabaseError, match=f"no story {key}.*FROM stories"):
        reader.story(key)


def test_a_run_is_told_in_figures_that_add_up(reader):
    summary = reader.run_summary(1)
    assert summary.state == "finished"
    assert summary.feeds == {"read": 1}
    assert summary.entries == {"new": 4, "duplicate_url": 1, "gone": 1}
    assert summary.read == sum(summary.entries.values())
    assert (summary.articles, summary.folded, summary.total_seconds) == (4, 1, 2.0)


def test_a_run_that_never_was_is_named_with_where_runs_are_listed(reader):
    with pytest.raises(DatabaseError, match=r"has no run 7: .*FROM runs"):
        reader.run_summary(7)


def test_the_largest_stories_can_be_those_of_one_run(reader):
    (story,) = reader.largest_stories(run_id=1)
    assert (story.title, story.original_outlet, story.appeared) == (
        "Quay",
        "harbour.example",
        ago(hours=5),
    )
    assert (story.articles, story.outlets) == (2, ("harbour.example", "tide.example"))
    assert reader.largest_stories(run_id=2) == []


def test_the_status_counts_what_there_is(reader):
    status = reader.status()
    assert status.counts == {
        "feeds": 1,
        "pages": 7,
        "articles": 4,
        "stories": 3,
        "matches": 3,
        "runs": 1,
    }
    assert status.pages == {"new": 4, "duplicate_url": 1, "gone": 1, "pending": 1}
    assert status.feeds == {"read": 1}
    assert status.last_run == reader.run_summary(1)
    assert status.unfinished == 0


def test_the_status_of_an_empty_database_is_all_zeros(store):
    status = store.reader().status()
    assert set(status.counts.values()) == {0}
    assert (status.pages, status.feeds, status.last_run, status.unfinished) == ({}, {}, None, 0)


def test_a_query_gives_names_and_rows(reader):
    table = reader.query("SELECT outlet, words FROM articles ORDER BY words LIMIT 1")
    assert table.columns == ("outlet", "words")
    assert table.rows == [("lone.example", 100)]


def test_a_query_nobody_can_answer_says_why_in_duckdbs_words(reader):
    with pytest.raises(DatabaseError, match="nonsense"):
        reader.query("FROM nonsense")


def test_a_query_cannot_change_what_a_reader_reads(reader):
    with pytest.raises(DatabaseError, match="read-only"):
        reader.query("DELETE FROM core.articles")


def test_an_empty_query_is_no_crash(reader):
    try:
        assert list(reader.query("").rows) == []
    except DatabaseError as error:
        assert str(error)  # noqa: PT017  either will do


def test_every_view_can_be_read(reader):
    for (view,) in reader.query("SELECT DISTINCT view_name FROM dictionary").rows:
        assert reader.query(f"FROM {view}").columns


def test_readers_do_not_exclude_each_other(db):
    connect(db).close()
    with open_reader(db) as one, open_reader(db) as other:
        assert one.status() == other.status()


def test_a_story_merged_into_another_says_which(store):
    run = store.runs.begin(NOW)
    articles = [article(f"https://wire.example/{n}", text=prose(n * 1000, 90)) for n in (1, 2)]
    file_articles(store, run, articles)
    ids = tuple(a.article_id for a in articles)
    store.stories.put(run, [Story(story_id=1, original=ids[0], members=ids)])
    with pytest.raises(DatabaseError, match="story 2 is no more; its articles went to story 1"):
        store.reader().story("2")


def test_a_database_of_somebody_else_is_named_as_such(tmp_path):
    foreign = tmp_path / "sales.duckdb"
    duckdb.connect(str(foreign)).execute("CREATE TABLE sales (eur INTEGER)").close()
    with pytest.raises(DatabaseError, match="not one of Copydesk's"), open_reader(foreign):
        pass


ROOMY = QueryLimits(megabytes=200, seconds=60, rows=100)


def test_an_answer_of_ten_times_the_rows_is_cut_and_says_so(reader):
    answer = reader.query("FROM range(1000)", ROOMY)
    assert len(answer.rows) == 100
    assert answer.cut


def test_an_answer_of_just_the_rows_allowed_is_not_cut(reader):
    answer = reader.query("FROM range(100)", ROOMY)
    assert (len(answer.rows), answer.cut) == (100, False)


@pytest.mark.parametrize(
    "endless",
    [
        "SELECT count(hash(a.range * b.range)) FROM range(1000000) a, range(1000000) b",
        "FROM range(100000000000)",
    ],
)
def test_a_query_that_takes_too_long_is_ended_in_a_sentence(reader, endless):
    limits = QueryLimits(seconds=0.5, rows=10**12)
    with pytest.raises(DatabaseError, match=r"longer than 0\.5 s .*COPYDESK_QUERY_TIME_LIMIT"):
        reader.query(endless, limits)


@pytest.mark.parametrize(
    "hungry",
    [
        "SELECT list(range || repeat('x', 500)) FROM range(10000000)",
        "SELECT length(repeat('x', 2000000000))",
    ],
)
def test_a_query_of_ten_times_the_memory_is_ended_in_a_sentence(reader, hungry):
    with (
        capped_memory(ROOMY.megabytes),
        pytest.raises(DatabaseError, match=r"more than 200 MB .*COPYDESK_QUERY_MEMORY_LIMIT"),
    ):
        reader.query(hungry, ROOMY)


@pytest.mark.parametrize(
    "undoing",
    [
        "SET memory_limit = '9GB'",
        "RESET memory_limit",
        "SET max_temp_directory_size = '9GB'",
        "SET threads = 64",
        "SET lock_configuration = false",
        "SET allowed_configs = ['memory_limit']",
    ],
)
def test_a_query_cannot_undo_its_limits(reader, undoing):
    with pytest.raises(DatabaseError, match="Cannot change configuration option"):
        reader.query(f"{undoing}; SELECT 1", ROOMY)


def test_a_query_may_still_choose_its_time_zone(reader):
    asked = "SET TimeZone = 'Europe/Berlin'; SELECT current_setting('TimeZone')"
    assert reader.query(asked, ROOMY).rows == [("Europe/Berlin",)]
