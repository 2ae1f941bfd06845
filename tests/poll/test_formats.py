"""Feeds of all formats and conditions, parsed."""

import gzip
import json
import os
import pickle
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.poll.formats import MAX_UNPACKED, parse_feed
from flows.poll.items import MAX_ITEMS, NotAFeed, ParsedFeed
from tests.poll.conftest import FEEDS

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


def test_news_sitemap() -> None:
    feed = parsed("news-sitemap.xml")
    assert (feed.kind, feed.title, feed.skipped) == ("sitemap", "The Harbour Gazette", 1)
    ferry, mayor = feed.items
    assert (ferry.url, ferry.title) == (
        "https://harbour.example/world/ferry-tug-4711.html",
        "Ferry & tug collide off Skarnvik",
    )
    assert ferry.published_at == datetime(2025, 5, 16, 7, 40, tzinfo=UTC)
    assert (mayor.url, mayor.published_at) == (
        "https://harbour.example/world/mayor",
        datetime(2025, 5, 16, tzinfo=UTC),
    )


def test_news_sitemap_cut_off_gives_its_whole_items() -> None:
    body = (FEEDS / "news-sitemap.xml").read_bytes()
    feed = parse_feed(body[: body.index(b"<news:title><![CDATA[")], url=HERE)
    assert [item.title for item in feed.items] == ["Ferry & tug collide off Skarnvik"]


def test_sitemap_of_pages_is_named_as_such() -> None:
    plain = b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>%s</urlset>"
    with pytest.raises(NotAFeed, match="a sitemap of 2 pages") as caught:
        parse_feed(plain % (b"<url><loc>https://h.example/1</loc></url>" * 2), url=HERE)
    assert caught.value.kind == "sitemap"


def test_index_of_sitemaps_is_not_followed_but_says_what_to_poll() -> None:
    named = b"".join(b"<sitemap><loc>https://h.example/%s.xml</loc></sitemap>" % name for name in (b"a", b"b", b"news"))
    with pytest.raises(NotAFeed, match=r"of 3 sitemaps; poll one of news: https://h\.example/news\.xml") as caught:
        parse_feed(b"<?xml version='1.0'?><!-- made by hand -->\n<sitemapindex>%s</sitemapindex>" % named, url=HERE)
    assert caught.value.kind == "sitemap_index"


@pytest.mark.parametrize("name", ["news-sitemap.xml", "plain.rss", "feed.json"])
def test_gzip_files_are_unpacked_even_if_cut_off(name: str) -> None:
    packed = gzip.compress((FEEDS / name).read_bytes())
    assert parse_feed(packed, url=HERE, content_type="application/x-gzip") == parsed(name)
    assert parse_feed(packed[:-60], url=HERE).items


def test_gzip_bombs_and_damaged_gzip_are_refused() -> None:
    for body in (gzip.compress(bytes(MAX_UNPACKED + 1)), b"\x1f\x8b" + bytes(50)):
        with pytest.raises(NotAFeed) as caught:
            parse_feed(body, url=HERE)
        assert caught.value.kind == "unreadable"


def test_how_long_a_feed_may_be_kept() -> None:
    def ttl(inner: str) -> timedelta | None:
        spaces = "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"
        return parse_feed(f"<rss version='2.0' {spaces}><channel>{inner}</channel></rss>".encode(), url=HERE).ttl

    assert ttl("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>") == timedelta(
        minutes=15
    )
    assert ttl("<ttl> 30 </ttl>") == timedelta(minutes=30)
    assert ttl("<ttl>soon</ttl>") is None


def test_variants_of_one_page_are_one_item() -> None:
    links = ["https://h.example/a/amp/", "https://www.h.example/a?amp=1", "http://h.example/a", "https://h.example/b"]
    items = "".join(f"<item><title>T</title><link>{link}</link></item>" for link in links)
    feed = parse_feed(f"<rss version='2.0'><channel>{items}</channel></rss>".encode(), url=HERE)
    assert [item.url for item in feed.items] == ["https://h.example/a/amp/", "https://h.example/b"]


