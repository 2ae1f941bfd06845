"""The work of reading and comparing on a Dask or Ray cluster: a task of Prefect's task runners for each batch of work.

The processes of this machine (``flows.workers``) do it where no cluster is set. What is stored is stored here, by one
writer, whoever did the work.
"""

import asyncio
import contextvars
import os
import pickle
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner

from flows.plan import Plan
from flows.workers import Pool, WorkFailed
from seeds.errors import InputError

T = TypeVar("T")

LINGER_S = 2.0
"""For so long a small work waits for others to go along with it; a source gives one page a second or less."""

BATCH_BYTES = 2 << 20
"""Or until they have so much to read together: a dozen real pages, a quarter of a second of work."""

GRAIN = 40_000
"""Characters of articles in one work: about ten, which take 0.2 s if none is about the event, else several seconds."""

_AHEAD = 2  # works handed out for each process: the next is there when one ends
_START_S = 600.0  # for a cluster that is busy, or has to start a process first, with Prefect in it


@asynccontextmanager
async def workers_of(plan: Plan) -> AsyncIterator[Pool | None]:
    """Who does the plan's work, while it is entered: a cluster, or None for the processes of this machine.

    InputError where the extra that it needs is not installed, or where it cannot be reached.
    """
    kind, _, address = plan.runner.partition(":")
    if kind == "processes":
        yield None
        return
    runner, width_of = (_dask if kind == "dask" else _ray)(address or None, plan.workers)
    try:
        runner.__enter__()
        width = width_of()
    except Exception as error:
        raise InputError(f"SEEDWATCH_RUNNER={plan.runner}: no cluster could be had: {error}") from error
    try:
        yield Cluster(runner, max(width, 1))
    finally:
        await asyncio.to_thread(runner.__exit__, None, None, None)


def _dask(address: str | None, processes: int) -> tuple[TaskRunner[Any], Callable[[], int]]:
    try:
        from prefect_dask import DaskTaskRunner
    except ImportError as error:
        raise _missing("dask") from error
    # One thread a process: the engine is for one at a time, and threads would share one core's interpreter.
    local = {"n_workers": processes, "threads_per_worker": 1, "dashboard_address": None}
    runner = DaskTaskRunner(address=address) if address else DaskTaskRunner(cluster_kwargs=local)
    return runner, lambda: len(runner.client.nthreads())


def _ray(address: str | None, processes: int) -> tuple[TaskRunner[Any], Callable[[], int]]:
    try:
        import ray
        from prefect_ray import RayTaskRunner
    except ImportError as error:
        raise _missing("ray") from error
    local = {"num_cpus": processes, "include_dashboard": False, "log_to_driver": False}
    runner = RayTaskRunner(address=address) if address else RayTaskRunner(init_kwargs=local)
    return runner, lambda: int(ray.cluster_resources().get("CPU", 0))


def _missing(extra: str) -> InputError:
    return InputError(
        f"SEEDWATCH_RUNNER={extra} needs the extra [{extra}]: .venv/bin/pip install -e '.[{extra}]', on all machines"
    )


@dataclass(frozen=True, slots=True)
class _Call:
    """One work, and who waits for what comes of it."""

    work: Callable[..., Any]
    args: tuple[object, ...]
    seconds: float
    answer: asyncio.Future[Any]

    @property
    def name(self) -> str:
        return self.work.__name__.strip("_").replace("_", " ")


