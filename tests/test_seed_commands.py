"""The commands ``seed check``, ``new`` and ``try``, and articles that are not read for their language."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli.shell import app
from flows.newseed import NewSeed, catalogue, proposed, statements_in, written
from flows.pipeline import run_pass
from flows.plan import plan
from flows.settings import Settings
from seeds import bundled_seeds
from seeds.errors import InputError
from seeds.model import load
from tests.newsroom.serve import Newsroom
from tests.seeds.test_check import TEN
from warehouse.read import Reader
from warehouse.store import Warehouse


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEEDWATCH_SPACING", "0")
    return tmp_path


@pytest.fixture
def room() -> Iterator[Newsroom]:
    with Newsroom() as served:
        yield served


# check


def test_check_tells_faults_and_warnings_and_how_bad_they_are(at: Path) -> None:
    (at / "ten.yaml").write_text(TEN)
    told = CliRunner().invoke(app, ["seed", "check", "ten.yaml"])
    assert told.exit_code == 2
    assert "ten.yaml:9: facts: two facts have the id" in told.output
    (at / "nine.yaml").write_text(TEN.replace("id: length", "id: first", 1))
    warned = CliRunner().invoke(app, ["seed", "check", "nine.yaml", "--json"])
    assert warned.exit_code == 0
    assert {remark["level"] for remark in json.loads(warned.stdout)} == {"warning"}
    assert CliRunner().invoke(app, ["seed", "check", "nine.yaml", "--strict"]).exit_code == 2


# try


def test_try_shows_articles_verdicts_and_refusals_and_leaves_nothing_behind(at: Path, room: Newsroom) -> None:
    result = CliRunner().invoke(app, ["seed", "try", "istanbul-2025", "--feeds", room.opml_url, "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert list(at.iterdir()) == []
    assert len(found["articles"]) == found["report"]["relevant"] > 10
    assert len(found["facts"]) == len(load(bundled_seeds()["istanbul-2025"]).facts)
    assert {said["verdict"] for fact in found["facts"] for said in fact["said"]} == {
        "supports",
        "contradicts",
        "neutral",
    }
    assert sum(found["report"]["refused"].values()) == len(found["refusals"])
    for fact in found["facts"]:
        assert len({said["verdict"] == "neutral" for said in fact["said"]}) <= 1
    shown = CliRunner().invoke(app, ["seed", "try", "istanbul-2025", "--feeds", room.opml_url, "--limit", "8"])
    assert shown.exit_code == 0
    assert "articles are about the event" in shown.stdout
    assert "Nothing was stored" in shown.stdout


# new


def test_new_writes_a_seed_that_loads_and_passes_its_check(at: Path) -> None:
    (at / "facts.txt").write_text(
        "# of the desk\n- The harbour bridge of Port Amsel was closed for nine months.\n"
        "2. The repairs of the harbour bridge cost: 14 million euros.\n"
    )
    given = ["--title", "The bridge: it reopens", "--summary", "The harbour bridge of Port Amsel reopened.", "--as-of"]
    command = ["seed", "new", "bridge.yaml", *given, "2026-03-02", "--facts", "facts.txt", "--no-try"]
    result = CliRunner().invoke(app, [*command, "--region", "Europe"])
    assert result.exit_code == 0, result.output
    seed = load(at / "bridge.yaml")
    assert (seed.seed, seed.title, str(seed.as_of.date())) == ("the-bridge-it-reopens", given[1], "2026-03-02")
    assert [fact.statement[-12:] for fact in seed.facts] == ["nine months.", "llion euros."]
    assert set(seed.feeds) == {feed.url for feed in catalogue() if {"Europe", "world"} <= set(feed.tags)}
    again = CliRunner().invoke(app, command)
    assert again.exit_code == 2
    assert "is there already" in again.output


def test_new_without_a_terminal_names_what_is_missing(at: Path) -> None:
    result = CliRunner().invoke(app, ["seed", "new", "x.yaml"])
    assert result.exit_code == 2
    assert "--title is missing" in result.output
    assert list(at.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["no/such/folder/n.yaml"], "is no folder that you can write to"),
        (["n.yaml", "--feeds", "example"], "--feeds 'example': is no address"),
        (["n.yaml", "--region", "Europ"], "did you mean Europe"),
        (["n.yaml", "--as-of", "soon"], "a day is written like"),
        (["n.yaml", "--facts", "missing.txt"], "missing.txt: cannot be read"),
    ],
)
def test_new_refuses_nonsense_before_it_asks_or_writes_anything(at: Path, arguments: list[str], told: str) -> None:
    (at / "f.txt").write_text("The harbour bridge of Port Amsel was closed for nine months.\n")
    given = ["--title", "T", "--summary", "S", *([] if "--facts" in arguments else ["--facts", "f.txt"]), "--no-try"]
    result = CliRunner().invoke(app, ["seed", "new", *arguments, *given])
    assert result.exit_code == 2
    assert told in result.output
    assert [path.name for path in at.iterdir()] == ["f.txt"]


def test_new_makes_a_dry_pass_over_the_feeds_it_is_given(at: Path, room: Newsroom) -> None:
    (at / "facts.txt").write_text("Rustem Umerov leads the Ukrainian delegation at the talks in Istanbul.\n")
    event = "Russia and Ukraine send delegations to Istanbul for direct peace talks in May 2025."
    command = ["seed", "new", "n.yaml", "--title", "Talks", "--summary", event, "--facts", "facts.txt"]
    feed = room.feed_url(next(iter(room.publishers)))
    result = CliRunner().invoke(app, [*command, "--as-of", "2025-05-15", "--feeds", feed])
    assert result.exit_code == 0, result.output
    assert "articles are about the event" in result.stdout
    assert [path.name for path in sorted(at.iterdir())] == ["facts.txt", "n.yaml"]


def test_feeds_are_proposed_by_topic_region_and_language() -> None:
    feeds = catalogue()
    assert all(feed.language and len(feed.tags) >= 2 for feed in feeds)
    assert {feed.language for feed in proposed(feeds, "", (), (), "de")} == {"de"}
    assert all("business" in feed.tags for feed in proposed(feeds, "", ("business",), (), "en"))
    assert {feed.title for feed in proposed(feeds, "", (), ("Turkiye",), "en")} == {
        "Anadolu Agency – World",
        "Daily Sabah",
    }
    first = proposed(feeds, "An earthquake in Ukraine.", (), (), "en")[0]
    assert "Ukraine" in first.tags
    with pytest.raises(InputError, match="did you mean Europe"):
        proposed(feeds, "", (), ("Europa",), "en")


def test_ids_of_a_new_seed_are_unique_and_odd_texts_stay_what_they_are(tmp_path: Path) -> None:
    odd = ("Same words: here # and there.", "Same words: here # and here.", "'No' is what she said: \"no\".")
    path = tmp_path / "odd.yaml"
    path.write_text(written(NewSeed("#: -", "What: it is # this.", load_date(), odd, catalogue()[:1])))
    seed = load(path)
    assert tuple(fact.statement for fact in seed.facts) == odd
    assert len({fact.id for fact in seed.facts}) == 3
    with pytest.raises(InputError, match="no statement"):
        statements_in("# nothing\n", "f.txt")


def load_date() -> date:
    return load(bundled_seeds()["istanbul-2025"]).as_of.date()


# languages


def test_articles_in_other_languages_are_unchecked_with_headline_and_link(at: Path, room: Newsroom) -> None:
    path = at / "w.duckdb"
    report = run_pass(plan(Settings(), [], [room.opml_url], path))
    foreign = {reason: count for reason, count in report.unchecked.items() if reason.startswith("language:")}
    assert foreign == {"language:de": 1, "language:tr": 1}
    reader = Reader(path)
    rows = reader.sql("select reason, title, url from unchecked where fact_id is null").rows
    assert len(rows) == sum(foreign.values())
    assert all(title and str(url).startswith("http") for _, title, url in rows)
    assert Warehouse(path).check() == []
    again = run_pass(plan(Settings(), [], [room.opml_url], path))
    assert not any(reason.startswith("language:") for reason in again.unchecked)
    listed = CliRunner().invoke(app, ["unchecked", "--warehouse", str(path)])
    assert "language:" in listed.stdout
