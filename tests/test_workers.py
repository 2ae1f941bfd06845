"""Processes that hang, swell or are killed cost their own work only, and none outlives its parent."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from flows.workers import Workers, WorkFailed
from tests import jobs


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    two = Workers(2, "tests.jobs")
    yield two
    two.close()


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.mark.parametrize(
    ("work", "arguments", "kind", "detail"),
    [
        (jobs.hang, (), "timeout", "stopped after 0.5 s"),
        (jobs.hang_in_c, (), "timeout", "stopped after 0.5 s"),
        (jobs.swell, (), "memory", "wanted more than 1024 MiB"),
        (jobs.die, (signal.SIGKILL,), "failed", "its process ended with -9"),
        (jobs.die, (signal.SIGSEGV,), "failed", "its process ended with -11"),
    ],
)
def test_bad_work_is_named_and_costs_no_other(
    workers: Workers,
    loop: asyncio.Runner,
    work: Callable[..., object],
    arguments: tuple[object, ...],
    kind: str,
    detail: str,
) -> None:
    async def batch() -> list[object]:
        good = [workers.run(jobs.double, n, seconds=60) for n in range(20)]
        bad = workers.run(work, *arguments, seconds=60 if kind != "timeout" else 0.5)
        return await asyncio.gather(*good[:10], bad, *good[10:], return_exceptions=True)

    results = loop.run(batch())
    failure = results.pop(10)
    assert results == [2 * n for n in range(20)]
    assert isinstance(failure, WorkFailed)
    assert (failure.kind, failure.detail) == (kind, detail)


@pytest.mark.parametrize(("work", "error"), [(jobs.fault, LookupError), (jobs.late, TimeoutError)])
def test_what_work_raises_comes_back(
    workers: Workers, loop: asyncio.Runner, work: Callable[..., object], error: type[Exception]
) -> None:
    async def one() -> object:
        return await workers.run(work, seconds=60)

    with pytest.raises(error):
        loop.run(one())
    with pytest.raises(error):
        workers.submit(work).result(60)


def test_processes_killed_while_idle_are_replaced(workers: Workers) -> None:
    killed = {workers.submit(jobs.process).result(60) for _ in range(10)}
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    after = {workers.submit(jobs.process).result(60) for _ in range(10)}
    assert not after & killed


def test_work_whose_process_dies_is_not_lost(workers: Workers, tmp_path: Path) -> None:
    marker = str(tmp_path / "marker")
    with suppress(WorkFailed):  # or, where the process died before the pool knew what it was at, a second try
        assert workers.submit(jobs.die_once, marker).result(60) == "done"
    assert Path(marker).exists()
    assert workers.submit(jobs.die_once, marker).result(60) == "done"


def test_closed_workers_take_nothing_and_are_gone() -> None:
    two = Workers(2, "tests.jobs")
    pid = two.submit(jobs.process).result(60)
    waiting = two.submit(jobs.hang)
    two.close()
    two.close()
    assert gone({pid})
    assert not waiting.done() or isinstance(waiting.exception(), WorkFailed)
    with pytest.raises(WorkFailed, match="closed"):
        two.submit(jobs.double, 1).result(60)


def gone(pids: set[int]) -> bool:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        left = {pid for pid in pids if Path(f"/proc/{pid}").exists() and zombie(pid) is False}
        if not left:
            return True
        time.sleep(0.05)
    return False


def zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("busy", [False, True])
def test_none_outlives_a_parent_that_was_killed(tmp_path: Path, busy: bool) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import time\n"
        "from flows.workers import Workers\n"
        "from tests import jobs\n"
        "if __name__ == '__main__':\n"
        "    two = Workers(2, 'tests.jobs')\n"
        "    found = {two.submit(jobs.process).result() for _ in range(20)}\n"
        f"    waiting = [two.submit(jobs.hang) for _ in range(2 * {busy:d})]\n"
        "    time.sleep(0.5)\n"
        "    print(*found, flush=True)\n"
        "    time.sleep(60)\n"
    )
    here = Path(__file__).parents[1]
    parent = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(here)}
    )
    assert parent.stdout is not None
    pids = {int(pid) for pid in parent.stdout.readline().split()}
    assert pids
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert gone(pids)
