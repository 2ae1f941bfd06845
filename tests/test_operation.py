"""Operation under a real Prefect server: deployments, worker, schedules, overlaps, kills. What lasts minutes is run
where ``SEEDWATCH_LONG_TESTS`` is set."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx
import pytest
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterDeploymentId
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import PrefectHTTPStatusError

from flows.pipeline import run_pass
from flows.plan import plan
from flows.settings import Settings
from tests.newsroom.serve import Newsroom
from warehouse.read import Reader
from warehouse.store import Warehouse

pytestmark = pytest.mark.prefect
long = pytest.mark.skipif(not os.environ.get("SEEDWATCH_LONG_TESTS"), reason="takes minutes: set SEEDWATCH_LONG_TESTS")

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
T = TypeVar("T")


def until(what: Callable[[], T | None], seconds: float = 120) -> T:
    """What a question gives as soon as it gives something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(httpx.TransportError):
            if (found := what()) is not None:
                return found
        time.sleep(0.2)
    raise AssertionError(f"not within {seconds} s: {what}")


class Site:
    """A Prefect server on a free port with its own home; other processes are started beside it and end with it."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.home, self.warehouse = home, home / "news.duckdb"
        self.environ = {
            **os.environ,
            "PREFECT_HOME": str(home / "prefect"),
            "PREFECT_API_URL": f"http://127.0.0.1:{self.port}/api",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "2",
            "PREFECT_WORKER_QUERY_SECONDS": "2",
            "PREFECT_RUNNER_POLL_FREQUENCY": "2",
            "PREFECT_WORKER_PREFETCH_SECONDS": "1",
            "PREFECT_SERVER_CONCURRENCY_INITIAL_DEPLOYMENT_LEASE_DURATION": "60",  # 5 minutes otherwise
            "SEEDWATCH_WAREHOUSE": str(self.warehouse),
            "SEEDWATCH_WORKERS": "2",
        }
        self._started: list[subprocess.Popen[bytes]] = []
        self.server = self.serve()
        self.client = SyncPrefectClient(self.environ["PREFECT_API_URL"])
        until(lambda: True if self.client.api_healthcheck() is None else None)

    def start(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        log = (self.home / f"{program}-{len(self._started)}.log").open("wb")
        process = subprocess.Popen(
            [str(BIN / program), *arguments],
            cwd=ROOT,
            env=self.environ,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        log.close()
        self._started.append(process)
        return process

    def serve(self) -> subprocess.Popen[bytes]:
        return self.start("prefect", "server", "start", "--host", "127.0.0.1", "--port", str(self.port))

    def worker(self) -> subprocess.Popen[bytes]:
        return self.start("prefect", "worker", "start", "--pool", "seedwatch")

    def do(self, *arguments: str) -> None:
        done = subprocess.run(
            [str(BIN / "prefect"), *arguments], cwd=ROOT, env=self.environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def seedwatch_serve(self) -> subprocess.Popen[bytes]:
        return self.start("seedwatch", "serve")

    def ask(self, path: str, under: str | None = None, **body: Any) -> list[dict[str, Any]]:
        answer = self.client._client.post(f"/{path}", json=body).raise_for_status().json()
        return answer[under] if under else answer

    def deployment(self, entrypoint: str) -> DeploymentResponse:
        return next(d for d in self.client.read_deployments() if d.entrypoint == entrypoint)

    def every(self, seconds: int, deployment: DeploymentResponse, **parameters: Any) -> None:
        """Replaces the deployment's schedules by one of so many seconds, and lets it run."""
        at, http = f"/deployments/{deployment.id}", self.client._client  # asks again where SQLite was busy
        for schedule in http.get(f"{at}/schedules").raise_for_status().json():
            http.delete(f"{at}/schedules/{schedule['id']}").raise_for_status()
        often = {"schedule": {"interval": seconds}, "slug": "often", "parameters": parameters}
        http.post(f"{at}/schedules", json=[often]).raise_for_status()
        self.client.resume_deployment(deployment.id)

    def next_done(self, deployment: UUID, seconds: float = 120) -> FlowRun:
        """The next scheduled run from now on that is completed."""
        now = datetime.now(UTC)

        def look() -> FlowRun | None:
            return next(
                (
                    run
                    for run in self.runs(deployment)
                    if run.start_time and run.start_time > now and run.state and run.state.is_completed()
                ),
                None,
            )

        return until(look, seconds)

    def flow_process(self, worker: subprocess.Popen[bytes]) -> int:
        """The process of the run that this worker has under way."""
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
        rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
        (pid,) = [int(row[0]) for row in rows if int(row[1]) == worker.pid and "python" in row[2]]
        return pid

    def runs(self, deployment: UUID) -> list[FlowRun]:
        """Those that have begun or ended, the first begun first."""
        of = FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(any_=[deployment]))
        runs = [run for run in self.client.read_flow_runs(flow_run_filter=of) if run.state_type != "SCHEDULED"]
        return sorted(runs, key=lambda run: run.expected_start_time or run.created)

    def ended(self, run_id: UUID, seconds: float = 120) -> FlowRun:
        def look() -> FlowRun | None:
            run = self.client.read_flow_run(run_id)
            return run if run.state and run.state.is_final() else None

        return until(look, seconds)

    def running(self, run_id: UUID) -> FlowRun:
        def look() -> FlowRun | None:
            run = self.client.read_flow_run(run_id)
            return run if run.state and run.state.is_running() else None

        return until(look)

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """Ends the schedules, then what runs them. A run that were cut off would hold its deployment's one place."""
        deployments = self.client.read_deployments()
        for deployment in deployments:
            self.client.pause_deployment(deployment.id)
        with contextlib.suppress(AssertionError):  # of a server that was killed runs never end
            runs = [run for deployment in deployments for run in self.runs(deployment.id)]
            for run in runs:
                self.ended(run.id, 30)
        process.terminate()
        process.wait()

    def close(self) -> None:
        self.client._client.close()
        for process in reversed(self._started):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("operation"))
    try:
        site.do("work-pool", "create", "seedwatch", "--type", "process")
        site.do("--no-prompt", "deploy", "--all")
        for deployment in site.client.read_deployments():  # its feeds are out on the net
            site.client.pause_deployment(deployment.id)
        yield site
    finally:
        site.close()


