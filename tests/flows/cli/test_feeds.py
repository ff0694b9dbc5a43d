"""`copydesk feeds`, as a user types it, on a real site on loopback."""

from datetime import timedelta
from pathlib import Path

import pytest
from support.builders import FEED_URL, NOW, feed, poll, state
from support.serving import Answer
from typer.testing import CliRunner

from flows.cli import app as cli
from flows.pipeline.stages import take_up
from ingest.model import CopydeskError, Outcome
from storage.reading import open_reader
from storage.store import open_store

DATA = Path(__file__).parents[2] / "data"
RSS = Answer(body=(DATA / "rss.xml").read_bytes(), headers={"Content-Type": "application/rss+xml"})


@pytest.fixture(autouse=True)
def _here(monkeypatch, db):
    monkeypatch.setenv("COPYDESK_DB", str(db))
    monkeypatch.setenv("COPYDESK_ALLOW_NETWORKS", '["127.0.0.0/8"]')
    monkeypatch.setenv("COPYDESK_HOST_GAP", "0")


def feeds(*args):
    """What the command prints; what it complains of is raised."""
    ran = CliRunner().invoke(cli.app, ["feeds", *map(str, args)], terminal_width=200)
    if isinstance(ran.exception, CopydeskError):
        raise ran.exception
    assert ran.exit_code == 0, ran.output
    return ran.output


def subscribed(db):
    with open_reader(db) as reader:
        return dict(reader.query("SELECT url, state FROM feeds").rows)


def test_a_feed_is_added_under_its_own_title(site, db):
    site.answers["/rss.xml"] = RSS
    shown = feeds("add", f"{site.address}/rss.xml")
    assert "added" in shown
    assert subscribed(db) == {f"{site.address}/rss.xml": "active"}


def test_a_sites_page_leads_to_the_feeds_it_names(site, db):
    links = "".join(
        f'<link rel="alternate" type="application/rss+xml" title="{name}" href="/{name}.xml">'
        for name in ("all", "sport", "dead")
    )
    page = f"<html><head>{links}</head></html>".encode()
    site.answers |= {
        "/": Answer(body=page, headers={"Content-Type": "text/html"}),
        "/all.xml": RSS,
        "/sport.xml": RSS,
    }
    shown = feeds("add", f"{site.address}/")
    assert "also there" in shown
    assert subscribed(db) == {f"{site.address}/all.xml": "active"}
    feeds("add", "--all", f"{site.address}/")
    assert len(subscribed(db)) == 2


def test_a_page_that_names_no_feed_is_tried_at_the_usual_places(site, db):
    home = Answer(body=b"<html><p>News</p></html>", headers={"Content-Type": "text/html"})
    site.answers |= {"/": home, "/feed.xml": RSS}
    feeds("add", f"{site.address}/")
    assert subscribed(db) == {f"{site.address}/feed.xml": "active"}


def test_where_there_is_no_feed_that_is_said(site):
    site.answers["/"] = Answer(body=b"<html/>", headers={"Content-Type": "text/html"})
    with pytest.raises(CopydeskError, match="is no feed"):
        feeds("add", f"{site.address}/")
    with pytest.raises(CopydeskError, match="not_found HTTP 404"):
        feeds("add", f"{site.address}/nothing")


def test_a_private_address_is_not_asked_unless_the_settings_allow_it(site, monkeypatch):
    monkeypatch.delenv("COPYDESK_ALLOW_NETWORKS")
    with pytest.raises(CopydeskError, match="forbidden_address"):
        feeds("add", f"{site.address}/rss.xml")
    assert not site.requests


def test_a_list_comes_back_as_it_went_in_with_its_folders(tmp_path):
    before = tmp_path / "before.opml"
    before.write_text(
        '<opml version="2.0"><body><outline text="Regional"><outline text="North">'
        '<outline type="rss" text="Fjord Post" xmlUrl="https://fjord.example/rss"/>'
        '</outline></outline><outline type="rss" text="Köln" xmlUrl="https://k.example/rss"/>'
        "</body></opml>"
    )
    assert "2 feeds added" in feeds("import", before)
    assert "0 feeds added, 2 subscribed to already" in feeds("import", before)
    after = tmp_path / "after.opml"
    feeds("export", after)
    from flows.pipeline.polling import read_feeds

    assert set(read_feeds(after)) == set(read_feeds(before))
    assert feeds("export") == after.read_text()


def test_a_paused_feed_is_not_polled_a_resumed_one_is_and_a_removed_one_is_forgotten(db):
    with open_store(db) as store:
        store.feeds.subscribe([feed()], NOW)

    def polled():
        with open_store(db) as store:
            return [held.url for held in store.feeds.due(NOW)]

    feeds("pause", FEED_URL)
    assert polled() == []
    feeds("resume", FEED_URL)
    assert polled() == [FEED_URL]
    feeds("remove", FEED_URL)
    assert polled() == []
    assert FEED_URL not in feeds("list")
    with pytest.raises(CopydeskError, match="no feed at"):
        feeds("pause", "https://nobody.example/rss")


