"""What passes through this room: a document's sentences, the statements made of them, and what was left out and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Reason = Literal[
    "question",
    "opinion",
    "prediction",
    "conditional",
    "hearsay",
    "no_sentence",
    "furniture",
    "first_person",
    "instruction",
    "nothing_to_check",
    "not_self_contained",
    "repeated",
    "not_entailed",
]

REASONS: dict[Reason, str] = {
    "question": "a question",
    "opinion": "an opinion or interpretation",
    "prediction": "a prediction or possibility",
    "conditional": "depends on a condition",
    "hearsay": "hearsay",
    "no_sentence": "no whole sentence",
    "furniture": "belongs to the page, not to the text",
    "first_person": "the author speaks of himself or to the reader",
    "instruction": "an instruction",
    "nothing_to_check": "tells nothing that can be checked",
    "not_self_contained": "cannot be understood alone",
    "repeated": "said already",
    "not_entailed": "the engine does not find it in the sentence",
}
"""Why a sentence, or a part of one, is no statement: as a person reads it."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A date in a sentence, by the sentence's own offsets. ``written`` is what may stand in its place in a statement
    ("on 9 May 2025"), None where the text already says it in full; ``sure`` is False if there are two readings, and
    ``later`` is what a day of the week means that lies ahead."""

    start: int
    end: int
    written: str | None
    sure: bool = True
    later: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the document: ``text`` with each line break as a space is the document's ``[start:end]``."""

    index: int
    text: str
    start: int
    end: int
    paragraph: int
    dates: tuple[Dated, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What this room has to be told of the world: words for posts, and words that stand for a country."""

    posts: frozenset[str]
    countries: dict[str, str]
    """A country's name, or the word for its people, in lower case -> its code."""
    capitals: dict[str, str]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that a person is to check and keep. ``checks`` say what is unsafe about it; ``sources`` are the
    sentences it was made of, its own first and then those that a word of it was resolved from."""

    text: str
    sources: tuple[Sentence, ...]
    checks: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    values: tuple[str, ...] = ()

    @property
    def sentence(self) -> Sentence:
        return self.sources[0]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A sentence, or with ``part`` a part of one that has a statement, of which nothing was made."""

    sentence: Sentence
    reason: Reason
    part: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft: every sentence of the document is the own sentence of a statement, or left out. ``by`` names the
    language model whose statements they are; None: the rules on board made them."""

    document: str
    title: str
    as_of: datetime
    summary: str
    about: tuple[tuple[str, ...], ...]
    names: tuple[tuple[str, ...], ...]
    statements: tuple[Statement, ...]
    left_out: tuple[LeftOut, ...]
    checks: tuple[str, ...] = ()
    by: str | None = None
