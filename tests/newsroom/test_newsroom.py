"""The coverage, its expectations and its server hold together; what the product finds in it is tested elsewhere."""

import gzip
import json
import re
import socket
import urllib.error
import urllib.request
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
import yaml

from tests.newsroom.coverage import HERE, Article, load_articles, load_publishers
from tests.newsroom.serve import FIRST_PASS, Newsroom

SEED = HERE.parents[1] / "seeds" / "istanbul-2025.yaml"
KINDS = {"number", "date", "duration", "person", "place", "role", "negation", "antonym", "statement"}
ARTICLES = {article.slug: article for article in load_articles()}
EXPECTED: dict[str, Any] = yaml.safe_load((HERE / "expected.yaml").read_text("utf-8"))
FACTS = [fact["id"] for fact in yaml.safe_load(SEED.read_text("utf-8"))["facts"]]


def get(url: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read(), dict(error.headers)


@pytest.fixture(scope="module")
def everything() -> Iterator[Newsroom]:
    with Newsroom(until=None) as room:
        yield room


# ---- the coverage


def test_every_publisher_has_articles_and_every_language_its_mark() -> None:
    assert len(load_publishers()) >= 10
    assert {article.publisher.id for article in ARTICLES.values()} == set(load_publishers())
    assert {article.language for article in ARTICLES.values()} == {"en", "de", "tr"}
    assert {publisher.feed for publisher in load_publishers().values()} == {"rss", "atom", "rdf", "json"}


@pytest.mark.parametrize("article", ARTICLES.values(), ids=list(ARTICLES))
def test_article_is_as_long_as_news_is(article: Article) -> None:
    words = sum(len(block.text.split()) for block in article.blocks)
    assert article.title
    if article.kind in ("article", "live") and article.language == "en":
        assert 120 <= words <= 450
    for block in article.blocks:
        assert block.kind != "link" or block.name in ARTICLES


def test_times_are_those_of_the_story() -> None:
    first = [article for article in ARTICLES.values() if article.published_at <= FIRST_PASS]
    assert min(article.published_at for article in first) >= datetime(2025, 5, 14, 6, tzinfo=UTC)
    assert 0 < len(ARTICLES) - len(first) < len(first)


def test_addresses_are_all_different() -> None:
    paths = Counter((article.publisher.id, article.path) for article in ARTICLES.values())
    assert max(paths.values()) == 1


# ---- the expectations


@pytest.mark.parametrize("row", EXPECTED["findings"], ids=lambda row: f"{row['article']}-{row['fact_id']}")
def test_finding_stands_in_its_article(row: dict[str, Any]) -> None:
    article = ARTICLES[row["article"]]
    assert row["fact_id"] in FACTS
    assert EXPECTED["articles"][article.slug]["relevant"] is True
    for sentence in [row["sentence"], *row.get("also", [])]:
        assert sentence in article.readable
    if row["verdict"] == "contradicts":
        assert {row["kind"], *row.get("kind_also", [])} <= KINDS
        assert row["fact_value"] != row["article_value"]
    else:
        assert row["verdict"] == "supports"
        assert "kind" not in row


def test_no_pair_is_expected_twice_or_both_expected_and_forbidden() -> None:
    findings = Counter((row["article"], row["fact_id"]) for row in EXPECTED["findings"])
    assert max(findings.values()) == 1
    arguable = {(row["article"], row["fact_id"]): row["verdict"] for row in EXPECTED["may"]}
    assert len(arguable) == len(EXPECTED["may"])
    assert not findings.keys() & arguable.keys()
    wanted = {(row["article"], row["fact_id"]): row["verdict"] for row in EXPECTED["findings"]} | arguable
    for row in EXPECTED["must_not"]:
        assert row["article"] in ARTICLES
        assert row["why"]
        if row["fact_id"] == "*":
            assert not [slug for slug, _ in findings if slug == row["article"]]
            continue
        assert row["fact_id"] in FACTS
        verdict = wanted.get((row["article"], row["fact_id"]))
        assert verdict is None or row["verdict"] not in ("any", verdict)


def test_every_article_has_its_reading() -> None:
    assert EXPECTED["articles"].keys() == ARTICLES.keys()
    for slug, row in EXPECTED["articles"].items():
        assert set(row["outcome"]) <= {"page", "summary", "refused"}
        assert bool(row["reason"]) == (row["outcome"] != ["page"])
        if row["outcome"] == ["summary"]:
            assert ARTICLES[slug].summary
    assert {fact for row in EXPECTED["superseded"] for fact in [row["fact_id"]]} <= set(FACTS)


@pytest.mark.parametrize("name", ["pass_1", "pass_2"])
def test_standings_follow_from_the_findings(name: str) -> None:
    moment = EXPECTED["passes"][name]
    until = datetime.fromisoformat(moment) if moment else None
    assert name != "pass_1" or until == FIRST_PASS
    origin = {copy: story[0] for story in EXPECTED["stories"] for copy in story}
    assert EXPECTED["standings"][name].keys() == set(FACTS)
    for fact, row in EXPECTED["standings"][name].items():
        sources: dict[str, set[str]] = {"supports": set(), "contradicts": set()}
        for finding in EXPECTED["findings"]:
            article = ARTICLES[finding["article"]]
            if finding["fact_id"] == fact and (until is None or article.published_at <= until):
                first = ARTICLES[origin.get(article.slug, article.slug)]
                sources[finding["verdict"]].add(first.publisher.id)
        assert (row["supports"], row["contradicts"]) == (len(sources["supports"]), len(sources["contradicts"])), fact
        standing = {
            (False, False): "unreported",
            (True, False): "corroborated",
            (False, True): "contradicted",
            (True, True): "disputed",
        }[bool(sources["supports"]), bool(sources["contradicts"])]
        assert row["standing"] == standing, fact


def test_the_second_pass_changes_standings() -> None:
    before, after = EXPECTED["standings"]["pass_1"], EXPECTED["standings"]["pass_2"]
    changed = {fact: (before[fact]["standing"], after[fact]["standing"]) for fact in FACTS}
    assert changed["talks-proposed-on"] == ("corroborated", "disputed")
    assert changed["bondarev-remark"] == ("unreported", "corroborated")


# ---- the server


def test_index_lists_every_feed(everything: Newsroom) -> None:
    status, body, _ = get(everything.opml_url)
    urls = [outline.attrib["xmlUrl"] for outline in ET.fromstring(body).iter("outline")]
    assert status == 200
    assert urls == [everything.feed_url(site) for site in everything.publishers]


@pytest.mark.parametrize("site", list(load_publishers()))
def test_feed_lists_the_articles_and_answers_conditions(everything: Newsroom, site: str) -> None:
    status, body, headers = get(everything.feed_url(site))
    assert status == 200
    bases = [everything.url(article.slug) for article in everything.published(site)]
    if everything.publishers[site].feed == "json":
        links = [item["url"] for item in json.loads(body)["items"]]
    else:
        root = ET.fromstring(body)
        links = [element.text or element.get("href") or "" for element in root.iter() if element.tag.endswith("link")]
    found = [link.partition("?")[0] for link in links]
    assert [base for base in bases if base not in found] == []

    assert get(everything.feed_url(site), If_None_Match=headers["ETag"])[0] == 304
    assert get(everything.feed_url(site), If_None_Match=f'"other", W/{headers["ETag"]}')[0] == 304
    assert get(everything.feed_url(site), If_Modified_Since=headers["Last-Modified"])[0] == 304
    assert get(everything.feed_url(site), If_None_Match='"other"', If_Modified_Since=headers["Last-Modified"])[0] == 200
    _, packed, packed_headers = get(everything.feed_url(site), Accept_Encoding="gzip")
    assert packed_headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed) == body


