"""What a run had to tell as events of a real Prefect server, each once."""

import asyncio
import base64
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from prefect.settings import PREFECT_API_URL
from prefect.testing.utilities import prefect_test_harness

from flows.digest import digest
from flows.events import CHANGED, CORRECTED, FOUND
from flows.monitor import monitor
from tests.newsroom.serve import Newsroom
from tests.seeds.test_model import GOOD
from tests.tell.servers import scripted
from tests.warehouse.rows import covered
from warehouse.connection import opened
from warehouse.records import RunReport
from warehouse.store import Warehouse

pytestmark = pytest.mark.prefect
SEED = "istanbul-2025"


@pytest.fixture(scope="module")
def prefect_server() -> Iterator[None]:
    with prefect_test_harness(server_startup_timeout=120):
        yield


def run(**parameters: object) -> RunReport:
    report: RunReport = asyncio.run(monitor(return_state=True, **parameters)).result()  # type: ignore[arg-type]
    return report


def events(of: RunReport, wanted: int) -> list[dict[str, Any]]:
    """The events of a run that the server has, once no more come: four seconds after it had as many as are wanted, or
    after two minutes, for a machine with much else to do."""
    found: list[dict[str, Any]] = []
    quiet = 0
    overdue = time.monotonic() + 120
    while quiet < 8 or (len(found) < wanted and time.monotonic() < overdue):
        time.sleep(0.5)
        asked = {"filter": {"event": {"prefix": ["seedwatch."]}}, "limit": 50}
        answer = httpx.post(f"{PREFECT_API_URL.value()}/events/filter", json=asked).raise_for_status().json()
        assert answer["total"] <= 50
        now = [event for event in answer["events"] if event["payload"]["run_id"] == of.run_id]
        quiet = quiet + 1 if len(now) == len(found) else 0
        found = now
    return found


def test_what_a_run_has_to_tell_is_an_event_once(
    tmp_path: Path, prefect_server: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "w.duckdb")
    with Newsroom() as room:
        first = run(feeds=[room.feed_url("ledger")], warehouse=path)
        contradictions = [alert for alert in first.told.raised if alert.kind == "contradiction"]
        reported = [change for change in first.changes if change.standing != "unreported"]
        told = events(first, len(contradictions) + len(reported))
        assert Counter(one["event"] for one in told) == {FOUND: len(contradictions), CHANGED: len(reported)}
        found = {one["resource"]["prefect.resource.id"]: one for one in told if one["event"] == FOUND}
        assert set(found) == {f"seedwatch.fact.{SEED}.{alert.fact_id}" for alert in contradictions}
        office = found[f"seedwatch.fact.{SEED}.trump-office"]
        assert office["resource"]["prefect.resource.name"] == office["payload"]["statement"]
        assert office["payload"]["publisher"] == "The Ledger & Exchange"
        assert office["payload"]["said"].startswith(f"{office['payload']['statement']} — The Ledger & Exchange: ")
        roles = {one["prefect.resource.role"]: one["prefect.resource.id"] for one in office["related"]}
        assert roles["seed"] == f"seedwatch.seed.{SEED}"
        assert roles["article"].startswith("seedwatch.article.")
        assert {"flow", "flow-run"} <= set(roles)  # which Prefect adds

        assert events(run(feeds=[room.feed_url("ledger")], warehouse=path), 0) == []

        said = "that Kyiv and four European capitals put to Russia last weekend was to run for 60 days"
        room.edit("ledger-sixty-days", said, "proposed before the talks was to last 30 days")
        room.edit("ledger-sixty-days", "The text, three pages", "Kyiv's text, which Russia has, three pages")
        age = first.ended_at - first.started_at  # when all had been read once
        monkeypatch.setenv("SEEDWATCH_REVISIT", str(age.total_seconds() / 3600))
        edited = run(feeds=[room.feed_url("ledger")], warehouse=path)
        (correction,) = (one for one in events(edited, 1) if one["event"] == CORRECTED)
    assert correction["payload"]["kind"] == "corrected"
    assert "60 days" in correction["payload"]["sentence_before"]
    assert "30 days" in correction["payload"]["sentence_after"]
    assert correction["resource"]["seedwatch.publisher"] == "The Ledger & Exchange"
    roles = {one["prefect.resource.role"]: one["prefect.resource.id"] for one in correction["related"]}
    assert roles["fact"] == f"seedwatch.fact.{SEED}.ceasefire-length"
    assert roles["before"].startswith("seedwatch.article.")
    assert roles["before"] != correction["resource"]["prefect.resource.id"]


