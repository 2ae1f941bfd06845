"""The one HTTP client: gets a document from a server that nobody vouches for, within bounds, and names what went wrong.

HTTP/1.1 only. Polling asks a host for a handful of documents over few connections, so there is nothing
for HTTP/2 to multiplex, and its frames and header compression are pure Python, paid for on every request.
"""

import asyncio
import contextlib
import ssl
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import httpcore
import httpx

from flows.canonical import MAX_URL
from flows.plaintext import one_line
from flows.poll import robots
from flows.poll.addresses import PORTS, IPNetwork, host_name
from flows.poll.connect import RefusedError, Transport
from flows.poll.decode import EncodingError, TooLargeError, decode
from flows.poll.freshness import http_date
from flows.poll.politeness import RestingError, Turns
from warehouse.records import Politeness, RobotsFile

MAX_REDIRECTS = 5
MAX_HEADER = 4_096  # characters of a value; all headers together end at httpcore's 100 KiB
MAX_DETAIL = 500  # characters
ROBOTS_TIME = 10.0  # seconds for a robots.txt
REST = 60.0  # seconds that a host is left alone which asks for it, if it does not ask for longer
DRAINED = 16 * 1024  # bytes of an unwanted body worth reading to keep the connection
CONNECT_TIME = 10.0  # seconds for one address
SLOW = 64 * 1024  # packed bytes from which on unpacking (1 ms and more) leaves the event loop
FEED_TYPES = "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"  # noqa: E501
PAGE_TYPES = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"

_TEMPORARY_STATUSES = frozenset({408, 421, 423, 425, 429})
_TEMPORARY_KINDS = frozenset({"dns", "connect", "tls", "timeout", "protocol", "robots_unreachable"})


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document, or the word that it has not changed (``status`` 304, empty body).

    ``url`` is the address it came from after redirects. ``permanent_url`` is where the permanent redirects (301, 308)
    that came before any other one led to, None without such. ``headers`` has lower-case names; repeated ones are joined
    with commas, and those whose value is not printable ASCII of at most 4,096 characters are left out. ``body`` is
    decompressed.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    permanent_url: str | None = None


@dataclass(frozen=True, slots=True)
class FetchFailure:
    """Why there is no document.

    ``kind`` is one of :data:`KINDS`, or ``http:`` with the status. ``temporary`` failures may be gone at another time.
    ``retry_after`` is what the server asked for, never negative. ``detail`` is one line for a person.
    """

    kind: str
    detail: str
    status: int | None = None
    temporary: bool = False
    retry_after: timedelta | None = None


KINDS = frozenset(
    {
        "bad_port",  # neither 80 nor 443 nor one that the user named
        "bad_url",
        "connect",
        "dns",
        "private_address",
        "protocol",
        "redirect_loop",
        "robots",  # robots.txt forbids it
        "robots_unreachable",  # robots.txt could not be had, so nothing may be asked for now
        "timeout",
        "tls",
        "too_large",
        "too_many_redirects",
    }
)
"""Why there may be no document, answers with another status than 2xx apart."""


