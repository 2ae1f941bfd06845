"""Feeds found from an address: the feed itself, what a page names, what is at the usual places."""

import asyncio
from collections.abc import Iterator
from ipaddress import ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.poll.discover import MAX_NAMED, WELL_KNOWN, Discovery, discover, named_feeds
from tests.poll.conftest import fetcher
from tests.poll.site import Answer, Site, rss, site_on

PAGE = """<!doctype html><html><head><title>Harbour</title><base href="/news/">
<link rel="stylesheet" href="/style.css">
<link rel="alternate" hreflang="de" href="/de/">
<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">
<LINK REL='Alternate home' TYPE='Application/RSS+XML; charset=utf-8' HREF=' world.rss '>
<link rel="alternate" type="application/atom+xml" href="//%s/atom?a=1&amp;b=2">
<link rel="alternate" type="application/rss+xml" href="world.rss">
<link rel="alternate" type="application/rss+xml" href="">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
<link rel="alternate" type="application/rss+xml" href="http://[::1">
<link rel="alternate" type="application/json" href="/wp-json/1">
</head><body><p>unclosed <a href="/feed">feed</a></body>"""


@pytest.fixture
def site() -> Iterator[Site]:
    with site_on() as made:
        yield made


def found(url: str, **limits: object) -> Discovery:
    async def once() -> Discovery:
        async with fetcher(**limits) as client:
            return await discover(client, url)

    return asyncio.run(once())


def test_a_feed_is_itself(site: Site) -> None:
    site.pages["/any"] = rss("Harbour", "https://a.example/1", "https://a.example/2")
    (feed,) = found(f"{site.base}/any").feeds
    assert (feed.url, feed.title, feed.entries, feed.named_by) == (f"{site.base}/any", "Harbour", 2, "address")
    assert site.asked == ["/any"]


def test_a_page_names_its_feeds_and_comments_come_last(site: Site) -> None:
    host = site.base.removeprefix("http://")
    site.pages |= {
        "/": Answer((PAGE % host).encode()),
        "/comments/feed": rss("Comments on Harbour", "https://a.example/c"),
        "/news/world.rss": rss("World", "https://a.example/1"),
        "/atom?a=1&b=2": rss("All"),
        "/wp-json/1": Answer(b'{"id": 1}', "application/json"),
    }
    discovery = found(f"{site.base}/")
    assert [feed.title for feed in discovery.feeds] == ["World", "All", "Comments on Harbour"]
    assert {feed.named_by for feed in discovery.feeds} == {"page"}
    assert discovery.feeds[0].url == f"{site.base}/news/world.rss"
    assert sorted(site.asked) == ["/", "/atom?a=1&b=2", "/comments/feed", "/news/world.rss", "/wp-json/1"]


@pytest.mark.parametrize("place", WELL_KNOWN)
def test_the_usual_places_are_tried_in_order_to_the_first(site: Site, place: str) -> None:
    site.pages |= {"/about/us": Answer(b"<p>no links"), place: rss("Harbour", "https://a.example/1")}
    site.pages["/feed.json"] = Answer(b'{"version":"https://jsonfeed.org/version/1.1","title":"J","items":[]}')
    (feed,) = found(f"{site.base}/about/us").feeds
    assert (feed.url, feed.named_by) == (site.base + place, "well-known path")
    assert site.asked == ["/about/us", *WELL_KNOWN[: WELL_KNOWN.index(place) + 1]]


def test_named_feeds_that_are_none_lead_to_the_usual_places(site: Site) -> None:
    site.pages |= {
        "/": Answer(b'<link rel="alternate" type="application/rss+xml" href="/old.rss">'),
        "/old.rss": Answer(b"<html>moved", status=200),
        "/rss.xml": rss("Harbour", "https://a.example/1"),
    }
    assert [feed.url for feed in found(f"{site.base}/").feeds] == [f"{site.base}/rss.xml"]


def test_a_page_that_is_not_given_out_may_have_a_feed_that_is(site: Site) -> None:
    site.pages |= {"/": Answer(b"no robots", status=403), "/feed": rss("Harbour", "https://a.example/1")}
    assert [feed.url for feed in found(f"{site.base}/").feeds] == [f"{site.base}/feed"]
    del site.pages["/feed"]
    nothing = found(f"{site.base}/")
    assert nothing.feeds == ()
    assert nothing.failure is not None
    assert nothing.failure.kind == "http:403"


def test_robots_txt_is_obeyed_and_may_leave_the_feed(site: Site) -> None:
    site.pages |= {
        "/robots.txt": Answer(b"User-agent: *\nDisallow: /page\nDisallow: /feed$\n", "text/plain"),
        "/page": Answer(b"<p>keep out"),
        "/feed": rss("Kept", "https://a.example/1"),
        "/rss": rss("Open", "https://a.example/1"),
    }
    assert [feed.title for feed in found(f"{site.base}/page").feeds] == ["Open"]
    assert site.asked == ["/rss"]


def test_a_host_that_is_not_there_is_asked_once(free_port: int) -> None:
    nothing = found(f"http://127.0.0.1:{free_port}/")
    assert nothing.feeds == ()
    assert nothing.failure is not None


def test_a_moved_feed_is_added_where_it_is(site: Site) -> None:
    site.pages |= {
        "/old": Answer(status=301, headers={"Location": "/new"}),
        "/new": rss("Harbour", "https://a.example/1"),
        "/now": Answer(status=302, headers={"Location": "/new"}),
    }
    assert [feed.url for feed in found(f"{site.base}/old").feeds] == [f"{site.base}/new"]
    assert [feed.url for feed in found(f"{site.base}/now").feeds] == [f"{site.base}/now"]


def test_a_page_cannot_send_us_to_private_addresses(site: Site) -> None:
    with site_on("127.0.0.2") as inner:
        inner.pages["/secret"] = rss("Inner", "https://a.example/1")
        link = f'<link rel="alternate" type="application/rss+xml" href="{inner.base}/secret">'
        site.pages["/"] = Answer(link.encode())
        assert found(f"{site.base}/", allow_private=[ip_network("127.0.0.1")]).feeds == ()
        assert inner.asked == []


def test_a_page_that_names_thousands_is_looked_at_within_bounds(site: Site) -> None:
    links = "".join(f'<link rel="alternate" type="text/xml" href="/f{n}">' for n in range(5_000))
    site.pages["/"] = Answer(links.encode())
    assert found(f"{site.base}/").feeds == ()
    assert len(site.asked) == 1 + MAX_NAMED + len(WELL_KNOWN)


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=400) | st.text(alphabet="<>/= '\"linkbaserelhrefalternate&;\0\n", max_size=400).map(str.encode)
)
def test_no_bytes_raise(body: bytes) -> None:
    for address in named_feeds(body, "https://a.example/"):
        assert address.startswith(("http://", "https://"))


def test_depth_is_no_harm() -> None:
    body = b"<div>" * 100_000 + b'<link rel="alternate" type="text/xml" href="/f">'
    assert set(named_feeds(body, "https://a.example/")) <= {"https://a.example/f"}