def polled_daily(db, outcomes):
    """The health of a feed polled once a day with these outcomes and numbers of new entries."""
    from support.builders import entry

    with open_store(db) as store:
        (held,) = store.feeds.subscribe([feed(title="Wire")], NOW)
        for day, (outcome, fresh) in enumerate(outcomes):
            now = NOW + timedelta(days=day)
            run = store.runs.begin(now)
            entries = [entry(f"https://wire.example/{day}/{n}") for n in range(fresh)]
            (held,) = store.feeds.active()
            brought = entries if outcome is Outcome.READ else None
            take_up(store, run, [poll(held, outcome, entries=brought)], now, 3)
    with open_reader(db) as reader:
        ((verdict,),) = reader.query("SELECT verdict FROM feed_health").rows
    return verdict


@pytest.mark.parametrize(
    ("days", "verdict"),
    [
        ([(Outcome.READ, 5)] * 10, "well"),
        ([(Outcome.READ, 5), (Outcome.TIMEOUT, 0)], "failed last time: timeout"),
        ([(Outcome.READ, 5)] + [(Outcome.TIMEOUT, 0)] * 3, "failing: timeout, 3 polls in a row"),
        ([(Outcome.READ, 5)] * 3 + [(Outcome.UNCHANGED, 0)] * 12, "silent: answers, but nothing"),
        ([(Outcome.READ, 5), (Outcome.GONE, 0)], "gone"),
    ],
)
def test_the_health_of_a_feed_is_named(db, days, verdict):
    assert polled_daily(db, days).startswith(verdict)
    assert verdict in " ".join(feeds("health").split())


def test_a_list_says_when_each_feed_is_due_and_why(db):
    with open_store(db) as store:
        (held,) = store.feeds.subscribe([feed(title="Wire")], NOW)
        take_up(store, store.runs.begin(NOW), [poll(held, Outcome.UNCHANGED)], NOW, 3)
    with open_reader(db) as reader:
        ((due, why),) = reader.query("SELECT next_due, due_reason FROM feeds").rows
    assert due > NOW
    assert why in " ".join(feeds("list").split())


def test_a_feed_that_has_moved_keeps_its_old_address_and_its_number(db):
    with open_store(db) as store:
        (held,) = store.feeds.subscribe([feed()], NOW)
        for _ in range(3):
            run = store.runs.begin(NOW)
            moved = poll(held, Outcome.UNCHANGED, moved_to="https://new.example/feed")
            take_up(store, run, [moved], NOW, 3)
            (held,) = store.feeds.active()
        assert held == state(
            "https://new.example/feed",
            feed_id=held.feed_id,
            interval=held.interval,
            pace=held.pace,
            succeeded_at=NOW,
            full_at=NOW,
        )
        assert store.feeds.subscribe([feed()], NOW) == [held]
    with open_reader(db) as reader:
        assert reader.query("SELECT former_urls FROM feeds").rows == [([FEED_URL],)]


def test_a_feed_that_is_there_already_is_said_to_be(site, db):
    site.answers["/rss.xml"] = RSS
    url = f"{site.address}/rss.xml"
    feeds("add", url)
    again = feeds("add", url, "--folder", "Ports")
    assert "subscribed to already" in again
    assert "its title and folder stay as they were" in again
    feeds("pause", url)
    assert "polled again" in feeds("add", url)
    assert subscribed(db) == {url: "active"}


def test_a_feed_with_a_password_says_what_becomes_of_it(site):
    site.answers["/rss.xml"] = RSS
    shown = feeds("add", f"http://ana:secret@{site.address[7:]}/rss.xml")
    assert "its password or token is not kept" in shown
    assert "COPYDESK_FEEDS" in shown
    assert "secret" not in shown
    assert "needs the password or token in the OPML file" in feeds("list")
    feeds("add", f"{site.address}/rss.xml")  # without it the site answers as well
    assert "password" not in feeds("list")


def test_adding_a_feed_heeds_and_remembers_what_its_host_asked(site):
    site.answers["/rss.xml"] = Answer(429, headers={"Retry-After": "3600"})
    with pytest.raises(CopydeskError, match="throttled HTTP 429"):
        feeds("add", f"{site.address}/rss.xml")
    with pytest.raises(CopydeskError, match="cooling"):
        feeds("add", f"{site.address}/rss.xml")
    assert len(site.requests) == 1


def test_an_address_without_scheme_keeps_its_password_to_itself(tmp_path, db):
    listed = tmp_path / "feeds.opml"
    listed.write_text('<opml><body><outline xmlUrl="ana:secret@wire.example/f"/></body></opml>')
    feeds("import", listed)
    assert subscribed(db) == {"https://wire.example/f": "active"}
    assert "secret" not in feeds("list")
    assert "removed: https://wire.example/f" in feeds("remove", "ana:secret@wire.example/f")
    assert b"secret" not in db.read_bytes()