class Fetcher:
    """Gets documents over HTTP. One per run, entered once, used by all tasks of one event loop::

        async with Fetcher(user_agent="Seedwatch/1 (+https://example.org)") as fetcher:
            outcome = await fetcher.get("https://example.org/feed.xml")

    ``allow_private`` are the networks that may be reached although they are not public, on any port; all others may be
    reached on ``ports``. To one source (registrable domain) at most ``per_source`` requests are under way, and they
    start ``spacing`` seconds apart, or as far as a host's robots.txt says; in all at most ``concurrency`` are under
    way. The others wait, and their waiting does not count as time. Sites are asked for their robots.txt once, redirects
    go by that of the site they lead to, and a host that says 429, or 503 with a time, is left alone until then.

    ``total_time`` is in seconds, for one :meth:`get` with all its redirects. ``max_body`` is in bytes, both as sent and
    decompressed. Proxies and .netrc of the environment are not used: behind a proxy no address could be checked.
    """

    def __init__(
        self,
        user_agent: str,
        *,
        allow_private: Iterable[IPNetwork] = (),
        robots_files: Iterable[RobotsFile] = (),
        ports: Container[int] = PORTS,
        per_source: int = 2,
        spacing: float = 1.0,
        concurrency: int = 40,
        total_time: float = 30.0,
        max_body: int = 15 * 1024 * 1024,
    ) -> None:
        self._user_agent = user_agent
        self._allowed = tuple(allow_private)
        self._ports = ports
        self._concurrency = concurrency
        self._total_time = total_time
        self._max_body = max_body
        self._turns = Turns(per_source, concurrency, spacing)
        self._robots = robots.RobotsFiles(self._load_robots, robots_files)
        self._requests: Counter[str] = Counter()
        self._refused = 0  # by robots.txt
        self._too_many = 0
        self._not_modified = 0
        self._received = 0
        self._client: httpx.AsyncClient | None = None

    async def __aenter__(self) -> Self:
        transport = Transport(self._allowed, self._ports, self._concurrency)
        # One client for all sites must not carry cookies from one document to the next: those are kept per get().
        no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self._client = httpx.AsyncClient(
            transport=transport,
            trust_env=False,
            follow_redirects=False,
            cookies=no_cookies,
            timeout=httpx.Timeout(None, connect=CONNECT_TIME),  # reading is bounded by the total time
            headers={"User-Agent": self._user_agent, "Accept-Encoding": "gzip, deflate, br, zstd"},
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._client is not None
        self._robots.close()
        await self._client.aclose()

    def report(self) -> Politeness:
        """What was asked of whom so far."""
        return Politeness(
            requests=dict(self._requests),
            not_modified=self._not_modified,
            too_many_requests=self._too_many,
            robots_refusals=self._refused,
            longest_wait=self._turns.longest_wait,
            received_bytes=self._received,
        )

    def robots_files(self) -> list[RobotsFile]:
        """What was learned of robots.txt, for the next client: its ``robots_files``."""
        return self._robots.to_store()

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: str = FEED_TYPES,
        max_body: int | None = None,
    ) -> Fetched | FetchFailure:
        """The document at ``url``, or what went wrong: no failure of a network or server is raised.

        ``etag`` and ``last_modified`` are sent verbatim; the answer may then be a :class:`Fetched` with status 304.
        Redirects are followed, at most five.
        """
        headers = {"Accept": accept}
        if etag is not None and _is_plain(etag):
            headers["If-None-Match"] = etag
        if last_modified is not None and _is_plain(last_modified):
            headers["If-Modified-Since"] = last_modified
        outcome = await self._follow(url, headers, max_body or self._max_body, self._total_time)
        if isinstance(outcome, FetchFailure):
            self._refused += outcome.kind in ("robots", "robots_unreachable")
            return replace(outcome, detail=one_line(outcome.detail, MAX_DETAIL))
        return outcome

    async def _follow(
        self, url: str, headers: dict[str, str], limit: int, left: float, *, for_robots: bool = False
    ) -> Fetched | FetchFailure:
        cookies = httpx.Cookies()
        permanent: str | None = None
        only_permanent = True
        seen: set[tuple[str, str]] = set()
        for _ in range(MAX_REDIRECTS + 1):
            request = self._request(url, headers, cookies)
            if isinstance(request, FetchFailure):
                return request
            # Some sites send you back to the same address once you carry their cookie: that is no loop.
            step = (str(request.url), request.headers.get("cookie", ""))
            if step in seen:
                return FetchFailure("redirect_loop", f"{request.url} redirects to itself")
            seen.add(step)
            if not for_robots and (refusal := await self._refusal(request.url)):
                return refusal
            try:
                async with self._turns.turn(_host(request.url)) as sent:
                    request.extensions["trace"] = _when_sent(sent)
                    began = time.monotonic()
                    answer = await self._exchange(request, left, limit, cut=for_robots)
                    left -= time.monotonic() - began
            except RestingError as rest:
                wait, status = timedelta(seconds=rest.seconds), rest.status
                detail = f"not asked: {request.url.host} {rest}"
                return FetchFailure(f"http:{status}", detail, status=status, temporary=True, retry_after=wait)
            if isinstance(answer, FetchFailure):
                return answer
            response, body = answer
            location = response.headers.get("location")
            if response.status_code not in (301, 302, 303, 307, 308) or location is None:
                return await self._outcome(response, body, limit, permanent, cut=for_robots)
            if 0 < len(response.headers.get("set-cookie", "")) <= MAX_HEADER:
                cookies.extract_cookies(response)
            target = _join(str(request.url), location)
            if target is None:
                return FetchFailure(
                    "bad_url", f"{request.url} redirects to an address that is none: {location[:200]!r}"
                )
            url = target
            only_permanent = only_permanent and response.status_code in (301, 308)
            permanent = url if only_permanent else permanent
        return FetchFailure("too_many_redirects", f"more than {MAX_REDIRECTS} redirects, the last to {url[:200]}")

    async def _refusal(self, url: httpx.URL) -> FetchFailure | None:
        """Why the site's robots.txt keeps this page from being asked for; None if it does not."""
        site = await self._robots.of(f"{url.scheme}://{url.netloc.decode('ascii')}")
        self._turns.space(_host(url), site.crawl_delay)
        if site.closed is not None:
            return FetchFailure(site.closed, site.detail, temporary=site.closed in _TEMPORARY_KINDS)
        if not site.allows(str(url)):
            return FetchFailure("robots", f"robots.txt keeps {robots.AGENT} from {url}")
        return None

    async def _load_robots(self, origin: str) -> robots.Robots:
        limit, wait = robots.MAX_ROBOTS + 1, min(ROBOTS_TIME, self._total_time)
        outcome = await self._follow(f"{origin}/robots.txt", {"Accept": "text/plain"}, limit, wait, for_robots=True)
        if isinstance(outcome, FetchFailure):
            return robots.from_failure(outcome.kind, outcome.status, outcome.detail)
        if len(outcome.body) > SLOW:
            return await asyncio.to_thread(robots.parse, outcome.body)
        return robots.parse(outcome.body)

    def _request(self, url: str, headers: dict[str, str], cookies: httpx.Cookies) -> httpx.Request | FetchFailure:
        assert self._client is not None, "a Fetcher is used inside `async with`"
        if len(url) > MAX_URL:
            return FetchFailure("bad_url", f"longer than {MAX_URL} characters: {url[:100]}…")
        try:
            parsed = httpx.URL(url)
            if parsed.scheme not in ("http", "https") or not parsed.host:
                return FetchFailure("bad_url", f"not an http or https address: {url}")
            if parsed.port is not None and not 0 < parsed.port < 65_536:
                return FetchFailure("bad_url", f"no such port: {url}")
            _host(parsed)
            request = self._client.build_request("GET", parsed.copy_with(userinfo=b"", fragment=None), headers=headers)
        except (httpx.InvalidURL, ValueError) as error:  # UnicodeError too: headers and hosts are ASCII
            return FetchFailure("bad_url", f"{url[:200]}: {error}")
        if cookies.jar:
            cookies.set_cookie_header(request)
        return request

    async def _exchange(
        self, request: httpx.Request, time_left: float, limit: int, *, cut: bool
    ) -> tuple[httpx.Response, bytearray] | FetchFailure:
        """The response with its body as sent. The body of a redirect is not read."""
        assert self._client is not None
        self._requests[_host(request.url)] += 1
        try:
            async with asyncio.timeout(time_left):
                response = await self._client.send(request, stream=True)
                try:
                    return await self._receive(response, limit, cut)
                finally:
                    await response.aclose()
        except TimeoutError:
            return FetchFailure("timeout", f"not done in time: {request.url}", temporary=True)
        except httpx.RemoteProtocolError as error:
            # The transport's own errors are httpcore's: this is httpx over a Location that is no address.
            return FetchFailure("bad_url", f"{request.url}: {error}")
        except (httpx.HTTPError, httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
            return _failure(error, request)

    async def _receive(
        self, response: httpx.Response, limit: int, cut: bool
    ) -> tuple[httpx.Response, bytearray] | FetchFailure:
        body = bytearray()
        announced = response.headers.get("content-length", "")
        size = int(announced[:20]) if announced.isdecimal() else None
        if not response.is_success:
            # Read to its end, even where that is at once (304): only then can the connection be used again.
            if response.status_code == 304 or (size is not None and size <= DRAINED):
                async for chunk in response.aiter_raw():
                    self._received += len(chunk)
            return response, body
        if size is not None and size > limit and not cut:
            return _too_large(limit, response)
        async for chunk in response.aiter_raw():
            body += chunk
            self._received += len(chunk)
            if len(body) > limit:
                if not cut:
                    return _too_large(limit, response)
                del body[limit:]
                break
        return response, body

    async def _outcome(
        self, response: httpx.Response, body: bytearray, limit: int, permanent: str | None, *, cut: bool
    ) -> Fetched | FetchFailure:
        status, url = response.status_code, str(response.url)
        headers = {name: value for name, value in response.headers.items() if _is_plain(value)}
        if status == 304:
            self._not_modified += 1
        elif not 200 <= status < 300:
            wait = _retry_after(headers)
            self._too_many += status == 429
            if status == 429 or (status == 503 and wait is not None):
                self._turns.rest(_host(response.url), max(REST, wait.total_seconds() if wait else 0.0), status)
            return FetchFailure(
                f"http:{status}",
                f"{status} {response.reason_phrase}".strip(),
                status=status,
                temporary=status >= 500 or status in _TEMPORARY_STATUSES,
                retry_after=wait,
            )
        try:
            coding = headers.get("content-encoding", "")
            if coding and len(body) > SLOW:
                plain = await asyncio.to_thread(decode, bytes(body), coding, limit, cut=cut)
            else:
                plain = decode(bytes(body), coding, limit, cut=cut)
        except TooLargeError:
            return _too_large(limit, response)
        except EncodingError as error:
            return FetchFailure("protocol", f"{url}: {error}", status=status, temporary=True)
        return Fetched(url, status, headers, plain, permanent)


def _when_sent(sent: Callable[[], None]) -> Callable[[str, object], Awaitable[None]]:
    """What httpcore tells its steps to: calls ``sent`` when the connection is there and the request goes out."""

    async def trace(event: str, _: object) -> None:
        if event == "http11.send_request_headers.started":
            sent()

    return trace


def _host(url: httpx.URL) -> str:
    """The host of an address in its one spelling. Raises ValueError."""
    return host_name(url.raw_host.decode("ascii"))


def _is_plain(value: str) -> bool:
    """Whether a header's value is one that can be kept and sent back."""
    return len(value) <= MAX_HEADER and value.isascii() and value.isprintable()


def _too_large(limit: int, response: httpx.Response) -> FetchFailure:
    return FetchFailure("too_large", f"more than {limit:,} bytes: {response.url}", status=response.status_code)


def _join(base: str, location: str) -> str | None:
    # Header bytes come as Latin-1, and servers put raw UTF-8 there.
    with contextlib.suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")
    try:
        return urljoin(base, location.strip())
    except ValueError:
        return None


def _failure(error: Exception, request: httpx.Request) -> FetchFailure:
    kind = "connect" if isinstance(error, httpcore.NetworkError) else "protocol"
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, RefusedError):
            kind = cause.kind
        elif isinstance(cause, ssl.SSLError):
            kind = "tls"
        elif isinstance(cause, TimeoutError | httpcore.TimeoutException):
            kind = "timeout"
        cause = cause.__cause__ or cause.__context__
    if kind == "connect" and isinstance(error, httpcore.ReadError | httpcore.WriteError):
        kind = "protocol"  # connected, and cut off
    detail = f"{request.url}: {error or type(error).__name__}"
    return FetchFailure(kind, detail, temporary=kind in _TEMPORARY_KINDS)


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """What the header Retry-After asks for, in either form (RFC 9110, 10.2.3); a date counts from the server's own."""
    stated = headers.get("retry-after", "").strip()
    if stated.isdecimal():
        return timedelta(seconds=min(int(stated[:9]), 366 * 86_400))
    until, now = http_date(stated), http_date(headers.get("date", "")) or datetime.now(UTC)
    return max(until - now, timedelta(0)) if until else None