class Cluster:
    """The processes behind a task runner that has been started; ``width`` of them work at once. For one event loop.

    A work that is overdue ends its process, as here; the cluster starts another. Then those of its batch are tried
    once more, each alone, so that what hangs or dies costs itself only. Memory is the cluster's own to bound.
    """

    grain = GRAIN

    def __init__(self, runner: TaskRunner[Any], width: int) -> None:
        self.width = width
        self._runner = runner
        self._context = contextvars.copy_context()  # the flow's, whose tasks these are
        self._waits = ThreadPoolExecutor(_AHEAD * width, "cluster")
        self._turns = asyncio.Semaphore(_AHEAD * width)
        self._gathered: list[_Call] = []
        self._bytes = 0
        self._linger: asyncio.TimerHandle | None = None
        self._under_way: set[asyncio.Task[None]] = set()
        self._numbers: Counter[str] = Counter()

    async def run(self, work: Callable[..., T], *args: object, seconds: float, size: int | None = None) -> T:
        call = _Call(work, args, seconds, asyncio.get_running_loop().create_future())
        if size is None:
            self._send([call])
        else:
            self._gather(call, size)
        answer: T = await call.answer
        return answer

    def close(self) -> None:
        if self._linger is not None:
            self._linger.cancel()
        for batch in self._under_way:
            batch.cancel()
        self._waits.shutdown(wait=False, cancel_futures=True)

    def _gather(self, call: _Call, size: int) -> None:
        self._gathered.append(call)
        self._bytes += size
        if self._bytes >= BATCH_BYTES:
            self._send_gathered()
        elif self._linger is None:
            self._linger = asyncio.get_running_loop().call_later(LINGER_S, self._send_gathered)

    def _send_gathered(self) -> None:
        if self._linger is not None:
            self._linger.cancel()
        batch, self._gathered, self._bytes, self._linger = self._gathered, [], 0, None
        self._send(batch)

    def _send(self, batch: list[_Call]) -> None:
        sent = asyncio.get_running_loop().create_task(self._settle(batch))
        self._under_way.add(sent)
        sent.add_done_callback(self._under_way.discard)

    async def _settle(self, batch: list[_Call]) -> None:
        """Has the batch done, and gives each of its works what came of it."""
        try:
            async with self._turns:
                outcomes = await asyncio.get_running_loop().run_in_executor(self._waits, self._done, batch)
        except Exception as error:  # of the cluster: what a work itself raises is an outcome
            if len(batch) > 1:
                for call in batch:
                    self._send([call])
                return
            outcomes = [(False, WorkFailed("failed", f"lost by the cluster: {error!r}"[:300]))]
        for call, (good, value) in zip(batch, outcomes, strict=True):
            if call.answer.done():  # nobody waits for it any more
                continue
            if good:
                call.answer.set_result(value)
            else:
                call.answer.set_exception(value)

    def _done(self, batch: list[_Call]) -> list[tuple[bool, Any]]:
        """In a thread, which waits: a future of Ray cannot be asked from its own callback."""
        seconds = sum(call.seconds for call in batch)
        future: PrefectFuture[bytes] = self._context.copy().run(self._submit, batch)
        # Each process of the cluster may be at as many others before it.
        outcomes: list[tuple[bool, Any]] = pickle.loads(future.result(_AHEAD * seconds + _START_S))  # noqa: S301 (ours)
        return outcomes

    def _submit(self, batch: list[_Call]) -> PrefectFuture[bytes]:
        name = batch[0].name
        self._numbers[name] += 1
        # Packed here, since Prefect looks for futures in every value of a task's parameters.
        pack = pickle.dumps([(call.work, call.args, call.seconds) for call in batch])
        run = task(
            name=name, task_run_name=f"{name} {self._numbers[name]}", cache_policy=NO_CACHE, persist_result=False
        )(work_off)
        future: PrefectFuture[bytes] = self._runner.submit(run, {"pack": pack})
        return future


# In the processes of the cluster, where this package is installed too.

_ONE_AT_A_TIME = threading.Lock()  # a process may have several threads: the weights are loaded once, and for one


def work_off(pack: bytes) -> bytes:
    """What comes of each of the packed works, in their order: its result, or what it raised."""
    done: list[tuple[bool, object]] = []
    with _ONE_AT_A_TIME:
        for work, args, seconds in pickle.loads(pack):  # noqa: S301 (packed by the run that asks)
            overdue = threading.Timer(seconds, os._exit, (1,))
            overdue.daemon = True
            overdue.start()
            try:
                done.append((True, work(*args)))
            except Exception as error:  # it is the asker's to judge
                done.append((False, error))
            finally:
                overdue.cancel()
    return pickle.dumps(done)
