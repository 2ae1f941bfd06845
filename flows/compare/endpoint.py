"""The HTTP client for an OpenAI-compatible endpoint: one question, one answer, within time, size and patience.

The address is the user's own setting, so loopback and private networks are as good as any, unlike in
``flows.poll.fetch``, whose addresses come from feeds.
"""

import asyncio
import ipaddress
import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from flows.compare.llm import Budget, Reason
from seeds.engine import Endpoint
from seeds.errors import InputError

MAX_BYTES = 256 * 1024
"""Of an answer; a verdict has a few hundred."""

PAUSE = 1.0
"""Seconds before the one other try, where a server that is busy or broken does not say how long."""

PATIENCE = 10.0
"""Seconds that a server may ask for before it; who asks for more is not tried again."""


class NoAnswerError(Exception):
    """Why there is no answer: ``reason`` is the name under which it is counted, the message is for a person."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason: Reason = reason


class Client:
    """Asks one endpoint; entered once, used by the tasks of one event loop.

    ``seconds`` is for a question with its second try. ``key`` goes into the Authorization header and nowhere else;
    InputError if it would travel readable over a public network. Proxies and .netrc of the environment are not used.
    """

    def __init__(self, engine: Endpoint, budget: Budget, seconds: float, key: SecretStr | None = None) -> None:
        self._engine, self._budget, self._seconds, self._key = engine, budget, seconds, key
        if key is not None and not _private_way(engine.url):
            raise InputError(f"{engine}: SEEDWATCH_LLM_API_KEY would travel readable over http; use https")
        self._client: httpx.AsyncClient | None = None

    async def __aenter__(self) -> Self:
        headers = {"Authorization": f"Bearer {self._key.get_secret_value()}"} if self._key else {}
        self._client = httpx.AsyncClient(
            headers=headers, trust_env=False, follow_redirects=False, timeout=httpx.Timeout(None)
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._client is not None
        await self._client.aclose()

    async def ask(self, body: bytes) -> str:
        """What the model answers to this request to ``chat/completions``; :class:`NoAnswerError` if there is none."""
        raw = await self._within_time("POST", "/chat/completions", body)
        try:
            content = json.loads(raw)["choices"][0]["message"]["content"]
        except (ValueError, RecursionError, LookupError, TypeError):
            content = None
        if not isinstance(content, str):
            raise NoAnswerError("llm_malformed", "the answer has no text")
        return content

    async def models(self) -> list[str]:
        """The names of the models that the endpoint offers; :class:`NoAnswerError` if it does not say."""
        raw = await self._within_time("GET", "/models", None)
        try:
            return [str(model["id"]) for model in json.loads(raw)["data"]]
        except (ValueError, RecursionError, LookupError, TypeError) as error:
            raise NoAnswerError("llm_malformed", "it does not list its models") from error

    async def _within_time(self, method: str, path: str, body: bytes | None) -> bytes:
        try:
            async with asyncio.timeout(self._seconds):
                return await self._with_another_try(method, path, body)
        except TimeoutError as error:
            raise NoAnswerError("llm_timeout", f"no answer within {self._seconds:g} s") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise NoAnswerError("llm_unreachable", f"{type(error).__name__}: {error}"[:300]) from error

    async def _with_another_try(self, method: str, path: str, body: bytes | None) -> bytes:
        status, raw, wait = await self._send(method, path, body)
        if (status == 429 or status >= 500) and wait <= PATIENCE:
            await asyncio.sleep(wait)
            status, raw, _ = await self._send(method, path, body)
        if status != 200:
            raise NoAnswerError("llm_unreachable", f"HTTP {status}{self._said(raw)}")
        return raw

    async def _send(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes, float]:
        """Status, body, and the seconds to wait before another try."""
        assert self._client is not None
        if not self._budget.take():
            raise NoAnswerError("llm_budget", "the budget of requests is used up")
        headers = {"Content-Type": "application/json"} if body is not None else {}
        url = self._engine.url + path
        async with self._client.stream(method, url, content=body, headers=headers) as answer:
            raw = bytearray()
            async for part in answer.aiter_bytes():
                raw += part
                if len(raw) > MAX_BYTES:
                    raise NoAnswerError("llm_malformed", f"the answer is larger than {MAX_BYTES:,} bytes")
            return answer.status_code, bytes(raw), _wait(answer.headers.get("retry-after"), datetime.now(UTC))

    def _said(self, raw: bytes) -> str:
        """What an error says of itself, as OpenAI-compatible servers say it; never the key, whatever they echo."""
        try:
            error: Any = json.loads(raw)["error"]
            message = error["message"] if isinstance(error, dict) else error
        except (ValueError, RecursionError, LookupError, TypeError):
            return ""
        told = " ".join(str(message).split())
        if self._key:
            told = told.replace(self._key.get_secret_value(), "…")
        return f": {told[:200]}"


def offered(engine: Endpoint, seconds: float, key: SecretStr | None) -> list[str]:
    """The names of the models that the endpoint offers; :class:`NoAnswerError` if it does not say."""

    async def ask() -> list[str]:
        async with Client(engine, Budget(2), seconds, key) as client:
            return await client.models()

    return asyncio.run(ask())


def _wait(retry_after: str | None, now: datetime) -> float:
    """Seconds, from either form of Retry-After (RFC 9110, 10.2.3); PAUSE where it says nothing that can be read."""
    stated = (retry_after or "").strip()
    if stated.isascii() and stated.isdigit():
        return float(stated[:9])
    try:
        moment = parsedate_to_datetime(stated)
    except (ValueError, OverflowError):
        return PAUSE
    return max((moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds(), 0.0)


def _private_way(url: str) -> bool:
    """Whether only the endpoint can read what is sent there: TLS, this machine, or an address of a private network."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        return parts.scheme == "https" or host == "localhost" or ipaddress.ip_address(host).is_private
    except ValueError:
        return False
