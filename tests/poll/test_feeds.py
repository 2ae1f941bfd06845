"""Feeds of all formats and conditions, parsed and polled."""

import asyncio
import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.poll.feeds import MAX_ITEMS, NotAFeed, ParsedFeed, parse_feed, poll
from flows.poll.schedule import INTERVAL, LONGEST, next_due
from tests.poll.conftest import ETAG, FEEDS, MODIFIED, NewsServer, fetcher
from warehouse.records import FeedPoll, FeedState, content_id

NOW = datetime(2025, 5, 16, 12, tzinfo=UTC)
HERE = "https://harbour.example/feeds/world.xml"


def parsed(name: str, content_type: str = "", url: str = HERE) -> ParsedFeed:
    return parse_feed((FEEDS / name).read_bytes(), url=url, content_type=content_type)


def test_rss() -> None:
    feed = parsed("plain.rss")
    assert (feed.title, feed.skipped, feed.ttl) == ("The Harbour Gazette – World", 1, timedelta(minutes=20))
    ferry, mayor = feed.items
    assert ferry.url == "https://harbour.example/world/ferry-tug-4711.html"
    assert ferry.title == "Ferry & tug collide off Skarnvik: “no one hurt”"
    assert ferry.summary == "The ferry Solveig and a tug collided in fog.\nAll 64 aboard are safe."
    assert (ferry.guid, ferry.author) == ("hg-4711", "Marit Øien")
    assert ferry.published_at == datetime(2025, 5, 16, 7, 40, tzinfo=UTC)
    assert mayor.url == "https://harbour.example/world/mayor?id=12&gameId=3"


def test_atom() -> None:
    feed = parsed("atom.xml")
    assert feed.title == "Atoll & Reef"
    lagoon, minister = feed.items
    assert lagoon.url == "https://atoll.example/news/2025/lagoon-closed"
    assert (lagoon.title, lagoon.summary) == ("Lagoon closed to boats", "Boats stay out.\nUntil Monday.")
    assert lagoon.published_at == datetime(2025, 5, 15, 22, tzinfo=UTC)
    assert lagoon.author == "Tavita Sua"
    assert (minister.url, minister.title) == ("https://atoll.example/permalink", "a < b, says minister")


def test_rdf() -> None:
    [item] = parsed("rdf.xml").items
    assert (item.title, item.author) == ("Granite prices slip", "Ana Pereda")
    assert item.published_at == datetime(2025, 5, 16, 8, tzinfo=UTC)


def test_json_feed() -> None:
    feed = parsed("feed.json")
    assert (feed.title, feed.skipped) == ("Tundra Notes", 2)
    road, ice = feed.items
    assert (road.url, road.guid, road.author) == ("https://tundra.example/notes/7", "7", "N. Vylka")
    assert road.title == road.summary == "The road to Vorkuta is open."
    assert road.published_at == datetime(2025, 5, 16, 6, tzinfo=UTC)
    assert (ice.url, ice.published_at) == ("https://tundra.example/notes/6", None)


def test_json_feed_cut_off() -> None:
    body = (FEEDS / "feed.json").read_bytes()
    assert len(parse_feed(body[: body.index(b"not an item")], url=HERE).items) == 2
    with pytest.raises(NotAFeed) as caught:
        parse_feed(body[:200], url=HERE)
    assert caught.value.kind == "unreadable"


@pytest.mark.parametrize(
    ("name", "content_type", "title"),
    [
        ("plain.rss", "text/xml; charset=iso-8859-1", "The Harbour Gazette – World"),  # the header is wrong
        ("plain.rss", "text/html", "The Harbour Gazette – World"),
        ("latin1.rss", "application/rss+xml; charset=utf-8", "Fjordavisen på engelsk"),
        ("windows1251.rss", "application/rss+xml; charset=windows-1251", "Новости порта"),  # only the header says it
        ("utf16.rss", "application/rss+xml", "Wide Characters"),
        ("junk-before.rss", "text/plain", "The Harbour Gazette – World"),
    ],
)
def test_bytes_are_read_as_what_they_are(name: str, content_type: str, title: str) -> None:
    assert parsed(name, content_type).title == title


def test_truncated_feed_gives_its_whole_items() -> None:
    items = parsed("truncated.rss").items
    assert items[0].title.startswith("Ferry")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        ((FEEDS / "page.html").read_bytes(), "html"),
        (b"<html><head><link rel='alternate' href='/feed'></head></html>", "html"),
        (b"%PDF-1.7", "unreadable"),
        (b"<opml version='2.0'><body><outline xmlUrl='http://x.example/'/></body></opml>", "unreadable"),
        (b'{"items": 3}', "unreadable"),
        (b'{"version": "https://other.example/", "items": []}', "unreadable"),
        (b"{" * 50_000, "unreadable"),
        (b'{"items":[' * 20_000, "unreadable"),
        (bytes(range(256)) * 20, "unreadable"),
    ],
)
def test_what_is_not_a_feed_says_so(body: bytes, kind: str) -> None:
    with pytest.raises(NotAFeed) as caught:
        parse_feed(body, url=HERE)
    assert caught.value.kind == kind


