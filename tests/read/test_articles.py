"""Pages made into articles, summaries or named refusals."""

import gzip
import json
import os
import pickle
import re
import statistics
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.canonical import page_key
from flows.moments import read_moment
from flows.read.articles import read_or_summarise, read_page, summary_reading
from flows.read.language import language_of
from flows.read.metadata import page_metadata
from flows.read.refusals import MAX_PAGE
from tests.read.conftest import ASIDE, NOW, PARAGRAPHS, SUMMARY, URL, entry, page
from warehouse.records import Article, Reading, content_id

LD = "<script type='application/ld+json'>{}</script>"


def read(html: bytes, url: str = URL, hint: str | None = None, **of_entry: object) -> Reading:
    return read_page(entry(**of_entry), html, url, NOW, hint)  # type: ignore[arg-type]


def article(reading: Reading) -> Article:
    assert reading.article is not None, reading
    return reading.article


def test_page_becomes_article() -> None:
    reading = read(page())
    found = article(reading)
    assert (reading.outcome, reading.reason, reading.temporary, reading.read_at) == ("page", None, False, NOW)
    assert [line for line in found.text.split("\n") if line != found.title] == list(PARAGRAPHS)
    assert found.title == "Ferry and tug collide off Skarnvik"
    assert (found.basis, found.language, found.fetched_at) == ("page", "en", NOW)
    assert found.article_id == content_id(page_key(found.url), found.text_hash)
    assert pickle.loads(pickle.dumps(reading)) == reading


def test_furniture_stays_out() -> None:
    text = article(read(page())).text
    for furniture in ("Most read", "Mayor wins", "cookies", "Home", "All rights reserved"):
        assert furniture not in text


def test_short_article_is_not_run_together_with_its_headline() -> None:
    after = f"<p class='byline'>By our staff</p><time>16 May 2025</time>{ASIDE}"
    html = page(PARAGRAPHS[1]).replace(b"</h1>", b"</h1><p class='byline'>By our staff</p><time>16 May 2025</time>")
    assert article(read(html)).text.split("\n")[-1] == PARAGRAPHS[1]
    assert article(read(page(PARAGRAPHS[0], after=after))).text.split("\n")[-1].endswith("the coast guard said.")


# ---- what the page says of itself


def test_publisher_is_what_the_page_names_then_the_feed_then_the_host() -> None:
    named = "<meta property='og:site_name' content='The Harbour Gazette'>"
    linked = LD.format('{"@type": "NewsArticle", "publisher": {"@type": "Organization", "name": "Gazette Group"}}')
    assert article(read(page(head=named + linked))).publisher == "The Harbour Gazette"
    assert article(read(page(head=linked), hint="Harbour: World")).publisher == "Gazette Group"
    assert article(read(page(), hint="Harbour: World")).publisher == "Harbour: World"
    assert article(read(page(), url="https://www.harbour.example/a")).publisher == "harbour.example"


def test_date_is_the_feeds_first() -> None:
    stated = datetime(2025, 5, 16, 7, tzinfo=UTC)
    head = "<meta property='article:published_time' content='2025-05-16T11:30:00+02:00'>"
    of_feed = article(read(page(head=head), published_at=stated))
    assert (of_feed.published_at, of_feed.published_at_source) == (stated, "feed")
    of_page = article(read(page(head=head)))
    assert (of_page.published_at, of_page.published_at_source) == (datetime(2025, 5, 16, 9, 30, tzinfo=UTC), "page")
    assert (article(read(page())).published_at, article(read(page())).published_at_source) == (None, None)


def test_date_is_found_where_it_is_only_written() -> None:
    found = article(read(page(after="<div class='date'>Published on May 16, 2025</div>")))
    assert (found.published_at, found.published_at_source) == (datetime(2025, 5, 16, tzinfo=UTC), "page")


def test_date_is_never_in_the_future() -> None:
    future = NOW + timedelta(days=3)
    head = f"<meta property='article:published_time' content='{future.isoformat()}'>"
    assert article(read(page(head=head), published_at=future)).published_at is None
    soon = article(read(page(), published_at=NOW + timedelta(hours=3)))  # of a clock or a zone that is wrong
    assert (soon.published_at, soon.published_at_source) == (NOW, "feed")


