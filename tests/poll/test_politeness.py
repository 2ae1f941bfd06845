"""Turns, in a loop whose time passes only while all wait: every figure is exact, and no test takes its time."""

import asyncio
import selectors
from collections import defaultdict
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.poll.addresses import source_of
from flows.poll.politeness import RestingError, Turns

T = TypeVar("T")


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        super().__init__(_Selector(self))
        self.now = 0.0

    def time(self) -> float:
        return self.now


class _Selector(selectors.DefaultSelector):
    def __init__(self, loop: _Loop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self._loop.now += timeout or 0.0
        return super().select(0)


def run(main: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(main)


@dataclass(frozen=True)
class Visit:
    """A turn as it was had."""

    host: str
    began: float
    ended: float


async def visit(turns: Turns, host: str, lasts: float = 0.0, after: float = 0.0, connects: float | None = 0.0) -> Visit:
    """Waits, has a turn, and in it connects (None: in vain, after a second) and is answered."""
    now = asyncio.get_running_loop().time
    await asyncio.sleep(after)
    async with turns.turn(host) as sent:
        began = now()
        if connects is None:
            await asyncio.sleep(1)
        else:
            await asyncio.sleep(connects)
            began = now()
            sent()
            await asyncio.sleep(lasts)
    return Visit(host, began, now())


def at_once(visits: list[Visit]) -> int:
    steps = sorted([(visit.began, 1) for visit in visits] + [(visit.ended, -1) for visit in visits])
    most = running = 0
    for _, step in steps:
        running += step
        most = max(most, running)
    return most


def test_forty_feeds_of_one_publisher_are_asked_one_after_another_and_keep_nobody_else() -> None:
    turns = Turns(per_source=2, concurrency=10, spacing=1.0)

    async def many() -> list[Visit]:
        hosts = ["feeds.example.org", "www.example.org"] * 20 + ["news.example.com"]
        return await asyncio.gather(*(visit(turns, host, lasts=0.5) for host in hosts))

    *forty, other = run(many())
    assert [one.began for one in forty] == pytest.approx(range(40), abs=1e-6)
    assert other.began == pytest.approx(0, abs=1e-6)
    assert turns.longest_wait == pytest.approx(39, abs=1e-6)


def test_few_at_once_of_a_source_that_is_slow() -> None:
    async def many() -> list[Visit]:
        turns = Turns(per_source=2, concurrency=10, spacing=1.0)
        return await asyncio.gather(*(visit(turns, "example.org", lasts=30) for _ in range(6)))

    visits = run(many())
    assert [one.began for one in visits] == pytest.approx([0, 1, 30, 31, 60, 61], abs=1e-5)


def test_who_waits_for_a_host_holds_no_slot_that_is_for_all() -> None:
    async def many() -> list[Visit]:
        turns = Turns(per_source=2, concurrency=1, spacing=10.0)
        slow = [visit(turns, "example.org") for _ in range(5)]
        return await asyncio.gather(*slow, visit(turns, "example.com", after=1))

    assert run(many())[-1].began == pytest.approx(1, abs=1e-6)


def test_a_start_that_came_late_is_not_followed_too_soon() -> None:
    async def many() -> list[Visit]:
        turns = Turns(per_source=2, concurrency=2, spacing=1.0)
        full = [visit(turns, host, lasts=5) for host in ("a.example", "b.example")]
        return await asyncio.gather(*full, *(visit(turns, "example.org") for _ in range(2)))

    assert [one.began for one in run(many())] == pytest.approx([0, 0, 5, 6], abs=1e-5)


def test_time_counts_from_when_the_request_is_sent() -> None:
    async def many() -> list[Visit]:
        turns = Turns(per_source=2, concurrency=10, spacing=1.0)
        slow, failed = visit(turns, "example.org", connects=3), visit(turns, "example.org", connects=None, after=0.1)
        return await asyncio.gather(slow, failed, *(visit(turns, "example.org", after=after) for after in (0.2, 0.3)))

    assert [one.began for one in run(many())] == pytest.approx([3, 4, 5, 6], abs=1e-5)


def test_crawl_delay_is_that_of_its_host() -> None:
    async def many() -> list[Visit]:
        turns = Turns(per_source=2, concurrency=10, spacing=1.0)
        await visit(turns, "www.example.org")  # its robots.txt
        turns.space("www.example.org", 20)
        hosts = ["www.example.org", "www.example.org", "feeds.example.org", "feeds.example.org"]
        return await asyncio.gather(*(visit(turns, host) for host in hosts))

    assert [one.began for one in run(many())] == pytest.approx([20, 40, 1, 2], abs=1e-5)


def test_a_host_that_wants_to_rest_is_not_waited_for() -> None:
    async def many() -> None:
        turns = Turns(per_source=2, concurrency=10, spacing=10.0)
        await visit(turns, "example.org")
        waiting = [asyncio.create_task(visit(turns, "example.org")) for _ in range(3)]
        await asyncio.sleep(1)
        turns.rest("example.org", 600, 429)
        turns.rest("example.org", 60, 503)  # another answer, and the longer wish counts
        with pytest.raises(RestingError) as rest:
            await visit(turns, "example.org")
        assert (rest.value.seconds, rest.value.status) == (pytest.approx(591, abs=1), 429)
        for task in waiting:
            with pytest.raises(RestingError):
                await task
        assert asyncio.get_running_loop().time() < 11
        assert (await visit(turns, "example.com")).began < 11
        await visit(turns, "example.org", after=600)

    run(many())


def test_who_gives_up_leaves_nothing_held() -> None:
    async def many() -> Visit:
        turns = Turns(per_source=1, concurrency=1, spacing=5.0)
        for after in (0.0, 1.0, 6.0):
            tasks = [asyncio.create_task(visit(turns, "example.org", lasts=100)) for _ in range(3)]
            await asyncio.sleep(after)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return await visit(turns, "example.org")

    assert run(many()).began < 20


_WISHES = st.lists(
    st.tuples(
        st.sampled_from(["a.example.org", "b.example.org", "c.example.com", "d.example.net", "127.0.0.1"]),
        st.floats(0, 40),
        st.floats(0, 20),
        st.none() | st.floats(0, 5),
    ),
    min_size=1,
    max_size=40,
)


@settings(deadline=None)
@given(_WISHES, st.integers(1, 3), st.integers(1, 6), st.sampled_from([0.0, 0.5, 3.0]), st.sampled_from([0.0, 7.0]))
def test_no_order_of_events_asks_too_much(
    wishes: list[tuple[str, float, float, float | None]],
    per_source: int,
    concurrency: int,
    spacing: float,
    delay: float,
) -> None:
    async def many() -> list[Visit]:
        turns = Turns(per_source, concurrency, spacing)
        turns.space("a.example.org", delay)
        return await asyncio.gather(*(visit(turns, *wish) for wish in wishes))

    visits = run(many())  # all come to an end
    by_source: Mapping[str, list[Visit]] = defaultdict(list)
    for one in visits:
        by_source[source_of(one.host)].append(one)
    assert at_once(visits) <= concurrency
    for some in by_source.values():
        assert at_once(some) <= per_source
        assert all(b - a >= spacing - 1e-6 for a, b in pairwise(sorted(one.began for one in some)))
    own = sorted(one.began for one in visits if one.host == "a.example.org")
    assert all(b - a >= delay - 1e-6 for a, b in pairwise(own))