def test_feed_without_items_is_a_feed() -> None:
    feed = parse_feed(b"<rss version='2.0'><channel><title>Quiet</title></channel></rss>", url=HERE)
    assert (feed.title, feed.items, feed.skipped) == ("Quiet", (), 0)


def test_entities_are_not_expanded() -> None:
    [item] = parsed("bomb.rss").items
    assert len(item.title) < 500
    assert Path("/etc/hostname").read_text().strip() not in item.title.split()


def test_long_feeds_are_cut_and_double_items_counted_once() -> None:
    item = "<item><title>T</title><link>https://harbour.example/{}</link></item>"
    many = "".join(item.format(n // 2) for n in range(MAX_ITEMS + 50))
    feed = parse_feed(f"<rss version='2.0'><channel>{many}</channel></rss>".encode(), url=HERE)
    assert len(feed.items) == MAX_ITEMS // 2


def test_text_is_harmless_and_bounded() -> None:
    title = "Pilot\u202e txt.exe\u0000 \ud800 &lt;img src=x onerror=alert(1)&gt;says&#8203; no&amp;amp;so" + "x" * 600
    body = f"<rss version='2.0'><channel><item><title>{title}</title><link>https://h.example/1</link><description>" + (
        "word " * 4_000
    )
    [item] = parse_feed((body + "</description></item></channel></rss>").encode("utf-8", "replace"), url=HERE).items
    assert len(item.title) <= 500
    assert not set("\u202e\u0000\u200b<") & set(item.title)
    assert 4_900 < len(item.summary) <= 5_000


@pytest.mark.parametrize(
    "stated",
    ["Fri, 16 May 2025 13:40:00 +0500", "2025-05-16T08:40:00Z", "16 May 2025 08:40 GMT", "2025-05-16 08:40:00"],
)
def test_dates_are_utc(stated: str) -> None:
    body = (
        f"<rss version='2.0'><channel><item><title>T</title><link>https://h.example/1</link><pubDate>{stated}</pubDate>"
    )
    [item] = parse_feed(f"{body}</item></channel></rss>".encode(), url=HERE).items
    assert item.published_at == datetime(2025, 5, 16, 8, 40, tzinfo=UTC)


@pytest.mark.parametrize("stated", ["soon", "Thu, 01 Jan 1970 00:00:00 GMT", "0000-00-00", ""])
def test_dates_that_are_none_are_none(stated: str) -> None:
    body = (
        f"<rss version='2.0'><channel><item><title>T</title><link>https://h.example/1</link><pubDate>{stated}</pubDate>"
    )
    [item] = parse_feed(f"{body}</item></channel></rss>".encode(), url=HERE).items
    assert item.published_at is None


# ---- polling


def polled(news: NewsServer, path: str, state: FeedState | None = None, now: datetime = NOW) -> FeedPoll:
    async def once() -> FeedPoll:
        async with fetcher() as client:
            return await poll(client, state or FeedState(content_id(news.url(path)), news.url(path)), now)

    return asyncio.run(once())


def test_first_poll(news: NewsServer) -> None:
    result = polled(news, "/conditional")
    assert (result.outcome, result.status, result.skipped, len(result.entries)) == ("new", 200, 1, 2)
    state = result.state
    assert (state.etag, state.last_modified, state.title) == (ETAG, MODIFIED, "The Harbour Gazette – World")
    assert state.polled_at == state.succeeded_at == NOW
    assert state.due_at == NOW + INTERVAL
    assert (state.failures, state.failure, state.detail) == (0, None, None)
    entry = result.entries[0]
    assert entry.entry_id == content_id(entry.url)
    assert (entry.feed_id, entry.seen_at) == (state.feed_id, NOW)


def test_304_is_unchanged(news: NewsServer) -> None:
    later = NOW + timedelta(hours=1)
    result = polled(news, "/conditional", polled(news, "/conditional").state, later)
    assert (result.outcome, result.status, result.entries) == ("unchanged", 304, ())
    assert (result.state.etag, result.state.last_modified, result.state.succeeded_at) == (ETAG, MODIFIED, later)


def test_same_bytes_are_unchanged_whatever_the_validators_say(news: NewsServer) -> None:
    first = polled(news, "/always-200")
    second = polled(news, "/always-200", first.state)
    assert (second.outcome, second.status, second.entries) == ("unchanged", 200, ())
    assert second.state.etag != first.state.etag
    news.feed = news.feed.replace(b"second term", b"third term")
    assert polled(news, "/always-200", second.state).outcome == "new"


def test_failures_are_counted_and_healed(news: NewsServer) -> None:
    start = polled(news, "/conditional").state
    broken = replace(start, url=news.url("/410"))
    once = polled(news, "", broken).state
    twice = polled(news, "", once).state
    assert (once.failures, twice.failures, twice.failure) == (1, 2, "http:410")
    assert twice.due_at == NOW + 4 * INTERVAL
    assert (twice.etag, twice.body_hash, twice.succeeded_at) == (ETAG, start.body_hash, NOW)
    healed = polled(news, "", replace(twice, url=news.url("/conditional")), NOW + timedelta(days=1))
    assert (healed.outcome, healed.state.failures, healed.state.failure, healed.state.detail) == (
        "unchanged",
        0,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("path", "failure"),
    [
        ("/html", "not_a_feed:html"),
        ("/blank", "not_a_feed:empty"),
        ("/429", "http:429"),
        ("/metadata", "private_address"),
        ("/loop", "redirect_loop"),
        ("/endless", "too_large"),
        ("/bomb-br", "too_large"),
    ],
)
def test_failures_are_states(news: NewsServer, path: str, failure: str) -> None:
    result = polled(news, path)
    assert (result.outcome, result.entries, result.state.failure) == ("failed", (), failure)
    assert result.state.detail
    assert "\n" not in result.state.detail
    assert result.state.succeeded_at is None


def test_retry_after_is_waited_for(news: NewsServer) -> None:
    assert polled(news, "/429").state.due_at == NOW + timedelta(hours=2)


@pytest.mark.parametrize("path", ["/truncated", "/wrong-charset", "/latin", "/br", "/zstd", "/gzip"])
def test_odd_feeds_give_entries(news: NewsServer, path: str) -> None:
    result = polled(news, path)
    assert result.outcome == "new"
    assert result.entries
    assert "�" not in "".join(entry.title for entry in result.entries)


def test_dates_of_tomorrow_are_not_believed(news: NewsServer) -> None:
    news.feed = (FEEDS / "atom.xml").read_bytes()
    entries = polled(news, "/plain").entries
    assert [entry.published_at for entry in entries] == [datetime(2025, 5, 15, 22, tzinfo=UTC), None]


@given(st.integers(0, 10_000), st.none() | st.timedeltas(timedelta(0), timedelta(days=400)))
def test_next_poll_is_bounded(failures: int, retry_after: timedelta | None) -> None:
    due = next_due(NOW, failures, retry_after)
    assert NOW + INTERVAL <= due <= NOW + LONGEST
    if retry_after is not None:
        assert due >= NOW + min(retry_after, LONGEST)


# ---- nothing but the declared error comes out

SEEDS = [path.read_bytes() for path in sorted(FEEDS.iterdir()) if path.name != "bomb.rss"]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    body = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(body)))
        body[at : at + draw(st.integers(0, 40))] = draw(
            st.binary(max_size=12) | st.sampled_from([b"<", b"]]>", b"&", b"\0"])
        )
    return bytes(body)