def test_address_is_the_canonical_one_of_the_same_site() -> None:
    def url(canonical: str) -> str:
        return article(read(page(head=f"<link rel='canonical' href='{canonical}'>"))).url

    assert url("/world/ferry?utm_source=x") == "https://harbour.example/world/ferry"
    assert url("https://m.harbour.example/f") == "https://m.harbour.example/f"
    assert url("https://harbour.example/") == URL  # a broken template
    assert url("https://other.example/world/ferry") == URL
    assert url("http://[::1") == URL


def test_variants_of_a_page_end_as_one_article() -> None:
    head = "<link rel='canonical' href='https://www.harbour.example/world/ferry-4711.html'>"
    found = {
        article(read(page(head=head), url=url)).article_id
        for url in (
            "https://harbour.example/world/ferry-4711.amp.html",
            "https://amp.harbour.example/f?id=1",
            "http://harbour.example/world/ferry-4711.html?output=amp",
        )
    } | {article(read(page())).article_id}
    assert len(found) == 1


def test_title_is_the_feeds_unless_it_was_cut() -> None:
    head = "<meta property='og:title' content='Ferry and tug collide in fog off Skarnvik, all safe'>"
    assert article(read(page(head=head), title="Ferry & tug")).title == "Ferry & tug"
    assert (
        article(read(page(head=head), title="Ferry and tug…")).title
        == "Ferry and tug collide in fog off Skarnvik, all safe"
    )


@pytest.mark.parametrize(
    ("linked", "author"),
    [
        ('{"@type": "NewsArticle", "author": {"@type": "Person", "name": "Liv Ask"}}', "Liv Ask"),
        (
            '{"@graph": [{"@type": "WebPage"}, {"@type": ["Article"], "author": [{"name": "A"}, {"name": "B"}]}]}',
            "A, B",
        ),
        ('[{"@type": "Article", "author": "Liv Ask"}]', "Liv Ask"),
        ('{"@type": "Article", "author": {"name": ["Liv Ask"]}}', "Liv Ask"),
        ('{"@type": "https://schema.org/NewsArticle", "author": [["A"], {"name": "B"}, "B", null]}', "A, B"),
        ('{"@type": "WebPage", "mainEntity": {"@type": "NewsArticle", "author": {"name": "Liv Ask"}}}', "Liv Ask"),
        ('{"@type": "Article", "author": "https://harbour.example/liv"}', None),
        ('{"@type": "Article", "author": 7, "publisher": 7, "headline": [], "datePublished": {}}', None),
        ('{"@type": 5, "@graph": 5}', None),
        ("{broken", None),
        ("[" * 5_000, None),
    ],
)
def test_linked_data_of_all_shapes(linked: str, author: str | None) -> None:
    assert page_metadata(page(head=LD.format(linked)).decode(), URL).author == author


@pytest.mark.parametrize(
    ("linked", "free"),
    [
        ('{"@type": "NewsArticle", "isAccessibleForFree": "http://schema.org/False"}', False),
        ('{"@type": "NewsArticle", "isAccessibleForFree": true, "hasPart": {"isAccessibleForFree": false}}', True),
        ('{"@type": "NewsArticle", "hasPart": [7, {"isAccessibleForFree": "False"}]}', False),
        ('{"@type": "NewsArticle"}', None),
    ],
)
def test_declared_not_free(linked: str, free: bool | None) -> None:
    assert page_metadata(page(head=LD.format(linked)).decode(), URL).is_free is free


def test_kinds_of_pages() -> None:
    def told(*types: str) -> tuple[bool, bool, bool, bool]:
        head = "".join(LD.format(json.dumps({"@type": kind})) for kind in types)
        found = page_metadata(page(head=head).decode(), URL)
        return found.is_article, found.is_live, found.is_video, found.is_listing

    assert told("LiveBlogPosting") == (True, True, False, False)
    assert told("VideoObject") == (False, False, True, False)
    assert told("NewsArticle", "VideoObject", "ItemList") == (True, False, False, False)
    assert told("CollectionPage") == (False, False, False, True)


