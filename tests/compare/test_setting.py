"""What the rest of an article makes of a passage: an earlier year, and what the page takes back."""

from datetime import UTC, datetime

import pytest

from flows.compare.setting import setting
from flows.compare.values import compare_values
from flows.read.passages import split

DAY = datetime(2025, 10, 15, tzinfo=UTC)
FACT = "Rana Holt heads the relief operation."
OTHER = "A colonel called Iriarte headed the relief operation."


def guard(text: str, passage: str = OTHER) -> str | None:
    passages = split(text)
    (one,) = [p for p in passages if p.text == passage]
    values = compare_values(FACT, passage, published_at=DAY, as_of=DAY)
    assert values.conflicts
    return setting(passages, DAY, frozenset()).guard(one, values.conflicts)


@pytest.mark.parametrize(
    "before",
    [
        "The earthquake of 3 May 1987 killed 2,300 people.",
        "The earthquake of 3 May 1987 killed 2,300 people. The dam broke. The harbour burned for days.",
    ],
)
def test_a_paragraph_is_set_in_the_year_it_began_with(before: str) -> None:
    assert guard(f"{before} {OTHER}") == "another event"


@pytest.mark.parametrize(
    "before",
    [
        "The harbour burned for days.",
        "The earthquake on Tuesday killed 230 people.",
        "The earthquake of 3 May 1987 killed 2,300 people. On Tuesday it came back.",
        "The earthquake of 3 May 1987 killed 2,300 people. The island is poorer now.",
        "The earthquake of 3 May 1987 killed 2,300 people. One fell. Two fell. Three fell. Four fell.",
    ],
)
def test_until_another_time_is_named_or_some_sentences_have_passed(before: str) -> None:
    assert guard(f"{before} {OTHER}") is None


def test_what_the_page_takes_back_contradicts_nothing() -> None:
    correction = "Correction: an earlier version of this report named Colonel Iriarte."
    assert guard(f"{OTHER} {correction}") == "taken back"
    assert guard(f"{OTHER} Correction: an earlier version of this report gave another depth.") is None
