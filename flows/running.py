"""What the steps of a run share: what is to do, where it is stored, who is told, and the processes that work."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar
from uuid import uuid4

from flows.plan import Plan
from flows.workers import FOREIGN_MEMORY, MEMORY, Pool, Workers
from seeds.engine import Foreign
from warehouse.store import Warehouse

DOCUMENT_SECONDS = 20.0
"""For one page or feed, which takes 10 to 20 ms, and a second or two for a whole book."""

T = TypeVar("T")


class Progress(Protocol):
    """Told how a run gets on."""

    def stage(self, name: str, total: int | None) -> None:
        """A stage of this many items begins; None: how many is not known."""

    def advance(self, n: int = 1) -> None:
        """So many items of the stage are done."""

    def note(self, line: str) -> None:
        """Something a person may want to read now."""

    def batch(self, line: str) -> None:
        """What came of a batch, for a log."""


class Silent:
    """Progress that nobody looks at."""

    def stage(self, name: str, total: int | None) -> None: ...

    def advance(self, n: int = 1) -> None: ...

    def note(self, line: str) -> None: ...

    def batch(self, line: str) -> None: ...


class Do(Protocol):
    """Runs one step; Prefect runs it as a task of this name."""

    async def __call__(self, name: str, step: Callable[[], Awaitable[T]], /) -> T: ...


async def directly(_name: str, step: Callable[[], Awaitable[T]]) -> T:
    """The step itself, in this process, with nothing around it."""
    return await step()


@dataclass(frozen=True, slots=True)
class Run:
    """One run."""

    plan: Plan
    progress: Progress
    run_id: str
    started_at: datetime
    warehouse: Warehouse
    workers: Pool

    @classmethod
    def of(cls, plan: Plan, progress: Progress, run_id: str | None = None, workers: Pool | None = None) -> "Run":
        """A run that begins now. Its workers, by default processes of this machine, are to be closed."""
        now = datetime.now(UTC)
        if workers is None and plan.runner != "processes":
            progress.note(f"{plan.runner} works in runs by Prefect only: this one has processes of this machine")
        foreign = any(isinstance(seed.engine, Foreign) for seed in plan.seeds)
        return cls(
            plan,
            progress,
            run_id or f"{now:%Y%m%dT%H%M%S}-{uuid4().hex[:6]}",
            now,
            Warehouse(plan.warehouse, plan.patience),
            workers or Workers(plan.workers, "flows.pipeline", FOREIGN_MEMORY if foreign else MEMORY),
        )


async def as_they_come(
    do: Do, name: str, jobs: Iterable[Coroutine[Any, Any, T]], size: int, save: Callable[[Sequence[T]], None]
) -> None:
    """Does all the jobs at once and saves by batches what has come of them: one that is slow keeps no other waiting."""
    tasks = [asyncio.create_task(job) for job in jobs]
    coming = asyncio.as_completed(tasks)

    async def step() -> None:
        save([await done for done in itertools.islice(coming, size)])

    try:
        for n in range(1, -(-len(tasks) // size) + 1):
            await do(f"{name} {n}", step)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