@pytest.mark.parametrize("slug", list(ARTICLES))
def test_page_is_served(everything: Newsroom, slug: str) -> None:
    status, body, headers = get(everything.url(slug))
    assert status == 200
    assert headers["Content-Type"].startswith("text/html")
    text = body.decode()
    article = ARTICLES[slug]
    assert text.rstrip().endswith("</html>")
    visible = unescape(re.sub(r"<[^>]+>", "", text))
    if article.kind in ("article", "live", "video"):
        assert [part for part in article.prose if part not in visible] == []
    elif article.prose:  # a wall or a page that is gone shows at most how it begins
        assert article.prose[-1] not in visible


def test_robots_and_unknown_paths(everything: Newsroom) -> None:
    base = everything.base("meridian")
    status, body, _ = get(f"{base}/robots.txt")
    assert (status, body.startswith(b"User-agent: *")) == (200, True)
    assert get(f"{base}/nothing-here")[0] == 404
    assert get(f"{base}/")[0] == 200


def test_time_goes_on_without_a_restart_and_hits_are_kept() -> None:
    late = "courier-bondarev"
    with Newsroom(until=FIRST_PASS) as room:
        status, early, headers = get(room.feed_url("courier"))
        assert (status, late.removeprefix("courier-").encode() in early) == (200, False)
        assert get(room.url(late))[0] == 404
        room.advance(None)
        assert get(room.feed_url("courier"), If_None_Match=headers["ETag"])[0] == 200
        assert get(room.url(late))[0] == 200
        path = ARTICLES[late].path
        assert [(hit.site, hit.path, hit.status) for hit in room.hits] == [
            ("courier", "/feed.xml", 200),
            ("courier", path, 404),
            ("courier", "/feed.xml", 200),
            ("courier", path, 200),
        ]
        assert len(json.loads(get(room.opml_url.replace("feeds.opml", "hits.json"))[1])) == 4


def test_leaving_stops_every_site() -> None:
    with Newsroom() as room:
        host, _, port = room.base("meridian").removeprefix("http://").partition(":")
        kept = socket.create_connection((host, int(port)), timeout=5)
        kept.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n")
        assert kept.recv(12) == b"HTTP/1.1 200"
    with kept:  # kept alive by the client, closed by the server
        while kept.recv(4096):
            pass
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((host, int(port)), timeout=5)


def test_a_taken_port_is_an_error_and_not_another_port() -> None:
    with Newsroom() as room:
        port = int(room.base("meridian").rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            Newsroom(port=port).__enter__()


def test_one_address_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.newsroom.serve._has_address", lambda address: False)  # as on macOS
    with Newsroom() as room:
        bases = {room.base(site) for site in room.publishers}
        assert len(bases) == len(room.publishers)
        assert all(base.startswith("http://127.0.0.1:") for base in bases)
        assert get(room.url("meridian-talks-end"))[0] == 200
