"""The client against a real server that misbehaves in every way it must survive."""

import asyncio
import contextlib
import gzip
import zlib
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.poll.decode import EncodingError, TooLargeError, decode
from flows.poll.fetch import KINDS, PAGE_TYPES, Fetched, Fetcher, FetchFailure
from tests.poll.conftest import ETAG, MODIFIED, NewsServer, fetcher
from warehouse.records import Politeness


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
        ("/many-headers", "protocol", True),
        ("/bad-gzip", "protocol", True),
        ("/odd-coding", "protocol", True),
    ],
)
def test_failures_are_named(news: NewsServer, path: str, kind: str, temporary: bool) -> None:
    outcome = failure(get(news.url(path)))
    assert (outcome.kind, outcome.temporary) == (kind, temporary), outcome
    assert outcome.detail


@pytest.mark.parametrize("path", ["/slow", "/hangs"])
def test_total_time_ends_what_does_not_end_by_itself(news: NewsServer, path: str) -> None:
    outcome = failure(get(news.url(path), {"total_time": 0.5}))
    assert (outcome.kind, outcome.temporary) == ("timeout", True)


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
    ("host", "kind"),
    [
        ("127.0.0.1", "private_address"),
        ("localhost", "private_address"),
        ("0.0.0.0", "private_address"),
        ("[::1]", "private_address"),
        ("[::ffff:127.0.0.1]", "private_address"),
        ("[::ffff:7f00:1]", "private_address"),
        ("[64:ff9b::7f00:1]", "private_address"),
        ("[2002:7f00:1::]", "private_address"),
        ("127.1", "bad_url"),
        ("2130706433", "bad_url"),
        ("0x7f.0.0.1", "bad_url"),
        ("0177.0.0.1", "bad_url"),
        ("１２７.0.0.1", "bad_url"),
    ],
)
def test_loopback_is_refused_under_all_its_names(news: NewsServer, host: str, kind: str) -> None:
    outcome = failure(get(f"http://{host}:{news.port}/plain", {"allow_private": ()}))
    assert outcome.kind == kind, outcome
    assert news.requests == []


def test_only_the_usual_ports_of_the_public_and_those_named_are_asked() -> None:
    # A public address, which is not connected to: there is no such port to ask.
    assert failure(get("http://93.184.216.34:22/")).kind == "bad_port"


def test_passwords_of_others_are_not_sent(news: NewsServer) -> None:
    document = fetched(get(news.url("/with-password")))
    assert document.url == news.url("/plain")
    assert "authorization" not in news.asked("/plain")[0]
    assert "secret" not in failure(get(f"http://user:secret@127.0.0.1:{news.port}/loop")).detail


def test_headers_that_could_not_be_sent_back_are_left_out(news: NewsServer) -> None:
    document = fetched(get(news.url("/odd-headers")))
    assert document.body == news.feed
    assert {"etag", "last-modified", "x-long"}.isdisjoint(document.headers)
    assert document.headers["content-type"]
    fetched(get(news.url("/plain"), etag='"café"', last_modified="Fri\r\nX: y"))
    [headers] = news.asked("/plain")
    assert {"if-none-match", "if-modified-since", "x"}.isdisjoint(headers)


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_asks_for_it_is_left_alone(news: NewsServer, status: int) -> None:
    async def several() -> tuple[list[Fetched | FetchFailure], Politeness]:
        async with fetcher() as client:
            first = await client.get(news.url(f"/{status}"))
            rest = await asyncio.gather(*(client.get(news.url("/plain")) for _ in range(40)))
            other = await client.get(f"http://localhost:{news.port}/plain")
            return [first, *rest, other], client.report()

    (*refused, other), report = asyncio.run(several())
    assert {failure(outcome).kind for outcome in refused} == {f"http:{status}"}
    assert all(
        timedelta(hours=1) < (failure(outcome).retry_after or timedelta()) <= timedelta(hours=2) for outcome in refused
    )
    assert fetched(other)
    assert len(news.asked("/plain")) == 1
    assert (report.too_many_requests, report.requests["127.0.0.1"]) == (status == 429, 2)


def test_only_the_allowed_network_is_reached(news: NewsServer) -> None:
    other = {"allow_private": (ip_network("10.0.0.0/8"),)}
    assert failure(get(news.url("/plain"), other)).kind == "private_address"
    same = {"allow_private": (ip_network("127.0.0.1/32"),)}
    assert fetched(get(news.url("/plain"), same))


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
    async def many() -> Politeness:
        async with fetcher(per_source=3, concurrency=20) as client:
            outcomes = await asyncio.gather(*(client.get(news.url("/waits")) for _ in range(12)))
            assert all(isinstance(outcome, Fetched) for outcome in outcomes)
            return client.report()

    report = asyncio.run(many())
    assert news.open_most <= 3
    assert report.requests == {"127.0.0.1": 13}  # with robots.txt


