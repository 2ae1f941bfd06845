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
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import yaml

from tests.newsroom.coverage import (
    FIRST,
    FIRST_PASSES,
    HERE,
    Article,
    load_articles,
    load_expected,
    load_publishers,
    publishers_of,
)
from tests.newsroom.serve import Newsroom

KINDS = {"number", "date", "duration", "person", "place", "role", "negation", "antonym", "statement"}
SEEDS = list(FIRST_PASSES)
COVERAGE = {seed: {article.slug: article for article in load_articles(seed)} for seed in SEEDS}
EXPECTED = {seed: load_expected(seed) for seed in SEEDS}
FACTS: dict[str, list[str]] = {
    seed: [fact["id"] for fact in yaml.safe_load((HERE.parents[1] / f"seeds/{seed}.yaml").read_text("utf-8"))["facts"]]
    for seed in SEEDS
}
ARTICLES = [pytest.param(seed, article, id=f"{slug}") for seed in SEEDS for slug, article in COVERAGE[seed].items()]
FINDINGS = [
    pytest.param(seed, row, id=f"{row['article']}-{row['fact_id']}")
    for seed in SEEDS
    for row in EXPECTED[seed]["findings"]
]
SITES = [pytest.param(seed, site, id=f"{seed}-{site}") for seed in SEEDS for site in publishers_of(load_articles(seed))]


