"""Copies are found and strangers are not: on the bundled newsroom, on copies planted among it, and on known traps."""

import random
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.weigh.stories import LIKE, copies, credit, likeness, sketch, stories
from flows.weighing import group_stories
from seeds.publishers import load_publishers
from tests.newsroom.coverage import load_articles, load_expected
from warehouse.read import Reader
from warehouse.records import Article, Copy, Entry, FeedPoll, FeedState, Reading, Telling, content_id
from warehouse.store import Warehouse

NOON = datetime(2025, 5, 16, 12, tzinfo=UTC)
ROOM = {article.slug: article for article in load_articles() if article.language == "en" and article.kind == "article"}
COPIES = load_expected()["stories"]
WORDS = [word for article in ROOM.values() for word in re.findall(r"\w+", article.readable)]


def article(
    name: str, text: str, publisher: str, at: datetime = NOON, author: str | None = None, title: str = "-"
) -> Article:
    url = f"https://{publisher.lower().replace(' ', '-').replace('&', 'and')}.example/{name}"
    return Article(
        article_id=content_id(url, content_id(text)), entry_id=content_id(url), url=url, title=title, text=text,
        basis="page", publisher=publisher, author=author, language="en", published_at=at, published_at_source="feed",
        fetched_at=NOON, text_hash=content_id(text),
    )  # fmt: skip


def stored(path: Path, articles: list[Article]) -> Warehouse:
    """A warehouse that has read these articles in this order."""
    warehouse = Warehouse(path)
    warehouse.begin_run("r", [], NOON, "test")
    feed = FeedState(
        content_id("https://feed.example/rss"), "https://feed.example/rss", polled_at=NOON, succeeded_at=NOON
    )
    entries = tuple(
        Entry(a.entry_id, feed.feed_id, a.url, None, a.title, "", None, a.published_at, NOON) for a in articles
    )
    warehouse.save_polls("r", [FeedPoll("new", feed, entries)], NOON)
    readings = [Reading(a.entry_id, "page", NOON, a) for a in articles]
    for start in range(0, len(readings), 7):
        warehouse.save_readings("r", readings[start : start + 7])
        group_stories(warehouse, load_publishers(), NOON)
    return warehouse


def told(warehouse: Warehouse) -> dict[str, str]:
    """Article id -> story id, of those in a story."""
    warehouse.publish()
    rows = Reader(warehouse.path).sql("select unnest(article_ids), story_id from stories").rows
    return {str(article_id): str(story_id) for article_id, story_id in rows}


def room() -> dict[str, Article]:
    return {
        slug: article(slug, "\n".join(a.prose), a.publisher.name, a.published_at, a.author, a.title)
        for slug, a in ROOM.items()
    }


def rewritten(text: str, share: float, cut: float, dice: random.Random) -> str:
    """The text with this share of its words changed and of its paragraphs cut."""
    paragraphs = text.split("\n")
    kept = [p for p in paragraphs if dice.random() >= cut] or paragraphs[:1]
    return re.sub(r"\w+", lambda m: dice.choice(WORDS) if dice.random() < share else m[0], "\n".join(kept))


def test_the_newsroom_has_one_story_and_it_names_the_agency(tmp_path: Path) -> None:
    articles = room()
    warehouse = stored(tmp_path / "w.duckdb", list(articles.values()))
    found = told(warehouse)
    assert {frozenset(found)} == {frozenset(articles[slug].article_id for slug in story) for story in COPIES}
    ((origin, basis, publishers, first),) = (
        Reader(warehouse.path).sql("select origin, origin_basis, publishers, story_id from stories").rows
    )
    assert (origin, basis, first) == ("Meridian News Agency", "credit", articles[COPIES[0][0]].article_id)
    assert isinstance(publishers, list)
    assert len(publishers) == len(COPIES[0])