@pytest.fixture(scope="module")
def room() -> Iterator[Newsroom]:
    with Newsroom() as room:
        yield room


@pytest.fixture
def worker(site: Site) -> Iterator[subprocess.Popen[bytes]]:
    process = site.worker()
    yield process
    site.stop(process)


def create(site: Site, deployment: UUID, spacing: str = "0", **parameters: Any) -> FlowRun:
    env = {"env": {"SEEDWATCH_SPACING": spacing}}
    return site.client.create_flow_run_from_deployment(deployment, parameters=parameters, job_variables=env)


def test_deployments_as_written_run_by_schedule_and_by_hand_one_at_a_time(
    site: Site, worker: subprocess.Popen[bytes], room: Newsroom
) -> None:
    deployed = {f"{d.entrypoint}": d for d in site.client.read_deployments()}
    monitor, recheck = deployed["flows.monitor.monitor"], deployed["flows.recheck.recheck"]
    assert [(s.slug, s.parameters) for s in monitor.schedules] == [("istanbul-2025", {"seeds": ["istanbul-2025"]})]
    assert recheck.schedules == []
    for one in deployed.values():
        assert one.description
        assert one.tags
        assert one.enforce_parameter_schema
        assert one.global_concurrency_limit
        assert one.global_concurrency_limit.limit == 1
        properties = (one.parameter_openapi_schema or {})["properties"]
        assert all(described.get("description") for described in properties.values())
    with pytest.raises(PrefectHTTPStatusError, match="limit"):
        create(site, monitor.id, limit=0)

    by_hand = create(site, monitor.id, spacing="0.3", feeds=[room.opml_url], seeds=["istanbul-2025"])
    site.running(by_hand.id)
    too_early = create(site, monitor.id, feeds=[room.opml_url])
    refused = site.ended(too_early.id)
    assert refused.state
    assert (refused.state.type.value, refused.state.message) == ("CANCELLED", "Deployment concurrency limit reached.")
    done = site.ended(by_hand.id)
    assert done.state
    assert (done.state.name, done.name[:27]) == ("Completed", "istanbul-2025, feeds due at")
    assert "40 new entries" in (done.state.message or "")
    assert {artifact.key for artifact in site.client.read_artifacts() if artifact.key} == {
        "standings-istanbul-2025",
        "contradictions-istanbul-2025",
    }
    logged = [log["message"] for log in site.ask("logs/filter", logs={"flow_run_id": {"any_": [str(done.id)]}})]
    assert any(line.startswith("polled 11 feeds: 11 new; ") for line in logged), logged
    assert {line for line in logged if line.startswith("refused: ")} == {
        "refused: language:de: 1",
        "refused: language:tr: 1",
        "refused: not_article: 1",
        "refused: soft_404: 1",
    }

    site.every(5, monitor, seeds=["istanbul-2025"], feeds=[room.feed_url("harrow")], due=False)
    scheduled = site.next_done(monitor.id)
    site.client.pause_deployment(monitor.id)
    assert scheduled.auto_scheduled
    assert scheduled.state
    assert (scheduled.state.name, scheduled.name[:28]) == ("Completed", "istanbul-2025, all feeds at ")
    about = {"resource": {"id": [f"prefect.flow-run.{scheduled.id}"]}}
    wanted = {"prefect.flow-run.Running", "prefect.flow-run.Completed"}
    until(lambda: wanted <= {one["event"] for one in site.ask("events/filter", "events", filter=about)} or None)


