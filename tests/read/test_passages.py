"""Sentences with offsets that reproduce the text, whatever the text."""

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flows.read.passages import MAX_LENGTH, MAX_WORDS, split


def sentences(text: str) -> list[str]:
    return [passage.text for passage in split(text)]


@pytest.mark.parametrize(
    "whole",
    [
        ["He lives in the U.S. and works there.", "She does not."],
        ["Mr. Umerov met Gen. Keith Kellogg at 10 a.m. on Friday.", "He left at noon."],
        ["A spokesman for No. 10 said the offer stood.", "No. 10 Downing St. was quiet."],
        ['"We will not go," Sen. Graham said.', "The talks lasted two hours."],
        ["ISTANBUL (AP) — Talks began at the palace.", "They ended soon."],
        ["KYIV, May 16. /Harbour/. The two sides met.", "Nothing was signed."],
        ["The ex-U.S. envoy spoke on Jan. 5 to Dr. A. B. Petrov Jr. about it.", "Nobody listened."],
        ["The price rose 3.5 percent to $1.2 billion.", "Then it fell."],
        ["“We agreed on a swap,” he said.", "“When?” she asked."],
        ["He works in St. Petersburg, i.e. far away.", "Washington D.C. is farther."],
        ["Is it over?", "It is!", "Well…"],
        ["Lt. Col. Ivan Ivanov of Apple Inc. said so.", "Google Co. Ltd. did not."],
    ],
    ids=lambda whole: whole[0][:30],
)
def test_sentences_stay_whole(whole: list[str]) -> None:
    assert sentences(" ".join(whole)) == whole


def test_quotes_close_with_what_they_quote() -> None:
    assert sentences('He said: "We met. We agreed." Then he left.')[-1] == "Then he left."


def test_lines_are_never_joined() -> None:
    assert sentences("Talks end without truce\nBy Nadia Brook\n\nThe talks ended.") == [
        "Talks end without truce",
        "By Nadia Brook",
        "The talks ended.",
    ]


def test_context_is_the_neighbours() -> None:
    text = "One came.\nTwo went. Three stayed."
    first, second, third = split(text)
    assert first.context == "One came.\nTwo went."
    assert second.context == text
    assert third.context == "Two went. Three stayed."
    assert text[second.context_start : second.context_end] == second.context


def test_long_sentences_are_cut_at_clauses() -> None:
    clause = "the delegation that had been waiting in the lobby since the early morning went on waiting"
    pieces = sentences("; ".join([clause] * 9) + ".")
    assert len(pieces) >= 3
    assert all(piece.endswith((";", ".")) for piece in pieces)


@pytest.mark.parametrize("text", ["", " \n\t ", "…", "- - -", "—"])
def test_nothing_said(text: str) -> None:
    assert split(text) == ()


nasty = st.text(
    st.sampled_from(list("abcXYZ.!?,;: \n\t\"'“”’()[]—–…/0123456789$%éßİ中。あ\u0301\u200d\u2028\xa0\r😀🇺")),
    max_size=300,
)
words = st.lists(
    st.sampled_from(["U.S.", "Mr.", "No.", "10", "said", "“No.”", "(e.g.", "talks", "St.", "\n", "A.", "...", "end."]),
    max_size=150,
).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(nasty | words | st.text(max_size=200), st.sampled_from(["en", "de", "xx", "und"]))
@example("a" * 3_000, "en")
@example("word " * 3_000, "en")
@example("a—" * 1_000, "en")
@example(". " * 500, "en")
def test_offsets_reproduce_the_text(text: str, language: str) -> None:
    passages = split(text, language)
    covered = set()
    for passage in passages:
        assert text[passage.start : passage.end] == passage.text
        assert text[passage.context_start : passage.context_end] == passage.context
        assert passage.context_start <= passage.start < passage.end <= passage.context_end
        assert passage.text == passage.text.strip()
        assert "\n" not in passage.text
        assert len(passage.text) <= MAX_LENGTH
        assert len(passage.text.split()) <= MAX_WORDS
        covered.update(range(passage.start, passage.end))
    assert all(before.end <= after.start for before, after in pairwise(passages))
    assert {index for index, char in enumerate(text) if char.isalnum()} <= covered
