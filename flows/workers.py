"""Processes for the work that needs a core: reading pages and comparing. What hangs, swells or dies costs itself only.

pebble's pool does it: it kills the process of a work that is overdue and starts another in its place.
"""

import asyncio
import importlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Literal, Protocol, TypeVar

from pebble import ProcessExpired, ProcessPool

T = TypeVar("T")

MEMORY = 1 << 30
"""Bytes a worker may hold: five times what it needs with the weights and an everyday page, twice with one of 10 MB."""

FOREIGN_MEMORY = 8 << 30
"""The same with a model from elsewhere, of which large ones have 2 GB."""

_NO_MEMORY = 77  # exit code
_START = 60.0  # seconds for starting processes in place of killed ones, on a machine that is busy
_AHEAD = 2  # works handed out for each process: the next is there when one ends


class WorkFailed(Exception):  # noqa: N818  (an outcome, which the steps turn into a value)
    """Work that did not come back: ``timeout``, ``memory`` (it wanted too much), or ``failed`` (its process ended)."""

    def __init__(self, kind: Literal["timeout", "memory", "failed"], detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


class Pool(Protocol):
    """Who does the work of a run: the processes of this machine, or of a cluster."""

    width: int
    """How many works are done at once."""

    grain: int
    """Characters of articles that make one work, where there are so many to compare."""

    async def run(self, work: Callable[..., T], *args: object, seconds: float, size: int | None = None) -> T:
        """The work's result, after those before it; raises :class:`WorkFailed`. Any number may wait at once.

        A small work gives its ``size`` in bytes: it may wait for others and go with them.
        """

    def close(self) -> None:
        """Ends what is under way. Nothing can be run any more."""


class Workers:
    """So many processes, started with the first work. They end with :meth:`close`, and with this one however it ends.

    Spawned, since the process that asks has threads, which a fork would copy in the middle of what they do. ``home`` is
    the module whose functions they run. What such a function raises comes back as it is. :meth:`run` is for one event
    loop.
    """

    grain = 16_000  # about four articles: little is lost with a work that is killed

    def __init__(self, count: int, home: str, memory: int = MEMORY) -> None:
        self.width = count
        self._home = home
        self._memory = memory
        self._pool: ProcessPool | None = None
        self._closed = False
        self._guard = threading.Lock()
        self._turns = asyncio.Semaphore(_AHEAD * count)

    def submit(self, work: Callable[..., T], *args: object, seconds: float | None = None) -> Future[T]:
        """The work's result to come, or :class:`WorkFailed`. ``seconds`` count from when a process has taken it up."""
        answer: Future[T] = Future()
        self._schedule(answer, work, args, seconds, tries=2)
        return answer

    async def run(self, work: Callable[..., T], *args: object, seconds: float, size: int | None = None) -> T:  # noqa: ARG002 (each goes alone)
        """The work's result, after those before it; raises :class:`WorkFailed`. Any number may wait at once."""
        async with self._turns:
            # The pool keeps the time. This is for a work that was lost with a process which died in taking it.
            lost = asyncio.timeout(_AHEAD * seconds + _START)
            try:
                async with lost:
                    return await asyncio.wrap_future(self.submit(work, *args, seconds=seconds))
            except TimeoutError as error:
                if not lost.expired():
                    raise
                raise WorkFailed("failed", "lost on its way to a process") from error

    def close(self) -> None:
        """Ends the processes, whatever they are at. Nothing can be submitted any more."""
        with self._guard:
            self._closed = True
            pool, self._pool = self._pool, None
        if pool is not None:
            _end(pool)

    def _schedule(
        self, answer: Future[T], work: Callable[..., T], args: tuple[object, ...], seconds: float | None, tries: int
    ) -> None:
        def done(future: Future[T]) -> None:
            if future.cancelled():
                answer.cancel()
                return
            error = future.exception()
            if isinstance(error, BrokenProcessPool) and tries > 1:
                # Processes died while none was at work, so nothing of this one has been done.
                self._schedule(answer, work, args, seconds, tries - 1)
            elif error is None:
                _settle(answer, future.result())
            else:
                _settle(answer, error=_failure(error, seconds, self._memory))

        try:
            future = self._running().schedule(_bounded, (work, *args), timeout=seconds)
        except RuntimeError as error:  # closed meanwhile
            _settle(answer, error=WorkFailed("failed", str(error)))
            return
        future.add_done_callback(done)

    def _running(self) -> ProcessPool:
        with self._guard:
            if self._closed:
                raise RuntimeError("the workers are closed")
            if self._pool is not None and not self._pool.active:
                # Elsewhere, because this may be a thread of the broken pool, which it cannot wait for.
                threading.Thread(target=_end, args=(self._pool,), daemon=True).start()
                self._pool = None
            if self._pool is None:
                context = multiprocessing.get_context("spawn")
                begin = (self._home, self._memory)
                self._pool = ProcessPool(self.width, initializer=_begin, initargs=begin, context=context)
            return self._pool


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


def _settle(answer: Future[T], result: T | None = None, error: BaseException | None = None) -> None:
    with suppress(InvalidStateError):  # nobody waits for it any more
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(result)  # type: ignore[arg-type]


def _failure(error: BaseException, seconds: float | None, memory: int) -> BaseException:
    # A TimeoutError of the work's own has not pebble's words.
    if isinstance(error, TimeoutError) and error.args[:1] == ("Task timeout",):
        return WorkFailed("timeout", f"stopped after {seconds:g} s")
    if isinstance(error, ProcessExpired):
        if error.exitcode == _NO_MEMORY:
            return WorkFailed("memory", f"wanted more than {memory >> 20} MiB")
        return WorkFailed("failed", f"its process ended with {error.exitcode}")
    if isinstance(error, BrokenProcessPool):
        return WorkFailed("failed", "no process could be started")
    return error


# In the processes.


def _begin(home: str, memory: int) -> None:
    # Ctrl-C is the parent's to handle; the parent's word to end is not: pebble's own way waits for the work.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(OSError):
        os.nice(5)
    with suppress(ImportError, OSError, ValueError):
        import resource  # not on Windows

        resource.setrlimit(resource.RLIMIT_DATA, (memory, resource.getrlimit(resource.RLIMIT_DATA)[1]))
    # Now, because pebble would import it while it holds the lock under which all processes take their work.
    importlib.import_module(home)


def _bounded(work: Callable[..., T], *args: object) -> T:
    try:
        return work(*args)
    except MemoryError:
        os._exit(_NO_MEMORY)  # rather than go on with a heap in pieces


def _end_with_parent() -> None:
    """A parent that was killed cannot tell its workers to end; they would go on with what they are at."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