@pytest.fixture
def chat() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A webhook on loopback: its address, and what was posted to it."""
    posted: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/json"
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/hook", posted
        server.shutdown()


def test_the_automations_as_written_post_to_a_webhook(
    site: Site,
    worker: subprocess.Popen[bytes],
    room: Newsroom,
    chat: tuple[str, list[dict[str, str]]],
    tmp_path: Path,
) -> None:
    address, posted = chat
    written = (ROOT / "flows/deploy/notifications.yaml").read_text("utf-8")
    (save,) = re.findall(r'^#   python -c "(.*)"$', written, re.MULTILINE)
    saving = [sys.executable, "-c", save.replace("https://hooks.example.org/…", address)]
    subprocess.run(saving, cwd=ROOT, env=site.environ, check=True)
    block = site.client.read_block_document_by_name("seedwatch", "webhook")
    (tmp_path / "notifications.yaml").write_text(written.replace("00000000-0000-0000-0000-000000000000", str(block.id)))
    site.do("automation", "create", "--from-file", str(tmp_path / "notifications.yaml"))

    monitor = site.deployment("flows.monitor.monitor")
    path = str(tmp_path / "w.duckdb")
    run = create(site, monitor.id, feeds=[room.feed_url("ledger")], warehouse=path)
    done = site.ended(run.id)
    assert done.state
    assert done.state.name == "Completed"
    alerts = Reader(path).rows("alerts")
    kinds = Counter(row[alerts.columns.index("kind")] for row in alerts.rows)
    reached = "select count(*) from fact_timeline where standing in ('contradicted', 'disputed')"
    ((changed,),) = Reader(path).sql(reached).rows
    assert isinstance(changed, int)
    until(lambda: True if len(posted) >= kinds["contradiction"] + changed else None, 60)
    texts = [post["text"] for post in posted]
    assert len(texts) == len(set(texts)) == kinds["contradiction"] + changed
    found = [text for text in texts if text.startswith("seedwatch.contradiction.found: ")]
    assert len(found) == kinds["contradiction"]
    assert any("The Ledger & Exchange: " in text and room.base("ledger") in text for text in found), found
    assert any(text.startswith(("contradicted, was ", "disputed, was ")) for text in texts)


@long
def test_the_next_run_comes_after_the_server_was_killed_and_started_again(site: Site, room: Newsroom) -> None:
    monitor = site.deployment("flows.monitor.monitor")
    for lasting in (site.worker, site.seedwatch_serve):
        process = lasting()
        site.every(5, monitor, seeds=["istanbul-2025"], feeds=[room.feed_url("harrow")], due=False)
        site.next_done(monitor.id)
        under_way = until(lambda: next((r for r in site.runs(monitor.id) if r.state and not r.state.is_final()), None))
        site.server.kill()
        site.server.wait()
        time.sleep(90)  # longer than Prefect's runner bears it
        site.server = site.serve()
        until(lambda: True if site.client.api_healthcheck() is None else None)
        begun = time.monotonic()
        done = site.next_done(monitor.id, 600)
        print(
            lasting.__name__,
            "next run after",
            round(time.monotonic() - begun),
            "s;",
            under_way.name,
            site.client.read_flow_run(under_way.id).state,
        )
        assert done.state
        assert done.state.name == "Completed"
        assert process.poll() is None
        site.stop(process)
    assert Warehouse(site.warehouse).check() == []


@long
def test_a_run_whose_process_is_killed_is_crashed_and_the_next_completes_its_work(
    site: Site, worker: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    monitor = site.deployment("flows.monitor.monitor")
    path = str(tmp_path / "w.duckdb")
    with Newsroom() as room:
        killed = create(site, monitor.id, "1", feeds=[room.opml_url], seeds=["istanbul-2025"], warehouse=path)
        site.running(killed.id)
        until(lambda: True if len([hit for hit in room.hits if "feed" not in hit.path]) > 12 else None)
        pid = site.flow_process(worker)
        os.kill(pid, signal.SIGKILL)
        crashed = site.ended(killed.id, 60)
        assert crashed.state
        assert crashed.state.name == "Crashed"
        print(crashed.state.message)
        after = site.ended(create(site, monitor.id, feeds=[room.opml_url], warehouse=path, due=False).id)
        assert after.state
        print(after.state.message)
        assert after.state.name == "Completed"
        whole = plan(Settings(workers=2, spacing=0), [], [room.opml_url], tmp_path / "whole.duckdb")
        run_pass(whole)
    findings = "select finding_id, verdict from base.findings where retired_at is null order by 1"
    assert Reader(path).sql(findings).rows == Reader(whole.warehouse).sql(findings).rows
    assert Warehouse(Path(path)).check() == []