def test_microdata_in_the_body_is_read() -> None:
    html = page(after="<meta itemprop=\"datePublished\" content='2025-05-16T08:00:00Z'>", head="").decode()
    assert page_metadata(html, URL).published_at == datetime(2025, 5, 16, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stated", "moment"),
    [
        ("2025-05-16T10:00:00+02:00", datetime(2025, 5, 16, 8, tzinfo=UTC)),
        ("2025-05-16T10:00:00.123Z", datetime(2025, 5, 16, 10, 0, 0, 123000, tzinfo=UTC)),
        ("2025-05-16", datetime(2025, 5, 16, tzinfo=UTC)),
        ("Fri, 16 May 2025 10:00:00 GMT", datetime(2025, 5, 16, 10, tzinfo=UTC)),
        ("1970-01-01", None),
        ("soon enough", None),
        ("", None),
    ],
)
def test_declared_dates(stated: str, moment: datetime | None) -> None:
    assert read_moment(stated) == moment


@pytest.mark.parametrize("charset", [None, "utf-8", "iso-8859-1", "no-such"])
def test_utf8_is_read_as_such_whatever_the_header_says(charset: str | None) -> None:
    found = read_page(entry(), page(), URL, NOW, charset=charset).article
    assert found is not None
    assert "Øien" in found.text


def test_charset_of_header_or_page_is_used_for_other_bytes() -> None:
    in_latin = (
        page().decode().replace("<meta charset='utf-8'>", "").replace("“", '"').replace("”", '"').encode("latin-1")
    )
    found = read_page(entry(), in_latin, URL, NOW, charset="iso-8859-1").article
    assert found is not None
    assert "Øien" in found.text
    in_page = in_latin.replace(b"<head>", b"<head><meta http-equiv='Content-Type' content='text/html; charset=latin1'>")
    assert "Øien" in article(read(in_page)).text


def test_text_is_harmless() -> None:
    text = article(
        read(page(*PARAGRAPHS, "Pilot\u202e txt\u200b and cafe\u0301s: the\u00a0tug, they said\x07, sank fast."))
    ).text
    assert text.endswith("Pilot txt and cafés: the tug, they said, sank fast.")


# ---- refusals

SHORT = "Continue below."
VIDEO = "<meta property='og:type' content='video.other'>"
LINKS = "".join(f"<a href='/{n}'><h3>Ferry news number {n} here</h3></a>" for n in range(30))
GERMAN = page(
    "Die Fähre Solveig stieß am Freitag im dichten Nebel mit einem Schlepper zusammen, teilte die Küstenwache mit.",
    "Alle 64 Menschen an Bord wurden in Sicherheit gebracht, niemand wurde verletzt.",
    lang="de",
)
TURKISH = page(  # of a site that declares everything English
    "Solveig feribotu cuma sabahı yoğun sis yüzünden bir römorkörle çarpıştı, dedi sahil güvenlik yetkilileri.",
    "Gemideki 64 kişinin tamamı kurtarıldı ve kimse yaralanmadı; römorkör ise bir saat içinde battı.",
)
MORE = (
    "The company that runs the ferry said it would put another ship on the route on Monday, and pay for hotel rooms.",
    "It was the third collision in the sound in ten years; after the last one the town had asked for a pilot on board.",
)