SECRET = "distinctive-Pa55word-7c1d"


def test_the_mail_servers_password_is_in_nothing_that_is_kept_or_shown(
    tmp_path: Path, prefect_server: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "w.duckdb"
    refusal = b"535 5.7.8 not %s, nor " + SECRET.encode() + b"\r\n"  # a server that repeats what it was told
    greeting = [b"220 hi\r\n", b"250-mail.example.org\r\n250 AUTH PLAIN LOGIN\r\n"]
    with Newsroom() as room, scripted([*greeting, refusal]) as port:
        for name, value in {
            "WAREHOUSE": str(path),
            "MAIL_TO": "desk@example.org",
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(port),
            "SMTP_USER": "watch@example.org",
            "SMTP_PASSWORD": SECRET,
        }.items():
            monkeypatch.setenv(f"SEEDWATCH_{name}", value)
        report = run(feeds=[room.feed_url("ledger")])
        assert "refuses the login of watch@example.org" in report.told.troubles[0]
        command = [sys.executable, "-m", "flows.cli"]
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
        shown = [
            subprocess.run([*command, *arguments], capture_output=True, env=environment, check=False)
            for arguments in (
                ["run", "--feeds", room.feed_url("ledger"), "--json"],
                ["config", "show"],
                ["config", "show", "--json"],
                ["mails", "--json"],
                ["alerts", "--json"],
                ["alerts", "send"],
                ["digest", "--days", "1"],
            )
        ]
    said = {f"command {n}": (one.stdout + one.stderr).decode() for n, one in enumerate(shown)}
    assert [name for name, output in said.items() if "Traceback" in output] == []
    assert "refuses the login" in said["command 5"]
    with opened(path, 1) as con:
        for table in ("alerts", "mails", "deliveries", "runs", "run_reasons"):
            rows = con.execute(f"from base.{table}").fetchall()
            said[table] = repr(rows)
            assert rows or table == "run_reasons"
    for kept in ("logs", "artifacts", "flow_runs", "task_runs"):
        answer = httpx.post(f"{PREFECT_API_URL.value()}/{kept}/filter", json={"limit": 200}).raise_for_status()
        assert answer.json()
        said[kept] = answer.text
    login = f"\0watch@example.org\0{SECRET}"
    hidden = SECRET, *(base64.b64encode(word.encode()).decode() for word in (SECRET, login))
    assert [(name, secret) for name, words in said.items() for secret in hidden if secret in words] == []
    assert "refuses the login of watch@example.org: 535" in said["logs"]


def test_the_digest_is_a_flow(tmp_path: Path, prefect_server: None, monkeypatch: pytest.MonkeyPatch) -> None:
    path = covered(Warehouse(tmp_path / "w.duckdb")).publish().parent / "w.duckdb"
    seed = tmp_path / "seed.yaml"
    seed.write_text(GOOD.replace("ferry-2025", "talks") + "alerts:\n  digest_when_quiet: true\n", "utf-8")
    monkeypatch.setenv("SEEDWATCH_MAIL_TO", "desk@example.org")
    for said in ("talks: posted; 0 sent, 1 written to files", "talks: told before; 0 sent, 0 written to files"):
        state = asyncio.run(digest(seeds=[str(seed)], warehouse=str(path), return_state=True))  # type: ignore[call-overload]
        assert (state.name, said in state.message) == ("Completed", True), state.message
    failed = asyncio.run(digest(seeds=["no-such-seed"], return_state=True))  # type: ignore[call-overload]
    assert failed.type.value == "FAILED"
    assert "no-such-seed" in failed.message