def get(url: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read(), dict(error.headers)


@pytest.fixture(scope="module")
def rooms() -> Iterator[dict[str, Newsroom]]:
    with ExitStack() as stack:
        found = {seed: stack.enter_context(Newsroom(seed)) for seed in SEEDS}
        for room in found.values():
            room.advance(None)
        yield found


@pytest.fixture
def everything(rooms: dict[str, Newsroom]) -> Newsroom:
    return rooms[FIRST]


# ---- the coverage


def test_every_publisher_has_articles_and_every_language_its_mark() -> None:
    everywhere = [article for articles in COVERAGE.values() for article in articles.values()]
    assert {article.publisher.id for article in everywhere} == set(load_publishers())
    assert {article.language for article in everywhere} == {"en", "de", "tr"}
    for articles in COVERAGE.values():
        publishers = publishers_of(articles.values()).values()
        assert len(publishers) >= 10
        assert {publisher.feed for publisher in publishers} == {"rss", "atom", "rdf", "json"}


def test_a_seed_without_coverage_is_an_error_that_names_those_with() -> None:
    with pytest.raises(ValueError, match=r"atlantis-1 has no bundled coverage.*istanbul-2025"):
        Newsroom("atlantis-1")


@pytest.mark.parametrize(("seed", "article"), ARTICLES)
def test_article_is_as_long_as_news_is(seed: str, article: Article) -> None:
    words = sum(len(block.text.split()) for block in article.blocks)
    assert article.title
    if article.kind in ("article", "live") and article.language == "en":
        assert 120 <= words <= 450
    for block in article.blocks:
        assert block.kind != "link" or block.name in COVERAGE[seed]


@pytest.mark.parametrize("seed", SEEDS)
def test_times_are_those_of_the_story(seed: str) -> None:
    published = [article.published_at for article in COVERAGE[seed].values()]
    first = [moment for moment in published if moment <= FIRST_PASSES[seed]]
    assert max(first) - min(first) < timedelta(days=4)
    assert 0 < len(published) - len(first) < len(first)


@pytest.mark.parametrize("seed", SEEDS)
def test_addresses_are_all_different(seed: str) -> None:
    paths = Counter((article.publisher.id, article.path) for article in COVERAGE[seed].values())
    assert max(paths.values()) == 1


# ---- the expectations


@pytest.mark.parametrize(("seed", "row"), FINDINGS)
def test_finding_stands_in_its_article(seed: str, row: dict[str, Any]) -> None:
    article = COVERAGE[seed][row["article"]]
    assert row["fact_id"] in FACTS[seed]
    assert EXPECTED[seed]["articles"][article.slug]["relevant"] is True
    for sentence in [row["sentence"], *row.get("also", [])]:
        assert sentence in article.readable
    if row["verdict"] == "contradicts":
        assert {row["kind"], *row.get("kind_also", [])} <= KINDS
        assert row["fact_value"] != row["article_value"]
    else:
        assert row["verdict"] == "supports"
        assert "kind" not in row


@pytest.mark.parametrize("seed", SEEDS)
def test_no_pair_is_expected_twice_or_both_expected_and_forbidden(seed: str) -> None:
    expected = EXPECTED[seed]
    findings = Counter((row["article"], row["fact_id"]) for row in expected["findings"])
    assert max(findings.values()) == 1
    arguable = {(row["article"], row["fact_id"]): row["verdict"] for row in expected["may"]}
    assert len(arguable) == len(expected["may"])
    assert not findings.keys() & arguable.keys()
    wanted = {(row["article"], row["fact_id"]): row["verdict"] for row in expected["findings"]} | arguable
    for article, fact in arguable:
        assert article in COVERAGE[seed]
        assert fact in FACTS[seed]
    for row in expected["must_not"]:
        assert row["article"] in COVERAGE[seed]
        assert row["why"]
        if row["fact_id"] == "*":
            assert not [slug for slug, _ in findings if slug == row["article"]]
            continue
        assert row["fact_id"] in FACTS[seed]
        verdict = wanted.get((row["article"], row["fact_id"]))
        assert verdict is None or row["verdict"] not in ("any", verdict)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_article_has_its_reading(seed: str) -> None:
    expected = EXPECTED[seed]
    assert expected["articles"].keys() == COVERAGE[seed].keys()
    for slug, row in expected["articles"].items():
        assert set(row["outcome"]) <= {"page", "summary", "refused"}
        assert bool(row["reason"]) == (row["outcome"] != ["page"])
        if row["outcome"] == ["summary"]:
            assert COVERAGE[seed][slug].summary
    assert {row["fact_id"] for row in expected["superseded"]} <= set(FACTS[seed])


@pytest.mark.parametrize("seed", [seed for seed in SEEDS if seed != FIRST])
def test_a_coverage_has_what_makes_news_hard(seed: str) -> None:
    expected, articles = EXPECTED[seed], COVERAGE[seed]
    assert max(len(story) for story in expected["stories"]) >= 4  # wire copy
    assert {"consent", "video"} <= {article.kind for article in articles.values()}
    assert [slug for slug, row in expected["articles"].items() if row["relevant"] is False]
    assert [row for row in expected["superseded"] if articles[row["article"]].published_at > FIRST_PASSES[seed]]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_publishers_take_back_is_expected(seed: str) -> None:
    expected, articles = EXPECTED[seed], COVERAGE[seed]
    found = {(row["article"], row["fact_id"]): row["verdict"] for row in expected["findings"]}
    for row in expected["corrections"]:
        article = articles[row["article"]]
        assert article.correction is not None
        assert article.correction.at > FIRST_PASSES[seed]
        assert article.at(FIRST_PASSES[seed]) == article
        assert article.correction.new in article.at(None).readable
        assert found[row["article"], row["fact_id"]] != row["verdict"]
    assert {row["article"] for row in expected["corrections"]} == {a.slug for a in articles.values() if a.correction}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", ["pass_1", "pass_2"])
def test_standings_follow_from_the_findings(seed: str, name: str) -> None:
    expected = EXPECTED[seed]
    moment = expected["passes"][name]
    until = datetime.fromisoformat(moment) if moment else None
    assert name != "pass_1" or until == FIRST_PASSES[seed]
    origin = {copy: story[0] for story in expected["stories"] for copy in story}
    assert expected["standings"][name].keys() == set(FACTS[seed])
    for fact, row in expected["standings"][name].items():
        sources: dict[str, set[str]] = {"supports": set(), "contradicts": set()}
        for finding in expected["findings"]:
            article = COVERAGE[seed][finding["article"]]
            if finding["fact_id"] == fact and (until is None or article.published_at <= until):
                first = COVERAGE[seed][origin.get(article.slug, article.slug)]
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
    before, after = EXPECTED[FIRST]["standings"]["pass_1"], EXPECTED[FIRST]["standings"]["pass_2"]
    changed = {fact: (before[fact]["standing"], after[fact]["standing"]) for fact in FACTS[FIRST]}
    assert changed["talks-proposed-on"] == ("corroborated", "disputed")
    assert changed["bondarev-remark"] == ("unreported", "corroborated")


# ---- the server


def test_index_lists_every_feed(everything: Newsroom) -> None:
    status, body, _ = get(everything.opml_url)
    urls = [outline.attrib["xmlUrl"] for outline in ET.fromstring(body).iter("outline")]
    assert status == 200
    assert urls == [everything.feed_url(site) for site in everything.publishers]


@pytest.mark.parametrize(("seed", "site"), SITES)
def test_feed_lists_the_articles_and_answers_conditions(rooms: dict[str, Newsroom], seed: str, site: str) -> None:
    everything = rooms[seed]
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


@pytest.mark.parametrize(("seed", "article"), ARTICLES)
def test_page_is_served(rooms: dict[str, Newsroom], seed: str, article: Article) -> None:
    status, body, headers = get(rooms[seed].url(article.slug))
    assert status == 200
    assert headers["Content-Type"].startswith("text/html")
    text = body.decode()
    assert text.rstrip().endswith("</html>")
    visible = unescape(re.sub(r"<[^>]+>", "", text))
    if article.kind in ("article", "live", "video"):
        assert [part for part in article.at(None).prose if part not in visible] == []
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
    with Newsroom() as room:
        status, early, headers = get(room.feed_url("courier"))
        assert (status, late.removeprefix("courier-").encode() in early) == (200, False)
        assert get(room.url(late))[0] == 404
        room.advance(None)
        assert get(room.feed_url("courier"), If_None_Match=headers["ETag"])[0] == 200
        assert get(room.url(late))[0] == 200
        path = COVERAGE[FIRST][late].path
        assert [(hit.site, hit.path, hit.status) for hit in room.hits] == [
            ("courier", "/feed.xml", 200),
            ("courier", path, 404),
            ("courier", "/feed.xml", 200),
            ("courier", path, 200),
        ]
        assert len(json.loads(get(room.opml_url.replace("feeds.opml", "hits.json"))[1])) == 4


def test_a_correction_is_made_at_its_time() -> None:
    with Newsroom("san-telmo-2025") as room:
        url = room.url("isla-airport")
        _, before, headers = get(url)
        assert b"The airport of Puerto Alba was not closed" in before
        room.advance(datetime(2025, 10, 16, 15, tzinfo=UTC))
        status, after, _ = get(url, If_None_Match=headers["ETag"])
        assert (status, b"The airport of Puerto Alba was closed" in after) == (200, True)
        assert b"was not closed" not in after


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
