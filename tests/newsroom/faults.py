"""What sites do to those who poll them: each fault is one that servers on the internet have.

A fault whose name begins with ``robots`` is one of the site's robots.txt, the others are faults of its feed.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.newsroom.serve import Handler

DOWN = b"<!doctype html><title>Sorry</title><h1>We are working on it</h1>"
CONSENT = b"<!doctype html><html><body><h1>Please accept our terms to go on</h1></body></html>"
HTML = "text/html; charset=utf-8"


def _hangs(site: "Handler") -> None:
    site.note(0)
    site.rfile.read(1)  # until the client has gone
    site.close_connection = True


def _drips(site: "Handler") -> None:
    _begin(site)
    while True:  # until the client has gone
        site.wfile.write(b" ")
        time.sleep(0.02)


def _endless(site: "Handler") -> None:
    _begin(site)
    while True:
        site.wfile.write(bytes(1 << 20))


def _cut_off(site: "Handler") -> None:
    site.note(200)
    site.send_response(200)
    site.send_header("Content-Length", "100000")
    site.end_headers()
    site.wfile.write(b"<rss>")
    site.close_connection = True


def _begin(site: "Handler") -> None:
    site.note(200)
    site.send_response(200)
    site.send_header("Content-Type", "application/rss+xml")
    site.send_header("Connection", "close")
    site.end_headers()


def _answers(status: int, body: bytes = DOWN, kind: str = HTML, **headers: str) -> Callable[["Handler"], None]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda site: site.send(status, body, {"Content-Type": kind, **named})


FAULTS: dict[str, Callable[["Handler"], None]] = {
    "hangs": _hangs,
    "drips": _drips,
    "endless": _endless,
    "cut_off": _cut_off,
    "down": _answers(503),
    "busy": _answers(429, Retry_After="600"),
    "loop": _answers(302, b"", Location="/feed.xml"),
    "metadata": _answers(302, b"", Location="http://169.254.169.254/latest/meta-data/"),
    "html": _answers(200, CONSENT),
    "robots_forbid": _answers(200, b"User-agent: *\nDisallow: /\n", "text/plain"),
    "robots_down": _answers(500),
    "robots_hang": _hangs,
}
