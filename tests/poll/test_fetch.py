"""The client against a real server that misbehaves in every way it must survive."""

import asyncio
import time
from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from flows.poll.decode import EncodingError, TooLargeError, decode
from flows.poll.fetch import PAGE_TYPES, Fetched, Fetcher, FetchFailure, FetchReport, is_public
from tests.poll.conftest import ETAG, MODIFIED, NewsServer, fetcher


def get(url: str, settings: dict[str, Any] | None = None, **options: Any) -> Fetched | FetchFailure:
    async def once() -> Fetched | FetchFailure:
        async with fetcher(**settings or {}) as client:
            return await client.get(url, **options)

    return asyncio.run(once())


def fetched(outcome: Fetched | FetchFailure) -> Fetched:
    assert isinstance(outcome, Fetched), outcome
    return outcome


def failure(outcome: Fetched | FetchFailure) -> FetchFailure:
    assert isinstance(outcome, FetchFailure), outcome
    return outcome


@pytest.mark.parametrize(
    "path", ["/plain", "/gzip", "/gzip-twice", "/deflate", "/br", "/zstd", "/not-gzip", "/cookie-wall", "/conditional"]
)
def test_body_comes_back_decoded(news: NewsServer, path: str) -> None:
    document = fetched(get(news.url(path)))
    assert document.body == news.feed
    assert (document.status, document.url, document.permanent_url) == (200, news.url(path), None)
    assert document.headers["content-type"] == "application/rss+xml"


def test_body_that_stops_early_gives_what_came(news: NewsServer) -> None:
    assert news.feed.startswith(fetched(get(news.url("/gzip-cut"))).body[:500])


def test_says_who_asks_and_what_for(news: NewsServer) -> None:
    get(news.url("/plain"), accept=PAGE_TYPES)
    [headers] = news.asked("/plain")
    assert headers["user-agent"] == "Seedwatch-tests/0 (+https://seedwatch.example)"
    assert headers["accept"] == PAGE_TYPES
    assert {"gzip", "br", "zstd"} <= {coding.strip() for coding in headers["accept-encoding"].split(",")}
    assert "if-none-match" not in headers


def test_validators_go_back_verbatim(news: NewsServer) -> None:
    document = fetched(get(news.url("/conditional"), etag=ETAG, last_modified=MODIFIED))
    assert (document.status, document.body, document.headers["etag"]) == (304, b"", ETAG)


@pytest.mark.parametrize(
    ("path", "kind", "temporary"),
    [
        ("/nothing-here", "http:404", False),
        ("/410", "http:410", False),
        ("/429", "http:429", True),
        ("/503", "http:503", True),
        ("/loop", "redirect_loop", False),
        ("/loop-a", "redirect_loop", False),
        ("/hop0", "too_many_redirects", False),
        ("/metadata", "private_address", False),
        ("/to-file", "bad_url", False),
        ("/to-nowhere", "bad_url", False),
        ("/huge", "too_large", False),
        ("/endless", "too_large", False),
        ("/bomb-gzip", "too_large", False),
        ("/bomb-br", "too_large", False),
        ("/bomb-zstd", "too_large", False),
        ("/cut-off", "protocol", True),
        ("/bad-gzip", "protocol", True),
        ("/odd-coding", "protocol", True),
    ],
)
def test_failures_are_named(news: NewsServer, path: str, kind: str, temporary: bool) -> None:
    outcome = failure(get(news.url(path)))
    assert (outcome.kind, outcome.temporary) == (kind, temporary), outcome
    assert outcome.detail


def test_total_time_ends_a_drip(news: NewsServer) -> None:
    began = time.monotonic()
    outcome = failure(get(news.url("/slow"), {"total_time": 0.5}))
    assert (outcome.kind, outcome.temporary) == ("timeout", True)
    assert time.monotonic() - began < 2


def test_retry_after_in_both_forms(news: NewsServer) -> None:
    assert failure(get(news.url("/429"))).retry_after == timedelta(hours=2)
    assert failure(get(news.url("/503"))).retry_after == timedelta(minutes=90)  # by the server's own clock
    assert failure(get(news.url("/410"))).retry_after is None


def test_permanent_redirects_are_told_from_others(news: NewsServer) -> None:
    document = fetched(get(news.url("/moved")))
    assert document.url == f"http://localhost:{news.port}/plain"
    assert document.permanent_url == f"http://localhost:{news.port}/elsewhere"
    assert fetched(get(news.url("/elsewhere"))).permanent_url is None


