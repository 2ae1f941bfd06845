"""The pipeline over the bundled newsroom: real HTTP, real extraction, real weights, a real DuckDB file."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import astuple, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console
from warcio.archiveiterator import ArchiveIterator

from flows.evidence import write_warc
from flows.pipeline import run_pass
from flows.plan import plan
from flows.settings import Settings
from flows.summary import known, politeness, show_facts
from flows.weigh.history import replay
from seeds.errors import InputError
from tests.newsroom.serve import Newsroom
from warehouse.evidence import kept_texts
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
    warehouse = Warehouse(path)
    assert warehouse.check() == []
    story = Reader(path).sql("select origin, articles from stories").rows
    assert story == (("Meridian News Agency", 4),)
    (fact,) = (one for one in known(path, third).facts if one["fact_id"] == "zelensky-sends-delegation")
    printed = Console(width=100)
    with printed.capture() as shown:
        show_facts([fact], printed)
    assert "for 4 articles, 2 independent; against 1 article, 1 independent" in shown.get()
    standings = Reader(path).sql(
        "select seed_id, fact_id, standing, supports, contradicts, superseded, changed_at, cause from base.standings"
    )
    replayed = [astuple(row) for row in replay("istanbul-2025", warehouse.weighings("istanbul-2025"))]
    assert sorted(replayed) == sorted(standings.rows)


def test_an_edited_article_corrects_or_withdraws_its_finding_and_says_when(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "w.duckdb"
    with Newsroom() as room:
        first = run_pass(plan(settings.model_copy(update={"spacing": 0.0}), [], [room.feed_url("ledger")], path))
        assert first.contradicts >= 2
        assert Warehouse(path).revisits((timedelta(hours=1),), 99, datetime.now(UTC)) == []
        said = "that Kyiv and four European capitals put to Russia last weekend was to run for 60 days"
        room.edit("ledger-sixty-days", said, "proposed before the talks was to last 30 days")
        room.edit("ledger-sixty-days", "The text, three pages", "Kyiv's text, which Russia has, three pages")
        room.edit("ledger-truce-trade", "U.S. President Donald Trump, who", "Mr Trump, who")
        asked = len(room.hits)
        age = first.ended_at - first.started_at  # the least at which all have been read once, and are due again
        time.sleep(age.total_seconds())
        soon = settings.model_copy(update={"revisit": (age.total_seconds() / 3600,), "spacing": 0.0})
        second = run_pass(plan(soon, [], [room.feed_url("ledger")], path))
        visited = [hit for hit in room.hits[asked:] if hit.path.startswith("/content/")]
        assert len(visited) == len({hit.path for hit in visited}) >= 3
        # the first reading has left what a conditional request needs
        assert sorted(hit.status for hit in visited) == [200, 200, *[304] * (len(visited) - 2)]
        third = run_pass(plan(soon, [], [room.feed_url("ledger")], path))
        assert (third.supports, third.contradicts, third.changes) == (0, 0, ())
        assert not [hit for hit in room.hits[asked + len(visited) + 2 :] if hit.path.startswith("/content/")]
    rows = (
        Reader(path)
        .sql("select fact_id, kind, before, after, publisher, changed_at, diff from corrections order by fact_id")
        .rows
    )
    assert [row[:5] for row in rows] == [
        ("ceasefire-length", "corrected", "contradicts", "supports", "The Ledger & Exchange"),
        ("trump-office", "withdrawn", "contradicts", None, "The Ledger & Exchange"),
    ]
    assert all(isinstance(row[5], datetime) and second.started_at < row[5] < second.ended_at for row in rows)
    assert "was to run for 60 days" in str(rows[0][6])
    assert "+ " in str(rows[0][6])
    moved = {change.fact_id: change.standing for change in second.changes}
    assert moved["ceasefire-length"] == "corroborated"
    corrected = "select 1 from contradictions where article_id in (select article_id_after from corrections)"
    assert Reader(path).sql(corrected).rows == ()
    assert Warehouse(path).check() == []
    _evidence_stands(path)


def test_an_article_rewritten_about_something_else_takes_nothing_back(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "w.duckdb"
    with Newsroom() as room:
        feeds = [room.feed_url("ledger")]
        first = run_pass(plan(settings.model_copy(update={"spacing": 0.0}), [], feeds, path))
        said = "that Kyiv and four European capitals put to Russia last weekend was to run for 60 days"
        room.edit("ledger-sixty-days", said, "of the kettle works was to last 30 days")
        age = first.ended_at - first.started_at
        time.sleep(age.total_seconds())
        soon = settings.model_copy(update={"revisit": (age.total_seconds() / 3600,), "spacing": 0.0})
        run_pass(plan(soon, [], feeds, path))
    edited = "select count(*) from base.revisions where previous_id is not null"
    assert Reader(path).sql(edited).rows == ((1,),)
    assert Reader(path).sql("from corrections").rows == ()
    gone = "select count(*) from contradictions where fact_id = 'ceasefire-length'"
    assert Reader(path).sql(gone).rows == ((0,),)


def _evidence_stands(path: Path) -> None:
    """The text before the edit is still there, with what dates it, as an archive that other tools read."""
    archive = path.with_suffix(".warc.gz")
    written = write_warc(kept_texts(Reader(path), fact="ceasefire-length"), archive)
    with archive.open("rb") as file:
        records = [
            (r.rec_type, r.rec_headers["WARC-Target-URI"], r.content_stream().read()) for r in ArchiveIterator(file)
        ]
    texts = [(url, body.decode()) for kind, url, body in records if kind == "resource"]
    notes = [json.loads(body) for kind, _, body in records if kind == "metadata"]
    assert len(texts) == len(notes) == written == len({text for _, text in texts}) >= 2
    (before,) = [n for (_, text), n in zip(texts, notes, strict=True) if "was to run for 60 days" in text]
    (after,) = [n for (_, text), n in zip(texts, notes, strict=True) if "the talks was to last 30 days" in text]
    assert (before["findings"][0]["verdict"], after["findings"][0]["verdict"]) == ("contradicts", "supports")
    assert before["url"] == after["url"] == texts[0][0]
    assert before["sha256"] != after["sha256"]
    assert "etag: " in before["headers"]


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


def test_what_has_no_turn_in_time_is_left_for_the_next_run(tmp_path: Path, settings: Settings) -> None:
    with Newsroom() as room:
        todo = plan(settings, [], [room.feed_url("meridian")], tmp_path / "w.duckdb")
        first = run_pass(replace(todo, reading_time=0.0))
        assert (first.taken, first.left, first.pages) == (0, first.new, 0)
        assert first.adds_up
        second = run_pass(todo)
    assert (second.new, second.left) == (0, 0)
    assert second.pages == second.carried == first.new > 0
    assert second.adds_up


def test_a_killed_run_is_taken_up_without_loss_or_doubles(tmp_path: Path, settings: Settings) -> None:
    path, whole = tmp_path / "w.duckdb", tmp_path / "whole.duckdb"
    here = Path(__file__).parents[1]
    script = tmp_path / "run.py"
    script.write_text(
        "import sys; from pathlib import Path\n"
        "from flows.plan import plan; from flows.pipeline import run_pass; from flows.settings import Settings\n"
        "if __name__ == '__main__': run_pass(plan(Settings(workers=1), [], [sys.argv[1]], Path(sys.argv[2])))\n"
    )
    with Newsroom() as room:
        for after in (3.0, 6.0):
            child = subprocess.Popen(
                [sys.executable, str(script), room.opml_url, str(path)],
                cwd=here,
                env={**os.environ, "PYTHONPATH": str(here)},
            )
            time.sleep(after)
            child.send_signal(signal.SIGKILL)
            child.wait()
        run_pass(plan(settings, [], [room.opml_url], path))
        run_pass(plan(settings, [], [room.opml_url], whole))
    assert Warehouse(path).check() == []
    assert counts(path) == counts(whole)


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


FAULTS = {
    "clarion": ("drips", "timeout"),
    "northgate": ("down", "http:503"),
    "harrow": ("busy", "http:429"),
    "bosphorus": ("loop", "redirect_loop"),
    "amber": ("endless", "too_large"),
    "ledger": ("cut_off", "protocol"),
    "margin": ("html", "not_a_feed:html"),
    "courier": ("robots_forbid", "robots"),
}
SPACING = 0.2  # seconds


def test_publishers_that_misbehave_are_named_and_cost_the_others_nothing(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "w.duckdb"
    polite = settings.model_copy(update={"spacing": SPACING})
    with Newsroom(faults={site: fault for site, (fault, _) in FAULTS.items()}) as room:
        report = run_pass(replace(plan(polite, [], [room.opml_url], path), total_time=5.0))
        failures = {line.url: line.failure for line in report.feeds}
        assert failures == {
            room.feed_url(site): FAULTS[site][1] if site in FAULTS else None for site in room.publishers
        }
        healthy = [site for site in room.publishers if site not in FAULTS]
        out = sum(len(room.published(site)) for site in healthy)
        assert report.adds_up
        assert report.new == report.taken == out >= 10
        assert report.pages >= out - 3  # the rest are German or no articles

        hits = [hit for hit in room.hits if hit.site != "index"]
        for site in room.publishers:
            at = [hit.at for hit in hits if hit.site == site]
            assert len(at) > 2 or site in FAULTS
            assert at[-1] - at[0] >= (len(at) - 2) * SPACING  # the first may have come late
        asked = Counter((hit.site, hit.path) for hit in hits)
        assert set(asked.values()) == {1}  # nothing twice, robots.txt included
        assert ("courier", "/feed.xml") not in asked
    assert sum(report.politeness.requests.values()) == len(hits)
    assert (report.politeness.too_many_requests, report.politeness.robots_refusals) == (1, 1)
    assert "1 told to slow down (429), 1 refused by robots.txt" in politeness(report)
    assert Warehouse(path).check() == []
