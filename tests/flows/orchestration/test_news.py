"""The flow under a real Prefect: one server for all of these tests, which is why they are few."""

import asyncio
import gc
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from support.quack import ATTACH, TOKEN, ask
from support.serving import Answer, serving

from flows.orchestration.server import healthy
from flows.pipeline.polling import read_feeds
from flows.sample.newsroom import FEEDS, sample_newsroom
from flows.settings import Settings
from ingest.model import Feed, Poll
from storage.reading import open_reader

pytestmark = [
    pytest.mark.slow,
    # Prefect's own code and its server's libraries warn of their own deprecations
    pytest.mark.filterwarnings("ignore"),
]
NOW = datetime(2026, 9, 18, 6, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def prefect():
    """A Prefect server and database for this module alone."""
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield


def run_flow(db):
    from flows.orchestration.news import news_with

    with sample_newsroom() as proxy:
        settings = Settings(db=db, proxy=proxy, batch=20, host_gap=0)
        return asyncio.run(news_with(settings, read_feeds(FEEDS))(now=NOW))


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A database after two runs of the flow."""
    db = tmp_path_factory.mktemp("news") / "news.duckdb"
    assert run_flow(db) == 1
    assert run_flow(db) == 2
    return db


async def read_prefect():
    from prefect.client.orchestration import get_client

    async with get_client() as client:
        return (
            await client.read_flow_runs(),
            await client.read_task_runs(),
            await client.read_artifacts(),
        )


def test_a_run_files_the_newsroom_and_the_next_adds_nothing(finished):
    with open_reader(finished) as reader:
        first, second = reader.run_summary(1), reader.run_summary(2)
    assert first.state == second.state == "finished"
    assert first.articles > 60
    assert sum(first.entries.values()) == first.read
    assert second.articles == 0
    assert second.feeds == {"unchanged": 8}


@pytest.mark.usefixtures("finished")
def test_a_run_is_some_ten_tasks_named_for_their_batches():
    _, task_runs, _ = asyncio.run(read_prefect())
    names = [run.name for run in task_runs]
    assert "fetch pages 1/4" in names
    assert "file pages 4/4" in names
    assert len(names) <= 20
    assert {run.state.name for run in task_runs} == {"Completed"}


@pytest.mark.usefixtures("finished")
def test_a_run_leaves_its_figures_and_stories_as_artifacts():
    _, _, artifacts = asyncio.run(read_prefect())
    by_key = {artifact.key: artifact for artifact in artifacts}
    assert {"copydesk-run", "copydesk-stories"} <= set(by_key)


@pytest.mark.usefixtures("finished")
def test_prefect_stores_neither_settings_nor_feeds_which_may_hold_passwords():
    flow_runs, _, _ = asyncio.run(read_prefect())
    assert {tuple(sorted(run.parameters)) for run in flow_runs} == {("due", "now")}


def test_where_the_seconds_went_is_kept(finished):
    with open_reader(finished) as reader:
        row = reader.query(
            "SELECT poll_seconds, fetch_seconds, extract_seconds, fold_seconds, load_seconds, "
            "total_seconds FROM runs WHERE run_id = 1"
        ).rows[0]
    assert all(value > 0 for value in row)
    assert row[-1] == max(row)


def test_upkeep_is_a_flow_that_says_what_it_did(finished):
    from flows.orchestration.upkeep import upkeep

    upkeep(db=finished, now=NOW)
    _, _, artifacts = asyncio.run(read_prefect())
    (table,) = [a.data for a in artifacts if a.key == "copydesk-upkeep"]
    assert "left as it is" in table


def test_a_run_that_breaks_off_is_recorded_and_its_pages_are_taken_up_next_time(
    tmp_path, monkeypatch
):
    from flows.pipeline import stages

    def full(*_args, **_kwargs):
        raise OSError("no space left on device")

    db = tmp_path / "news.duckdb"
    with monkeypatch.context() as patch:
        patch.setattr(stages, "file_batch", full)
        with pytest.raises(BaseException, match=r"no space left|unhandled errors"):
            run_flow(db)
    with open_reader(db) as reader:
        assert reader.run_summary(1).state == "failed"
        assert reader.status().pages == {"pending": 66}
    run_flow(db)
    with open_reader(db) as reader:
        summary = reader.run_summary(2)
        assert summary.articles > 60
        assert sum(summary.entries.values()) == summary.read == 66


def test_pages_of_a_host_whose_time_is_over_stay_pending_without_passing_the_batches(tmp_path):
    from flows.orchestration.news import news_with

    db = tmp_path / "news.duckdb"
    settings = Settings(
        db=db, batch=5, host_gap=0.2, host_time=1, allow_networks=("127.0.0.0/8",), workers=1
    )
    with serving() as site:
        links = "".join(f"<item><link>{site.address}/{n}</link></item>" for n in range(100))
        feed = f"<rss version='2.0'><channel><title>News</title>{links}</channel></rss>"
        site.answers["/feed"] = Answer(200, feed.encode(), {"Content-Type": "application/rss+xml"})
        for number in range(100):
            site.answers[f"/{number}"] = Answer(404)
        listed = [Feed(url=f"{site.address}/feed")]
        asyncio.run(news_with(settings, listed)(now=NOW))
    with open_reader(db) as reader:
        summary = reader.run_summary(1)
        requests = reader.query("SELECT count(*) FROM fetches WHERE kind = 'page'").rows[0][0]
        counted = reader.query("SELECT max(entries) FROM outcomes WHERE outcome = 'pending'").rows
    assert sum(summary.entries.values()) == summary.read == 100
    assert 80 < summary.entries["pending"] < 100
    assert requests <= 10  # one or two batches were begun
    assert counted in ([(90,)], [(95,)])  # all but the batches that were begun, in one row
    assert reader_pages(db) == summary.entries


def test_while_pages_are_fetched_the_run_holds_no_poll_any_more(tmp_path):
    from flows.orchestration.news import news_with

    settings = Settings(
        db=tmp_path / "news.duckdb", host_gap=0, allow_networks=("127.0.0.0/8",), workers=1
    )
    held = []

    def page(handler):
        held.append(sum(type(one) is Poll for one in gc.get_objects()))
        handler.answer(Answer(404))

    with serving() as site:
        item = f"<item><link>{site.address}/1</link></item>"
        feed = f"<rss version='2.0'><channel>{item}</channel></rss>"
        site.answers["/feed"] = Answer(200, feed.encode(), {"Content-Type": "application/rss+xml"})
        site.answers["/1"] = page
        listed = [Feed(url=f"{site.address}/feed")]
        asyncio.run(news_with(settings, listed)(now=NOW))
    assert held
    assert set(held) == {0}


def reader_pages(db):
    """How the pages of a database ended."""
    with open_reader(db) as reader:
        return reader.status().pages


def test_the_demo_is_one_command_and_prints_a_query_that_works(tmp_path):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "COPYDESK_"))}
    env |= {"PREFECT_HOME": str(tmp_path / "prefect"), "HTTP_PROXY": "http://127.0.0.1:9"}
    copydesk = str(Path(sys.executable).parent / "copydesk")
    shown = subprocess.run(
        [copydesk, "demo"], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
    ).stdout
    assert "Run 1 finished" in shown
    assert "The largest stories" in shown
    query = next(line.strip() for line in shown.splitlines() if " sql --db " in line)
    answer = subprocess.run(
        query.replace("copydesk", copydesk, 1),
        shell=True,  # as the reader would type it
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "metrolantern.example" in answer


def test_serve_runs_at_once_schedules_the_next_runs_and_stops_clean(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    quack = port + 1 if port < 65535 else port - 1
    api = f"http://127.0.0.1:{port}/api"
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "COPYDESK_"))}
    env |= {
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "COPYDESK_PREFECT_PORT": str(port),
        "COPYDESK_SCHEDULE": "0 3 * * *",
        "COPYDESK_DB": str(tmp_path / "news.duckdb"),
        "COPYDESK_FEEDS": str(FEEDS),
        "COPYDESK_QUACK_PORT": str(quack),
        "COPYDESK_QUACK_TOKEN": TOKEN,
    }

    def states():
        answer = httpx.post(f"{api}/flow_runs/filter", json={}, trust_env=False)
        return {run["state"]["name"] for run in answer.json()}

    with sample_newsroom() as proxy:
        serving = subprocess.Popen(
            [Path(sys.executable).parent / "copydesk", "serve", "--quack"],
            env=env | {"COPYDESK_PROXY": proxy},
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            eventually(lambda: states() >= {"Completed", "Scheduled"})
            eventually(lambda: "rows" in ask(ATTACH, port=quack)[0], pause=1, tries=60)
            counted = ask(ATTACH, "SELECT count(*) > 60 FROM news.articles", port=quack)[-1]
        finally:
            serving.terminate()
            shown, _ = serving.communicate(timeout=60)
    assert serving.returncode == 0
    assert f"http://127.0.0.1:{port}" in shown
    assert "Stopped." in shown
    assert f"quack:localhost:{quack}" in shown
    assert counted == {"rows": [[True]]}
    assert "Traceback" not in shown
    assert not healthy(api)
    with open_reader(tmp_path / "news.duckdb") as reader:
        assert reader.run_summary(1).articles > 60


def test_ctrl_c_ends_a_run_in_a_sentence_and_the_next_one_goes_on(tmp_path):
    db = tmp_path / "news.duckdb"
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "COPYDESK_"))}
    env |= {
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "COPYDESK_ALLOW_NETWORKS": '["127.0.0.0/8"]',
    }
    with serving() as site:
        entry = f"<item><title>News</title><link>{site.address}/story</link></item>"
        feed = f"<rss version='2.0'><channel><title>News</title>{entry}</channel></rss>"
        site.answers["/feed"] = Answer(200, feed.encode(), {"Content-Type": "application/rss+xml"})
        site.answers["/story"] = lambda _: site.closing.wait()
        feeds = tmp_path / "feeds.opml"
        feeds.write_text(
            f"<opml version='2.0'><body><outline xmlUrl='{site.address}/feed'/></body></opml>"
        )
        running = subprocess.Popen(
            [Path(sys.executable).parent / "copydesk", "run", "--feeds", feeds, "--db", db],
            env=env,
            stderr=subprocess.PIPE,
            text=True,
        )
        eventually(lambda: "/story" in [path for path, _ in site.requests])
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert said.strip() == "Stopped. What was filed stays, and the next run goes on from there."
    with open_reader(db, latest=True) as reader:
        assert reader.run_summary(1).state == "failed"
        assert reader.query("SELECT url FROM pages WHERE outcome = 'pending'").rows == [
            (f"{site.address}/story",)
        ]


def eventually(true, tries=600, pause=0.25):
    """Waits for something another process does; fails when the tries are used up."""
    for _ in range(tries):
        try:
            if true():
                return
        except httpx.HTTPError:
            pass  # the server is not up yet
        time.sleep(pause)
    raise AssertionError("it did not happen")
