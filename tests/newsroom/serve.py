"""Serves the bundled coverage of a seed as live sites on loopback:
``python -m tests.newsroom.serve [--seed NAME] [--port 0] [--until ISO]``.

Every publisher has its own address 127.0.1.N on one port (a system that has only 127.0.0.1, such as macOS, gets one
port each instead), because politeness, robots.txt and independence are kept per host::

    http://127.0.1.1:PORT/feeds.opml    all feeds as OPML          /hits.json   every request so far
    http://127.0.1.N:PORT/feed.xml      one publisher's feed       /robots.txt  and its article pages

In Python::

    with Newsroom("istanbul-2025") as room:
        ...room.opml_url...
        room.advance(None)  # the late articles appear, corrections are made; nothing restarts
        room.hits

Standard library and PyYAML only: ``seedwatch demo`` uses it from a source checkout.
"""

import argparse
import contextlib
import gzip
import hashlib
import json
import selectors
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from tests.newsroom.coverage import FIRST, FIRST_PASSES, Article, Publisher, load_articles, publishers_of
from tests.newsroom.faults import FAULTS
from tests.newsroom.feeds import feed, opml
from tests.newsroom.pages import front, page

OPENED_AT = datetime(2025, 5, 14, 6, tzinfo=UTC)
INDEX = "index"
PLACEHOLDER = b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="800" height="450" fill="#ccd"/></svg>'


