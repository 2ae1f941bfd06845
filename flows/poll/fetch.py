"""The one HTTP client: gets a document from a server that nobody vouches for, within bounds, and names what went wrong.

HTTP/1.1 only. Polling asks a host for a handful of documents over at most ``per_host`` connections, so there is nothing
for HTTP/2 to multiplex, and its frames and header compression are pure Python, paid for on every request.
"""

import asyncio
import contextlib
import ipaddress
import socket
import ssl
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import httpcore
import httpx

from flows.canonical import MAX_URL
from flows.poll.decode import EncodingError, TooLargeError, decode

IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_REDIRECTS = 5
DRAINED = 16 * 1024  # bytes of an unwanted body worth reading to keep the connection
CONNECT_TIME = 10.0  # seconds for one address
SLOW = 64 * 1024  # packed bytes from which on unpacking (1 ms and more) leaves the event loop
SHARD = 10  # requests in flight in one connection pool: httpcore scans its pool for each request
FEED_TYPES = "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"  # noqa: E501
PAGE_TYPES = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"

_TEMPORARY_STATUSES = frozenset({408, 421, 423, 425, 429})
_TEMPORARY_KINDS = frozenset({"dns", "connect", "tls", "timeout", "protocol"})
_SIXTY_FOUR = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document, or the word that it has not changed (``status`` 304, empty body).

    ``url`` is the address it came from after redirects. ``permanent_url`` is where the permanent redirects (301, 308)
    that came before any other one led to, None without such. ``headers`` has lower-case names; repeated ones are joined
    with commas. ``body`` is decompressed.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    permanent_url: str | None = None


