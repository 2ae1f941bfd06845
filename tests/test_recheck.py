"""Recheck: stored articles compared again without the network, shown first, resumed after a kill, done once."""

import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from flows.pipeline import recheck_pass, run_pass
from flows.plan import Plan, plan
from flows.preview import preview
from flows.progress import shown
from flows.settings import Settings
from seeds.model import Fact
from tests.newsroom.serve import Newsroom
from warehouse.read import Reader
from warehouse.store import Warehouse

HERE = Path(__file__).parents[1]
FINDINGS = "select finding_id, verdict, found_at from base.findings where retired_at is null order by 1"


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """A warehouse that a run has filled, with the plan for it; the newsroom is closed."""
    path = tmp_path_factory.mktemp("recheck") / "w.duckdb"
    with Newsroom() as room:
        feeds = [room.feed_url(site) for site in ("ledger", "northgate", "meridian")]
        todo = plan(Settings(workers=2, spacing=0.0), [], feeds, path)
        run_pass(todo)
    return todo


def with_fact(todo: Plan) -> Plan:
    """The same with a fact more, which the articles confirm or contradict."""
    (seed,) = todo.seeds
    stated = "The ceasefire that Kyiv and four European capitals put to Russia was to run for 60 days."
    fact = Fact(id="ceasefire-run", statement=stated)
    changed = seed.model_copy(update={"facts": (*seed.facts[:6], fact)})
    return replace(todo, seeds=(changed,))


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a recheck asked the network for something")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_a_new_fact_is_shown_first_and_then_looked_for_in_what_is_stored(watched: Plan, offline: None) -> None:
    todo, path = with_fact(watched), watched.warehouse
    before = Reader(path).sql(FINDINGS).rows
    with shown() as progress:
        (would,) = preview(todo, progress)
    Warehouse(path).publish()
    assert Reader(path).sql(FINDINGS).rows == before
    gained = {change.fact_id for change in would.findings if change.name == "gained"}
    assert gained == {"ceasefire-run"}
    assert would.articles > 10

    report = recheck_pass(todo)
    assert (report.compared, report.new, report.pages, report.polled_feeds) == (would.articles, 0, 0, 0)
    assert {(c.fact_id, c.standing) for c in report.changes} >= {(s.fact_id, s.after) for s in would.standings}
    assert len(Reader(path).sql("select 1 from matches where fact_id = 'ceasefire-run'").rows) == sum(
        change.after == "supports" for change in would.findings if change.fact_id == "ceasefire-run"
    )
    after = Reader(path).sql(FINDINGS).rows
    again = recheck_pass(todo)
    assert (again.compared, again.changes) == (0, ())
    assert Reader(path).sql(FINDINGS).rows == after
    assert Warehouse(path).check() == []


def test_a_killed_recheck_goes_on_where_it_was(watched: Plan, tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    text = (HERE / "seeds/istanbul-2025.yaml").read_text("utf-8")
    seed.write_text(
        text.replace("feeds: feeds.opml", f"feeds: {HERE / 'seeds/feeds.opml'}").replace("30 days", "31 days")
    )
    program = (
        "import sys; from pathlib import Path\n"
        "from flows import comparing; from flows.workers import Workers; from flows.running import Silent\n"
        "from flows.pipeline import recheck_pass\n"
        "from flows.plan import plan; from flows.settings import Settings\n"
        "comparing.ARTICLES_A_BATCH, Workers.grain = 2, 1\n"
        "class Loud(Silent):\n"
        "    def advance(self, n=1): print('some', flush=True)\n"
        "if __name__ == '__main__':\n"
        "    recheck_pass(plan(Settings(workers=1), [sys.argv[1]], [], Path(sys.argv[2])), progress=Loud())\n"
    )
    script = tmp_path / "recheck.py"
    script.write_text(program)
    command = [sys.executable, str(script), str(seed), str(watched.warehouse)]
    child = subprocess.Popen(
        command, cwd=HERE, env={**os.environ, "PYTHONPATH": str(HERE)}, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    for _ in range(6):  # more than a batch, so that one is stored
        child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    todo = plan(Settings(workers=2), [seed], [], watched.warehouse)
    done = recheck_pass(todo)
    Warehouse(watched.warehouse).publish()
    ((stored,),) = Reader(watched.warehouse).sql("select count(*) from base.comparisons").rows
    assert isinstance(stored, int)
    assert 0 < done.compared < stored
    assert recheck_pass(todo).compared == 0
    assert Warehouse(watched.warehouse).check() == []


def test_the_command_shows_what_would_change_and_a_wrong_finding_counts_no_more(watched: Plan) -> None:
    run = [sys.executable, "-m", "flows.cli"]
    place = ["--warehouse", str(watched.warehouse)]

    def said(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*run, *arguments, *place], cwd=HERE, capture_output=True, text=True, check=False)

    recheck_pass(watched)
    (would,) = json.loads(said("recheck", "--dry-run", "--json").stdout)
    assert (would["articles"], would["findings"], would["standings"]) == (0, [], [])
    finding = json.loads(said("contradictions", "--json").stdout)[0]
    assert said("mark", finding["finding_id"]).returncode == 2
    assert said("mark", "nothing", "--wrong").returncode == 2
    assert said("mark", finding["finding_id"], "--wrong", "--note", "another Trump").returncode == 0
    assert finding["finding_id"] not in said("contradictions", "--json").stdout
    (marked,) = json.loads(said("marks", "--json").stdout)
    assert (marked["sentence"], marked["right"], marked["note"]) == (finding["sentence"], False, "another Trump")
    recheck_pass(watched)
    counts = Warehouse(watched.warehouse).weighings("istanbul-2025")
    assert [c.evidence for c in counts if c.finding_id == finding["finding_id"]][-1] is None
    assert said("mark", finding["finding_id"], "--right").returncode == 0
    assert finding["finding_id"] in said("contradictions", "--json").stdout