@pytest.mark.parametrize(
    ("reason", "html", "url"),
    [
        (
            "consent",
            page(
                "We and our partners use cookies to store and access information on your device.",
                "You can accept all or manage my choices at any time in our cookie policy.",
                title="Before you continue",
                head="",
            ),
            URL,
        ),
        ("consent", page("Please choose.", head="", before="", after=""), "https://consent.harbour.example/collect?id=1"),
        (
            "paywall",
            page(PARAGRAPHS[0], "Subscribe now to continue reading. Already a subscriber? Log in."),
            URL,
        ),
        (
            "paywall",
            page(PARAGRAPHS[0], head=LD.format('{"@type": "NewsArticle", "isAccessibleForFree": "False"}')),
            URL,
        ),
        (
            "paywall",
            page(PARAGRAPHS[0], head="<meta name='article:content_tier' content='locked'>"),
            URL,
        ),
        (
            "paywall",
            page(
                PARAGRAPHS[0],
                head=LD.format('{"@type": "NewsArticle", "hasPart": [{"isAccessibleForFree": false}]}'),
            ),
            URL,
        ),
        ("blocked", page("Verify you are human by the action below.", title="Just a moment...", head=""), URL),
        ("blocked", page("Please enable JavaScript and cookies to continue reading.", title="", head=""), URL),
        ("truncated", page(f"{PARAGRAPHS[0][:-1]} and the…"), URL),
        ("truncated", page(PARAGRAPHS[0], "Read the full story."), URL),
        ("soft_404", page("", head="", title="World", after=LINKS), "https://harbour.example/world"),
        (
            "not_article",
            page("", head=LD.format('{"@type": "LiveBlogPosting"}'), title="Fog: live", after=LINKS),
            "https://harbour.example/live/fog",
        ),
        (
            "not_article",
            page("Watch the moment the tug went down.", head=VIDEO + LD.format('{"@type": "NewsArticle"}')),
            URL,
        ),
        ("soft_404", page("We could not find that page. It may have moved.", title="Page not found", head=""), URL),
        ("not_article", page(*PARAGRAPHS, head=""), "https://harbour.example/"),
        (
            "not_article",
            page("", head="", title="Fog", after=LINKS),
            "https://harbour.example/tag/fog",
        ),
        ("not_article", page("Watch the moment the tug went down.", head=VIDEO), URL),
        ("too_short", page(SHORT, after=""), URL),
        ("language:de", GERMAN, URL),
        ("language:tr", TURKISH, URL),
        ("too_large", b"<html>" + b" " * MAX_PAGE, URL),
        ("unreadable", b"\x89PNG\r\n\x1a\n" + bytes(64), URL),
        ("unreadable", b"", URL),
    ],
)  # fmt: skip
def test_refusals_are_named(reason: str, html: bytes, url: str) -> None:
    reading = read(html, url)
    assert (reading.outcome, reading.reason, reading.article, reading.temporary) == ("refused", reason, None, False)
    assert reading.detail


@pytest.mark.parametrize(
    ("html", "url"),
    [
        (
            page(*PARAGRAPHS, *MORE, "Subscribe now to continue reading our free newsletter."),
            "https://harbour.example/topic/sea/ferry",
        ),
        (page(*PARAGRAPHS, title="404 million people watched the ferry"), URL),
        (page(*PARAGRAPHS, title="Cookie settings: what the ferry's bakers know"), URL),
        (
            page(*PARAGRAPHS, head=VIDEO),
            "https://harbour.example/video/ferry",
        ),
        (page(*PARAGRAPHS, head=LD.format('{"@type": "LiveBlogPosting"}')), "https://harbour.example/live/ferry"),
        (page(*PARAGRAPHS, head=LD.format('{"@type": "NewsArticle", "isAccessibleForFree": false}')), URL),
        (page(*PARAGRAPHS, lang="de"), URL),  # declared wrongly
        (page(*PARAGRAPHS, *MORE, "The tug's owner said nothing more…"), URL),
        (page(*PARAGRAPHS, title="Access denied: how the port turned the ferry away"), URL),
        (page(*PARAGRAPHS, head="<meta name='article:content_tier' content='metered'>"), URL),
        (page(*PARAGRAPHS, head=""), "https://harbour.example/world"),  # the name after the number was dropped
        (page(PARAGRAPHS[0]), URL),
    ],
)
def test_articles_that_look_like_something_else_are_read(html: bytes, url: str) -> None:
    assert read(html, url).outcome == "page"


def test_languages() -> None:
    assert language_of(" ".join(PARAGRAPHS), "de") == "en"
    assert language_of("Zelenskyy, Umerov, Medinsky", None) == "und"
    assert language_of("Zelenskyy, Umerov, Medinsky", "en") == "en"
    assert language_of("Les deux délégations se sont rencontrées vendredi à Istanbul. " * 4, "en") == "fr"
    assert language_of("", None) == "und"