@pytest.mark.parametrize(
    "url",
    [
        "ftp://harbour.example/feed",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "harbour.example/feed",
        "http://",
        "http://[::1/feed",
        "http://harbour.example:99999/",
        "http://harbour.example/" + "a" * 2048,
        "http://\ud800.example/",
        "",
    ],
)
def test_what_is_no_http_address_is_not_asked_for(url: str) -> None:
    assert failure(get(url)).kind == "bad_url"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"]
)
def test_loopback_is_refused_under_all_its_names(news: NewsServer, host: str) -> None:
    outcome = failure(get(f"http://{host}:{news.port}/plain", {"allow_private": ()}))
    assert outcome.kind in ("private_address", "dns", "bad_url"), outcome  # some names resolve on some systems only
    assert news.requests == []


def test_only_the_allowed_network_is_reached(news: NewsServer) -> None:
    other = {"allow_private": (ip_network("10.0.0.0/8"),)}
    assert failure(get(news.url("/plain"), other)).kind == "private_address"
    same = {"allow_private": (ip_network("127.0.0.1/32"),)}
    assert fetched(get(news.url("/plain"), same))


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("100.100.100.200", False),  # shared space, where a cloud keeps its metadata
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("198.18.0.1", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fd00:ec2::254", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("2002:7f00:1::", False),  # 6to4 of 127.0.0.1
        ("64:ff9b::a9fe:a9fe", False),  # NAT64 of 169.254.169.254
        ("64:ff9b::5db8:d822", True),
    ],
)
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(ip_address(address)) is public


def test_nobody_there(free_port: int) -> None:
    outcome = failure(get(f"http://127.0.0.1:{free_port}/"))
    assert (outcome.kind, outcome.temporary) == ("connect", True)


def test_no_such_name() -> None:
    outcome = failure(get("http://no-such-host.invalid/"))
    assert (outcome.kind, outcome.temporary) == ("dns", True)


def test_plain_server_behind_https(news: NewsServer) -> None:
    outcome = failure(get(f"https://127.0.0.1:{news.port}/plain"))
    assert outcome.kind == "tls"


def test_few_at_once_for_one_host(news: NewsServer) -> None:
    async def many() -> FetchReport:
        async with fetcher(per_host=3, concurrency=20) as client:
            outcomes = await asyncio.gather(*(client.get(news.url("/waits")) for _ in range(12)))
            assert all(isinstance(outcome, Fetched) for outcome in outcomes)
            return client.report()

    report = asyncio.run(many())
    assert news.open_most <= 3
    assert report.requests == {"127.0.0.1": 12}


def test_waiting_for_a_slot_is_not_charged(news: NewsServer) -> None:
    async def queue() -> list[Fetched | FetchFailure]:
        async with fetcher(per_host=1, total_time=0.3) as client:
            return await asyncio.gather(*(client.get(news.url("/waits")) for _ in range(6)))

    assert all(isinstance(outcome, Fetched) for outcome in asyncio.run(queue()))


def test_a_busy_host_keeps_no_other_waiting(news: NewsServer) -> None:
    async def mixed() -> float:
        async with fetcher(per_host=1, concurrency=2, total_time=1.0) as client:
            stuck = [asyncio.create_task(client.get(news.url("/slow"))) for _ in range(3)]
            await asyncio.sleep(0.05)
            began = time.monotonic()
            fetched(await client.get(f"http://localhost:{news.port}/plain"))
            took = time.monotonic() - began
            for task in stuck:
                task.cancel()
            await asyncio.gather(*stuck, return_exceptions=True)
            return took

    assert asyncio.run(mixed()) < 0.5


def test_connections_are_kept_after_304_and_redirects(news: NewsServer) -> None:
    async def several() -> FetchReport:
        async with fetcher() as client:
            for path in ("/conditional", "/elsewhere", "/410", "/plain"):
                await client.get(news.url(path), etag=ETAG, last_modified=MODIFIED)
            return client.report()

    report = asyncio.run(several())
    assert (report.requests, report.not_modified) == ({"127.0.0.1": 5}, 1)
    assert report.failures == {"http:410": 1}
    assert report.received_bytes >= 2 * len(news.feed)


def test_cookies_do_not_outlive_a_document(news: NewsServer) -> None:
    async def twice() -> None:
        async with fetcher() as client:
            await client.get(news.url("/cookie-wall"))
            await client.get(news.url("/cookie-wall"))

    asyncio.run(twice())
    assert ["cookie" in headers for headers in news.asked("/cookie-wall")] == [False, True, False, True]


def test_decoding_is_bounded_before_it_is_done() -> None:
    import brotli
    import zstandard

    with pytest.raises(TooLargeError):
        decode(brotli.compress(bytes(400_000_000), quality=1), "br", 1_000_000)
    with pytest.raises(TooLargeError):
        decode(zstandard.compress(bytes(400_000_000)), "zstd", 1_000_000)
    with pytest.raises(EncodingError):
        decode(b"x", "gzip, gzip, gzip", 10)


def test_cannot_be_used_unopened() -> None:
    with pytest.raises(AssertionError):
        asyncio.run(Fetcher("x").get("http://harbour.example/"))
