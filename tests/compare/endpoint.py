"""An OpenAI-compatible endpoint on this machine that answers as a test tells it: well, badly, late or not at all."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from seeds.engine import Endpoint

Asked = Mapping[str, Any]
"""What was asked: the JSON object with fact and passage."""


@dataclass(frozen=True)
class Reply:
    """What goes over the wire; ``stall`` sends the headers and half of the body, and then nothing any more."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    stall: bool = False
    hang_up: bool = False


def said(content: object, **more: Any) -> Reply:
    """The answer of a model with this text, which for anything but a text is JSON."""
    text = content if isinstance(content, str) or content is None else json.dumps(content)
    return Reply(body=json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]} | more).encode())


def verdict(asked: Asked, verdict: str, **changed: str) -> Reply:
    """A well-formed answer, which quotes the passage."""
    quote = " ".join(str(asked["passage"]).split()[:6])
    return said({"quote": quote, "fact_value": "", "article_value": "", "verdict": verdict} | changed)


def agree(asked: Asked) -> Reply:
    return verdict(asked, "contradicts")


class Server:
    """What was sent to the endpoint, and how it answers: ``reply`` may be changed at any time."""

    def __init__(self, url: str) -> None:
        self.engine = Endpoint("tiny-judge", url)
        self.reply: Callable[[Asked], Reply] = agree
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []

    @property
    def asked(self) -> list[Asked]:
        return [json.loads(request["messages"][-1]["content"]) for request in self.requests]


@contextmanager
def serving() -> Iterator[Server]:
    """The endpoint, until the end of the block."""
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/chat/completions"
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            room.requests.append(request)
            room.keys.append(self.headers["Authorization"])
            self.send(room.reply(room.asked[-1]))

        def do_GET(self) -> None:
            assert self.path == "/v1/models"
            self.send(Reply(body=json.dumps({"object": "list", "data": [{"id": "tiny-judge"}]}).encode()))

        def send(self, reply: Reply) -> None:
            if reply.hang_up:
                return
            self.send_response(reply.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply.body)))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if reply.stall:
                self.wfile.write(reply.body[: len(reply.body) // 2])
                self.wfile.flush()
                over.wait()
                return
            self.wfile.write(reply.body)

        def log_message(self, *_: object) -> None: ...

    class Listener(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client that went away is what some tests are about."""

    server = Listener(("127.0.0.1", 0), Handler)
    room = Server(f"http://127.0.0.1:{server.server_port}/v1")
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield room
    finally:
        over.set()
        server.shutdown()
        server.server_close()