# ---- summaries


def test_summary_stands_in_for_a_page_that_cannot_be_read() -> None:
    published = datetime(2025, 5, 16, 7, tzinfo=UTC)
    reading = read_or_summarise(entry(published_at=published), page(SHORT, after=""), URL, NOW, "Harbour: World")
    found = article(reading)
    assert (reading.outcome, reading.reason) == ("summary", "too_short")
    assert found.text == f"{entry().title}\n{SUMMARY}"
    assert (found.basis, found.publisher, found.url) == ("summary", "Harbour: World", URL)
    assert (found.published_at, found.published_at_source) == (published, "feed")


def test_page_is_not_summarised_where_it_can_be_read() -> None:
    assert read_or_summarise(entry(), page(), URL, NOW).outcome == "page"


def test_temporary_failures_wait_for_another_try() -> None:
    first = summary_reading(entry(), "http:503", NOW, detail="503", temporary=True)
    assert (first.outcome, first.reason, first.temporary, first.article) == ("refused", "http:503", True, None)
    last = summary_reading(entry(), "http:503", NOW, temporary=True, last_try=True)
    assert (last.outcome, last.reason, last.temporary) == ("summary", "http:503", False)


@pytest.mark.parametrize(
    "summary", ["", "Ferry and tug collide off Skarnvik, the ferry and the tug.", "All are safe, it says."]
)
def test_summary_must_say_something(summary: str) -> None:
    reading = summary_reading(entry(summary=summary), "paywall", NOW)
    assert (reading.outcome, reading.reason, reading.temporary) == ("refused", "paywall", False)


def test_other_languages_are_not_summarised() -> None:
    assert summary_reading(entry(), "language:de", NOW).outcome == "refused"
    german = "Die Fähre und ein Schlepper stießen im Nebel zusammen, alle 64 Menschen an Bord sind in Sicherheit."
    reading = summary_reading(entry(title="Fähre stößt mit Schlepper zusammen", summary=german), "paywall", NOW)
    assert reading.reason == "language:de"


# ---- nothing escapes


PIECES = """<html> <p> </p> <meta content='
<script_type='application/ld+json'> {"@type": </ <!-- <![CDATA[ <title> <svg>
<template> ' " > <base_href='http://['> <link_rel='canonical'_href='http://[' &#0; &#xD800; <table> <a>"""
PARTS = [b"\0", b"\xff", b"x" * 50, *(piece.replace("_", " ").encode() for piece in PIECES.split())]


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=400) | st.lists(st.sampled_from(PARTS), max_size=30).map(b"".join))
def test_no_page_raises(html: bytes) -> None:
    reading = read_or_summarise(entry(), html, URL, NOW)
    assert reading.outcome in ("summary", "refused", "page")


# ---- the benchmark, where its data is


def shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = re.findall(r"\w+", text)
    return Counter(tuple(tokens[n : n + 4]) for n in range(max(len(tokens) - 3, 1)))


@pytest.mark.skipif("SEEDWATCH_BENCHMARK" not in os.environ, reason="SEEDWATCH_BENCHMARK names no folder of pages")
def test_extraction_is_as_good_as_measured() -> None:
    """Mean precision and recall over 4-shingles, the score of Zyte's article-extraction-benchmark."""
    folder = Path(os.environ["SEEDWATCH_BENCHMARK"])
    truth = json.loads((folder / "ground-truth.json").read_text())
    precision, recall = [], []
    for key, right in truth.items():
        html = gzip.decompress((folder / "html" / f"{key}.html.gz").read_bytes())
        reading = read_page(entry(), html, right["url"], datetime.now(UTC), languages=None)
        said, meant = shingles(reading.article.text if reading.article else ""), shingles(right["articleBody"])
        common = sum((said & meant).values())
        precision.append(common / max(sum(said.values()), 1))
        recall.append(common / max(sum(meant.values()), 1))
    p, r = statistics.mean(precision), statistics.mean(recall)
    assert 2 * p * r / (p + r) >= 0.960
