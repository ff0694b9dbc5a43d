import pytest
from support.builders import NOW, article, feed, prose
from support.filing import file_articles

from storage.reading import open_reader
from storage.store import open_store
from storage.views.search import index_articles

FERRY = article(
    "https://wire.example/ferry", title="Ferry fire", text="Crews put out a fire. " + prose(0, 60)
)
MARKET = article(
    "https://wire.example/market",
    title="Fish market",
    text="A ferry brought herring; prices held. " + prose(1000, 60),
)
LONG = article(
    "https://wire.example/long", title="The year", text="Ferry. " + prose(2000, 900), language="en"
)
ABROAD = article(
    "https://wire.example/abroad",
    title="Пожар на пароме",
    text="Größe und Ärger: l’été à Nîmes, ΑΘΗΝΑ. " + prose(4000, 60),
)


@pytest.fixture
def db_with(db):
    """Files articles and publishes; may be called again."""

    def file(*articles):
        with open_store(db) as store:
            store.feeds.subscribe([feed()], NOW)
            file_articles(store, store.runs.begin(NOW), articles)
            store.publish()
        return db

    return file


def found(db, words):
    with open_reader(db) as reader:
        escaped = words.replace("'", "''")
        return [row[0] for row in reader.query(f"SELECT title FROM search('{escaped}')").rows]


def test_the_best_match_comes_first(db_with):
    db = db_with(FERRY, MARKET, LONG)
    assert found(db, "ferry fire") == ["Ferry fire", "Fish market", "The year"]
    assert found(db, "HERRING") == ["Fish market"]


def test_a_word_nobody_wrote_finds_nothing(db_with):
    db = db_with(FERRY)
    for words in ("submarine", "", "'; DROP TABLE x --", "%", "fer"):
        assert found(db, words) == []


@pytest.mark.parametrize("words", ["пожар", "ПАРОМЕ", "größe", "arger", "ete", "nimes αθηνα"])
def test_case_and_accents_do_not_matter_in_any_script(db_with, words):
    assert found(db_with(ABROAD, FERRY), words) == ["Пожар на пароме"]


def test_articles_are_found_after_the_run_that_filed_them(db_with):
    db_with(FERRY)
    db = db_with(MARKET)
    assert set(found(db, "ferry")) == {"Ferry fire", "Fish market"}


def test_indexing_in_small_batches_gives_the_same_index(db, tmp_path, monkeypatch):
    def indexed(path, batch):
        monkeypatch.setattr("storage.views.search.BATCH", batch)
        with open_store(path) as store:
            store.feeds.subscribe([feed()], NOW)
            file_articles(store, 1, [FERRY, MARKET, LONG, ABROAD])
            assert index_articles(store._connection) == 4
            assert index_articles(store._connection) == 0
            reader = store.reader()
            return [
                sorted(reader.query(sql).rows)
                for sql in ("FROM core.search_docs", "FROM core.search_terms")
            ]

    assert indexed(db, 3) == indexed(tmp_path / "other.duckdb", 100)


def test_an_article_without_words_is_indexed_once_and_never_found(db_with):
    blank = article("https://wire.example/blank", title="...", text="— — —")
    db = db_with(blank, FERRY)
    db_with(MARKET)
    with open_reader(db) as reader:
        assert reader.query("SELECT count(*) FROM core.search_docs").rows == [(3,)]


def test_the_scores_are_those_of_bm25(db_with):
    """As the formula gives them by hand, for one word in two of three articles."""
    from math import log

    db = db_with(FERRY, MARKET, LONG)
    with open_reader(db) as reader:
        words = dict(
            reader.query(
                "SELECT url, d.words FROM core.search_docs d JOIN articles USING (article_id)"
            ).rows
        )
        scores = dict(reader.query("SELECT url, score FROM search('fire')").rows)
    mean = sum(words.values()) / 3
    idf, times = log(1 + (3 - 1 + 0.5) / (1 + 0.5)), 3  # twice for the title
    by_hand = idf * times * 2.2 / (times + 1.2 * (0.25 + 0.75 * words[FERRY.url] / mean))
    assert scores == {FERRY.url: pytest.approx(by_hand)}
