"""What a poll costs when nothing is new: 1,000 feeds of 250 hosts on loopback that all answer 304.

The server is another process, so CPU time is the client's alone. It is measured against a bare loop over httpx that
asks for the same feeds, ten at a time, where httpx is at its best.
"""

import asyncio
import multiprocessing
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import ip_network
from multiprocessing.connection import Connection

import httpx

from flows.poll.feeds import poll
from flows.poll.fetch import Fetcher
from tests.benchmarks.measure import Row, cpu_ms
from warehouse.records import FeedPoll, FeedState, Politeness, content_id

HOSTS, FEEDS = 250, 1_000
ETAG = '"as it was"'
AT_ONCE = 200
ANSWERS_AFTER = 0.1  # seconds, in the run that looks at how many are open at once
_AGENT = "Seedwatch-benchmark/0"
_LOOPBACK = (ip_network("127.0.0.0/8"),)


def rows(rounds: int) -> Iterator[Row]:
    """CPU time of a request in the product's client and in httpx alone, and how many it has open at once."""
    if not _has_address("127.0.2.1"):
        yield Row("poll 1,000 feeds", None, "ms", note="left out: only Linux has all of 127.0.0.0/8")
        return
    with _server(0.0) as (port, _):
        feeds = _feeds(port)
        polite = asyncio.run(_poll(feeds))  # how many requests it takes, robots.txt included
        asked = sum(polite.requests.values())
        ours, bare = cpu_ms([lambda: asyncio.run(_poll(feeds)), lambda: asyncio.run(_bare(feeds))], rounds)
    yield Row(
        f"poll {FEEDS:,} feeds, all 304: CPU of a request", ours / asked, "ms", "bare httpx", bare / FEEDS,
        ("<=", 1.5), f"{asked:,} requests, robots.txt of {HOSTS} hosts included",
    )  # fmt: skip
    yield Row("the same, CPU of a feed", ours / FEEDS, "ms", "bare httpx", bare / FEEDS)
    with _server(ANSWERS_AFTER) as (port, counts):
        asyncio.run(_poll(_feeds(port), concurrency=AT_ONCE))
        counts.send(None)
        most, most_of_a_host = counts.recv()
    yield Row("open at once", most, "requests", note=f"at most {AT_ONCE} are allowed")
    yield Row("of them to one host", most_of_a_host, "requests", note="at most 2 are allowed")


async def _poll(feeds: list[FeedState], concurrency: int = 40) -> Politeness:
    async with Fetcher(_AGENT, allow_private=_LOOPBACK, spacing=0, concurrency=concurrency) as fetcher:
        now = datetime.now(UTC)
        polls: list[FeedPoll] = await asyncio.gather(*(poll(fetcher, feed, now) for feed in feeds))
    assert {one.status for one in polls} == {304}
    return fetcher.report()


async def _bare(feeds: list[FeedState]) -> None:
    slots = asyncio.Semaphore(10)
    async with httpx.AsyncClient(headers={"User-Agent": _AGENT}, trust_env=False) as client:

        async def get(url: str) -> int:
            async with slots:
                return (await client.get(url, headers={"If-None-Match": ETAG})).status_code

        assert set(await asyncio.gather(*(get(feed.url) for feed in feeds))) == {304}


def _feeds(port: int) -> list[FeedState]:
    urls = [f"http://{_address(n % HOSTS)}:{port}/feed/{n}.xml" for n in range(FEEDS)]
    return [FeedState(content_id(url), url, etag=ETAG) for url in urls]


def _address(number: int) -> str:
    return f"127.0.2.{number + 1}"


def _has_address(address: str) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
        return True


# -- the server, in a process of its own -----------------------------------------------------------------------------


@contextmanager
def _server(answers_after: float) -> Iterator[tuple[int, Connection]]:
    """Its port, and a connection that answers anything with the most requests it had open in all and of one host."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs, answers_after), daemon=True)
    process.start()
    try:
        yield ours.recv(), ours
    finally:
        process.kill()
        process.join()


def _serve(counts: Connection, answers_after: float) -> None:
    asyncio.run(_serving(counts, answers_after))


async def _serving(counts: Connection, answers_after: float) -> None:
    loop = asyncio.get_running_loop()
    site = _Sites(answers_after)
    servers = []
    port = 0
    for number in range(HOSTS):
        servers.append(await loop.create_server(lambda: _Site(site), _address(number), port, backlog=256))
        port = servers[0].sockets[0].getsockname()[1]
    counts.send(port)
    await asyncio.to_thread(counts.recv)
    counts.send((site.most, max(site.most_of_a_host.values())))
    await asyncio.Event().wait()


class _Sites:
    def __init__(self, answers_after: float) -> None:
        self.answers_after = answers_after
        self.open: Counter[str] = Counter()
        self.most = 0
        self.most_of_a_host: Counter[str] = Counter()


class _Site(asyncio.Protocol):
    def __init__(self, sites: _Sites) -> None:
        self.sites = sites

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.host = transport.get_extra_info("sockname")[0]

    def data_received(self, data: bytes) -> None:
        sites = self.sites
        sites.open[self.host] += 1
        sites.most = max(sites.most, sites.open.total())
        sites.most_of_a_host[self.host] = max(sites.most_of_a_host[self.host], sites.open[self.host])
        if data.startswith(b"GET /robots.txt "):
            answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        else:
            answer = b"HTTP/1.1 304 Not Modified\r\nETag: %b\r\n\r\n" % ETAG.encode()
        if sites.answers_after:
            asyncio.get_running_loop().call_later(sites.answers_after, self._answer, answer)
        else:
            self._answer(answer)

    def _answer(self, answer: bytes) -> None:
        self.sites.open[self.host] -= 1
        self.transport.write(answer)
