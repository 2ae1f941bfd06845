"""The pipeline over the bundled newsroom: real HTTP, real extraction, real weights, a real DuckDB file."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows.pipeline import run_pass
from flows.plan import plan
from flows.settings import Settings
from seeds.errors import InputError
from tests.newsroom.serve import Newsroom
from warehouse.read import Reader
from warehouse.store import Warehouse

ROWS = """
select (select count(*) from base.entries), (select count(*) from base.articles), (select count(*) from base.findings)
"""


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings(workers=2)


def counts(path: Path) -> list[tuple[object, ...]]:
    return [tuple(row) for row in Reader(path).sql(ROWS).rows]


def test_three_passes_find_tell_once_and_take_up_late_coverage(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "w.duckdb"
    with Newsroom() as room:
        todo = plan(settings, [], [room.opml_url], path)
        first = run_pass(todo)
        assert first.adds_up
        assert first.new == first.listed == 40
        assert first.refused == {"language:de": 1, "language:tr": 1, "not_article": 1, "soft_404": 1}
        assert first.summary_reasons == {"consent": 1, "not_article": 1, "paywall": 1}
        assert first.relevant >= 30
        assert first.supports
        assert first.contradicts
        standings = {change.fact_id: change.standing for change in first.changes}
        assert standings["trump-office"] == "contradicted"

        fetched = len(room.hits)
        before = counts(path)
        second = run_pass(todo)
        asked = room.hits[fetched:]
        assert len(asked) == len(todo.feeds)
        assert {hit.status for hit in asked} == {304}
        assert (second.new, second.pages, second.supports, second.contradicts, second.changes) == (0, 0, 0, 0, ())
        assert counts(path) == before

        room.advance(None)
        third = run_pass(todo)
        assert third.new == third.pages == 5
        assert third.adds_up
    assert Warehouse(path).check() == []


def test_a_limit_leaves_the_rest_for_the_next_run(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "w.duckdb"
    with Newsroom() as room:
        first = run_pass(plan(settings, [], [room.opml_url], path, limit=7))
        assert first.taken == 7
        assert first.left == 33
        assert first.adds_up
        second = run_pass(plan(settings, [], [room.opml_url], path))
    assert second.carried == 33
    assert second.new == 0
    assert second.adds_up
    assert Warehouse(path).check() == []


@pytest.mark.parametrize("after", [3.0, 6.0])
def test_a_killed_run_is_taken_up_without_loss_or_doubles(tmp_path: Path, settings: Settings, after: float) -> None:
    path = tmp_path / "w.duckdb"
    with Newsroom() as room:
        program = (
            "import sys; from pathlib import Path\n"
            "from flows.plan import plan; from flows.pipeline import run_pass; from flows.settings import Settings\n"
            "if __name__ == '__main__': run_pass(plan(Settings(workers=1), [], [sys.argv[1]], Path(sys.argv[2])))\n"
        )
        script = tmp_path / "run.py"
        script.write_text(program)
        here = Path(__file__).parents[1]
        child = subprocess.Popen(
            [sys.executable, str(script), room.opml_url, str(path)],
            cwd=here,
            env={**os.environ, "PYTHONPATH": str(here)},
        )
        time.sleep(after)
        child.send_signal(signal.SIGKILL)
        child.wait()
        run_pass(plan(settings, [], [room.opml_url], path))
        interrupted = counts(path)
        whole = tmp_path / "whole.duckdb"
        run_pass(plan(settings, [], [room.opml_url], whole))
    assert Warehouse(path).check() == []
    assert interrupted == counts(whole)


def test_a_dead_feed_is_told_and_does_not_stop_the_others(tmp_path: Path, settings: Settings) -> None:
    with Newsroom() as room:
        feeds = [room.feed_url("meridian"), "http://127.0.0.1:9/feed.xml"]
        report = run_pass(plan(settings, [], feeds, tmp_path / "w.duckdb"))
    assert report.failed_feeds == 1
    assert report.pages > 0
    assert {line.failure for line in report.feeds} == {None, "connect"}


def test_a_list_on_a_public_address_does_not_open_loopback() -> None:
    with pytest.raises(InputError, match="cannot be read"):
        plan(Settings(), [], ["/no/such.opml"])
    assert plan(Settings(), [], ["http://127.0.0.1:1/feed.xml"]).allow_private
    assert not plan(Settings(), [], ["http://example.org/feed.xml"]).allow_private