@dataclass(frozen=True, slots=True)
class FetchFailure:
    """Why there is no document.

    ``kind`` is one of dns, connect, tls, timeout, too_large, too_many_redirects, redirect_loop, private_address,
    bad_url, protocol, or ``http:`` with the status. ``temporary`` failures may be gone at another time. ``retry_after``
    is what the server asked for, never negative.
    """

    kind: str
    detail: str
    status: int | None = None
    temporary: bool = False
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What a client did: requests per host (each redirect is one), 304s, bytes received as sent, failures by kind."""

    requests: Mapping[str, int]
    not_modified: int
    received_bytes: int
    failures: Mapping[str, int] = field(default_factory=dict)


class Fetcher:
    """Gets documents over HTTP. One per run, entered once, used by all tasks of one event loop::

        async with Fetcher(user_agent="Seedwatch/1 (+https://example.org)") as fetcher:
            outcome = await fetcher.get("https://example.org/feed.xml")

    ``allow_private`` are the networks that may be reached although they are not public. At most ``per_host`` requests
    to one host and ``concurrency`` in all are under way; the others wait, and their waiting does not count as time.
    ``total_time`` is in seconds, for one :meth:`get` with all its redirects. ``max_body`` is in bytes, both as sent and
    decompressed. Proxies and .netrc of the environment are not used: behind a proxy no address could be checked.
    """

    def __init__(
        self,
        user_agent: str,
        *,
        allow_private: Iterable[IPNetwork] = (),
        per_host: int = 4,
        concurrency: int = 10,
        total_time: float = 30.0,
        max_body: int = 15 * 1024 * 1024,
    ) -> None:
        self._user_agent = user_agent
        self._allowed = tuple(allow_private)
        self._concurrency = concurrency
        self._total_time = total_time
        self._max_body = max_body
        self._slots = asyncio.Semaphore(concurrency)
        self._host_slots: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(per_host))
        self._requests: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()
        self._not_modified = 0
        self._received = 0
        self._client: httpx.AsyncClient | None = None

    async def __aenter__(self) -> Self:
        transport = _Transport(_Connector(self._allowed), -(-self._concurrency // SHARD))
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
        await self._client.aclose()

    def report(self) -> FetchReport:
        """What was done so far."""
        return FetchReport(dict(self._requests), self._not_modified, self._received, dict(self._failures))

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
        if etag is not None:
            headers["If-None-Match"] = etag
        if last_modified is not None:
            headers["If-Modified-Since"] = last_modified
        outcome = await self._follow(url, headers, max_body or self._max_body)
        if isinstance(outcome, FetchFailure):
            self._failures[outcome.kind] += 1
        return outcome

    async def _follow(self, url: str, headers: dict[str, str], limit: int) -> Fetched | FetchFailure:
        cookies = httpx.Cookies()
        left = self._total_time
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
                return FetchFailure("redirect_loop", f"{url} redirects to itself")
            seen.add(step)
            host = request.url.host
            # The host first: who waits for a busy host must not hold one of the slots that are for all.
            async with self._host_slots[host], self._slots:
                began = time.monotonic()
                answer = await self._exchange(request, left, limit)
                left -= time.monotonic() - began
            if isinstance(answer, FetchFailure):
                return answer
            response, body = answer
            location = response.headers.get("location")
            if response.status_code not in (301, 302, 303, 307, 308) or location is None:
                return await self._outcome(response, str(request.url), body, limit, permanent)
            if response.headers.get("set-cookie"):
                cookies.extract_cookies(response)
            target = _join(str(request.url), location)
            if target is None:
                return FetchFailure("bad_url", f"{url} redirects to an address that is none: {location[:200]!r}")
            url = target
            only_permanent = only_permanent and response.status_code in (301, 308)
            permanent = url if only_permanent else permanent
        return FetchFailure("too_many_redirects", f"more than {MAX_REDIRECTS} redirects, the last to {url}")

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
            request = self._client.build_request("GET", parsed.copy_with(userinfo=b"", fragment=None), headers=headers)
        except (httpx.InvalidURL, ValueError) as error:  # UnicodeError too: headers and hosts are ASCII
            return FetchFailure("bad_url", f"{url[:200]}: {error}")
        if cookies.jar:
            cookies.set_cookie_header(request)
        return request

    async def _exchange(
        self, request: httpx.Request, time_left: float, limit: int
    ) -> tuple[httpx.Response, bytearray] | FetchFailure:
        """The response with its body as sent. The body of a redirect is not read."""
        assert self._client is not None
        self._requests[request.url.host] += 1
        try:
            async with asyncio.timeout(time_left):
                response = await self._client.send(request, stream=True)
                try:
                    return await self._receive(response, limit)
                finally:
                    await response.aclose()
        except TimeoutError:
            return FetchFailure("timeout", f"not done after {self._total_time:g} s: {request.url}", temporary=True)
        except httpx.RemoteProtocolError as error:
            # The transport's own errors are httpcore's: this is httpx over a Location that is no address.
            return FetchFailure("bad_url", f"{request.url}: {error}"[:500])
        except (httpx.HTTPError, httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
            return _failure(error, request)

    async def _receive(self, response: httpx.Response, limit: int) -> tuple[httpx.Response, bytearray] | FetchFailure:
        body = bytearray()
        announced = response.headers.get("content-length", "")
        size = int(announced[:20]) if announced.isdecimal() else None
        if not response.is_success:
            # Read to its end, even where that is at once (304): only then can the connection be used again.
            if response.status_code == 304 or (size is not None and size <= DRAINED):
                async for chunk in response.aiter_raw():
                    self._received += len(chunk)
            return response, body
        if size is not None and size > limit:
            return _too_large(limit, response)
        async for chunk in response.aiter_raw():
            body += chunk
            self._received += len(chunk)
            if len(body) > limit:
                return _too_large(limit, response)
        return response, body

    async def _outcome(
        self, response: httpx.Response, url: str, body: bytearray, limit: int, permanent: str | None
    ) -> Fetched | FetchFailure:
        status = response.status_code
        headers = dict(response.headers.items())
        if status == 304:
            self._not_modified += 1
        elif not 200 <= status < 300:
            return FetchFailure(
                f"http:{status}",
                f"{status} {response.reason_phrase}".strip()[:200],
                status=status,
                temporary=status >= 500 or status in _TEMPORARY_STATUSES,
                retry_after=_retry_after(headers),
            )
        try:
            coding = headers.get("content-encoding", "")
            if coding and len(body) > SLOW:
                plain = await asyncio.to_thread(decode, bytes(body), coding, limit)
            else:
                plain = decode(bytes(body), coding, limit)
        except TooLargeError:
            return _too_large(limit, response)
        except EncodingError as error:
            return FetchFailure("protocol", f"{url}: {error}", status=status, temporary=True)
        return Fetched(url, status, headers, plain, permanent)


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
        if isinstance(cause, _Refused):
            kind = cause.kind
        elif isinstance(cause, ssl.SSLError):
            kind = "tls"
        elif isinstance(cause, TimeoutError | httpcore.TimeoutException):
            kind = "timeout"
        cause = cause.__cause__ or cause.__context__
    if kind == "connect" and isinstance(error, httpcore.ReadError | httpcore.WriteError):
        kind = "protocol"  # connected, and cut off
    detail = f"{request.url}: {error or type(error).__name__}"
    return FetchFailure(kind, detail[:500], temporary=kind in _TEMPORARY_KINDS)


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """What the header Retry-After asks for, in either form (RFC 9110, 10.2.3); a date counts from the server's own."""
    stated = headers.get("retry-after", "").strip()
    if stated.isdecimal():
        return timedelta(seconds=min(int(stated[:9]), 366 * 86_400))
    until, now = _http_date(stated), _http_date(headers.get("date", "")) or datetime.now(UTC)
    return max(until - now, timedelta(0)) if until else None


