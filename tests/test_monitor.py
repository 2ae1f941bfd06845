"""The flow under real Prefect: a server of its own, tasks, artifacts and the state that says how it went."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import State
from prefect.testing.utilities import prefect_test_harness

from flows.monitor import monitor
from flows.recheck import recheck
from seeds.errors import InputError
from tests.newsroom.serve import Newsroom
from warehouse.records import RunReport
from warehouse.store import Warehouse


@pytest.fixture(scope="module")
def prefect_server() -> Iterator[None]:
    with prefect_test_harness(server_startup_timeout=120):
        yield


def run(**parameters: object) -> State[RunReport]:
    state: State[RunReport] = asyncio.run(monitor(return_state=True, **parameters))  # type: ignore[arg-type]
    return state


@pytest.mark.prefect
def test_a_run_stores_shows_and_says_how_it_went(
    tmp_path: Path, prefect_server: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "w.duckdb"
    with Newsroom() as room:
        state = run(feeds=[room.opml_url], warehouse=str(path))
        assert (state.type.value, state.name) == ("COMPLETED", "Completed")
        report = state.result()
        assert report.adds_up
        assert report.new == 40
        page = tmp_path / "w.reports/istanbul-2025.html"
        assert "trump-office" in page.read_text("utf-8")
        asyncio.run(_artifacts_and_tasks())
        assert asyncio.run(_shown(f"Report: {page}".replace("_", r"\_"))) == 1

        written = page.stat().st_mtime_ns
        monkeypatch.setenv("SEEDWATCH_REPORTS_URL", "https://desk.example/reports/")
        again: State[RunReport] = asyncio.run(recheck(return_state=True, warehouse=str(path)))  # type: ignore[call-overload]
        assert (again.name, again.result().compared) == ("Completed", 0)
        assert asyncio.run(_shown("[Report](https://desk.example/reports/istanbul-2025.html)")) == 1
        assert page.stat().st_mtime_ns == written  # nothing in it has changed

        partial = run(feeds=[room.opml_url, "http://127.0.0.1:9/feed.xml"], warehouse=str(path))
        assert (partial.type.value, partial.name) == ("COMPLETED", "Partial")
        assert "1 of 12 feeds failed" in (partial.message or "")
    failed = run(feeds=["http://127.0.0.1:9/feed.xml"], warehouse=str(path))
    assert failed.type.value == "FAILED"
    assert Warehouse(path).check() == []


async def _shown(text: str) -> int:
    """In how many artifacts this is."""
    async with get_client() as client:
        return sum(text in str(artifact.data) for artifact in await client.read_artifacts())


async def _artifacts_and_tasks() -> None:
    async with get_client() as client:
        artifacts = {artifact.key: artifact for artifact in await client.read_artifacts() if artifact.key}
        assert set(artifacts) == {"standings-istanbul-2025", "contradictions-istanbul-2025"}
        assert "trump-office" in str(artifacts["contradictions-istanbul-2025"].data)
        assert "## Standings that changed" in str(artifacts["standings-istanbul-2025"].data)
        runs = await client.read_flow_runs()
        wanted = FlowRunFilter(id=FlowRunFilterId(any_=[run.id for run in runs]))
        tasks = [task.name for task in await client.read_task_runs(flow_run_filter=wanted)]
        assert {"poll feeds 1", "read articles 1", "compare istanbul-2025 1", "weigh and publish"} <= set(tasks)
        assert len(tasks) < 12


def test_others_words_are_inert_in_an_artifact() -> None:
    from flows.observing import _markdown_cell

    shown = _markdown_cell("<script>alert(1)</script> | [x](http://evil.example) \x1b[31m\n# head")
    assert not set("\n\x1b") & set(shown)
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", shown)  # without what a backslash makes a character like any other
    assert not set("<>|[]()#:*_`") & set(bare)
    assert "alert" in bare


@pytest.mark.prefect
def test_a_block_has_the_mail_server(tmp_path: Path, prefect_server: None) -> None:
    from prefect_email import EmailServerCredentials

    from flows.settings import Settings
    from flows.telling import send_test
    from tests.tell.servers import PASSWORD, USER, Box, listening
    from tests.tell.test_smtp import NOON

    box = Box()
    with listening(box, login=True) as port:
        server = {"smtp_server": "127.0.0.1", "smtp_type": "INSECURE", "smtp_port": port}
        EmailServerCredentials(username=USER, password=PASSWORD, **server).save("desk")
        EmailServerCredentials(**server, verify=False).save("lax")
        attempt = send_test(Settings(smtp_block="desk"), tmp_path / "w.duckdb", "a@example.org", NOON)
    assert (attempt.state, box.logins, len(box.mails)) == ("sent", 1, 1)
    for block, message in (("lax", "has `verify` off"), ("none-such", "Prefect has no Email Server Credentials")):
        with pytest.raises(InputError, match=message):
            send_test(Settings(smtp_block=block), tmp_path / "w.duckdb", "a@example.org", NOON)
