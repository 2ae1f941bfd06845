"""Work on clusters: the same findings as from this machine's processes, and bad work costs itself only."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from socket import socket
from subprocess import DEVNULL, Popen, check_call

import pytest
from prefect import flow, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.testing.utilities import prefect_test_harness

from flows.cluster import workers_of
from flows.comparing import batches
from flows.monitor import monitor
from flows.plan import plan
from flows.settings import Settings
from flows.workers import WorkFailed
from seeds.errors import InputError
from tests import jobs
from tests.newsroom.serve import Newsroom
from warehouse.read import Reader
from warehouse.records import Article
from warehouse.store import Warehouse

BIN = Path(sys.executable).parent
FINDINGS = "select * exclude (found_at, run_id) from base.findings order by finding_id"
MISSING = "not installed: .venv/bin/pip install -e '.[{0}]'"
dask = pytest.mark.skipif(find_spec("prefect_dask") is None, reason=MISSING.format("dask"))
ray = pytest.mark.skipif(find_spec("prefect_ray") is None, reason=MISSING.format("ray"))
long = pytest.mark.skipif(not os.environ.get("SEEDWATCH_LONG_TESTS"), reason="takes minutes: set SEEDWATCH_LONG_TESTS")


@pytest.fixture(scope="module")
def room() -> Iterator[Newsroom]:
    with prefect_test_harness(server_startup_timeout=120), Newsroom() as room:
        yield room


def watched(room: Newsroom, path: Path, runner: str, monkeypatch: pytest.MonkeyPatch) -> tuple[object, ...]:
    """The findings of a run over the bundled coverage, and the names of its task runs."""
    monkeypatch.setenv("SEEDWATCH_RUNNER", runner)
    monkeypatch.setenv("SEEDWATCH_WORKERS", "2")
    state = asyncio.run(monitor(feeds=[room.opml_url], warehouse=str(path), return_state=True))  # type: ignore[call-overload]
    assert state.name == "Completed", state.message
    assert Warehouse(path).check() == []
    return Reader(path).sql(FINDINGS).rows


async def tasks(name: str) -> list[str]:
    async with get_client() as client:
        (run,) = [run for run in await client.read_flow_runs() if run.parameters.get("warehouse") == name]
        of = FlowRunFilter(id=FlowRunFilterId(any_=[run.id]))
        return [task.name for task in await client.read_task_runs(flow_run_filter=of)]


@pytest.fixture(scope="module")
def here(room: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> tuple[object, ...]:
    with pytest.MonkeyPatch.context() as patch:
        return watched(room, tmp_path_factory.mktemp("here") / "w.duckdb", "processes", patch)


@pytest.mark.prefect
@pytest.mark.parametrize("runner", [pytest.param("dask", marks=dask), pytest.param("ray", marks=ray)])
def test_findings_are_the_same_to_the_byte_on_a_cluster(
    runner: str, here: tuple[object, ...], room: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "w.duckdb"
    assert watched(room, path, runner, monkeypatch) == here
    assert len(here) > 60
    names = asyncio.run(tasks(str(path)))
    assert {"parse feed 1", "read page 1", "engine 1", "compare articles 1"} <= set(names)
    assert len(names) < 40, sorted(names)


def free_port() -> str:
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


@contextmanager
def started(folder: Path, *commands: list[str]) -> Iterator[None]:
    """These programs of the environment, which run until the end."""
    with (folder / "cluster.log").open("w") as log, ExitStack() as stack:
        for name, *arguments in commands:
            run = Popen([BIN / name, *arguments], cwd=folder, stdout=log, stderr=log)
            stack.callback(run.wait, 60)
            stack.callback(run.terminate)
        yield


@contextmanager
def dask_elsewhere(folder: Path) -> Iterator[str]:
    """A scheduler with two workers, started as the README says; its address."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    scheduler = ["dask", "scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"]
    worker = ["dask", "worker", address, "--nthreads", "1", "--no-dashboard"]
    with started(folder, scheduler, worker, worker):
        yield address


@contextmanager
def ray_elsewhere(folder: Path) -> Iterator[str]:
    """A head with two processors that takes clients who have its token; its address."""
    check_call([BIN / "ray", "get-auth-token", "--generate"], stdout=DEVNULL, stderr=DEVNULL)  # unless there is one
    port, clients = free_port(), free_port()
    quiet = ["--include-dashboard", "false", "--disable-usage-stats"]
    head = ["ray", "start", "--head", "--block", "--num-cpus", "2", "--port", port, "--ray-client-server-port", clients]
    with started(folder, head + quiet):
        yield f"ray://127.0.0.1:{clients}"


@long
@pytest.mark.prefect
@pytest.mark.parametrize(
    ("runner", "elsewhere"),
    [pytest.param("dask", dask_elsewhere, marks=dask), pytest.param("ray", ray_elsewhere, marks=ray)],
)
def test_findings_are_the_same_on_a_cluster_at_an_address(
    runner: str,
    elsewhere: Callable[[Path], AbstractContextManager[str]],
    here: tuple[object, ...],
    room: Newsroom,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RAY_AUTH_MODE", "token")
    with elsewhere(tmp_path) as address:
        assert watched(room, tmp_path / "w.duckdb", f"{runner}:{address}", monkeypatch) == here


@long
@pytest.mark.prefect
@pytest.mark.parametrize("runner", [pytest.param("dask", marks=dask), pytest.param("ray", marks=ray)])
def test_what_hangs_or_dies_on_a_cluster_costs_itself_only(
    runner: str, room: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEEDWATCH_RUNNER", runner)
    monkeypatch.setenv("SEEDWATCH_WORKERS", "2")
    todo = plan(Settings(), [], [room.feed_url("harrow")], tmp_path / "w.duckdb")

    @flow
    async def bad() -> list[object]:
        async with workers_of(todo) as workers:
            assert workers is not None
            assert workers.width == 2
            good = [workers.run(jobs.double, n, seconds=60, size=100) for n in range(20)]
            ill = [workers.run(jobs.hang, seconds=1, size=100), workers.run(jobs.fault, seconds=60, size=100)]
            found = await asyncio.gather(*good[:10], *ill, *good[10:], return_exceptions=True)
            workers.close()
            return found

    found = asyncio.run(bad())
    hung, raised = found[10:12]
    assert [*found[:10], *found[12:]] == [2 * n for n in range(20)]
    assert isinstance(hung, WorkFailed)
    assert hung.kind == "failed"
    assert isinstance(raised, LookupError)


def test_a_runner_that_is_none_or_not_installed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"SEEDWATCH_RUNNER='spark': processes, dask, ray, dask:ADDRESS"):
        Settings(runner="spark")
    monkeypatch.setitem(__import__("sys").modules, "prefect_dask", None)
    todo = plan(Settings(runner="dask:tcp://127.0.0.1:1"), [], ["http://127.0.0.1:9/"], tmp_path / "w.duckdb")

    async def enter() -> None:
        async with workers_of(todo):
            pass

    with pytest.raises(InputError, match=r"needs the extra \[dask\]: \.venv/bin/pip install -e '\.\[dask\]'"):
        asyncio.run(enter())


def test_batches_are_made_by_length_and_keep_the_order() -> None:
    def article(length: int) -> Article:
        now = datetime.now(UTC)
        return Article("a", "e", "http://x/", "", "x" * length, "page", "X", None, "en", now, None, now, "h")

    texts = [article(n) for n in (5, 5, 1, 30, 4, 4, 3)]
    parts = batches(texts, 10)
    assert [[len(a.text) for a in part] for part in parts] == [[5, 5], [1], [30], [4, 4], [3]]
    assert batches([], 10) == []