@dataclass(frozen=True, slots=True)
class Hit:
    """One request as it was answered. ``site`` is a publisher's id or ``index``; ``path`` includes the query.

    ``status`` 0: not at all. ``at`` is when, in seconds since 1970.
    """

    site: str
    path: str
    status: int
    at: float = field(default_factory=time.time)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a path gives, before conditions and compression are applied."""

    body: bytes
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    changed_at: datetime | None = None  # None: not offered for conditional requests


class Newsroom:
    """All sites that cover a seed, as a context manager: they answer from entering to leaving.

    They show what is out by the seed's first pass until :meth:`advance` goes on. ``port`` 0 takes a free one.
    ``faults`` lets publishers (by id) misbehave as :data:`FAULTS` names it. Raises ``ValueError`` for a seed that has
    no coverage and ``OSError`` if a given port is taken. Methods may be called from any thread.
    """

    def __init__(self, seed: str = FIRST, port: int = 0, faults: Mapping[str, str] | None = None) -> None:
        self.articles: tuple[Article, ...] = load_articles(seed)
        self.until: datetime | None = FIRST_PASSES[seed]
        self.faults = {site: (name, FAULTS[name]) for site, name in (faults or {}).items()}
        self.publishers: dict[str, Publisher] = publishers_of(self.articles)
        self._port = port
        self._servers: dict[str, _Server] = {}
        self._hits: list[Hit] = []
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._wake: tuple[socket.socket, socket.socket] | None = None

    def __enter__(self) -> Self:
        self._servers = self._open()
        self._wake = socket.socketpair()
        # A daemon, so that a caller who forgets to leave does not keep the interpreter alive.
        self._thread = threading.Thread(target=self._accept, name="newsroom", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._wake is not None
        assert self._thread is not None
        self._wake[1].send(b"stop")
        self._thread.join()
        for end in self._wake:
            end.close()
        for server in self._servers.values():
            server.stop()

    @property
    def opml_url(self) -> str:
        return f"{self.base(INDEX)}/feeds.opml"

    @property
    def hits(self) -> tuple[Hit, ...]:
        """Every request answered so far, in order."""
        with self._lock:
            return tuple(self._hits)

    def base(self, site: str) -> str:
        """The root address of a publisher (by id) or of the index, without a final slash."""
        host, port = self._servers[site].server_address[:2]
        return f"http://{host!s}:{port}"

    def feed_url(self, publisher_id: str) -> str:
        return f"{self.base(publisher_id)}/feed.xml"

    def url(self, slug: str) -> str:
        """The canonical address of an article, published yet or not."""
        article = next(article for article in self.articles if article.slug == slug)
        return self.base(article.publisher.id) + article.path

    def advance(self, until: datetime | None) -> None:
        """Let time go on to ``until`` (None: to the end). The next request sees what is published by then."""
        self.until = until

    def edit(self, slug: str, old: str, new: str) -> None:
        """Has the publisher change its article: ``old``, part of a paragraph, is ``new`` from the next request on."""
        self.articles = tuple(one.edited(old, new) if one.slug == slug else one for one in self.articles)

    def published(self, publisher_id: str | None = None) -> tuple[Article, ...]:
        """The articles out by now as they stand by now, oldest first; of one publisher if given."""
        until = self.until
        return tuple(
            article.at(until)
            for article in self.articles
            if (until is None or article.published_at <= until) and publisher_id in (None, article.publisher.id)
        )

    def record(self, hit: Hit) -> None:
        with self._lock:
            self._hits.append(hit)

    def answer(self, site: str, path: str) -> Answer:
        """What a site gives for a path (without query) at the current time."""
        if site == INDEX:
            return self._index(path)
        publisher, base, out = self.publishers[site], self.base(site), self.published(site)
        changed_at = max((article.published_at for article in out), default=OPENED_AT)
        if path == "/feed.xml":
            body, kind = feed(publisher, base, out)
            return Answer(body, kind, changed_at=changed_at)
        if path == "/robots.txt":
            return Answer(b"User-agent: *\nDisallow: /search\nDisallow: /account/\n", "text/plain; charset=utf-8")
        if path == "/":
            return Answer(front(publisher, base, out).encode(), changed_at=changed_at)
        if path.startswith("/img/") and path.endswith(".svg"):
            return Answer(PLACEHOLDER, "image/svg+xml", changed_at=OPENED_AT)
        for article in out:
            if article.path == path:
                others = [other for other in out if other is not article]
                return Answer(page(article, base, others).encode(), changed_at=article.published_at)
        return Answer(b"<!doctype html><title>Not found</title><h1>Not found</h1>", status=404)

    def _index(self, path: str) -> Answer:
        sites = [(publisher, self.base(site)) for site, publisher in self.publishers.items()]
        if path == "/feeds.opml":
            return Answer(opml("Newsroom", sites), "text/x-opml; charset=utf-8", changed_at=OPENED_AT)
        if path == "/hits.json":
            return Answer(json.dumps([asdict(hit) for hit in self.hits]).encode(), "application/json")
        return Answer(b"<!doctype html><title>Newsroom</title><a href='/feeds.opml'>feeds.opml</a>", status=200)

    def _open(self) -> dict[str, "_Server"]:
        hosts = {INDEX: 1, **{site: publisher.host for site, publisher in self.publishers.items()}}
        many = _has_address("127.0.1.2")
        for attempt in range(20):
            servers: dict[str, _Server] = {}
            port = self._port
            try:
                for number, (site, host) in enumerate(hosts.items()):
                    address = f"127.0.1.{host}" if many else "127.0.0.1"
                    servers[site] = _Server((address, port), self, site)
                    # one port for all addresses; on a single address the next one (or again a free one)
                    taken = servers[site].server_address[1]
                    port = taken if many else (self._port + number + 1 if self._port else 0)
            except OSError:
                for server in servers.values():
                    server.server_close()
                # a port that was free on the first address may be in use on another: take the next free one
                if self._port or attempt == 19:
                    raise
                continue
            return servers
        raise AssertionError("unreachable")

    def _accept(self) -> None:
        # One thread accepts for all sites, so leaving takes no time; each connection then has a thread of its own.
        assert self._wake is not None
        with selectors.DefaultSelector() as ready:
            ready.register(self._wake[0], selectors.EVENT_READ)
            for server in self._servers.values():
                ready.register(server, selectors.EVENT_READ, server)
            while True:
                for key, _ in ready.select():
                    if key.data is None:
                        return
                    key.data.handle_request()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    timeout = 0  # the selector has said that a connection waits

    def __init__(self, address: tuple[str, int], room: Newsroom, site: str) -> None:
        self.room, self.site = room, site
        self._open: set[socket.socket] = set()
        super().__init__(address, Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that hangs up is not worth a stack trace; anything else is a bug to be seen.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        self.server_close()
        for request in list(self._open):  # kept-alive connections would be answered after the end otherwise
            with contextlib.suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)


class Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        path, _, _ = self.path.partition("?")
        name, misbehave = self.server.room.faults.get(self.server.site, ("", None))
        if misbehave and path == ("/robots.txt" if name.startswith("robots") else "/feed.xml"):
            misbehave(self)
            return
        answer = self.server.room.answer(self.server.site, path)
        # computed before compression, so that both encodings share it
        tag = f'"{hashlib.sha1(answer.body).hexdigest()[:16]}"'
        headers = {"Vary": "Accept-Encoding"}
        if answer.changed_at is not None:
            headers |= {"ETag": tag, "Last-Modified": format_datetime(answer.changed_at, usegmt=True)}
            headers["Cache-Control"] = "max-age=60"
            if self._is_current(tag, answer.changed_at):
                self.send(304, b"", headers)
                return
        body = answer.body
        if "gzip" in self.headers.get("Accept-Encoding", "") and len(body) > 500:
            body, headers["Content-Encoding"] = gzip.compress(body, 5, mtime=0), "gzip"
        self.send(answer.status, body, {**headers, "Content-Type": answer.kind})

    def do_HEAD(self) -> None:
        self.do_GET()

    def _is_current(self, tag: str, changed_at: datetime) -> bool:
        # RFC 9110, 13.2.2: If-Modified-Since counts only where If-None-Match is absent
        if (tags := self.headers.get("If-None-Match")) is not None:
            return tags.strip() == "*" or tag in (part.strip().removeprefix("W/") for part in tags.split(","))
        since = self.headers.get("If-Modified-Since")
        if not since:
            return False
        try:
            return changed_at <= parsedate_to_datetime(since)
        except (TypeError, ValueError):
            return False

    def send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.note(status)  # first: who has the answer must find it among the hits
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and status != 304:
            self.wfile.write(body)

    def note(self, status: int) -> None:
        self.server.room.record(Hit(self.server.site, self.path, status))

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: the hits are the record."""


def _has_address(address: str) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
        return True


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.newsroom.serve", description="The bundled newsroom on loopback."
    )
    parser.add_argument("--seed", default=FIRST, choices=FIRST_PASSES, help=f"whose coverage; {FIRST} by default")
    parser.add_argument("--port", type=int, default=0, help="port of every site; 0 takes a free one")
    parser.add_argument(
        "--until", type=_moment, help="show only what is out by then (ISO 8601, UTC unless it says else)"
    )
    options = parser.parse_args(arguments)
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    with Newsroom(options.seed, options.port) as room:
        room.advance(options.until)
        for site, publisher in room.publishers.items():
            print(f"{room.feed_url(site)}  {len(room.published(site))} articles  {publisher.name}")
        print(f"{room.opml_url}  ({len(room.publishers)} publishers; {room.base(INDEX)}/hits.json)", flush=True)
        done.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
