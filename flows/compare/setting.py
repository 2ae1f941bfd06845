"""What the rest of an article makes of a passage: the year that its paragraph is set in, and what the page takes back.

Only a contradiction is held back by it. Where it is wrong, one is missed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flows.compare.reading import read
from flows.compare.valuetypes import Day, ValuePair
from flows.compare.words import words
from warehouse.records import Passage

REACH = 4
"""So many passages after a year they may still be set in it, until another time is named."""

_NOW = re.compile(r"\b(?:now|today|this (?:time|year|week|month)|is|are|has|have|will|says)\b", re.IGNORECASE)
_TAKEN_BACK = re.compile(
    r"\bcorrection\b|\b(?:an )?earlier (?:version|post|report|update)\b|\bapolog(?:y|ies|ise|ize)\b|"
    r"\bwe (?:wrongly|incorrectly|mistakenly|called|misstated|misidentified)\b|"
    r"\b(?:wrongly|incorrectly|mistakenly) (?:said|stated|named|identified|reported|gave|called)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Setting:
    """``years`` has the earlier year, as written, that a passage (by its start) is set in; ``corrections`` the texts
    in which the page takes something back.
    """

    years: Mapping[int, str]
    corrections: tuple[str, ...]

    def guard(self, passage: Passage, conflicts: Sequence[ValuePair]) -> str | None:
        """Why the passage does not contradict a fact of the present, by name, or None."""
        if passage.start in self.years:
            return "another event"
        if conflicts and any(_tells(text, conflicts[0]) for text in self.corrections):
            return "taken back"
        return None


def setting(passages: Sequence[Passage], published_at: datetime | None, names: frozenset[tuple[str, str]]) -> Setting:
    """The setting of all passages of an article, in their order."""
    years: dict[int, str] = {}
    told, since = "", 0
    for passage in passages if published_at else ():
        assert published_at is not None
        placed = read(passage.text, published_at, names).placed
        days = [(p.value.payload, p.value.text) for p in placed if isinstance(p.value.payload, Day)]
        if days or _NOW.search(passage.text):
            past = [text for day, text in days if day.year is not None and day.year < published_at.year]
            told, since = (past[0] if past and len(past) == len(days) else ""), 0
        elif told and since < REACH:
            years[passage.start] = told
            since += 1
    return Setting(years, tuple(p.text for p in passages if _TAKEN_BACK.search(p.text)))


def _tells(correction: str, conflict: ValuePair) -> bool:
    """Whether the correction has what sets the article's value apart from the fact's: a surname, a number."""
    own = {t.low for t in words(conflict.fact.text)}
    apart = [t for t in words(conflict.article.text) if t.low not in own and (t.kind == "num" or t.text[0].isupper())]
    there = {t.low for t in words(correction)}
    return bool(apart) and all(t.low in there for t in apart[-1:])
