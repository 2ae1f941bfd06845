"""What an event's coverage takes for granted: which words, where, and what a passage then says of a fact."""

from datetime import UTC, datetime

import pytest

from flows.compare import Comparer
from flows.compare.topic import NO_TOPIC, Topic, topic
from flows.read.passages import split
from seeds.model import Seed
from warehouse.records import Article, Judgement, content_id

MORNING = datetime(2025, 3, 4, 18, tzinfo=UTC)
SEED = Seed.model_validate(
    {
        "seed": "mill",
        "title": "Merger of Orvan Mills and Beskar Foods, March 2025",
        "as_of": MORNING,
        "event": {
            "summary": "Orvan Mills and Beskar Foods announce on 4 March 2025 that they merge.",
            "starts": "2025-03-04",
            "about": [["Orvan"], ["Beskar"]],
        },
        "feeds": ["http://example.org/feed.xml"],
        "facts": [
            {"id": "staff", "statement": "Orvan Mills employs 7,300 people."},
            {"id": "jobs", "statement": "Orvan Mills and Beskar Foods will cut 640 jobs after the merger."},
            {"id": "merger", "statement": "Orvan Mills and Beskar Foods merge."},
            {"id": "loan", "statement": "Castell Bank lends Beskar Foods 310 million euros for the merger."},
        ],
    }
)
NAMES = frozenset(SEED.aliases.items())


@pytest.fixture(scope="module")
def comparer() -> Comparer:
    return Comparer.load()


def said(comparer: Comparer, fact_id: str, passage: str) -> Judgement | None:
    lead = "Orvan Mills and Beskar Foods said on Tuesday that they would merge."
    text = f"{lead} The two makers of flour have been talking for a year. Nobody was surprised by that. {passage}"
    article = Article(
        article_id="a", entry_id="a", url="http://example.org/a", title="Orvan and Beskar merge", text=text,
        basis="page", publisher="P", author=None, language="en",
        published_at=MORNING, published_at_source="page", fetched_at=MORNING,
        text_hash=content_id(text),
    )  # fmt: skip
    comparison = comparer.compare(SEED, article, split(text), MORNING)
    assert comparison.relevant
    return next((f.judgement for f in comparison.findings if f.fact_id == fact_id), None)


def test_the_topic_is_what_the_title_has() -> None:
    found = topic(SEED)
    assert found.names == found.concepts - {"merger"}
    assert topic(SEED.model_copy(update={"facts": SEED.facts[:1]})) == found  # a fact more or less changes no other
    assert "job" not in found.concepts
    assert found.day == MORNING.date()


def test_nothing_goes_without_saying_where_another_of_the_events_names_stands() -> None:
    found, fact = topic(SEED), "Orvan Mills employs 7,300 people."
    assert found.implied(fact, "It employs 7,300 people.", NAMES) == found.concepts
    assert found.implied(fact, "Beskar Foods employs 7,300 people.", NAMES) == found.concepts - found.names
    assert NO_TOPIC.implied(fact, "It employs 7,300 people.", NAMES) == frozenset()


def test_the_title_stands_over_what_leaves_out_a_name() -> None:
    found, fact = topic(SEED), "Orvan Mills employs 7,300 people."
    assert found.headed(fact, "It employs 7,300 people.", NAMES) == f"{SEED.title}: It employs 7,300 people."
    assert found.headed(fact, "Orvan Mills employs many.", NAMES) == "Orvan Mills employs many."
    told = Topic(found.concepts, found.names, found.day, found.title, frozenset((fact,)))
    assert told.headed(fact, "It employs 7,300 people.", NAMES) == "It employs 7,300 people."


@pytest.mark.parametrize(
    ("fact_id", "passage"),
    [
        ("jobs", "The two firms said 640 jobs would go, most of them in offices."),
        ("loan", "Castell Bank is providing a loan of 310 million euros."),
    ],
)
def test_a_passage_that_leaves_out_the_event_supports_a_fact(comparer: Comparer, fact_id: str, passage: str) -> None:
    found = said(comparer, fact_id, passage)
    assert found is not None
    assert found.verdict == "supports", found


@pytest.mark.parametrize(
    ("fact_id", "passage"),
    [
        ("staff", "Beskar Foods employs 7,300 people."),  # the other company
        ("jobs", "The trade association counts 640 members."),
        ("jobs", "Some 90 jobs would go at once."),
        ("loan", "Castell Bank employs 310 people."),
        ("merger", "A spokesman had a cold."),  # the title alone would tell it
    ],
)
def test_what_is_something_else_supports_nothing(comparer: Comparer, fact_id: str, passage: str) -> None:
    found = said(comparer, fact_id, passage)
    assert found is None or passage not in (found.passage.text if found.passage else ""), found
