"""A site on loopback that answers with what a test puts under its paths, and remembers what it was asked for."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Answer:
    """What a path answers."""

    body: bytes = b""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Site:
    """Where it listens, what is there by path, and the paths asked for, robots.txt apart."""

    base: str
    pages: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


def rss(title: str, *links: str) -> Answer:
    """A feed of this title with an item for each link."""
    items = "".join(f"<item><title>{link}</title><link>{link}</link></item>" for link in links)
    document = f"<rss version='2.0'><channel><title>{title}</title>{items}</channel></rss>"
    return Answer(document.encode(), "application/rss+xml")


@contextmanager
def site_on(address: str = "127.0.0.1") -> Iterator[Site]:
    """A site at this address of the machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != "/robots.txt":
                made.asked.append(self.path)
            answer = made.pages.get(self.path, Answer(b"no such page", status=404))
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None: ...

    with ThreadingHTTPServer((address, 0), Handler) as server:
        made = Site(f"http://{address}:{server.server_address[1]}")
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield made
        server.shutdown()
