"""Paragraphs that a publisher's pages have in common, told from those that its articles have in common."""

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.read.articles import read_page, with_text
from flows.read.furniture import LONG, MAX_PARAGRAPHS, Furniture, headline_ids, paragraph_id, without
from flows.read.passages import split
from tests.read.conftest import NOW, PARAGRAPHS, URL, entry, page
from warehouse.records import content_id

SITE = "harbour.example"
BOX = "Get the Gazette's morning letter: the sea, the town and the weather, in your inbox at six."
LEGAL = " ".join(["No part of this may be copied without the leave of the publisher."] * 4)
STORIES = [
    f"The {thing} of Skarnvik is to be {fate} in {month}, the town's council decided on Monday by nine votes to six."
    for thing, fate, month in [
        ("lighthouse", "painted", "June"), ("fish market", "moved", "August"), ("north quay", "closed", "October"),
        ("old ferry", "sold", "March"),
    ]
]  # fmt: skip


def learned(*texts: str, furniture: Furniture | None = None) -> Furniture:
    furniture = furniture or Furniture()
    for n, text in enumerate(texts):
        furniture.learn(SITE, f"entry-{n}", text, NOW + timedelta(seconds=n))
    return furniture


@pytest.mark.parametrize("order", permutations(range(3)))
def test_paragraph_of_three_articles_is_furniture_in_whatever_order(order: tuple[int, ...]) -> None:
    furniture = learned(*(f"{STORIES[n]}\n{BOX}" for n in order))
    for place, n in enumerate(order):
        assert furniture.stripped(SITE, f"entry-{place}", f"{STORIES[n]}\n{BOX}") == STORIES[n]
    assert furniture.known(SITE) == {paragraph_id(BOX)} == {paragraph_id(BOX.upper())}
    assert furniture.known("other.example") == frozenset()


def test_paragraph_of_two_articles_or_twice_in_one_is_not() -> None:
    texts = [f"{STORIES[0]}\n{BOX}\n{BOX}", f"{STORIES[1]}\n{BOX}"]
    furniture = learned(*texts)
    learned(*texts, furniture=furniture)  # read again
    assert furniture.known(SITE) == frozenset()
    assert furniture.stripped(SITE, "entry-0", texts[0]) == texts[0]


def test_long_paragraph_stays_where_it_was_first() -> None:
    assert len(LEGAL.split()) > LONG
    texts = [f"{story}\n{LEGAL}" for story in STORIES]
    furniture = learned(*texts[:3])
    assert [furniture.stripped(SITE, f"entry-{n}", text) for n, text in enumerate(texts)] == [texts[0], *STORIES[1:]]
    assert without(texts[3], furniture.known(SITE)) == STORIES[3]


def test_copies_of_an_article_make_no_furniture() -> None:
    text = "\n".join([*PARAGRAPHS, BOX])
    furniture = learned(text, f"{text}\n{STORIES[0]}", text, f"Updated.\n{text}")
    assert furniture.known(SITE) == frozenset()


def test_headline_of_another_story_is_left_out_and_a_crosshead_is_not() -> None:
    headline = "Mayor wins second term by a wide margin"
    known = headline_ids([headline, "The fog"])
    text = "\n".join([PARAGRAPHS[0], "The fog", headline.upper(), PARAGRAPHS[1]])
    assert without(text, known) == "\n".join([PARAGRAPHS[0], "The fog", PARAGRAPHS[1]])


def test_furniture_counts_for_nothing_on_the_page() -> None:
    html = page(PARAGRAPHS[0], BOX, after="")
    found = read_page(entry(), html, URL, NOW, furniture={paragraph_id(BOX)}).article
    assert found is not None
    assert BOX not in found.text
    assert PARAGRAPHS[0] in found.text
    only = read_page(entry(), page(BOX, after=""), URL, NOW, furniture={paragraph_id(BOX)})
    assert (only.outcome, only.reason) == ("refused", "too_short")


def test_what_is_left_of_an_article_is_an_article_or_too_short() -> None:
    reading = read_page(entry(), page(*PARAGRAPHS), URL, NOW)
    assert reading.article is not None
    assert with_text(entry(), reading, reading.article.text) is reading
    left = with_text(entry(), reading, PARAGRAPHS[1])
    assert left.article is not None
    assert left.article.text == PARAGRAPHS[1]
    assert left.article.text_hash == content_id(PARAGRAPHS[1])
    assert left.article.article_id != reading.article.article_id
    for passage in split(left.article.text):
        assert left.article.text[passage.start : passage.end] == passage.text
    short = with_text(entry(), reading, "Read on.", "Harbour: World")
    assert (short.outcome, short.reason) == ("summary", "too_short")
    assert with_text(entry(summary=""), reading, "").outcome == "refused"


def test_what_is_remembered_is_what_was_learned_and_bounded() -> None:
    first = learned(*(f"{story}\n{BOX}" for story in STORIES))
    kept = first.changed()
    assert first.changed() == ()
    later = Furniture()
    later.remember(kept)
    assert later.known(SITE) == first.known(SITE)
    for n in range(MAX_PARAGRAPHS):
        later.learn(SITE, f"more-{n}", f"Paragraph number {n} of them all.", NOW)
    assert later.known(SITE) == frozenset()  # not seen for 2,000 paragraphs


@given(st.lists(st.lists(st.sampled_from([*PARAGRAPHS, BOX, LEGAL, *STORIES]), max_size=6), max_size=8))
def test_stripping_only_leaves_lines_out(texts: list[list[str]]) -> None:
    joined = ["\n".join(lines) for lines in texts]
    furniture = learned(*joined)
    for n, text in enumerate(joined):
        left = furniture.stripped(SITE, f"entry-{n}", text)
        lines = iter(text.split("\n"))
        assert all(line in lines for line in left.split("\n") if left)
        assert furniture.stripped(SITE, f"entry-{n}", left) == left