@settings(max_examples=150, deadline=None)
@given(damaged() | st.binary(max_size=300), st.sampled_from(["", "text/xml; charset=utf-16", "x; charset=nonsense"]))
def test_no_other_error_escapes(body: bytes, content_type: str) -> None:
    try:
        feed = parse_feed(body, url=HERE, content_type=content_type)
    except NotAFeed:
        return
    for item in feed.items:
        assert item.url.startswith(("http://", "https://"))
        json.dumps([item.title, item.summary, item.url], ensure_ascii=False).encode()


def test_hostile_sizes_are_bounded_in_time() -> None:
    began = datetime.now(UTC)
    for body in (
        b"<rss version='2.0'><channel>" + b"<item>" * 20_000,
        b"<rss version='2.0'><channel><item><title>" + b"<b>" * 30_000,
        b"<" * 200_000,
        b"<rss><channel><item><description>" + b"&lt;div&gt;" * 30_000 + b"</description></item></channel></rss>",
    ):
        try:
            parse_feed(body, url=HERE)
        except NotAFeed:
            continue
    assert datetime.now(UTC) - began < timedelta(seconds=20)


@pytest.mark.skipif("SEEDWATCH_FEEDS" not in os.environ, reason="SEEDWATCH_FEEDS names no folder of real feeds")
def test_real_feeds_give_items() -> None:
    for path in sorted(Path(os.environ["SEEDWATCH_FEEDS"]).iterdir()):
        if path.suffix in (".rss", ".atom", ".rdf", ".xml"):
            feed = parse_feed(path.read_bytes(), url="https://harbour.example/")
            assert feed.title, path.name
            assert len(feed.items) > feed.skipped, path.name
        elif path.suffix == ".html":
            with pytest.raises(NotAFeed):
                parse_feed(path.read_bytes(), url="https://harbour.example/")