def test_waiting_for_a_slot_is_not_charged(news: NewsServer) -> None:
    async def queue() -> list[Fetched | FetchFailure]:
        async with fetcher(per_source=1, total_time=1.0) as client:
            return await asyncio.gather(
                *(client.get(news.url("/waits")) for _ in range(15))
            )  # a tenth of a second each

    assert all(isinstance(outcome, Fetched) for outcome in asyncio.run(queue()))


def test_a_busy_host_keeps_no_other_waiting(news: NewsServer) -> None:
    async def mixed() -> list[bool]:
        async with fetcher(per_source=1, concurrency=2, total_time=60.0) as client:
            stuck = [asyncio.create_task(client.get(news.url("/hangs"))) for _ in range(3)]
            fetched(await client.get(f"http://localhost:{news.port}/plain"))
            ended = [task.done() for task in stuck]
            for task in stuck:
                task.cancel()
            await asyncio.gather(*stuck, return_exceptions=True)
            return ended

    assert asyncio.run(mixed()) == [False] * 3


def test_connections_are_kept_after_304_and_redirects(news: NewsServer) -> None:
    async def several() -> Politeness:
        async with fetcher() as client:
            for path in ("/conditional", "/elsewhere", "/410", "/plain"):
                await client.get(news.url(path), etag=ETAG, last_modified=MODIFIED)
            return client.report()

    report = asyncio.run(several())
    assert (report.requests, report.not_modified) == ({"127.0.0.1": 6}, 1)
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
    with pytest.raises(EncodingError):  # 14 MB of empty members: unpacking one after another would take hours
        decode(gzip.compress(b"") * 700_000, "gzip", 1_000_000)


@settings(deadline=None)
@given(st.lists(st.binary(max_size=40_000), min_size=1, max_size=5), st.sampled_from([b"", bytes(100)]))
def test_members_of_gzip_follow_one_another(parts: list[bytes], padding: bytes) -> None:
    assert decode(b"".join(map(gzip.compress, parts)) + padding, "gzip", 1_000_000) == b"".join(parts)


@settings(deadline=None)
@given(st.binary(max_size=2_000), st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, br", "identity", "x", ","]))
def test_any_bytes_decode_or_are_named(body: bytes, codings: str) -> None:
    for prefix in (b"", gzip.compress(body)[:20], zlib.compress(body)[:20], b"\x28\xb5\x2f\xfd"):
        with contextlib.suppress(EncodingError, TooLargeError):
            assert len(decode(prefix + body, codings, 1_000)) <= 1_000


_PARTS = rb"""HTTP/1.1 200 OK
HTTP/1.1 302 \xff
HTTP/1.1 100
HTTP/1.1 101
HTTP/1.1 304
HTTP/9
Content-Length: 5
Content-Length: -1
Content-Encoding: gzip
Transfer-Encoding: chunked
FFFFFFFFFFFFFFFF
5
hello
Location: http://[::1
Location: //\xff
Set-Cookie: a=\x01; Domain=.
Retry-After: 9e9
:
<rss>""".split(b"\n")
_NASTY = st.sampled_from([b"", b"HTTP/1.1 200 OK", *_PARTS]).map(lambda part: part + b"\r\n")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_NASTY | st.binary(max_size=40), max_size=12).map(b"".join))
def test_whatever_a_server_answers_has_a_name(news: NewsServer, answer: bytes) -> None:
    news.raw = answer
    outcome = get(news.url("/raw"), {"total_time": 1.0})
    if isinstance(outcome, FetchFailure):
        assert outcome.kind in KINDS or outcome.kind == f"http:{outcome.status}"
        assert outcome.detail.isprintable()


_HOSTS = ["127.0.0.1", "0x7f.1", "[::1]", "[::ffff:10.0.0.1]", "a.invalid", "localhost", "", "169.254.169.254", "a..b"]


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=30)
    | st.builds(
        "{}{}@{}{}/{}".format,
        st.sampled_from(["http://", "https://", "HTTP:", "file://", "", "http:\\\\", "//"]),
        st.text(max_size=5),
        st.sampled_from(_HOSTS) | st.text("0123456789abcdefx.:[]%ß１\u3002", max_size=12).map("{}.invalid".format),
        st.sampled_from(["", ":", ":0", ":80", ":99999", ":-1", ":１", ":22"]),
        st.text(max_size=20),
    )
)
def test_whatever_stands_for_an_address_has_a_name(url: str) -> None:
    assert failure(get(url, {"allow_private": ()})).kind in {"bad_url", "private_address", "dns", "bad_port"}


def test_cannot_be_used_unopened() -> None:
    with pytest.raises(AssertionError):
        asyncio.run(Fetcher("x").get("http://harbour.example/"))
