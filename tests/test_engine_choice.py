"""Which engine compares, said by settings, seed or command line, and a language model in a run and in the commands."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.pipeline import end_state, run_pass
from flows.plan import plan
from flows.settings import Settings
from seeds.engine import Endpoint
from tests.compare.endpoint import Reply, Server, agree, serving
from tests.newsroom.serve import Newsroom
from warehouse.read import Reader
from warehouse.records import RunReport
from warehouse.store import Warehouse

ROOT = Path(__file__).resolve().parents[1]
FACT = "The ceasefire is to last 30 days."


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as room:
        yield room


@pytest.fixture(scope="module")
def room() -> Iterator[Newsroom]:
    with Newsroom() as newsroom:
        yield newsroom


def run(room: Newsroom, engine: Endpoint | None, path: Path) -> RunReport:
    return run_pass(plan(Settings(workers=1, engine=engine or "bundled"), [], [room.feed_url("harrow")], path))


def contradictions(path: Path) -> list[tuple[object, ...]]:
    query = "select fact_id, article_id, sentence from contradictions order by all"
    return [tuple(row) for row in Reader(path).sql(query).rows]


def test_a_run_asks_about_its_contradictions_and_asks_again_what_failed(
    room: Newsroom, server: Server, tmp_path: Path
) -> None:
    alone, path = tmp_path / "alone.duckdb", tmp_path / "w.duckdb"
    run(room, None, alone)
    wanted = contradictions(alone)
    assert wanted

    server.reply = lambda _: Reply(404)
    failed = run(room, server.engine, path)
    assert failed.unchecked == {"llm_unreachable": len(wanted)}
    assert (failed.contradicts, contradictions(path), end_state(failed)) == (0, [], "partial")
    assert len(Reader(path).sql("select * from unchecked").rows) == len(wanted)

    server.reply = agree
    again = run(room, server.engine, path)
    assert (again.unchecked, again.contradicts) == ({}, len(wanted))
    assert contradictions(path) == wanted
    assert not Reader(path).sql("select * from unchecked").rows

    assert Warehouse(path).check() == []
    engines = Reader(path).sql("select distinct engine from contradictions").rows
    assert [str(server.engine) in str(engine) for (engine,) in engines] == [True]


@pytest.fixture
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("SEEDWATCH_")]:
        monkeypatch.delenv(name)


@pytest.mark.usefixtures("_alone")
def test_judge_says_what_became_of_a_contradiction(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    command = ["judge", "--fact", FACT, "--text", "The ceasefire is to last 60 days.", "--json"]

    def judged(*options: str) -> dict[str, object]:
        result = CliRunner().invoke(app, [*command, *options])
        assert result.exit_code == (json.loads(result.stdout)["verdict"] == "unchecked")
        return dict(json.loads(result.stdout))

    alone = judged()
    assert (alone["verdict"], "llm:" in str(alone["engine"])) == ("contradicts", False)
    kept = judged("--engine", str(server.engine))
    assert kept == alone | {"engine": kept["engine"]}
    assert kept["engine"] == f"{alone['engine']}+{server.engine}#1"
    server.reply = lambda _: Reply(404)
    monkeypatch.setenv("SEEDWATCH_ENGINE", str(replace(server.engine, model="other")))
    failed = judged()
    assert (failed["verdict"], failed["unchecked"]) == ("unchecked", "llm_unreachable")
    assert judged("--engine", "bundled") == alone


def test_judging_many_keeps_order_and_budget(server: Server, tmp_path: Path) -> None:
    pairs = [
        {"id": n, "claim": FACT, "evidence": f"The ceasefire is to last {days} days."}
        for n, days in enumerate([30, 60, 30, 61, 62] * 20)
    ]
    (tmp_path / "pairs.jsonl").write_text("".join(json.dumps(pair) + "\n" for pair in pairs))
    settings = {"SEEDWATCH_ENGINE": str(server.engine), "SEEDWATCH_LLM_BUDGET": "2", "SEEDWATCH_WORKERS": "2"}
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "judge", "--jsonl", "pairs.jsonl"],
        env=os.environ | settings | {"PYTHONPATH": str(ROOT)},
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == list(range(100))
    assert len(server.requests) == 2
    assert [answer["verdict"] for answer in answers[:5]] == [
        "supports", "contradicts", "supports", "contradicts", "unchecked",
    ]  # fmt: skip
    assert [answer.get("reason") for answer in answers[:5]] == [None, None, None, None, "llm_budget"]
    assert {answer["verdict"] for answer in answers[1::5]} == {"contradicts"}
    assert {answer["verdict"] for answer in answers[4::5]} == {"unchecked"}


@pytest.mark.usefixtures("_alone")
def test_doctor_tells_which_engine_is_set_and_whether_it_is_there(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def line(engine: str) -> str:
        monkeypatch.setenv("SEEDWATCH_ENGINE", engine)
        shown = CliRunner().invoke(app, ["doctor"]).stdout.splitlines()
        return next(line for line in shown if " engine: " in line or "settings: " in line)

    assert line("bundled").startswith("ok      engine: bundled: minilm-")
    assert line(str(server.engine)).endswith("no key; it offers the model")
    monkeypatch.setenv("SEEDWATCH_LLM_API_KEY", "sk-very-secret")
    assert line(str(server.engine)).endswith("a key; it offers the model")
    assert line(str(replace(server.engine, model="big"))).endswith("a key; it offers only tiny-judge")
    assert line("llm:m@http://127.0.0.1:9/v1").startswith("warning engine: llm:m@http://127.0.0.1:9/v1 confirms")
    assert line("hub:./nowhere").startswith("failed  engine: hub:./nowhere: there is no folder")
    assert line("bundeld").endswith("unknown engine; did you mean bundled?")


@pytest.mark.usefixtures("_alone")
@pytest.mark.parametrize("command", [["run"], ["judge", "--fact", FACT, "--text", "x"]])
def test_an_unknown_engine_is_refused_with_a_suggestion(command: list[str]) -> None:
    result = CliRunner().invoke(app, [*command, "--engine", "gpt@http://127.0.0.1:1/v1"])
    assert result.exit_code == 2
    assert "did you mean llm:gpt@http://127.0.0.1:1/v1?" in result.stderr


def test_what_is_said_on_the_command_line_goes_before_the_seed_and_the_seed_before_the_settings(tmp_path: Path) -> None:
    text = (
        "seed: {}\ntitle: Talks\nas_of: 2025-05-16\nevent: {{summary: Talks about a ceasefire.}}\n"
        "facts: [{{id: f, statement: The talks are over.}}]\nfeeds: [http://127.0.0.1:1/]\n"
    )
    own, plain = tmp_path / "own.yaml", tmp_path / "plain.yaml"
    own.write_text(text.format("own") + "engine: hub:./nli\n")
    plain.write_text(text.format("plain"))
    settings = Settings(engine="hub:owner/name")
    chosen = [str(seed.engine) for seed in plan(settings, [own, plain]).seeds]
    assert chosen == [f"hub:{tmp_path}/nli", "hub:owner/name"]
    told = plan(settings, [own, plain], engine=Endpoint("m", "http://127.0.0.1:1/v1")).seeds
    assert {str(seed.engine) for seed in told} == {"llm:m@http://127.0.0.1:1/v1"}