def test_planted_copies_are_found_in_any_order_of_arrival_and_no_strangers(tmp_path: Path) -> None:
    dice = random.Random(5)
    articles = [a for slug, a in room().items() if slug not in COPIES[0] and len(a.text.split()) > 150]
    planted = {}
    for n, original in enumerate(articles):
        text = rewritten(original.text, dice.uniform(0.05, 0.3), dice.choice([0, 0.2]), dice)
        copy = article(f"c{n}", text, f"Copyist {n}", original.published_at + timedelta(hours=3), "Someone Else")  # type: ignore[operator]
        planted[copy.article_id] = (copy, original)
    together = [*articles, *(copy for copy, _ in planted.values())]
    ends = []
    for turn in range(2):
        dice.shuffle(together)
        warehouse = stored(tmp_path / f"{turn}.duckdb", together)
        ends.append(told(warehouse))
        assert warehouse.check() == []
    assert ends[0] == ends[1]
    found = [i for i, (_, original) in planted.items() if ends[0].get(i) == original.article_id]
    assert len(planted) >= 20
    assert len(found) >= 0.95 * len(planted)
    assert {story for i, story in ends[0].items() if i not in planted} <= {a.article_id for a in articles}
    assert set(ends[0]) == set(found) | {planted[i][1].article_id for i in found}


def test_what_strangers_share_does_not_make_them_copies() -> None:
    dice = random.Random(1)

    def prose(words: int) -> list[str]:
        return [dice.choice(WORDS).lower() for _ in range(words)]

    furniture, quotation = prose(80), " ".join(prose(120))
    a, b = prose(300), prose(300)
    assert likeness(a + furniture, b + furniture) < LIKE
    assert likeness(a, a[:30] + b + a[30:60]) < LIKE
    assert likeness(a[:50], a[:50]) == 0  # too short to tell
    assert likeness(a[:70], a + prose(200)) == 0  # a digest that has it among others
    said = [article(str(n), f"{' '.join(own)}\n“{quotation}”", f"P{n}") for n, own in enumerate((a[:100], b[:100]))]
    assert copies([(said[0].article_id, said[1].article_id)], {x.article_id: x.text for x in said}) == []


def test_pages_of_one_house_are_no_copies(tmp_path: Path) -> None:
    text = ROOM["meridian-zelensky-sends"].readable
    pages = [article(f"page{n}", text.replace("Thursday", f"day {n}"), "BBC News") for n in range(2)]
    pages.append(article("other", text + "\nMore.", "BBC Sport"))
    assert told(stored(tmp_path / "w.duckdb", pages)) == {}


@pytest.mark.parametrize(
    ("text", "author", "expected"),
    [
        ("ANKARA, May 15 (Reuters) - The president said.", None, "Reuters"),
        ("ANKARA, May 15 (Meridian) - The president said.", None, "Meridian"),
        ("MOSCOW, May 15. /TASS/. The president said.", None, "TASS"),
        ("LONDON (AP) — The president said.", None, "Associated Press"),
        ("The president said.", "Jo Smith and AFP", "AFP"),
        ("The president said (twice) that it rains.", "Kapp Doe", None),
    ],
)
def test_credit_is_read_from_dateline_byline_and_slashes(text: str, author: str | None, expected: str | None) -> None:
    assert credit(article("a", text, "P", author=author), load_publishers()) == expected


def test_a_sketch_is_the_same_in_every_process() -> None:
    bands = sketch(article("a", ROOM["meridian-zelensky-sends"].readable, "P"), load_publishers()).bands
    assert (len(bands), content_id(*map(str, bands))) == (192, "682b138441567c66")


pair = st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda p: p[0] < p[1])


@given(pairs=st.sets(pair), seed=st.integers(0, 9))
def test_stories_do_not_depend_on_order_and_have_no_chains(pairs: set[tuple[int, int]], seed: int) -> None:
    tellings = [Telling(f"a{n}", f"P{n}", f"P{n}", None, NOON + timedelta(hours=n % 3)) for n in range(8)]
    found = [Copy(f"a{a}", f"a{b}", 0.9) for a, b in pairs]
    expected = stories(tellings, found)
    dice = random.Random(seed)
    dice.shuffle(tellings)
    dice.shuffle(found)
    assert stories(tellings, found) == expected
    members = [member for story in expected for member in story.members]
    assert len(members) == len(set(members))
    linked = {(c.article_id, c.other_id) for c in found} | {(c.other_id, c.article_id) for c in found}
    assert all((story.story_id, m) in linked for story in expected for m in story.members[1:])
    assert {m for m in (c.article_id for c in found) if m not in members} <= {c.article_id for c in found}
