"""Connections to strangers' servers: the address is checked that is connected to, whoever resolved it and when."""

import asyncio
import contextlib
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Container, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import httpcore
import httpx

from flows.poll.addresses import IPAddress, IPNetwork, is_public

SHARD = 10  # requests in flight in one connection pool: httpcore scans its pool for each request


class RefusedError(httpcore.ConnectError):
    """No connection was tried; ``kind`` names why, as in a FetchFailure."""

    kind = "private_address"


class _NoAddressError(RefusedError):
    kind = "dns"


class _BadPortError(RefusedError):
    kind = "bad_port"


class _Connector(httpcore.AsyncNetworkBackend):
    """Resolves a name once, checks the addresses, and connects to one of those: no second look-up can say otherwise."""

    def __init__(self, allowed: tuple[IPNetwork, ...], ports: Container[int]) -> None:
        self._allowed = allowed
        self._ports = ports
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
        usable = [address for address in addresses if is_public(address) or self._is_allowed(address)]
        if not usable:
            raise RefusedError(f"{host} is at {addresses[0]}, which is not a public address")
        # What listens elsewhere is seldom meant for everybody, and a page must not make us knock at doors for it.
        usable = [address for address in usable if port in self._ports or self._is_allowed(address)]
        if not usable:
            raise _BadPortError(f"port {port} of {host}")
        last: Exception | None = None
        for address in usable[:4]:
            try:
                return await self._inner.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        assert last is not None
        raise last

    async def connect_unix_socket(self, *_: object, **__: object) -> httpcore.AsyncNetworkStream:
        raise RefusedError("no sockets of this machine")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def close(self) -> None:
        self._resolver.shutdown(wait=False, cancel_futures=True)

    def _is_allowed(self, address: IPAddress) -> bool:
        plain = (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address
        return any(plain in network for network in self._allowed)

    async def _resolve(self, host: str, port: int) -> list[IPAddress]:
        with contextlib.suppress(ValueError):
            return [ipaddress.ip_address(host.strip("[]"))]
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._resolver, _look_up, host, port)
        except (OSError, UnicodeError) as error:
            raise _NoAddressError(f"{host} has no address ({error})") from error
        return list(dict.fromkeys(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))


def _look_up(host: str, port: int) -> list[tuple[int, int, int, str, tuple[str | int | bytes, ...]]]:
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()  # 30 ms: the certificates of all authorities are read


class Transport(httpx.AsyncBaseTransport):
    """Connects to public addresses on ``ports`` and to ``allowed`` networks, and to nothing else.

    httpx's own transport takes no network backend; this one is httpcore's pools behind httpx, a host in one pool, and
    enough pools for so many requests ``at_once``.
    """

    def __init__(self, allowed: tuple[IPNetwork, ...], ports: Container[int], at_once: int) -> None:
        self._connector = connector = _Connector(allowed, ports)
        self._pools = [
            httpcore.AsyncConnectionPool(
                ssl_context=_tls(),
                max_connections=None,  # the Fetcher's slots bound them
                max_keepalive_connections=SHARD,
                keepalive_expiry=15.0,
                network_backend=connector,
            )
            for _ in range(-(-at_once // SHARD))
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
