"""Ninety days of feeds whose servers are still, slow or lie: nothing old comes back. Real HTTP, a real DuckDB."""

import asyncio
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from itertools import count
from pathlib import Path

import pytest

from flows.poll.feeds import poll
from flows.poll.fetch import Fetcher
from flows.poll.health import Polled, settled
from flows.poll.schedule import LONGEST, select
from tests.warehouse.rows import begun
from warehouse.connection import opened
from warehouse.records import FeedState, content_id
from warehouse.store import Warehouse

START = datetime(2025, 5, 16, tzinfo=UTC)
DAYS = 90
STEP = timedelta(days=3)  # by then all are due again: polled together they cost the test as much as one
LOOPBACK = ip_network("127.0.0.0/8")

STILL, SLOW, NO_304, NEW_ETAG, REORDERS, STUCK = "still", "slow", "no-304", "new-etag", "reorders", "stuck"


@dataclass
class Publisher:
    """A server on loopback with a clock of its own: its feeds list what ``now`` says, and each lies in its own way.

    ``still``: twelve items for ever. ``slow``: a new one every nine days, the last ten listed. ``no-304``: the same,
    but validators are ignored. ``new-etag``: another ETag each time, and a comment that changes the bytes.
    ``reorders``: another order each time. ``stuck``: from the tenth day on, 304 to whoever asks conditionally.
    """

    base: str = ""
    now: datetime = START
    asked: list[str] = field(default_factory=list)
    turns: Iterator[int] = field(default_factory=count)

    def items(self, name: str) -> list[int]:
        if name == STILL:
            return list(range(12))
        newest = int((self.now - START) / timedelta(days=9)) + 10
        return list(range(newest - 10, newest))

    def document(self, name: str) -> bytes:
        items = self.items(name)
        turn = next(self.turns)
        if name == REORDERS:
            random.Random(turn).shuffle(items)
        listed = "".join(
            f"<item><title>{name} {n}</title><link>{self.base}/{name}/{n}</link><guid>{n}</guid></item>" for n in items
        )
        comment = f"<!-- {turn} -->" if name in (NEW_ETAG, REORDERS) else ""
        return f"<rss version='2.0'><channel><title>{name}</title>{listed}</channel></rss>{comment}".encode()


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    made = Publisher()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name = self.path.strip("/")
            if name == "robots.txt":
                self.answer(404, b"")
                return
            made.asked.append(name)
            body = made.document(name)
            etag = f'"{next(made.turns)}"' if name == NEW_ETAG else f'"{made.items(name)[-1]}"'
            known = self.headers.get("If-None-Match")
            stuck = name == STUCK and known and made.now > START + timedelta(days=10)
            if stuck or (name in (STILL, SLOW, STUCK) and known == etag):
                self.answer(304, b"", etag)
            else:
                self.answer(200, body, etag)

        def answer(self, status: int, body: bytes, etag: str = "") -> None:
            self.send_response(status)
            if etag:
                self.send_header("ETag", etag)
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if status != 304:
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.base = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield made
        server.shutdown()


@dataclass
class Watched:
    """What ninety days came to: per feed the times of success, the statuses and the sum of new entries told."""

    succeeded: dict[str, list[datetime]]
    statuses: dict[str, list[int | None]]
    told: dict[str, int]
    last: dict[str, FeedState]


async def watch(publisher: Publisher, warehouse: Warehouse, names: list[str]) -> Watched:
    """Polls what is due at each step, as a run does; the clock is moved, not waited for."""
    urls = {name: f"{publisher.base}/{name}" for name in names}
    seen = Watched({name: [] for name in names}, {name: [] for name in names}, dict.fromkeys(names, 0), {})
    async with Fetcher("Seedwatch-tests/0", allow_private=[LOOPBACK], spacing=0) as fetcher:
        while publisher.now < START + timedelta(days=DAYS):
            now = publisher.now
            known = warehouse.feed_states(list(urls.values()))
            seen.last = {name: known.get(url) or FeedState(content_id(url), url) for name, url in urls.items()}
            chosen = select(seen.last.values(), now, only_due=True).polled
            polls = await asyncio.gather(*(poll(fetcher, state, now) for state in chosen))
            saved = warehouse.save_polls("r1", polls, now)
            together = [
                Polled(state, result.state, result.outcome, line.arrived)
                for state, result, line in zip(chosen, polls, saved.lines, strict=True)
            ]
            warehouse.save_feed_states(settled(together).states, now)
            for result, line in zip(polls, saved.lines, strict=True):
                assert result.outcome != "failed", result.state
                name = result.state.url.rpartition("/")[2]
                seen.succeeded[name].append(now)
                seen.statuses[name].append(result.status)
                seen.told[name] += line.arrived
            publisher.now += STEP
    return seen


def test_nothing_old_comes_back_as_new(publisher: Publisher, tmp_path: Path) -> None:
    warehouse = begun(Warehouse(tmp_path / "w.duckdb"))
    names = [STILL, SLOW, NO_304, NEW_ETAG, REORDERS, STUCK]
    seen = asyncio.run(watch(publisher, warehouse, names))
    published = {name: set(range(12)) if name == STILL else set(range(19)) for name in names}

    with opened(warehouse.path, 0) as con:
        rows = con.execute(
            "select f.url, e.entry_id, e.first_seen_at, e.seen_at, l.listed "
            "from base.feed_entries l join base.entries e using (entry_id) join base.feeds f on f.feed_id = l.feed_id"
        ).fetchall()
        statuses = dict(con.execute("select feed_id, status from base.run_feeds").fetchall())
    for name in names:
        mine = [row for row in rows if row[0].endswith(f"/{name}")]
        # Each entry was told once, in the poll that met it first, and is kept once. What came last to a server that is
        # stuck waits for the weekly poll that asks for the whole document, which these steps meet every third week.
        assert seen.told[name] == len(mine), name
        assert len(published[name]) - (3 if name == STUCK else 0) <= len(mine) <= len(published[name]), name
        # Whatever the server answered, an entry that is still listed was seen by the last poll.
        last = seen.succeeded[name][-1].replace(tzinfo=None)
        listed = [row for row in mine if row[4]]
        assert len(listed) == len(publisher.items(name)), name
        assert {row[3] for row in listed} == {last}, name
        assert all(row[3] < last for row in mine if not row[4]), name
        assert len(seen.succeeded[name]) == timedelta(days=DAYS) / STEP, name
        assert seen.last[name].interval_seconds == LONGEST.total_seconds(), name
    # All but the first poll get 304, and those that ask for the whole document on the weekday that the feed's id, here
    # with a port of this run in it, decides: 29 steps of three days meet a weekday four or five times.
    assert seen.statuses[STILL][0] == 200
    assert seen.statuses[STILL][1:].count(200) in (4, 5)
    assert set(seen.statuses[STILL]) == {200, 304}
    assert statuses[content_id(f"{publisher.base}/{STILL}")] == seen.statuses[STILL][-1]
    assert seen.last[STILL].silent_since_at == START
    assert seen.last[SLOW].silent_since_at is None
    assert warehouse.check() == []