def _http_date(text: str) -> datetime | None:
    try:
        stated = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return stated if stated.tzinfo else stated.replace(tzinfo=UTC)


def is_public(address: IPAddress) -> bool:
    """Whether an address is one that anybody may reach: not private, loopback, link-local, shared, multicast, reserved.

    An IPv6 address that carries an IPv4 address (mapped, 6to4, NAT64) is as public as that one.
    """
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _SIXTY_FOUR:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


class _Refused(httpcore.ConnectError):
    kind = "private_address"


class _NoAddress(_Refused):
    kind = "dns"


class _Connector(httpcore.AsyncNetworkBackend):
    """Resolves a name once, checks the addresses, and connects to one of those: no second look-up can say otherwise."""

    def __init__(self, allowed: tuple[IPNetwork, ...]) -> None:
        self._allowed = allowed
        self._inner = httpcore.AnyIOBackend()
        # An own pool: look-ups that hang must not keep the event loop's own threads from their work.
        self._resolver = ThreadPoolExecutor(8, thread_name_prefix="resolve")

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  (httpcore's interface)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self._resolve(host, port)
        usable = [address for address in addresses if self._may_reach(address)]
        if not usable:
            raise _Refused(f"{host} is at {addresses[0]}, which is not a public address")
        last: Exception | None = None
        for address in usable[:4]:
            try:
                return await self._inner.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        assert last is not None
        raise last

    async def connect_unix_socket(self, *_: object, **__: object) -> httpcore.AsyncNetworkStream:
        raise _Refused("no sockets of this machine")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def close(self) -> None:
        self._resolver.shutdown(wait=False, cancel_futures=True)

    def _may_reach(self, address: IPAddress) -> bool:
        plain = (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address
        return is_public(address) or any(plain in network for network in self._allowed)

    async def _resolve(self, host: str, port: int) -> list[IPAddress]:
        with contextlib.suppress(ValueError):
            return [ipaddress.ip_address(host.strip("[]"))]
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._resolver, _look_up, host, port)
        except (OSError, UnicodeError) as error:
            raise _NoAddress(f"{host} has no address ({error})") from error
        return list(dict.fromkeys(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))


def _look_up(host: str, port: int) -> list[tuple[int, int, int, str, tuple[str | int | bytes, ...]]]:
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


class _Transport(httpx.AsyncBaseTransport):
    """httpx's own transport takes no network backend; this one is httpcore's pools behind httpx, a host in one pool."""

    def __init__(self, connector: _Connector, shards: int) -> None:
        self._connector = connector
        context = httpx.create_ssl_context()
        self._pools = [
            httpcore.AsyncConnectionPool(
                ssl_context=context,
                max_connections=None,  # the Fetcher's slots bound them
                max_keepalive_connections=SHARD,
                keepalive_expiry=15.0,
                network_backend=connector,
            )
            for _ in range(max(shards, 1))
        ]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        response = await self._pools[hash(url.host) % len(self._pools)].handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            response.status, headers=response.headers, stream=_Stream(response), extensions=response.extensions
        )

    async def aclose(self) -> None:
        for pool in self._pools:
            await pool.aclose()
        self._connector.close()


class _Stream(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._response.aiter_stream():
            yield chunk

    async def aclose(self) -> None:
        await self._response.aclose()
