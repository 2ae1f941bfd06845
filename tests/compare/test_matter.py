"""Who does what a fact tells of, and in the passage."""

import pytest

from flows.compare.matter import Matter, matter
from flows.compare.values import compare_values
from warehouse.records import Passage

NAMES = {"orvan": "orvan", "beskar": "beskar", "lund": "lund", "ylva lund": "lund"}
FACT = "Orvan proposed a merger of the two mills."


def found(passage: str, fact: str = FACT) -> Matter:
    read = Passage(text=passage, start=0, end=len(passage), context=passage, context_start=0, context_end=len(passage))
    values = compare_values(fact, passage, published_at=None, as_of=None, aliases=NAMES)
    return matter(fact, read, frozenset(NAMES.items()), values)


@pytest.mark.parametrize(
    ("passage", "others"),
    [
        ("Orvan proposed a merger.", False),
        ("Beskar proposed a merger with Orvan.", True),
        ("After a call with Beskar the owners proposed a merger.", False),  # with, not by
        ("A merger was proposed by Orvan, not Beskar.", False),
        ("Orvan's owners met a merger proposed by Ylva Lund.", True),
        ("A merger was proposed.", False),
        ("Beskar proposed a sale, Orvan proposed a merger.", False),  # one of them is the fact's
        ("Beskar was glad.", False),
    ],
)
def test_the_verb_of_the_fact_with_another_known_doer(passage: str, others: bool) -> None:
    assert found(passage).others is others


def test_without_names_that_are_known_nobody_is_another() -> None:
    text = "Beskar proposed a merger with Orvan."
    read = Passage(text=text, start=0, end=len(text), context=text, context_start=0, context_end=len(text))
    values = compare_values(FACT, text, published_at=None, as_of=None)
    assert matter(FACT, read, frozenset(), values).others is False
