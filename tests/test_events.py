"""What a run had to tell as events of a real Prefect server, each once."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from prefect.settings import PREFECT_API_URL
from prefect.testing.utilities import prefect_test_harness

from flows.events import CHANGED, CORRECTED, FOUND
from flows.monitor import monitor
from tests.newsroom.serve import Newsroom
from warehouse.records import RunReport

pytestmark = pytest.mark.prefect
SEED = "istanbul-2025"


@pytest.fixture(scope="module")
def prefect_server() -> Iterator[None]:
    with prefect_test_harness(server_startup_timeout=120):
        yield


def run(**parameters: object) -> RunReport:
    report: RunReport = asyncio.run(monitor(return_state=True, **parameters)).result()  # type: ignore[arg-type]
    return report


def events(of: RunReport) -> list[dict[str, Any]]:
    """The events of a run that the server has, once no more come."""
    found: list[dict[str, Any]] = []
    quiet = 0
    while quiet < 8:
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
        told = events(first)
        contradictions = [alert for alert in first.told.raised if alert.kind == "contradiction"]
        reported = [change for change in first.changes if change.standing != "unreported"]
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

        assert events(run(feeds=[room.feed_url("ledger")], warehouse=path)) == []

        said = "that Kyiv and four European capitals put to Russia last weekend was to run for 60 days"
        room.edit("ledger-sixty-days", said, "proposed before the talks was to last 30 days")
        room.edit("ledger-sixty-days", "The text, three pages", "Kyiv's text, which Russia has, three pages")
        age = first.ended_at - first.started_at  # when all had been read once
        monkeypatch.setenv("SEEDWATCH_REVISIT", str(age.total_seconds() / 3600))
        edited = run(feeds=[room.feed_url("ledger")], warehouse=path)
        (correction,) = (one for one in events(edited) if one["event"] == CORRECTED)
    assert correction["payload"]["kind"] == "corrected"
    assert "60 days" in correction["payload"]["sentence_before"]
    assert "30 days" in correction["payload"]["sentence_after"]
    assert correction["resource"]["seedwatch.publisher"] == "The Ledger & Exchange"
    roles = {one["prefect.resource.role"]: one["prefect.resource.id"] for one in correction["related"]}
    assert roles["fact"] == f"seedwatch.fact.{SEED}.ceasefire-length"
    assert roles["before"].startswith("seedwatch.article.")
    assert roles["before"] != correction["resource"]["prefect.resource.id"]
