"""What a second process brings: comparing stored articles anew with two against one, here, on Dask and on Ray.

Wall clock, without the start of the processes, so the machine should have nothing else to do.
"""

import asyncio
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

from flows.comparing import _engine
from flows.pipeline import recheck_steps, run_pass
from flows.plan import Plan, plan
from flows.running import Silent
from flows.settings import Settings
from flows.workers import MEMORY, Pool, Workers
from seeds.engine import BUNDLED
from tests.benchmarks.measure import Row
from tests.benchmarks.overhead import coverage

T = TypeVar("T")

COPIES = 3  # of the bundled coverage


def rows(rounds: int) -> Iterator[Row]:
    """A row a runner: seconds with one process, over seconds with two."""
    from prefect.testing.utilities import prefect_test_harness

    with tempfile.TemporaryDirectory() as folder, prefect_test_harness(server_startup_timeout=120):
        stored = Path(folder) / "stored.duckdb"
        with coverage(None, COPIES) as url:
            todo = plan(Settings(spacing=0, revisit=()), [], [url], stored)
            articles = run_pass(todo).compared
        todo = replace(todo, seeds=(_changed(todo),), mailing=None)
        for runner in ("processes", "dask", "ray"):
            name = f"compare {articles} articles, {runner}: one process"
            if runner != "processes" and find_spec(f"prefect_{runner}") is None:
                yield Row(name, None, "s", note=f"left out: the extra [{runner}] is not installed")
                continue
            took = [(_compare(todo, runner, 1, folder), _compare(todo, runner, 2, folder)) for _ in range(rounds)]
            one, two = (statistics.median(times) for times in zip(*took, strict=True))
            load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
            yield Row(name, one, "s", "two", two, (">=", 1.6), f"wall clock; load {load:.0f} on {os.cpu_count()} cores")


def _changed(todo: Plan) -> Any:
    """The seed with another wording of a fact, so that all is compared anew."""
    (seed,) = todo.seeds
    first, *others = seed.facts
    return seed.model_copy(update={"facts": (first.model_copy(update={"aliases": ("anew",)}), *others)})


def _compare(todo: Plan, runner: str, processes: int, folder: str) -> float:
    """Seconds from the first article handed out to the last stored."""
    path = Path(folder) / "again.duckdb"
    shutil.copy(todo.warehouse, path)
    again = replace(todo, warehouse=path, runner=runner, workers=processes)
    return asyncio.run(_here(again) if runner == "processes" else _there(again))


async def _here(todo: Plan) -> float:
    clock = _Clock()
    workers = Workers(todo.workers, "flows.pipeline", MEMORY)
    await _warmed(workers)
    await recheck_steps(todo, do=clock, progress=clock, trigger="bench", workers=workers)
    return clock.took


async def _there(todo: Plan) -> float:
    from prefect import flow

    from flows.cluster import workers_of

    @flow(log_prints=False)
    async def bench() -> float:
        clock = _Clock()
        async with workers_of(todo) as workers:
            assert workers is not None
            await _warmed(workers)
            await recheck_steps(todo, do=clock, progress=clock, trigger="bench", workers=workers)
        return clock.took

    return await bench()


async def _warmed(workers: Pool) -> None:
    """Has every process load what it needs."""
    await asyncio.gather(*(workers.run(load_slowly, seconds=120) for _ in range(3 * workers.width)))


def load_slowly() -> None:
    """Loads the weights, and leaves the next of these works to another process."""
    _engine(BUNDLED)
    time.sleep(1)


class _Clock(Silent):
    """Between the stage of comparing and the step after it."""

    took = 0.0
    _began = 0.0

    def stage(self, name: str, total: int | None) -> None:
        if name == "Comparing":
            assert total
            self._began = time.perf_counter()

    async def __call__(self, name: str, step: Callable[[], Awaitable[T]], /) -> T:
        if name == "group stories":
            self.took = time.perf_counter() - self._began
        return await step()
