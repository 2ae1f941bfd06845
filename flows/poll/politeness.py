"""Turns: when a request may start, so that no server is asked by too many at once or again too soon."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager

from flows.poll.addresses import source_of


class RestingError(Exception):
    """The host asked to be left alone for so many ``seconds`` more, by an answer of this ``status``."""

    def __init__(self, seconds: float, status: int) -> None:
        super().__init__(f"asked with {status} to be left alone for {seconds:.0f} s more")
        self.seconds = seconds
        self.status = status


class Turns:
    """Gives out turns to ask a host, in the order of asking. For one event loop.

    Of one source (the hosts of one registrable domain) at most ``per_source`` turns are taken at once, and they begin
    at least ``spacing`` seconds apart; those of a host as far apart as :meth:`space` says, if that is more. In all at
    most ``concurrency`` turns are taken at once. Who waits for a host holds nothing that others wait for.
    """

    def __init__(self, per_source: int, concurrency: int, spacing: float) -> None:
        self._all = asyncio.Semaphore(concurrency)
        self._slots: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(per_source))
        self._sources: defaultdict[str, _Queue] = defaultdict(lambda: _Queue(spacing))
        self._hosts: defaultdict[str, _Queue] = defaultdict(_Queue)
        self.longest_wait = 0.0
        """Seconds that a turn was waited for at most."""

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[Callable[[], None]]:
        """A turn to ask ``host``, from entering to leaving. Raises :class:`RestingError` when it wants to rest.

        What it gives is to be called when the request is sent: the next one may start ``spacing`` seconds after that.
        """
        now = asyncio.get_running_loop().time
        asked = now()
        own, name = self._hosts[host], source_of(host)
        source = self._sources[name]
        async with AsyncExitStack() as held:
            heads = held.enter_context(ExitStack())
            # From the narrow to the wide, always in this order.
            await own.come_to_head(heads)
            await held.enter_async_context(self._slots[name])
            await source.come_to_head(heads)
            await held.enter_async_context(self._all)
            own.check()
            self.longest_wait = max(self.longest_wait, now() - asked)

            def sent() -> None:
                own.started = source.started = now()
                heads.close()

            # A connection that fails was asked for too. Until one of both is known nobody follows: after a moment in
            # which this process had no processor, a clock that began with the turn would let two go at once.
            own.started = source.started = now()
            yield sent

    def space(self, host: str, seconds: float) -> None:
        """From now on requests to this host start at least so far apart (the Crawl-delay of one of its sites)."""
        own = self._hosts[host]
        own.spacing = max(own.spacing, seconds)

    def rest(self, host: str, seconds: float, status: int) -> None:
        """No more turns for this host for so long: it answered with this status that it cannot have more."""
        own, until = self._hosts[host], asyncio.get_running_loop().time() + seconds
        own.rest = max(own.rest, (until, status))


class _Queue:
    """Those who wait to start, and when the last one did."""

    def __init__(self, spacing: float = 0.0) -> None:
        self.head = asyncio.Lock()  # the first in the queue holds it; the lock is fair
        self.spacing = spacing
        self.started = float("-inf")
        self.rest = (float("-inf"), 0)  # until when, after which status

    async def come_to_head(self, heads: ExitStack) -> None:
        """Returns when the next may start, who stays the first until ``heads`` is closed.

        Raises :class:`RestingError` as soon as it is known that none may.
        """
        now = asyncio.get_running_loop().time
        await self.head.acquire()
        heads.callback(self.head.release)
        self.check()
        while (wait := self.started + self.spacing - now()) > 0:
            await asyncio.sleep(wait)
            self.check()

    def check(self) -> None:
        until, status = self.rest
        if (left := until - asyncio.get_running_loop().time()) > 0:
            raise RestingError(left, status)
