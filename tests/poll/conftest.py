"""A news server on loopback that does to its clients what servers on the internet do."""

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard

from flows.poll.fetch import Fetcher

HERE = Path(__file__).parent
FEEDS = HERE / "feeds"
LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
ETAG = 'W/"an odd; tag"'
MODIFIED = "Fri, 16 May 2025 10:00:00 GMT"


@dataclass
class NewsServer:
    """Where it listens, and what it was asked, with the headers, in order."""

    base: str
    port: int
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    feed: bytes = (FEEDS / "plain.rss").read_bytes()
    robots: dict[str, bytes | int | str] = field(default_factory=dict)  # name of the host -> text, status or Location
    raw: bytes = b""  # what /raw answers, from the status line on
    open_now: int = 0
    open_most: int = 0

    def url(self, path: str) -> str:
        return f"{self.base}{path}"

    def refuse(self, *paths: str, host: str = "127.0.0.1") -> None:
        """Lets robots.txt forbid these paths."""
        self.robots[host] = "\n".join(["User-agent: *", *(f"Disallow: {path}" for path in paths)]).encode()

    def asked(self, path: str) -> list[dict[str, str]]:
        return [headers for asked, headers in self.requests if asked == path]


class _Site(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    news: NewsServer
    lock = threading.Lock()

    def log_message(self, *args: Any) -> None: ...

    def do_GET(self) -> None:
        news = self.news
        with self.lock:
            news.requests.append((self.path, {key.lower(): value for key, value in self.headers.items()}))
            news.open_now += 1
            news.open_most = max(news.open_most, news.open_now)
        try:
            PATHS.get(self.path.partition("?")[0], _missing)(self)
        except OSError:  # the client has had enough
            self.close_connection = True
        finally:
            with self.lock:
                news.open_now -= 1

    def answer(self, status: int, body: bytes = b"", kind: str = "application/rss+xml", **headers: str) -> None:
        self.send_response_only(status)  # without Date and Server
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def stream(self, chunk: bytes, pause: float) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Connection", "close")
        self.end_headers()
        until = time.monotonic() + 20
        while time.monotonic() < until:
            self.wfile.write(chunk)
            self.wfile.flush()
            time.sleep(pause)


def _robots(site: _Site) -> None:
    rules = site.news.robots.get((site.headers["Host"] or "").rpartition(":")[0], 404)
    if isinstance(rules, bytes):
        site.answer(200, rules, "text/plain")
    elif isinstance(rules, int):
        site.answer(rules)
    else:
        site.answer(302, Location=rules)


def _raw(site: _Site) -> None:
    site.close_connection = True
    site.wfile.write(site.news.raw)


def _hangs(site: _Site) -> None:
    site.rfile.read(1)  # until the client has gone


def _many_headers(site: _Site) -> None:
    site.send_response(200)
    for n in range(5_000):
        site.send_header(f"X-{n}", "a" * 60)
    site.answer(200, site.news.feed)


def _conditional(site: _Site) -> None:
    if site.headers.get("If-None-Match") == ETAG and site.headers.get("If-Modified-Since") == MODIFIED:
        site.send_response(304)
        site.send_header("ETag", ETAG)
        site.end_headers()
    else:
        site.answer(200, site.news.feed, ETag=ETAG, Last_Modified=MODIFIED)


def _packed(coding: str, pack: Callable[[bytes], bytes]) -> Callable[[_Site], None]:
    return lambda site: site.answer(200, pack(site.news.feed), Content_Encoding=coding)


def _file(name: str, kind: str = "application/rss+xml") -> Callable[[_Site], None]:
    return lambda site: site.answer(200, (FEEDS / name).read_bytes(), kind)


def _to(location: str, status: int = 302, **headers: str) -> Callable[[_Site], None]:
    return lambda site: site.answer(status, b"", Location=location.replace("PORT", str(site.news.port)), **headers)


def _missing(site: _Site) -> None:
    site.answer(404, b"<h1>Not found</h1>", "text/html")


def _cookie_wall(site: _Site) -> None:
    if "seen=1" in (site.headers.get("Cookie") or ""):
        site.answer(200, site.news.feed)
    else:
        site.answer(302, b"", Location="/cookie-wall", Set_Cookie="seen=1; Path=/")


def _cut_off(site: _Site) -> None:
    site.send_response(200)
    site.send_header("Content-Length", "100000")
    site.end_headers()
    site.wfile.write(b"<rss>")
    site.close_connection = True


def _waits(site: _Site) -> None:
    time.sleep(0.1)
    site.answer(200, site.news.feed)


BOMB = b" " * 60_000_000
PATHS: dict[str, Callable[[_Site], None]] = {
    "/robots.txt": _robots,
    "/raw": _raw,
    "/hangs": _hangs,
    "/many-headers": _many_headers,
    "/plain": lambda site: site.answer(200, site.news.feed),
    "/conditional": _conditional,
    "/always-200": lambda site: site.answer(200, site.news.feed, ETag=f'"{time.monotonic_ns()}"'),
    "/gzip": _packed("gzip", gzip.compress),
    "/gzip-cut": _packed("gzip", lambda body: gzip.compress(body)[:-9]),
    "/gzip-twice": _packed("gzip, gzip", lambda body: gzip.compress(gzip.compress(body))),
    "/not-gzip": _packed("gzip", lambda body: body),
    "/bad-gzip": _packed("gzip", lambda body: b"\x1f\x8b\x08" + bytes(200)),
    "/odd-coding": _packed("snappy", lambda body: body),
    "/deflate": _packed("deflate", zlib.compress),
    "/br": _packed("br", brotli.compress),
    "/zstd": _packed("zstd", zstandard.compress),
    "/bomb-gzip": _packed("gzip", lambda _: gzip.compress(BOMB, 9)),
    "/bomb-br": _packed("br", lambda _: brotli.compress(BOMB, quality=5)),
    "/bomb-zstd": _packed("zstd", lambda _: zstandard.compress(BOMB)),
    "/wrong-charset": _file("plain.rss", "text/xml; charset=iso-8859-1"),
    "/latin": _file("latin1.rss", "application/rss+xml"),
    "/truncated": _file("truncated.rss"),
    "/html": _file("page.html", "application/rss+xml"),
    "/blank": lambda site: site.answer(200, b"  \n "),
    "/429": lambda site: site.answer(429, b"slow down", Retry_After="7200"),
    "/503": lambda site: site.answer(
        503, b"down", Date="Fri, 16 May 2025 10:00:00 GMT", Retry_After="Fri, 16 May 2025 11:30:00 GMT"
    ),
    "/fresh": lambda site: site.answer(200, site.news.feed, Cache_Control="public, max-age=7200"),
    "/ever-304": lambda site: site.answer(304),
    "/410": lambda site: site.answer(410, b"gone"),
    "/slow": lambda site: site.stream(b" ", 0.05),
    "/endless": lambda site: site.stream(b" " * 65_536, 0),
    "/huge": lambda site: site.answer(200, b" " * 3_000_000),
    "/cut-off": _cut_off,
    "/waits": _waits,
    "/loop": _to("/loop"),
    "/loop-a": _to("/loop-b"),
    "/loop-b": _to("/loop-a"),
    "/cookie-wall": _cookie_wall,
    "/moved": _to("/moved-again", 301),
    "/moved-again": _to("http://localhost:PORT/elsewhere", 308),
    "/elsewhere": _to("/plain", 302),
    "/to-other-host": _to("http://localhost:PORT/plain"),
    "/with-password": _to("http://user:secret@127.0.0.1:PORT/plain"),
    "/odd-headers": lambda site: site.answer(
        200, site.news.feed, ETag='"caf\xe9"', Last_Modified="Fri\x08", X_Long="a" * 5_000
    ),
    "/metadata": _to("http://169.254.169.254/latest/meta-data/"),
    "/to-file": _to("file:///etc/passwd"),
    "/to-nowhere": _to("http://[::1"),
    **{f"/hop{n}": _to(f"/hop{n + 1}") for n in range(9)},
}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None: ...


@pytest.fixture
def news() -> Iterator[NewsServer]:
    site = type("Site", (_Site,), {})
    with _Server(("127.0.0.1", 0), site) as server:
        port = server.server_address[1]
        site.news = NewsServer(f"http://127.0.0.1:{port}", port)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield site.news
        server.shutdown()
        thread.join()


@pytest.fixture
def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fetcher(**settings: Any) -> Fetcher:
    """The product's client, allowed to reach loopback, with limits that tests can wait for."""
    chosen: dict[str, Any] = {"allow_private": LOOPBACK, "spacing": 0, "total_time": 5.0, "max_body": 2_000_000}
    return Fetcher("Seedwatch-tests/0 (+https://seedwatch.example)", **{**chosen, **settings})