def test_links_are_relative_to_where_the_feed_was_found_and_taken_out_of_redirectors() -> None:
    links = [
        "../world/1?utm_medium=feed",
        "//h.example/2",
        "https://www.google.com/url?url=https://h.example/3&amp;ct=x",
    ]
    items = "".join(f"<item><title>T</title><link>{link}</link></item>" for link in links)
    feed = parse_feed(f"<rss version='2.0'><channel>{items}</channel></rss>".encode(), url=HERE)
    assert [item.url for item in feed.items] == [
        "https://harbour.example/world/1", "https://h.example/2", "https://h.example/3",
    ]  # fmt: skip


def test_refusals_come_back_from_other_processes() -> None:
    refusal = NotAFeed("sitemap", "why")
    again = pickle.loads(pickle.dumps(refusal))
    assert (again.kind, str(again), str(NotAFeed("html"))) == ("sitemap", "why", "html")


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


# What comes out of the real feeds: format, whether it has a title, items, of them dated, of them with a text, skipped;
# or why it is no feed. ScriptingNews.json is RSS in the clothes of JSON; the items of authors.json have no addresses.
REAL = """
3960.json                   json  titled    20   20   19   0
489.rss                     rss   titled    10   10    9   0
4fsodonline.atom            atom  titled    25   25   19   0
DaringFireball.atom         atom  titled    47   47   47   0
DaringFireball.html         html
DaringFireball.json         json  titled    48   48   48   0
DaringFireball.rss          atom  titled    46   46   46   0
EMarley.rss                 rss   titled    10   10   10   0
KatieFloyd.rss              rss   titled    20   20   20   0
LICENSE                     unreadable
OneFootTsunami.atom         atom  titled    23   23   23   0
ScriptingNews.json          unreadable
Subs.opml                   unreadable
SubsNoTitleAttributes.opml  unreadable
YouTubeTheVolvoRocks.html   html
aktuality.rss               rss   titled    30   30   29   0
allthis-partial.json        json  -          2    2    2   0
allthis.atom                rss   titled    12   12   12   0
allthis.json                json  titled    12   12   12   0
atp.rss                     rss   titled   100  100  100   0
authors.json                json  titled     0    0    0   4
bio.rdf                     rdf   titled    30   30   30   0
cloudblog.rss               rss   titled    20   20   20   0
coco.html                   html
curt.json                   json  titled    26   26   26   0
dcrainmaker.xml             rss   titled     8    8    8   0
donthitsave.xml             rss   titled    10   10   10   0
expertopinionent.atom       atom  titled    43   43   42   0
furbo.html                  html
inessential.html            html
inessential.json            json  titled    20   20   20   0
jsonfeed-extension.json     json  titled     0    0    0   3
kc0011.rss                  rss   titled    20   20   20   0
livemint.xml                rss   titled    25   25   25   0
macworld.rss                rss   titled    30   30   30   0
manton.rss                  rss   titled    10   10   10   0
monkeydom.rss               rss   titled    13   13   13   0
natasha.xml                 rss   titled    10   10   10   0
phpxml.rss                  rss   titled    20   20   15   0
pxlnv.json                  json  titled    20   20   20   0
real-cnn.rss                rss   titled    69   52   53   0
rose.json                   json  titled    84   84   84   0
rubenerd.rss                rss   titled    10   10   10   0
russcox.atom                atom  titled    19   19   19   0
scriptingNews.rss           rss   titled     7    7    7   0
sixcolors.html              html
theomnishow.rss             rss   titled     4    4    4   0
"""


def outcome(body: bytes) -> tuple[object, ...]:
    try:
        feed = parse_feed(body, url="https://harbour.example/")
    except NotAFeed as refusal:
        return (refusal.kind,)
    dated = sum(item.published_at is not None for item in feed.items)
    told = sum(bool(item.summary) for item in feed.items)
    return (feed.kind, "titled" if feed.title else "-", len(feed.items), dated, told, feed.skipped)


@pytest.mark.skipif("SEEDWATCH_FEEDS" not in os.environ, reason="SEEDWATCH_FEEDS names no folder of real feeds")
@pytest.mark.parametrize("row", REAL.strip().splitlines(), ids=lambda row: row.split()[0])
def test_real_feeds(row: str) -> None:
    name, *rest = row.split()
    assert [*map(str, outcome((Path(os.environ["SEEDWATCH_FEEDS"]) / name).read_bytes()))] == rest
